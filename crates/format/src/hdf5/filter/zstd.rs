//! Zstandard, filter 32015: a chunk is one frame.

use super::buffer::fit;
use super::codec::zstd::{compress, decompress};
use super::error::Record;
use crate::error::Result;
use crate::limits;

const RECORD: Record = Record("zstd stream");
/// The most bytes that one byte of a stream can stand for: a block of 128 KiB has at least four.
pub(super) const EXPANSION: usize = 32 << 10;

/// Decodes all frames, until there is a whole chunk.
pub(super) fn decode(_: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    let room = bound.min(input.len().saturating_mul(EXPANSION));
    fit(out, room)?;
    let len = decompress(RECORD, input, out)?;
    out.truncate(len);
    Ok(())
}

/// Compresses a chunk; there is only one level.
pub(super) fn encode(_: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    out.clear();
    limits::reserve(out, input.len() + input.len() / 128 + 64)?;
    compress(input, out)
}
