//! What is left to do when the elements of a dataset are written: they lie within its lengths, places that have none get the
//! fill value, and the layout message says where everything is.

use super::file::FileWriter;
use super::raw::{DatasetWriter, Storage};
use super::space::Extent;
use crate::error::{Error, Result};
use crate::grid::for_each_part;
use crate::hdf5::chunk::ChunkLocation;
use crate::hdf5::record::message::layout::{DataLayout, Storage as Layout};
use crate::limits;
use crate::shape::{self, Selection};
use crate::sync::lock;
use crate::wire::width::{Addr, Len};
use crate::written::repeated;

/// Chunks of a dataset that are looked at for having no place: whoever leaves out more has other plans.
const MOST_FILLED: u64 = 1 << 20;

impl DatasetWriter {
    /// Refuses lengths in the end that the dataset cannot have, or beyond which chunks were written.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage).
    pub(crate) fn check_extent(&self, extent: &[u64]) -> Result<()> {
        self.spec.check_extent(extent)?;
        let (Some(index), Some(chunk)) = (self.index(), self.chunk()) else { return Ok(()) };
        let is_beyond = |scaled: &[u64]| {
            let mut axes = scaled.iter().zip(chunk).zip(extent);
            axes.any(|((&at, &length), &end)| at.saturating_mul(length) >= end)
        };
        let mut beyond = index.table().listed().filter(|(scaled, _)| is_beyond(scaled));
        match beyond.next() {
            Some((scaled, _)) => Err(Error::usage(format!("the chunk {scaled:?} lies beyond the lengths {extent:?}"))),
            None => Ok(()),
        }
    }

    /// The element that gaps must get; places begin as zeros.
    pub(super) fn gap_fill(&self) -> Option<&[u8]> {
        let fill = self.spec.fill.value.as_deref();
        fill.filter(|fill| self.pipeline().is_none() && fill.iter().any(|&byte| byte != 0))
    }

    /// Gives everything that has a place and was not written what `fill` makes of it, if that is anything but zeros.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io); those of `fill`.
    pub(crate) fn fill_gaps(&self, file: &FileWriter, fill: &dyn Fn(&mut [u8]) -> Result<()>) -> Result<()> {
        if self.gap_fill().is_none() {
            return Ok(());
        }
        let write = |offset: u64, bytes: &[u8]| file.write(offset, bytes);
        self.blocks()?.into_iter().try_for_each(|Extent { address, len }| {
            self.written.fill_gaps(address..address.saturating_add(len), self.element_size, fill, &write)
        })
    }

    /// Gives chunks of a shape that have no place one, with what `fill` makes of it: the library cannot fill them in when it
    /// reads elements that lead to a heap.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io); those of `fill` and of the filters.
    pub(crate) fn fill_chunks(
        &self,
        file: &FileWriter,
        shape: &[u64],
        fill: &dyn Fn(&mut [u8]) -> Result<()>,
    ) -> Result<()> {
        let Some(chunk) = self.chunk() else { return Ok(()) };
        let chunks = shape.iter().zip(chunk).map(|(&length, &chunk)| length.div_ceil(chunk.max(1)));
        if chunks.fold(1u64, u64::saturating_mul) > MOST_FILLED {
            return Ok(());
        }
        let len = limits::to_usize(shape::bytes(chunk, self.element_size)?)?;
        let (mut bytes, mut spare) = (Vec::new(), Vec::new());
        for_each_part(&Selection::all(shape), chunk, &mut |part| {
            if self.has_chunk(&part.scaled) {
                return Ok(());
            }
            bytes.clear();
            bytes.resize(len, 0);
            fill(&mut bytes)?;
            if let Some(pipeline) = self.pipeline() {
                pipeline.encode(&mut bytes, &mut spare)?;
            }
            self.put_chunk(file, &part.scaled, &bytes, 0)
        })
    }

    /// The places of unfiltered elements outside of the header; of chunks only those that may have gaps: what readers reach
    /// has none.
    fn blocks(&self) -> Result<Vec<Extent>> {
        Ok(match &self.storage {
            Storage::Compact(_) | Storage::Contiguous(None) | Storage::Elsewhere(_) => Vec::new(),
            Storage::Contiguous(Some(address)) => {
                vec![Extent { address: *address, len: shape::bytes(self.spec.lengths(), self.element_size)? }]
            }
            Storage::Chunked(index) if self.growth.is_some() => {
                let len = lock(index).table().chunk_bytes();
                let fresh = self.growth.iter().flat_map(|growth| lock(growth).fresh());
                fresh.map(|address| Extent { address, len }).collect()
            }
            Storage::Chunked(index) => {
                let chunk = |(_, chunk): (_, ChunkLocation)| Extent { address: chunk.address, len: chunk.size };
                lock(index).table().iter().map(chunk).collect()
            }
        })
    }

    /// Fills what was not written and writes the chunk index; returns the layout message that leads to the data.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub(in crate::hdf5) fn flush(&self, file: &FileWriter) -> Result<DataLayout> {
        let fill = self.gap_fill().unwrap_or_default();
        self.fill_gaps(file, &repeated(fill))?;
        let dimensions = Vec::new();
        let storage = match &self.storage {
            Storage::Chunked(index) if self.growth.is_some() => return lock(index).flush_anew(file),
            Storage::Chunked(index) => return lock(index).flush(file),
            Storage::Elsewhere(layout) => return Ok(layout.clone()),
            Storage::Compact(held) => Layout::Compact { dimensions, data: lock(held).clone() },
            Storage::Contiguous(address) => {
                let size = Some(Len(shape::bytes(self.spec.lengths(), self.element_size)?));
                Layout::Contiguous { address: address.map_or(Addr::UNDEFINED, Addr), size, dimensions }
            }
        };
        Ok(DataLayout { version: 3, storage })
    }
}
