//! ZFP, filter 32013: numbers in blocks of four along each dimension, transformed and cut to their leading bits.

mod bits;
mod block;
mod header;
mod order;
mod word;

use std::num::Wrapping;

use crate::error::Result;
use crate::hdf5::filter::buffer::fit;
use bits::RECORD;
use block::Blocks;
use header::Header;
use word::Word;

/// Expands one chunk, whose head is in the parameters.
pub(super) fn decode(parameters: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    let header = Header::parse(parameters)?;
    let len = header.len().filter(|&len| len <= bound);
    let len =
        len.ok_or_else(|| RECORD.malformed(format!("{:?} numbers where {bound} bytes were given", header.shape)))?;
    fit(out, len)?;
    if header.is_long {
        expand::<Wrapping<i64>, 8>(&header, input, out)
    } else {
        expand::<Wrapping<i32>, 4>(&header, input, out)
    }
}

/// Expands all blocks to numbers of `N` bytes.
fn expand<W: Word, const N: usize>(header: &Header, input: &[u8], out: &mut [u8]) -> Result<()> {
    let mut blocks = Blocks::new(header, input);
    let [_, ny, nz, nw] = header.shape.map(|len| len.div_ceil(4));
    let numbers = out.as_chunks_mut::<N>().0;
    for place in 0..ny * nz * nw {
        for x in 0..header.shape[0].div_ceil(4) {
            let block = blocks.next::<W>()?;
            let at = [x, place % ny, place / ny % nz, place / ny / nz];
            place_block(header, at, block, numbers);
        }
    }
    Ok(())
}

/// Puts a block where it belongs, without what lies beyond the edges.
fn place_block<const N: usize>(header: &Header, at: [usize; 4], block: &[u64], numbers: &mut [[u8; N]]) {
    let [nx, ny, nz, nw] = header.shape;
    let [x, y, z, w] = at.map(|at| 4 * at);
    for (row, values) in block.as_chunks::<4>().0.iter().enumerate() {
        let (y, z, w) = (y + row % 4, z + row / 4 % 4, w + row / 16);
        if y >= ny || z >= nz || w >= nw {
            continue;
        }
        let first = ((w * nz + z) * ny + y) * nx;
        let row = numbers.get_mut(first + x..first + nx.min(x + 4)).unwrap_or_default();
        for (number, value) in row.iter_mut().zip(values) {
            number.iter_mut().zip(value.to_le_bytes()).for_each(|(to, from)| *to = from);
            if header.is_swapped {
                number.reverse();
            }
        }
    }
}

#[cfg(test)]
mod tests;
