//! Chunks that lie back to back, all of them, without an index.

use super::grid::LinearOrder;
use super::{ChunkGrid, ChunkLocation, Visit, CHUNK};
use crate::error::{Error, Result};

/// The address of the first chunk, and the order.
#[derive(Debug)]
pub(super) struct Implicit {
    address: u64,
    linear: LinearOrder,
}

impl Implicit {
    pub fn new(address: u64, grid: &ChunkGrid) -> Self {
        Implicit { address, linear: LinearOrder::fixed(grid) }
    }

    pub fn locate(&self, scaled: &[u64], chunk_bytes: u64) -> Result<ChunkLocation> {
        let number = self.linear.number(scaled);
        let address =
            number.and_then(|number| number.checked_mul(chunk_bytes)).and_then(|far| far.checked_add(self.address));
        match address {
            Some(address) => Ok(ChunkLocation { address, size: chunk_bytes, mask: 0 }),
            None => Err(Error::malformed(CHUNK, self.address, format!("there is no chunk {scaled:?}"))),
        }
    }

    /// Counts through the current extent; a chunk outside the file ends it.
    pub fn visit(&self, grid: &ChunkGrid, chunk_bytes: u64, f: &mut Visit) -> Result<()> {
        let chunks = grid.chunks();
        if chunks.contains(&0) {
            return Ok(());
        }
        let mut scaled = vec![0; grid.rank()];
        loop {
            f(&scaled, self.locate(&scaled, chunk_bytes)?)?;
            if !advance(&mut scaled, &chunks) {
                return Ok(());
            }
        }
    }
}

/// Counts `scaled` up, the last dimension fastest; false after the last position.
fn advance(scaled: &mut [u64], chunks: &[u64]) -> bool {
    for (at, &length) in scaled.iter_mut().zip(chunks).rev() {
        *at += 1;
        if *at < length {
            return true;
        }
        *at = 0;
    }
    false
}
