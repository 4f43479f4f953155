//! Models that are no files, checked before they are written.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // a test that fails may panic

use std::path::Path;

use exodus_rs::check::{check, Options, Report, Severity};
use exodus_rs::model::{Joined, Moved, Scaled, Subset};
use exodus_rs::parallel::ParallelFile;
use exodus_rs::prelude::*;
use exodus_rs::transform::Transform;
use exodus_rs::EntityType::{ElementBlock, ElementMap, Nodal, NodeMap, NodeSet, SideSet};
use exodus_rs::{Block, CreateOptions, ExodusFile, ExodusWriter, Map, Mesh, MeshBuilder, Set};

const ALL: Options = Options { values: true, limit: 10 };

fn found(report: &Report) -> Vec<(&str, &str, Option<u64>)> {
    report.findings.iter().map(|finding| (finding.rule, finding.object.as_str(), finding.index)).collect()
}

/// Two bars on two processors, which share the node in the middle.
fn processor(directory: &Path, rank: i64, nodes: [i64; 2], side: i64, value: f64) {
    let mut mesh = Mesh::new("two bars", 1, 2);
    mesh.blocks.push(Block::new(ElementBlock, 10, "BAR2", 1, 2));
    mesh.sets.push(Set::new(SideSet, 4, 1));
    mesh.sets.push(Set::new(NodeSet, 3, 2));
    mesh.id_maps = vec![NodeMap, ElementMap];
    mesh.set_variables(Nodal, ["temperature"]);
    mesh.set_variables(ElementBlock, ["stress"]);
    let path = directory.join(format!("bars.e.2.{rank}"));
    let writer = ExodusWriter::create(path, &mesh, &CreateOptions::default()).unwrap();
    writer.put_coords(&[&[rank as f64, rank as f64 + 1.0]]).unwrap();
    writer.put_connectivity(ElementBlock, 0, &nodes).unwrap();
    writer.put_set(SideSet, 0, &[1], &[side]).unwrap();
    writer.put_set(NodeSet, 0, &[1, 2], &[]).unwrap();
    writer.put_id_map(NodeMap, &[rank + 1, rank + 2]).unwrap();
    writer.put_id_map(ElementMap, &[rank + 1]).unwrap();
    writer.put_time(0, 0.0).unwrap();
    writer.put_var(0, Nodal, 0, 0, &[1.0, 1.0]).unwrap();
    writer.put_var(0, ElementBlock, 0, 0, &[value]).unwrap();
    writer.finish().unwrap();
}

/// The model whose second processor has these nodes, this side and this value.
fn bars(directory: &Path, nodes: [i64; 2], side: i64, value: f64) -> ParallelFile {
    processor(directory, 0, [1, 2], 1, 0.0);
    processor(directory, 1, nodes, side, value);
    ParallelFile::open(directory.join("bars.e")).unwrap()
}

#[test]
fn decomposed_models_are_checked_as_one() {
    let directory = tempfile::tempdir().unwrap();
    let clean = check(&bars(directory.path(), [1, 2], 2, 0.0), &ALL);
    assert_eq!(found(&clean), []);
}

#[test]
fn what_is_wrong_in_a_member_is_found_in_the_model() {
    let cases: [([i64; 2], i64, f64, &[_]); 4] = [
        ([1, 3], 2, 0.0, &[("unreadable", "nodes of element block 10", None), ("orphan-nodes", "nodes", Some(1))]),
        ([1, 1], 2, 0.0, &[("orphan-nodes", "nodes", Some(3))]),
        ([1, 2], 7, 0.0, &[("side-range", "side set 4", Some(2))]),
        ([1, 2], 2, f64::NAN, &[("results-finite", "variable \"stress\" of element block 10", Some(2))]),
    ];
    for (nodes, side, value, expected) in cases {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(found(&check(&bars(directory.path(), nodes, side, value), &ALL)), expected);
    }
}

/// Three bars; `nodes` are those of the last one, which has a block of its own.
fn written(path: &Path, nodes: [i64; 2], times: &[f64]) -> ExodusFile {
    let builder = MeshBuilder::new("three bars").nodes(&[[0.0], [1.0], [2.0], [3.0]]);
    let builder = builder.block(1, "BAR2", &[[1, 2], [2, 3]]).block(2, "BAR2", &[nodes]).variables(Nodal, ["u"]);
    let writer = builder.create(path, &CreateOptions::default()).unwrap();
    for &time in times {
        writer.next_step(time).unwrap().put_nodal("u", &[time; 4]).unwrap();
    }
    writer.finish().unwrap();
    ExodusFile::open(path).unwrap()
}

