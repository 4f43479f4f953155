//! Going on with a file that is there.
#![allow(clippy::unwrap_used)] // a test that fails may panic

use std::path::{Path, PathBuf};

use exodus_rs::prelude::*;
use exodus_rs::{Container, CreateOptions, ExodusAppender, ExodusFile, Kind, MeshBuilder, SyncPolicy};
use EntityType::{ElementBlock, Global, Nodal, NodeSet};

const CONTAINERS: [Container; 5] =
    [Container::Cdf1, Container::Cdf2, Container::Cdf5, Container::NetCdf4, Container::NetCdf4Classic];

fn mesh() -> MeshBuilder {
    MeshBuilder::new("two triangles")
        .nodes(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
        .block(10, "TRI3", &[[1, 2, 3], [1, 3, 4]])
        .node_set(7, &[1, 2])
        .variables(Global, ["energy", "work"])
        .variables(Nodal, ["u"])
        .variables(ElementBlock, ["stress"])
        .variables(NodeSet, ["force"])
}

/// Puts everything of a step.
fn put(step: &exodus_rs::StepWriter<'_>) {
    let value = step.step() as f64;
    step.put_global("work", -value).unwrap();
    step.put_global("energy", value).unwrap();
    step.put_nodal("u", &[value, value + 0.25, value + 0.5, value + 0.75]).unwrap();
    step.put(ElementBlock, "stress", 0, &[value, 10.0 * value]).unwrap();
    step.put(NodeSet, "force", EntityId(7), &[value; 2]).unwrap();
}

fn file(path: &Path, options: CreateOptions, steps: std::ops::Range<u64>) -> PathBuf {
    let writer = mesh().create(path, &options).unwrap();
    steps.for_each(|step| put(&writer.next_step(step as f64 / 2.0).unwrap()));
    writer.finish().unwrap();
    path.to_owned()
}

/// Whether a file has so many steps, each with all its values.
fn check(path: &Path, steps: u64) {
    let file = ExodusFile::open(path).unwrap();
    assert_eq!(file.num_steps(), steps);
    assert_eq!(file.times().unwrap(), (0..steps).map(|step| step as f64 / 2.0).collect::<Vec<_>>());
    for step in 0..steps {
        let value = step as f64;
        let read = |kind, name: &str| file.var(step, kind, name, 0).unwrap();
        assert_eq!(read(Global, "energy"), [value]);
        assert_eq!(read(Global, "work"), [-value]);
        assert_eq!(read(Nodal, "u"), [value, value + 0.25, value + 0.5, value + 0.75]);
        assert_eq!(read(ElementBlock, "stress"), [value, 10.0 * value]);
        assert_eq!(read(NodeSet, "force"), [value; 2]);
    }
}

#[test]
fn steps_follow_those_that_are_there() {
    let directory = tempfile::tempdir().unwrap();
    for (n, container) in CONTAINERS.into_iter().enumerate() {
        for word_size in [4, 8] {
            let options = CreateOptions { container, word_size, ..CreateOptions::default() };
            let path = file(&directory.path().join(format!("{n}_{word_size}.exo")), options, 0..2);
            for (steps, policy) in [(5, SyncPolicy::OnClose), (8, SyncPolicy::Always), (12, SyncPolicy::EveryN(3))] {
                let appender = ExodusAppender::open_with(&path, policy).unwrap();
                let there = ExodusFile::open(&path).unwrap().num_steps();
                (there..steps).for_each(|step| put(&appender.next_step(step as f64 / 2.0).unwrap()));
                let seen = match policy {
                    SyncPolicy::OnClose => there,
                    SyncPolicy::Always => steps,
                    SyncPolicy::EveryN(n) => there + (steps - there) / n * n,
                };
                check(&path, seen);
                appender.finish().unwrap();
                check(&path, steps);
            }
        }
    }
}

#[test]
fn a_step_is_published_whole_or_not_at_all() {
    let directory = tempfile::tempdir().unwrap();
    let options = CreateOptions { container: Container::Cdf2, ..CreateOptions::default() };
    let path = file(&directory.path().join("a.exo"), options, 0..2);
    let appender = ExodusAppender::open_with(&path, SyncPolicy::Always).unwrap();
    let step = appender.next_step(1.0).unwrap();
    step.put_nodal("u", &[1.0; 4]).unwrap();
    let error = appender.publish().unwrap_err();
    assert!(error.to_string().starts_with("step 3 is not complete: not all was put of"), "{error}");
    assert_eq!(appender.next_step(2.0).unwrap_err().kind(), Kind::Usage);
    check(&path, 2);
    put(&step);
    check(&path, 3);
    // What was begun and not finished leaves the file as it was.
    let next = appender.next_step(1.5).unwrap();
    next.put_nodal("u", &[9.0; 4]).unwrap();
    drop(appender);
    check(&path, 3);
    let appender = ExodusAppender::open(&path).unwrap();
    put(&appender.next_step(1.5).unwrap());
    appender.finish().unwrap();
    check(&path, 4);
}

#[test]
fn two_do_not_append_at_once_and_nothing_is_written_over() {
    let directory = tempfile::tempdir().unwrap();
    let options = CreateOptions { container: Container::Cdf2, ..CreateOptions::default() };
    let path = file(&directory.path().join("a.exo"), options, 0..2);
    let appender = ExodusAppender::open(&path).unwrap();
    let error = ExodusAppender::open(&path).unwrap_err();
    assert!(error.kind() == Kind::Io && error.to_string().contains("holds the lock"), "{error}");
    let error = appender.put_var(1, Nodal, "u", 0, &[0.0; 4]).unwrap_err();
    assert!(error.kind() == Kind::Unsupported && error.to_string().contains("nodal variable \"u\""), "{error}");
    assert_eq!(appender.put_coords(&[&[0.0; 4], &[0.0; 4]]).unwrap_err().kind(), Kind::Unsupported);
    drop(appender);
    check(&path, 2);
    let zero = ExodusAppender::open_with(&path, SyncPolicy::EveryN(0)).unwrap_err();
    assert_eq!(zero.kind(), Kind::Usage);
}

#[test]
fn the_steps_of_another_model_are_appended() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let cdf2 = || CreateOptions { container: Container::Cdf2, ..CreateOptions::default() };
    let first = file(&path("a.exo"), cdf2(), 0..3);
    // One whose steps come after, in another container and precision.
    let writer = mesh().create(path("b.exo"), &CreateOptions { word_size: 4, ..CreateOptions::default() }).unwrap();
    for step in 0..2 {
        let value = (step + 3) as f64;
        let step = writer.next_step(value / 2.0).unwrap();
        step.put_reductions(Global, 0, &[value, -value]).unwrap();
        step.put_nodal("u", &[value, value + 0.25, value + 0.5, value + 0.75]).unwrap();
        step.put(ElementBlock, "stress", 0, &[value, 10.0 * value]).unwrap();
        step.put(NodeSet, "force", 0, &[value; 2]).unwrap();
    }
    writer.finish().unwrap();
    let appender = ExodusAppender::open(&first).unwrap();
    assert_eq!(appender.append(&ExodusFile::open(path("b.exo")).unwrap()).unwrap(), 2);
    appender.finish().unwrap();
    check(&first, 5);
    // One of another mesh, and one without the values of a variable.
    let other = MeshBuilder::new("a point").nodes(&[[0.0, 0.0]]).create(path("c.exo"), &cdf2()).unwrap();
    other.finish().unwrap();
    let appender = ExodusAppender::open(&first).unwrap();
    let error = appender.append(&ExodusFile::open(path("c.exo")).unwrap()).unwrap_err();
    assert!(error.to_string().contains("differ in their nodes and elements"), "{error}");
    appender.finish().unwrap();
    check(&first, 5);
}
