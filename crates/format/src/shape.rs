//! Shapes and selections: how many elements, and which of them.

use std::ops::Range;

use crate::error::{Error, Result};

/// The number of elements of `shape`; 1 for a scalar.
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit) when the product does not fit 64 bits.
pub fn count(shape: &[u64]) -> Result<u64> {
    // A zero anywhere makes the array empty, however large the other lengths are.
    if shape.contains(&0) {
        return Ok(0);
    }
    shape
        .iter()
        .try_fold(1u64, |product, &length| product.checked_mul(length))
        .ok_or_else(|| Error::limit(format!("a shape of {shape:?} has more than 2^64 elements")))
}

/// The number of bytes of `shape` with elements of `size` bytes.
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit) when the product does not fit 64 bits.
pub fn bytes(shape: &[u64], size: u64) -> Result<u64> {
    count(shape)?
        .checked_mul(size)
        .ok_or_else(|| Error::limit(format!("a shape of {shape:?} with {size}-byte elements exceeds 2^64 bytes")))
}

/// How far apart neighbours are along each dimension, in elements, in C order.
pub(crate) fn strides(shape: &[u64]) -> Vec<u64> {
    let mut strides = vec![1u64; shape.len()];
    let mut step = 1u64;
    for (stride, &length) in strides.iter_mut().zip(shape).rev() {
        *stride = step;
        step = step.saturating_mul(length);
    }
    strides
}

/// A regular hyperslab: along each dimension a first index, a number of indices and the distance between them.
///
/// ```
/// use hyperslab::Selection;
/// let step = Selection::index(&[100, 3000], 7); // everything at index 7 of the first dimension
/// assert_eq!(step.shape(), [1, 3000]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Selection {
    /// First index along each dimension.
    pub start: Vec<u64>,
    /// Number of indices along each dimension.
    pub count: Vec<u64>,
    /// Distance between indices along each dimension; at least 1.
    pub stride: Vec<u64>,
}

impl Selection {
    /// Every element of `shape`.
    pub fn all(shape: &[u64]) -> Self {
        Self::block(vec![0; shape.len()], shape.to_vec())
    }

    /// A box of neighbours: `count` elements from `start` along each dimension.
    pub fn block(start: Vec<u64>, count: Vec<u64>) -> Self {
        let stride = vec![1; start.len()];
        Selection { start, count, stride }
    }

    /// Everything of `shape` at one index of the first dimension (one time step of a result).
    pub fn index(shape: &[u64], index: u64) -> Self {
        Self::rows(shape, index..index.saturating_add(1))
    }

    /// Everything of `shape` at a range of indices of the first dimension.
    pub fn rows(shape: &[u64], rows: Range<u64>) -> Self {
        let mut selection = Self::all(shape);
        if let (Some(start), Some(count)) = (selection.start.first_mut(), selection.count.first_mut()) {
            *start = rows.start;
            *count = rows.end.saturating_sub(rows.start);
        }
        selection
    }

    /// The shape of what is selected.
    pub fn shape(&self) -> &[u64] {
        &self.count
    }

    /// Whether neighbours are selected along every dimension.
    pub fn is_box(&self) -> bool {
        self.stride.iter().zip(&self.count).all(|(&stride, &count)| stride == 1 || count <= 1)
    }

    /// Where a box ends along each dimension: one behind its last index.
    pub(crate) fn ends(&self) -> impl Iterator<Item = u64> + use<'_> {
        self.start.iter().zip(&self.count).map(|(&start, &count)| start.saturating_add(count))
    }

    /// Checks that the selection lies within `shape`.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) naming the dimension.
    pub fn check(&self, shape: &[u64]) -> Result<()> {
        let rank = shape.len();
        if self.start.len() != rank || self.count.len() != rank || self.stride.len() != rank {
            let given = [&self.start, &self.count, &self.stride].map(Vec::len);
            return Err(Error::usage(format!(
                "start, count and stride of a selection have {given:?} entries where the shape has {rank}"
            )));
        }
        let axes = self.start.iter().zip(&self.count).zip(&self.stride).zip(shape).enumerate();
        for (axis, (((&start, &count), &stride), &length)) in axes {
            if stride == 0 {
                return Err(Error::usage(format!("stride 0 along dimension {axis}")));
            }
            let last =
                count.checked_sub(1).map(|steps| steps.checked_mul(stride).and_then(|far| far.checked_add(start)));
            let inside = match last {
                None => start <= length,
                Some(last) => last.is_some_and(|last| last < length),
            };
            if !inside {
                return Err(Error::usage(format!(
                    "indices {start} + {count} x {stride} exceed the length {length} of dimension {axis}"
                )));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_of_another_rank_is_told_by_all_its_lists() {
        let region = Selection { start: vec![0], count: vec![1], stride: vec![1, 1] };
        let error = region.check(&[3]).unwrap_err();
        assert!(error.detail().contains("[1, 1, 2] entries where the shape has 1"), "{error}");
    }
}
