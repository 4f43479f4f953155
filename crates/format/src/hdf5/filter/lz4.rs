//! LZ4, filter 32004: the length of the chunk, and blocks with their lengths.

use super::buffer::fit;
use super::codec::lz4;
use super::error::Record;
use crate::error::{Error, Result};
use crate::limits;

const RECORD: Record = Record("lz4 stream");
/// The bytes of a block where nobody says how many.
const DEFAULT_BLOCK: usize = 1 << 30;
/// The most bytes that one byte of a stream can stand for.
pub(super) const EXPANSION: usize = 255;

/// Decodes all blocks.
pub(super) fn decode(_: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    let (total, rest) = input.split_first_chunk::<8>().ok_or_else(|| RECORD.broken())?;
    let (block, mut rest) = rest.split_first_chunk::<4>().ok_or_else(|| RECORD.broken())?;
    let (total, block) = (u64::from_be_bytes(*total), limits::to_usize(u32::from_be_bytes(*block).into())?);
    let len = usize::try_from(total).ok().filter(|&len| len <= bound.min(rest.len().saturating_mul(EXPANSION)));
    let len =
        len.ok_or_else(|| RECORD.malformed(format!("{total} bytes in {} where a chunk has {bound}", input.len())))?;
    if block == 0 && len > 0 {
        return Err(RECORD.malformed("blocks without bytes"));
    }
    fit(out, len)?;
    for block in out.chunks_mut(block.max(1)) {
        let stored;
        (stored, rest) = split_block(RECORD, rest)?;
        if stored.len() == block.len() {
            block.copy_from_slice(stored);
        } else {
            lz4::decompress(RECORD, stored, block)?;
        }
    }
    Ok(())
}

/// Compresses block by block.
pub(super) fn encode(parameters: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let block = parameters.first().and_then(|&block| usize::try_from(block).ok()).filter(|&block| block > 0);
    let block = block.unwrap_or(DEFAULT_BLOCK).min(DEFAULT_BLOCK).min(input.len()).max(1);
    out.clear();
    let blocks = input.len().div_ceil(block);
    limits::reserve(out, 12 + input.len() + blocks.saturating_mul(4) + block / 128 + 64)?;
    out.extend_from_slice(&(input.len() as u64).to_be_bytes());
    out.extend_from_slice(&length(block)?);
    for block in input.chunks(block) {
        let start = out.len();
        compress(block, out)?;
        if out.len() - start >= block.len() + 4 {
            out.truncate(start);
            out.extend_from_slice(&length(block.len())?);
            out.extend_from_slice(block);
        }
    }
    Ok(())
}

/// The bytes of a block, which come after their number.
pub(super) fn split_block(record: Record, input: &[u8]) -> Result<(&[u8], &[u8])> {
    let cut = || record.broken();
    let (len, rest) = input.split_first_chunk::<4>().ok_or_else(cut)?;
    rest.split_at_checked(limits::to_usize(u32::from_be_bytes(*len).into())?).ok_or_else(cut)
}

/// Appends the length of a compressed block, and the block.
pub(super) fn compress(input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let start = out.len() + 4;
    out.extend_from_slice(&[0; 4]);
    lz4::compress(input, out)?;
    let len = out.len() - start;
    write_length(out, start, len)
}

/// Writes a length before `start`.
pub(super) fn write_length(out: &mut [u8], start: usize, len: usize) -> Result<()> {
    if let Some(head) = start.checked_sub(4).and_then(|head| out.get_mut(head..start)) {
        head.copy_from_slice(&length(len)?);
    }
    Ok(())
}

fn length(len: usize) -> Result<[u8; 4]> {
    let len = u32::try_from(len).map_err(|_| Error::usage(format!("lz4: a block of {len} bytes")))?;
    Ok(len.to_be_bytes())
}
