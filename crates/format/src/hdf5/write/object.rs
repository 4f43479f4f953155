//! Objects get their addresses before they are written, so that they can refer to each other.

use super::file::FileWriter;
use crate::error::Result;
use crate::hdf5::object::header::ObjectHeader;

/// What has an object header. Its size must not depend on the addresses in it.
pub(crate) trait Describe {
    /// The object header. What lies beside it goes into `file`, if there is one; without one the header leads nowhere.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for what has no place in a header, [`Kind::Io`](crate::Kind::Io).
    fn header(&self, file: Option<&FileWriter>) -> Result<ObjectHeader>;
}

impl FileWriter {
    /// Gives an object an address.
    ///
    /// # Errors
    /// As [`Describe::header`].
    pub fn place_object(&self, object: &dyn Describe) -> Result<u64> {
        self.allocate(object.header(None)?.size()?, 8)
    }

    /// Writes an object to the address that it was given.
    ///
    /// # Errors
    /// As [`Describe::header`].
    pub fn write_object(&self, address: u64, object: &dyn Describe) -> Result<()> {
        self.write_header(address, &object.header(Some(self))?)
    }
}
