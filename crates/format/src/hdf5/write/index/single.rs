//! The layout message of a dataset of one chunk leads to the chunk itself.

use super::table::ChunkTable;
use super::Written;
use crate::hdf5::record::message::layout::{ChunkIndexing, FilteredChunk};
use crate::wire::width::{Addr, Len};

pub(super) fn write(table: &ChunkTable, filtered: bool) -> Written {
    let chunk = table.iter().next().map(|(_, chunk)| chunk);
    let (size, mask) = chunk.map_or((0, 0), |chunk| (chunk.size, chunk.mask));
    let indexing = ChunkIndexing::Single(filtered.then_some(FilteredChunk { size: Len(size), mask }));
    Written { indexing, address: chunk.map_or(Addr::UNDEFINED, |chunk| Addr(chunk.address)) }
}
