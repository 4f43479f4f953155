//! Chunks in a version 1 B-tree (section III.A.1), the index that every library reads.

mod existing;
#[cfg(test)]
mod tests;

use binrw::Endian;

use super::table::ChunkTable;
use super::{Superseded, Written};
use crate::error::Result;
use crate::hdf5::chunk::ChunkLocation;
use crate::hdf5::record::btree_v1::{ChunkKey, Entry, KeyArgs, Node, NodeHead, CHUNK};
use crate::hdf5::record::message::layout::ChunkIndexing;
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::space::Extent;
use crate::limits;
use crate::wire;
use crate::wire::width::{Addr, Widths};

/// Half of the entries of a node: the value of files that say nothing about it.
const K: u16 = 32;

/// The tree of a dataset as it was written last. When chunks are added, the nodes that lead to them are written anew, from
/// the leaf of the first one on; the others stay where they are.
#[derive(Debug)]
pub(super) struct Tree {
    /// Half of the entries of a node.
    k: u16,
    /// The nodes, level by level, leaves first.
    levels: Vec<Vec<Placed>>,
    superseded: Superseded,
}

/// A node that was written.
#[derive(Debug, Clone)]
struct Placed {
    /// What the level above says of it.
    entry: Entry<ChunkKey>,
    /// How many nodes it leads to; of a leaf, 0.
    nodes: usize,
}

impl Tree {
    /// A tree without nodes.
    pub fn new() -> Self {
        Tree::of(K)
    }

    /// A tree without nodes, which will have up to `2 * k` entries each.
    pub fn of(k: u16) -> Self {
        Tree { k, levels: Vec::new(), superseded: Superseded::default() }
    }

    /// Such a tree without nodes.
    pub fn without_nodes(&self) -> Self {
        Tree::of(self.k)
    }

    /// Whether it has nodes.
    pub fn is_written(&self) -> bool {
        !self.levels.is_empty()
    }

