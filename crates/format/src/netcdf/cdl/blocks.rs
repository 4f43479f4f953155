//! A variable in blocks of bounded size, in C order.

use crate::error::Result;
use crate::shape::{self, Selection};

/// Bytes that are read at once.
const BLOCK: u64 = 8 << 20;
/// Bytes that are read at once where less would mean undoing the filters of a chunk more than once.
const CHUNKS: u64 = 128 << 20;

/// The regions of a shape, one after the other: each is a range of indices along one axis, everything along those after
/// it, and a single index along those before it.
pub(super) struct Blocks {
    shape: Vec<u64>,
    axis: usize,
    step: u64,
    next: Option<Vec<u64>>,
}

impl Blocks {
    /// Blocks of elements of `size` bytes, made of whole chunks if possible.
    pub fn new(shape: &[u64], chunk: Option<&[u64]>, size: u64) -> Result<Self> {
        let bound = if chunk.is_some() { CHUNKS } else { BLOCK };
        let (mut axis, mut step) = (0, 1);
        for index in 0..shape.len() {
            let inner = shape::bytes(shape.get(index + 1..).unwrap_or_default(), size)?.max(1);
            let thick = chunk.and_then(|chunk| chunk.get(index).copied()).unwrap_or(1).max(1);
            (axis, step) = (index, (BLOCK / inner / thick * thick).max(thick));
            if inner.saturating_mul(thick) <= bound {
                break;
            }
            step = (bound / inner).max(1);
        }
        let next = (!shape.contains(&0)).then(|| vec![0; shape.len()]);
        Ok(Blocks { shape: shape.to_vec(), axis, step, next })
    }

    /// The start of the block after that at `start`.
    fn after(&self, start: &[u64]) -> Option<Vec<u64>> {
        let mut next = start.to_vec();
        for (axis, (index, &length)) in next.iter_mut().zip(&self.shape).enumerate().take(self.axis + 1).rev() {
            *index = index.saturating_add(if axis == self.axis { self.step } else { 1 });
            if *index < length {
                return Some(next);
            }
            *index = 0;
        }
        None
    }
}

impl Iterator for Blocks {
    type Item = Selection;

    fn next(&mut self) -> Option<Selection> {
        let start = self.next.take()?;
        self.next = self.after(&start);
        let mut region = Selection::block(start, self.shape.clone());
        for (axis, (count, &index)) in region.count.iter_mut().zip(&region.start).enumerate().take(self.axis + 1) {
            *count = if axis == self.axis { self.step.min(count.saturating_sub(index)) } else { 1 };
        }
        Some(region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(shape: &[u64], chunk: Option<&[u64]>, size: u64) -> Vec<(Vec<u64>, Vec<u64>)> {
        Blocks::new(shape, chunk, size).unwrap().map(|region| (region.start, region.count)).collect()
    }

    #[test]
    fn small_variables_come_at_once() {
        assert_eq!(blocks(&[], None, 8), [(vec![], vec![])]);
        assert_eq!(blocks(&[3, 4], None, 8), [(vec![0, 0], vec![3, 4])]);
        assert_eq!(blocks(&[3, 0], None, 8), []);
    }

    #[test]
    fn large_variables_come_in_rows_and_parts_of_rows() {
        let found = blocks(&[5, 1 << 19], None, 8);
        assert_eq!(
            found,
            [(vec![0, 0], vec![2, 1 << 19]), (vec![2, 0], vec![2, 1 << 19]), (vec![4, 0], vec![1, 1 << 19])]
        );
        let found = blocks(&[2, 3 << 19], None, 8);
        let parts = [(0, 0, 1 << 20), (0, 1 << 20, 1 << 19), (1, 0, 1 << 20), (1, 1 << 20, 1 << 19)];
        assert_eq!(found, parts.map(|(row, first, count)| (vec![row, first], vec![1, count])));
    }

    #[test]
    fn chunks_are_not_cut() {
        let found = blocks(&[100, 1 << 20], Some(&[7, 1]), 1);
        assert_eq!(found.first(), Some(&(vec![0, 0], vec![7, 1 << 20])));
        assert_eq!(found.last(), Some(&(vec![98, 0], vec![2, 1 << 20])));
        // Ten indices of the first axis would be too much: the second is cut.
        let found = blocks(&[100, 100, 1 << 20], Some(&[10, 10, 10]), 8);
        assert_eq!(found.first(), Some(&(vec![0, 0, 0], vec![1, 10, 1 << 20])));
    }
}
