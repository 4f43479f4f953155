//! The one selection walker: two arrays and a region shared by both, as runs of neighbouring elements.
//!
//! Contiguous data, chunks, classic records, reading and writing all go through [`runs`]; there is no second
//! hyperslab loop.

use crate::error::{Error, Result};
use crate::shape::strides;

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
#[derive(Debug, Clone, Copy)]
struct Axis {
    count: u64,
    from: u64,
    to: u64,
}

/// Calls `visit` for every run of the region `count`, in C order.
///
/// # Errors
/// Whatever `visit` returns; [`Kind::Limit`](crate::Kind::Limit) when an element number exceeds 64 bits.
pub(crate) fn runs(from: Side, to: Side, count: &[u64], mut visit: impl FnMut(Run) -> Result<()>) -> Result<()> {
    if count.contains(&0) {
        return Ok(());
    }
    let (from_base, from_steps) = resolve(from)?;
    let (to_base, to_steps) = resolve(to)?;
    let mut axes = merge(count, &from_steps, &to_steps);
    let len = match axes.last() {
        Some(Axis { count, from: 1, to: 1 }) => {
            let count = *count;
            axes.pop();
            count
        }
        _ => 1,
    };
    walk(&axes, Run { from: from_base, to: to_base, len }, &mut visit)
}

/// The first element of the region and the distance in elements of one step along each dimension.
fn resolve(side: Side) -> Result<(u64, Vec<u64>)> {
    let overflow = || Error::limit(format!("element numbers of shape {:?} exceed 64 bits", side.shape));
    let mut steps = strides(side.shape);
    let mut base = 0u64;
    for (&start, &step) in side.start.iter().zip(&steps) {
        base = start.checked_mul(step).and_then(|far| far.checked_add(base)).ok_or_else(overflow)?;
    }
    for (step, &stride) in steps.iter_mut().zip(side.stride) {
        *step = step.checked_mul(stride).ok_or_else(overflow)?;
    }
    Ok((base, steps))
}

/// Joins dimensions that continue each other in both arrays, innermost last.
fn merge(count: &[u64], from: &[u64], to: &[u64]) -> Vec<Axis> {
    let mut axes: Vec<Axis> = Vec::with_capacity(count.len());
    for ((&count, &from), &to) in count.iter().zip(from).zip(to) {
        if count == 1 {
            continue;
        }
        let axis = Axis { count, from, to };
        match axes.last_mut() {
            Some(outer) if continues(outer, &axis) => {
                *outer = Axis { count: outer.count.saturating_mul(count), ..axis }
            }
            _ => axes.push(axis),
        }
    }
    axes
}

fn continues(outer: &Axis, inner: &Axis) -> bool {
    inner.from.checked_mul(inner.count) == Some(outer.from) && inner.to.checked_mul(inner.count) == Some(outer.to)
}

/// Iterates over the outer dimensions like an odometer.
fn walk(axes: &[Axis], first: Run, visit: &mut impl FnMut(Run) -> Result<()>) -> Result<()> {
    let mut at = vec![0u64; axes.len()];
    let mut run = first;
    loop {
        visit(run)?;
        let mut done = true;
        for (at, axis) in at.iter_mut().zip(axes).rev() {
            *at += 1;
            run.from = run.from.wrapping_add(axis.from);
            run.to = run.to.wrapping_add(axis.to);
            if *at < axis.count {
                done = false;
                break;
            }
            *at = 0;
            run.from = run.from.wrapping_sub(axis.from.wrapping_mul(axis.count));
            run.to = run.to.wrapping_sub(axis.to.wrapping_mul(axis.count));
        }
        if done {
            return Ok(());
        }
    }
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
