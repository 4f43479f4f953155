//! The selections of a mapping in a form to work with.

use std::borrow::Cow;

use super::axis::Axis;
use super::runs::Runs;
use crate::copy::{self, Side};
use crate::error::{Error, Result};
use crate::hdf5::record::selection::{Blocks, RegularBlocks, StoredSelection};
use crate::limits;
use crate::shape::{self, Selection};

/// Runs of neighbours that a selection may fall into.
const MOST_RUNS: u64 = 1 << 20;

/// The elements that one side of a mapping selects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HyperslabSelection {
    /// All elements, however many there are.
    All,
    /// The indices along each dimension; all combinations of them are selected.
    Axes(Vec<Axis>),
    /// Blocks anywhere.
    Blocks(Vec<Block>),
}

/// The first index along each dimension, and the number of indices.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Block {
    start: Vec<u64>,
    count: Vec<u64>,
}

/// The dimension in which a selection grows without end, with its blocks.
pub(super) type Growth = (usize, RegularBlocks);

impl HyperslabSelection {
    /// The selection, and how it grows if it is unlimited.
    ///
    /// # Errors
    /// What contradicts itself, for the caller to say where.
    pub fn from_record(stored: &StoredSelection) -> Result<(Self, Option<Growth>)> {
        match stored {
            StoredSelection::None => Ok((HyperslabSelection::Blocks(Vec::new()), None)),
            StoredSelection::All => Ok((HyperslabSelection::All, None)),
            StoredSelection::Points(_) => Err(Error::unsupported("points in the mapping of a virtual dataset")),
            StoredSelection::Hyperslab(slab) => match &slab.blocks {
                Blocks::Regular(axes) => regular(axes),
                Blocks::Irregular { rank, corners } => irregular(*rank, corners).map(|chosen| (chosen, None)),
            },
        }
    }

    /// The same selection where the extent is known.
    pub fn in_extent(&self, extent: &[u64]) -> Cow<'_, HyperslabSelection> {
        match self {
            HyperslabSelection::All => {
                Cow::Owned(HyperslabSelection::Axes(extent.iter().map(|&len| Axis::run(0, len)).collect()))
            }
            other => Cow::Borrowed(other),
        }
    }

    /// The indices of one dimension, if it counts for itself.
    pub fn axis(&self, n: usize) -> Option<&Axis> {
        match self {
            HyperslabSelection::Axes(axes) => axes.get(n),
            HyperslabSelection::All | HyperslabSelection::Blocks(_) => None,
        }
    }

    /// The same selection but for the indices of one dimension.
    pub fn map_axis(&self, n: usize, change: impl FnOnce(&Axis) -> Axis) -> HyperslabSelection {
        let mut chosen = self.clone();
        if let HyperslabSelection::Axes(axes) = &mut chosen {
            axes.get_mut(n).into_iter().zip([change]).for_each(|(axis, change)| *axis = change(axis));
        }
        chosen
    }

    /// One more than the last index along a dimension.
    pub fn reach(&self, axis: usize) -> u64 {
        match self {
            HyperslabSelection::All => 0,
            HyperslabSelection::Axes(axes) => axes.get(axis).and_then(Axis::reach).unwrap_or(0),
            HyperslabSelection::Blocks(blocks) => blocks.iter().map(|block| block.reach(axis)).max().unwrap_or(0),
        }
    }

    /// The first index along a dimension.
    pub fn start(&self, axis: usize) -> u64 {
        match self {
            HyperslabSelection::All => 0,
            HyperslabSelection::Axes(axes) => axes.get(axis).map_or(0, Axis::start),
            HyperslabSelection::Blocks(blocks) => {
                blocks.iter().filter_map(|block| block.start.get(axis)).min().copied().unwrap_or(0)
            }
        }
    }

    /// Whether this selects elements of a dataspace of this extent.
    pub fn fits(&self, extent: &[u64]) -> bool {
        let rank = match self {
            HyperslabSelection::All => return true,
            HyperslabSelection::Axes(axes) if axes.len() == extent.len() && axes.iter().any(|axis| axis.len() == 0) => {
                return true
            }
            HyperslabSelection::Axes(axes) => axes.len(),
            HyperslabSelection::Blocks(blocks) => blocks.first().map_or(extent.len(), |block| block.start.len()),
        };
        rank == extent.len() && extent.iter().enumerate().all(|(axis, &len)| self.reach(axis) <= len)
    }

    /// Whether elements may be in a region as well.
    pub fn touches(&self, region: &Selection) -> bool {
        let axes = region.start.iter().zip(&region.count).zip(&region.stride).enumerate();
        axes.into_iter().all(|(axis, ((&start, &count), &stride))| {
            let last = count.saturating_sub(1).saturating_mul(stride).saturating_add(start);
            matches!(self, HyperslabSelection::All) || (self.start(axis) <= last && start < self.reach(axis))
        })
    }

    /// The runs of neighbours in an array of this shape, in its order.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when there are too many.
    pub fn runs(&self, extent: &[u64]) -> Result<Runs> {
        let mut found: Vec<(u64, u64)> = Vec::new();
        let mut visit = |block: &Block| {
            let side = Side { shape: extent, start: &block.start, stride: &[] };
            copy::runs(side, side, &block.count, |run| {
                limits::check("runs of a selection", found.len() as u64 + 1, MOST_RUNS)?;
                found.push((run.from, run.len));
                Ok(())
            })
        };
        match self.in_extent(extent).as_ref() {
            HyperslabSelection::Axes(axes) => for_each_block(axes, &mut visit)?,
            HyperslabSelection::Blocks(blocks) => blocks.iter().try_for_each(visit)?,
            HyperslabSelection::All => {}
        }
        found.sort_unstable();
        Ok(Runs::new(found))
    }
}

