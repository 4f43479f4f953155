//! Chunked storage: finding chunks, undoing their filters, copying what a region wants of them.

use std::cell::RefCell;
use std::sync::Arc;

use super::fill::FillStatus;
use super::pieces::{borrow_at, copy_out, one_run, slot};
use crate::copy::{self, Side};
use crate::element::NotBorrowable;
use crate::error::Result;
use crate::grid::{for_each_part, Part};
use crate::hdf5::chunk::{ChunkGrid, ChunkIndex};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::filter::Pipeline;
use crate::hdf5::record::message::filter_pipeline::FilterPipeline;
use crate::hdf5::record::message::layout::{Chunked as StoredChunks, DataLayout};
use crate::hdf5::record::message::MessageType;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::object::ObjectHeader;
use crate::limits;
use crate::shape::Selection;

/// Chunked storage.
#[derive(Debug)]
pub(crate) struct Chunked {
    pub index: ChunkIndex,
    pub grid: ChunkGrid,
    pub filters: FilterPipeline,
    pub pipeline: Option<Pipeline>,
}

/// The largest buffer that a thread keeps.
const KEPT_BYTES: usize = 64 << 20;

thread_local! {
    /// Buffers that decoding reuses, so that no chunk costs a fresh, zeroed allocation.
    static SCRATCH: RefCell<Scratch> = const { RefCell::new(Scratch::new()) };
}

/// Works with the buffers of this thread.
pub(super) fn with_scratch<R>(work: impl FnOnce(&mut Scratch) -> R) -> R {
    SCRATCH.with_borrow_mut(|scratch| {
        let done = work(scratch);
        scratch.release();
        done
    })
}

impl Chunked {
    pub(super) fn new(
        space: &AddressSpace,
        header: &ObjectHeader,
        (layout, stored): (&DataLayout, &StoredChunks),
        (shape, max_shape): (&[u64], &[u64]),
        datatype: &Datatype,
    ) -> Result<Self> {
        let filters = match header.resolved(space, MessageType::FILTER_PIPELINE)? {
            Some(message) => message.decode::<FilterPipeline>("filter pipeline message", ())?,
            None => FilterPipeline { version: 2, filters: Vec::new() },
        };
        // The last length of a stored chunk is the size of an element.
        let chunk = stored.dimensions.split_last().map(|(_, chunk)| chunk.to_vec()).unwrap_or_default();
        let grid =
            ChunkGrid { shape: shape.to_vec(), max_shape: max_shape.to_vec(), chunk, element_size: datatype.size() };
        limits::check("bytes of a chunk", grid.chunk_bytes()?, space.limits.chunk_bytes)?;
        let filtered = !filters.filters.is_empty();
        let pipeline = filtered.then(|| Pipeline::new(&filters)).transpose()?;
        let index = ChunkIndex::open(space, layout, &grid, filtered)?;
        Ok(Chunked { index, grid, filters, pipeline })
    }

    /// The filters a chunk really passed through.
    fn pipeline_of(&self, scaled: &[u64]) -> Option<&Pipeline> {
        self.pipeline.as_ref().filter(|_| !self.index.is_unfiltered_edge(&self.grid, scaled))
    }

