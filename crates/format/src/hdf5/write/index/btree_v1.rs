//! Chunks in a version 1 B-tree (section III.A.1), the index that every library reads.

use binrw::Endian;

use super::table::ChunkTable;
use super::Written;
use crate::error::Result;
use crate::hdf5::chunk::ChunkLocation;
use crate::hdf5::record::btree_v1::{ChunkKey, Entry, KeyArgs, Node, NodeHead, CHUNK};
use crate::hdf5::record::message::layout::ChunkIndexing;
use crate::hdf5::write::file::FileWriter;
use crate::limits;
use crate::wire;
use crate::wire::width::{Addr, Widths};

/// Half of the entries of a node: the value of files that say nothing about it.
const K: usize = 32;

/// Writes the tree; returns what leads to it.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io).
pub(super) fn write(file: &FileWriter, table: &ChunkTable, element_size: u64) -> Result<Written> {
    let count = limits::to_usize(table.len())?;
    let Some((last, _)) = table.iter().last().filter(|_| count > 0) else {
        return Ok(Written::nowhere(ChunkIndexing::BTreeV1));
    };
    let key = |(scaled, chunk): (Vec<u64>, ChunkLocation)| {
        let size = u32::try_from(chunk.size).unwrap_or(u32::MAX);
        Entry {
            key: ChunkKey { size, mask: chunk.mask, offsets: offsets(table, &scaled, 0) },
            child: Addr(chunk.address),
        }
    };
    let beyond: Vec<u64> = last.iter().map(|at| at + 1).collect();
    let end = ChunkKey { size: 0, mask: 0, offsets: offsets(table, &beyond, element_size) };
    let mut level = write_level(file, 0, (table.iter().map(key), count), &end)?;
    let mut depth = 1u8;
    while level.len() > 1 {
        let count = level.len();
        level = write_level(file, depth, (level.into_iter(), count), &end)?;
        depth = depth.saturating_add(1);
    }
    let address = level.first().map_or(Addr::UNDEFINED, |root| root.child);
    Ok(Written { indexing: ChunkIndexing::BTreeV1, address })
}

/// The first element of a chunk, and what stands for the element slot.
fn offsets(table: &ChunkTable, scaled: &[u64], element: u64) -> Vec<u64> {
    let offsets = scaled.iter().zip(table.chunk()).map(|(&at, &chunk)| at.saturating_mul(chunk));
    offsets.chain([element]).collect()
}

/// Writes the nodes of one level, full ones first; returns the entries of the level above.
fn write_level(
    file: &FileWriter,
    depth: u8,
    (entries, count): (impl Iterator<Item = Entry<ChunkKey>>, usize),
    end: &ChunkKey,
) -> Result<Vec<Entry<ChunkKey>>> {
    let dimensions = end.offsets.len();
    let key_size = ChunkKey::size(dimensions);
    let node_size = (24 + 2 * K * (key_size + 8) + key_size) as u64;
    let nodes = count.div_ceil(2 * K);
    let base = file.allocate(node_size.saturating_mul(nodes as u64), 8)?;
    let address = |node: usize| Addr(base + node as u64 * node_size);
    let mut entries = entries.peekable();
    let mut above = Vec::new();
    limits::reserve(&mut above, nodes)?;
    for node in 0..nodes {
        let children: Vec<_> = entries.by_ref().take(2 * K).collect();
        let Some(first) = children.first().map(|entry| entry.key.clone()) else { break };
        let head = NodeHead {
            node_type: CHUNK,
            level: depth,
            entries: u16::try_from(children.len()).unwrap_or(u16::MAX),
            left: if node == 0 { Addr::UNDEFINED } else { address(node - 1) },
            right: if node + 1 == nodes { Addr::UNDEFINED } else { address(node + 1) },
        };
        let last = entries.peek().map_or_else(|| end.clone(), |next| next.key.clone());
        let args = KeyArgs { widths: Widths::WIDE, dimensions };
        let mut block = wire::encode(&Node { head, children, last }, Endian::Little, args)?;
        block.resize(limits::to_usize(node_size)?, 0);
        file.write(address(node).0, &block)?;
        above.push(Entry { key: first, child: address(node) });
    }
    Ok(above)
}
