//! Regions made of the ranges of Rust.

use std::borrow::Cow;
use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use crate::error::{Error, Result};
use crate::shape::Selection;

/// A part of an array: a [`Selection`], or indices and ranges along its dimensions, the slowest first. Dimensions that are
/// not named are taken whole. An index takes one place; its dimension stays, with the length 1.
///
/// ```
/// use hyperslab::Region;
/// # fn main() -> hyperslab::Result<()> {
/// let shape = [100, 3000];
/// assert_eq!((.., 10..20).select(&shape)?.shape(), [100, 10]);
/// assert_eq!((7, ..=4).select(&shape)?.shape(), [1, 5]);
/// assert_eq!(7.select(&shape)?.shape(), [1, 3000]); // one time step
/// assert_eq!((..).select(&shape)?.shape(), [100, 3000]);
/// assert!((0..101).select(&shape).is_err());
/// # Ok(())
/// # }
/// ```
pub trait Region<'r> {
    /// The selection out of an array of this shape.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for what leaves the shape.
    fn select(self, shape: &[u64]) -> Result<Cow<'r, Selection>>;
}

impl<'r> Region<'r> for &'r Selection {
    fn select(self, _: &[u64]) -> Result<Cow<'r, Selection>> {
        Ok(Cow::Borrowed(self))
    }
}

impl<'r> Region<'r> for &'r Cow<'_, Selection> {
    fn select(self, _: &[u64]) -> Result<Cow<'r, Selection>> {
        Ok(Cow::Borrowed(self))
    }
}

impl<'r> Region<'r> for Selection {
    fn select(self, _: &[u64]) -> Result<Cow<'r, Selection>> {
        Ok(Cow::Owned(self))
    }
}

impl<'r> Region<'r> for RangeFull {
    fn select(self, shape: &[u64]) -> Result<Cow<'r, Selection>> {
        Ok(Cow::Owned(Selection::all(shape)))
    }
}

/// One range for each dimension, for arrays whose rank is known only when the program runs.
impl<'r> Region<'r> for &[Range<u64>] {
    fn select(self, shape: &[u64]) -> Result<Cow<'r, Selection>> {
        if self.len() > shape.len() {
            return Err(too_many(self.len(), shape));
        }
        let mut selection = Selection::all(shape);
        for (axis, range) in self.iter().enumerate() {
            narrow(&mut selection, axis, range.clone(), shape)?;
        }
        Ok(Cow::Owned(selection))
    }
}

/// Indices along one dimension: an integer, or a range of them.
pub trait Indices {
    /// The range of indices along a dimension of this length.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for what leaves the dimension.
    fn within(self, length: u64) -> Result<Range<u64>>;
}

impl Indices for RangeFull {
    fn within(self, length: u64) -> Result<Range<u64>> {
        Ok(0..length)
    }
}

/// A range that lies within a dimension.
fn checked(start: Option<u64>, end: Option<u64>, length: u64) -> Result<Range<u64>> {
    match (start, end) {
        (Some(start), Some(end)) if start <= end && end <= length => Ok(start..end),
        _ => {
            let shown = |bound: Option<u64>| bound.map_or_else(|| "?".to_owned(), |bound| bound.to_string());
            Err(Error::usage(format!("the range {}..{} of a dimension of length {length}", shown(start), shown(end))))
        }
    }
}

/// The index behind an inclusive end.
fn behind(last: Option<u64>) -> Option<u64> {
    last?.checked_add(1)
}

macro_rules! indices {
    ($($t:ty)*) => {$(
        impl Indices for $t {
            fn within(self, length: u64) -> Result<Range<u64>> {
                let index = u64::try_from(self).ok();
                match index.filter(|&index| index < length) {
                    Some(index) => Ok(index..index + 1),
                    None => Err(Error::usage(format!("the index {self} of a dimension of length {length}"))),
                }
            }
        }
        impl Indices for Range<$t> {
            fn within(self, length: u64) -> Result<Range<u64>> {
                checked(u64::try_from(self.start).ok(), u64::try_from(self.end).ok(), length)
            }
        }
        impl Indices for RangeInclusive<$t> {
            fn within(self, length: u64) -> Result<Range<u64>> {
                checked(u64::try_from(*self.start()).ok(), behind(u64::try_from(*self.end()).ok()), length)
            }
        }
        impl Indices for RangeFrom<$t> {
            fn within(self, length: u64) -> Result<Range<u64>> {
                checked(u64::try_from(self.start).ok(), Some(length), length)
            }
        }
        impl Indices for RangeTo<$t> {
            fn within(self, length: u64) -> Result<Range<u64>> {
                checked(Some(0), u64::try_from(self.end).ok(), length)
            }
        }
        impl Indices for RangeToInclusive<$t> {
            fn within(self, length: u64) -> Result<Range<u64>> {
                checked(Some(0), behind(u64::try_from(self.end).ok()), length)
            }
        }
        region! { $t }
        region! { Range<$t> }
        region! { RangeInclusive<$t> }
        region! { RangeFrom<$t> }
        region! { RangeTo<$t> }
        region! { RangeToInclusive<$t> }
    )*};
}

