//! ZFP, filter 32013: numbers in blocks of four along each dimension, transformed and cut to their leading bits.

mod bits;
mod block;
mod encode;
mod header;
mod order;
mod setup;
mod word;

use std::num::Wrapping;

use crate::error::{Error, Result};
use crate::hdf5::filter::bits::load;
use crate::hdf5::filter::buffer::fit;
use crate::limits;
use bits::RECORD;
use block::{Blocks, MOST};
use encode::Encoder;
use header::Header;
use setup::lossy;
pub(super) use setup::{setup, ASKED};
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
    let numbers = out.as_chunks_mut::<N>().0;
    for at in corners(header.shape) {
        place_block(header, at, blocks.next::<W>()?, numbers);
    }
    Ok(())
}

/// The places of all blocks, in their order.
fn corners([nx, ny, nz, nw]: [usize; 4]) -> impl Iterator<Item = [usize; 4]> {
    let rows = (0..nw.div_ceil(4)).flat_map(move |w| (0..nz.div_ceil(4)).map(move |z| (z, w)));
    let lines = rows.flat_map(move |(z, w)| (0..ny.div_ceil(4)).map(move |y| (y, z, w)));
    lines.flat_map(move |(y, z, w)| (0..nx.div_ceil(4)).map(move |x| [x, y, z, w].map(|at| 4 * at)))
}

/// Puts a block where it belongs, without what lies beyond the edges.
fn place_block<const N: usize>(header: &Header, at: [usize; 4], block: &[u64], numbers: &mut [[u8; N]]) {
    let [nx, ny, nz, nw] = header.shape;
    let [x, y, z, w] = at;
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

/// Codes one chunk so that nothing is lost.
pub(super) fn encode(parameters: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let header = Header::parse(parameters)?;
    if !header.mode.is_reversible() {
        return Err(lossy());
    }
    if header.len() != Some(input.len()) {
        return Err(Error::usage(format!("zfp: {} bytes where a chunk is {:?} numbers", input.len(), header.shape)));
    }
    out.clear();
    limits::reserve(out, input.len() + input.len() / 8 + 64)?;
    if header.is_long {
        compress::<Wrapping<i64>, 8>(&header, input, out);
    } else {
        compress::<Wrapping<i32>, 4>(&header, input, out);
    }
    Ok(())
}

/// Codes all blocks of numbers of `N` bytes.
fn compress<W: Word, const N: usize>(header: &Header, input: &[u8], out: &mut Vec<u8>) {
    let mut encoder = Encoder::new(header, out);
    let mut block = [0; MOST];
    for at in corners(header.shape) {
        gather(header, at, input.as_chunks::<N>().0, &mut block);
        encoder.block::<W>(&block);
    }
    encoder.finish();
}

/// Takes a block; beyond the edges are numbers that lie before them.
fn gather<const N: usize>(header: &Header, at: [usize; 4], numbers: &[[u8; N]], block: &mut [u64; MOST]) {
    let [nx, ny, nz, _] = header.shape;
    let [x, y, z, w] = at;
    let inside = |start: usize, n: usize, axis: usize| {
        let left = header.shape.get(axis).map_or(0, |len| len.saturating_sub(start));
        start + if n < left { n } else { usize::from(left > 1 && n == 2) }
    };
    let rows = 4usize.pow(header.rank - 1);
    for (row, values) in block.as_chunks_mut::<4>().0.iter_mut().enumerate().take(rows) {
        let (y, z, w) = (inside(y, row % 4, 1), inside(z, row / 4 % 4, 2), inside(w, row / 16, 3));
        let first = ((w * nz + z) * ny + y) * nx;
        for (n, value) in values.iter_mut().enumerate() {
            *value = numbers.get(first + inside(x, n, 0)).map_or(0, |number| load(number, header.is_swapped));
        }
    }
}

#[cfg(test)]
mod tests;
