//! Open files.

use std::path::Path;

use super::array::Array;
use super::schema::{Schema, VariableId};
use super::store::Data;
use super::{classic, v4};
use crate::error::{Context, Error, Result};
use crate::hdf5;
use crate::limits::Limits;
use crate::source::Source;
use crate::External;

/// An open netCDF file of any container.
///
/// What it gives out borrows from the file, not from the handle it came through.
#[derive(Debug)]
pub struct File {
    schema: Schema,
    data: Box<dyn Data>,
}

impl File {
    /// Opens a file with positioned reads: safe whatever others do to it, and nothing is borrowed.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io) when it cannot be read, [`Kind::Malformed`](crate::Kind::Malformed) when it is no
    /// netCDF or HDF5 file or a broken one, [`Kind::Unsupported`](crate::Kind::Unsupported) for a feature that is not implemented.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::from_source(Source::open(path)?).in_file(path)
    }

    /// Opens what a source holds: a memory map, a file, or memory.
    ///
    /// # Errors
    /// As [`File::open`].
    pub fn from_source(source: Source) -> Result<Self> {
        Self::with_limits(source, &Limits::default())
    }

    /// Opens what a source holds, within bounds of the caller's.
    ///
    /// # Errors
    /// As [`File::open`], and [`Kind::Limit`](crate::Kind::Limit).
    pub fn with_limits(source: Source, limits: &Limits) -> Result<Self> {
        Self::with_external(source, limits, External::default())
    }

    /// Opens what a source holds, and allows to open what it names: external raw data and sources of virtual datasets.
    ///
    /// # Errors
    /// As [`File::with_limits`].
    pub fn with_external(source: Source, limits: &Limits, external: External) -> Result<Self> {
        let magic = source.bytes(0, source.len().min(4))?.to_vec();
        if let [b'C', b'D', b'F', 1 | 2 | 5] = magic.as_slice() {
            let (schema, data) = classic::open(source, limits)?;
            return Ok(File { schema, data });
        }
        match hdf5::read::open::find(&source)? {
            Some(base) => {
                let (schema, data) = v4::read::open(source, base, limits, external)?;
                Ok(File { schema, data: Box::new(data) })
            }
            None => Err(Error::malformed("file", 0, "neither a netCDF nor an HDF5 file")),
        }
    }

    /// What the file declares.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The size of the file in bytes.
    pub fn size(&self) -> u64 {
        self.data.source().len()
    }

    /// Refuses a file whose data are cut off. netCDF reads what is missing as zero, and so does [`Array`]; whoever must not
    /// mistake that for data asks here.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) with the size that is needed.
    pub fn check_complete(&self) -> Result<()> {
        match self.data.truncated() {
            None => Ok(()),
            Some(needed) => {
                let detail = format!("the file is truncated: {} of {needed} bytes are there", self.size());
                Err(Error::malformed("data", self.size(), detail))
            }
        }
    }

    /// The data of a variable.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the identifier belongs to another schema.
    pub fn array(&self, id: VariableId) -> Result<Array<'_>> {
        Array::new(&self.schema, self.data.as_ref(), id)
    }

    /// The data of a variable of the root group, if there is one of this name.
    ///
    /// # Errors
    /// Never for a name that exists.
    pub fn find(&self, name: &str) -> Result<Option<Array<'_>>> {
        self.schema.find_variable(name).map(|id| self.array(id)).transpose()
    }
}
