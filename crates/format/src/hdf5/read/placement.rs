//! Where the data of a dataset lie in the file.

use super::chunked::Chunked;
use super::dataset::{Dataset, Storage};
use crate::element::NotBorrowable;
use crate::error::{Error, Result};
use crate::hdf5::chunk::ChunkLocation;
use crate::hdf5::space::AddressSpace;
use crate::placement::{byte_strides, ByteStrides, ChunkInfo, VisitChunks};
use crate::shape;

impl Dataset {
    /// Calls `visit` with every chunk that was written, in the order of the index; contiguous data are one piece.
    /// Compact data lie in the object header, and are none.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the index is broken, [`Kind::Unsupported`](crate::Kind::Unsupported) for a layout that is not implemented; the errors of `visit`.
    pub fn visit_chunks(&self, space: &AddressSpace, visit: &mut VisitChunks) -> Result<()> {
        match &self.storage {
            Storage::Compact(_) | Storage::Contiguous(None) => Ok(()),
            Storage::Contiguous(Some(address)) => {
                let size = shape::bytes(&self.shape, self.datatype.size())?;
                let position = vec![0; self.shape.len()];
                let info = ChunkInfo { position, offset: space.offset(*address), size, filter_mask: 0 };
                if size > 0 {
                    visit(&info)?;
                }
                Ok(())
            }
            Storage::Chunked(chunked) => chunked.visit_chunks(space, visit),
            Storage::External(_) | Storage::Virtual(_) => {
                Err(Error::unsupported("the places of data that lie in other files"))
            }
        }
    }

    /// The piece of the data that holds an element, if it was written.
    ///
    /// # Errors
    /// As [`Dataset::visit_chunks`].
    pub fn chunk_at(&self, space: &AddressSpace, element: &[u64]) -> Result<Option<ChunkInfo>> {
        if let Storage::Chunked(chunked) = &self.storage {
            let grid = &chunked.grid;
            let scaled: Vec<u64> = element.iter().zip(&grid.chunk).map(|(at, len)| at / len.max(&1)).collect();
            let located = chunked.index.locate(space, grid, &scaled)?;
            return Ok(located.map(|location| chunked.info(space, &scaled, location)));
        }
        let mut found = None;
        self.visit_chunks(space, &mut |chunk| {
            found = Some(chunk.clone());
            Ok(())
        })?;
        Ok(found)
    }

    /// The distances between all elements, if they are constant. There is at least one element.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the chunk index is broken.
    pub fn byte_strides(&self, space: &AddressSpace) -> Result<Result<ByteStrides, NotBorrowable>> {
        match &self.storage {
            Storage::Contiguous(None) => Ok(Err(NotBorrowable::NotAllocated)),
            Storage::Contiguous(Some(address)) => {
                let strides = byte_strides(&self.shape, self.datatype.size())?;
                Ok(Ok(ByteStrides { offset: space.offset(*address), strides }))
            }
            Storage::Chunked(chunked) => chunked.byte_strides(space),
            Storage::Compact(_) | Storage::External(_) | Storage::Virtual(_) => Ok(Err(NotBorrowable::Scattered)),
        }
    }
}

/// The addresses of chunks along the first dimension, as far as they were met.
#[derive(Debug, Default)]
struct Progression {
    seen: u64,
    first: u64,
    distance: u64,
    broken: bool,
}

impl Progression {
    fn meet(&mut self, row: u64, address: u64) {
        match self.seen {
            0 => self.first = address,
            1 => self.distance = address.wrapping_sub(self.first),
            _ => {}
        }
        let expected = self.seen.checked_mul(self.distance).and_then(|far| far.checked_add(self.first));
        self.broken |= row != self.seen || expected != Some(address);
        self.seen += 1;
    }
}

impl Chunked {
    fn visit_chunks(&self, space: &AddressSpace, visit: &mut VisitChunks) -> Result<()> {
        self.index.visit(space, &self.grid, &mut |scaled, location| visit(&self.info(space, scaled, location)))
    }

    fn info(&self, space: &AddressSpace, scaled: &[u64], location: ChunkLocation) -> ChunkInfo {
        let position = scaled.iter().zip(&self.grid.chunk).map(|(&at, &chunk)| at.saturating_mul(chunk)).collect();
        let filters = u32::try_from(self.filters.filters.len()).unwrap_or(u32::MAX);
        let all = 1u32.checked_shl(filters).map_or(u32::MAX, |bit| bit - 1);
        // Such a chunk passed through no filter, although its mask does not say so.
        let edge = self.index.is_unfiltered_edge(&self.grid, scaled);
        let filter_mask = if edge { all } else { location.mask };
        ChunkInfo { position, offset: space.offset(location.address), size: location.size, filter_mask }
    }

    fn byte_strides(&self, space: &AddressSpace) -> Result<Result<ByteStrides, NotBorrowable>> {
        if let Some(known) = self.strides.get() {
            return Ok(known.clone());
        }
        let found = self.find_byte_strides(space)?;
        Ok(self.strides.get_or_init(|| found).clone())
    }

    /// Looks at the address of every chunk: one that is out of line is enough to make the data scattered.
    fn find_byte_strides(&self, space: &AddressSpace) -> Result<Result<ByteStrides, NotBorrowable>> {
        if self.pipeline.is_some() {
            return Ok(Err(NotBorrowable::Filtered));
        }
        let grid = &self.grid;
        let inner = grid.shape.iter().zip(&grid.chunk).skip(1);
        if inner.into_iter().any(|(length, chunk)| chunk < length) {
            return Ok(Err(NotBorrowable::Scattered));
        }
        let mut chunks = Progression::default();
        self.index.visit(space, grid, &mut |scaled, location| {
            chunks.meet(scaled.first().copied().unwrap_or(0), location.address);
            Ok(())
        })?;
        if chunks.seen < grid.chunks().first().copied().unwrap_or(1) {
            return Ok(Err(NotBorrowable::NotAllocated));
        }
        let mut strides = byte_strides(&grid.chunk, grid.element_size)?;
        if let (Some(stride), Some(&rows)) = (strides.first_mut(), grid.chunk.first()) {
            match chunks.seen {
                0 | 1 => {}
                _ if rows == 1 => *stride = chunks.distance,
                // Several indices a chunk: they are evenly spread only if the chunks touch each other.
                _ => chunks.broken |= stride.checked_mul(rows) != Some(chunks.distance),
            }
        }
        let strides = ByteStrides { offset: space.offset(chunks.first), strides };
        Ok(if chunks.broken { Err(NotBorrowable::Scattered) } else { Ok(strides) })
    }
}
