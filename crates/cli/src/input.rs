//! Opening the input.

use std::path::Path;

use exodus_rs::{ExodusFile, Result};
use hyperslab::{hdf5, netcdf, Context, External, Limits, Mmap, Source};

/// Opens an Exodus file: mapped on local file systems, read elsewhere.
pub fn open(path: &Path, no_mmap: bool) -> Result<ExodusFile> {
    netcdf(path, no_mmap, false).and_then(ExodusFile::from_netcdf).in_file(path)
}

/// Opens an HDF5 file; perhaps also what it names, beside it.
pub fn hdf5(path: &Path, external: bool) -> Result<hdf5::File> {
    hdf5::File::with_external(source(path, false)?, &Limits::default(), beside(path, external)?).in_file(path)
}

/// Opens a netCDF file of any container; perhaps also what it names, beside it.
pub fn netcdf(path: &Path, no_mmap: bool, external: bool) -> Result<netcdf::File> {
    netcdf::File::with_external(source(path, no_mmap)?, &Limits::default(), beside(path, external)?).in_file(path)
}

/// What may be opened because a file names it.
fn beside(path: &Path, external: bool) -> Result<External> {
    match external {
        true => Ok(External::beside(path)?.opened_by(|path| source(path, false))),
        false => Ok(External::default()),
    }
}

/// Opens the bytes of a file, or of the files that a name stands for: mapped on local file systems, read elsewhere or on
/// demand.
pub fn source(path: &Path, no_mmap: bool) -> Result<Source> {
    let mmap = if no_mmap { Mmap::Never } else { Mmap::Auto };
    Source::gather(path, &|path| map(path, mmap))
}

/// The one decision to map: the files that this program reads are finished ones, which their writers replace rather
/// than change. A file that is being written should be read with --no-mmap, which the help says.
#[allow(unsafe_code)]
fn map(path: &Path, mmap: Mmap) -> Result<Source> {
    // SAFETY: the user of a command vouches for the file not being changed while the command runs; with `Never`
    // there is nothing to vouch for.
    unsafe { Source::open_mapped(path, mmap) }
}
