//! The end of writing: what is known only now, and the superblock.

use super::file::FileWriter;
use super::object::ObjectAddress;
use crate::error::{Error, Result};
use crate::hdf5::object::header::ObjectKind;
use crate::wire::width::Addr;

impl FileWriter {
    /// Writes the superblock and makes the file visible; returns its size.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a root that is no group of this file, [`Kind::Io`](crate::Kind::Io); then there
    /// is no file.
    pub fn finish(self, root: ObjectAddress) -> Result<u64> {
        let root_header = Addr(self.offset_of(root)?);
        if root.kind() != ObjectKind::Group {
            return Err(Error::usage("the root of a file is a group"));
        }
        self.write_committed()?;
        self.write_counts()?;
        self.write_superblock(root_header)?;
        let end = self.options.base() + self.end();
        self.close()?;
        Ok(end)
    }
}
