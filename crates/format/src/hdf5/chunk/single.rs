//! Datasets of one chunk.

use super::ChunkLocation;
use crate::hdf5::record::message::layout::FilteredChunk;

/// The only chunk.
#[derive(Debug)]
pub(super) struct Single {
    pub address: u64,
    /// What the filters left of it.
    pub stored: Option<FilteredChunk>,
}

impl Single {
    /// Where it is.
    pub fn location(&self, chunk_bytes: u64) -> ChunkLocation {
        let (size, mask) = self.stored.map_or((chunk_bytes, 0), |stored| (stored.size.0, stored.mask));
        ChunkLocation { address: self.address, size, mask }
    }
}
