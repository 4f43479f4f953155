//! Arrays in a chunk: blocks in C order, each in full, although the last ones reach beyond the edges.

use super::frame::{fixed, length, RECORD};
use crate::copy::{self, Side};
use crate::error::{Error, Result};
use crate::grid::for_each_part;
use crate::hdf5::filter::buffer::{fit, SLACK};
use crate::shape::Selection;

/// The most dimensions.
const MOST: usize = 16;
/// So many times the chunk may be what it is with the blocks in full, for those who choose their blocks badly.
const PADDING: usize = 16;

/// The shape of an array and of its blocks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Grid {
    shape: Vec<u64>,
    block: Vec<u64>,
    /// How many blocks there are along each dimension.
    blocks: Vec<u64>,
    /// How many elements are stored.
    padded: u64,
    /// How many elements the array has.
    count: u64,
}

impl Grid {
    /// Takes the metalayer: a `MessagePack` array with version, rank, shape, shape of a chunk, shape of a block.
    pub fn parse(content: &[u8]) -> Result<Self> {
        let [_, _, rank] = fixed(content, 0)?;
        let rank = usize::from(rank);
        if rank == 0 || rank > MOST {
            return Err(RECORD.malformed(format!("an array of {rank} dimensions")));
        }
        // Each list has a byte before it, and each number one for its type.
        let (chunk_at, block_at) = (4 + 9 * rank, 5 + 14 * rank);
        let shape = (0..rank).map(|n| Ok(u64::from_be_bytes(fixed(content, 5 + 9 * n)?)));
        let list = |at: usize| (0..rank).map(move |n| Ok(length(content, at + 2 + 5 * n)? as u64));
        let shape = shape.collect::<Result<Vec<_>>>()?;
        let chunk = list(chunk_at).collect::<Result<Vec<_>>>()?;
        let block = list(block_at).collect::<Result<Vec<_>>>()?;
        if shape.iter().zip(&chunk).any(|(all, chunk)| all > chunk) {
            return Err(Error::unsupported("blosc2 frames with several chunks"));
        }
        let fits = |(block, chunk): (&u64, &u64)| (1..=*chunk).contains(block);
        if !block.iter().zip(&chunk).all(fits) || shape.contains(&0) {
            return Err(RECORD.malformed(format!("blocks {block:?} in chunks {chunk:?} of {shape:?}")));
        }
        let blocks: Vec<_> = chunk.iter().zip(&block).map(|(chunk, block)| chunk.div_ceil(*block)).collect();
        let padded = product(blocks.iter().chain(&block))?;
        let count = product(&shape)?;
        Ok(Grid { shape, block, blocks, padded, count })
    }

    /// The most bytes that are stored for an array of at most `bound` bytes.
    pub fn padded_bound(&self, bound: usize) -> usize {
        let element = bound as u64 / self.count;
        let exact = usize::try_from(element.saturating_mul(self.padded)).unwrap_or(usize::MAX);
        exact.min(bound.saturating_mul(PADDING).saturating_add(SLACK))
    }

    /// Puts the blocks together.
    pub fn assemble(&self, padded: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
        let stored = padded.len() as u64;
        let size = stored / self.padded;
        let len = size.checked_mul(self.count).and_then(|len| usize::try_from(len).ok());
        let len = len.filter(|&len| size > 0 && stored.is_multiple_of(self.padded) && len <= bound);
        let len = len.ok_or_else(|| RECORD.malformed(format!("{stored} bytes for {} elements", self.padded)))?;
        fit(out, len)?;
        let block = usize::try_from(product(&self.block)?.saturating_mul(size)).unwrap_or(usize::MAX);
        for_each_part(&Selection::all(&self.shape), &self.block, &mut |part| {
            let number = part.scaled.iter().zip(&self.blocks).fold(0, |number, (at, blocks)| number * blocks + at);
            let bytes = usize::try_from(number).ok().and_then(|number| padded.chunks_exact(block).nth(number));
            let bytes = bytes.unwrap_or_default();
            let from = Side { shape: &self.block, start: &part.inside, stride: &[] };
            let to = Side { shape: &self.shape, start: &part.start, stride: &[] };
            copy::copy((bytes, from), (out, to), &part.count, size)
        })
    }
}

fn product<'a>(dims: impl IntoIterator<Item = &'a u64>) -> Result<u64> {
    let product = dims.into_iter().try_fold(1u64, |product, &dim| product.checked_mul(dim));
    product.ok_or_else(|| RECORD.malformed("an array with too many elements"))
}
