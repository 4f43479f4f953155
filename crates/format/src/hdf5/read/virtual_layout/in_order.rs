//! Copying between selections of different shapes: element by element in the order of both, which is that of their arrays.

use super::hyperslab::HyperslabSelection;
use super::transfer::{check_counts, Destination, Transfer};
use crate::copy::{self, Side};
use crate::error::{Error, Result};
use crate::hdf5::read::pieces::slot;
use crate::shape::{self, Selection};

/// Bytes of a source that are read at once where its elements lie in another order.
const WINDOW: u64 = 1 << 20;

impl Transfer<'_> {
    /// Copies between selections of different shapes: element by element in the order of both, which is the order of
    /// their arrays.
    pub(super) fn copy_runs(
        &self,
        (source, target): (&HyperslabSelection, &HyperslabSelection),
        destination: &mut Destination,
    ) -> Result<()> {
        let Some((region, place)) = clip(destination.region, target) else { return Ok(()) };
        let (source, chosen) = (source.runs(self.dataset.shape())?, target.runs(destination.shape)?);
        check_counts(source.total, chosen.total)?;
        self.nesting.spend(source.len() + chosen.len() + shape::count(&region.count)?)?;
        let from = Side { shape: destination.shape, start: &region.start, stride: &region.stride };
        let to = Side { shape: &destination.region.count, start: &place, stride: &[] };
        let mut window = Window { source: self, first: 0, bytes: Vec::new() };
        copy::runs(from, to, &region.count, |run| {
            chosen.within(run.from, run.len, &mut |first, place, len| {
                let mut to = run.to + (first - run.from);
                source.at(place, len, &mut |element, count| {
                    window.copy(element, slot(destination.target, to, count, self.size)?)?;
                    to += count;
                    Ok(())
                })
            })
        })
    }

    /// The elements `first..first + count` in the order of the array, box by box.
    fn read_neighbours(&self, first: u64, count: u64) -> Result<Vec<u8>> {
        let shape = self.dataset.shape();
        let strides = shape::strides(shape);
        let mut bytes = Vec::new();
        let (mut at, end) = (first, first.saturating_add(count));
        while at < end {
            let index: Vec<u64> = strides.iter().zip(shape).map(|(&s, &len)| at / s.max(1) % len.max(1)).collect();
            // The outermost dimension whose inner ones all start here, and fit.
            let outermost = strides.iter().position(|&stride| at.is_multiple_of(stride.max(1)) && end - at >= stride);
            let axis = outermost.unwrap_or(shape.len());
            let mut region = Selection::block(index, vec![1; shape.len()]);
            let step = strides.get(axis).copied().unwrap_or(1).max(1);
            let mut taken = step;
            for (n, (count, &len)) in region.count.iter_mut().zip(shape).enumerate().skip(axis) {
                if n == axis {
                    let room = len.saturating_sub(region.start.get(n).copied().unwrap_or(0));
                    *count = ((end - at) / step).min(room).max(1);
                    taken = step.saturating_mul(*count);
                } else {
                    *count = len;
                }
            }
            bytes.append(&mut self.read(&region)?);
            at = at.saturating_add(taken);
        }
        Ok(bytes)
    }
}

/// Elements of a source that were read ahead.
struct Window<'a> {
    source: &'a Transfer<'a>,
    first: u64,
    bytes: Vec<u8>,
}

impl Window<'_> {
    /// Fills `target` from an element on.
    fn copy(&mut self, element: u64, target: &mut [u8]) -> Result<()> {
        let size = self.source.size.max(1);
        let (mut at, mut rest) = (element, target);
        while !rest.is_empty() {
            let inside = at.checked_sub(self.first).and_then(|n| usize::try_from(n.checked_mul(size)?).ok());
            match inside.and_then(|n| self.bytes.get(n..)).filter(|held| !held.is_empty()) {
                Some(held) => {
                    let (part, later) = rest.split_at_mut(held.len().min(rest.len()));
                    part.copy_from_slice(held.get(..part.len()).unwrap_or_default());
                    at += (part.len() as u64).checked_div(size).unwrap_or(0);
                    rest = later;
                }
                None => {
                    let all = shape::count(self.source.dataset.shape())?;
                    let count = (WINDOW / size).max(1).min(all.saturating_sub(at));
                    self.bytes = self.source.read_neighbours(at, count)?;
                    self.first = at;
                    if self.bytes.is_empty() {
                        return Err(Error::usage("a selection leaves its source"));
                    }
                }
            }
        }
        Ok(())
    }
}

/// The part of a region that can have elements of a selection, and where it starts in the region.
fn clip(region: &Selection, chosen: &HyperslabSelection) -> Option<(Selection, Vec<u64>)> {
    let mut clipped = region.clone();
    let mut place = vec![0; region.start.len()];
    let axes = clipped.start.iter_mut().zip(clipped.count.iter_mut()).zip(&region.stride).zip(&mut place).enumerate();
    for (axis, (((start, count), &stride), place)) in axes {
        let stride = stride.max(1);
        let skipped = chosen.start(axis).saturating_sub(*start).div_ceil(stride).min(*count);
        *place = skipped;
        *start = start.checked_add(skipped.checked_mul(stride)?)?;
        *count = (*count - skipped).min(chosen.reach(axis).saturating_sub(*start).div_ceil(stride));
        if *count == 0 {
            return None;
        }
    }
    Some((clipped, place))
}