#[test]
fn subsets_are_checked_without_what_they_leave_out() {
    let directory = tempfile::tempdir().unwrap();
    let file = written(&directory.path().join("a.exo"), [3, 9], &[0.0, 1.0]);
    let first = Subset::of(&file).blocks([EntityId(1)]).unwrap().build().unwrap();
    assert_eq!((found(&check(&first, &ALL)), first.mesh().unwrap().num_nodes), (vec![], 3));
    let expected = [("connectivity-range", "element block 2", Some(1)), ("orphan-nodes", "nodes", Some(4))];
    assert_eq!(found(&check(&file, &ALL)), expected);
    let later = Subset::of(&file).steps(1..).build().unwrap();
    assert_eq!(found(&check(&later, &ALL)), expected);
}

#[test]
fn joined_models_have_the_steps_of_all() {
    let directory = tempfile::tempdir().unwrap();
    let [first, second] = [("a.exo", [0.0, 1.0]), ("b.exo", [2.0, f64::INFINITY])]
        .map(|(name, times)| written(&directory.path().join(name), [3, 4], &times));
    assert_eq!(found(&check(&Joined::new([&first, &first]).unwrap(), &ALL)), []);
    let expected = [("times-finite", "times", Some(4)), ("results-finite", "nodal variable \"u\"", Some(1))];
    let report = check(&Joined::new([&first, &second]).unwrap(), &ALL);
    assert_eq!(found(&report), expected);
    assert_eq!(report.findings[1].message, "4 values are not finite, the first is entry 1 at step 4");
}

/// The values that an adaptor makes are those that are looked at.
#[test]
fn adaptors_are_checked_by_what_they_give() {
    let directory = tempfile::tempdir().unwrap();
    let file = written(&directory.path().join("a.exo"), [3, 4], &[1.0]);
    assert_eq!(found(&check(&file, &ALL)), []);
    let too_large = Scaled::new(&file, f64::INFINITY);
    assert_eq!(found(&check(&too_large, &ALL)), [("results-finite", "nodal variable \"u\"", Some(1))]);
    assert_eq!(found(&check(&too_large, &Options::default())), []);
    let far = Moved::new(&file, Transform::translation([f64::MAX, 0.0, 0.0]))
        .and_then(|far| Moved::new(far, Transform::translation([f64::MAX, 0.0, 0.0])));
    let report = check(&far.unwrap(), &ALL);
    assert_eq!(report.counts.get("coordinates"), Some(&4));
}

/// What numbers no elements has no numbers.
#[test]
fn maps_of_nothing_are_complete() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.exo");
    let mut mesh = Mesh::new("a bar", 1, 2);
    mesh.blocks.push(Block::new(ElementBlock, 1, "BAR2", 1, 2));
    mesh.maps.push(Map { kind: ElementMap, id: EntityId(1), name: "twice".into() });
    let writer = ExodusWriter::create(&path, &mesh, &CreateOptions::default()).unwrap();
    writer.put_coords(&[&[0.0, 1.0]]).unwrap();
    writer.put_connectivity(ElementBlock, 0, &[1, 2]).unwrap();
    writer.put_num_map(ElementMap, 0, &[2]).unwrap();
    writer.finish().unwrap();
    let file = ExodusFile::open(&path).unwrap();
    let nothing = Subset::of(&file).blocks(Vec::<EntityId>::new()).unwrap().build().unwrap();
    assert_eq!((nothing.mesh().unwrap().num_elems, nothing.mesh().unwrap().count(ElementMap)), (0, 1));
    assert_eq!(found(&check(&nothing, &ALL)), []);
}

/// A pointer to a file, and a file in a box, are the file.
#[test]
fn pointers_to_files_are_files() {
    let directory = tempfile::tempdir().unwrap();
    let file = written(&directory.path().join("a.exo"), [3, 9], &[0.0]);
    let report = check(&file, &ALL);
    let boxed: Box<dyn Model> = Box::new(file.clone());
    assert_eq!((check(&&file, &ALL), check(&boxed, &ALL)), (report.clone(), report));
    assert!(boxed.as_file().is_some() && Scaled::new(&file, 1.0).as_file().is_none());
}

/// All fixtures keep the rules, whatever they are read as.
#[test]
fn fixtures_are_clean_models() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/exodus");
    let mut number = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = ExodusFile::open(&path).unwrap();
        let errors = |report: &Report| {
            let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
            errors.map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(errors(&check(&Scaled::new(&file, 1.0), &ALL)), errors(&check(&file, &ALL)), "{}", path.display());
        let whole = ParallelFile::from_members(vec![file]).unwrap();
        let refused = |error: &String| error.contains("joining");
        let other: Vec<_> = errors(&check(&whole, &ALL)).into_iter().filter(|error| !refused(error)).collect();
        assert_eq!(other, [""; 0], "{}", path.display());
        number += 1;
    }
    assert!(number > 20);
}