    /// Writes what is new of the tree; returns what leads to it.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn write(&mut self, file: &FileWriter, table: &mut ChunkTable, element_size: u64) -> Result<Written> {
        let Some(last) = table.last() else { return Ok(Written::nowhere(ChunkIndexing::BTreeV1)) };
        let changed = table.take_changed();
        if changed.is_some() || self.levels.is_empty() {
            let beyond: Vec<u64> = last.iter().map(|at| at + 1).collect();
            let end = ChunkKey { size: 0, mask: 0, offsets: offsets(table, &beyond, element_size) };
            self.renew(file, table, &changed.unwrap_or_default(), &end)?;
        }
        let root = self.levels.last().and_then(|level| level.first());
        Ok(Written { indexing: ChunkIndexing::BTreeV1, address: root.map_or(Addr::UNDEFINED, |root| root.entry.child) })
    }

    /// What the tree left behind that was written last.
    pub fn superseded(&mut self) -> Superseded {
        std::mem::take(&mut self.superseded)
    }

    /// Writes all nodes that are others because of the chunk at `changed`, or of any after it.
    fn renew(&mut self, file: &FileWriter, table: &ChunkTable, changed: &[u64], end: &ChunkKey) -> Result<()> {
        let (kept, start) = self.leaves_before(table, changed);
        let key = |(scaled, chunk): (Vec<u64>, ChunkLocation)| {
            let size = u32::try_from(chunk.size).unwrap_or(u32::MAX);
            let key = ChunkKey { size, mask: chunk.mask, offsets: offsets(table, &scaled, 0) };
            Entry { key, child: Addr(chunk.address) }
        };
        self.renew_level(file, 0, kept, &mut table.from(&start).map(key), end)?;
        let (mut depth, mut below) = (0, kept);
        while self.level(depth).len() > 1 {
            let (kept, first) = self.nodes_before(depth + 1, below);
            let entries: Vec<_> = self.level(depth).iter().skip(first).map(|node| node.entry.clone()).collect();
            (depth, below) = (depth + 1, kept);
            self.renew_level(file, depth, kept, &mut entries.into_iter(), end)?;
        }
        while self.levels.len() > depth + 1 {
            self.give_back(self.levels.len() - 1, 0, end);
            self.levels.pop();
        }
        Ok(())
    }

    fn level(&self, depth: usize) -> &[Placed] {
        self.levels.get(depth).map_or(&[], Vec::as_slice)
    }

    /// How many leaves lie before a chunk, and the first chunk of the next one, from which on all is written.
    fn leaves_before(&self, table: &ChunkTable, changed: &[u64]) -> (usize, Vec<u64>) {
        let changed = offsets(table, changed, 0);
        let before = |leaf: &Placed| leaf.entry.key.offsets <= changed;
        let kept = self.level(0).partition_point(before).saturating_sub(1);
        let next = self.level(0).get(kept).filter(|_| kept > 0);
        let start = next.iter().flat_map(|leaf| leaf.entry.key.offsets.iter().zip(table.chunk()));
        (kept, start.map(|(&offset, &chunk)| offset / chunk.max(1)).collect())
    }

    /// How many nodes of a level lead only to the first `below` of the level below, and to how many.
    fn nodes_before(&self, depth: usize, below: usize) -> (usize, usize) {
        let ends = self.level(depth).iter().scan(0usize, |end, node| {
            *end = end.saturating_add(node.nodes);
            Some(*end)
        });
        let kept: Vec<usize> = ends.take_while(|&end| end <= below).collect();
        (kept.len(), kept.last().copied().unwrap_or(0))
    }

    /// Writes the nodes of one level but for the first ones, which stay.
    fn renew_level(
        &mut self,
        file: &FileWriter,
        depth: usize,
        kept: usize,
        entries: &mut dyn Iterator<Item = Entry<ChunkKey>>,
        end: &ChunkKey,
    ) -> Result<()> {
        self.give_back(depth, kept, end);
        let mut left = self.level(depth).last().map_or(Addr::UNDEFINED, |node| node.entry.child);
        let mut entries = entries.peekable();
        let mut next = self.place(file, entries.peek(), end)?;
        if let Some(last) = left.get() {
            self.superseded.links.push((last + NodeHead::right(Widths::WIDE), next));
        }
        while let Some(address) = next.get() {
            let children: Vec<_> = entries.by_ref().take(2 * usize::from(self.k)).collect();
            let Some(first) = children.first().map(|entry| entry.key.clone()) else { break };
            let (nodes, count) = (if depth > 0 { children.len() } else { 0 }, children.len());
            next = self.place(file, entries.peek(), end)?;
            let (level, entries_used) =
                (u8::try_from(depth).unwrap_or(u8::MAX), u16::try_from(count).unwrap_or(u16::MAX));
            let head = NodeHead { node_type: CHUNK, level, entries: entries_used, left, right: next };
            let last = entries.peek().map_or_else(|| end.clone(), |entry| entry.key.clone());
            self.write_node(file, address, &Node { head, children, last })?;
            left = Addr(address);
            let placed = Placed { entry: Entry { key: first, child: left }, nodes };
            self.levels.get_mut(depth).into_iter().for_each(|level| level.push(placed.clone()));
        }
        Ok(())
    }

    /// A place for a node, if there is anything to put into it.
    fn place(&self, file: &FileWriter, next: Option<&Entry<ChunkKey>>, end: &ChunkKey) -> Result<Addr> {
        next.map_or(Ok(Addr::UNDEFINED), |_| file.allocate(self.node_size(end.offsets.len()), 8).map(Addr))
    }

    fn write_node(&self, file: &FileWriter, address: u64, node: &Node<ChunkKey>) -> Result<()> {
        let dimensions = node.last.offsets.len();
        let mut block = wire::encode(node, Endian::Little, KeyArgs { widths: Widths::WIDE, dimensions })?;
        block.resize(limits::to_usize(self.node_size(dimensions))?, 0);
        file.write(address, &block)
    }

    /// Forgets the nodes of a level but for the first ones.
    fn give_back(&mut self, depth: usize, kept: usize, end: &ChunkKey) {
        if self.levels.len() <= depth {
            self.levels.resize_with(depth + 1, Vec::new);
        }
        let len = self.node_size(end.offsets.len());
        let old = self.levels.get_mut(depth).map(|level| level.split_off(kept.min(level.len())));
        let extent = |node: Placed| Extent { address: node.entry.child.0, len };
        self.superseded.extents.extend(old.into_iter().flatten().map(extent));
    }

    /// The bytes of a node whose keys have so many offsets.
    fn node_size(&self, dimensions: usize) -> u64 {
        let (entries, key) = (2 * u64::from(self.k), ChunkKey::size(dimensions) as u64);
        NodeHead::size(Widths::WIDE) + entries * (key + 8) + key
    }
}

/// The first element of a chunk, and what stands for the element slot.
fn offsets(table: &ChunkTable, scaled: &[u64], element: u64) -> Vec<u64> {
    let offsets = scaled.iter().zip(table.chunk()).map(|(&at, &chunk)| at.saturating_mul(chunk));
    offsets.chain([element]).collect()
}
