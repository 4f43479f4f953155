//! Views without a lifetime: what NumPy arrays, threads and caches hold on to.

use super::borrow::BorrowError;
use super::raw::ElementForm;
use super::values::{Form, Values};
use crate::element::{ByteOrder, Element, NotBorrowable, NumberType};
use crate::error::{Error, Result};
use crate::limits;
use crate::placement::{byte_strides, span, ByteStrides};
use crate::shape::{self, Selection};
use crate::source::{Bytes, Source};

/// Numbers of a file as an array of any strides, with a handle of the file: `'static`, [`Send`], [`Sync`], cheap to clone.
///
/// It holds where the numbers are and what they are, not what they are worth: the element type is named when they are
/// used, and is checked then, as is the place. [`Array::share`](super::Array::share) makes one.
///
/// ```
/// # fn main() -> hyperslab::Result<()> {
/// # use hyperslab::netcdf::{Container, File, Schema, Type, Variable, VariableId, Writer};
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.nc");
/// # let mut schema = Schema::new(Container::NetCdf4);
/// # let time = schema.add_dimension("time", 0, true);
/// # let nodes = schema.add_dimension("nodes", 2, false);
/// # schema.add_variable(Variable::new("u", Type::Double, vec![time, nodes]));
/// # let writer = Writer::create(&path, schema, false)?;
/// # writer.write(VariableId(0), &hyperslab::Selection::all(&[3, 2]), &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])?;
/// # writer.finish()?;
/// let steps = {
///     let file = File::from_bytes(std::fs::read(&path).unwrap())?;
///     file.find("/u").unwrap().share(..)?
/// }; // the view holds the file
/// assert_eq!(steps.shape(), [3, 2]);
/// let node = steps.index_axis(1, 1)?; // one node through all steps: no copy
/// let sum = std::thread::spawn(move || node.iter::<f64>().map(|node| node.sum::<f64>()));
/// assert_eq!(sum.join().unwrap()?, 12.0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct View {
    /// From the first element to the end of the last one.
    bytes: Bytes,
    shape: Vec<usize>,
    strides: Vec<usize>,
    number: NumberType,
    order: ByteOrder,
    is_copy: bool,
}

impl View {
    /// Elements without gaps.
    pub(super) fn dense(bytes: Bytes, region: &Selection, element: ElementForm) -> Result<Self> {
        let strides = byte_strides(&region.count, element.size)?;
        Self::new(bytes, &region.count, &strides, element)
    }

    /// Elements that were read.
    pub(super) fn copied(bytes: Vec<u8>, region: &Selection, element: ElementForm) -> Result<Self> {
        let len = bytes.len() as u64;
        let bytes = Bytes::of(&Source::from_bytes(bytes), 0, len)?.ok_or_else(|| Error::usage("memory is borrowed"))?;
        Ok(View { is_copy: true, ..Self::dense(bytes, region, element)? })
    }

    /// Elements at constant distances in a source.
    pub(super) fn with_strides(
        source: &Source,
        strides: &ByteStrides,
        shape: &[u64],
        element: ElementForm,
    ) -> Result<Self, BorrowError> {
        let len = span(shape, &strides.strides, element.size)?;
        if strides.offset.checked_add(len).is_none_or(|end| end > source.len()) {
            return Err(NotBorrowable::NotAllocated.into());
        }
        let bytes = Bytes::of(source, strides.offset, len)?.ok_or(NotBorrowable::NotMapped)?;
        Ok(Self::new(bytes, shape, &strides.strides, element)?)
    }

    fn new(bytes: Bytes, shape: &[u64], strides: &[u64], element: ElementForm) -> Result<Self> {
        let number = element.number.ok_or_else(|| Error::usage("the elements are no numbers"))?;
        let sizes = |list: &[u64]| list.iter().map(|&n| limits::to_usize(n)).collect::<Result<Vec<_>>>();
        let strides = sizes(strides)?;
        Ok(View { bytes, shape: sizes(shape)?, strides, number, order: element.order, is_copy: false })
    }

    /// The lengths.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Distances in bytes between neighbours along each dimension.
    pub fn strides(&self) -> &[usize] {
        &self.strides
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        if self.is_empty() {
            return 0;
        }
        self.shape.iter().fold(1, |product, &length| product.saturating_mul(length))
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }

    /// The type of the elements.
    pub fn number(&self) -> NumberType {
        self.number
    }

    /// The order of their bytes.
    pub fn order(&self) -> ByteOrder {
        self.order
    }

    /// Whether nothing was copied: the bytes are those of the file, or of the memory that it was opened from.
    pub fn is_borrowed(&self) -> bool {
        !self.is_copy
    }

