//! Makes a file to play with: a cube of hexahedra with a wave running through it.
//!
//! `cargo run --release --example cube -- cube.exo [CELLS] [STEPS]`

use exodus_rs::{Block, CreateOptions, EntityType, ExodusWriter, Mesh, QaRecord, Result, Set};

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let path = args.next().unwrap_or_else(|| "cube.exo".into());
    let mut number = |default| args.next().and_then(|n| n.parse().ok()).unwrap_or(default);
    let (cells, steps) = (number(20), number(50) as u64);
    let cube = Cube { cells };
    let writer =
        ExodusWriter::create(&path, &cube.mesh(), &CreateOptions { overwrite: true, ..CreateOptions::default() })?;
    let axes: Vec<Vec<f64>> = (0..3).map(|axis| cube.coordinate(axis)).collect();
    writer.put_coords(&axes.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
    writer.put_connectivity(EntityType::ElementBlock, 0, &cube.connectivity())?;
    let bottom: Vec<i64> =
        (0..).zip(axes.last().into_iter().flatten()).filter(|(_, &z)| z == 0.0).map(|(n, _)| n + 1).collect();
    writer.put_set(EntityType::NodeSet, 0, &bottom, &[])?;
    for step in 0..steps {
        let time = 0.1 * step as f64;
        let wave: Vec<f64> = axes.iter().flatten().take(cube.nodes()).map(|x| (6.0 * x - time).sin()).collect();
        writer.put_time(step, time)?;
        writer.put_var(step, EntityType::Nodal, 0, 0, &wave)?;
        writer.put_var(step, EntityType::Global, 0, 0, &[wave.iter().map(|u| u * u).sum::<f64>()])?;
    }
    let bytes = writer.finish()?;
    println!("{path}: {} nodes, {steps} steps, {bytes} bytes", cube.nodes());
    Ok(())
}

/// A cube of equal cells, `cells` along each edge.
struct Cube {
    cells: usize,
}

impl Cube {
    fn nodes(&self) -> usize {
        (self.cells + 1).pow(3)
    }

    fn mesh(&self) -> Mesh {
        let mut mesh = Mesh::new("a wave in a cube", 3, self.nodes() as u64);
        mesh.blocks.push(Block {
            name: "cube".into(),
            ..Block::new(EntityType::ElementBlock, 1, "HEX8", self.cells.pow(3) as u64, 8)
        });
        mesh.sets
            .push(Set { name: "bottom".into(), ..Set::new(EntityType::NodeSet, 1, (self.cells + 1).pow(2) as u64) });
        mesh.set_variables(EntityType::Nodal, ["wave"]);
        mesh.set_variables(EntityType::Global, ["energy"]);
        mesh.qa_records.push(QaRecord {
            code: "cube".into(),
            version: "1.0".into(),
            date: "2026-01-01".into(),
            time: "00:00:00".into(),
        });
        mesh
    }

    /// One coordinate of every node, x running slowest.
    fn coordinate(&self, axis: u32) -> Vec<f64> {
        let edge = self.cells + 1;
        let along = |node: usize| node / edge.pow(2 - axis) % edge;
        (0..self.nodes()).map(|node| along(node) as f64 / self.cells as f64).collect()
    }

    /// The nodes of every element, numbered from 1.
    fn connectivity(&self) -> Vec<i32> {
        let edge = self.cells + 1;
        let node = |x: usize, y: usize, z: usize| i32::try_from((x * edge + y) * edge + z + 1).unwrap_or(i32::MAX);
        let mut nodes = Vec::with_capacity(8 * self.cells.pow(3));
        for cell in 0..self.cells.pow(3) {
            let (x, y, z) = (cell / self.cells.pow(2), cell / self.cells % self.cells, cell % self.cells);
            for (z, corners) in [
                (z, [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]),
                (z + 1, [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]),
            ] {
                nodes.extend(corners.map(|(x, y)| node(x, y, z)));
            }
        }
        nodes
    }
}
