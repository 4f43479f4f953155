//! Regions without a copy.

use std::fmt;

use super::{Array, Form, Region, Values, View};
use crate::element::{Borrowable, ByteOrder, Element, NotBorrowable};
use crate::error::{Error, Result};
use crate::shape::Selection;

/// Why nothing was borrowed: because the bytes do not allow it, or because of an error.
///
/// It turns into an [`Error`], so that `?` works wherever the reason does not matter.
#[derive(Debug)]
pub enum BorrowError {
    /// The bytes do not allow it; reading works.
    No(NotBorrowable),
    /// The file is broken, or the region is none of the array.
    Error(Error),
}

impl BorrowError {
    /// Why the bytes do not allow it, if that is the reason.
    pub fn reason(&self) -> Option<NotBorrowable> {
        match self {
            BorrowError::No(reason) => Some(*reason),
            BorrowError::Error(_) => None,
        }
    }

    /// Adds the name of the object.
    pub(super) fn in_object(self, path: impl FnOnce() -> String) -> Self {
        match self {
            BorrowError::Error(error) => BorrowError::Error(error.in_object(path())),
            no => no,
        }
    }
}

impl From<NotBorrowable> for BorrowError {
    fn from(reason: NotBorrowable) -> Self {
        BorrowError::No(reason)
    }
}

impl From<Error> for BorrowError {
    fn from(error: Error) -> Self {
        BorrowError::Error(error)
    }
}

impl From<BorrowError> for Error {
    fn from(error: BorrowError) -> Self {
        match error {
            BorrowError::No(reason) => Error::usage(format!("cannot be borrowed: {reason}")),
            BorrowError::Error(error) => error,
        }
    }
}

impl fmt::Display for BorrowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BorrowError::No(reason) => write!(f, "cannot be borrowed: {reason}"),
            BorrowError::Error(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BorrowError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            BorrowError::No(reason) => Some(reason),
            BorrowError::Error(error) => Some(error),
        }
    }
}

/// What was borrowed, `None` where the bytes do not allow it.
///
/// # Errors
/// Any other error.
pub(crate) fn if_any<B>(borrowed: Result<B, BorrowError>) -> Result<Option<B>> {
    match borrowed {
        Ok(borrowed) => Ok(Some(borrowed)),
        Err(BorrowError::No(_)) => Ok(None),
        Err(BorrowError::Error(error)) => Err(error),
    }
}

