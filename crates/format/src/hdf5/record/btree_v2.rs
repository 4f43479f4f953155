//! Version 2 B-trees (section III.A.2): dense links and attributes, shared messages, huge objects, and chunks.

use binrw::binrw;

use crate::wire::width::{encoded_size, Addr, Len, Uint, Widths};

/// The bytes of the checksum that ends the header and every node.
pub(crate) const CHECKSUM: u64 = 4;

/// The header (section III.A.2), without its checksum.
#[binrw]
#[brw(little, magic = b"BTHD", import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    #[br(assert(version == 0, "version {version} of a version 2 B-tree"))]
    pub version: u8,
    /// What the records are; see the record structures below.
    pub record_type: u8,
    pub node_size: u32,
    pub record_size: u16,
    /// 0 where the root is a leaf.
    pub depth: u16,
    pub split_percent: u8,
    pub merge_percent: u8,
    /// Undefined in an empty tree.
    #[brw(args_raw = w)]
    pub root: Addr,
    pub root_records: u16,
    #[brw(args_raw = w)]
    pub total_records: Len,
}

impl Header {
    /// The number of bytes of the header, its checksum included.
    pub fn size(w: Widths) -> u64 {
        22 + u64::from(w.offset) + u64::from(w.length)
    }
}

/// The start of a leaf or an internal node (section III.A.2). The records follow, in an internal node one child pointer
/// more than there are records, and the checksum right after the last used byte.
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NodeHead {
    #[brw(magic = b"BTLF")]
    Leaf(NodeKind),
    #[brw(magic = b"BTIN")]
    Internal(NodeKind),
}

/// What follows the signature of a node (section III.A.2).
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NodeKind {
    #[br(assert(version == 0, "version {version} of a version 2 B-tree node"))]
    pub version: u8,
    pub record_type: u8,
}

impl NodeHead {
    /// The number of bytes of the head.
    pub const SIZE: u64 = 6;
}

/// A child of an internal node (section III.A.2).
#[binrw]
#[brw(little, import_raw(args: PointerArgs))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChildPointer {
    #[brw(args_raw = args.widths)]
    pub address: Addr,
    /// Records in the child itself.
    #[brw(args_raw = args.count)]
    pub records: Uint,
    /// Records in the child and below it; 0 where the child is a leaf, which does not store this.
    #[brw(args_raw = args.total)]
    pub total: Uint,
}

/// The sizes of the fields of a [`ChildPointer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PointerArgs {
    pub widths: Widths,
    /// Bytes of the number of records in the child.
    pub count: u8,
    /// Bytes of the number of records below the child; 0 above leaves.
    pub total: u8,
}

impl PointerArgs {
    /// The number of bytes of a pointer.
    pub fn size(self) -> u64 {
        u64::from(self.widths.offset) + u64::from(self.count) + u64::from(self.total)
    }
}

/// How much fits a node at some depth, and how wide its counts are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Level {
    /// The most records in one node.
    pub max_records: u64,
    /// The most records in one node and below it.
    pub max_total: u64,
    /// The fields of pointers *to* nodes at this depth.
    pub pointer: PointerArgs,
}

/// The levels of a tree, leaves first: `depth + 1` of them, or `None` where not one record fits a node.
///
/// The specification gives the number of records of the child the width of that child's maximum, and the total a plain
/// product. The library takes the width of the leaves' maximum everywhere, and counts the separators too.
pub(crate) fn levels(w: Widths, node_size: u32, record_size: u16, depth: u16) -> Option<Vec<Level>> {
    let record = u64::from(record_size);
    let room = u64::from(node_size).checked_sub(NodeHead::SIZE + CHECKSUM)?;
    let most = room.checked_div(record).filter(|&most| most > 0)?;
    let count = encoded_size(most);
    let mut below = Level { max_records: most, max_total: most, pointer: PointerArgs { widths: w, count, total: 0 } };
    let mut levels = vec![below];
    for _ in 0..depth {
        let pointer = below.pointer.size();
        let most = room.checked_sub(pointer)?.checked_div(record + pointer).filter(|&most| most > 0)?;
        // A tree that overflows this cannot exist; its counts have eight bytes all the same.
        let total = below.max_total.saturating_mul(most + 1).saturating_add(most);
        let pointer = PointerArgs { widths: w, count, total: encoded_size(total) };
        below = Level { max_records: most, max_total: total, pointer };
        levels.push(below);
    }
    Some(levels)
}

/// Types 1 and 2: huge objects that are found by an identifier (sections III.A.2.a and b).
#[binrw]
#[brw(little, import(w: Widths, filtered: bool))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HugeIndirect {
    #[brw(args(w, filtered))]
    pub object: HugeObject,
    #[brw(args_raw = w)]
    pub id: Len,
}

/// Where a huge object is; alone it is the record of types 3 and 4 (sections III.A.2.c and d).
#[binrw]
#[brw(little, import(w: Widths, filtered: bool))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HugeObject {
    #[brw(args_raw = w)]
    pub address: Addr,
    /// Stored bytes.
    #[brw(args_raw = w)]
    pub length: Len,
    #[br(if(filtered), args_raw = w)]
    #[bw(args_raw = w)]
    pub filtered: Option<HugeFiltered>,
}

/// What the filters did to a huge object (sections III.A.2.b and d).
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HugeFiltered {
    pub mask: u32,
    /// Bytes after decoding.
    #[brw(args_raw = w)]
    pub memory_size: Len,
}

/// Type 5: a link by its name (section III.A.2.e).
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LinkName {
    /// lookup3 of the name.
    pub hash: u32,
    pub heap_id: [u8; 7],
}

impl LinkName {
    /// The hash of a record, which is all that most comparisons need.
    pub fn hash_of(record: &[u8]) -> Option<u32> {
        record.first_chunk().copied().map(u32::from_le_bytes)
    }
}

/// Type 6: a link by its creation order (section III.A.2.f).
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LinkOrder {
    pub order: u64,
    pub heap_id: [u8; 7],
}

/// Type 8: an attribute by its name (section III.A.2.h).
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AttributeName {
    pub heap_id: [u8; 8],
    /// Bit 1: the heap is that of the shared messages.
    pub flags: u8,
    pub order: u32,
    /// lookup3 of the name.
    pub hash: u32,
}

/// Type 9: an attribute by its creation order (section III.A.2.i).
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AttributeOrder {
    pub heap_id: [u8; 8],
    /// As in [`AttributeName::flags`].
    pub flags: u8,
    pub order: u32,
}

/// Type 10: a chunk without filters (section III.A.2.j).
#[binrw]
#[brw(little, import(w: Widths, rank: usize))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChunkRecord {
    #[brw(args_raw = w)]
    pub address: Addr,
    /// The index of the chunk along each dimension.
    #[br(count = rank)]
    pub scaled: Vec<u64>,
}

/// Type 11: a chunk with filters (section III.A.2.k).
#[binrw]
#[brw(little, import(w: Widths, size_width: u8, rank: usize))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilteredChunkRecord {
    #[brw(args_raw = w)]
    pub address: Addr,
    /// Stored bytes.
    #[brw(args_raw = size_width)]
    pub size: Uint,
    /// A set bit for each filter that was skipped.
    pub mask: u32,
    /// The index of the chunk along each dimension.
    #[br(count = rank)]
    pub scaled: Vec<u64>,
}

#[cfg(test)]
mod tests;
