//! What the assembler needs of a file: whole chunks to it and back.

use std::fmt::Debug;
use std::sync::Arc;

use crate::copy::{self, Side};
use crate::error::{Error, Result};
use crate::hdf5::filter::pipeline::Pipeline;
use crate::limits;
use crate::shape::{self, Selection};

/// The chunks of the datasets of a file being written, as far as they pass through filters. Datasets have numbers; any
/// method may be called by any thread.
pub(crate) trait ChunkStore: Debug + Send + Sync {
    /// Fills `target` with unwritten elements.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io), where elements lie in a heap.
    fn fill(&self, dataset: usize, target: &mut [u8]) -> Result<()>;

    /// The filters that the chunks of a dataset pass through, if there are any.
    fn encoder(&self, dataset: usize) -> Option<Arc<dyn ChunkEncoder>>;

    /// Adds to an error which dataset it is of.
    fn place(&self, _dataset: usize, error: Error) -> Error {
        error
    }

    /// Gives a chunk its place before it is put, if its size is known. Chunks that have one may be put in any order.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when the file would exceed 2^63 bytes.
    fn give_place(&self, _dataset: usize, _scaled: &[u64]) -> Result<bool> {
        Ok(false)
    }

    /// Puts an encoded chunk into the file, in place of what it was before.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    fn put(&self, dataset: usize, chunk: &EncodedChunk) -> Result<()>;
}

/// A file that datasets are written to in which chunks may change that were put before.
pub(crate) trait ChangingStore: ChunkStore {
    /// The decoded bytes of a chunk that is in the file.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    fn reload(&self, dataset: usize, scaled: &[u64]) -> Result<Option<Vec<u8>>>;
}

/// What makes the chunks of a dataset smaller, on any thread.
pub(crate) trait ChunkEncoder: Debug + Send + Sync {
    /// Passes one whole chunk through the filters, in place; `spare` is a buffer for reuse. Returns the mask of filters
    /// that were skipped.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a filter without an encoder; those of the filters.
    fn encode(&self, chunk: &mut Vec<u8>, spare: &mut Vec<u8>) -> Result<u32>;
}

impl ChunkEncoder for Pipeline {
    fn encode(&self, chunk: &mut Vec<u8>, spare: &mut Vec<u8>) -> Result<u32> {
        // No filter is skipped.
        Pipeline::encode(self, chunk, spare).map(|()| 0)
    }
}

/// A chunk on its way to the file.
#[derive(Debug, Default)]
pub(crate) struct EncodedChunk {
    /// Its position in the grid of chunks.
    pub scaled: Vec<u64>,
    /// How far the data reach along each dimension with it.
    pub extent: Vec<u64>,
    pub bytes: Vec<u8>,
    /// The filters that were skipped.
    pub mask: u32,
}

impl EncodedChunk {
    /// Encodes the bytes of a box that is all that the dataset has of one chunk. They are taken out of `bytes`; `spare` is
    /// for reuse.
    ///
    /// # Errors
    /// Those of [`ChunkEncoder::encode`].
    pub fn of_box(
        store: &dyn ChunkStore,
        dataset: Dataset,
        region: &Selection,
        bytes: &mut Vec<u8>,
        spare: &mut Vec<u8>,
    ) -> Result<Self> {
        pad(store, bytes, &region.count, dataset, spare)?;
        let mask = encode(store, dataset.number, bytes, spare)?;
        Ok(EncodedChunk {
            scaled: region.start.iter().zip(dataset.chunk).map(|(&start, &length)| start / length.max(1)).collect(),
            extent: region.ends().collect(),
            bytes: std::mem::take(bytes),
            mask,
        })
    }
}

/// Passes one whole chunk through the filters of a dataset, in place; returns the mask of filters that were skipped.
///
/// # Errors
/// Those of [`ChunkEncoder::encode`].
pub(crate) fn encode(store: &dyn ChunkStore, dataset: usize, bytes: &mut Vec<u8>, spare: &mut Vec<u8>) -> Result<u32> {
    let mask = store.encoder(dataset).map_or(Ok(0), |encoder| encoder.encode(bytes, spare));
    mask.map_err(|error| store.place(dataset, error))
}

/// Extends the bytes of a box at the edge of a dataset to a whole chunk; what is outside is unwritten, as the library has it.
fn pad(
    store: &dyn ChunkStore,
    bytes: &mut Vec<u8>,
    count: &[u64],
    dataset: Dataset,
    spare: &mut Vec<u8>,
) -> Result<()> {
    if count == dataset.chunk {
        return Ok(());
    }
    spare.clear();
    spare.resize(limits::to_usize(dataset.chunk_bytes()?)?, 0);
    store.fill(dataset.number, spare)?;
    let zero = vec![0; count.len()];
    let from = Side { shape: count, start: &zero, stride: &[] };
    let to = Side { shape: dataset.chunk, start: &zero, stride: &[] };
    copy::copy((bytes, from), (spare, to), count, dataset.size)?;
    std::mem::swap(bytes, spare);
    Ok(())
}

/// What must be known of a dataset to cut it into chunks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dataset<'d> {
    pub number: usize,
    /// The lengths of a chunk.
    pub chunk: &'d [u64],
    /// The lengths of the dataset; `u64::MAX` where it may grow.
    pub lengths: &'d [u64],
    /// Bytes of an element.
    pub size: u64,
}

impl Dataset<'_> {
    pub fn chunk_bytes(&self) -> Result<u64> {
        shape::bytes(self.chunk, self.size)
    }

    /// How many elements of a chunk lie inside the dataset.
    pub(super) fn inside(&self, scaled: &[u64]) -> Result<u64> {
        let axes = scaled.iter().zip(self.chunk).zip(self.lengths);
        let count: Vec<u64> =
            axes.map(|((&at, &chunk), &length)| chunk.min(length.saturating_sub(at.saturating_mul(chunk)))).collect();
        shape::count(&count)
    }
}
