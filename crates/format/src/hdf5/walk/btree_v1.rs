//! Descending and traversing version 1 B-trees.

mod order;
mod symbols;

use std::cmp::Ordering;
use std::sync::Arc;

use binrw::Endian;

use super::visited::Visited;
use crate::error::{Error, Result};
use crate::hdf5::record::btree_v1::{ChunkKey, NodeHead, CHUNK, GROUP};
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::wire::decode;
use crate::wire::width::Addr;

pub(crate) use order::Keys;
pub(crate) use symbols::{find_symbol, symbols};

const RECORD: &str = "version 1 B-tree node";

/// How a key stands to what is sought; its name may have to be looked up.
pub(crate) type Compare<'c> = dyn Fn(&[u8]) -> Result<Ordering> + 'c;

/// What reads a leaf: its address and its size.
type Load<'l> = dyn Fn(u64, u64) -> Result<Arc<[u8]>> + 'l;

/// A version 1 B-tree with keys of a known size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tree {
    root: u64,
    node_type: u8,
    key_size: usize,
    capacity: u64,
}

/// A node whose type, level and number of children were checked. Those that the end of the file cuts off are missing.
#[derive(Debug, Clone)]
struct Node {
    block: Arc<[u8]>,
    head: NodeHead,
    /// Where the first key starts.
    start: usize,
    key_size: usize,
    stride: usize,
}

/// A node whose children are no nodes.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    node: Node,
    address: u64,
}

impl Leaf {
    /// Whether what is sought lies between the first and the last child: then it can only be here.
    ///
    /// # Errors
    /// Those of `compare`.
    pub fn covers(&self, compare: &Compare) -> Result<bool> {
        let last = usize::from(self.node.head.entries).checked_sub(1);
        let (Some(first), Some(last)) = (self.node.key(0), last.and_then(|last| self.node.key(last))) else {
            return Ok(false);
        };
        Ok(compare(first)?.is_le() && compare(last)?.is_ge())
    }

    /// Whether it is the leaf at an address.
    pub fn is_at(&self, address: u64) -> bool {
        self.address == address
    }

    /// Whether the leaf at an address is the next one.
    pub fn leads_to(&self, address: u64) -> bool {
        self.node.head.right.get() == Some(address)
    }

    /// What [`Tree::find`] finds here.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the child is not there.
    pub fn find(&self, space: &AddressSpace, compare: &Compare) -> Result<Option<(&[u8], u64)>> {
        let index = self.node.child(space, self.address, compare)?;
        index.map(|index| self.node.entry(space, self.address, index)).transpose()
    }

    /// The child whose key is what is sought, and follows a lesser one, where other keys are torn.
    ///
    /// # Errors
    /// As [`Leaf::find`].
    pub fn search(&self, space: &AddressSpace, compare: &Compare) -> Result<Option<(&[u8], u64)>> {
        let mut is_behind = true;
        for index in 0..usize::from(self.node.head.entries) {
            let (key, child) = self.node.entry(space, self.address, index)?;
            let order = compare(key)?;
            if order.is_eq() && is_behind {
                return Ok(Some((key, child)));
            }
            is_behind = order.is_lt();
        }
        Ok(None)
    }
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