impl Block {
    fn reach(&self, axis: usize) -> u64 {
        let of = |list: &[u64]| list.get(axis).copied().unwrap_or(0);
        of(&self.start).saturating_add(of(&self.count))
    }
}

fn regular(stored: &[RegularBlocks]) -> Result<(HyperslabSelection, Option<Growth>)> {
    let mut axes = Vec::with_capacity(stored.len());
    let mut growth = None;
    for (n, blocks) in stored.iter().enumerate() {
        let RegularBlocks { start, stride, count, block } = *blocks;
        let axis = Axis::blocks(start, stride, count, block);
        let axis = axis.ok_or_else(|| Error::malformed_data("selection", format!("its blocks are {blocks:?}")))?;
        if axis.is_unlimited() && growth.replace((n, *blocks)).is_some() {
            return Err(Error::malformed_data("selection", "it is unlimited twice"));
        }
        axes.push(axis);
    }
    Ok((HyperslabSelection::Axes(axes), growth))
}

/// Blocks, as axes if they are all combinations of some: older files spell every regular selection out.
fn irregular(rank: u32, corners: &[u64]) -> Result<HyperslabSelection> {
    let rank = limits::to_usize(u64::from(rank))?;
    let mut blocks = Vec::new();
    for corners in corners.chunks_exact((2 * rank).max(1)) {
        let (start, end) = corners.split_at(rank);
        let count =
            start.iter().zip(end).map(|(&start, &end)| end.checked_add(1)?.checked_sub(start).filter(|&n| n > 0));
        let count = count.collect::<Option<Vec<u64>>>();
        let count = count.ok_or_else(|| Error::malformed_data("selection", "a block ends before it starts"))?;
        blocks.push(Block { start: start.to_vec(), count });
    }
    blocks.sort_unstable();
    blocks.dedup();
    Ok(as_axes(rank, &blocks).map_or(HyperslabSelection::Blocks(blocks), HyperslabSelection::Axes))
}

fn as_axes(rank: usize, blocks: &[Block]) -> Option<Vec<Axis>> {
    let mut combinations = 1usize;
    let mut axes = Vec::with_capacity(rank);
    for axis in 0..rank {
        let pair = |block: &Block| Some((*block.start.get(axis)?, *block.count.get(axis)?));
        let mut pairs: Vec<(u64, u64)> = blocks.iter().map(pair).collect::<Option<_>>()?;
        pairs.sort_unstable();
        pairs.dedup();
        combinations = combinations.checked_mul(pairs.len())?;
        let &(start, block) = pairs.first()?;
        let stride = pairs.get(1).map_or(block, |&(second, _)| second - start);
        let even = |(n, &(at, len)): (u64, &(u64, u64))| {
            len == block && n.checked_mul(stride).and_then(|far| far.checked_add(start)) == Some(at)
        };
        if !(0..).zip(&pairs).all(even) {
            return None;
        }
        axes.push(Axis::blocks(start, stride, pairs.len() as u64, block)?);
    }
    // No two blocks are the same, so that as many as there are combinations are all of them.
    (combinations == blocks.len()).then_some(axes)
}

/// Calls `visit` with every block of neighbours.
fn for_each_block(axes: &[Axis], visit: &mut dyn FnMut(&Block) -> Result<()>) -> Result<()> {
    if axes.iter().any(|axis| axis.len() == 0) {
        return Ok(());
    }
    let mut block = Block { start: vec![0; axes.len()], count: vec![0; axes.len()] };
    descend(axes, 0, &mut block, visit)
}

