//! Chunk shapes: for variables that must be chunked and do not say how, and for lengths that became others.

pub(crate) use crate::grid::bounded;

use super::schema::{Layout, Schema};

/// The most bytes of a chunk that is not forced to be larger: enough to compress well, little enough to stay in cache.
const TARGET: u64 = 1 << 20;

/// Bytes of the chunks of a one-dimensional unlimited variable (the times of the steps): netCDF-C's choice.
const TIMES: u64 = 4096;

impl Schema {
    /// Cuts chunks that are longer than a dimension of fixed length, which netCDF refuses. HDF5 has them where a dataset may
    /// become longer than it is, and whoever shortens a dimension makes some.
    pub fn fit_chunks(&mut self) {
        let Schema { variables, dimensions, .. } = self;
        for variable in variables {
            let Layout::Chunked(chunk) = &mut variable.storage.layout else { continue };
            for (length, id) in chunk.iter_mut().zip(&variable.dimensions) {
                let fixed = dimensions.get(id.0).filter(|dimension| !dimension.unlimited);
                *length = fixed.map_or(*length, |dimension| dimension.length.max(1).min(*length));
            }
        }
    }
}

/// The chunk shape of a variable: one record per chunk where there are records, pieces of rows otherwise.
///
/// `axes` gives the length of each dimension and whether it is unlimited.
pub(crate) fn default_chunk(axes: &[(u64, bool)], element_size: u64) -> Vec<u64> {
    let size = element_size.max(1);
    if let [(_, true)] = axes {
        return vec![(TIMES / size).max(1)];
    }
    if axes.len() > 1 && axes.iter().all(|axis| axis.1) {
        // Nothing says what will be read together: a cube.
        let rank = u32::try_from(axes.len()).unwrap_or(u32::MAX);
        let side = (1..).take_while(|side: &u64| side.saturating_pow(rank) <= TARGET / size).last().unwrap_or(1);
        return vec![side; axes.len()];
    }
    let mut chunk: Vec<u64> =
        axes.iter().map(|&(length, unlimited)| if unlimited { 1 } else { length.max(1) }).collect();
    if axes.iter().any(|axis| axis.1) {
        // One step of one variable is what is written and read at a time, whatever its size (up to 4 GiB).
        return bounded(chunk, size, u64::from(u32::MAX) / 2);
    }
    chunk = bounded(chunk, size, TARGET);
    chunk
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_follow_steps() {
        assert_eq!(default_chunk(&[(20, true)], 8), [512]);
        assert_eq!(default_chunk(&[(0, true), (1_000_000, false)], 8), [1, 1_000_000]);
        assert_eq!(default_chunk(&[(1_000_000, false)], 8), [131_072]);
        assert_eq!(default_chunk(&[(1000, false), (8, false)], 4), [1000, 8]);
        assert_eq!(default_chunk(&[(1 << 20, false), (8, false)], 4), [32_768, 8]);
    }
}
