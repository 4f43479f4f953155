//! Reading many filtered chunks on all cores.
//!
//! A region is cut along one dimension into slabs of whole chunks; every worker takes the next slab and decodes its
//! chunks one by one into buffers of its own. Where the slabs follow each other in the target, each has its part of
//! it, and nobody waits; elsewhere the workers take turns copying what they decoded.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;

use super::chunk_reader::{ChunkReader, Piece};
use super::chunked::Chunked;
use super::scratch::{with_scratch, Scratch};
use crate::copy::Side;
use crate::error::{Error, Result};
use crate::grid::for_each_part;
use crate::limits;
use crate::shape::{self, Selection};
use crate::sync::{into_inner, lock, together};

/// Regions of fewer chunks, or of fewer decoded bytes, are not worth a thread.
const FEWEST_CHUNKS: u64 = 4;
const FEWEST_BYTES: u64 = 1 << 20;
/// Slabs for each worker: some decode faster than others.
const SLABS: u64 = 8;

/// A part of the region that is whole along all dimensions but one.
#[derive(Debug)]
struct Slab {
    region: Selection,
    /// Where it starts in the whole region, along the dimension of the cut.
    start: u64,
}

/// A region cut along one dimension.
#[derive(Debug)]
struct Cut {
    axis: usize,
    slabs: Vec<Slab>,
    workers: usize,
}

/// Fills `target` with the stored bytes of a region: on all cores if that is worth it.
///
/// # Errors
/// What is wrong with the first chunk that fails.
pub(super) fn read(reader: ChunkReader, region: &Selection, target: &mut [u8]) -> Result<()> {
    match Cut::new(reader.chunked, region, || reader.space.workers()) {
        Some(cut) => cut.read(reader, region, target),
        None => reader.read(region, target),
    }
}

/// The lowest slab that failed, and how.
type Failure = Mutex<Option<(usize, Error)>>;

impl Cut {
    /// Cuts a region, if it is worth it.
    fn new(chunked: &Chunked, region: &Selection, workers: impl FnOnce() -> usize) -> Option<Cut> {
        chunked.pipeline.as_ref()?;
        let chunks = chunks(region, &chunked.grid.chunk)?;
        let count = chunks.iter().try_fold(1u64, |count, &n| count.checked_mul(n))?;
        let bytes = count.checked_mul(chunked.grid.chunk_bytes().ok()?)?;
        if count < FEWEST_CHUNKS || bytes < FEWEST_BYTES {
            return None;
        }
        Self::along_the_first(region, &chunks, &chunked.grid.chunk, workers())
    }

    /// Cuts along the first dimension of several chunks.
    fn along_the_first(region: &Selection, chunks: &[u64], chunk: &[u64], workers: usize) -> Option<Cut> {
        let axis = chunks.iter().position(|&n| n > 1).filter(|_| workers > 1)?;
        let (count, wanted) = (*chunks.get(axis)?, (workers as u64).saturating_mul(SLABS));
        let (start, stride) = (*region.start.get(axis)?, (*region.stride.get(axis)?).max(1));
        let (length, end) = (*chunk.get(axis)?, *region.count.get(axis)?);
        let border = |n: u64| {
            let first = (start / length).saturating_add(n).saturating_mul(length);
            first.saturating_sub(start).div_ceil(stride).min(end)
        };
        let mut slabs = Vec::new();
        let step = count.div_ceil(wanted).max(1);
        let mut from = 0;
        for n in (0..count).step_by(usize::try_from(step).ok()?) {
            let to = if count - n <= step { end } else { border(n + step) };
            let mut part = region.clone();
            *part.start.get_mut(axis)? = start.saturating_add(from * stride);
            *part.count.get_mut(axis)? = to.saturating_sub(from);
            slabs.push(Slab { region: part, start: from });
            from = to;
        }
        let workers = workers.min(slabs.len());
        Some(Cut { axis, slabs, workers })
    }

