//! Reading chunks: finding them, undoing their filters, copying what a region wants of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::chunked::Chunked;
use super::fill::FillStatus;
use super::pieces::{copy_out, slot};
use super::scratch::{with_scratch, Scratch};
use crate::copy::{self, Side};
use crate::error::Result;
use crate::grid::for_each_part;
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::shape::Selection;

/// A chunked dataset, and the file that it is in.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChunkReader<'a> {
    pub space: &'a AddressSpace,
    pub chunked: &'a Chunked,
    pub fill: &'a FillStatus,
}

/// What a copy of a chunk takes, and where it goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    /// First index inside the chunk.
    pub inside: &'a [u64],
    /// Distance between indices in the chunk.
    pub stride: &'a [u64],
    pub count: &'a [u64],
    /// Where it lies in the target.
    pub to: Side<'a>,
}

/// A chunk that can be copied from.
#[derive(Debug)]
pub(super) enum Chunk<'s> {
    /// Never written: the fill value.
    Missing,
    /// Without filters, at this address.
    Raw(u64),
    Decoded(&'s [u8]),
    /// Decoded before.
    Cached(Arc<Vec<u8>>),
}

impl ChunkReader<'_> {
    /// Reads a region chunk by chunk in this thread.
    ///
    /// # Errors
    /// What is wrong with the index or a chunk.
    pub fn read(&self, region: &Selection, target: &mut [u8]) -> Result<()> {
        with_scratch(|scratch| {
            for_each_part(region, &self.chunked.grid.chunk, &mut |part| {
                let to = Side { shape: &region.count, start: &part.target, stride: &[] };
                let piece = Piece { inside: &part.inside, stride: &region.stride, count: &part.count, to };
                let is_whole = part.count == self.chunked.grid.chunk;
                let chunk = self.chunk(&part.scaled, is_whole, scratch)?;
                self.copy(&chunk, piece, target)
            })
        })
    }

    /// Fills `target` with single elements. Every chunk is looked up once, and decoded once if it has filters; of a chunk
    /// without filters nothing else is read.
    ///
    /// # Errors
    /// As [`ChunkReader::read`].
    pub fn read_points(&self, points: &[Vec<u64>], target: &mut [u8]) -> Result<()> {
        let shape = &self.chunked.grid.chunk;
        let mut chunks: BTreeMap<Vec<u64>, Vec<usize>> = BTreeMap::new();
        for (number, point) in points.iter().enumerate() {
            let scaled = point.iter().zip(shape).map(|(at, len)| at / len.max(&1)).collect();
            chunks.entry(scaled).or_default().push(number);
        }
        let (ones, mut inside) = (vec![1; shape.len()], Vec::new());
        let size = limits::to_usize(self.chunked.grid.element_size)?.max(1);
        let to = Side { shape: &ones, start: &vec![0; shape.len()], stride: &[] };
        with_scratch(|scratch| {
            for (scaled, numbers) in chunks {
                let chunk = self.chunk(&scaled, false, scratch)?;
                for number in numbers {
                    let point = points.get(number).map(Vec::as_slice).unwrap_or_default();
                    inside.clear();
                    inside.extend(point.iter().zip(shape).map(|(at, len)| at % len.max(&1)));
                    let element = slot(target, number as u64, 1, size as u64)?;
                    self.copy(&chunk, Piece { inside: &inside, stride: &[], count: &ones, to }, element)?;
                }
            }
            Ok(())
        })
    }

    /// Finds a chunk, and undoes its filters; `is_whole` says that all of it is wanted, so that nobody will come again.
    ///
    /// # Errors
    /// As [`ChunkReader::read`].
    pub fn chunk<'s>(&self, scaled: &[u64], is_whole: bool, scratch: &'s mut Scratch) -> Result<Chunk<'s>> {
        let ChunkReader { space, chunked, .. } = *self;
        let Scratch { decoded, spare, stored } = scratch;
        let Some(found) = chunked.index.locate(space, &chunked.grid, scaled)? else { return Ok(Chunk::Missing) };
        let Some(pipeline) = chunked.pipeline_of(scaled) else { return Ok(Chunk::Raw(found.address)) };
        if let Some(cached) = space.chunks.get(found.address).filter(|_| !is_whole) {
            return Ok(Chunk::Cached(cached));
        }
        let (offset, expected) = (space.offset(found.address), limits::to_usize(chunked.grid.chunk_bytes()?)?);
        let input = match space.source.borrow(offset, found.size)? {
            Some(bytes) => bytes,
            None => {
                grow(stored, found.size)?;
                space.source.read_into(offset, stored)?;
                stored
            }
        };
        pipeline.decode(found.mask, input, expected, decoded, spare).map_err(|e| e.at_offset(offset))?;
        if !is_whole {
            space.chunks.offer(found.address, decoded);
        }
        Ok(Chunk::Decoded(decoded))
    }

    /// Copies a piece of a chunk into the target.
    ///
    /// # Errors
    /// As [`ChunkReader::read`].
    pub fn copy(&self, chunk: &Chunk, piece: Piece, target: &mut [u8]) -> Result<()> {
        let Piece { inside, stride, count, to } = piece;
        let size = self.chunked.grid.element_size;
        let from = Side { shape: &self.chunked.grid.chunk, start: inside, stride };
        match chunk {
            Chunk::Missing => copy::runs(to, to, count, |run| {
                self.fill.fill(slot(target, run.to, run.len, size)?, size);
                Ok(())
            }),
            Chunk::Raw(address) => copy_out(self.space, *address, (from, to), count, size, target),
            Chunk::Cached(bytes) => copy::copy((bytes, from), (target, to), count, size),
            Chunk::Decoded(bytes) => copy::copy((bytes, from), (target, to), count, size),
        }
    }
}

/// Gives a reused buffer a length without zeroing what it held.
fn grow(buffer: &mut Vec<u8>, len: u64) -> Result<()> {
    let len = limits::to_usize(len)?;
    if len > buffer.capacity() {
        limits::reserve(buffer, len - buffer.len())?;
    }
    buffer.resize(len, 0);
    Ok(())
}
