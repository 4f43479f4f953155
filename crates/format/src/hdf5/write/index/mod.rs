//! Chunk indexes: from where the chunks are to what finds them. Version 1 B-trees are written as far as they are new, the
//! others whole; where those would be written whole again and again, such a tree stands in for them.

mod btree_v1;
mod btree_v2;
mod element;
mod extensible_array;
mod fixed_array;
mod implicit;
mod single;
pub(crate) mod table;

use super::file::FileWriter;
use super::space::Extent;
use crate::error::{Error, Result};
use crate::hdf5::chunk::{ChunkLocation, IndexKind};
use crate::hdf5::record::message::layout::{ChunkIndexing, Chunked, DataLayout, Storage, SINGLE_FILTERED};
use crate::hdf5::space::AddressSpace;
use crate::wire;
use crate::wire::width::{Addr, Widths};
use binrw::Endian;
use btree_v1::Tree;
use element::ElementSize;
use table::{ChunkTable, Rows};

/// Bytes of an index that is not written whole for a second time: a version 1 B-tree takes about as many for what is new.
const LARGE: u64 = 16 << 10;

/// Where the index of a dataset is, and what the layout message says of it.
#[derive(Debug, Clone)]
struct Written {
    indexing: ChunkIndexing,
    address: Addr,
}

impl Written {
    /// The index of a dataset without chunks.
    fn nowhere(indexing: ChunkIndexing) -> Self {
        Written { indexing, address: Addr::UNDEFINED }
    }
}

/// What an index leaves behind that others have taken the place of, when readers reach those.
#[derive(Debug, Default)]
pub(crate) struct Superseded {
    /// What nobody reaches any more.
    pub extents: Vec<Extent>,
    /// Links between nodes that no reader follows, and where they lead now: the file has them right, but nothing is lost
    /// while it has not.
    pub links: Vec<(u64, Addr)>,
}

/// The chunk index of a dataset that is written. It lists where the chunks are, and becomes one of the six structures of
/// the format in the end.
#[derive(Debug)]
pub(crate) struct ChunkIndexWriter {
    kind: IndexKind,
    table: ChunkTable,
    element_size: u64,
    filtered: bool,
    tree: Tree,
    /// Where an index lies that was written whole.
    whole: Vec<Extent>,
    /// Where indexes lay that others have taken the place of.
    replaced: Vec<Extent>,
}

impl ChunkIndexWriter {
    /// An index without chunks.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for an index that such a dataset cannot have.
    pub fn new(kind: IndexKind, table: ChunkTable, element_size: u64, filtered: bool) -> Result<Self> {
        let growing = table.growing().count();
        let one_chunk = table.counts().iter().all(|&count| count == 1);
        let reason = match kind {
            IndexKind::BTreeV1 | IndexKind::BTreeV2 => None,
            IndexKind::ExtensibleArray if growing == 1 => None,
            IndexKind::ExtensibleArray => Some("exactly one unlimited dimension"),
            _ if growing > 0 => Some("no unlimited dimension"),
            IndexKind::Single if !one_chunk => Some("one chunk"),
            IndexKind::Implicit if filtered => Some("no filters"),
            IndexKind::Single | IndexKind::Implicit | IndexKind::FixedArray => None,
        };
        match reason {
            Some(needed) => Err(Error::usage(format!("the chunk index {kind:?} needs {needed}"))),
            None => {
                let (tree, whole, replaced) = (Tree::new(), Vec::new(), Vec::new());
                Ok(ChunkIndexWriter { kind, table, element_size, filtered, tree, whole, replaced })
            }
        }
    }

    /// Where the chunks are.
    pub fn table(&self) -> &ChunkTable {
        &self.table
    }

    /// Gives all chunks their places, if no index says later where they are.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when the file would exceed 2^63 bytes.
    pub fn place_all(&mut self, file: &FileWriter) -> Result<()> {
        if self.kind == IndexKind::Implicit {
            let rows = implicit::rows(file, &self.table)?;
            self.place_rows(rows);
        }
        Ok(())
    }

    /// Gives the chunks of the first rows their places; before any other chunk has one.
    pub fn place_rows(&mut self, rows: Rows) {
        self.table.place_rows(rows);
    }

