//! A decomposed model whose members differ in their steps or places: whatever is made of it says so before it is written.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::path::Path;

use exodus_rs::check::{check, Options};
use exodus_rs::model::{write, Joined, Scaled, Subset, WriteOptions};
use exodus_rs::parallel::ParallelFile;
use exodus_rs::prelude::*;
use exodus_rs::{CreateOptions, Data, EntityType, ExodusFile, Kind, MeshBuilder};

use EntityType::{ElementMap, Nodal, NodeMap};

/// Two bars, with so many steps.
fn bars(folder: &Path, steps: [u64; 2]) -> ParallelFile {
    apart(folder, steps, 0.0)
}

/// [`bars`] of which the second begins so far behind the end of the first.
fn apart(folder: &Path, steps: [u64; 2], gap: f64) -> ParallelFile {
    for (rank, count) in (0..).zip(steps) {
        let mesh = MeshBuilder::new("bars").nodes(&[0, 1].map(|end| [(1.0 + gap) * rank as f64 + end as f64])).block(
            1,
            "BAR2",
            &[[1, 2]],
        );
        let mesh = mesh.ids(NodeMap, &[rank + 1, rank + 2]).ids(ElementMap, &[rank + 1]).variables(Nodal, ["u"]);
        let writer = mesh.create(folder.join(format!("bars.e.2.{rank}")), &CreateOptions::default()).unwrap();
        for step in 0..count {
            writer.next_step(step as f64).unwrap().put(Nodal, 0, 0, &[1.0, 2.0]).unwrap();
        }
        writer.finish().unwrap();
    }
    ParallelFile::open(folder.join("bars.e")).unwrap()
}

#[test]
fn no_step_is_dropped_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, out) = (bars(folder.path(), [3, 2]), folder.path().join("out.e"));
    let part = Subset::of(&whole).every(2).build().unwrap();
    let open = Subset::of(&whole).steps(1..).build().unwrap();
    let run = Joined::new([&whole]).unwrap();
    let scaled = Scaled::new(&whole, 2.0);
    for model in [&whole as &dyn Model, &part, &open, &run, &scaled, &Scaled::new(&run, 2.0)] {
        let error = write(model, &out, &WriteOptions::like(model)).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        let said = error.to_string();
        assert!(said.contains("bars.e.2.1: 2 steps, of 3 that other members have"), "{said}");
        assert!(!out.exists());
        let report = check(model, &Options::default());
        assert!(report.findings.iter().any(|finding| finding.rule == "incomplete"), "{report:?}");
    }
}

#[test]
fn what_is_not_asked_for_may_be_missing() {
    let folder = tempfile::tempdir().unwrap();
    let whole = bars(folder.path(), [2, 3]);
    let written = |model: &dyn Model, results: bool| {
        let out = folder.path().join("out.e");
        let create = CreateOptions { overwrite: true, ..model.create_options() };
        write(model, &out, &WriteOptions { results, ..create.into() }).unwrap();
        ExodusFile::open(out).unwrap().num_steps()
    };
    assert_eq!(written(&whole, false), 0);
    assert_eq!(written(&Subset::of(&whole).steps(..2).build().unwrap(), true), 2);
    assert_eq!(written(&Subset::of(&whole).steps(1..=1).build().unwrap(), true), 1);
    let whole = whole.salvage();
    assert_eq!(written(&whole, true), 2);
    assert_eq!(check(&whole, &Options::default()).findings, []);
}

#[test]
fn a_node_that_members_have_at_different_places_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let whole = apart(folder.path(), [1, 1], 0.25);
    assert_eq!(whole.disagreement(Data::Coordinate(0)).unwrap(), Some(1));
    for model in [&whole as &dyn Model, &Scaled::new(&whole, 2.0)] {
        let report = check(model, &Options::default());
        let [found] = report.findings.as_slice() else { panic!("{report:?}") };
        assert_eq!((found.rule, found.object.as_str(), found.index), ("shared-nodes", "coordinate 1", Some(2)));
    }
}