    /// The bytes from the first element to the end of the last one, with whatever lies between them.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Everything at one index of an axis, which goes away.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if there is no such axis or index.
    pub fn index_axis(&self, axis: usize, index: usize) -> Result<Self> {
        let mut view = self.narrowed(axis, index, 1)?;
        view.shape.remove(axis);
        view.strides.remove(axis);
        Ok(view)
    }

    /// A range of indices of an axis.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if there is no such axis or range.
    pub fn slice_axis(&self, axis: usize, indices: std::ops::Range<usize>) -> Result<Self> {
        self.narrowed(axis, indices.start, indices.end.saturating_sub(indices.start))
    }

    fn narrowed(&self, axis: usize, start: usize, count: usize) -> Result<Self> {
        let refused = || Error::usage(format!("{count} indices from {start} of axis {axis} of {:?}", self.shape));
        let is_inside = |&length: &usize| start.checked_add(count).is_some_and(|end| end <= length);
        self.shape.get(axis).copied().filter(is_inside).ok_or_else(refused)?;
        let stride = self.strides.get(axis).copied().ok_or_else(refused)?;
        let mut shape: Vec<u64> = self.shape.iter().map(|&n| n as u64).collect();
        shape.get_mut(axis).map(|length| *length = count as u64).ok_or_else(refused)?;
        let strides: Vec<u64> = self.strides.iter().map(|&n| n as u64).collect();
        let len = span(&shape, &strides, self.number.size())?;
        // The place of nothing is anywhere, for instance where it cannot be outside.
        let offset = if len == 0 { 0 } else { (start as u64).saturating_mul(stride as u64) };
        let mut view = self.clone();
        view.bytes = self.bytes.part(offset, len)?;
        view.shape.get_mut(axis).map(|length| *length = count).ok_or_else(refused)?;
        Ok(view)
    }

    /// The transposed view: the axes in the opposite order.
    #[must_use]
    pub fn reversed_axes(mut self) -> Self {
        self.shape.reverse();
        self.strides.reverse();
        self
    }

    /// Whether the elements follow each other without gaps, in C order.
    pub fn is_dense(&self) -> bool {
        let shape: Vec<u64> = self.shape.iter().map(|&n| n as u64).collect();
        let dense = shape::strides(&shape).into_iter().map(|stride| stride.saturating_mul(self.number.size()));
        let axes = self.strides.iter().zip(dense).zip(&shape);
        self.is_empty() || axes.into_iter().all(|((&stride, dense), &length)| length == 1 || stride as u64 == dense)
    }

    /// The numbers as a plain slice, or the exact reason why not.
    ///
    /// # Errors
    /// [`BorrowError::No`].
    pub fn as_slice<T: Element>(&self) -> Result<&[T], BorrowError> {
        self.is::<T>()?;
        if !self.is_dense() {
            return Err(NotBorrowable::Scattered.into());
        }
        if self.order != ByteOrder::NATIVE && size_of::<T>() > 1 {
            return Err(NotBorrowable::ByteOrder.into());
        }
        bytemuck::try_cast_slice(&self.bytes).map_err(|_| NotBorrowable::Misaligned.into())
    }

    /// The numbers, borrowed where they follow each other without gaps.
    ///
    /// # Errors
    /// [`NotBorrowable::Type`] for another type; [`Kind::Limit`](crate::Kind::Limit) when there is no memory for a copy.
    pub fn values<T: Element>(&self) -> Result<Values<'_, T>, BorrowError> {
        self.is::<T>()?;
        let shape: Vec<u64> = self.shape.iter().map(|&length| length as u64).collect();
        if let Some(form) = self.is_dense().then(|| Form::borrowed(&self.bytes, self.order)).flatten() {
            return Ok(Values::new(&shape, form));
        }
        let mut copy = crate::source::zeroed(self.len() as u64)?;
        self.copy_to(&mut copy)?;
        Ok(Values::new(&shape, Form::Owned(copy)))
    }

    /// One element.
    ///
    /// # Errors
    /// [`NotBorrowable::Type`] for another type.
    pub fn get<T: Element>(&self, index: &[usize]) -> Result<Option<T>, BorrowError> {
        self.is::<T>()?;
        if index.len() != self.shape.len() || index.iter().zip(&self.shape).any(|(index, length)| index >= length) {
            return Ok(None);
        }
        let offset =
            index.iter().zip(&self.strides).fold(0usize, |at, (index, stride)| at.saturating_add(index * stride));
        Ok(element_at(&self.bytes, offset, self.order))
    }

    /// All elements, one by one, the last axis fastest.
    ///
    /// # Errors
    /// [`NotBorrowable::Type`] for another type.
    pub fn iter<T: Element>(&self) -> Result<Elements<'_, T>, BorrowError> {
        self.is::<T>()?;
        let (axis, left) = (vec![0; self.shape.len()], self.len());
        Ok(Elements { view: self, bytes: &self.bytes, index: axis, offset: 0, left, element: std::marker::PhantomData })
    }

    /// Copies all elements into `target`, the last axis fastest.
    ///
    /// # Errors
    /// [`NotBorrowable::Type`] for another type, [`Kind::Usage`](crate::Kind::Usage) for a target of another length.
    pub fn copy_to<T: Element>(&self, target: &mut [T]) -> Result<(), BorrowError> {
        if target.len() != self.len() {
            return Err(Error::usage(format!("a target of {} elements for {:?}", target.len(), self.shape)).into());
        }
        match self.is_dense().then(|| Form::<T>::borrowed(&self.bytes, self.order)).flatten() {
            Some(_) => self.values::<T>()?.copy_to(target)?,
            None => target.iter_mut().zip(self.iter()?).for_each(|(place, value)| *place = value),
        }
        Ok(())
    }

    /// Refuses another type than that of the elements.
    pub(super) fn is<T: Element>(&self) -> Result<(), BorrowError> {
        match self.number == T::TYPE {
            true => Ok(()),
            false => Err(NotBorrowable::Type.into()),
        }
    }
}

