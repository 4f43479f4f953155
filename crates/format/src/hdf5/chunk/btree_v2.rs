//! Chunks in a version 2 B-tree.

use std::cmp::Ordering;

use binrw::Endian;

use super::{ChunkGrid, ChunkLocation, Visit};
use crate::error::{Error, Result};
use crate::hdf5::record::btree_v2::{ChunkRecord, FilteredChunkRecord};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::btree_v2::Tree;
use crate::wire::decode;

const HEADER: &str = "version 2 B-tree header";
const RECORD: &str = "version 2 B-tree chunk record";

/// The tree, whose header was checked.
#[derive(Debug)]
pub(super) struct BTreeV2 {
    tree: Tree,
    address: u64,
    rank: usize,
    /// Bytes of the stored size; absent without filters.
    size_width: Option<u8>,
    chunk_bytes: u64,
}

impl BTreeV2 {
    pub fn open(space: &AddressSpace, address: u64, grid: &ChunkGrid, filtered: bool) -> Result<Self> {
        let tree = Tree::open(space, address)?;
        let bad = |detail: String| Error::malformed(HEADER, space.offset(address), detail);
        let (record_type, size, rank) = (tree.header.record_type, usize::from(tree.header.record_size), grid.rank());
        let expected = if filtered { 11 } else { 10 };
        if record_type != expected {
            return Err(bad(format!("records of type {record_type} where the filters need {expected}")));
        }
        // Versions 4 and 5 of the layout message choose the width of the size differently; the record tells it.
        let width = size.checked_sub(usize::from(space.widths.offset) + 8 * rank);
        let size_width = match (filtered, width) {
            (false, Some(0)) => None,
            (true, Some(width @ 5..=12)) => u8::try_from(width - 4).ok(),
            _ => return Err(bad(format!("records of {size} bytes for {rank} dimensions"))),
        };
        Ok(BTreeV2 { tree, address, rank, size_width, chunk_bytes: grid.chunk_bytes()? })
    }

    pub fn locate(&self, space: &AddressSpace, scaled: &[u64]) -> Result<Option<ChunkLocation>> {
        let compare = |record: &[u8]| Ok(self.compare(record, scaled));
        // The position is the one that was sought.
        let found = self.tree.find(space, &compare, |record| self.decode(space, 0, record))?;
        Ok(found.and_then(|(_, location)| location))
    }

    pub fn visit(&self, space: &AddressSpace, f: &mut Visit) -> Result<()> {
        self.tree.visit(space, &mut |record| match self.decode(space, self.rank, record)? {
            (scaled, Some(location)) => f(&scaled, location),
            (_, None) => Ok(()),
        })
    }

    /// How the chunk of a record stands to the chunk at `scaled`, without decoding the record.
    fn compare(&self, record: &[u8], scaled: &[u64]) -> Ordering {
        let start = record.len().saturating_sub(8 * self.rank);
        let (positions, _) = record.get(start..).unwrap_or_default().as_chunks::<8>();
        positions.iter().map(|&bytes| u64::from_le_bytes(bytes)).cmp(scaled.iter().copied())
    }

    /// The first so many entries of the position in a record, and the location.
    fn decode(&self, space: &AddressSpace, rank: usize, bytes: &[u8]) -> Result<(Vec<u64>, Option<ChunkLocation>)> {
        let (w, offset) = (space.widths, space.offset(self.address));
        let Some(width) = self.size_width else {
            let (record, _) = decode::<ChunkRecord>(RECORD, offset, bytes, Endian::Little, (w, rank))?;
            let location = |address| ChunkLocation { address, size: self.chunk_bytes, mask: 0 };
            return Ok((record.scaled, record.address.get().map(location)));
        };
        let args = (w, width, rank);
        let (record, _) = decode::<FilteredChunkRecord>(RECORD, offset, bytes, Endian::Little, args)?;
        let location = |address| ChunkLocation { address, size: record.size.0, mask: record.mask };
        Ok((record.scaled, record.address.get().map(location)))
    }
}
