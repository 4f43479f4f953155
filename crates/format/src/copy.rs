//! The one selection walker: two arrays and a region shared by both, as runs of neighbouring elements.
//!
//! Contiguous data, chunks, classic records, reading and writing all go through [`runs`]; there is no second
//! hyperslab loop. Whether a region is one run, and where it starts, [`single_run`] says without walking.

use crate::error::{Error, Result};
use crate::inline_vec::InlineVec;
use crate::shape::Selection;

/// One side of a copy: an array of `shape`, and where in it the region lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Side<'a> {
    /// Lengths of the whole array.
    pub shape: &'a [u64],
    /// First index of the region.
    pub start: &'a [u64],
    /// Distance between the indices of the region; empty means 1 everywhere.
    pub stride: &'a [u64],
}

/// Neighbouring elements at `from` in the one array and at `to` in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    pub from: u64,
    pub to: u64,
    pub len: u64,
}

/// A dimension of the walk after merging: `count` steps, each moving this far in both arrays.
#[derive(Debug, Clone, Copy, Default)]
struct Axis {
    count: u64,
    from: u64,
    to: u64,
    /// The step that the walk is at.
    at: u64,
}

/// Calls `visit` for every run of the region `count`, in C order.
///
/// # Errors
/// Whatever `visit` returns; [`Kind::Limit`](crate::Kind::Limit) when an element number exceeds 64 bits.
pub(crate) fn runs(from: Side, to: Side, count: &[u64], mut visit: impl FnMut(Run) -> Result<()>) -> Result<()> {
    if count.contains(&0) {
        return Ok(());
    }
    let mut first = Run { from: 0, to: 0, len: 1 };
    let mut axes = InlineVec::default();
    let (mut from, mut to) = (Steps::new(from), Steps::new(to));
    // Innermost first: the distances grow outwards.
    for (axis, &count) in count.iter().enumerate().rev() {
        let inner =
            Axis { count, from: from.advance(axis, &mut first.from)?, to: to.advance(axis, &mut first.to)?, at: 0 };
        merge(&mut axes, inner);
    }
    let axes = axes.as_mut_slice();
    match axes.split_first_mut() {
        Some((&mut Axis { count, from: 1, to: 1, .. }, outer)) => walk(outer, Run { len: count, ..first }, &mut visit),
        _ => walk(axes, first, &mut visit),
    }
}

/// The distances of one side, from the innermost dimension outwards.
struct Steps<'a> {
    side: Side<'a>,
    /// Elements from one index to the next one.
    distance: u64,
}

impl<'a> Steps<'a> {
    fn new(side: Side<'a>) -> Self {
        Steps { side, distance: 1 }
    }

    /// The distance of one step along the next dimension; adds where the region starts along it.
    fn advance(&mut self, axis: usize, first: &mut u64) -> Result<u64> {
        let Side { shape, start, stride } = self.side;
        let of = |list: &[u64], otherwise: u64| list.get(axis).copied().unwrap_or(otherwise);
        let overflow = || Error::limit(format!("element numbers of shape {shape:?} exceed 64 bits"));
        let far = of(start, 0).checked_mul(self.distance).and_then(|far| far.checked_add(*first));
        *first = far.ok_or_else(overflow)?;
        let step = self.distance.checked_mul(of(stride, 1)).ok_or_else(overflow)?;
        self.distance = self.distance.saturating_mul(of(shape, 1));
        Ok(step)
    }
}

/// Adds the next dimension outwards; joins it with the one before where it continues that one in both arrays.
fn merge(axes: &mut InlineVec<Axis, 8>, outer: Axis) {
    if outer.count == 1 {
        return;
    }
    match axes.as_mut_slice().last_mut() {
        Some(inner) if continues(&outer, inner) => inner.count = inner.count.saturating_mul(outer.count),
        _ => axes.push(outer),
    }
}

fn continues(outer: &Axis, inner: &Axis) -> bool {
    inner.from.checked_mul(inner.count) == Some(outer.from) && inner.to.checked_mul(inner.count) == Some(outer.to)
}

/// Iterates over the dimensions, innermost first, like an odometer.
fn walk(axes: &mut [Axis], first: Run, visit: &mut impl FnMut(Run) -> Result<()>) -> Result<()> {
    let mut run = first;
    loop {
        visit(run)?;
        let mut done = true;
        for axis in &mut *axes {
            axis.at += 1;
            run.from = run.from.wrapping_add(axis.from);
            run.to = run.to.wrapping_add(axis.to);
            if axis.at < axis.count {
                done = false;
                break;
            }
            axis.at = 0;
            run.from = run.from.wrapping_sub(axis.from.wrapping_mul(axis.count));
            run.to = run.to.wrapping_sub(axis.to.wrapping_mul(axis.count));
        }
        if done {
            return Ok(());
        }
    }
}

/// The number of the first element of a region whose elements are neighbours in `shape`, which has it inside.
pub(crate) fn single_run(shape: &[u64], region: &Selection) -> Option<u64> {
    let axes = region.start.iter().zip(&region.count).zip(&region.stride).zip(shape);
    single_run_of(axes.map(|(((&start, &count), &stride), &length)| AxisRegion { start, count, stride, length }))
}

