//! Chunks that lie back to back need no index: all of them exist from the start.

use super::table::ChunkTable;
use super::Written;
use crate::hdf5::record::message::layout::ChunkIndexing;
use crate::wire::width::Addr;

pub(super) fn write(table: &ChunkTable) -> Written {
    let rows = table.rows();
    let address = if rows.count == 0 { Addr::UNDEFINED } else { Addr(rows.first) };
    Written { indexing: ChunkIndexing::Implicit, address }
}
