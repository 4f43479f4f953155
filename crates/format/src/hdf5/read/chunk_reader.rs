//! Reading chunks: finding them, undoing their filters, copying what a region wants of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::chunked::Chunked;
use super::fill::FillStatus;
use super::pieces::{copy_out, slot};
use super::scratch::{with_scratch, Scratch};
use crate::copy::{self, AxisRegion, Side};
use crate::error::Result;
use crate::grid::for_each_part;
use crate::hdf5::chunk::ChunkLocation;
use crate::hdf5::filter::pipeline::Pipeline;
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::shape::{self, Selection};

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

impl Piece<'_> {
    /// Its first element in the target, if it is one run of it.
    fn single_run(&self) -> Option<u64> {
        let axes = self.to.start.iter().zip(self.count).zip(self.to.shape);
        copy::single_run_of(axes.map(|((&start, &count), &length)| AxisRegion { start, count, stride: 1, length }))
    }
}

/// What the index says of a chunk.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found<'a> {
    /// Never written.
    Missing,
    /// Without filters, at this address.
    Raw(u64),
    Filtered {
        pipeline: &'a Pipeline,
        location: ChunkLocation,
    },
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

impl<'a> ChunkReader<'a> {
    /// Reads a region chunk by chunk in this thread.
    ///
    /// # Errors
    /// What is wrong with the index or a chunk.
    pub fn read(&self, region: &Selection, target: &mut [u8]) -> Result<()> {
        with_scratch(|scratch| {
            for_each_part(region, &self.chunked.grid.chunk, &mut |part| {
                let to = Side { shape: &region.count, start: &part.target, stride: &[] };
                let piece = Piece { inside: &part.inside, stride: &region.stride, count: &part.count, to };
                self.read_piece(&part.scaled, piece, target, scratch)
            })
        })
    }

    /// Reads a piece of a chunk. A whole one goes straight into the target, if it is one run of it.
    ///
    /// # Errors
    /// As [`ChunkReader::read`].
    pub fn read_piece(&self, scaled: &[u64], piece: Piece, target: &mut [u8], scratch: &mut Scratch) -> Result<()> {
        let (found, is_whole) = (self.find(scaled)?, self.is_whole(&piece));
        match (&found, is_whole.then(|| piece.single_run()).flatten()) {
            (Found::Filtered { pipeline, location }, Some(first)) => {
                let place = slot(target, first, shape::count(piece.count)?, self.chunked.grid.element_size)?;
                let Scratch { decoded, spare, stored } = scratch;
                let (offset, stored) = (self.space.offset(location.address), self.stored(*location, stored)?);
                pipeline.decode_into(location.mask, stored, place, decoded, spare).map_err(|e| e.at_offset(offset))
            }
            _ => self.copy(&self.decode(found, is_whole, scratch)?, piece, target),
        }
    }

    /// Whether a piece is all of a chunk, so that nobody will come again for the rest.
    pub fn is_whole(&self, piece: &Piece) -> bool {
        piece.count == self.chunked.grid.chunk
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
                let chunk = self.decode(self.find(&scaled)?, false, scratch)?;
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

    /// Finds a chunk.
    ///
    /// # Errors
    /// What is wrong with the index.
    pub fn find(&self, scaled: &[u64]) -> Result<Found<'a>> {
        let chunked = self.chunked;
        Ok(match (chunked.index.locate(self.space, &chunked.grid, scaled)?, chunked.pipeline_of(scaled)) {
            (None, _) => Found::Missing,
            (Some(location), None) => Found::Raw(location.address),
            (Some(location), Some(pipeline)) => Found::Filtered { pipeline, location },
        })
    }

    /// Undoes the filters of a chunk; `is_whole` says that all of it is wanted, so that nobody will come again.
    ///
    /// # Errors
    /// What is wrong with the chunk.
    pub fn decode<'s>(&self, found: Found, is_whole: bool, scratch: &'s mut Scratch) -> Result<Chunk<'s>> {
        let (pipeline, location) = match found {
            Found::Missing => return Ok(Chunk::Missing),
            Found::Raw(address) => return Ok(Chunk::Raw(address)),
            Found::Filtered { pipeline, location } => (pipeline, location),
        };
        if let Some(cached) = self.space.chunks.get(location.address).filter(|_| !is_whole) {
            return Ok(Chunk::Cached(cached));
        }
        let Scratch { decoded, spare, stored } = scratch;
        let expected = limits::to_usize(self.chunked.grid.chunk_bytes()?)?;
        let (offset, stored) = (self.space.offset(location.address), self.stored(location, stored)?);
        pipeline.decode(location.mask, stored, expected, decoded, spare).map_err(|e| e.at_offset(offset))?;
        if !is_whole {
            self.space.chunks.offer(location.address, decoded);
        }
        Ok(Chunk::Decoded(decoded))
    }

    /// The bytes of a chunk as they are in the file.
    fn stored<'b>(&self, location: ChunkLocation, buffer: &'b mut Vec<u8>) -> Result<&'b [u8]>
    where
        'a: 'b,
    {
        let offset = self.space.offset(location.address);
        if let Some(bytes) = self.space.source.borrow(offset, location.size)? {
            return Ok(bytes);
        }
        grow(buffer, location.size)?;
        self.space.source.read_into(offset, buffer)?;
        Ok(buffer)
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
