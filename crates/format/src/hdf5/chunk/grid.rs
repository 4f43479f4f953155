//! The regular grid that chunks make of a dataset.

use crate::error::Result;
use crate::shape;

/// The lengths of a dataset and of its chunks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChunkGrid {
    pub shape: Vec<u64>,
    /// `u64::MAX` where unlimited.
    pub max_shape: Vec<u64>,
    /// Without the element slot.
    pub chunk: Vec<u64>,
    pub element_size: u64,
}

impl ChunkGrid {
    /// The number of dimensions.
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// The number of bytes of a chunk before filters.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when they do not fit 64 bits.
    pub fn chunk_bytes(&self) -> Result<u64> {
        shape::bytes(&self.chunk, self.element_size)
    }

    /// The number of chunks along each dimension, for the current extent.
    pub fn chunks(&self) -> Vec<u64> {
        self.shape.iter().zip(&self.chunk).map(|(&length, &chunk)| length.div_ceil(chunk.max(1))).collect()
    }

    /// Whether a chunk has elements of the current extent.
    pub fn contains(&self, scaled: &[u64]) -> bool {
        let axes = scaled.iter().zip(&self.shape).zip(&self.chunk);
        scaled.len() == self.rank()
            && axes
                .into_iter()
                .all(|((&at, &length), &chunk)| at.checked_mul(chunk).is_some_and(|start| start < length))
    }

    /// Whether a chunk crosses the end of the current extent.
    pub fn is_edge(&self, scaled: &[u64]) -> bool {
        let axes = scaled.iter().zip(&self.shape).zip(&self.chunk);
        axes.into_iter().any(|((&at, &length), &chunk)| at.saturating_add(1).saturating_mul(chunk) > length)
    }
}

/// The number of a chunk in an array of all chunks that the maximum extent has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LinearOrder {
    /// Chunks along each dimension; `u64::MAX` along the one that grows.
    lengths: Vec<u64>,
    /// Chunks from one to the next along each dimension.
    strides: Vec<u64>,
    /// The dimensions, slowest first.
    order: Vec<usize>,
}

impl LinearOrder {
    /// The order of arrays with a fixed number of chunks.
    pub fn fixed(grid: &ChunkGrid) -> Self {
        Self::new(grid, (0..grid.rank()).collect())
    }

    /// The order of arrays that grow along the first unlimited dimension: it moves to the front. `None` if all are
    /// limited.
    pub fn growing(grid: &ChunkGrid) -> Option<Self> {
        let unlimited = grid.max_shape.iter().position(|&length| length == u64::MAX)?;
        let others = (0..grid.rank()).filter(|&axis| axis != unlimited);
        let mut linear = Self::new(grid, std::iter::once(unlimited).chain(others).collect());
        *linear.lengths.get_mut(unlimited)? = u64::MAX;
        Some(linear)
    }

    fn new(grid: &ChunkGrid, order: Vec<usize>) -> Self {
        let axes = grid.max_shape.iter().zip(&grid.chunk);
        let lengths: Vec<u64> = axes.map(|(&length, &chunk)| length.div_ceil(chunk.max(1)).max(1)).collect();
        let mut strides = vec![1u64; lengths.len()];
        let mut step = 1u64;
        for &axis in order.iter().rev() {
            if let (Some(stride), Some(&length)) = (strides.get_mut(axis), lengths.get(axis)) {
                *stride = step;
                step = step.saturating_mul(length);
            }
        }
        LinearOrder { lengths, strides, order }
    }

    /// The number of the chunk at `scaled`; `None` beyond the maximum extent.
    pub fn number(&self, scaled: &[u64]) -> Option<u64> {
        let axes = scaled.iter().zip(&self.lengths).zip(&self.strides);
        axes.into_iter().try_fold(0u64, |sum, ((&at, &length), &stride)| {
            let step = (at < length).then(|| at.checked_mul(stride))??;
            sum.checked_add(step)
        })
    }

    /// Sets `scaled` to the position of the chunk `number`.
    pub fn position(&self, number: u64, scaled: &mut [u64]) {
        let mut rest = number;
        for &axis in &self.order {
            if let (Some(at), Some(&stride)) = (scaled.get_mut(axis), self.strides.get(axis)) {
                *at = rest / stride;
                rest %= stride;
            }
        }
    }

    /// The number of dimensions.
    pub fn rank(&self) -> usize {
        self.lengths.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(shape: &[u64], max_shape: &[u64], chunk: &[u64]) -> ChunkGrid {
        ChunkGrid { shape: shape.into(), max_shape: max_shape.into(), chunk: chunk.into(), element_size: 4 }
    }

    #[test]
    fn fixed_orders_count_the_maximum_extent() {
        let grid = grid(&[4, 5], &[8, 10], &[2, 3]);
        assert_eq!((grid.chunks(), grid.chunk_bytes().unwrap()), (vec![2, 2], 24));
        let linear = LinearOrder::fixed(&grid);
        assert_eq!(linear.number(&[1, 2]), Some(6));
        assert_eq!(linear.number(&[1, 4]), None);
        assert!(grid.contains(&[1, 1]) && !grid.contains(&[1, 2]));
        assert!(grid.is_edge(&[0, 1]) && !grid.is_edge(&[1, 0]));
    }

    #[test]
    fn growing_orders_move_the_unlimited_dimension_to_the_front() {
        let grid = grid(&[4, 5, 6], &[4, u64::MAX, 6], &[2, 1, 2]);
        let linear = LinearOrder::growing(&grid).unwrap();
        assert_eq!(linear.number(&[1, 4, 2]), Some(4 * 6 + 3 + 2));
        let mut scaled = [0; 3];
        linear.position(29, &mut scaled);
        assert_eq!(scaled, [1, 4, 2]);
        assert_eq!(LinearOrder::growing(&self::grid(&[4], &[4], &[2])), None);
    }

    #[test]
    fn absurd_lengths_are_numbers_beyond_every_array() {
        let grid = grid(&[4, 5], &[u64::MAX, u64::MAX], &[1, 1]);
        assert_eq!(LinearOrder::fixed(&grid).number(&[1, 1]), None);
        assert!(!grid.contains(&[u64::MAX, 0]));
    }
}
