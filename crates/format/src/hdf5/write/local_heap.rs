//! Local heaps: names that are found by where they start (section III.D).

use binrw::Endian;

use super::file::FileWriter;
use crate::error::Result;
use crate::hdf5::record::local_heap::LocalHeapHeader;
use crate::wire;
use crate::wire::width::{Addr, Len, Widths};

/// Names start at multiples of this.
const ALIGNMENT: usize = 8;
/// What stands for no free block.
const NO_FREE_BLOCK: Len = Len(1);

/// A heap being filled. It begins with the empty name.
#[derive(Debug)]
pub(super) struct LocalHeap {
    data: Vec<u8>,
}

impl LocalHeap {
    pub fn new() -> Self {
        LocalHeap { data: vec![0; ALIGNMENT] }
    }

    /// Adds a name; returns where it starts.
    pub fn add(&mut self, name: &[u8]) -> u64 {
        let start = self.data.len();
        self.data.extend_from_slice(name);
        self.data.resize((self.data.len() + 1).next_multiple_of(ALIGNMENT), 0);
        start as u64
    }

    /// Writes the heap; returns its address.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn write(self, file: &FileWriter) -> Result<u64> {
        let data_size = Len(self.data.len() as u64);
        let data_address = Addr(file.place(&self.data)?);
        let header = LocalHeapHeader { version: 0, data_size, free_list: NO_FREE_BLOCK, data_address };
        file.place(&wire::encode(&header, Endian::Little, Widths::WIDE)?)
    }
}