/// What a region takes of a dimension.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AxisRegion {
    pub start: u64,
    pub count: u64,
    pub stride: u64,
    /// All indices that there are.
    pub length: u64,
}

/// [`single_run`] by dimensions.
pub(crate) fn single_run_of(axes: impl DoubleEndedIterator<Item = AxisRegion>) -> Option<u64> {
    let (mut whole, mut pieces, mut distance, mut first) = (true, false, 1u64, Some(0u64));
    for AxisRegion { start, count, stride, length } in axes.rev() {
        if count == 0 {
            return Some(0);
        }
        // ExternalFiles inside the first dimension that is not taken whole, one index each outside of it.
        pieces |= count > 1 && (stride != 1 || !whole);
        whole &= count == length;
        first = first.and_then(|first| start.checked_mul(distance)?.checked_add(first));
        distance = distance.saturating_mul(length);
    }
    first.filter(|_| !pieces)
}

/// Copies the region between two byte arrays with elements of `size` bytes.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) when a run leaves one of the arrays.
pub(crate) fn copy(from: (&[u8], Side), to: (&mut [u8], Side), count: &[u64], size: u64) -> Result<()> {
    let (source, from) = from;
    let (target, to) = to;
    runs(from, to, count, |run| {
        let taken = range(run.from, run.len, size).and_then(|r| source.get(r));
        let given = range(run.to, run.len, size).and_then(|r| target.get_mut(r));
        match (taken, given) {
            (Some(taken), Some(given)) => given.copy_from_slice(taken),
            _ => return Err(Error::usage("a selection leaves its buffer")),
        }
        Ok(())
    })
}

fn range(first: u64, len: u64, size: u64) -> Option<std::ops::Range<usize>> {
    let start = usize::try_from(first.checked_mul(size)?).ok()?;
    let len = usize::try_from(len.checked_mul(size)?).ok()?;
    Some(start..start.checked_add(len)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::strides;
    use proptest::prelude::*;

    /// Element by element, the oracle.
    fn naive(from: Side, to: Side, count: &[u64]) -> Vec<(u64, u64)> {
        let total: u64 = count.iter().product();
        let locate = |side: &Side, index: &[u64]| {
            let strides = strides(side.shape);
            (0..index.len())
                .map(|d| (side.start[d] + index[d] * side.stride.get(d).copied().unwrap_or(1)) * strides[d])
                .sum()
        };
        (0..total)
            .map(|mut n| {
                let mut index = vec![0; count.len()];
                for d in (0..count.len()).rev() {
                    index[d] = n % count[d];
                    n /= count[d];
                }
                (locate(&from, &index), locate(&to, &index))
            })
            .collect()
    }

    proptest! {
        #[test]
        fn walker_equals_element_by_element(dims in prop::collection::vec((0u64..5, 1u64..4, 0u64..3, 0u64..3, 0u64..3), 0..5)) {
            let count: Vec<u64> = dims.iter().map(|d| d.0).collect();
            let stride: Vec<u64> = dims.iter().map(|d| d.1).collect();
            let start: Vec<u64> = dims.iter().map(|d| d.2).collect();
            let to_start: Vec<u64> = dims.iter().map(|d| d.3).collect();
            let shape: Vec<u64> = dims.iter().map(|d| d.2 + d.0 * d.1 + d.4).collect();
            let to_shape: Vec<u64> = dims.iter().map(|d| d.3 + d.0 + d.4).collect();
            let from = Side { shape: &shape, start: &start, stride: &stride };
            let to = Side { shape: &to_shape, start: &to_start, stride: &[] };
            let mut walked = Vec::new();
            runs(from, to, &count, |run| { walked.extend((0..run.len).map(|i| (run.from + i, run.to + i))); Ok(()) }).unwrap();
            prop_assert_eq!(walked, naive(from, to, &count));
        }
    }

    proptest! {
        #[test]
        fn a_single_run_is_what_the_walk_makes_one_run_of(dims in prop::collection::vec((1u64..4, 1u64..3, 0u64..2, 0u64..2), 0..11)) {
            let region = Selection {
                count: dims.iter().map(|d| d.0).collect(),
                stride: dims.iter().map(|d| d.1).collect(),
                start: dims.iter().map(|d| d.2).collect(),
            };
            let shape: Vec<u64> = dims.iter().map(|d| d.2 + (d.0 - 1) * d.1 + 1 + d.3).collect();
            let side = Side { shape: &shape, start: &region.start, stride: &region.stride };
            let to = Side { shape: &region.count, start: &vec![0; dims.len()], stride: &[] };
            let mut walked = Vec::new();
            runs(side, to, &region.count, |run| { walked.push(run.from); Ok(()) }).unwrap();
            let single = (walked.len() == 1).then(|| walked[0]);
            prop_assert_eq!(single_run(&shape, &region), single);
        }
    }

    #[test]
    fn whole_arrays_are_one_run() {
        let side = Side { shape: &[4, 5, 6], start: &[0, 0, 0], stride: &[] };
        let mut seen = Vec::new();
        runs(side, side, &[4, 5, 6], |run| {
            seen.push(run);
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, [Run { from: 0, to: 0, len: 120 }]);
    }
}
