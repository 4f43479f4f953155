//! Models of many blocks and sets: whatever is done to them reads each array a few times, however many there are.
#![allow(clippy::unwrap_used)] // a test that fails may panic

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use exodus_rs::diff::{compare, Matching, Options};
use exodus_rs::model::{write, Moved, Numbers, Scaled, Subset};
use exodus_rs::parallel::ParallelFile;
use exodus_rs::prelude::*;
use exodus_rs::transform::Transform;
use exodus_rs::{check, CreateOptions, Mesh, MeshBuilder, Part, Result};
use hyperslab::NumberType;
use EntityType::{ElementBlock, ElementMap, NodeMap, NodeSet};

const ELEMENTS: usize = 240;

/// Counts what is read of a model.
#[derive(Debug)]
struct Counted<M> {
    model: M,
    /// How many parts of arrays, and how many numbers.
    read: [AtomicUsize; 2],
}

impl<M: Model> Model for Counted<M> {
    fn mesh(&self) -> Result<&Mesh> {
        self.model.mesh()
    }

    fn shape(&self, data: Data) -> Option<Vec<u64>> {
        self.model.shape(data)
    }

    fn number_type(&self, data: Data) -> Option<NumberType> {
        self.model.number_type(data)
    }

    fn numbers(&self, part: &Part) -> Result<Numbers<'_>> {
        let numbers = self.model.numbers(part)?;
        for (count, more) in self.read.iter().zip([1, numbers.len()]) {
            count.fetch_add(more, Ordering::Relaxed);
        }
        Ok(numbers)
    }

    fn id_map(&self, kind: EntityType) -> Result<Vec<i64>> {
        self.numbers(&Data::IdMap(kind).into())?.to()
    }
}

/// Tetrahedra that do not touch, in so many blocks, with a node set and a side set for each block.
fn model(path: &Path, blocks: usize) -> ExodusFile {
    let corners = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let place = |n: usize, [x, y, z]: [f64; 3]| [x + 2.0 * n as f64, y, z];
    let nodes: Vec<_> = (0..ELEMENTS).flat_map(|n| corners.map(|corner| place(n, corner))).collect();
    let ids = |len: usize| (0..len as i64).map(|n| 3 * n + 7).collect::<Vec<_>>();
    let mut mesh = MeshBuilder::new("many").nodes(&nodes).ids(NodeMap, &ids(nodes.len()));
    let each = ELEMENTS / blocks;
    for block in 0..blocks {
        let first = block * each;
        let elements: Vec<_> =
            (first..first + each).map(|n| [1, 2, 3, 4].map(|corner| (4 * n + corner) as i64)).collect();
        let (id, element) = (block as i64 + 1, first as i64 + 1);
        mesh = mesh.block(id, "TETRA", &elements).node_set(id, &[4 * element]).side_set(id, &[(element, 1)]);
    }
    let mesh = mesh.ids(ElementMap, &ids(ELEMENTS)).variables(ElementBlock, ["s"]);
    let writer = mesh.create(path, &CreateOptions::default()).unwrap();
    let step = writer.next_step(0.0).unwrap();
    (0..blocks).for_each(|block| step.put(ElementBlock, 0, block, &vec![1.0; each]).unwrap());
    writer.finish().unwrap();
    ExodusFile::open(path).unwrap()
}

type Work<'w> = (&'static str, Box<dyn Fn(&dyn Model) + 'w>);

/// Does something for each block, or for the set on it.
fn each<T>(model: &dyn Model, work: impl Fn(usize) -> Result<T>) {
    (0..model.mesh().unwrap().count(ElementBlock)).for_each(|n| assert!(work(n).is_ok()));
}

/// Everything that goes through all blocks or sets.
fn asked<'w>() -> Vec<Work<'w>> {
    vec![
        ("connectivity", Box::new(|m| each(m, |n| m.connectivity::<i64>(ElementBlock, n)))),
        ("sizes", Box::new(|m| each(m, |n| m.block_measure(n)))),
        ("node sets", Box::new(|m| each(m, |n| m.set_entries::<i64>(NodeSet, n)))),
        ("nodes of side sets", Box::new(|m| each(m, |n| m.side_set_nodes(n)))),
        ("values", Box::new(|m| each(m, |n| m.var(0, ElementBlock, "s", n)))),
        ("skin", Box::new(|m| assert!(m.side_nodes(&m.skin().unwrap()).is_ok()))),
        ("centroids", Box::new(|m| assert!(m.centroids().is_ok()))),
    ]
}

/// Everything that is made of whole models.
fn made(output: &Path) -> Vec<Work<'_>> {
    let written = move |model: &dyn Model| {
        let options = CreateOptions { overwrite: true, ..CreateOptions::default() };
        assert!(write(model, output, &options.into()).is_ok());
    };
    let same = |model: &dyn Model, matching| {
        let options = Options { matching, ..Options::default() };
        let report = compare(model, model, &options, &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(report.differences, 0);
    };
    let moved = move |m: &dyn Model| {
        written(&Scaled::new(Moved::new(m, Transform::translation([1.0, 0.0, 0.0])).unwrap(), 2.0));
    };
    let half = move |m: &dyn Model| {
        let blocks = m.mesh().unwrap().count(ElementBlock);
        written(&Subset::of(m).blocks(0..blocks / 2).unwrap().build().unwrap());
    };
    let checked = |m: &dyn Model| {
        let all = check::Options { values: true, ..check::Options::default() };
        assert!(check::check(m, &all).worst() < Some(check::Severity::Error));
    };
    vec![
        ("check", Box::new(checked)),
        ("diff", Box::new(move |m| same(m, Matching::Ids))),
        ("diff by places", Box::new(move |m| same(m, Matching::Places))),
        ("copy", Box::new(written)),
        ("moved and scaled", Box::new(moved)),
        ("half", Box::new(half)),
    ]
}

fn read<M: Model>(model: M, work: &dyn Fn(&dyn Model)) -> [usize; 2] {
    let counted = Counted { model, read: Default::default() };
    work(&counted);
    counted.read.map(AtomicUsize::into_inner)
}

#[test]
fn ten_times_the_blocks_and_sets_are_read_in_ten_times_the_parts_and_no_more_numbers() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("out.exo");
    let few = model(&directory.path().join("few.exo"), 12);
    let many = model(&directory.path().join("many.exo"), 120);
    let whole = |file: &ExodusFile| ParallelFile::from_members(vec![file.clone()]).unwrap();
    for (what, work) in asked().into_iter().chain(made(&output)) {
        let of_files = [read(&few, &*work), read(&many, &*work)];
        let of_parts = [read(whole(&few), &*work), read(whole(&many), &*work)];
        for [[few_parts, few_numbers], [many_parts, many_numbers]] in [of_files, of_parts] {
            assert!(few_parts > 0 && many_parts <= 11 * few_parts, "{what}: {few_parts} parts, then {many_parts}");
            // The sets have ten times the entries.
            let most = few_numbers + 11 * 120 * 4;
            assert!(many_numbers <= most, "{what}: {few_numbers} numbers, then {many_numbers}");
        }
    }
}
