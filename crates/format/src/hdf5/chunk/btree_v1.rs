//! Chunks in a version 1 B-tree.

use std::cmp::Ordering;
use std::sync::Mutex;

use binrw::Endian;

use super::{ChunkGrid, ChunkLocation, Visit};
use crate::error::{Error, Result};
use crate::hdf5::record::btree_v1::{ChunkKey, KeyArgs};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::btree_v1::{Compare, Keys, Leaf, Tree};
use crate::sync::lock;
use crate::wire::decode;

const KEY: &str = "version 1 B-tree chunk key";
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
        let leaf = self.leaf(space, &compare)?;
        if let Some((bytes, address)) = leaf.as_ref().map_or(Ok(None), |leaf| leaf.find(space, &compare))? {
            if compare(bytes)?.is_eq() {
                let key = self.key(space, bytes)?;
                return Ok(Some(ChunkLocation { address, size: u64::from(key.size), mask: key.mask }));
            }
        }
        if let (true, Some(leaf)) = (space.is_torn, &leaf) {
            if let Some((bytes, address)) = leaf.search(space, &compare)? {
                let key = self.key(space, bytes)?;
                return Ok(Some(ChunkLocation { address, size: u64::from(key.size), mask: key.mask }));
            }
        }
        let keys = ChunkKeys { grid, offset: space.offset(self.root) };
        self.tree.check_way(space, &compare, leaf.as_ref(), &keys).map(|()| None)
    }

    /// The leaf that has a chunk if any has. It is read without the lock: readers in parallel do not wait for each other.
    fn leaf(&self, space: &AddressSpace, compare: &Compare) -> Result<Option<Leaf>> {
        // The keys of a torn leaf may say that it covers what is in its neighbours.
        let at_hand = if space.is_torn { None } else { self.at_hand(compare)? };
        if at_hand.is_some() {
            return Ok(at_hand);
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
        let (mut scaled, mut last) = (vec![0; grid.rank()], None);
        let keys = ChunkKeys { grid, offset: space.offset(self.root) };
        self.tree.visit(space, &mut |bytes, address| {
            let key = self.key(space, bytes)?;
            keys.check(bytes)?;
            for ((at, offset), &chunk) in scaled.iter_mut().zip(ChunkKey::offsets(bytes)).zip(&grid.chunk) {
                *at = offset / chunk.max(1);
            }
            // Of a torn file a key that was damaged may be that of another chunk.
            if space.is_torn && last.replace(scaled.clone()).is_some_and(|last| last >= scaled) {
                return Err(Error::malformed(KEY, space.offset(self.root), "the chunks are not in order"));
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

/// What the keys of the chunks of a grid are like.
struct ChunkKeys<'g> {
    grid: &'g ChunkGrid,
    /// Where the tree is.
    offset: u64,
}

impl Keys for ChunkKeys<'_> {
    fn order(&self, a: &[u8], b: &[u8]) -> Ordering {
        ChunkKey::offsets(a).cmp(ChunkKey::offsets(b))
    }

    fn check(&self, key: &[u8]) -> Result<()> {
        // The element slot is of one element.
        let chunk = self.grid.chunk.iter().copied().chain([u64::MAX]);
        match ChunkKey::offsets(key).zip(chunk).find(|(offset, chunk)| offset % chunk.max(&1) != 0) {
            Some((offset, chunk)) => {
                let detail = format!("a chunk at {offset} is not at a multiple of {chunk}");
                Err(Error::malformed(KEY, self.offset, detail))
            }
            None => Ok(()),
        }
    }
}

/// How the chunk of a key stands to the chunk at `scaled`, without decoding the key.
fn compare(key: &[u8], grid: &ChunkGrid, scaled: &[u64]) -> Ordering {
    let sought = scaled.iter().zip(&grid.chunk).map(|(&at, &chunk)| at.saturating_mul(chunk));
    ChunkKey::offsets(key).take(grid.rank()).cmp(sought)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hdf5::record::btree_v1::{Entry, Node, NodeHead};
    use crate::hdf5::walk::testing::{bytes, Image, W};
    use crate::wire::width::Addr;
    use crate::Kind;

    const GRID: [u64; 1] = [20];

    /// A tree of two leaves, whose children have these keys, below a root with these.
    fn tree(leaves: [&[u64]; 2], root: [u64; 2]) -> (AddressSpace, ChunkGrid, BTreeV1) {
        let mut image = Image(vec![0; 64]);
        let key = |offset| ChunkKey { size: 8, mask: 0, offsets: vec![offset, 0] };
        let mut node = |level, children: &[(u64, u64)]| {
            let entries = u16::try_from(children.len()).unwrap();
            let head = NodeHead { node_type: 1, level, entries, left: Addr::UNDEFINED, right: Addr::UNDEFINED };
            let children = children.iter().map(|&(at, child)| Entry { key: key(at), child: Addr(child) }).collect();
            image.put(&bytes(&Node { head, children, last: key(20) }, KeyArgs { widths: W, dimensions: 2 }))
        };
        let chunks = |keys: &[u64]| keys.iter().map(|&at| (at, 8 + at)).collect::<Vec<_>>();
        let leaves = leaves.map(|keys| node(0, &chunks(keys)));
        let root = node(1, &[(root[0], leaves[0]), (root[1], leaves[1])]);
        let grid = ChunkGrid { shape: GRID.to_vec(), max_shape: GRID.to_vec(), chunk: vec![2], element_size: 4 };
        let space = image.space();
        let tree = BTreeV1::new(&space, root, &grid);
        (space, grid, tree)
    }

    #[test]
    fn chunks_missing_between_two_leaves_are_sought_in_the_same_one() {
        let (space, grid, tree) = tree([&[0, 2], &[12]], [0, 12]);
        let mut locate = |scaled: u64| tree.locate(&space, &grid, &[scaled]).unwrap().map(|chunk| chunk.address);
        assert_eq!([2, 3, 4, 5].map(&mut locate), [None; 4]);
        assert_eq!(lock(&tree.recent).len(), 1);
        assert_eq!([6, 1, 0, 7].map(&mut locate), [Some(20), Some(10), Some(8), None]);
        assert_eq!(lock(&tree.recent).len(), 2);
    }

    #[test]
    fn chunks_behind_the_end_of_the_file_are_not_absent() {
        let mut image = Image(vec![0; 64]);
        let head = NodeHead { node_type: 1, level: 0, entries: 3, left: Addr::UNDEFINED, right: Addr::UNDEFINED };
        let key = |offset| ChunkKey { size: 8, mask: 0, offsets: vec![offset, 0] };
        let children = [2, 4, 8].map(|at| Entry { key: key(at), child: Addr(8 + at) }).to_vec();
        let args = KeyArgs { widths: W, dimensions: 2 };
        let (root, head_size) = (image.put(&bytes(&Node { head, children, last: key(20) }, args)), NodeHead::size(W));
        image.cut(root + head_size + 2 * (ChunkKey::size(2) as u64 + u64::from(W.offset)));
        let grid = ChunkGrid { shape: GRID.to_vec(), max_shape: GRID.to_vec(), chunk: vec![2], element_size: 4 };
        let (space, mut visited) = (image.space(), Vec::new());
        let tree = BTreeV1::new(&space, root, &grid);
        let found =
            [0, 1, 2, 3, 4].map(|at| tree.locate(&space, &grid, &[at]).map(|found| found.map(|found| found.address)));
        let [Ok(None), Ok(Some(10)), Ok(Some(12)), Err(_), Err(_)] = found else { panic!("{found:?}") };
        let result = tree.visit(&space, &grid, &mut |scaled, _| {
            visited.push(scaled[0]);
            Ok(())
        });
        assert_eq!((visited, result.unwrap_err().kind()), (vec![1, 2], Kind::Malformed));
    }

    #[test]
    fn a_chunk_that_keys_out_of_order_hide_is_not_absent() {
        for (leaves, root) in [
            ([&[0, 10, 4][..], &[12]], [0, 12]),
            ([&[0, 2], &[16, 12, 14]], [0, 12]),
            ([&[0, 2], &[12, 14]], [0, 13]),
            ([&[0, 2], &[12, 14]], [1, 12]),
            ([&[0, 2, 14], &[12]], [0, 12]),
            ([&[0, 2], &[12, 14]], [12, 0]),
            ([&[0, 2], &[12, 15]], [0, 12]),
        ] {
            let (space, grid, tree) = tree(leaves, root);
            let found: Vec<_> = (0..10).map(|scaled| (scaled, tree.locate(&space, &grid, &[scaled]))).collect();
            let is_there = |scaled: u64| leaves.concat().contains(&(2 * scaled));
            for (scaled, found) in &found {
                match found {
                    Ok(Some(chunk)) => assert_eq!(chunk.address, 8 + 2 * scaled),
                    Ok(None) => assert!(!is_there(*scaled), "{scaled} of {leaves:?}"),
                    Err(error) => assert_eq!(error.kind(), Kind::Malformed),
                }
            }
            assert!(found.iter().any(|(_, found)| found.is_err()), "{leaves:?} {root:?}");
        }
    }
}
