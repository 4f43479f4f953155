//! Where the data of a variable lie in the file.

use crate::error::{Error, Result};
use crate::shape::{self, Selection};

/// One piece of a variable's data, and where it lies in the file: a chunk, a record, or all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChunkInfo {
    /// The index of its first element along each dimension of the variable.
    pub position: Vec<u64>,
    /// Where its bytes start in the file.
    pub offset: u64,
    /// The number of its bytes in the file, after filters.
    pub size: u64,
    /// A set bit for each filter, counted from 0 in the order of the pipeline, that the chunk did not pass through.
    pub filter_mask: u32,
}

/// What is called with every piece of a variable's data.
pub(crate) type VisitChunks<'a> = dyn FnMut(&ChunkInfo) -> Result<()> + 'a;

/// A whole variable whose elements lie at constant distances along each dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ByteStrides {
    /// Where the first element is in the file.
    pub offset: u64,
    /// Distances in bytes.
    pub strides: Vec<u64>,
}

impl ByteStrides {
    /// The places of a region that was checked.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when a place does not fit 64 bits.
    pub fn select(&self, region: &Selection) -> Result<ByteStrides> {
        let overflow = || Error::limit("a region reaches over more than 2^64 bytes");
        let mut selected = self.clone();
        // Where nothing is selected, its place may be outside.
        if region.count.contains(&0) {
            return Ok(selected);
        }
        let axes = selected.strides.iter_mut().zip(&region.start).zip(&region.stride);
        for ((stride, &start), &step) in axes {
            let far = start.checked_mul(*stride).and_then(|far| far.checked_add(selected.offset));
            selected.offset = far.ok_or_else(overflow)?;
            *stride = stride.checked_mul(step).ok_or_else(overflow)?;
        }
        Ok(selected)
    }
}

/// Distances in bytes between neighbours of an array of this shape without gaps.
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit) when one does not fit 64 bits.
pub(crate) fn byte_strides(shape: &[u64], size: u64) -> Result<Vec<u64>> {
    let overflow = || Error::limit(format!("a shape of {shape:?} with {size}-byte elements exceeds 2^64 bytes"));
    shape::strides(shape).into_iter().map(|stride| stride.checked_mul(size).ok_or_else(overflow)).collect()
}

/// The bytes from the first element to the end of the last one; 0 without elements.
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit) when they do not fit 64 bits.
pub(crate) fn span(shape: &[u64], strides: &[u64], size: u64) -> Result<u64> {
    if shape.contains(&0) {
        return Ok(0);
    }
    let far = shape
        .iter()
        .zip(strides)
        .try_fold(size, |far, (&length, &stride)| length.saturating_sub(1).checked_mul(stride)?.checked_add(far));
    far.ok_or_else(|| Error::limit(format!("a shape of {shape:?} reaches over more than 2^64 bytes")))
}
