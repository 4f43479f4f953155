//! Chunked storage: what a header says of it, and what of it can be borrowed.

use std::sync::OnceLock;

use super::lengths::Lengths;
use super::pieces::borrow_at;
use crate::copy::{self, AxisRegion};
use crate::element::NotBorrowable;
use crate::error::Result;
use crate::hdf5::chunk::{ChunkGrid, ChunkIndex};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::filter::pipeline::Pipeline;
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::record::message::filter_pipeline::FilterPipeline;
use crate::hdf5::record::message::layout::{Chunked as StoredChunks, DataLayout};
use crate::hdf5::record::message::MessageType;
use crate::hdf5::space::AddressSpace;
use crate::inline_vec::InlineVec;
use crate::placement::ByteStrides;
use crate::shape::Selection;

/// Chunked storage.
#[derive(Debug)]
pub(crate) struct Chunked {
    pub index: ChunkIndex,
    pub grid: ChunkGrid,
    pub filters: FilterPipeline,
    pub pipeline: Option<Pipeline>,
    /// Where all elements are, once somebody asked: every chunk must be looked at.
    pub(super) strides: OnceLock<Result<ByteStrides, NotBorrowable>>,
}

impl Chunked {
    pub(super) fn new(
        space: &AddressSpace,
        header: &ObjectHeader,
        (layout, stored): (&DataLayout, &StoredChunks),
        lengths: Lengths,
        datatype: &Datatype,
    ) -> Result<Self> {
        let filters = match header.resolved(space, MessageType::FILTER_PIPELINE)? {
            Some(message) => message.decode::<FilterPipeline>("filter pipeline message", ())?,
            None => FilterPipeline { version: 2, filters: Vec::new() },
        };
        // The last length of a stored chunk is the size of an element.
        let chunk = stored.dimensions.split_last().map(|(_, chunk)| chunk.to_vec()).unwrap_or_default();
        let grid = ChunkGrid {
            shape: lengths.current.to_vec(),
            max_shape: lengths.max.to_vec(),
            chunk,
            element_size: datatype.size(),
        };
        let filtered = !filters.filters.is_empty();
        let pipeline = filtered.then(|| Pipeline::new(&filters)).transpose()?;
        let index = ChunkIndex::open(space, layout, &grid, filtered)?;
        Ok(Chunked { index, grid, filters, pipeline, strides: OnceLock::new() })
    }

    /// The filters a chunk really passed through.
    pub(super) fn pipeline_of(&self, scaled: &[u64]) -> Option<&Pipeline> {
        self.pipeline.as_ref().filter(|_| !self.index.is_unfiltered_edge(&self.grid, scaled))
    }

    /// The stored bytes of a region that lies in one piece of one unfiltered chunk.
    ///
    /// # Errors
    /// What is wrong with the index, or a chunk that leaves the file.
    pub(super) fn borrow<'s>(
        &self,
        space: &'s AddressSpace,
        region: &Selection,
    ) -> Result<Result<&'s [u8], NotBorrowable>> {
        let Some(scaled) = self.single_chunk(region) else {
            return Ok(Err(NotBorrowable::Scattered));
        };
        let scaled = scaled.as_slice();
        if self.pipeline_of(scaled).is_some() {
            return Ok(Err(NotBorrowable::Filtered));
        }
        let Some(chunk) = self.index.locate(space, &self.grid, scaled)? else {
            return Ok(Err(NotBorrowable::NotAllocated));
        };
        match self.single_run(scaled, region) {
            None => Ok(Err(NotBorrowable::Scattered)),
            Some(first) => borrow_at(space, chunk.address, first, &region.count, self.grid.element_size),
        }
    }

    /// The position of the one chunk that holds a region.
    fn single_chunk(&self, region: &Selection) -> Option<InlineVec<u64, 8>> {
        let mut scaled = InlineVec::default();
        let axes = region.start.iter().zip(&region.count).zip(&region.stride).zip(&self.grid.chunk);
        for (((&start, &count), &stride), &chunk) in axes {
            let first = start.checked_div(chunk)?;
            let last = start.checked_add(count.checked_sub(1)?.checked_mul(stride)?)?;
            if last.checked_div(chunk)? != first {
                return None;
            }
            scaled.push(first);
        }
        Some(scaled)
    }

    /// The first element in its chunk of a region that lies in one run of it.
    fn single_run(&self, scaled: &[u64], region: &Selection) -> Option<u64> {
        let axes = region.start.iter().zip(&region.count).zip(&region.stride).zip(&self.grid.chunk).zip(scaled);
        copy::single_run_of(axes.map(|((((&start, &count), &stride), &length), &scaled)| {
            let start = start.saturating_sub(scaled.saturating_mul(length));
            AxisRegion { start, count, stride, length }
        }))
    }
}
