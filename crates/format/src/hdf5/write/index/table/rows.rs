//! Rows of chunks at a constant distance.

use crate::hdf5::chunk::ChunkLocation;

/// Rows of unfiltered chunks at a constant distance: their places need no list.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    /// The address of the first chunk of the first row.
    pub first: u64,
    /// From row to row.
    pub distance: u64,
    /// From one chunk of a row to the next.
    pub step: u64,
    /// The number of rows.
    pub count: u64,
}

impl Rows {
    /// The place of a chunk of the rows, in a grid that had so many chunks when it was created; each takes `size` bytes.
    pub(super) fn locate(&self, created: &[u64], size: u64, scaled: &[u64]) -> Option<ChunkLocation> {
        let (&row, inner) = scaled.split_first()?;
        if row >= self.count || inner.len() + 1 != created.len() {
            return None;
        }
        let mut column = 0u64;
        for (&at, &count) in inner.iter().zip(created.iter().skip(1)) {
            column = (at < count).then(|| column * count + at)?;
        }
        // The whole extent was allocated, so that this does not overflow.
        let address = self.first + row * self.distance + column * self.step;
        Some(ChunkLocation { address, size, mask: 0 })
    }
}
