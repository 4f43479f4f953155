//! Chunk indexes: from the position of a chunk to its address.

mod btree_v1;
mod btree_v2;
mod element;
mod extensible_array;
mod fixed_array;
mod grid;
mod implicit;
mod single;

use crate::error::{Error, Result};
use crate::hdf5::record::message::layout::{ChunkIndexing, Chunked, DataLayout, Storage, UNFILTERED_EDGES};
use crate::hdf5::space::AddressSpace;
use crate::limits;

pub(crate) use grid::ChunkGrid;

const LAYOUT: &str = "data layout message";
const CHUNK: &str = "chunk";

/// Where a chunk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChunkLocation {
    /// Counts from the base address.
    pub address: u64,
    /// Stored bytes.
    pub size: u64,
    /// A set bit for each filter that was skipped.
    pub mask: u32,
}

/// What is called with the position of a chunk, in chunks, and its location.
pub(crate) type Visit<'a> = dyn FnMut(&[u64], ChunkLocation) -> Result<()> + 'a;

/// The index of a chunked dataset: it answers where a chunk is, and keeps no list of them.
#[derive(Debug)]
pub(crate) struct ChunkIndex {
    kind: IndexKind,
    address: Option<u64>,
    index: Index,
    filtered: bool,
    unfiltered_edges: bool,
    chunk_bytes: u64,
}

/// What finds the chunks of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IndexKind {
    /// A version 1 B-tree, as files of HDF5 before 1.10 have it (section III.A.1).
    BTreeV1,
    /// None: there is one chunk, whose place the header says.
    Single,
    /// None: all chunks follow each other, allocated when the dataset was made.
    Implicit,
    /// A fixed array: no dimension is unlimited (section VII.A).
    FixedArray,
    /// An extensible array: one dimension is unlimited (section VII.B).
    ExtensibleArray,
    /// A version 2 B-tree: several dimensions are unlimited (section III.A.2).
    BTreeV2,
}

#[derive(Debug)]
enum Index {
    /// No chunk was ever written.
    Empty,
    Single(single::Single),
    Implicit(implicit::Implicit),
    FixedArray(fixed_array::FixedArray),
    ExtensibleArray(extensible_array::ExtensibleArray),
    BTreeV1(btree_v1::BTreeV1),
    BTreeV2(btree_v2::BTreeV2),
    /// Of a torn file, where it cannot be read.
    Torn(String),
}

impl ChunkIndex {
    /// Reads the header of the index, and nothing else. `filtered` says whether the dataset has a filter pipeline.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the layout contradicts the dataspace or the format,
    /// [`Kind::Usage`](crate::Kind::Usage) when the storage is not chunked.
    pub fn open(space: &AddressSpace, layout: &DataLayout, grid: &ChunkGrid, filtered: bool) -> Result<ChunkIndex> {
        let Storage::Chunked(chunked) = &layout.storage else {
            return Err(Error::usage("the storage is not chunked"));
        };
        check_dimensions(space, layout.version, chunked, grid)?;
        let chunk_bytes = grid.chunk_bytes()?;
        if chunk_bytes == 0 {
            return Err(Error::malformed(LAYOUT, space.base, "chunks without bytes"));
        }
        if filtered {
            limits::check("bytes of a chunk", chunk_bytes, space.limits.chunk_bytes)?;
        }
        let unfiltered_edges = chunked.flags & UNFILTERED_EDGES != 0;
        let index = match open_index(space, chunked, grid, filtered) {
            Err(error) if space.is_torn => Index::Torn(error.to_string()),
            index => index?,
        };
        let (kind, address) = (chunked.index.kind(), chunked.address.get());
        Ok(ChunkIndex { kind, address, index, filtered, unfiltered_edges, chunk_bytes })
    }

    /// Where it begins, unless no chunk was ever written.
    pub fn address(&self) -> Option<u64> {
        self.address
    }

    /// What kind of index it is.
    pub fn kind(&self) -> IndexKind {
        self.kind
    }

    /// The chunk at `scaled`, a position counted in chunks; `None` if it was never written.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the index contradicts the format, or the chunk leaves the file.
    pub fn locate(&self, space: &AddressSpace, grid: &ChunkGrid, scaled: &[u64]) -> Result<Option<ChunkLocation>> {
        if !grid.contains(scaled) {
            return Ok(None);
        }
        let location = match &self.index {
            Index::Empty => None,
            Index::Single(single) => Some(single.location(self.chunk_bytes)),
            Index::Implicit(implicit) => Some(implicit.locate(scaled, self.chunk_bytes)?),
            Index::FixedArray(array) => array.locate(space, scaled)?,
            Index::ExtensibleArray(array) => array.locate(space, scaled)?,
            Index::BTreeV1(tree) => tree.locate(space, grid, scaled)?,
            Index::BTreeV2(tree) => tree.locate(space, scaled)?,
            Index::Torn(why) => return Err(Error::malformed_data("chunk index", why.clone())),
        };
        location.map(|location| self.check(space, grid, scaled, location)).transpose()
    }

