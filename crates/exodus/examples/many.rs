//! `many ELEMENTS BLOCKS SETS VARIABLES DIR`: how long every call takes on a model of so many elements in so many blocks, in
//! files that stay in a directory. What costs more in many blocks than in few, for each of them, reads the list of all for each:
//! `bench/many.py` compares.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use exodus_rs::diff::{compare, write_differences, Matching, Options};
use exodus_rs::model::{write, Model, Moved, Scaled, Subset, WriteOptions};
use exodus_rs::parallel::ParallelFile;
use exodus_rs::prelude::*;
use exodus_rs::transform::Transform;
use exodus_rs::{check, process, CreateOptions, EntityId, EntityType, ExodusFile, MeshBuilder, Result};
use EntityType::{ElementBlock, NodeMap};

/// How many there are of everything.
#[derive(Clone, Copy)]
struct Counts {
    elements: usize,
    blocks: usize,
    sets: usize,
    variables: usize,
}

impl Counts {
    fn elements_of(self, block: usize) -> std::ops::Range<usize> {
        block * self.elements / self.blocks..(block + 1) * self.elements / self.blocks
    }
}

fn timed<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let done = work()?;
    println!("{what:28} {:9.1} ms", start.elapsed().as_secs_f64() * 1e3);
    Ok(done)
}

/// Does something for each of so many.
fn each<T>(what: &str, count: usize, work: impl Fn(usize) -> Result<T>) -> Result<()> {
    timed(what, || (0..count).try_for_each(|n| work(n).map(|_| ())))
}

/// Tetrahedra that do not touch, as evenly as they go over the blocks. Identifiers are no positions.
fn mesh(counts: Counts) -> MeshBuilder {
    let Counts { elements, blocks, sets, variables } = counts;
    let corners = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let place = |element: usize, corner: [f64; 3]| [corner[0] + 2.0 * element as f64, corner[1], corner[2]];
    let nodes: Vec<[f64; 3]> = (0..elements).flat_map(|n| corners.map(|corner| place(n, corner))).collect();
    let nodes_of = |element: usize| [1, 2, 3, 4].map(|corner| (4 * element + corner) as i64);
    let ids = |len: usize| (0..len as i64).map(|n| 3 * n + 7).collect::<Vec<_>>();
    let mut mesh = MeshBuilder::new("many").nodes(&nodes).ids(NodeMap, &ids(nodes.len()));
    for block in 0..blocks {
        let nodes: Vec<_> = counts.elements_of(block).map(nodes_of).collect();
        mesh = mesh.block(block as i64 + 1, "TETRA", &nodes).named(&format!("block {block}"));
    }
    for set in 0..sets {
        let number = (set % elements) as i64 + 1;
        mesh = mesh.node_set(set as i64 + 1, &[number]).side_set(set as i64 + 1, &[(number, 1)]);
    }
    mesh.ids(EntityType::ElementMap, &ids(elements))
        .variables(EntityType::Nodal, (0..variables).map(|n| format!("u{n}")))
        .variables(ElementBlock, ["s"])
}

fn create(path: &Path, counts: Counts, options: &CreateOptions) -> Result<()> {
    let writer = timed("create", || mesh(counts).create(path, options))?;
    timed("one step", || {
        let step = writer.next_step(1.0)?;
        let nodes = vec![1.0; 4 * counts.elements];
        (0..counts.variables).try_for_each(|n| step.put(EntityType::Nodal, n, 0, &nodes))?;
        (0..counts.blocks).try_for_each(|n| step.put(ElementBlock, 0, n, &vec![2.0; counts.elements_of(n).len()]))
    })?;
    timed("finish", || writer.finish()).map(|_| ())
}

