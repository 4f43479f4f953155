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
        if let Some(leaf) = self.met(compare)? {
            return Ok(Some(leaf));
        }
        let found = self.tree.next_leaf(space, compare, &|address| self.passed(address))?;
        if let Some(leaf) = &found {
            let mut recent = lock(&self.recent);
            recent.truncate(LEAVES - 1);
            recent.insert(0, leaf.clone());
        }
        Ok(found)
    }

    /// The leaf at hand that has a chunk if any has.
    fn met(&self, compare: &Compare) -> Result<Option<Leaf>> {
        let mut recent = lock(&self.recent);
        for at in 0..recent.len() {
            if recent.get(at).map_or(Ok(false), |leaf| leaf.covers(compare))? {
                recent.swap(0, at);
                return Ok(recent.first().cloned());
            }
        }
        Ok(None)
    }

    /// The leaf at hand that leads to the one at an address: its reader passes on.
    fn passed(&self, next: u64) -> Option<Leaf> {
        let mut recent = lock(&self.recent);
        let at = recent.iter().position(|leaf| leaf.leads_to(next))?;
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
