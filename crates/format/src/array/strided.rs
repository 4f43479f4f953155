//! Whole arrays as one view, where their elements lie at constant distances: the steps of a result in chunks or
//! records that follow each other evenly.

use ndarray::{ArrayD, ArrayView, ArrayViewD, Axis, IxDyn, ShapeBuilder};

use super::borrow::BorrowError;
use super::byte_strides::stacked;
use super::view::View;
use super::Array;
use crate::element::{Be, ByteOrder, Element, Le, NotBorrowable};
use crate::error::{Error, Result};
use crate::limits;
use crate::placement::{byte_strides, span, ByteStrides};

/// A whole array, borrowed from the file as one with strides of its own: no copy, however many chunks or
/// records it is in.
///
/// ```
/// # fn main() -> hyperslab::Result<()> {
/// # use hyperslab::netcdf::{Container, File, Schema, Type, Variable, VariableId, Writer};
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.nc");
/// # let mut schema = Schema::new(Container::Cdf2);
/// # let time = schema.add_dimension("time", 0, true);
/// # let nodes = schema.add_dimension("nodes", 2, false);
/// # schema.add_variable(Variable::new("t", Type::Double, vec![time]));
/// # schema.add_variable(Variable::new("u", Type::Double, vec![time, nodes]));
/// # let writer = Writer::create(&path, schema, false)?;
/// # writer.write(VariableId(0), &hyperslab::Selection::block(vec![0], vec![3]), &[0.0, 1.0, 2.0])?;
/// # writer.write(VariableId(1), &hyperslab::Selection::block(vec![0, 0], vec![3, 2]), &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0])?;
/// # writer.finish()?;
/// # let bytes = std::fs::read(&path).unwrap();
/// // Two variables take turns in the records of this file: `u` is in three pieces.
/// let file = File::from_source(hyperslab::Source::from_bytes(bytes))?;
/// let array = file.find("u").unwrap();
/// let steps = array.strided::<f64>()?;
/// assert_eq!(steps.shape(), [3, 2]);
/// assert_eq!(steps.get(&[1, 0]), Some(3.0));
/// let node: Vec<f64> = steps.index_axis(1, 1)?.iter().collect(); // one node through all steps
/// assert_eq!(node, [2.0, 4.0, 6.0]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub enum Strided<'f, T: Element> {
    /// Aligned and in this machine's order.
    Native(ArrayViewD<'f, T>),
    /// Little-endian bytes at any address.
    Little(ArrayViewD<'f, Le<T::Bytes>>),
    /// Big-endian bytes at any address.
    Big(ArrayViewD<'f, Be<T::Bytes>>),
}

impl<'f, T: Element> Strided<'f, T> {
    /// The strongest form of the elements of `bytes` at these distances in bytes.
    fn new(bytes: &'f [u8], order: ByteOrder, shape: &[u64], strides: &[u64]) -> Result<Self, NotBorrowable> {
        let (shape, strides) = in_elements(shape, strides, size_of::<T>() as u64).ok_or(NotBorrowable::Scattered)?;
        if order == ByteOrder::NATIVE || size_of::<T>() == 1 {
            if let Ok(values) = bytemuck::try_cast_slice(bytes) {
                return view(values, shape, strides).map(Strided::Native);
            }
        }
        // These have no alignment, so that only the length can be wrong.
        match order {
            ByteOrder::Little => view(cast(bytes)?, shape, strides).map(Strided::Little),
            ByteOrder::Big => view(cast(bytes)?, shape, strides).map(Strided::Big),
        }
    }

    /// Several arrays of one file, of equal types and shapes and at a constant distance, as one view with the arrays along a
    /// new first axis.
    ///
    /// # Errors
    /// As [`Array::strided`]; [`Kind::Usage`](crate::Kind::Usage) for arrays of different files or shapes, or none.
    pub fn stack(arrays: &[&'f Array]) -> Result<Self, BorrowError> {
        let (first, strides, shape) = stacked::<T>(arrays)?;
        first.over(&strides, &shape)
    }

    /// The lengths.
    pub fn shape(&self) -> &[usize] {
        match self {
            Strided::Native(view) => view.shape(),
            Strided::Little(view) => view.shape(),
            Strided::Big(view) => view.shape(),
        }
    }

    /// One element.
    pub fn get(&self, index: &[usize]) -> Option<T> {
        match self {
            Strided::Native(view) => view.get(IxDyn(index)).copied(),
            Strided::Little(view) => view.get(IxDyn(index)).map(|v| v.get()),
            Strided::Big(view) => view.get(IxDyn(index)).map(|v| v.get()),
        }
    }

    /// The view, where the file holds this machine's form.
    pub fn native(&self) -> Option<&ArrayViewD<'f, T>> {
        match self {
            Strided::Native(view) => Some(view),
            _ => None,
        }
    }

    /// Everything at one index of an axis, which goes away.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if there is no such axis or index.
    pub fn index_axis(self, axis: usize, index: usize) -> Result<Self> {
        if self.shape().get(axis).is_none_or(|&length| index >= length) {
            return Err(Error::usage(format!("index {index} of axis {axis} of {:?}", self.shape())));
        }
        let axis = Axis(axis);
        Ok(match self {
            Strided::Native(view) => Strided::Native(view.index_axis_move(axis, index)),
            Strided::Little(view) => Strided::Little(view.index_axis_move(axis, index)),
            Strided::Big(view) => Strided::Big(view.index_axis_move(axis, index)),
        })
    }

    /// The transposed view: the axes in the opposite order.
    #[must_use]
    pub fn reversed_axes(self) -> Self {
        match self {
            Strided::Native(view) => Strided::Native(view.reversed_axes()),
            Strided::Little(view) => Strided::Little(view.reversed_axes()),
            Strided::Big(view) => Strided::Big(view.reversed_axes()),
        }
    }

    /// All elements, one by one, the last axis fastest.
    pub fn iter(&self) -> Box<dyn Iterator<Item = T> + '_> {
        match self {
            Strided::Native(view) => Box::new(view.iter().copied()),
            Strided::Little(view) => Box::new(view.iter().map(|v| v.get())),
            Strided::Big(view) => Box::new(view.iter().map(|v| v.get())),
        }
    }

    /// A copy in this machine's form.
    pub fn to_owned(&self) -> ArrayD<T> {
        match self {
            Strided::Native(view) => view.to_owned(),
            Strided::Little(view) => view.map(|v| v.get()),
            Strided::Big(view) => view.map(|v| v.get()),
        }
    }
}

impl Array {
    /// The whole array as one view without a copy, where its elements lie at constant distances in the file:
    /// contiguous data, classic records, and unfiltered chunks of one step each that follow each other evenly. The
    /// place of every chunk is checked.
    ///
    /// # Errors
    /// [`BorrowError::No`] where the bytes do not allow it; otherwise what is wrong with the file.
    pub fn strided<T: Element>(&self) -> Result<Strided<'_, T>, BorrowError> {
        if self.number() != Some(T::TYPE) {
            return Err(NotBorrowable::Type.into());
        }
        match self.borrow_bytes(..) {
            Ok(bytes) => {
                let strides = byte_strides(self.shape(), size_of::<T>() as u64)?;
                Ok(Strided::new(bytes, self.order(), self.shape(), &strides)?)
            }
            Err(BorrowError::No(NotBorrowable::Scattered)) => self.over(&self.byte_strides()?, self.shape()),
            Err(error) => Err(error),
        }
    }

    /// The view of an array of this shape at these distances.
    fn over<T: Element>(&self, strides: &ByteStrides, shape: &[u64]) -> Result<Strided<'_, T>, BorrowError> {
        let len = span(shape, &strides.strides, size_of::<T>() as u64)?;
        let source = self.raw.source();
        if strides.offset.checked_add(len).is_none_or(|end| end > source.len()) {
            return Err(NotBorrowable::NotAllocated.into());
        }
        let bytes = self.told(source.borrow(strides.offset, len))?.ok_or(NotBorrowable::NotMapped)?;
        Ok(Strided::new(bytes, self.order(), shape, &strides.strides)?)
    }
}

