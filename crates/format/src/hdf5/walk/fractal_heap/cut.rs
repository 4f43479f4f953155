//! Blocks of a torn file that cross its end: what is before that is read, though its checksum cannot be.

use std::sync::Arc;

use binrw::Endian;

use super::{Direct, FractalHeap, DIRECT, INDIRECT};
use crate::error::{Error, Result};
use crate::hdf5::record::fractal_heap::{DirectBlockHead, BLOCKS_CHECKSUMMED};
use crate::hdf5::space::AddressSpace;
use crate::sync::lock;
use crate::wire::decode;

impl FractalHeap {
    /// What is there of a direct block.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it does not begin as one.
    pub(super) fn cut_direct(&self, space: &AddressSpace, direct: Direct) -> Result<Arc<[u8]>> {
        let (address, checksummed) = (direct.address, self.header.flags & BLOCKS_CHECKSUMMED != 0);
        let block = space.load(DIRECT, address, space.remaining(address), false)?;
        let args = (space.widths, self.header.offset_size(), checksummed);
        decode::<DirectBlockHead>(DIRECT, space.offset(address), &block, Endian::Little, args)?;
        if checksummed {
            self.note_unchecked(DIRECT, space.offset(address));
        }
        Ok(block.into())
    }

    /// The head of an indirect block, and the entry of `len` bytes at a place in it: no more, because nothing keeps such blocks apart.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when they lie behind the end of the file.
    pub(super) fn cut_indirect(
        &self,
        space: &AddressSpace,
        address: u64,
        (head, at, len): (u64, u64, u64),
    ) -> Result<[Arc<[u8]>; 2]> {
        let block = space.block(INDIRECT, address, head)?;
        let entry = space.block(INDIRECT, address.saturating_add(at), len)?;
        self.note_unchecked(INDIRECT, space.offset(address));
        Ok([block, entry])
    }

    fn note_unchecked(&self, block: &'static str, offset: u64) {
        let detail = "the end of the file cuts it, and what is before that was read without its checksum";
        lock(&self.blocks).unchecked.get_or_insert_with(|| Error::malformed(block, offset, detail));
    }

    /// What is told of blocks that were read without their checksums, if any were since this was asked before.
    pub fn take_unchecked(&self) -> Option<Error> {
        lock(&self.blocks).unchecked.take()
    }
}
