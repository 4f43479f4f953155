//! The names in a local heap.

use std::sync::Arc;

use binrw::Endian;

use crate::error::{Error, Result};
use crate::hdf5::record::local_heap::LocalHeapHeader;
use crate::hdf5::space::AddressSpace;
use crate::limits::to_usize;
use crate::wire::decode;

const RECORD: &str = "local heap";

/// The data segment of a local heap.
#[derive(Debug, Clone)]
pub(crate) struct LocalHeap {
    data: Arc<[u8]>,
    offset: u64,
}

impl LocalHeap {
    /// Finds the data segment of the heap at `address`.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the heap contradicts the format.
    pub fn open(space: &AddressSpace, address: u64) -> Result<Self> {
        let w = space.widths;
        let block = space.block(RECORD, address, LocalHeapHeader::size(w))?;
        let (header, _) = decode::<LocalHeapHeader>(RECORD, space.offset(address), &block, Endian::Little, w)?;
        let data_address = header
            .data_address
            .get()
            // Zeros lead to the superblock.
            .filter(|&data| data != 0 || !space.is_torn)
            .ok_or_else(|| Error::malformed(RECORD, space.offset(address), "the data segment has no address"))?;
        let full = header.data_size.0;
        // Of a torn file the names before its end can be read.
        let size = if space.is_torn { full.min(space.remaining(data_address)) } else { full };
        let data = space.block(RECORD, data_address, size)?;
        Ok(LocalHeap { data, offset: space.offset(data_address) })
    }

    /// The string that starts at `offset`, without its terminator.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it leaves the heap.
    pub fn string(&self, offset: u64) -> Result<&[u8]> {
        let position = self.offset.saturating_add(offset);
        let rest = self
            .data
            .get(to_usize(offset)?..)
            .ok_or_else(|| Error::malformed(RECORD, position, "a string starts beyond the data segment"))?;
        let end = rest.iter().position(|&b| b == 0);
        end.and_then(|end| rest.get(..end)).ok_or_else(|| Error::malformed(RECORD, position, "a string has no end"))
    }
}
