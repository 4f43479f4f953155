//! Where the elements of arrays lie, when that is at constant distances.

use super::borrow::BorrowError;
use super::view::View;
use super::Array;
use crate::element::{Element, NotBorrowable};
use crate::error::{Error, Result};
use crate::placement::ByteStrides;

impl Array {
    /// The distances between the elements, if they are constant.
    pub(super) fn byte_strides(&self) -> Result<ByteStrides, BorrowError> {
        if !self.raw.source().is_borrowable() {
            return Err(NotBorrowable::NotMapped.into());
        }
        if self.is_empty() {
            return Ok(ByteStrides { offset: 0, strides: vec![0; self.shape().len()] });
        }
        self.raw.byte_strides().map_err(|error| error.in_object(|| self.path()))
    }
}

impl View {
    /// Several arrays of one file, of equal types and shapes and at a constant distance, as one view with the arrays along a
    /// new first axis.
    ///
    /// # Errors
    /// [`BorrowError::No`] where the bytes do not allow it; [`Kind::Usage`](crate::Kind::Usage) for arrays of different files or shapes, or none.
    pub fn stack<T: Element>(arrays: &[&Array]) -> Result<View, BorrowError> {
        let (first, strides, shape) = stacked::<T>(arrays)?;
        View::with_strides(first.raw.source(), &strides, &shape, first.raw.element())
    }
}

/// The first of several arrays, where all of them lie, and their common shape.
pub(super) fn stacked<'f, T: Element>(arrays: &[&'f Array]) -> Result<(&'f Array, ByteStrides, Vec<u64>), BorrowError> {
    let [first, others @ ..] = arrays else {
        return Err(Error::usage("a stack of no arrays").into());
    };
    if others.iter().any(|other| !first.raw.source().is_same(other.raw.source())) {
        return Err(Error::usage("a stack of arrays of several files").into());
    }
    if others.iter().any(|other| other.shape() != first.shape() || other.order() != first.order()) {
        return Err(Error::usage("a stack of arrays of different shapes").into());
    }
    if arrays.iter().any(|array| array.number() != Some(T::TYPE)) {
        return Err(NotBorrowable::Type.into());
    }
    let all = arrays.iter().map(|array| array.byte_strides()).collect::<Result<Vec<_>, _>>()?;
    let shape = std::iter::once(arrays.len() as u64).chain(first.shape().iter().copied()).collect();
    Ok((first, together(&all).ok_or(NotBorrowable::Scattered)?, shape))
}

/// Spreads of equal strides at a constant distance, as one with another first axis.
fn together(all: &[ByteStrides]) -> Option<ByteStrides> {
    let first = all.first()?;
    let distance = match all.get(1) {
        Some(second) => second.offset.checked_sub(first.offset)?,
        None => 0,
    };
    let expected = |n: u64| n.checked_mul(distance)?.checked_add(first.offset);
    let even =
        |(n, strides): (u64, &ByteStrides)| expected(n) == Some(strides.offset) && strides.strides == first.strides;
    let strides = std::iter::once(distance).chain(first.strides.iter().copied()).collect();
    (0..).zip(all).all(even).then_some(ByteStrides { offset: first.offset, strides })
}
