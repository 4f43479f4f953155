//! Descending and traversing version 1 B-trees.

use std::cmp::Ordering;
use std::sync::Arc;

use binrw::Endian;

use super::local_heap::LocalHeap;
use super::visited::Visited;
use crate::error::{Error, Result};
use crate::hdf5::record::btree_v1::{ChunkKey, NodeHead, CHUNK, GROUP};
use crate::hdf5::record::symbol_node::{SymbolNode, SymbolTableEntry, SYMBOL_NODE_HEAD};
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::wire::decode;
use crate::wire::width::Addr;

const RECORD: &str = "version 1 B-tree node";
const SYMBOLS: &str = "symbol table node";

/// Calls `visit` with the name and the entry of every link of a symbol table group, in the order of the names.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when the tree contradicts the format; the errors of `visit`.
pub(crate) fn symbols(
    space: &AddressSpace,
    btree: u64,
    heap: u64,
    visit: &mut dyn FnMut(&[u8], SymbolTableEntry) -> Result<()>,
) -> Result<()> {
    let names = LocalHeap::open(space, heap)?;
    let tree = Tree::groups(space, btree);
    tree.visit(space, &mut |_, child| {
        for entry in symbol_node(space, child)?.entries {
            visit(names.string(entry.name_offset.0)?, entry)?;
        }
        Ok(())
    })
}

/// Reads the symbol table node at `address`.
fn symbol_node(space: &AddressSpace, address: u64) -> Result<SymbolNode> {
    let w = space.widths;
    let full = SymbolTableEntry::size(w).saturating_mul(2 * u64::from(space.symbol_k)).saturating_add(SYMBOL_NODE_HEAD);
    // The library reads whole nodes; a file that ends in the unused part of one is readable all the same.
    let block = space.block(SYMBOLS, address, full.min(space.remaining(address)))?;
    let (node, _) = decode::<SymbolNode>(SYMBOLS, space.offset(address), &block, Endian::Little, w)?;
    Ok(node)
}

/// A version 1 B-tree with keys of a known size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tree {
    root: u64,
    node_type: u8,
    key_size: usize,
    capacity: u64,
}

/// A node whose size, type and level were checked.
#[derive(Debug)]
struct Node {
    block: Arc<[u8]>,
    head: NodeHead,
    /// Where the first key starts.
    start: usize,
    key_size: usize,
    stride: usize,
}

impl Tree {
    /// The tree of a group.
    pub fn groups(space: &AddressSpace, root: u64) -> Self {
        let key_size = usize::from(space.widths.length);
        Tree { root, node_type: GROUP, key_size, capacity: 2 * u64::from(space.group_k) }
    }

    /// The tree of a chunked dataset; `dimensions` counts the element slot.
    pub fn chunks(space: &AddressSpace, root: u64, dimensions: usize) -> Self {
        let key_size = ChunkKey::size(dimensions);
        Tree { root, node_type: CHUNK, key_size, capacity: 2 * u64::from(space.chunk_k) }
    }

    /// Calls `visit` with the bytes of the key and the address of each child that is no node, in order.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the tree contradicts the format; the errors of `visit`.
    pub fn visit(&self, space: &AddressSpace, visit: &mut dyn FnMut(&[u8], u64) -> Result<()>) -> Result<()> {
        self.visit_node(space, self.root, None, &mut Visited::default(), visit)
    }

    fn visit_node(
        &self,
        space: &AddressSpace,
        address: u64,
        level: Option<u8>,
        visited: &mut Visited,
        visit: &mut dyn FnMut(&[u8], u64) -> Result<()>,
    ) -> Result<()> {
        visited.enter(space, RECORD, address)?;
        let node = self.node(space, address, level)?;
        for index in 0..usize::from(node.head.entries) {
            let (key, child) = node.entry(space, address, index)?;
            match node.head.level.checked_sub(1) {
                Some(below) => self.visit_node(space, child, Some(below), visited, visit)?,
                None => visit(key, child)?,
            }
        }
        Ok(())
    }

