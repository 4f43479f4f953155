//! The one typed array: numbers of any region, borrowed, shared or copied, whatever holds them.

mod blocks;
mod borrow;
mod byte_strides;
mod chunks;
#[cfg(feature = "ndarray")]
mod ndarray;
mod raw;
mod read;
mod region;
#[cfg(feature = "ndarray")]
mod strided;
mod values;
mod view;

use std::borrow::Cow;
use std::sync::Arc;

use crate::element::{ByteOrder, NumberType};
use crate::error::{Error, Result};
use crate::shape::{self, Selection};

pub(crate) use borrow::if_any;
pub use borrow::BorrowError;
pub use chunks::{Chunk, Chunks};
pub(crate) use raw::{ElementForm, Raw};
pub use region::{Indices, Region};
#[cfg(feature = "ndarray")]
pub use strided::Strided;
pub use values::{Form, Iter, Values};
pub use view::{Elements, View};

/// An array of an open file: what [`netcdf::Array`](crate::netcdf::Array) and [`hdf5::Dataset`](crate::hdf5::Dataset)
/// have in common.
///
/// It is a handle that keeps the file open: clones are cheap, and go to any thread. There are four ways to numbers, in
/// this order of preference:
///
/// | | | copies |
/// |---|---|---|
/// | [`Array::view`] | [`Values`] that live as long as this handle is borrowed | only if the bytes allow nothing else |
/// | [`Array::share`] | a [`View`] without a lifetime, of any strides | only if the bytes allow nothing else |
/// | [`Array::read_into`] | into a buffer of the caller's | once, with conversion |
/// | [`Array::read`] | a new vector | once, with conversion |
///
/// A region is a [`Selection`] or made of ranges: `(3, 10..20, ..)`; see [`Region`].
#[derive(Debug, Clone)]
pub struct Array {
    raw: Arc<dyn Raw>,
}

impl Array {
    pub(crate) fn new(raw: Arc<dyn Raw>) -> Self {
        Array { raw }
    }

    /// The current lengths.
    pub fn shape(&self) -> &[u64] {
        self.raw.shape()
    }

    /// The path in the file.
    pub fn path(&self) -> String {
        self.raw.path()
    }

    /// The number of elements.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when it does not fit 64 bits.
    pub fn len(&self) -> Result<u64> {
        shape::count(self.shape())
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.shape().contains(&0)
    }

    /// Everything.
    pub fn all(&self) -> Selection {
        Selection::all(self.shape())
    }

    /// The standard type of the elements, if they have one.
    pub fn number(&self) -> Option<NumberType> {
        self.raw.element().number
    }

    /// The byte order of the stored elements.
    pub fn order(&self) -> ByteOrder {
        self.raw.element().order
    }

    /// The shape of the chunks, if the array is chunked.
    pub fn chunk(&self) -> Option<&[u64]> {
        self.raw.chunk()
    }

    /// Whether the data pass through filters.
    pub fn is_filtered(&self) -> bool {
        self.raw.is_filtered()
    }

    /// A region as a selection that lies within the shape.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a region outside of the array.
    pub fn select<'r>(&self, region: impl Region<'r>) -> Result<Cow<'r, Selection>> {
        let checked = region.select(self.shape()).and_then(|region| region.check(self.shape()).map(|()| region));
        self.told(checked)
    }

    /// The size of a region as stored.
    fn stored_bytes(&self, region: &Selection) -> Result<u64> {
        shape::bytes(&region.count, self.raw.element().size)
    }

    /// Refuses more bytes of values than the limits allow to hold at once.
    pub(crate) fn admit(&self, bytes: u64) -> Result<()> {
        self.told(self.raw.admit(bytes))
    }

    /// Refuses an array of which far more was never written than is in the file: reading it takes time in proportion to what
    /// it claims. See [`Limits::fill_bytes`](crate::Limits::fill_bytes).
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit), or what is wrong with the index of its chunks.
    pub fn check_written(&self) -> Result<()> {
        self.admit(self.told(shape::bytes(self.shape(), self.raw.element().size))?)
    }

    /// The result, with the name of the array in its error.
    fn told<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| self.named(error))
    }

    fn named(&self, error: Error) -> Error {
        error.in_object(self.path())
    }
}
