//! `many BLOCKS SETS VARIABLES`: how long every call takes on a model of that many entities, which together have 10 000
//! elements: what costs more with more entities than with few reads the list of all for each.

use std::ops::ControlFlow;
use std::time::Instant;

use exodus_rs::diff::{compare, Options};
use exodus_rs::model::{write, WriteOptions};
use exodus_rs::prelude::*;
use exodus_rs::{check, process, CreateOptions, EntityType, ExodusFile, MeshBuilder, Result};

const ELEMENTS: usize = 10_000;

fn timed<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let done = work()?;
    println!("{what:24} {:9.1} ms", start.elapsed().as_secs_f64() * 1e3);
    Ok(done)
}

/// Tetrahedra that do not touch, as evenly as they go over the blocks.
fn mesh([blocks, sets, variables]: [usize; 3]) -> MeshBuilder {
    let corners = [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let place = |element: usize, corner: [f64; 3]| [corner[0] + 2.0 * element as f64, corner[1], corner[2]];
    let nodes: Vec<[f64; 3]> = (0..ELEMENTS).flat_map(|n| corners.map(|corner| place(n, corner))).collect();
    let nodes_of = |element: usize| [1, 2, 3, 4].map(|corner| (4 * element + corner) as i64);
    let mut mesh = MeshBuilder::new("many").nodes(&nodes);
    for block in 0..blocks {
        let elements = block * ELEMENTS / blocks..(block + 1) * ELEMENTS / blocks;
        mesh = mesh.block(block as i64 + 1, "TETRA", &elements.map(nodes_of).collect::<Vec<_>>());
    }
    for set in 0..sets {
        let number = (set % ELEMENTS) as i64 + 1;
        mesh = mesh.node_set(set as i64 + 1, &[number]).side_set(set as i64 + 1, &[(number, 1)]);
    }
    mesh.variables(EntityType::Nodal, (0..variables).map(|n| format!("u{n}")))
        .variables(EntityType::ElementBlock, ["s"])
}

fn main() -> Result<()> {
    let counts: Vec<usize> = std::env::args().skip(1).filter_map(|count| count.parse().ok()).collect();
    let &[blocks, sets, variables] = counts.as_slice() else {
        return Err(exodus_rs::Error::usage("usage: many BLOCKS SETS VARIABLES"));
    };
    let directory = std::env::temp_dir().join(format!("many.{}", std::process::id()));
    std::fs::create_dir_all(&directory).map_err(|e| exodus_rs::Error::io("no folder", e))?;
    let [path, output] = ["many.exo", "out.exo"].map(|name| directory.join(name));
    let overwrite = CreateOptions { overwrite: true, ..CreateOptions::default() };
    let writer = timed("create", || mesh([blocks, sets, variables]).create(&path, &overwrite))?;
    timed("one step", || {
        let step = writer.next_step(1.0)?;
        (0..variables).try_for_each(|n| step.put(EntityType::Nodal, n, 0, &vec![1.0; 4 * ELEMENTS]))?;
        (0..blocks).try_for_each(|block| {
            let len = (block + 1) * ELEMENTS / blocks - block * ELEMENTS / blocks;
            step.put(EntityType::ElementBlock, 0, block, &vec![2.0; len])
        })
    })?;
    timed("finish", || writer.finish())?;
    let file = timed("open", || ExodusFile::open(&path))?;
    timed("info", || file.info())?;
    timed("connectivity of each", || {
        (0..blocks).try_for_each(|n| file.connectivity::<i64>(EntityType::ElementBlock, n).map(|_| ()))
    })?;
    timed("values of each", || (0..blocks).try_for_each(|n| file.var(0, EntityType::ElementBlock, 0, n).map(|_| ())))?;
    timed("sizes of each block", || (0..blocks).try_for_each(|n| file.block_measure(n).map(|_| ())))?;
    timed("nodes of each side set", || (0..sets).try_for_each(|n| file.side_set_nodes(n).map(|_| ())))?;
    timed("skin", || file.skin())?;
    timed("check", || Ok(check::check(&file, &check::Options { values: true, ..check::Options::default() })))?;
    timed("diff", || compare(&file, &file, &Options::default(), &mut |_| ControlFlow::Continue(())))?;
    let like = WriteOptions::from(CreateOptions { overwrite: true, ..file.create_options() });
    timed("copy", || write(&file, &output, &like))?;
    let scaled = process::Options { scale: 2.0, overwrite: true, ..process::Options::default() };
    timed("process", || process::Plan::new(&file, &scaled)?.start(&output)?.run(&|_| ControlFlow::Continue(())))?;
    let _ = std::fs::remove_dir_all(&directory);
    Ok(())
}