    /// The last child that is no node and whose key is not greater than what is sought, with the bytes of its key.
    /// `compare` says how a key stands to what is sought.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the tree contradicts the format; the errors of `found`.
    pub fn find<T>(
        &self,
        space: &AddressSpace,
        compare: &dyn Fn(&[u8]) -> Ordering,
        found: impl FnOnce(&[u8], u64) -> Result<T>,
    ) -> Result<Option<T>> {
        let (mut address, mut level) = (self.root, None);
        loop {
            let node = self.node(space, address, level)?;
            let after = node.partition(compare);
            let Some(index) = after.checked_sub(1) else { return Ok(None) };
            let (key, child) = node.entry(space, address, index)?;
            let Some(below) = node.head.level.checked_sub(1) else { return found(key, child).map(Some) };
            (address, level) = (child, Some(below));
        }
    }

    /// Reads and checks a node, which has to be at `level` if that is known.
    fn node(&self, space: &AddressSpace, address: u64, level: Option<u8>) -> Result<Node> {
        let (w, offset) = (space.widths, space.offset(address));
        let stride = self.key_size.saturating_add(usize::from(w.offset));
        let full = (stride as u64)
            .saturating_mul(self.capacity)
            .saturating_add(self.key_size as u64)
            .saturating_add(NodeHead::size(w));
        let block = space.block(RECORD, address, full.min(space.remaining(address)))?;
        let (head, start) = decode::<NodeHead>(RECORD, offset, &block, Endian::Little, w)?;
        let node = Node { block, head, start, key_size: self.key_size, stride };
        self.check(space, offset, &node, level)?;
        Ok(node)
    }

    fn check(&self, space: &AddressSpace, offset: u64, node: &Node, level: Option<u8>) -> Result<()> {
        let NodeHead { node_type, level: found, entries, .. } = node.head;
        limits::check("levels of a version 1 B-tree", u64::from(found), space.limits.depth as u64)?;
        let problem = if node_type != self.node_type {
            format!("the node type is {node_type}")
        } else if level.is_some_and(|level| level != found) {
            format!("the level is {found} where its parent says {level:?}")
        } else if u64::from(entries) > self.capacity {
            format!("{entries} children where {} fit", self.capacity)
        } else {
            return Ok(());
        };
        Err(Error::malformed(RECORD, offset, problem))
    }
}

impl Node {
    /// The key before the child `index`.
    fn key(&self, index: usize) -> Option<&[u8]> {
        let from = index.checked_mul(self.stride)?.checked_add(self.start)?;
        self.block.get(from..from.checked_add(self.key_size)?)
    }

    /// The key before the child `index`, and its address.
    fn entry(&self, space: &AddressSpace, address: u64, index: usize) -> Result<(&[u8], u64)> {
        let offset = space.offset(address);
        let short = || Error::malformed(RECORD, offset, format!("child {index} reaches beyond the end of the file"));
        let key = self.key(index).ok_or_else(short)?;
        let at = self.start.saturating_add(index.saturating_mul(self.stride)).saturating_add(self.key_size);
        let rest = self.block.get(at..).ok_or_else(short)?;
        let (child, _) = decode::<Addr>(RECORD, offset.saturating_add(at as u64), rest, Endian::Little, space.widths)?;
        let child =
            child.get().ok_or_else(|| Error::malformed(RECORD, offset, format!("child {index} is undefined")))?;
        Ok((key, child))
    }

    /// The number of children whose keys are not greater than what is sought.
    fn partition(&self, compare: &dyn Fn(&[u8]) -> Ordering) -> usize {
        let (mut low, mut high) = (0usize, usize::from(self.head.entries));
        while low < high {
            let middle = low.midpoint(high);
            match self.key(middle).map(compare) {
                Some(Ordering::Less | Ordering::Equal) => low = middle + 1,
                Some(Ordering::Greater) | None => high = middle,
            }
        }
        low
    }
}
