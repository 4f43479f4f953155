//! The nodes of a tree that is there already.

use binrw::Endian;

use super::{Placed, Tree};
use crate::error::{Error, Result};
use crate::hdf5::record::btree_v1::{ChunkKey, Entry, KeyArgs, Node};
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::wire;
use crate::wire::width::Addr;

const RECORD: &str = "version 1 B-tree node";

impl Tree {
    /// The tree of chunks of this rank that a file has.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) for nodes that are none, [`Kind::Limit`](crate::Kind::Limit) for more of them
    /// than the file has room for.
    pub fn existing(space: &AddressSpace, root: u64, rank: usize) -> Result<Self> {
        let mut tree = Tree { k: space.chunk_k, ..Tree::new() };
        let first = tree.read(space, root, rank + 1)?;
        let mut depth = first.head.level;
        let Some(entry) = entry_of(&first, root) else { return Ok(tree) };
        let mut nodes = vec![first];
        tree.levels = vec![vec![Placed { entry, nodes: 0 }]];
        // From the root down; the nodes above the leaves tell where those are.
        while depth > 0 {
            let Some(level) = tree.levels.first_mut() else { break };
            level.iter_mut().zip(&nodes).for_each(|(placed, node)| placed.nodes = node.children.len());
            let below: Vec<_> = nodes.into_iter().flat_map(|node| node.children).collect();
            limits::check("nodes", below.len() as u64, space.source.len() / tree.node_size(rank + 1).max(1) + 1)?;
            depth -= 1;
            let read = |entry: &Entry<ChunkKey>| tree.below(space, entry.child.0, rank + 1, depth);
            nodes = if depth > 0 { below.iter().map(read).collect::<Result<_>>()? } else { Vec::new() };
            tree.levels.insert(0, below.into_iter().map(|entry| Placed { entry, nodes: 0 }).collect());
        }
        Ok(tree)
    }

    fn below(&self, space: &AddressSpace, address: u64, dimensions: usize, depth: u8) -> Result<Node<ChunkKey>> {
        let node = self.read(space, address, dimensions)?;
        match node.head.level == depth {
            true => Ok(node),
            false => Err(Error::malformed(RECORD, space.offset(address), format!("not of the level {depth}"))),
        }
    }

    fn read(&self, space: &AddressSpace, address: u64, dimensions: usize) -> Result<Node<ChunkKey>> {
        let len = self.node_size(dimensions).min(space.remaining(address));
        let block = space.block(RECORD, address, len)?;
        let args = KeyArgs { widths: space.widths, dimensions };
        let (node, _) = wire::decode(RECORD, space.offset(address), &block, Endian::Little, args)?;
        Ok(node)
    }
}

/// What a level above would say of a node; `None` for one without children.
fn entry_of(node: &Node<ChunkKey>, address: u64) -> Option<Entry<ChunkKey>> {
    node.children.first().map(|first| Entry { key: first.key.clone(), child: Addr(address) })
}
