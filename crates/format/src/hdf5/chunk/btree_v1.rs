//! Chunks in a version 1 B-tree.

use std::cmp::Ordering;
use std::sync::Mutex;

use binrw::Endian;

use super::{ChunkGrid, ChunkLocation, Visit};
use crate::error::{Error, Result};
use crate::hdf5::record::btree_v1::{ChunkKey, KeyArgs};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::btree_v1::{Compare, Leaf, Tree};
use crate::sync::lock;
use crate::wire::decode;

const KEY: &str = "version 1 B-tree chunk key";
/// The bytes of a key before the offsets.
const OFFSETS: usize = 8;
/// Leaves that are at hand: one for each thread of a few.
const LEAVES: usize = 4;

/// The tree.
#[derive(Debug)]
pub(super) struct BTreeV1 {
    tree: Tree,
    root: u64,
    /// Leaves where chunks were found last: the next ones are often their neighbours.
    recent: Mutex<Vec<Leaf>>,
}

impl BTreeV1 {
    pub fn new(space: &AddressSpace, root: u64, grid: &ChunkGrid) -> Self {
        BTreeV1 { tree: Tree::chunks(space, root, grid.rank() + 1), root, recent: Mutex::default() }
    }

    pub fn locate(&self, space: &AddressSpace, grid: &ChunkGrid, scaled: &[u64]) -> Result<Option<ChunkLocation>> {
        let compare = |key: &[u8]| Ok(compare(key, grid, scaled));
        let Some(leaf) = self.leaf(space, &compare)? else { return Ok(None) };
        match leaf.find(space, &compare)? {
            Some((bytes, address)) if compare(bytes)?.is_eq() => {
                let key = self.key(space, bytes)?;
                Ok(Some(ChunkLocation { address, size: u64::from(key.size), mask: key.mask }))
            }
            _ => Ok(None),
        }
    }

    /// The leaf that has a chunk if any has. It is read without the lock: readers in parallel do not wait for each other.
    fn leaf(&self, space: &AddressSpace, compare: &Compare) -> Result<Option<Leaf>> {
        if let Some(leaf) = self.at_hand(compare)? {
            return Ok(Some(leaf));
        }
        let found = self.tree.next_leaf(space, compare, &|address| self.spare(address))?;
        if let Some(leaf) = &found {
            let mut recent = lock(&self.recent);
            recent.truncate(LEAVES - 1);
            recent.insert(0, leaf.clone());
        }
        Ok(found)
    }

    /// The leaf at hand that has a chunk if any has.
    fn at_hand(&self, compare: &Compare) -> Result<Option<Leaf>> {
        let mut recent = lock(&self.recent);
        for at in 0..recent.len() {
            if recent.get(at).map_or(Ok(false), |leaf| leaf.covers(compare))? {
                recent.swap(0, at);
                return Ok(recent.first().cloned());
            }
        }
        Ok(None)
    }

    /// The leaf at an address, if it is at hand, or the one that leads to it: its reader passes on.
    fn spare(&self, address: u64) -> Option<Leaf> {
        let mut recent = lock(&self.recent);
        let here = recent.iter().position(|leaf| leaf.is_at(address));
        let at = here.or_else(|| recent.iter().position(|leaf| leaf.leads_to(address)))?;
        Some(recent.remove(at))
    }

    pub fn visit(&self, space: &AddressSpace, grid: &ChunkGrid, f: &mut Visit) -> Result<()> {
        let mut scaled = vec![0; grid.rank()];
        self.tree.visit(space, &mut |bytes, address| {
            let key = self.key(space, bytes)?;
            for ((at, offset), &chunk) in scaled.iter_mut().zip(offsets(bytes)).zip(&grid.chunk) {
                if offset % chunk != 0 {
                    let detail = format!("a chunk at {offset} is not at a multiple of {chunk}");
                    return Err(Error::malformed(KEY, space.offset(self.root), detail));
                }
                *at = offset / chunk;
            }
            f(&scaled, ChunkLocation { address, size: u64::from(key.size), mask: key.mask })
        })
    }

    /// A key without its offsets, which would take memory for every chunk.
    fn key(&self, space: &AddressSpace, bytes: &[u8]) -> Result<ChunkKey> {
        let args = KeyArgs { widths: space.widths, dimensions: 0 };
        decode::<ChunkKey>(KEY, space.offset(self.root), bytes, Endian::Little, args).map(|(key, _)| key)
    }
}

/// How the chunk of a key stands to the chunk at `scaled`, without decoding the key.
fn compare(key: &[u8], grid: &ChunkGrid, scaled: &[u64]) -> Ordering {
    let sought = scaled.iter().zip(&grid.chunk).map(|(&at, &chunk)| at.saturating_mul(chunk));
    offsets(key).take(grid.rank()).cmp(sought)
}

/// The offsets of a key, in elements; behind them is one inside the element.
fn offsets(key: &[u8]) -> impl Iterator<Item = u64> + use<'_> {
    let (offsets, _) = key.get(OFFSETS..).unwrap_or_default().as_chunks::<8>();
    offsets.iter().map(|&bytes| u64::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hdf5::record::btree_v1::{Entry, Node, NodeHead};
    use crate::hdf5::walk::testing::{bytes, Image, W};
    use crate::wire::width::Addr;

    #[test]
    fn chunks_missing_between_two_leaves_are_sought_in_the_same_one() {
        let mut image = Image(vec![0; 64]);
        let key = |offset| ChunkKey { size: 8, mask: 0, offsets: vec![offset, 0] };
        let mut node = |level, children: &[(u64, u64)]| {
            let entries = u16::try_from(children.len()).unwrap();
            let head = NodeHead { node_type: 1, level, entries, left: Addr::UNDEFINED, right: Addr::UNDEFINED };
            let children = children.iter().map(|&(at, child)| Entry { key: key(at), child: Addr(child) }).collect();
            image.put(&bytes(&Node { head, children, last: key(20) }, KeyArgs { widths: W, dimensions: 2 }))
        };
        let leaves = [node(0, &[(0, 8), (2, 16)]), node(0, &[(12, 32)])];
        let root = node(1, &[(0, leaves[0]), (12, leaves[1])]);
        let grid = ChunkGrid { shape: vec![20], max_shape: vec![20], chunk: vec![2], element_size: 4 };
        let space = image.space();
        let tree = BTreeV1::new(&space, root, &grid);
        let mut locate = |scaled: u64| tree.locate(&space, &grid, &[scaled]).unwrap().map(|chunk| chunk.address);
        assert_eq!([2, 3, 4, 5].map(&mut locate), [None; 4]);
        assert_eq!(lock(&tree.recent).len(), 1);
        assert_eq!([6, 1, 0, 7].map(&mut locate), [Some(32), Some(16), Some(8), None]);
        assert_eq!(lock(&tree.recent).len(), 2);
    }
}
