//! Blosc2, filter 32026: a chunk is a contiguous frame with one Blosc2 chunk, which may be an array in blocks.

mod frame;
mod grid;
mod write;

use crate::error::Result;
use crate::hdf5::filter::blosc::chunk;
use crate::hdf5::filter::buffer::SLACK;
use frame::{Frame, Place, RECORD};
use grid::Grid;
pub(super) use write::{encode, setup};

/// Expands the chunk of a frame; the frame says all that the parameters say.
pub(super) fn decode(_: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    let frame = Frame::parse(input)?;
    let Some(grid) = frame.array()?.map(Grid::parse).transpose()? else {
        return expand(&frame, bound, out);
    };
    let mut padded = Vec::new();
    // Blocks beyond the edge are stored in full, and each dimension may so be almost doubled.
    expand(&frame, grid.padded_bound(bound), &mut padded)?;
    grid.assemble(&padded, bound, out)
}

/// Expands the first chunk of a frame, which is the only one in HDF5.
fn expand(frame: &Frame, bound: usize, out: &mut Vec<u8>) -> Result<()> {
    chunk::decode(frame.index()?, SLACK, out)?;
    match frame.first(out)? {
        Place::Chunk(bytes) => chunk::decode(bytes, bound, out),
        Place::Special(content) if frame.len <= bound => chunk::fill(content, frame.type_size, frame.len, out),
        Place::Special(_) => Err(RECORD.malformed(format!("{} bytes where at most {bound} were given", frame.len))),
    }
}

#[cfg(test)]
#[cfg(all(feature = "bzip2", feature = "lz4", feature = "snappy", feature = "zstd"))]
mod tests;
