//! The end of writing: what is known only now, and the superblock.

use binrw::Endian;

use super::file::FileWriter;
use super::object::ObjectAddress;
use crate::error::{Error, Result};
use crate::hdf5::object::header::ObjectKind;
use crate::hdf5::record::superblock::SuperblockV2;
use crate::wire::width::Addr;
use crate::wire::{self, checksum};

impl FileWriter {
    /// Writes the superblock (version 2) and makes the file visible; returns its size.
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
        let end = self.end();
        let superblock = SuperblockV2 {
            version: 2,
            offset_size: 8,
            length_size: 8,
            consistency_flags: 0,
            base_address: Addr(0),
            extension: Addr::UNDEFINED,
            end_of_file: Addr(end),
            root_header,
        };
        let mut block = wire::encode(&superblock, Endian::Little, ())?;
        checksum::seal(&mut block);
        self.write(0, &block)?;
        self.close()?;
        Ok(end)
    }
}
