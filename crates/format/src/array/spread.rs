//! Where the elements of arrays lie, when that is at constant distances.

use super::borrow::BorrowError;
use super::view::View;
use super::Array;
use crate::element::{Element, NotBorrowable};
use crate::error::{Error, Result};
use crate::stored::Spread;

impl Array {
    /// The distances between the elements, if they are constant.
    pub(super) fn spread(&self) -> Result<Spread, BorrowError> {
        if !self.raw.source().is_borrowable() {
            return Err(NotBorrowable::NotMapped.into());
        }
        if self.is_empty() {
            return Ok(Spread { offset: 0, strides: vec![0; self.shape().len()] });
        }
        self.raw.spread().map_err(|error| error.in_object(|| self.path()))
    }
}

impl View {
    /// Several arrays of one file, of equal types and shapes and at a constant distance, as one view with the arrays along a
    /// new first axis.
    ///
    /// # Errors
    /// [`BorrowError::No`] where the bytes do not allow it; [`Kind::Usage`](crate::Kind::Usage) for arrays of different files or shapes, or none.
    pub fn stack<T: Element>(arrays: &[&Array]) -> Result<View, BorrowError> {
        let (first, spread, shape) = stacked::<T>(arrays)?;
        View::spread(first.raw.source(), &spread, &shape, first.raw.element())
    }
}

/// The first of several arrays, where all of them lie, and their common shape.
pub(super) fn stacked<'f, T: Element>(arrays: &[&'f Array]) -> Result<(&'f Array, Spread, Vec<u64>), BorrowError> {
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
    let spreads = arrays.iter().map(|array| array.spread()).collect::<Result<Vec<_>, _>>()?;
    let shape = std::iter::once(arrays.len() as u64).chain(first.shape().iter().copied()).collect();
    Ok((first, together(&spreads).ok_or(NotBorrowable::Scattered)?, shape))
}

/// Spreads of equal strides at a constant distance, as one with another first axis.
fn together(spreads: &[Spread]) -> Option<Spread> {
    let first = spreads.first()?;
    let distance = match spreads.get(1) {
        Some(second) => second.offset.checked_sub(first.offset)?,
        None => 0,
    };
    let expected = |n: u64| n.checked_mul(distance)?.checked_add(first.offset);
    let even = |(n, spread): (u64, &Spread)| expected(n) == Some(spread.offset) && spread.strides == first.strides;
    let strides = std::iter::once(distance).chain(first.strides.iter().copied()).collect();
    (0..).zip(spreads).all(even).then_some(Spread { offset: first.offset, strides })
}