    /// Reads the region on all cores.
    ///
    /// # Errors
    /// As reading it chunk by chunk: that of the first chunk that fails.
    fn read(&self, reader: ChunkReader, region: &Selection, target: &mut [u8]) -> Result<()> {
        let size = reader.chunked.grid.element_size;
        let outer = region.count.iter().take(self.axis);
        let targets = if outer.into_iter().all(|&count| count == 1) {
            self.split(target, size)?
        } else {
            vec![Mutex::new(target)]
        };
        let failure: Failure = Mutex::default();
        let next = AtomicUsize::new(0);
        let work = || {
            with_scratch(|scratch| {
                while let Some((n, slab)) = self.next(&next, &failure) {
                    if let Err(error) = self.slab(reader, (n, slab), region, &targets, scratch) {
                        note(&failure, n, error);
                    }
                }
            });
        };
        together(self.workers, work);
        let failure = into_inner(failure);
        failure.map_or(Ok(()), |(_, error)| Err(error))
    }

    /// The next slab; none after one that failed, so that the first failure is the one that is told.
    fn next(&self, next: &AtomicUsize, failure: &Failure) -> Option<(usize, &Slab)> {
        let n = next.fetch_add(1, Ordering::Relaxed);
        let failed = lock(failure).as_ref().is_some_and(|&(at, _)| at < n);
        self.slabs.get(n).filter(|_| !failed).map(|slab| (n, slab))
    }

    /// The part of the target for each slab.
    fn split<'t>(&self, target: &'t mut [u8], size: u64) -> Result<Vec<Mutex<&'t mut [u8]>>> {
        let mut rest = target;
        let mut parts = Vec::with_capacity(self.slabs.len());
        for slab in &self.slabs {
            let len = limits::to_usize(shape::bytes(&slab.region.count, size)?)?;
            let split = std::mem::take(&mut rest).split_at_mut_checked(len);
            let (part, later) = split.ok_or_else(|| Error::usage("a selection leaves its buffer"))?;
            parts.push(Mutex::new(part));
            rest = later;
        }
        Ok(parts)
    }

    /// Decodes the chunks of one slab.
    fn slab(
        &self,
        reader: ChunkReader,
        (n, slab): (usize, &Slab),
        region: &Selection,
        targets: &[Mutex<&mut [u8]>],
        scratch: &mut Scratch,
    ) -> Result<()> {
        // A target that all slabs share is as large as the region, and the slab starts somewhere in it.
        let own = targets.len() > 1;
        let target = targets.get(if own { n } else { 0 }).ok_or_else(|| Error::usage("a slab without a target"))?;
        let (shape, shift) = if own { (&slab.region.count, 0) } else { (&region.count, slab.start) };
        let chunk = &reader.chunked.grid.chunk;
        let mut start = Vec::new();
        for_each_part(&slab.region, chunk, &mut |part| {
            start.clone_from(&part.target);
            if let Some(start) = start.get_mut(self.axis) {
                *start = start.saturating_add(shift);
            }
            let to = Side { shape, start: &start, stride: &[] };
            let piece = Piece { inside: &part.inside, stride: &region.stride, count: &part.count, to };
            if own {
                return reader.read_piece(&part.scaled, piece, &mut lock(target), scratch);
            }
            // Others copy into the same target: they wait for a copy, and not for the decoding.
            let decoded = reader.decode(reader.find(&part.scaled)?, reader.is_whole(&piece), scratch)?;
            reader.copy(&decoded, piece, &mut lock(target))
        })
    }
}

/// The number of chunks that a region touches along each dimension, at most.
fn chunks(region: &Selection, chunk: &[u64]) -> Option<Vec<u64>> {
    let axes = region.start.iter().zip(&region.count).zip(&region.stride).zip(chunk);
    axes.map(|(((&start, &count), &stride), &length)| {
        let last = count.checked_sub(1)?.checked_mul(stride)?.checked_add(start)?;
        Some(last.checked_div(length)? - start.checked_div(length)? + 1)
    })
    .collect()
}

/// Keeps the failure of the lowest slab.
fn note(failure: &Failure, n: usize, error: Error) {
    let mut first = lock(failure);
    if first.as_ref().is_none_or(|&(at, _)| n < at) {
        *first = Some((n, error));
    }
}

#[cfg(test)]
mod tests;
