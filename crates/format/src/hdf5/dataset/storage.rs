//! How a dataset stores its elements.

use super::Dataset;
use crate::error::{Context, Result};
use crate::hdf5::chunk::IndexKind;
use crate::hdf5::filter::description::Filter;
use crate::hdf5::read::dataset::Storage;
use crate::hdf5::read::fill::FillStatus;
use crate::hdf5::record::message::fill_value::{AllocationTime, FillTime};

use crate::placement::ChunkInfo;
use crate::shape::Selection;

/// How a dataset stores its elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// In the object header.
    Compact,
    /// In one block.
    Contiguous,
    /// In blocks of this shape.
    Chunked {
        /// The shape of each.
        chunk: Vec<u64>,
        /// What finds them.
        index: IndexKind,
    },
    /// In other datasets.
    Virtual,
    /// In files without a format of their own.
    External,
}

impl From<&Storage> for Layout {
    fn from(storage: &Storage) -> Self {
        match storage {
            Storage::Compact(_) => Layout::Compact,
            Storage::Contiguous(_) => Layout::Contiguous,
            Storage::Chunked(chunked) => {
                Layout::Chunked { chunk: chunked.grid.chunk.clone(), index: chunked.index.kind() }
            }
            Storage::Virtual(_) => Layout::Virtual,
            Storage::External(_) => Layout::External,
        }
    }
}

/// What elements are that were never written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fill {
    /// Zero bytes.
    Default,
    /// Anything; this library gives zero bytes.
    Undefined,
    /// This element, as stored.
    Value(Vec<u8>),
}

impl Dataset {
    /// How the elements are stored.
    pub fn layout(&self) -> Layout {
        Layout::from(&self.dataset().storage)
    }

    /// The filters that chunks pass through when they are written, in this order.
    pub fn filters(&self) -> Vec<Filter> {
        match &self.dataset().storage {
            Storage::Chunked(chunked) => chunked.filters.filters.iter().map(Filter::from).collect(),
            _ => Vec::new(),
        }
    }

    /// What elements are that were never written.
    pub fn fill(&self) -> Fill {
        match &self.dataset().fill {
            FillStatus { undefined: true, .. } => Fill::Undefined,
            FillStatus { value: Some(value), .. } => Fill::Value(value.clone()),
            _ => Fill::Default,
        }
    }

    /// When the library writes the fill value.
    pub fn fill_time(&self) -> FillTime {
        self.dataset().fill.time
    }

    /// When the library makes room for elements, where the dataset says it.
    pub fn allocation_time(&self) -> Option<AllocationTime> {
        self.dataset().fill.allocation
    }

    /// The number of bytes that the elements take in the file.
    ///
    /// # Errors
    /// What is wrong with the index of the chunks.
    pub fn stored_size(&self) -> Result<u64> {
        match &self.dataset().storage {
            Storage::Compact(bytes) => Ok(bytes.len() as u64),
            _ => self.chunks_size(),
        }
    }

    /// The piece of the data that holds an element, if it was written.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for an element outside of the dataset; what is wrong with the index.
    pub fn chunk_at(&self, element: &[u64]) -> Result<Option<ChunkInfo>> {
        self.select(Selection::block(element.to_vec(), vec![1; element.len()]))?;
        self.dataset().chunk_at(&self.reader.space, element).in_object(&self.reader.path)
    }
}
