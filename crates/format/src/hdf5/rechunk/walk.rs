//! The order in which input chunks are taken.

use std::collections::{BTreeSet, HashSet};

use super::plan::{Plan, Shapes};
use crate::error::Result;
use crate::grid::for_each_part;
use crate::shape::Selection;

/// A tile, and an input chunk that has a part of it; both by their positions in their grids.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub tile: Vec<u64>,
    pub chunk: Vec<u64>,
    /// The output chunks that no later step touches; where nothing is told, those whose last element it has.
    pub ends: Option<Vec<Vec<u64>>>,
}

/// Positions of a grid, in order.
#[derive(Debug, Clone)]
pub(super) struct Positions {
    low: Vec<u64>,
    high: Vec<u64>,
    /// The dimensions, slowest first.
    order: Vec<usize>,
    next: Option<Vec<u64>>,
}

impl Positions {
    fn new(low: Vec<u64>, high: Vec<u64>, slowest: usize) -> Self {
        let rest = (0..low.len()).filter(|&axis| axis != slowest);
        let order = std::iter::once(slowest).chain(rest).collect();
        let next = low.iter().zip(&high).all(|(low, high)| low < high).then(|| low.clone());
        Positions { low, high, order, next }
    }

    /// All tiles of a plan.
    pub fn of_tiles(shapes: &Shapes, plan: &Plan) -> Self {
        let counts = shapes.array.iter().zip(&plan.tile).map(|(&all, &tile)| all.div_ceil(tile));
        Positions::new(vec![0; shapes.array.len()], counts.collect(), 0)
    }

    /// The input chunks that a tile touches.
    pub fn of_chunks(shapes: &Shapes, plan: &Plan, tile: &[u64]) -> Self {
        let axes = || tile.iter().zip(&plan.tile).zip(&shapes.from).zip(&shapes.array);
        let low = axes().map(|(((&at, &tile), &from), _)| at.saturating_mul(tile) / from);
        let high = axes()
            .map(|(((&at, &tile), &from), &all)| at.saturating_add(1).saturating_mul(tile).min(all).div_ceil(from));
        Positions::new(low.collect(), high.collect(), plan.sweep)
    }

    /// The number of a position among those of this list.
    pub fn number(&self, position: &[u64]) -> u64 {
        let axes = position.iter().zip(&self.low).zip(&self.high);
        axes.fold(0, |number: u64, ((&at, &low), &high)| {
            number.saturating_mul(high.saturating_sub(low)).saturating_add(at.saturating_sub(low))
        })
    }
}

impl Iterator for Positions {
    type Item = Vec<u64>;

    fn next(&mut self) -> Option<Vec<u64>> {
        let now = self.next.take()?;
        let mut later = now.clone();
        for &axis in self.order.iter().rev() {
            let (at, low, high) = (later.get_mut(axis)?, self.low.get(axis)?, self.high.get(axis)?);
            *at += 1;
            if *at < *high {
                self.next = Some(later);
                break;
            }
            *at = *low;
        }
        Some(now)
    }
}

/// The steps of a plan for chunks of which few are there, by their tiles.
///
/// # Errors
/// Those of a region that is cut.
pub(super) fn listed(shapes: &Shapes, plan: &Plan, chunks: &[Vec<u64>]) -> Result<Vec<Step>> {
    let mut steps = BTreeSet::new();
    for chunk in chunks {
        for_each_part(&region(&shapes.from, &shapes.array, chunk), &plan.tile, &mut |part| {
            let swept = chunk.get(plan.sweep).copied().unwrap_or(0);
            steps.insert((part.scaled.clone(), swept, chunk.clone()));
            Ok(())
        })?;
    }
    let mut steps: Vec<Step> = steps.into_iter().map(|(tile, _, chunk)| Step { tile, chunk, ends: None }).collect();
    let mut touched = HashSet::new();
    for step in steps.iter_mut().rev() {
        let mut ends = Vec::new();
        for_each_part(&part_of(shapes, plan, step), &shapes.to, &mut |part| {
            if touched.insert(part.scaled.clone()) {
                ends.push(part.scaled.clone());
            }
            Ok(())
        })?;
        step.ends = Some(ends);
    }
    Ok(steps)
}

/// The output chunks that no step after this one touches.
///
/// # Errors
/// Those of a region that is cut.
pub(super) fn ends(shapes: &Shapes, plan: &Plan, step: &Step) -> Result<Vec<Vec<u64>>> {
    if let Some(ends) = &step.ends {
        return Ok(ends.clone());
    }
    let mut ends = Vec::new();
    for_each_part(&part_of(shapes, plan, step), &shapes.to, &mut |part| {
        let after = part.start.iter().zip(&part.count).map(|(&start, &count)| start.saturating_add(count));
        let border = part.scaled.iter().zip(&shapes.to).map(|(&at, &len)| at.saturating_add(1).saturating_mul(len));
        if after.eq(border.zip(&shapes.array).map(|(end, &all)| end.min(all))) {
            ends.push(part.scaled.clone());
        }
        Ok(())
    })?;
    Ok(ends)
}

/// What of a tile an input chunk has.
fn part_of(shapes: &Shapes, plan: &Plan, step: &Step) -> Selection {
    let (tile, chunk) =
        (region(&plan.tile, &shapes.array, &step.tile), region(&shapes.from, &shapes.array, &step.chunk));
    let start: Vec<u64> = tile.start.iter().zip(&chunk.start).map(|(&a, &b)| a.max(b)).collect();
    let ends = tile.ends().zip(chunk.ends()).zip(&start);
    let count = ends.map(|((a, b), &start)| a.min(b).saturating_sub(start)).collect();
    Selection::block(start, count)
}

/// What of an array a position of a grid covers.
pub(super) fn region(lengths: &[u64], array: &[u64], position: &[u64]) -> Selection {
    let start: Vec<u64> = position.iter().zip(lengths).map(|(&at, &len)| at.saturating_mul(len)).collect();
    let axes = start.iter().zip(lengths).zip(array);
    let count = axes.map(|((&start, &len), &all)| len.min(all.saturating_sub(start))).collect();
    Selection::block(start, count)
}
