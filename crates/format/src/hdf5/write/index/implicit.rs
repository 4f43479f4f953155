//! Chunks that lie back to back need no index: all of them exist from the start.

use super::table::{ChunkTable, Rows};
use super::Written;
use crate::error::{Error, Result};
use crate::hdf5::record::message::layout::ChunkIndexing;
use crate::hdf5::write::file::FileWriter;
use crate::wire::width::Addr;

/// The places of all chunks.
pub(super) fn rows(file: &FileWriter, table: &ChunkTable) -> Result<Rows> {
    let step = table.chunk_bytes();
    let (count, distance) = (table.counts().first().copied().unwrap_or(1), table.row_bytes(step)?);
    let all = count.checked_mul(distance).ok_or_else(|| Error::limit("chunks above 2^64 bytes"))?;
    Ok(Rows { first: file.allocate_raw(all)?, distance, step, count })
}

pub(super) fn write(table: &ChunkTable) -> Written {
    let rows = table.rows();
    let address = if rows.count == 0 { Addr::UNDEFINED } else { Addr(rows.first) };
    Written { indexing: ChunkIndexing::Implicit, address }
}