    /// Notes where a chunk was put; returns where it was before, which is free now.
    ///
    /// # Errors
    /// As [`ChunkTable::insert`].
    pub fn insert(&mut self, scaled: &[u64], at: ChunkLocation) -> Result<Option<ChunkLocation>> {
        self.table.insert(scaled, at)
    }

    /// Goes on with the index that a file has, if there is one, whose chunks were all put.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn go_on(&mut self, space: &AddressSpace, root: Option<u64>) -> Result<()> {
        self.tree = match root.filter(|_| self.kind == IndexKind::BTreeV1) {
            Some(root) => Tree::existing(space, root, self.table.chunk().len())?,
            None => Tree::of(space.chunk_k),
        };
        self.table.take_changed();
        Ok(())
    }

    /// Writes what is new of the index; returns the layout message that leads to it.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io); [`Kind::Limit`](crate::Kind::Limit) for more chunks than the index can count.
    pub fn flush(&mut self, file: &FileWriter) -> Result<DataLayout> {
        self.flush_as(self.kind, file)
    }

    fn flush_as(&mut self, kind: IndexKind, file: &FileWriter) -> Result<DataLayout> {
        let elements = ElementSize::of_chunks(self.table.chunk_bytes(), self.filtered);
        let written = match kind {
            IndexKind::BTreeV1 => self.tree.write(file, &mut self.table, self.element_size)?,
            IndexKind::Single => single::write(&self.table, self.filtered),
            IndexKind::Implicit => implicit::write(&self.table),
            IndexKind::FixedArray => fixed_array::write(file, &self.table, elements)?,
            IndexKind::ExtensibleArray => extensible_array::write(file, &self.table, elements)?,
            IndexKind::BTreeV2 => btree_v2::write(file, &self.table, elements)?,
        };
        Ok(self.layout(written))
    }

    /// Writes what is new of the index of a file that was there before. All blocks of the others lead to their header, so that
    /// none of them could stay where it is: one that is large is a tree from the second time on, until it is settled.
    ///
    /// # Errors
    /// As [`ChunkIndexWriter::flush`].
    pub fn flush_anew(&mut self, file: &FileWriter) -> Result<DataLayout> {
        let is_large = self.whole.iter().map(|extent| extent.len).sum::<u64>() > LARGE;
        let kind = if is_large || self.is_stand_in() { IndexKind::BTreeV1 } else { self.kind };
        let (layout, taken) = file.taking(|| self.flush_as(kind, file))?;
        // The tree knows its own nodes.
        let taken = if kind == IndexKind::BTreeV1 { Vec::new() } else { taken };
        self.replaced.extend(std::mem::replace(&mut self.whole, taken));
        Ok(layout)
    }

    /// Whether a tree stands in for the index that the dataset shall have.
    fn is_stand_in(&self) -> bool {
        self.kind != IndexKind::BTreeV1 && self.tree.is_written()
    }

    /// Has the index become the one that the dataset shall have, when it is written next, for the last time; returns whether it is
    /// another one now.
    pub fn settle(&mut self) -> bool {
        let is_stand_in = self.is_stand_in();
        if is_stand_in {
            self.tree = self.tree.without_nodes();
        }
        is_stand_in
    }

    /// Readers reach what was written last: returns what they do not reach any more.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn published(&mut self, file: &FileWriter) -> Result<Vec<Extent>> {
        let Superseded { mut extents, links } = self.tree.superseded();
        extents.append(&mut self.replaced);
        for (place, leads_to) in links {
            file.write(place, &wire::encode(&leads_to, Endian::Little, Widths::WIDE)?)?;
        }
        Ok(extents)
    }

    fn layout(&self, Written { indexing, address }: Written) -> DataLayout {
        let mut dimensions = self.table.chunk().to_vec();
        dimensions.push(self.element_size);
        if indexing == ChunkIndexing::BTreeV1 {
            let chunked = Chunked { flags: 0, encoded_length: 4, dimensions, index: indexing, address };
            return DataLayout { version: 3, storage: Storage::Chunked(chunked) };
        }
        let filtered = matches!(indexing, ChunkIndexing::Single(Some(_)));
        DataLayout::chunked(if filtered { SINGLE_FILTERED } else { 0 }, dimensions, indexing, address)
    }
}