fn descend(axes: &[Axis], n: usize, block: &mut Block, visit: &mut dyn FnMut(&Block) -> Result<()>) -> Result<()> {
    let Some(axis) = axes.get(n) else {
        return visit(block);
    };
    let mut place = 0;
    while place < axis.len() {
        let len = axis.neighbours(place);
        if let (Some(start), Some(count)) = (block.start.get_mut(n), block.count.get_mut(n)) {
            (*start, *count) = (axis.index(place).unwrap_or(u64::MAX), len);
        }
        descend(axes, n + 1, block, visit)?;
        place = place.saturating_add(len.max(1));
    }
    Ok(())
}

/// The number of elements of a selection in a dataspace of this extent, if every dimension counts for itself.
pub(super) fn count(axes: &[Axis]) -> Result<u64> {
    shape::count(&axes.iter().map(Axis::len).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hdf5::record::selection::{Hyperslab, UNLIMITED};

    fn of(blocks: Blocks) -> Result<(HyperslabSelection, Option<Growth>)> {
        HyperslabSelection::from_record(&StoredSelection::Hyperslab(Hyperslab { version: 3, width: 8, blocks }))
    }

    fn spelled_out(rank: u32, corners: &[u64]) -> HyperslabSelection {
        of(Blocks::Irregular { rank, corners: corners.to_vec() }).unwrap().0
    }

    fn all(runs: &Runs) -> Vec<(u64, u64, u64)> {
        let mut found = Vec::new();
        let mut visit = |first, place, len| {
            found.push((first, place, len));
            Ok(())
        };
        runs.within(0, u64::MAX, &mut visit).unwrap();
        found
    }

    #[test]
    fn blocks_that_are_all_combinations_become_axes() {
        // Rows 0 and 2, columns 1-2 and 5-6, in any order.
        let corners = [2, 1, 2, 2, 0, 5, 0, 6, 2, 5, 2, 6, 0, 1, 0, 2];
        let axes = [Axis::blocks(0, 2, 2, 1).unwrap(), Axis::blocks(1, 4, 2, 2).unwrap()];
        assert_eq!(spelled_out(2, &corners), HyperslabSelection::Axes(axes.to_vec()));
        assert!(matches!(spelled_out(2, &corners[..12]), HyperslabSelection::Blocks(_)));
        assert!(matches!(spelled_out(1, &[0, 0, 2, 2, 5, 5]), HyperslabSelection::Blocks(_)));
        assert!(of(Blocks::Irregular { rank: 1, corners: vec![3, 2] }).is_err());
    }

    #[test]
    fn runs_come_in_the_order_of_the_array() {
        // An L: rows 0-2 of column 0, and row 2 whole; the corner is in both.
        let chosen = spelled_out(2, &[2, 0, 2, 3, 0, 0, 2, 0]);
        let runs = chosen.runs(&[3, 4]).unwrap();
        assert_eq!(runs.total, 6);
        assert_eq!(all(&runs), [(0, 0, 1), (4, 1, 1), (8, 2, 4)]);
        let mut found = Vec::new();
        let mut visit = |first, len| {
            found.push((first, len));
            Ok(())
        };
        runs.at(1, 4, &mut visit).unwrap();
        assert_eq!(found, [(4, 1), (8, 3)]);
        let axes = HyperslabSelection::Axes(vec![Axis::run(1, 2), Axis::blocks(0, 3, 2, 1).unwrap()]);
        assert_eq!(all(&axes.runs(&[4, 5]).unwrap()), [(5, 0, 1), (8, 1, 1), (10, 2, 1), (13, 3, 1)]);
        assert_eq!(all(&HyperslabSelection::All.runs(&[4, 5]).unwrap()), [(0, 0, 20)]);
        assert_eq!(
            Axis::blocks(0, 2, 1 << 40, 1).map(|axis| HyperslabSelection::Axes(vec![axis]).runs(&[1 << 41]).is_err()),
            Some(true)
        );
    }

    #[test]
    fn one_dimension_can_grow() {
        let grows = RegularBlocks { start: 0, stride: 4, count: UNLIMITED, block: 2 };
        let fixed = RegularBlocks { start: 1, stride: 1, count: 1, block: 5 };
        let (chosen, growth) = of(Blocks::Regular(vec![grows, fixed])).unwrap();
        assert_eq!(growth, Some((0, grows)));
        assert!(chosen.map_axis(0, |_| Axis::run(0, 3)).fits(&[3, 6]));
        assert!(!chosen.map_axis(0, |_| Axis::run(0, 3)).fits(&[3, 5]));
        assert!(of(Blocks::Regular(vec![grows, grows])).is_err());
        assert!(of(Blocks::Regular(vec![RegularBlocks { stride: 1, ..grows }])).is_err());
    }
}
