//! The extent of a virtual dataset that grows with its sources, as it is when it is opened.

use std::ops::Range;

use super::axis::Axis;
use super::mapping::{Growing, Mapping};
use super::Virtual;
use crate::error::Result;
use crate::hdf5::read::lengths::Lengths;
use crate::hdf5::read::nesting::Nesting;
use crate::hdf5::space::AddressSpace;
use crate::shape::Selection;

/// What the sources are like now.
#[derive(Debug)]
pub(super) struct Extent {
    /// The extent that they fill.
    pub shape: Vec<u64>,
    /// For each mapping the number of its numbered sources, if it has any.
    pub blocks: Vec<u64>,
}

/// Blocks along one dimension: dimension, first index, distance.
type BlocksAlong = (usize, u64, u64);

impl Virtual {
    /// Looks at the sources of all mappings that grow: the extent is what the farthest of them reaches, but no less than
    /// what the other mappings need.
    pub(super) fn find_extent(&self, space: &AddressSpace, lengths: Lengths, nesting: &Nesting) -> Result<Extent> {
        let Lengths { current: stored, max } = lengths;
        let mappings = self.mappings(space)?;
        nesting.spend(if nesting.is_outermost() { 0 } else { mappings.len() as u64 })?;
        let mut least = vec![0; stored.len()];
        let mut reached: Vec<Option<u64>> = vec![None; stored.len()];
        let mut blocks = Vec::with_capacity(mappings.len());
        for mapping in mappings {
            let growing = mapping.growing_axis();
            for (axis, least) in least.iter_mut().enumerate().filter(|&(axis, _)| growing != Some(axis)) {
                *least = mapping.target.reach(axis).max(*least);
            }
            let bound = growing.and_then(|axis| max.get(axis).copied()).unwrap_or(0);
            let (reach, count) = self.reach(space, mapping, bound, nesting)?;
            if let Some(reached) = growing.and_then(|axis| reached.get_mut(axis)) {
                *reached = Some(reached.map_or(reach, |other| other.max(reach)));
            }
            blocks.push(count);
        }
        let lengths = stored.iter().zip(max).zip(reached.iter().zip(&least));
        let length = |((&stored, &max), (reached, &least)): ((&u64, &u64), (&Option<u64>, &u64))| {
            reached.map_or(stored, |reached: u64| reached.max(least).min(max))
        };
        Ok(Extent { shape: lengths.map(length).collect(), blocks })
    }

    /// How far a mapping that grows reaches, and the number of its numbered sources: up to the first that is missing.
    fn reach(&self, space: &AddressSpace, mapping: &Mapping, bound: u64, nesting: &Nesting) -> Result<(u64, u64)> {
        match mapping.growth {
            None => Ok((0, 0)),
            Some(Growing::Unlimited { source, target }) => {
                let found = self.sources.find(space, mapping, 0, nesting)?;
                let extent = found.and_then(|found| found.dataset.shape().get(source).copied()).unwrap_or(0);
                let len = mapping.source.axis(source).map_or(0, |axis| axis.below(extent));
                let reach = mapping.target.axis(target).and_then(|axis| axis.first(len).reach());
                Ok((reach.unwrap_or(u64::MAX), 0))
            }
            Some(Growing::Printf { start, stride, block, .. }) => {
                let end = |n: u64| Axis::run(n.checked_mul(stride)?.checked_add(start)?, block).reach();
                let (mut reach, mut count) = (0, 0);
                while let Some(next) = end(count).filter(|&next| next <= bound) {
                    nesting.spend(1)?;
                    if self.sources.find(space, mapping, count, nesting)?.is_none() {
                        break;
                    }
                    (reach, count) = (next, count + 1);
                }
                Ok((reach, count))
            }
        }
    }
}

/// The blocks that a region can have elements of, out of so many.
pub(super) fn touched(region: &Selection, (axis, start, stride): BlocksAlong, blocks: u64) -> Range<u64> {
    let of = |list: &[u64]| list.get(axis).copied().unwrap_or(0);
    let first = of(&region.start);
    let last = of(&region.count).saturating_sub(1).saturating_mul(of(&region.stride)).saturating_add(first);
    let block = |index: u64| index.saturating_sub(start).checked_div(stride).unwrap_or(0);
    match last < start {
        true => 0..0,
        false => block(first)..block(last).saturating_add(1).min(blocks),
    }
}
