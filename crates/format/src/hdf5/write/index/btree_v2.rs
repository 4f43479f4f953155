//! Chunks in a version 2 B-tree (sections III.A.2.j and k), which grows along any dimension.

use binrw::Endian;

use super::element::ElementSize;
use super::table::ChunkTable;
use super::Written;
use crate::error::{Error, Result};
use crate::hdf5::chunk::ChunkLocation;
use crate::hdf5::record::btree_v2::{ChunkRecord, FilteredChunkRecord};
use crate::hdf5::record::message::layout::{BTreeV2Parameters, ChunkIndexing};
use crate::hdf5::write::btree_v2::{self, Records, TreeKind};
use crate::hdf5::write::file::FileWriter;
use crate::wire;
use crate::wire::width::{Addr, Uint, Widths};

const W: Widths = Widths::WIDE;
/// The types of the records.
const CHUNKS: u8 = 10;
const FILTERED_CHUNKS: u8 = 11;
/// Bytes of a node: the library's default for chunks.
const NODE_SIZE: u32 = 2048;

/// Writes the tree; returns what leads to it.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io).
pub(super) fn write(file: &FileWriter, table: &ChunkTable, size: ElementSize) -> Result<Written> {
    let parameters = BTreeV2Parameters {
        node_size: NODE_SIZE,
        split_percent: btree_v2::SPLIT_PERCENT,
        merge_percent: btree_v2::MERGE_PERCENT,
    };
    let indexing = ChunkIndexing::BTreeV2(parameters);
    let count = table.len();
    if count == 0 {
        return Ok(Written::nowhere(indexing));
    }
    let record_size = size.bytes() + 8 * table.chunk().len() as u64;
    let record_size = u16::try_from(record_size).map_err(|_| Error::unsupported("chunks of too many dimensions"))?;
    let record_type = if size.size_width().is_some() { FILTERED_CHUNKS } else { CHUNKS };
    let kind = TreeKind { record_type, record_size, node_size: NODE_SIZE };
    let mut records = table.iter().map(|(scaled, chunk)| record(size, scaled, chunk));
    let address = btree_v2::write(file, kind, Records { count, next: &mut records })?;
    Ok(Written { indexing, address: Addr(address) })
}

fn record(size: ElementSize, scaled: Vec<u64>, chunk: ChunkLocation) -> Result<Vec<u8>> {
    let (rank, address) = (scaled.len(), Addr(chunk.address));
    match size.size_width() {
        None => wire::encode(&ChunkRecord { address, scaled }, Endian::Little, (W, rank)),
        Some(width) => {
            let record = FilteredChunkRecord { address, size: Uint(chunk.size), mask: chunk.mask, scaled };
            wire::encode(&record, Endian::Little, (W, width, rank))
        }
    }
}