    pub(super) fn borrow<'s>(
        &self,
        space: &'s AddressSpace,
        region: &Selection,
    ) -> Result<Result<&'s [u8], NotBorrowable>> {
        let Some((scaled, inside)) = self.single_chunk(region) else {
            return Ok(Err(NotBorrowable::Scattered));
        };
        if self.pipeline_of(&scaled).is_some() {
            return Ok(Err(NotBorrowable::Filtered));
        }
        match (self.index.locate(space, &self.grid, &scaled)?, one_run(&self.grid.chunk, &inside)?) {
            (None, _) => Ok(Err(NotBorrowable::NotAllocated)),
            (_, Err(reason)) => Ok(Err(reason)),
            (Some(chunk), Ok(first)) => borrow_at(space, chunk.address, first, &region.count, self.grid.element_size),
        }
    }

    /// The one chunk that holds a region, and the region inside it.
    fn single_chunk(&self, region: &Selection) -> Option<(Vec<u64>, Selection)> {
        let mut inside = region.clone();
        let mut scaled = Vec::with_capacity(region.start.len());
        let axes = inside.start.iter_mut().zip(&region.count).zip(&region.stride).zip(&self.grid.chunk);
        for (((start, &count), &stride), &chunk) in axes {
            let first = start.checked_div(chunk)?;
            let last = start.checked_add(count.checked_sub(1)?.checked_mul(stride)?)?;
            if last.checked_div(chunk)? != first {
                return None;
            }
            *start -= first * chunk;
            scaled.push(first);
        }
        Some((scaled, inside))
    }

    /// Reads a region chunk by chunk in this thread.
    pub(super) fn read_here(
        &self,
        space: &AddressSpace,
        fill: &FillStatus,
        region: &Selection,
        target: &mut [u8],
        scratch: &mut Scratch,
    ) -> Result<()> {
        for_each_part(region, &self.grid.chunk, &mut |part| {
            let to = Side { shape: &region.count, start: &part.target, stride: &[] };
            let ready = self.decode(space, part, scratch)?;
            self.copy_part((space, fill), ready, (part, region), (target, to))
        })
    }

    /// Finds a chunk, and undoes its filters.
    pub(super) fn decode<'s>(&self, space: &AddressSpace, part: &Part, scratch: &'s mut Scratch) -> Result<Ready<'s>> {
        let Scratch { decoded, spare, stored } = scratch;
        let located = self.index.locate(space, &self.grid, &part.scaled)?;
        match (located, self.pipeline_of(&part.scaled)) {
            (None, _) => Ok(Ready::Missing),
            (Some(chunk), None) => Ok(Ready::Raw(chunk.address)),
            (Some(chunk), Some(pipeline)) => {
                let expected = limits::to_usize(self.grid.chunk_bytes()?)?;
                let is_whole = part.count.iter().eq(&self.grid.chunk);
                if let Some(kept) = space.chunks.get(chunk.address).filter(|_| !is_whole) {
                    return Ok(Ready::Kept(kept));
                }
                let offset = space.offset(chunk.address);
                let input = match space.source.borrow(offset, chunk.size)? {
                    Some(bytes) => bytes,
                    None => {
                        grow(stored, chunk.size)?;
                        space.source.read_into(offset, stored)?;
                        stored
                    }
                };
                pipeline.decode(chunk.mask, input, expected, decoded, spare).map_err(|e| e.at_offset(offset))?;
                if !is_whole {
                    space.chunks.offer(chunk.address, decoded);
                }
                Ok(Ready::Decoded(decoded))
            }
        }
    }

    /// Copies what one chunk holds of a region into the target.
    pub(super) fn copy_part(
        &self,
        (space, fill): (&AddressSpace, &FillStatus),
        ready: Ready,
        (part, region): (&Part, &Selection),
        (target, to): (&mut [u8], Side),
    ) -> Result<()> {
        let size = self.grid.element_size;
        let from = Side { shape: &self.grid.chunk, start: &part.inside, stride: &region.stride };
        match ready {
            Ready::Missing => copy::runs(to, to, &part.count, |run| {
                fill.fill(slot(target, run.to, run.len, size)?, size);
                Ok(())
            }),
            Ready::Raw(address) => copy_out(space, address, (from, to), &part.count, size, target),
            Ready::Kept(bytes) => copy::copy((&bytes, from), (target, to), &part.count, size),
            Ready::Decoded(bytes) => copy::copy((bytes, from), (target, to), &part.count, size),
        }
    }
}

/// A chunk that can be copied from.
pub(super) enum Ready<'s> {
    /// Never written: the fill value.
    Missing,
    /// Without filters, at this address.
    Raw(u64),
    Decoded(&'s [u8]),
    /// Decoded before.
    Kept(Arc<Vec<u8>>),
}

/// Buffers that decoding reuses.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    decoded: Vec<u8>,
    spare: Vec<u8>,
    stored: Vec<u8>,
}

impl Scratch {
    const fn new() -> Self {
        Scratch { decoded: Vec::new(), spare: Vec::new(), stored: Vec::new() }
    }

    /// Gives back what one giant chunk needed.
    fn release(&mut self) {
        for buffer in [&mut self.decoded, &mut self.spare, &mut self.stored] {
            if buffer.capacity() > KEPT_BYTES {
                *buffer = Vec::new();
            }
        }
    }
}

/// Gives a reused buffer a length without zeroing what it held.
fn grow(buffer: &mut Vec<u8>, len: u64) -> Result<()> {
    let len = limits::to_usize(len)?;
    if len > buffer.capacity() {
        limits::reserve(buffer, len - buffer.len())?;
    }
    buffer.resize(len, 0);
    Ok(())
}
