//! Objects get their addresses before they are written, so that they can refer to each other.

use super::file::{FileId, FileWriter};
use super::options::Level;
use crate::error::{Error, Result};
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::record::message::dataspace::Dataspace;

/// Object headers start at multiples of this: enough of each lies in one sector of the disk to say where the rest is, so
/// that it can be changed in one step.
const HEADER_ALIGNMENT: u64 = 64;

/// Where an object is that a [`Builder`](crate::hdf5::builder::Builder) wrote. Links and references lead there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ObjectAddress {
    offset: u64,
    kind: ObjectKind,
    file: FileId,
}

impl ObjectAddress {
    /// What the object is.
    pub fn kind(self) -> ObjectKind {
        self.kind
    }

    /// Where its header is in the file.
    pub(crate) fn offset(self) -> u64 {
        self.offset
    }
}

/// Where a header goes: into a file of some level, or nowhere yet, when only its size is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output<'f> {
    pub level: Level,
    pub file: Option<&'f FileWriter>,
}

impl<'f> From<&'f FileWriter> for Output<'f> {
    fn from(file: &'f FileWriter) -> Self {
        Output { level: file.options.level, file: Some(file) }
    }
}

impl Output<'_> {
    /// Nowhere yet.
    pub fn size_for(file: &FileWriter) -> Self {
        Output { level: file.options.level, file: None }
    }

    /// The dataspace of these lengths, which may grow to `most`; without lengths, the null dataspace.
    ///
    /// # Errors
    /// As [`Dataspace::simple`].
    pub(super) fn dataspace(&self, shape: Option<&[u64]>, most: Option<&[u64]>) -> Result<Dataspace> {
        let Some(shape) = shape else { return Ok(Dataspace::null()) };
        let space = Dataspace::simple(shape, Some(most.unwrap_or(shape)))?;
        Ok(match self.level {
            Level::Earliest => Dataspace { version: 1, kind: 0, ..space },
            _ => space,
        })
    }
}

/// What has an object header. Its size must not depend on the addresses in it.
pub(crate) trait Describe {
    /// What the object is.
    fn kind(&self) -> ObjectKind;

    /// The object header. What lies beside it goes into the file, if there is one; without one the header leads nowhere.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for what has no place in a header, [`Kind::Io`](crate::Kind::Io).
    fn header(&self, to: Output) -> Result<ObjectHeader>;
}

impl FileWriter {
    /// Gives an object an address.
    ///
    /// # Errors
    /// As [`Describe::header`].
    pub fn place_object(&self, object: &dyn Describe) -> Result<ObjectAddress> {
        self.place_header(object.kind(), &object.header(Output::size_for(self))?)
    }

    /// Gives a header of this size an address.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when the file would exceed 2^63 bytes.
    pub(in crate::hdf5) fn place_header(&self, kind: ObjectKind, header: &ObjectHeader) -> Result<ObjectAddress> {
        Ok(self.object_at(self.allocate(header.size()?, HEADER_ALIGNMENT)?, kind))
    }

    /// The address of an object of this file.
    pub(in crate::hdf5) fn object_at(&self, offset: u64, kind: ObjectKind) -> ObjectAddress {
        ObjectAddress { offset, kind, file: self.id() }
    }

    /// Stands for the address of an object that has none yet, in headers of which only the size matters.
    pub(in crate::hdf5) fn nowhere(&self) -> ObjectAddress {
        self.object_at(0, ObjectKind::Group)
    }

    /// Writes an object to the address that it was given.
    ///
    /// # Errors
    /// As [`Describe::header`].
    pub fn write_object(&self, address: ObjectAddress, object: &dyn Describe) -> Result<()> {
        self.write_header(address.offset, &object.header(self.into())?)
    }

    /// Writes an object; returns its address.
    ///
    /// # Errors
    /// As [`Describe::header`].
    pub fn add_object(&self, object: &dyn Describe) -> Result<ObjectAddress> {
        let address = self.place_object(object)?;
        self.write_object(address, object)?;
        Ok(address)
    }

    /// Where an object of this file is.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for the address of an object of another file.
    pub(super) fn offset_of(&self, address: ObjectAddress) -> Result<u64> {
        match address.file == self.id() {
            true => Ok(address.offset),
            false => Err(Error::usage("the address of an object of another file")),
        }
    }
}
