//! Version 2 B-trees, written whole (section III.A.2).

use binrw::Endian;

use super::file::FileWriter;
use crate::error::{Error, Result};
use crate::hdf5::record::btree_v2::{levels, ChildPointer, Header, Level, NodeHead, NodeKind};
use crate::limits;
use crate::wire::width::{Addr, Len, Uint, Widths};
use crate::wire::{self, checksum};

/// Bytes of a node: what the library takes for everything but chunks.
pub(crate) const NODE_SIZE: u32 = 512;
/// When the library splits full nodes, and joins empty ones: its defaults.
pub(crate) const SPLIT_PERCENT: u8 = 100;
pub(crate) const MERGE_PERCENT: u8 = 40;

/// What a tree is of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TreeKind {
    pub record_type: u8,
    pub record_size: u16,
    pub node_size: u32,
}

/// Encoded records in the order of the tree, one at a time.
pub(crate) struct Records<'r> {
    pub count: u64,
    pub next: &'r mut dyn Iterator<Item = Result<Vec<u8>>>,
}

impl Records<'_> {
    fn next(&mut self) -> Result<Vec<u8>> {
        self.next.next().ok_or_else(|| Error::usage("fewer records than were announced"))?
    }
}

struct Tree<'f> {
    file: &'f FileWriter,
    kind: NodeKind,
    node_size: u32,
    /// Leaves first.
    levels: Vec<Level>,
}

/// Writes a tree of records that are in its order; returns the address of its header.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io), or [`Kind::Limit`](crate::Kind::Limit) when the file would exceed 2^63 bytes.
pub(crate) fn write(file: &FileWriter, kind: TreeKind, mut records: Records) -> Result<u64> {
    let TreeKind { record_type, record_size, node_size } = kind;
    let levels = enough_levels(kind, records.count)?;
    let depth = u16::try_from(levels.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let tree = Tree { file, kind: NodeKind { version: 0, record_type }, node_size, levels };
    let count = records.count;
    let root = match count {
        0 => ChildPointer { address: Addr::UNDEFINED, records: Uint(0), total: Uint(0) },
        _ => tree.node(usize::from(depth), count, &mut records)?,
    };
    let header = Header {
        version: 0,
        record_type,
        node_size,
        record_size,
        depth,
        split_percent: SPLIT_PERCENT,
        merge_percent: MERGE_PERCENT,
        root: root.address,
        root_records: u16::try_from(root.records.0).unwrap_or(u16::MAX),
        total_records: Len(count),
    };
    let mut block = wire::encode(&header, Endian::Little, Widths::WIDE)?;
    checksum::seal(&mut block);
    file.place(&block)
}

/// Writes a tree of records that are in memory.
///
/// # Errors
/// As [`write`].
pub(crate) fn write_all(file: &FileWriter, (record_type, record_size): (u8, u16), records: &[Vec<u8>]) -> Result<u64> {
    let kind = TreeKind { record_type, record_size, node_size: NODE_SIZE };
    write(file, kind, Records { count: records.len() as u64, next: &mut records.iter().cloned().map(Ok) })
}

/// The levels of the lowest tree that holds so many records.
fn enough_levels(kind: TreeKind, records: u64) -> Result<Vec<Level>> {
    let TreeKind { record_size, node_size, .. } = kind;
    let mut depth = 0;
    loop {
        let found = levels(Widths::WIDE, node_size, record_size, depth);
        let found = found.ok_or_else(|| Error::unsupported(format!("records of {record_size} bytes")))?;
        if found.last().is_some_and(|root| root.max_total >= records) {
            return Ok(found);
        }
        depth += 1;
    }
}

impl Tree<'_> {
    /// Writes the node that holds the next `count` records, itself and below it; there is at least one.
    fn node(&self, depth: usize, count: u64, records: &mut Records) -> Result<ChildPointer> {
        let below = depth.checked_sub(1).and_then(|below| Some((below, self.levels.get(below)?)));
        let (mut block, own) = match below {
            None => (self.leaf(count, records)?, count),
            Some((below, level)) => self.internal((below, level), count, records)?,
        };
        checksum::seal(&mut block);
        block.resize(limits::to_usize(u64::from(self.node_size))?, 0);
        let address = Addr(self.file.place(&block)?);
        Ok(ChildPointer { address, records: Uint(own), total: Uint(count) })
    }

    fn leaf(&self, count: u64, records: &mut Records) -> Result<Vec<u8>> {
        let mut block = wire::encode(&NodeHead::Leaf(self.kind), Endian::Little, ())?;
        for _ in 0..count {
            block.extend(records.next()?);
        }
        Ok(block)
    }

    /// The bytes of an internal node, and the number of its own records. The children share the rest evenly, so that
    /// none is emptier than the library would leave it.
    fn internal(&self, (below, level): (usize, &Level), count: u64, records: &mut Records) -> Result<(Vec<u8>, u64)> {
        let children = (count + 1).div_ceil(level.max_total.saturating_add(1)).max(2);
        let (own, shared) = (children - 1, count.saturating_sub(children - 1));
        let mut block = wire::encode(&NodeHead::Internal(self.kind), Endian::Little, ())?;
        let mut pointers = Vec::new();
        for child in 0..children {
            let count = shared / children + u64::from(child < shared % children);
            let mut pointer = self.node(below, count, records)?;
            if below == 0 {
                pointer.total = Uint(0);
            }
            pointers.extend(wire::encode(&pointer, Endian::Little, level.pointer)?);
            if child < own {
                block.extend(records.next()?);
            }
        }
        block.extend(pointers);
        Ok((block, own))
    }
}
