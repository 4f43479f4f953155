//! What is whole of a file that a program, or a machine, left torn.

mod classic;
mod hdf5;

use std::ops::ControlFlow;
use std::path::Path;

use crate::error::{Context, Result};
use crate::netcdf::Progress;
use crate::options::OpenOptions;
use crate::source::Source;

/// What came back of a torn file, and what did not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recovered {
    /// Bytes of the new file.
    pub size: u64,
    /// The records along each unlimited dimension.
    pub records: Vec<Records>,
    /// What was found that the file itself did not lead to any more, or did not count yet.
    pub found: Vec<Finding>,
    /// What is not in the new file.
    pub lost: Vec<Finding>,
}

/// How many records along a dimension a file said to have, and how many the new one has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Records {
    /// The path of the dimension, or of the first variable along it where that is lost.
    pub dimension: String,
    /// As the file said: 0 of a classic file that was streamed, which counts none.
    pub told: u64,
    /// Those of the new file: up to the last one that is whole in all variables but the blank ones.
    pub kept: u64,
    /// The paths of the variables along it of which no record is whole, though the file said that there are some.
    pub blank: Vec<String>,
}

/// Something that came back, or was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The path of the object, or of the file `/`.
    pub object: String,
    /// What it is of it.
    pub what: String,
}

impl Finding {
    fn new(object: impl Into<String>, what: impl Into<String>) -> Self {
        Finding { object: object.into(), what: what.into() }
    }
}

/// Writes what is whole of a torn file into a new one, which appears under its name when it is complete. The torn file stays as
/// it is. `progress` is called while it is done; when it breaks, nothing is left.
///
/// Of a classic file all records are taken that lie in it, whatever their number in the header, but for the last ones that
/// were not counted yet and in which nothing is, or a variable is blank that was not blank before: whoever wrote it had not come that far.
///
/// Of an HDF5 or netCDF-4 file every object is taken that links lead to, whatever the superblock says of the end of the file
/// and of who writes it. Of each object what can be read: attributes one by one, chunks that are in the file and can be
/// decoded, elements before the end. What is lost is named; in the new file it was never written. Datasets that share the scale of
/// an unlimited dimension end with the last step that is whole in all of them. Where anything is lost, objects that no link leads
/// to are looked for, and put into the group `/lost+found`.
///
/// ```
/// use hyperslab::netcdf::File;
/// use hyperslab::{recover, OpenOptions};
/// use std::ops::ControlFlow;
///
/// # fn main() -> hyperslab::Result<()> {
/// # use hyperslab::netcdf::{Container, Schema, Type, Variable, Writer};
/// # let directory = tempfile::tempdir().unwrap();
/// # let (torn, whole) = (directory.path().join("torn.nc"), directory.path().join("whole.nc"));
/// # let mut schema = Schema::new(Container::Cdf5);
/// # let time = schema.add_dimension("time", 0, true);
/// # let t = schema.add_variable(Variable::new("t", Type::Double, vec![time]));
/// # let writer = Writer::create(&torn, schema, false)?;
/// # writer.write(t, &hyperslab::Selection::all(&[4]), &[0.0, 1.0, 2.0, 3.0])?;
/// # let size = writer.finish()?;
/// # std::fs::OpenOptions::new().write(true).open(&torn).unwrap().set_len(size - 12).unwrap();
/// let recovered = recover::recover(&torn, &whole, false, &OpenOptions::new(), &|_| ControlFlow::Continue(()))?;
/// assert_eq!(recovered.continue_value().unwrap().records[0].kept, 2);
/// assert_eq!(File::open(&whole)?.find("t").unwrap().read_all::<f64>()?, [0.0, 1.0]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) for a file of which nothing is whole; [`Kind::Usage`](crate::Kind::Usage) if
/// `output` exists and may not be replaced; [`Kind::Io`](crate::Kind::Io).
pub fn recover(
    input: impl AsRef<Path>,
    output: impl AsRef<Path>,
    overwrite: bool,
    options: &OpenOptions,
    progress: &(dyn Fn(Progress) -> ControlFlow<()> + Sync),
) -> Result<ControlFlow<(), Recovered>> {
    let input = input.as_ref();
    recover_source(options.source(input)?, output, overwrite, options, progress).in_file(input)
}

/// As [`recover`], of the bytes of a torn file, wherever they are.
///
/// # Errors
/// As [`recover`].
pub fn recover_source(
    source: Source,
    output: impl AsRef<Path>,
    overwrite: bool,
    options: &OpenOptions,
    progress: &(dyn Fn(Progress) -> ControlFlow<()> + Sync),
) -> Result<ControlFlow<(), Recovered>> {
    let output = (output.as_ref(), overwrite);
    match is_classic(&source)? {
        true => classic::recover(&source, options, output, progress),
        false => hdf5::recover(source, options, output, progress),
    }
}

/// How many whole records lie in a classic file behind those that it counts: a program leaves them that is ended before it counts them.
/// [`recover`] keeps them; whoever goes on with the file ([`Writer::append`](crate::netcdf::Writer::append)) writes over them. Of other
/// files there are none: a new end comes behind all that was written.
///
/// ```
/// use hyperslab::{recover, OpenOptions};
///
/// # fn main() -> hyperslab::Result<()> {
/// # use hyperslab::netcdf::{Container, Schema, Type, Variable, Writer};
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.nc");
/// # let mut schema = Schema::new(Container::Cdf2);
/// # let time = schema.add_dimension("time", 0, true);
/// # let t = schema.add_variable(Variable::new("t", Type::Double, vec![time]));
/// # let writer = Writer::create(&path, schema, false)?;
/// # writer.write(t, &hyperslab::Selection::all(&[4]), &[1.0, 2.0, 3.0, 4.0])?;
/// # writer.finish()?;
/// let mut bytes = std::fs::read(&path).unwrap();
/// bytes[4..8].fill(0); // The number of records.
/// std::fs::write(&path, bytes).unwrap();
/// assert_eq!(recover::uncounted_records(&path, &OpenOptions::new())?, 4);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// What is wrong with the file; [`Kind::Io`](crate::Kind::Io).
pub fn uncounted_records(input: impl AsRef<Path>, options: &OpenOptions) -> Result<u64> {
    let input = input.as_ref();
    let count = |source: Source| match is_classic(&source)? {
        true => classic::uncounted(&source, options),
        false => Ok(0),
    };
    options.source(input).and_then(count).in_file(input)
}

fn is_classic(source: &Source) -> Result<bool> {
    Ok(source.bytes(0, source.len().min(3))?.as_ref() == b"CDF")
}