    /// Calls `visit` with the bytes of the key and the address of each child that is no node, in order; of a torn file with all
    /// that can be read before the others are an error.
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
        let (node, mut all) = (self.node(space, address, level)?, AllOf::new(space));
        for index in 0..usize::from(node.head.entries) {
            let entry = node.entry(space, address, index);
            all.add(entry.and_then(|(key, child)| match node.head.level.checked_sub(1) {
                Some(below) => self.visit_node(space, child, Some(below), visited, visit),
                None => visit(key, child),
            }))?;
            // Neither has the file any of those behind it.
            if node.key(index).is_none() {
                break;
            }
        }
        all.end()
    }

    /// The last child that is no node and whose key is not greater than what is sought, with the bytes of its key.
    /// `compare` says how a key stands to what is sought.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the tree contradicts the format; the errors of `found`.
    pub fn find<T>(
        &self,
        space: &AddressSpace,
        compare: &Compare,
        found: impl FnOnce(&[u8], u64) -> Result<T>,
    ) -> Result<Option<T>> {
        match self.leaf(space, compare)? {
            Some(leaf) => leaf.find(space, compare)?.map(|(key, child)| found(key, child)).transpose(),
            None => Ok(None),
        }
    }

    /// The node whose children are no nodes, and among them the one that [`Tree::find`] finds.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the tree contradicts the format.
    pub fn leaf(&self, space: &AddressSpace, compare: &Compare) -> Result<Option<Leaf>> {
        self.descend(space, compare, &|address, len| space.block(RECORD, address, len))
    }

    /// [`Tree::leaf`] for those who pass from leaf to leaf: `spare` may have the leaf at an address, which is not read again
    /// then, or another one whose memory is taken. What is read is not kept for others.
    ///
    /// # Errors
    /// As [`Tree::leaf`].
    pub fn next_leaf(
        &self,
        space: &AddressSpace,
        compare: &Compare,
        spare: &dyn Fn(u64) -> Option<Leaf>,
    ) -> Result<Option<Leaf>> {
        self.descend(space, compare, &|address, len| match spare(address) {
            Some(leaf) if leaf.is_at(address) => Ok(leaf.node.block),
            Some(leaf) => space.block_in(RECORD, address, len, leaf.node.block),
            None => space.block(RECORD, address, len),
        })
    }

    fn descend(&self, space: &AddressSpace, compare: &Compare, leaf: &Load) -> Result<Option<Leaf>> {
        let (mut address, mut level) = (self.root, None);
        loop {
            let len = self.node_size(space, address);
            let block = if level == Some(0) { leaf(address, len) } else { space.block(RECORD, address, len) }?;
            let node = self.checked(space, address, level, block)?;
            let Some(below) = node.head.level.checked_sub(1) else { return Ok(Some(Leaf { node, address })) };
            let Some(index) = node.child(space, address, compare)? else { return Ok(None) };
            let (_, child) = node.entry(space, address, index)?;
            (address, level) = (child, Some(below));
        }
    }

    /// Reads and checks a node, which has to be at `level` if that is known.
    fn node(&self, space: &AddressSpace, address: u64, level: Option<u8>) -> Result<Node> {
        let block = space.block(RECORD, address, self.node_size(space, address))?;
        self.checked(space, address, level, block)
    }

    fn stride(&self, space: &AddressSpace) -> usize {
        self.key_size.saturating_add(usize::from(space.widths.offset))
    }

    /// Bytes of a full node, or as many as the file has.
    fn node_size(&self, space: &AddressSpace, address: u64) -> u64 {
        let full = (self.stride(space) as u64)
            .saturating_mul(self.capacity)
            .saturating_add(self.key_size as u64)
            .saturating_add(NodeHead::size(space.widths));
        full.min(space.remaining(address))
    }

    /// The node that a block is.
    fn checked(&self, space: &AddressSpace, address: u64, level: Option<u8>, block: Arc<[u8]>) -> Result<Node> {
        let (w, offset, stride) = (space.widths, space.offset(address), self.stride(space));
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
        } else if space.is_torn && is_blank(&node.head, level.is_some()) {
            "it has no children, or neighbours where no node is".to_owned()
        } else {
            return Ok(());
        };
        Err(Error::malformed(RECORD, offset, problem))
    }
}

/// What is done one by one: the first failure ends it, but in a torn file the others are tried first.
struct AllOf<'s> {
    space: &'s AddressSpace,
    failed: Option<Error>,
}

impl<'s> AllOf<'s> {
    fn new(space: &'s AddressSpace) -> Self {
        AllOf { space, failed: None }
    }

    fn add(&mut self, done: Result<()>) -> Result<()> {
        match done {
            Err(error) if self.space.bears(&error) => {
                self.failed.get_or_insert(error);
                Ok(())
            }
            done => done,
        }
    }

    fn end(self) -> Result<()> {
        self.failed.map_or(Ok(()), Err)
    }
}

/// Whether a head says what zeros in its place would: no node but a root is without children, and none is where the superblock is.
fn is_blank(head: &NodeHead, has_parent: bool) -> bool {
    head.left == Addr(0) || head.right == Addr(0) || has_parent && head.entries == 0
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

    /// The last child whose key is not greater than what is sought. Unless it has that key, it is known by the next one.
    fn child(&self, space: &AddressSpace, address: u64, compare: &Compare) -> Result<Option<usize>> {
        let count = self.partition(compare)?;
        let is_known = count >= usize::from(self.head.entries) || self.key(count).is_some();
        let last = count.checked_sub(1);
        if is_known || last.and_then(|last| self.key(last)).is_some_and(|key| compare(key).is_ok_and(Ordering::is_eq)) {
            return Ok(last);
        }
        Err(Error::malformed(
            RECORD,
            space.offset(address),
            format!("child {count} reaches beyond the end of the file"),
        ))
    }

    /// The number of children whose keys are not greater than what is sought.
    fn partition(&self, compare: &Compare) -> Result<usize> {
        let (mut low, mut high) = (0usize, usize::from(self.head.entries));
        while low < high {
            let middle = low.midpoint(high);
            match self.key(middle).map(compare).transpose()? {
                Some(Ordering::Less | Ordering::Equal) => low = middle + 1,
                Some(Ordering::Greater) | None => high = middle,
            }
        }
        Ok(low)
    }
}
