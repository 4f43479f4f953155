//! The numbers of a region: borrowed from a file in one of three forms, or owned.

use std::iter::FusedIterator;

use crate::element::{Be, ByteOrder, Element, Le};
use crate::error::{Error, Result};
use crate::inline_vec::InlineVec;
use crate::source;

/// The numbers of a region, in C order, with its shape: a slice of the file in one of three forms, or a copy.
///
/// ```
/// use hyperslab::Values;
/// let values = Values::from(vec![1.0, 2.0, 4.0]);
/// assert_eq!(values.get(2), Some(4.0));
/// assert_eq!(values.iter().sum::<f64>(), 7.0);
/// let mut copy = [0.0; 3];
/// values.copy_to(&mut copy)?;
/// assert_eq!(copy, [1.0, 2.0, 4.0]);
/// # Ok::<(), hyperslab::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Values<'f, T: Element> {
    shape: InlineVec<u64, 4>,
    form: Form<'f, T>,
}

/// How numbers are held.
#[derive(Debug, Clone)]
pub enum Form<'f, T: Element> {
    /// Aligned and in this machine's order: the file's bytes are the slice.
    Native(&'f [T]),
    /// Little-endian bytes at any address.
    Little(&'f [Le<T::Bytes>]),
    /// Big-endian bytes at any address.
    Big(&'f [Be<T::Bytes>]),
    /// A copy: filtered, scattered or converted data.
    Owned(Vec<T>),
}

impl<'f, T: Element> Form<'f, T> {
    /// The strongest borrowed form of `bytes`.
    pub(crate) fn borrowed(bytes: &'f [u8], order: ByteOrder) -> Option<Self> {
        if order == ByteOrder::NATIVE || size_of::<T>() == 1 {
            if let Ok(values) = bytemuck::try_cast_slice(bytes) {
                return Some(Form::Native(values));
            }
        }
        match order {
            ByteOrder::Little => bytemuck::try_cast_slice(bytes).ok().map(Form::Little),
            ByteOrder::Big => bytemuck::try_cast_slice(bytes).ok().map(Form::Big),
        }
    }
}

impl<T: Element> From<Vec<T>> for Values<'_, T> {
    fn from(values: Vec<T>) -> Self {
        Self::owned(values)
    }
}

impl<'f, T: Element> Values<'f, T> {
    /// Numbers that are a copy, in one dimension.
    pub fn owned(values: Vec<T>) -> Self {
        Self::new(&[values.len() as u64], Form::Owned(values))
    }

    /// They as another type that has the same numbers in the same bytes: itself.
    ///
    /// # Errors
    /// They, where the types are not the same.
    pub fn cast<U: Element>(self) -> Result<Values<'f, U>, Self> {
        if T::TYPE != U::TYPE {
            return Err(self);
        }
        let form = match &self.form {
            Form::Native(values) => bytemuck::try_cast_slice(values).ok().map(Form::Native),
            Form::Little(values) => bytemuck::try_cast_slice(values).ok().map(Form::Little),
            Form::Big(values) => bytemuck::try_cast_slice(values).ok().map(Form::Big),
            Form::Owned(_) => None,
        };
        let Values { shape, form: own } = self;
        match (form, own) {
            (Some(form), _) => Ok(Values { shape, form }),
            (None, Form::Owned(values)) => match bytemuck::allocation::try_cast_vec(values) {
                Ok(values) => Ok(Values { shape, form: Form::Owned(values) }),
                Err((_, values)) => Err(Values { shape, form: Form::Owned(values) }),
            },
            (None, form) => Err(Values { shape, form }),
        }
    }

    pub(crate) fn new(shape: &[u64], form: Form<'f, T>) -> Self {
        Values { shape: InlineVec::of(shape), form }
    }

    /// The lengths of the region.
    pub fn shape(&self) -> &[u64] {
        self.shape.as_slice()
    }

    /// How the numbers are held.
    pub fn form(&self) -> &Form<'f, T> {
        &self.form
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        match &self.form {
            Form::Native(values) => values.len(),
            Form::Little(values) => values.len(),
            Form::Big(values) => values.len(),
            Form::Owned(values) => values.len(),
        }
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether nothing was copied.
    pub fn is_borrowed(&self) -> bool {
        !matches!(self.form, Form::Owned(_))
    }

    /// One element, counted in C order.
    pub fn get(&self, index: usize) -> Option<T> {
        match &self.form {
            Form::Native(values) => values.get(index).copied(),
            Form::Little(values) => values.get(index).map(|v| v.get()),
            Form::Big(values) => values.get(index).map(|v| v.get()),
            Form::Owned(values) => values.get(index).copied(),
        }
    }

    /// The slice, where this machine's form is held.
    pub fn as_slice(&self) -> Option<&[T]> {
        match &self.form {
            Form::Native(values) => Some(values),
            Form::Owned(values) => Some(values),
            _ => None,
        }
    }

    /// All elements, one by one.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(match &self.form {
            Form::Native(values) => Slice::Native(values.iter()),
            Form::Little(values) => Slice::Little(values.iter()),
            Form::Big(values) => Slice::Big(values.iter()),
            Form::Owned(values) => Slice::Native(values.iter()),
        })
    }

    /// Copies all elements into `target`.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a target of another length.
    pub fn copy_to(&self, target: &mut [T]) -> Result<()> {
        if target.len() != self.len() {
            return Err(Error::usage(format!("a target of {} elements for {}", target.len(), self.len())));
        }
        match &self.form {
            Form::Native(values) => target.copy_from_slice(values),
            Form::Owned(values) => target.copy_from_slice(values),
            Form::Little(values) => target.iter_mut().zip(*values).for_each(|(place, value)| *place = value.get()),
            Form::Big(values) => target.iter_mut().zip(*values).for_each(|(place, value)| *place = value.get()),
        }
        Ok(())
    }

    /// All elements, copied unless they are owned already.
    pub fn into_vec(self) -> Vec<T> {
        if let Form::Owned(values) = self.form {
            return values;
        }
        let mut copy = source::zeroed(self.len() as u64).unwrap_or_else(|_| vec![T::default(); self.len()]);
        copy.iter_mut().zip(self.iter()).for_each(|(place, value)| *place = value);
        copy
    }
}