/// What can be asked of every model.
fn ask<M: Model>(model: &M, counts: Counts) -> Result<()> {
    let Counts { blocks, sets, variables, .. } = counts;
    let id = |n: usize| EntityId(n as i64 + 1);
    timed("mesh", || model.mesh().map(|_| ()))?;
    each("connectivity of each", blocks, |n| model.connectivity::<i64>(ElementBlock, n))?;
    each("each by identifier", blocks, |n| model.block(ElementBlock, id(n)).map(|_| ()))?;
    each("each by name", blocks, |n| model.block(ElementBlock, format!("block {n}").as_str()).map(|_| ()))?;
    each("values of each block", blocks, |n| model.var(0, ElementBlock, 0, n))?;
    each("values of each variable", variables, |n| model.var(0, EntityType::Nodal, format!("u{n}").as_str(), 0))?;
    each("cells of each", blocks, |n| model.cells(n))?;
    each("size of each block", blocks, |n| model.block_measure(n))?;
    each("each node set", sets, |n| model.node_set(n).map(|_| ()))?;
    each("nodes of each side set", sets, |n| model.side_set_nodes(n))?;
    each("sizes of each side set", sets, |n| model.side_measures(&model.side_list(n)?))?;
    timed("skin and its nodes", || model.side_nodes(&model.skin()?))?;
    timed("centroids", || model.centroids())?;
    let options = check::Options { values: true, ..check::Options::default() };
    timed("check", || Ok(check::check(model, &options))).map(|_| ())
}

/// What is made of models.
fn make(file: &ExodusFile, blocks: usize, output: &Path) -> Result<()> {
    let like = WriteOptions::from(CreateOptions { overwrite: true, ..file.create_options() });
    timed("diff", || compare(file, file, &Options::default(), &mut |_| ControlFlow::Continue(())))?;
    let places = Options { matching: Matching::Places, ..Options::default() };
    timed("diff -m", || compare(file, file, &places, &mut |_| ControlFlow::Continue(())))?;
    let mut strict = Options::default();
    strict.set_strict();
    timed("diff --strict", || compare(file, file, &strict, &mut |_| ControlFlow::Continue(())))?;
    timed("diff, written", || {
        write_differences(file, file, output.with_extension("diff"), &Options::default(), &mut |_| {
            ControlFlow::Continue(())
        })
    })?;
    timed("copy", || write(file, output, &like))?;
    let half = || Subset::of(file).blocks(0..blocks.div_ceil(2))?.build();
    let half = timed("subset", half)?;
    timed("subset, written", || write(&half, output, &like))?;
    let moved = Moved::new(file, Transform::rotation([0.0, 0.0, 1.0], 0.5)?)?;
    timed("moved and scaled, written", || write(&Scaled::new(&moved, 2.0), output, &like))?;
    let options = process::Options { scale: 2.0, overwrite: true, ..process::Options::default() };
    let run = || process::Plan::new(file, &options)?.start(output)?.run(&|_| ControlFlow::Continue(()));
    timed("process", run).map(|_| ())
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let counts: Vec<usize> = arguments.iter().filter_map(|count| count.parse().ok()).collect();
    let (&[elements, blocks, sets, variables], Some(directory)) = (counts.as_slice(), arguments.get(4)) else {
        return Err(exodus_rs::Error::usage("usage: many ELEMENTS BLOCKS SETS VARIABLES DIR"));
    };
    let counts = Counts { elements, blocks, sets, variables };
    let [path, output] = ["many.exo", "out.exo"].map(|name| Path::new(directory).join(name));
    create(&path, counts, &CreateOptions { overwrite: true, ..CreateOptions::default() })?;
    let file = timed("open", || ExodusFile::open(&path))?;
    timed("info", || file.info())?;
    ask(&file, counts)?;
    make(&file, blocks, &output)?;
    println!("one of several files");
    let parts = timed("open", || ParallelFile::from_members(vec![file.clone()]))?;
    ask(&parts, counts)?;
    let like = WriteOptions::from(CreateOptions { overwrite: true, ..file.create_options() });
    timed("join", || write(&parts, &output, &like)).map(|_| ())
}