/// The number at a position.
fn element_at<T: Element>(bytes: &[u8], offset: usize, order: ByteOrder) -> Option<T> {
    let stored = bytes.get(offset..)?.get(..size_of::<T>())?;
    let number: T = bytemuck::pod_read_unaligned(stored);
    Some(if order == ByteOrder::NATIVE { number } else { number.swap_bytes() })
}

/// The elements of a [`View`], one by one.
#[derive(Debug, Clone)]
pub struct Elements<'v, T> {
    view: &'v View,
    bytes: &'v [u8],
    /// The next index along each axis, and its place.
    index: Vec<usize>,
    offset: usize,
    left: usize,
    element: std::marker::PhantomData<T>,
}

impl<T> Elements<'_, T> {
    /// Moves on to the next index.
    fn advance(&mut self) {
        let axes = self.index.iter_mut().zip(&self.view.shape).zip(&self.view.strides).rev();
        for ((index, &length), &stride) in axes {
            *index += 1;
            self.offset = self.offset.wrapping_add(stride);
            if *index < length {
                return;
            }
            self.offset = self.offset.wrapping_sub(stride.wrapping_mul(length));
            *index = 0;
        }
    }
}

impl<T: Element> Iterator for Elements<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        let value = element_at(self.bytes, self.offset, self.view.order);
        self.advance();
        value
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T: Element> ExactSizeIterator for Elements<'_, T> {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three rows of two big-endian numbers, each row behind a byte that is none of theirs.
    fn rows() -> View {
        let bytes: Vec<u8> = (0u8..3).flat_map(|row| [0xFF, 0, row, 0, 10 + row]).collect();
        let strides = ByteStrides { offset: 1, strides: vec![5, 2] };
        let element = ElementForm { size: 2, number: Some(NumberType::U16), order: ByteOrder::Big, is_value: true };
        View::with_strides(&Source::from_bytes(bytes), &strides, &[3, 2], element).unwrap()
    }

    #[test]
    fn elements_between_others_are_found() {
        let view = rows();
        assert_eq!(view.iter::<u16>().unwrap().collect::<Vec<_>>(), [0, 10, 1, 11, 2, 12]);
        assert_eq!((view.len(), view.iter::<u16>().unwrap().len(), view.is_dense()), (6, 6, false));
        assert_eq!(view.get::<u16>(&[2, 1]).unwrap(), Some(12));
        assert_eq!(view.get::<u16>(&[3, 0]).unwrap(), None);
        assert_eq!(view.values::<u16>().unwrap(), [0, 10, 1, 11, 2, 12]);
        assert!(view.is_borrowed() && view.as_slice::<u16>().is_err());
        assert_eq!(view.iter::<i16>().err().and_then(|e| e.reason()), Some(NotBorrowable::Type));
        assert!(view.copy_to::<u16>(&mut [0; 5]).is_err());
    }

    #[test]
    fn parts_and_transposes_are_views() {
        let view = rows();
        let collect = |view: &View| view.iter::<u16>().unwrap().collect::<Vec<_>>();
        assert_eq!(collect(&view.index_axis(1, 1).unwrap()), [10, 11, 12]);
        let row = view.index_axis(0, 2).unwrap();
        assert_eq!((collect(&row), row.is_dense()), (vec![2, 12], true));
        assert_eq!(collect(&view.slice_axis(0, 1..3).unwrap()), [1, 11, 2, 12]);
        assert!(collect(&view.slice_axis(0, 3..3).unwrap()).is_empty());
        assert_eq!(collect(&view.clone().reversed_axes()), [0, 1, 2, 10, 11, 12]);
        assert!(view.index_axis(0, 3).is_err() && view.index_axis(2, 0).is_err());
        assert!(view.slice_axis(1, 1..3).is_err());
    }
}