impl Array {
    /// A region as a plain slice of the file, or the exact reason why not.
    ///
    /// ```
    /// # fn main() -> hyperslab::Result<()> {
    /// # use hyperslab::netcdf::{Container, File, Schema, Type, Variable, Writer};
    /// # use hyperslab::{NotBorrowable, Selection};
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.nc");
    /// # let mut schema = Schema::new(Container::NetCdf4);
    /// # let node = schema.add_dimension("node", 3, false);
    /// # let x = schema.add_variable(Variable::new("x", Type::Double, vec![node]));
    /// # let writer = Writer::create(&path, schema, false)?;
    /// # writer.write(x, &Selection::all(&[3]), &[1.0, 2.0, 4.0])?;
    /// # writer.finish()?;
    /// let file = File::from_bytes(std::fs::read(&path).unwrap())?;
    /// let x = file.find("/x").unwrap();
    /// assert_eq!(x.borrow::<f64>(1..)?, [2.0, 4.0]);
    /// assert_eq!(x.borrow::<f32>(..).unwrap_err().reason(), Some(NotBorrowable::Type));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`BorrowError::No`] where the bytes do not allow it; otherwise what is wrong with the file, or
    /// [`Kind::Usage`](crate::Kind::Usage) for a region outside of the array.
    pub fn borrow<'r, T: Element>(&self, region: impl Region<'r>) -> Result<&[T], BorrowError> {
        let element = self.raw.element();
        if element.number != Some(T::TYPE) {
            return Err(NotBorrowable::Type.into());
        }
        let bytes = self.borrow_bytes(region)?;
        if element.order != ByteOrder::NATIVE && size_of::<T>() > 1 {
            return Err(NotBorrowable::ByteOrder.into());
        }
        bytemuck::try_cast_slice(bytes).map_err(|_| NotBorrowable::Misaligned.into())
    }

    /// The stored bytes of a region that lies in one piece of the file.
    ///
    /// # Errors
    /// As [`Array::borrow`].
    pub fn borrow_bytes<'r>(&self, region: impl Region<'r>) -> Result<&[u8], BorrowError> {
        let region = self.select(region)?;
        self.stored(&region)
    }

    /// [`Array::borrow_bytes`] for whoever reads all of it now: the pages of a map come in one call.
    ///
    /// # Errors
    /// As [`Array::borrow`].
    pub fn borrow_bytes_now<'r>(&self, region: impl Region<'r>) -> Result<&[u8], BorrowError> {
        let bytes = self.borrow_bytes(region)?;
        self.raw.source().populate(bytes);
        Ok(bytes)
    }

    /// The stored bytes of a region that was checked.
    pub(super) fn stored(&self, region: &Selection) -> Result<&[u8], BorrowError> {
        self.raw.borrow(region).map_err(|error| error.in_object(|| self.path()))
    }

    /// How a region can be borrowed. Elements that are no numbers are borrowed as bytes.
    ///
    /// # Errors
    /// As [`Array::borrow`].
    pub fn borrowable<'r>(&self, region: impl Region<'r>) -> Result<Borrowable> {
        let element = self.raw.element();
        let size = match element.number {
            Some(number) => number.size(),
            None => element.is_value.into(),
        };
        let stored = match self.borrow_bytes(region) {
            Err(BorrowError::Error(error)) => return Err(error),
            Err(BorrowError::No(reason)) => Err(reason),
            Ok(bytes) => Ok(bytes),
        };
        Ok(Borrowable::of(stored, size, element.order))
    }

    /// A region without a copy wherever the file's bytes allow it, in any byte order and at any address.
    ///
    /// # Errors
    /// As [`Array::read`].
    pub fn view<'r, T: Element>(&self, region: impl Region<'r>) -> Result<Values<'_, T>> {
        let region = self.select(region)?;
        let element = self.raw.element();
        if element.number == Some(T::TYPE) {
            if let Some(bytes) = if_any(self.stored(&region))? {
                if let Some(form) = Form::borrowed(bytes, element.order) {
                    return Ok(Values::new(&region.count, form));
                }
            }
        }
        let values = self.read(&*region)?;
        Ok(Values::new(&region.count, Form::Owned(values)))
    }

    /// A region as a [`View`] of its own, which keeps the file open and goes to any thread. Nothing is copied where the
    /// elements lie at constant distances, which all steps of an unfiltered result often do; otherwise the view holds a copy.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for elements that are no numbers of a standard type, or a region outside of the
    /// array; otherwise as [`Array::read_bytes`].
    pub fn share<'r>(&self, region: impl Region<'r>) -> Result<View> {
        let region = self.select(region)?;
        match self.try_share(&*region) {
            Err(BorrowError::No(NotBorrowable::Type)) => {
                let error = Error::usage(format!("{} is no standard number", self.raw.type_name()));
                Err(self.named(error))
            }
            Err(BorrowError::No(_)) => {
                let bytes = self.read_bytes(&*region)?;
                View::copied(bytes, &region, self.raw.element())
            }
            Err(BorrowError::Error(error)) => Err(error),
            Ok(view) => Ok(view),
        }
    }

    /// [`Array::share`], or the exact reason why that would be a copy.
    ///
    /// # Errors
    /// As [`Array::borrow`].
    pub fn try_share<'r>(&self, region: impl Region<'r>) -> Result<View, BorrowError> {
        let region = self.select(region)?;
        let element = self.raw.element();
        if element.number.is_none() {
            return Err(NotBorrowable::Type.into());
        }
        match self.stored(&region) {
            Ok(bytes) => {
                let bytes = self.raw.source().share(bytes).ok_or(NotBorrowable::NotMapped)?;
                Ok(View::dense(bytes, &region, element)?)
            }
            Err(BorrowError::No(NotBorrowable::Scattered)) => {
                let strides = self.byte_strides()?.select(&region)?;
                View::with_strides(self.raw.source(), &strides, &region.count, element)
            }
            Err(error) => Err(error),
        }
    }
}
