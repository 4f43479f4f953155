//! Buffers that are used again.

use crate::error::Result;
use crate::limits;

/// What a filter may make of a chunk, where only the filter knows: its input twice, and this.
pub(super) const SLACK: usize = 64 << 10;

/// The most bytes that a stream may have beyond its chunk. They are passed over: the checksum comes after them.
pub(super) fn most_surplus(chunk: usize) -> usize {
    chunk.max(64 << 10)
}

/// Makes `out` a copy of `bytes`.
pub(super) fn replace(out: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
    out.clear();
    limits::reserve(out, bytes.len())?;
    out.extend_from_slice(bytes);
    Ok(())
}

/// Makes `out` `len` bytes long without caring what they are; what was there stays, so that only growth is zeroed.
pub(super) fn fit(out: &mut Vec<u8>, len: usize) -> Result<()> {
    limits::reserve(out, len.saturating_sub(out.len()))?;
    out.resize(len, 0);
    Ok(())
}

/// Makes what a filter made longer if it is as long as its input.
///
/// Where szip, LZF and Blosc would make a chunk larger, the reference library skips them and stores the chunk as it is. If
/// the chunk had that length before, it leaves its record alone, with the mask of a chunk that was filtered.
pub(super) fn unlike(input: &[u8], out: &mut Vec<u8>) {
    if out.len() == input.len() {
        out.push(0);
    }
}
