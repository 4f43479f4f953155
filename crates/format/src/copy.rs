//! The one selection walker: two arrays and a region shared by both, as runs of neighbouring elements.
//!
//! Contiguous data, chunks, classic records, reading and writing all go through [`runs`]; there is no second
//! hyperslab loop. Whether a region is one run, and where it starts, [`single_run`] says without walking.

use std::ops::Range;

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
    lines(from, to, count, |line| match line {
        Line { first, from: 1, to: 1 } => visit(first),
        Line { first, from, to } => (0..first.len).try_for_each(|n| {
            let far = |start: u64, step: u64| start.wrapping_add(step.wrapping_mul(n));
            visit(Run { from: far(first.from, from), to: far(first.to, to), len: 1 })
        }),
    })
}

/// Elements along the innermost dimension of a walk: as many as `first` has, this far from one to the next in both arrays.
#[derive(Debug, Clone, Copy)]
struct Line {
    first: Run,
    from: u64,
    to: u64,
}

/// Calls `visit` for every line of the region `count`, in C order.
fn lines(from: Side, to: Side, count: &[u64], mut visit: impl FnMut(Line) -> Result<()>) -> Result<()> {
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
    match axes.as_mut_slice().split_first_mut() {
        Some((&mut Axis { count: len, from, to, .. }, outer)) => {
            walk(outer, Run { len, ..first }, &mut |first| visit(Line { first, from, to }))
        }
        None => visit(Line { first, from: 1, to: 1 }),
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

/// From the first element of a region to the end of its last one; nothing of an empty region.
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit) when an element number exceeds 64 bits.
pub(crate) fn reach(side: Side, count: &[u64]) -> Result<Range<u64>> {
    if count.contains(&0) {
        return Ok(0..0);
    }
    let (mut first, mut last, mut steps) = (0u64, 0u64, Steps::new(side));
    for (axis, &count) in count.iter().enumerate().rev() {
        let step = steps.advance(axis, &mut first)?;
        last = last.saturating_add(step.saturating_mul(count - 1));
    }
    let end = first.checked_add(last).and_then(|last| last.checked_add(1));
    Ok(first..end.ok_or_else(|| Error::limit("element numbers exceed 64 bits"))?)
}

/// Copies the region between two byte arrays with elements of `size` bytes.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) when a run leaves one of the arrays.
pub(crate) fn copy(from: (&[u8], Side), to: (&mut [u8], Side), count: &[u64], size: u64) -> Result<()> {
    let (source, from) = from;
    copy_part((source, 0, from), to, count, size)
}

/// As [`copy`], out of a part of an array that begins with the element of this number.
///
/// # Errors
/// As [`copy`].
pub(crate) fn copy_part(
    (source, skipped, from): (&[u8], u64, Side),
    (target, to): (&mut [u8], Side),
    count: &[u64],
    size: u64,
) -> Result<()> {
    lines(from, to, count, |mut line| {
        line.first.from = line.first.from.wrapping_sub(skipped);
        let done = match (line.from, line.to) {
            (1, 1) => copy_run(source, target, line.first, size),
            // Of a known size, elements are moved by a register each.
            _ => match usize::try_from(size).ok() {
                Some(4) => copy_line(source, target, line, 4),
                Some(8) => copy_line(source, target, line, 8),
                Some(size) => copy_line(source, target, line, size),
                None => None,
            },
        };
        done.ok_or_else(|| Error::usage("a selection leaves its buffer"))
    })
}

fn copy_run(source: &[u8], target: &mut [u8], run: Run, size: u64) -> Option<()> {
    let given = target.get_mut(range(run.to, run.len, size)?)?;
    given.copy_from_slice(source.get(range(run.from, run.len, size)?)?);
    Some(())
}

/// Copies elements that are no neighbours.
#[inline(always)]
fn copy_line(source: &[u8], target: &mut [u8], Line { first, from, to }: Line, size: usize) -> Option<()> {
    // From the first element to the end of the last one.
    let reach = |step: u64| first.len.checked_sub(1)?.checked_mul(step)?.checked_add(1);
    let step = |step: u64| usize::try_from(step).ok()?.checked_mul(size);
    let source = source.get(range(first.from, reach(from)?, size as u64)?)?;
    let target = target.get_mut(range(first.to, reach(to)?, size as u64)?)?;
    let (from, to) = (step(from)?, step(to)?);
    let (mut taken, mut given) = (0usize, 0usize);
    for _ in 0..first.len {
        let element = source.get(taken..taken.checked_add(size)?)?;
        target.get_mut(given..given.checked_add(size)?)?.copy_from_slice(element);
        (taken, given) = (taken.wrapping_add(from), given.wrapping_add(to));
    }
    Some(())
}

fn range(first: u64, len: u64, size: u64) -> Option<Range<usize>> {
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
        fn copies_put_every_element_in_its_place(
            dims in prop::collection::vec((0u64..5, 1u64..4, 0u64..3, 0u64..3, 0u64..3), 0..4),
            size in 1usize..18,
        ) {
            let of = |field: fn(&(u64, u64, u64, u64, u64)) -> u64| dims.iter().map(field).collect::<Vec<u64>>();
            let (count, stride, start, to_start) = (of(|d| d.0), of(|d| d.1), of(|d| d.2), of(|d| d.3));
            let (shape, to_shape) = (of(|d| d.2 + d.0 * d.1 + d.4), of(|d| d.3 + d.0 + d.4));
            let from = Side { shape: &shape, start: &start, stride: &stride };
            let to = Side { shape: &to_shape, start: &to_start, stride: &[] };
            let len = |shape: &[u64]| usize::try_from(shape.iter().product::<u64>()).unwrap() * size;
            let source: Vec<u8> = (1..=251).cycle().take(len(&shape)).collect();
            let (mut target, mut expected) = (vec![0; len(&to_shape)], vec![0; len(&to_shape)]);
            copy((&source, from), (&mut target, to), &count, size as u64).unwrap();
            for (from, to) in naive(from, to, &count) {
                let place = |at: u64| usize::try_from(at).unwrap() * size..(usize::try_from(at).unwrap() + 1) * size;
                expected[place(to)].copy_from_slice(&source[place(from)]);
            }
            prop_assert_eq!(target, expected);
            if !count.contains(&0) {
                prop_assert!(copy((&source[1..], from), (&mut [], to), &count, size as u64).is_err());
            }
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
