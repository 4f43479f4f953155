//! The numbers that go into the mesh: what must fit the mesh does, everything else is recognised by its value.

use exodus_rs::{Data, EntityType, Mesh, ModelWriter, Result};
use EntityType::{EdgeBlock, EdgeSet, ElementBlock, ElementSet, FaceBlock, FaceSet, NodeSet, SideSet};

use crate::grid;

const STEPS: u64 = 3;

/// Numbers that single precision holds, other ones for every `seed`.
fn floats(seed: u64, len: u64) -> Vec<f64> {
    (0..len).map(|n| ((seed * 37 + n) % 4096) as f64 / 4.0 - 20.0).collect()
}

/// The numbers of an array that the mesh decides.
fn integers(mesh: &Mesh, data: Data, len: u64) -> Vec<i64> {
    let counts = |list: Vec<Vec<i64>>| list.iter().map(|nodes| nodes.len() as i64).collect();
    let count = usize::try_from(len).unwrap_or(usize::MAX);
    match data {
        Data::Connectivity(ElementBlock, 0) => [grid::cell(0), grid::cell(1)].concat(),
        Data::Connectivity(ElementBlock, 2) => grid::flat().concat(),
        Data::Connectivity(ElementBlock, 3) => grid::tetrahedron().to_vec(),
        Data::Connectivity(EdgeBlock, 0) => grid::edges().concat(),
        Data::Connectivity(FaceBlock, 0) => grid::faces().concat(),
        Data::Connectivity(FaceBlock, 1) => grid::polygons().concat(),
        Data::Counts(ElementBlock, 1) => vec![grid::polygons().len() as i64],
        Data::Counts(ElementBlock, _) => counts(grid::flat().to_vec()),
        Data::Counts(..) => counts(grid::polygons()),
        Data::EdgeConnectivity(_) => grid::edge_numbers(),
        Data::FaceConnectivity(0) => grid::face_numbers(),
        // The faces of the polyhedron come after those of the bricks.
        Data::FaceConnectivity(_) => (grid::faces().len() as i64 + 1..).take(grid::polygons().len()).collect(),
        Data::Members(NodeSet, 0) => vec![1, 5, 9, 13],
        Data::Members(SideSet, 0) => {
            vec![1, 2, mesh.blocks.iter().filter(|b| b.kind == ElementBlock).map(|b| b.len as i64).sum()]
        }
        Data::Sides(SideSet, 0) => vec![4, 6, 3],
        Data::Members(SideSet, _) => vec![2],
        Data::Members(NodeSet | EdgeSet | FaceSet | ElementSet, _) => (1..).take(count).collect(),
        Data::Sides(SideSet, _) => vec![5],
        Data::Sides(..) => [1, -1].into_iter().cycle().take(count).collect(),
        Data::IdMap(kind) => (i64::from(kind.code()) * 1000..).take(count).collect(),
        Data::OrderMap => (1..=len as i64).rev().collect(),
        Data::NumMap(kind, n) => (i64::from(kind.code()) * 100 + 10 * n as i64..).take(count).collect(),
        _ => Vec::new(),
    }
}

/// Writes every array that the mesh declares.
pub fn put(writer: &ModelWriter, mesh: &Mesh) -> Result<()> {
    for (seed, data) in (0..).zip(mesh.static_data()) {
        let Some(shape) = writer.shape(data) else { continue };
        let len = shape.iter().product();
        match (data, integers(mesh, data, len)) {
            (Data::Coordinate(axis), _) => writer.put(data, &grid::coordinate(axis))?,
            (_, values) if values.is_empty() => writer.put(data, &floats(seed, len))?,
            (_, values) => writer.put(data, &values)?,
        }
    }
    for step in 0..STEPS {
        for (seed, data) in (0..).zip(mesh.stepwise_data()) {
            let Some(shape) = writer.shape(data) else { continue };
            match data {
                Data::Times => writer.put_time(step, 0.25 * step as f64)?,
                _ => writer.put(data.step(step), &floats(seed + 100 * step, shape.iter().skip(1).product()))?,
            }
        }
    }
    Ok(())
}
