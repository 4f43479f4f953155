//! Blosc, filter 32001: a chunk is blocks, each shuffled and then compressed by one of five codecs.

pub(super) mod chunk;
mod codec;
mod lz;
mod undo;
pub(super) mod write;

use crate::error::Result;
pub(super) use write::{encode, setup};

/// Expands one chunk; its head says all that the parameters say.
pub(super) fn decode(_: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    chunk::decode(input, bound, out)
}

#[cfg(test)]
#[cfg(all(feature = "bzip2", feature = "lz4", feature = "snappy", feature = "zstd"))]
mod tests;