/// Indices along the first dimension, and everything along the others.
macro_rules! region {
    ($t:ty) => {
        impl<'r> Region<'r> for $t {
            fn select(self, shape: &[u64]) -> Result<Cow<'r, Selection>> {
                (self,).select(shape)
            }
        }
    };
}

macro_rules! tuple {
    ($($name:ident $axis:tt),*) => {
        impl<'r, $($name: Indices),*> Region<'r> for ($($name,)*) {
            fn select(self, shape: &[u64]) -> Result<Cow<'r, Selection>> {
                let mut selection = Selection::all(shape);
                $(
                    let length = shape.get($axis).ok_or_else(|| too_many($axis + 1, shape))?;
                    narrow(&mut selection, $axis, self.$axis.within(*length)?, shape)?;
                )*
                Ok(Cow::Owned(selection))
            }
        }
    };
}

indices! { i32 u32 i64 u64 usize }
tuple! { A 0 }
tuple! { A 0, B 1 }
tuple! { A 0, B 1, C 2 }
tuple! { A 0, B 1, C 2, D 3 }
tuple! { A 0, B 1, C 2, D 3, E 4 }
tuple! { A 0, B 1, C 2, D 3, E 4, F 5 }

fn too_many(indices: usize, shape: &[u64]) -> Error {
    Error::usage(format!("indices along {indices} dimensions of an array of {}", shape.len()))
}

/// Takes a range along one dimension.
fn narrow(selection: &mut Selection, axis: usize, range: Range<u64>, shape: &[u64]) -> Result<()> {
    match (selection.start.get_mut(axis), selection.count.get_mut(axis)) {
        (Some(start), Some(count)) => {
            (*start, *count) = (range.start, range.end.saturating_sub(range.start));
            Ok(())
        }
        _ => Err(too_many(axis + 1, shape)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places<'r>(region: impl Region<'r>, shape: &[u64]) -> Option<(Vec<u64>, Vec<u64>)> {
        region.select(shape).ok().map(|selection| (selection.start.clone(), selection.count.clone()))
    }

    #[test]
    fn every_kind_of_range_selects_what_it_says() {
        let shape = [4, 5, 6];
        assert_eq!(places((1..3, 2, ..), &shape), Some((vec![1, 2, 0], vec![2, 1, 6])));
        assert_eq!(places((1.., ..2, ..=2), &shape), Some((vec![1, 0, 0], vec![3, 2, 3])));
        assert_eq!(places((1..=2, 5.., 3usize), &shape), Some((vec![1, 5, 3], vec![2, 0, 1])));
        assert_eq!(places(3u64, &shape), Some((vec![3, 0, 0], vec![1, 5, 6])));
        assert_eq!(places(.., &[]), Some((vec![], vec![])));
        assert_eq!(places([1..2, 0..5].as_slice(), &shape), Some((vec![1, 0, 0], vec![1, 5, 6])));
    }

    #[test]
    fn what_leaves_the_shape_is_refused() {
        let shape = [4, 5];
        assert!(places(4, &shape).is_none() && places(-1, &shape).is_none());
        assert!(places((0, 0..6), &shape).is_none() && places((0, 0, 0), &shape).is_none());
        #[allow(clippy::reversed_empty_ranges)]
        let reversed = places(3..1, &shape);
        assert!(reversed.is_none() && places(0, &[]).is_none());
        assert!(places(0..=u64::MAX, &shape).is_none());
        assert!(places([0..1, 0..1, 0..1].as_slice(), &shape).is_none());
    }
}
