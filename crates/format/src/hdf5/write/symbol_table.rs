//! Groups of the oldest form: links in symbol table nodes, found by a version 1 B-tree (sections III.A.1 to III.D).

use binrw::Endian;

use super::file::FileWriter;
use super::local_heap::LocalHeap;
use crate::error::Result;
use crate::hdf5::record::btree_v1::{Entry, GroupKey, KeyArgs, Node, NodeHead, GROUP};
use crate::hdf5::record::message::link::{Link, LinkTarget};
use crate::hdf5::record::message::misc::SymbolTable;
use crate::hdf5::record::symbol_node::{ScratchPad, SymbolNode, SymbolTableEntry, SYMBOL_NODE_HEAD};
use crate::limits;
use crate::wire;
use crate::wire::width::{Addr, Len, Widths};

const W: Widths = Widths::WIDE;
/// Half of the entries of a symbol table node: what the superblock says.
pub(crate) const LEAF_K: u16 = 4;
/// Half of the children of a node of the tree: what the superblock says.
pub(crate) const INTERNAL_K: u16 = 16;

/// Whether a link has a place in a symbol table: hard and soft ones with ASCII names.
pub(super) fn holds(link: &Link) -> bool {
    link.charset.is_none() && matches!(link.target, LinkTarget::Hard(_) | LinkTarget::Soft(_))
}

/// Writes links; returns the message that leads to them. Without a file it leads nowhere.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io).
pub(super) fn write(file: Option<&FileWriter>, links: &[Link]) -> Result<SymbolTable> {
    let Some(file) = file else { return Ok(SymbolTable { btree: Addr::UNDEFINED, local_heap: Addr::UNDEFINED }) };
    let mut links: Vec<&Link> = links.iter().collect();
    links.sort_by(|a, b| a.name.cmp(&b.name));
    let mut heap = LocalHeap::new();
    let entries: Vec<SymbolTableEntry> = links.into_iter().map(|link| entry(link, &mut heap)).collect();
    let mut level = symbol_nodes(file, &entries)?;
    let mut depth = 0u8;
    loop {
        level = tree_nodes(file, depth, &level)?;
        if level.len() <= 1 {
            break;
        }
        depth = depth.saturating_add(1);
    }
    let btree = level.first().map_or(Addr::UNDEFINED, |root| root.address);
    Ok(SymbolTable { btree, local_heap: Addr(heap.write(file)?) })
}

/// A node, and where the largest name below it starts in the heap.
struct Written {
    address: Addr,
    last: Len,
}

fn entry(link: &Link, heap: &mut LocalHeap) -> SymbolTableEntry {
    let name_offset = Len(heap.add(&link.name));
    let (object_header, cache_type, scratch) = match &link.target {
        LinkTarget::Hard(address) => (*address, 0, ScratchPad::Nothing),
        LinkTarget::Soft(path) => {
            let value_offset = u32::try_from(heap.add(path)).unwrap_or(u32::MAX);
            (Addr::UNDEFINED, 2, ScratchPad::SymbolicLink { value_offset })
        }
        LinkTarget::External { .. } | LinkTarget::Other(..) => (Addr::UNDEFINED, 0, ScratchPad::Nothing),
    };
    SymbolTableEntry { name_offset, object_header, cache_type, scratch }
}

fn symbol_nodes(file: &FileWriter, entries: &[SymbolTableEntry]) -> Result<Vec<Written>> {
    let most = 2 * usize::from(LEAF_K);
    let size = SYMBOL_NODE_HEAD + most as u64 * SymbolTableEntry::size(W);
    let node = |entries: &[SymbolTableEntry]| {
        let node = SymbolNode { entries: entries.to_vec() };
        let mut block = wire::encode(&node, Endian::Little, W)?;
        block.resize(limits::to_usize(size)?, 0);
        let last = entries.last().map_or(Len(0), |entry| entry.name_offset);
        Ok(Written { address: Addr(file.place(&block)?), last })
    };
    entries.chunks(most).map(node).collect()
}

/// Writes the nodes of one level, at least one; returns what the level above refers to.
fn tree_nodes(file: &FileWriter, depth: u8, below: &[Written]) -> Result<Vec<Written>> {
    let most = 2 * usize::from(INTERNAL_K);
    let size = NodeHead::size(W) + (2 * most as u64 + 1) * 8;
    let count = below.len().div_ceil(most).max(1);
    let base = file.allocate(size.saturating_mul(count as u64), 8)?;
    let address = |n: usize| Addr(base + n as u64 * size);
    let mut above = Vec::new();
    let mut before = Len(0);
    for n in 0..count {
        let children = below.get(n * most..).unwrap_or_default();
        let children = children.get(..most).unwrap_or(children);
        let (block, last) = tree_node(children, before, depth, |head| NodeHead {
            left: if n == 0 { Addr::UNDEFINED } else { address(n - 1) },
            right: if n + 1 == count { Addr::UNDEFINED } else { address(n + 1) },
            ..head
        })?;
        let mut block = block;
        block.resize(limits::to_usize(size)?, 0);
        file.write(address(n).0, &block)?;
        above.push(Written { address: address(n), last });
        before = last;
    }
    Ok(above)
}

/// A node whose children come after the name at `before`.
fn tree_node(
    children: &[Written],
    before: Len,
    level: u8,
    between: impl FnOnce(NodeHead) -> NodeHead,
) -> Result<(Vec<u8>, Len)> {
    let entries = u16::try_from(children.len()).unwrap_or(u16::MAX);
    let (left, right) = (Addr::UNDEFINED, Addr::UNDEFINED);
    let head = between(NodeHead { node_type: GROUP, level, entries, left, right });
    let mut key = before;
    let mut list = Vec::new();
    for child in children {
        list.push(Entry { key: GroupKey { name_offset: key }, child: child.address });
        key = child.last;
    }
    let node = Node { head, children: list, last: GroupKey { name_offset: key } };
    Ok((wire::encode(&node, Endian::Little, KeyArgs { widths: W, dimensions: 0 })?, key))
}