    /// Calls `f` with every chunk of the current extent, in the order of the index.
    ///
    /// # Errors
    /// As [`ChunkIndex::locate`]; the errors of `f`.
    pub fn visit(&self, space: &AddressSpace, grid: &ChunkGrid, f: &mut Visit) -> Result<()> {
        let mut inside = |scaled: &[u64], location: ChunkLocation| {
            if grid.contains(scaled) {
                f(scaled, self.check(space, grid, scaled, location)?)?;
            }
            Ok(())
        };
        match &self.index {
            Index::Empty => Ok(()),
            Index::Single(single) => inside(&vec![0; grid.rank()], single.location(self.chunk_bytes)),
            Index::Implicit(implicit) => implicit.visit(grid, self.chunk_bytes, &mut inside),
            Index::FixedArray(array) => array.visit(space, &mut inside),
            Index::ExtensibleArray(array) => array.visit(space, &mut inside),
            Index::BTreeV1(tree) => tree.visit(space, grid, &mut inside),
            Index::BTreeV2(tree) => tree.visit(space, &mut inside),
            Index::Torn(why) => Err(Error::malformed_data("chunk index", why.clone())),
        }
    }

    /// Calls `f` with every chunk of a leaf of a version 1 B-tree that may belong to this one, unchecked.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it contradicts the format, or is of another grid; the errors of `f`.
    pub fn visit_leaf(&self, space: &AddressSpace, grid: &ChunkGrid, leaf: u64, f: &mut Visit) -> Result<()> {
        btree_v1::BTreeV1::new(space, leaf, grid).visit(space, grid, f)
    }

    /// Whether chunks that cross the end of the dataset are stored without filters.
    pub fn has_unfiltered_edges(&self) -> bool {
        self.unfiltered_edges
    }

    /// Whether a chunk is stored without filters because it crosses the end of the dataset. Its mask does not say so.
    pub fn is_unfiltered_edge(&self, grid: &ChunkGrid, scaled: &[u64]) -> bool {
        self.unfiltered_edges && grid.is_edge(scaled)
    }

    /// Refuses a chunk that cannot be where it is said to be, or have that size.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed).
    pub fn check(
        &self,
        space: &AddressSpace,
        grid: &ChunkGrid,
        scaled: &[u64],
        location: ChunkLocation,
    ) -> Result<ChunkLocation> {
        let ChunkLocation { address, size, .. } = location;
        let raw = !self.filtered || self.is_unfiltered_edge(grid, scaled);
        if raw && size != self.chunk_bytes {
            let detail = format!("{size} bytes are stored where a chunk has {}", self.chunk_bytes);
            return Err(Error::malformed(CHUNK, space.offset(address), detail));
        }
        if address == 0 && space.is_torn {
            return Err(Error::malformed(CHUNK, space.offset(address), "the superblock is no chunk"));
        }
        let there = space.remaining(address);
        // Of a torn file what is there of a chunk can be taken, unless it is encoded.
        let has_head = space.is_torn && raw && there > 0;
        if size > there && !has_head {
            let detail = format!("{size} bytes reach beyond the end of the file");
            return Err(Error::malformed(CHUNK, space.offset(address), detail));
        }
        Ok(location)
    }
}

/// Checks the lengths of a chunk against the dataspace and the datatype.
fn check_dimensions(space: &AddressSpace, version: u8, chunked: &Chunked, grid: &ChunkGrid) -> Result<()> {
    let malformed = |detail: String| Err(Error::malformed(LAYOUT, space.base, detail));
    let Some((&element, lengths)) = chunked.dimensions.split_last() else {
        return malformed("a chunk without dimensions".into());
    };
    if lengths != grid.chunk || lengths.len() != grid.rank() || lengths.contains(&0) {
        return malformed(format!("a chunk of shape {lengths:?} for a dataset of shape {:?}", grid.shape));
    }
    // The early versions are older than the rule.
    if version >= 3 && element != grid.element_size {
        return malformed(format!("chunks have elements of {element} bytes, the datatype has {}", grid.element_size));
    }
    if grid.max_shape.len() != grid.rank() {
        return malformed(format!("{} maximum lengths for {} dimensions", grid.max_shape.len(), grid.rank()));
    }
    Ok(())
}

impl ChunkIndexing {
    fn kind(&self) -> IndexKind {
        match self {
            ChunkIndexing::Single(_) => IndexKind::Single,
            ChunkIndexing::Implicit => IndexKind::Implicit,
            ChunkIndexing::FixedArray { .. } => IndexKind::FixedArray,
            ChunkIndexing::ExtensibleArray(_) => IndexKind::ExtensibleArray,
            ChunkIndexing::BTreeV1 => IndexKind::BTreeV1,
            ChunkIndexing::BTreeV2(_) => IndexKind::BTreeV2,
        }
    }
}

fn open_index(space: &AddressSpace, chunked: &Chunked, grid: &ChunkGrid, filtered: bool) -> Result<Index> {
    let Some(address) = chunked.address.get() else { return Ok(Index::Empty) };
    Ok(match &chunked.index {
        ChunkIndexing::Single(stored) => Index::Single(single::Single { address, stored: *stored }),
        ChunkIndexing::Implicit => Index::Implicit(implicit::Implicit::new(address, grid)),
        ChunkIndexing::FixedArray { .. } => {
            Index::FixedArray(fixed_array::FixedArray::open(space, address, grid, filtered)?)
        }
        ChunkIndexing::ExtensibleArray(_) => {
            Index::ExtensibleArray(extensible_array::ExtensibleArray::open(space, address, grid, filtered)?)
        }
        ChunkIndexing::BTreeV1 => Index::BTreeV1(btree_v1::BTreeV1::new(space, address, grid)),
        ChunkIndexing::BTreeV2(_) => Index::BTreeV2(btree_v2::BTreeV2::open(space, address, grid, filtered)?),
    })
}

#[cfg(test)]
mod tests;
