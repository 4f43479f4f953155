//! Lengths, areas, volumes and centroids.

use std::ops::Range;

use hyperslab::{Context, Error, Result};

use super::cells;
use super::sides::Found;
use crate::data::Data;
use crate::geometry::{Measure, Points, SideMeasure};
use crate::kind::EntityType;
use crate::model::Model;
use crate::topology::{Cells, SideList};

fn dimensions<M: Model + ?Sized>(model: &M) -> Result<usize> {
    Ok(usize::try_from(model.mesh()?.num_dim).unwrap_or(3))
}

/// The coordinates of a range of nodes; those beyond the spatial dimensions are 0.
pub fn points<M: Model + ?Sized>(model: &M, nodes: Range<u64>) -> Result<Vec<[f64; 3]>> {
    let axes = if nodes.is_empty() { 0 } else { dimensions(model)?.min(3) };
    let read = |axis| model.numbers(&Data::Coordinate(axis).entries(nodes.clone()))?.to_f64();
    let axes = (0..axes).map(read).collect::<Result<Vec<_>>>()?;
    let len = axes.iter().map(Vec::len).max().unwrap_or(0);
    let mut points = Vec::new();
    points.try_reserve_exact(len).map_err(|_| Error::limit(format!("no memory for {len} nodes")))?;
    points.resize(len, [0.0; 3]);
    for (axis, values) in axes.into_iter().enumerate() {
        for (point, value) in points.iter_mut().zip(values) {
            if let Some(place) = point.get_mut(axis) {
                *place = value;
            }
        }
    }
    Ok(points)
}

/// The nodes between the lowest and the highest number in some blocks: no more coordinates are read than lie there.
fn nodes_of<'c, M: Model + ?Sized>(model: &M, blocks: impl Iterator<Item = &'c Cells>) -> Result<Range<u64>> {
    let num_nodes = model.mesh()?.num_nodes;
    let within = |node: i64| u64::try_from(node).ok().filter(|node| (1..=num_nodes).contains(node));
    let mut range: Option<Range<u64>> = None;
    for cells in blocks {
        let ends = cells.node_range().and_then(|(first, last)| Some((within(first)?, within(last)?)));
        let Some((first, last)) = ends else { return Ok(0..num_nodes) };
        range = Some(range.map_or(first - 1..last, |all| all.start.min(first - 1)..all.end.max(last)));
    }
    Ok(range.unwrap_or(0..0))
}

fn before(range: &Range<u64>) -> Result<usize> {
    usize::try_from(range.start).map_err(|_| Error::limit("too many nodes"))
}

/// The measures of the elements of a block.
pub fn elements<M: Model + ?Sized>(model: &M, block: usize) -> Result<Vec<Measure>> {
    let cells = cells::of_block(model, EntityType::ElementBlock, block, &mut None)?;
    let range = nodes_of(model, std::iter::once(&cells))?;
    let before = before(&range)?;
    let measures = cells.measures_of(Points { list: &points(model, range)?, before }, dimensions(model)?);
    measures.in_object(&model.mesh()?.describe_entity(EntityType::ElementBlock, block))
}

/// The measures of sides.
pub fn sides<M: Model + ?Sized>(model: &M, list: &SideList) -> Result<Vec<SideMeasure>> {
    let sides = Found::of(model, list)?;
    let range = nodes_of(model, sides.blocks.values())?;
    let before = before(&range)?;
    let points = points(model, range)?;
    let mut found = Vec::new();
    sides.visit(list, &mut |cells, element, side, _| {
        found.push(cells.measure_side_of(element, side, Points { list: &points, before })?);
        Ok(())
    })?;
    Ok(found)
}

/// The centroids of all elements.
pub fn centroids<M: Model + ?Sized>(model: &M) -> Result<Vec<[f64; 3]>> {
    let (points, num_dim) = (points(model, 0..model.mesh()?.num_nodes)?, dimensions(model)?);
    let mut centroids = Vec::new();
    for (block, cells) in cells::all(model)?.into_iter().enumerate() {
        let measures = match cells.len() as u64 == cells.declared() {
            true => cells.measures(&points, num_dim),
            false => Err(Error::usage("the block has elements, but no connectivity")),
        };
        let measures = measures.in_object(&model.mesh()?.describe_entity(EntityType::ElementBlock, block))?;
        centroids.try_reserve(measures.len()).map_err(|_| Error::limit("no memory for the centroids of elements"))?;
        centroids.extend(measures.into_iter().map(|measure| measure.centroid));
    }
    Ok(centroids)
}