impl<'v, T: Element> IntoIterator for &'v Values<'_, T> {
    type Item = T;
    type IntoIter = Iter<'v, T>;

    fn into_iter(self) -> Iter<'v, T> {
        self.iter()
    }
}

impl<T: Element> PartialEq<[T]> for Values<'_, T> {
    fn eq(&self, other: &[T]) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter().copied())
    }
}

impl<T: Element, const N: usize> PartialEq<[T; N]> for Values<'_, T> {
    fn eq(&self, other: &[T; N]) -> bool {
        *self == other[..]
    }
}

/// The elements of [`Values`], one by one.
#[derive(Debug, Clone)]
pub struct Iter<'v, T: Element>(Slice<'v, T>);

#[derive(Debug, Clone)]
enum Slice<'v, T: Element> {
    Native(std::slice::Iter<'v, T>),
    Little(std::slice::Iter<'v, Le<T::Bytes>>),
    Big(std::slice::Iter<'v, Be<T::Bytes>>),
}

impl<T: Element> Iterator for Iter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        match &mut self.0 {
            Slice::Native(values) => values.next().copied(),
            Slice::Little(values) => values.next().map(|value| value.get()),
            Slice::Big(values) => values.next().map(|value| value.get()),
        }
    }

    fn nth(&mut self, n: usize) -> Option<T> {
        match &mut self.0 {
            Slice::Native(values) => values.nth(n).copied(),
            Slice::Little(values) => values.nth(n).map(|value| value.get()),
            Slice::Big(values) => values.nth(n).map(|value| value.get()),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Slice::Native(values) => values.size_hint(),
            Slice::Little(values) => values.size_hint(),
            Slice::Big(values) => values.size_hint(),
        }
    }

    /// The form is looked at once and not for every element.
    fn fold<B, F: FnMut(B, T) -> B>(self, init: B, mut f: F) -> B {
        match self.0 {
            Slice::Native(values) => values.copied().fold(init, f),
            Slice::Little(values) => values.fold(init, |folded, value| f(folded, value.get())),
            Slice::Big(values) => values.fold(init, |folded, value| f(folded, value.get())),
        }
    }
}

impl<T: Element> DoubleEndedIterator for Iter<'_, T> {
    fn next_back(&mut self) -> Option<T> {
        match &mut self.0 {
            Slice::Native(values) => values.next_back().copied(),
            Slice::Little(values) => values.next_back().map(|value| value.get()),
            Slice::Big(values) => values.next_back().map(|value| value.get()),
        }
    }
}

impl<T: Element> ExactSizeIterator for Iter<'_, T> {}
impl<T: Element> FusedIterator for Iter<'_, T> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_are_the_same_numbers() {
        let numbers: [i32; 4] = [1, -2, 3, i32::MIN];
        let little: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        let big: Vec<u8> = numbers.iter().flat_map(|n| n.to_be_bytes()).collect();
        let all = [
            Values::new(&[2, 2], Form::Native(&numbers)),
            Values::new(&[2, 2], Form::Little(bytemuck::cast_slice(&little))),
            Values::new(&[2, 2], Form::Big(bytemuck::cast_slice(&big))),
            Values::new(&[2, 2], Form::Owned(numbers.to_vec())),
        ];
        for values in all {
            assert_eq!(values, numbers);
            assert_eq!((values.shape(), values.len(), values.iter().len()), (&[2, 2][..], 4, 4));
            assert_eq!(values.iter().rev().collect::<Vec<_>>(), [i32::MIN, 3, -2, 1]);
            assert_eq!((values.get(1), values.get(4), values.iter().nth(2)), (Some(-2), None, Some(3)));
            let mut copy = [0; 4];
            values.copy_to(&mut copy).unwrap();
            assert_eq!(copy, numbers);
            assert!(values.copy_to(&mut [0; 3]).is_err() && values.copy_to(&mut [0; 5]).is_err());
            assert_eq!(values.iter().fold(0i64, |sum, n| sum + i64::from(n)), 2 + i64::from(i32::MIN));
            assert_eq!((&values).into_iter().max(), Some(3));
            assert_eq!(values.into_vec(), numbers);
        }
    }
}
