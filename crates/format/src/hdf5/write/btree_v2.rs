//! Version 2 B-trees, written whole (section III.A.2).

use binrw::Endian;

use super::file::FileWriter;
use crate::error::{Error, Result};
use crate::hdf5::record::btree_v2::{levels, ChildPointer, Header, Level, NodeHead, NodeKind};
use crate::limits;
use crate::wire::width::{Addr, Len, Uint, Widths};
use crate::wire::{self, checksum};

/// Bytes of a node: what the library takes for everything but chunks.
const NODE_SIZE: u32 = 512;

/// Records of a node, as the children and separators of the tree take them.
type Records<'r> = &'r [Vec<u8>];

struct Tree<'f> {
    file: &'f FileWriter,
    kind: NodeKind,
    /// Leaves first.
    levels: Vec<Level>,
}

/// Writes a tree of records that are in its order; returns the address of its header.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io), or [`Kind::Limit`](crate::Kind::Limit) when the file would exceed 2^63 bytes.
pub(crate) fn write(file: &FileWriter, record_type: u8, record_size: u16, records: Records) -> Result<u64> {
    let levels = enough_levels(record_size, records.len() as u64)?;
    let depth = u16::try_from(levels.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let tree = Tree { file, kind: NodeKind { version: 0, record_type }, levels };
    let root = match records.is_empty() {
        true => ChildPointer { address: Addr::UNDEFINED, records: Uint(0), total: Uint(0) },
        false => tree.node(usize::from(depth), records)?,
    };
    let header = Header {
        version: 0,
        record_type,
        node_size: NODE_SIZE,
        record_size,
        depth,
        split_percent: 100,
        merge_percent: 40,
        root: root.address,
        root_records: u16::try_from(root.records.0).unwrap_or(u16::MAX),
        total_records: Len(records.len() as u64),
    };
    let mut block = wire::encode(&header, Endian::Little, Widths::WIDE)?;
    checksum::seal(&mut block);
    file.place(&block)
}

/// The levels of the lowest tree that holds so many records.
fn enough_levels(record_size: u16, records: u64) -> Result<Vec<Level>> {
    let mut depth = 0;
    loop {
        let found = levels(Widths::WIDE, NODE_SIZE, record_size, depth);
        let found = found.ok_or_else(|| Error::unsupported(format!("records of {record_size} bytes")))?;
        if found.last().is_some_and(|root| root.max_total >= records) {
            return Ok(found);
        }
        depth += 1;
    }
}

impl Tree<'_> {
    /// Writes the node that holds these records, itself and below it; there is at least one.
    fn node(&self, depth: usize, records: Records) -> Result<ChildPointer> {
        let below = depth.checked_sub(1).and_then(|below| Some((below, self.levels.get(below)?)));
        let (mut block, own) = match below {
            None => (self.leaf(records)?, records.len()),
            Some((below, level)) => self.internal(below, level, records)?,
        };
        checksum::seal(&mut block);
        block.resize(limits::to_usize(u64::from(NODE_SIZE))?, 0);
        let address = Addr(self.file.place(&block)?);
        Ok(ChildPointer { address, records: Uint(own as u64), total: Uint(records.len() as u64) })
    }

    fn leaf(&self, records: Records) -> Result<Vec<u8>> {
        let mut block = wire::encode(&NodeHead::Leaf(self.kind), Endian::Little, ())?;
        block.extend(records.iter().flatten());
        Ok(block)
    }

    /// The bytes of an internal node, and the number of its own records. The children share the rest evenly, so that
    /// none is emptier than the library would leave it.
    fn internal(&self, below: usize, level: &Level, records: Records) -> Result<(Vec<u8>, usize)> {
        let children = limits::to_usize((records.len() as u64 + 1).div_ceil(level.max_total.saturating_add(1)).max(2))?;
        let (own, shared) = (children - 1, records.len().saturating_sub(children - 1));
        let mut block = wire::encode(&NodeHead::Internal(self.kind), Endian::Little, ())?;
        let mut pointers = Vec::new();
        let mut rest = records;
        for child in 0..children {
            let count = shared / children + usize::from(child < shared % children);
            let (now, later) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            let mut pointer = self.node(below, now)?;
            if below == 0 {
                pointer.total = Uint(0);
            }
            pointers.extend(wire::encode(&pointer, Endian::Little, level.pointer)?);
            rest = later;
            if let Some((separator, later)) = later.split_first() {
                block.extend_from_slice(separator);
                rest = later;
            }
        }
        block.extend(pointers);
        Ok((block, own))
    }
}
