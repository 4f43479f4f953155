//! The dataset that chunks go to, whatever its layout: a dataset in one piece is a column of bands.

use std::sync::Arc;

use crate::error::Result;
use crate::hdf5::write::assemble::{ChunkEncoder, ChunkStore, Dataset, EncodedChunk};
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::raw::DatasetWriter;
use crate::limits;
use crate::shape::{self, Selection};
use crate::written::repeat;

/// About the bytes of a band of a dataset in one piece.
const BAND: u64 = 1 << 20;

/// A dataset that is written.
#[derive(Debug)]
pub(crate) struct Target<'t> {
    file: &'t FileWriter,
    writer: &'t DatasetWriter,
    /// The lengths of its chunks, or of its bands.
    chunk: Vec<u64>,
}

impl<'t> Target<'t> {
    pub fn new(file: &'t FileWriter, writer: &'t DatasetWriter) -> Self {
        let spec = writer.spec();
        let bands = || bands(spec.lengths(), spec.datatype.datatype().size());
        Target { file, writer, chunk: writer.chunk().map_or_else(bands, <[u64]>::to_vec) }
    }

    /// The lengths of what is written at once.
    pub fn chunk(&self) -> &[u64] {
        &self.chunk
    }

    /// What must be known to cut it into chunks.
    pub fn dataset(&self) -> Dataset<'_> {
        let spec = self.writer.spec();
        Dataset { number: 0, chunk: &self.chunk, lengths: spec.lengths(), size: spec.datatype.datatype().size() }
    }

    /// Encodes and puts a box that is all that there is of one chunk; `elements` are a buffer afterwards.
    ///
    /// # Errors
    /// Those of the filters; [`Kind::Io`](crate::Kind::Io).
    pub fn put_box(&self, region: &Selection, elements: &mut Vec<u8>, spare: &mut Vec<u8>) -> Result<()> {
        let chunk = EncodedChunk::of_box(self, self.dataset(), region, elements, spare)?;
        self.put(0, &chunk)?;
        *elements = chunk.bytes;
        Ok(())
    }

    /// The box of the dataset that a chunk covers, and of that what lies inside.
    fn place(&self, scaled: &[u64]) -> (Selection, Vec<u64>) {
        let start: Vec<u64> = scaled.iter().zip(&self.chunk).map(|(&at, &len)| at.saturating_mul(len)).collect();
        let lengths = self.writer.spec().lengths();
        let axes = start.iter().zip(&self.chunk).zip(lengths);
        let inside = axes.map(|((&start, &len), &end)| len.min(end.saturating_sub(start))).collect();
        (Selection::block(start, self.chunk.clone()), inside)
    }
}

impl ChunkStore for Target<'_> {
    fn fill(&self, _: usize, target: &mut [u8]) -> Result<()> {
        repeat(self.writer.spec().fill.value.as_deref().unwrap_or_default(), target);
        Ok(())
    }

    fn encoder(&self, _: usize) -> Option<Arc<dyn ChunkEncoder>> {
        self.writer.encoder()
    }

    fn give_place(&self, _: usize, scaled: &[u64]) -> Result<bool> {
        match self.writer.pipeline() {
            Some(_) => Ok(false),
            None => self.writer.give_place(self.file, scaled).map(|()| true),
        }
    }

    fn put(&self, _: usize, chunk: &EncodedChunk) -> Result<()> {
        let (whole, inside) = self.place(&chunk.scaled);
        match self.writer.chunk() {
            Some(_) if self.writer.pipeline().is_some() => {
                self.writer.put_chunk(self.file, &chunk.scaled, &chunk.bytes, chunk.mask)
            }
            Some(_) => self.writer.write(self.file, &whole, &chunk.bytes),
            // Bands are cut along one dimension, so what is inside comes first.
            None => {
                let len = shape::bytes(&inside, self.dataset().size)?;
                let bytes = chunk.bytes.get(..limits::to_usize(len)?).unwrap_or_default();
                self.writer.write(self.file, &Selection::block(whole.start, inside), bytes)
            }
        }
    }
}

/// Boxes of whole rows, or of parts of one, that lie together in an array.
pub(crate) fn bands(shape: &[u64], size: u64) -> Vec<u64> {
    let mut band = shape.iter().map(|&length| length.max(1)).collect::<Vec<u64>>();
    for axis in 0..band.len() {
        let rest = shape::bytes(band.get(axis + 1..).unwrap_or_default(), size).unwrap_or(u64::MAX).max(1);
        let Some(length) = band.get_mut(axis) else { break };
        *length = (*length).min((BAND / rest).max(1));
        if *length > 1 {
            break;
        }
    }
    band
}