impl View {
    /// The numbers as an array of `ndarray`, without a copy.
    ///
    /// # Errors
    /// [`NotBorrowable::Type`] for another type, [`NotBorrowable::Scattered`] for distances that are no whole number of
    /// elements.
    pub fn strided<T: Element>(&self) -> Result<Strided<'_, T>, BorrowError> {
        self.is::<T>()?;
        let wide = |list: &[usize]| list.iter().map(|&n| n as u64).collect::<Vec<_>>();
        Ok(Strided::new(self.bytes(), self.order(), &wide(self.shape()), &wide(self.strides()))?)
    }
}

/// Lengths, and distances counted in elements; `None` where they are no whole number of them.
fn in_elements(shape: &[u64], strides: &[u64], size: u64) -> Option<(Vec<usize>, Vec<usize>)> {
    let lengths = shape.iter().map(|&length| limits::to_usize(length).ok()).collect::<Option<Vec<_>>>()?;
    let strides = shape.iter().zip(strides).map(|(&length, &stride)| match length {
        // There is no second element for the distance to matter.
        0 | 1 => Some(0),
        _ if stride.is_multiple_of(size) => usize::try_from(stride / size).ok(),
        _ => None,
    });
    Some((lengths, strides.collect::<Option<Vec<_>>>()?))
}

fn cast<E: bytemuck::Pod>(bytes: &[u8]) -> Result<&[E], NotBorrowable> {
    bytemuck::try_cast_slice(bytes).map_err(|_| NotBorrowable::Misaligned)
}

/// The view; elements that overlap are none that we would call one array.
fn view<E>(values: &[E], shape: Vec<usize>, strides: Vec<usize>) -> Result<ArrayViewD<'_, E>, NotBorrowable> {
    ArrayView::from_shape(IxDyn(&shape).strides(IxDyn(&strides)), values).map_err(|_| NotBorrowable::Scattered)
}

#[cfg(test)]
mod tests;
