//! Opening the input.

use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use exodus_rs::{Error, ExodusFile, Kind, ParallelFile, Result};
use hyperslab::{hdf5, netcdf, Context, External, Mmap, OpenOptions, Source};

use crate::output::plural;
use crate::truncated;

/// The name of standard input.
const STANDARD_INPUT: &str = "-";

/// Opens an Exodus file: mapped on local file systems, read elsewhere; of one that was cut off perhaps the whole steps alone.
pub fn open(path: &Path, no_mmap: bool, salvage: bool) -> Result<ExodusFile> {
    let options = options(path, no_mmap, false)?.salvage(salvage);
    let open = || netcdf::File::from_source_with(source(path, no_mmap)?, &options);
    open().and_then(exodus).in_file(path)
}

/// Takes a netCDF file as an Exodus file; of one that is none, says which commands show it.
fn exodus(file: netcdf::File) -> Result<ExodusFile> {
    ExodusFile::from_netcdf(file).map_err(|error| match error.kind() {
        Kind::Usage => Error::usage(format!("{}; `exo ls` and `exo dump` show what it has", error.detail())),
        _ => error,
    })
}

/// Opens an HDF5 file; perhaps also what it names, beside it.
pub fn hdf5(path: &Path, no_mmap: bool, external: bool) -> Result<hdf5::File> {
    let open = || hdf5::File::from_source_with(source(path, no_mmap)?, &options(path, no_mmap, external)?);
    open().in_file(path)
}

/// Opens a netCDF file of any container; perhaps also what it names, beside it.
pub fn netcdf(path: &Path, no_mmap: bool, external: bool) -> Result<netcdf::File> {
    let open = || netcdf::File::from_source_with(source(path, no_mmap)?, &options(path, no_mmap, external)?);
    open().in_file(path)
}

/// Whether a file begins as those of classic netCDF do, whatever comes then.
pub fn is_classic(path: &Path) -> bool {
    let source = if is_standard_input(path) { None } else { Source::open(path).ok() };
    source.is_some_and(|source| source.bytes(0, 3).is_ok_and(|magic| *magic == *b"CDF"))
}

/// How a file is opened: perhaps with what it names, beside it.
pub fn options(path: &Path, no_mmap: bool, external: bool) -> Result<OpenOptions> {
    match external {
        true => Ok(OpenOptions::new().external(External::beside(path)?.opened_by(move |path| source(path, no_mmap)))),
        false => Ok(OpenOptions::new()),
    }
}

/// What of a netCDF file cannot be read: its data are cut off, or it has objects that were not read.
pub fn incomplete(file: &netcdf::File) -> Option<String> {
    cut_off(file).or_else(|| unread(file))
}

/// What a file says to have and does not have any more.
pub fn cut_off(file: &netcdf::File) -> Option<String> {
    file.check_complete().err().map(|error| error.to_string())
}

/// What netCDF may have and does not show, because it was not read.
fn unread(file: &netcdf::File) -> Option<String> {
    let mut unread = file.schema().hidden.iter().filter(|hidden| hidden.unread);
    let first = unread.next()?;
    let more = match unread.count() as u64 {
        0 => String::new(),
        count => format!(", and {} more", plural(count, "object")),
    };
    Some(format!("{} is not shown: {}{more}", first.path, first.reason))
}

/// Opens the bytes of a file, or of the files that a name stands for: mapped on local file systems, read elsewhere or on
/// demand. Standard input is read into memory.
pub fn source(path: &Path, no_mmap: bool) -> Result<Source> {
    if is_standard_input(path) {
        return standard_input().in_file(path);
    }
    let mmap = if no_mmap { Mmap::Never } else { Mmap::Auto };
    Source::gather(path, &|path| map(path, mmap)).map_err(|error| decomposed(path, &error).unwrap_or(error))
}

/// What to say where there is no file of a name, but the members of a decomposed model.
fn decomposed(path: &Path, error: &Error) -> Option<Error> {
    error.io_error().filter(|e| e.kind() == io::ErrorKind::NotFound)?;
    match ParallelFile::find(path) {
        Ok(members) => members.first().map(|member| {
            let member = member.display();
            let detail = format!("there is no such file, but those of a decomposed model: name one, {member} …, or let `exo copy` make one file of them");
            Error::not_found(detail).in_file(path)
        }),
        Err(error) => Some(error).filter(|error| error.kind() == Kind::Usage),
    }
}

/// Whether a name stands for standard input.
pub fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == STANDARD_INPUT
}

/// The formats are read from many places, and a pipe only from one end to the other.
fn standard_input() -> Result<Source> {
    static READ: AtomicBool = AtomicBool::new(false);
    let mut input = io::stdin().lock();
    if input.is_terminal() {
        return Err(Error::usage("standard input is a terminal: give a file, or pipe one"));
    }
    if READ.swap(true, Ordering::Relaxed) {
        return Err(Error::usage("standard input can be read once"));
    }
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(|e| Error::io("cannot read standard input", e))?;
    Ok(Source::from_bytes(bytes))
}

/// The one decision to map: the files that this program reads are finished ones, which their writers replace rather
/// than change. A file that is being written should be read with --no-mmap, which the help says.
#[allow(unsafe_code)]
fn map(path: &Path, mmap: Mmap) -> Result<Source> {
    // SAFETY: the user of a command vouches for the file not being changed while the command runs; with `Never`
    // there is nothing to vouch for. A file that is cut short all the same ends the program before it sees other bytes.
    let source = unsafe { Source::open_mapped(path, mmap) }?;
    if let Some(bytes) = source.borrow(0, source.len())? {
        truncated::watch(path, bytes);
    }
    Ok(source)
}
