//! Open files.

use std::path::Path;
use std::sync::Arc;

use super::array::Array;
use super::ids::VariableId;
use super::schema::Schema;
use super::store::{Opened, Truncated};
use super::{classic, v4};
use crate::error::{Error, Result};
use crate::hdf5;
use crate::options::OpenOptions;
use crate::source::Source;

/// An open netCDF file of any container.
///
/// It is a handle: clones are cheap, go to any thread, and are the same file.
///
/// ```
/// # fn main() -> hyperslab::Result<()> {
/// # use hyperslab::netcdf::{Container, File, Schema, Type, Variable, Writer};
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.nc");
/// # let mut schema = Schema::new(Container::Cdf2);
/// # let node = schema.add_dimension("node", 2, false);
/// # let x = schema.add_variable(Variable::new("x", Type::Double, vec![node]));
/// # let writer = Writer::create(&path, schema, false)?;
/// # writer.write(x, &hyperslab::Selection::all(&[2]), &[1.0, 2.0])?;
/// # writer.finish()?;
/// let file = File::open(&path)?;
/// for array in file.arrays() {
///     println!("{} {:?}", array.path(), array.shape());
/// }
/// assert_eq!(file.find("/x").unwrap().read::<f64>(..)?, [1.0, 2.0]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct File {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    schema: Arc<Schema>,
    arrays: Vec<Array>,
    source: Source,
    truncated: Option<Truncated>,
    /// How many bytes of values an array may ask for that are not in the file.
    unwritten: u64,
}

impl File {
    /// Opens a file with positioned reads: safe whatever others do to it, and nothing is borrowed.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io) when it cannot be read, [`Kind::Malformed`](crate::Kind::Malformed) when it is no
    /// netCDF or HDF5 file or a broken one, [`Kind::Unsupported`](crate::Kind::Unsupported) for a feature that is not implemented.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, &OpenOptions::new())
    }

    /// Opens a file as the options have it: mapped, within other bounds, with the files that it names.
    ///
    /// # Errors
    /// As [`File::open`], and [`Kind::Limit`](crate::Kind::Limit).
    pub fn open_with(path: impl AsRef<Path>, options: &OpenOptions) -> Result<Self> {
        options.open(path.as_ref(), Self::of)
    }

    /// Opens what a source holds: a memory map, a file, or memory.
    ///
    /// # Errors
    /// As [`File::open`].
    pub fn from_source(source: Source) -> Result<Self> {
        Self::from_source_with(source, &OpenOptions::new())
    }

    /// Opens what a source holds, as the options have it.
    ///
    /// # Errors
    /// As [`File::open_with`].
    pub fn from_source_with(source: Source, options: &OpenOptions) -> Result<Self> {
        Self::of(source, options, None)
    }

    /// Opens a file in memory, from which everything can be borrowed.
    ///
    /// # Errors
    /// As [`File::open`].
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Self> {
        Self::from_source(Source::from_bytes(bytes))
    }

    fn of(source: Source, options: &OpenOptions, path: Option<&Path>) -> Result<Self> {
        let magic = source.bytes(0, source.len().min(4))?.to_vec();
        let opened = match (magic.as_slice(), hdf5::read::open::find(&source)?) {
            ([b'C', b'D', b'F', 1 | 2 | 5], _) => classic::open(source, options)?,
            (_, Some(base)) => v4::read::open(source, base, options, path)?,
            (_, None) => return Err(hdf5::read::open::none(&source, "neither a netCDF nor an HDF5 file")),
        };
        let Opened { schema, readers, source, truncated } = opened;
        let array = |(n, reader)| Array::new(&schema, reader, VariableId(n));
        let arrays = readers.iter().enumerate().map(array).collect();
        let unwritten = options.limits.unwritten(source.len());
        Ok(File { inner: Arc::new(Inner { arrays, schema, source, truncated, unwritten }) })
    }

    /// What the file declares.
    pub fn schema(&self) -> &Schema {
        &self.inner.schema
    }

    /// The size of the file in bytes.
    pub fn size(&self) -> u64 {
        self.inner.source.len()
    }

    /// How many bytes one array may ask for that are not in the file: see [`Limits::fill_bytes`](crate::Limits::fill_bytes).
    pub fn unwritten_bytes(&self) -> u64 {
        self.inner.unwritten
    }

    /// Where the bytes come from.
    pub fn source(&self) -> &Source {
        &self.inner.source
    }

    /// Refuses a file whose data are cut off: whatever is missing cannot be read.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) with the size that is needed.
    pub fn check_complete(&self) -> Result<()> {
        self.check_records(u64::MAX)
    }

    /// Refuses a file in which the first `records` records, or data without records, are cut off.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) with the size that is needed, and the records that are there.
    pub fn check_records(&self, records: u64) -> Result<()> {
        let Some(Truncated { needed, whole_records }) = self.inner.truncated else { return Ok(()) };
        if whole_records.is_some_and(|whole| records <= whole) {
            return Ok(());
        }
        let mut detail = format!("the file is truncated: {} of {needed} bytes are there", self.size());
        if let Some(whole) = whole_records.filter(|&whole| whole > 0) {
            let records = if whole == 1 { "record" } else { "records" };
            detail.push_str(&format!(", and {whole} whole {records}, which `exo copy --salvage` takes"));
        }
        Err(Error::malformed("data", self.size(), detail))
    }

    /// How many records are there in all variables, if the file is truncated and nothing before them is missing.
    pub fn whole_records(&self) -> Option<u64> {
        self.inner.truncated?.whole_records
    }

    /// The data of all variables, in the order of the schema.
    pub fn arrays(&self) -> &[Array] {
        &self.inner.arrays
    }

    /// The data of a variable.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the identifier belongs to another schema.
    pub fn array(&self, id: VariableId) -> Result<&Array> {
        self.inner.arrays.get(id.0).ok_or_else(|| Error::usage(format!("there is no variable {}", id.0)))
    }

    /// The data of the variable at a path, such as `/group/v`; the root's have no need of a slash.
    pub fn find(&self, path: &str) -> Option<&Array> {
        self.inner.arrays.get(self.schema().variable_at(path)?.0)
    }
}
