//! Opening the input.

use std::path::Path;

use exodus_rs::{ExodusFile, Result};
use hyperslab::{hdf5, netcdf, Context, Mmap, Source};

use crate::args;

/// Opens an Exodus file: mapped on local file systems, read elsewhere.
pub fn open(path: &Path, no_mmap: bool) -> Result<ExodusFile> {
    open_netcdf(path, no_mmap).and_then(ExodusFile::from_netcdf).in_file(path)
}

/// Opens any netCDF or HDF5 file: mapped on local file systems, read elsewhere.
pub fn open_netcdf(path: &Path, no_mmap: bool) -> Result<netcdf::File> {
    netcdf::File::from_source(source(path, no_mmap)?).in_file(path)
}

/// Opens an HDF5 file, or the files that its name stands for.
pub fn hdf5(path: &Path, _args: &args::Digest) -> Result<hdf5::File> {
    hdf5::File::from_source(source(path, false)?).in_file(path)
}

/// Opens the bytes of a file: mapped on local file systems, read elsewhere or on demand.
pub fn source(path: &Path, no_mmap: bool) -> Result<Source> {
    map(path, if no_mmap { Mmap::Never } else { Mmap::Auto })
}

/// Opens a netCDF file of any container.
pub fn netcdf(path: &Path, _args: &args::Digest) -> Result<netcdf::File> {
    netcdf::File::from_source(source(path, false)?).in_file(path)
}

/// The one decision to map: the files that this program reads are finished ones, which their writers replace rather
/// than change. A file that is being written should be read with --no-mmap, which the help says.
#[allow(unsafe_code)]
fn map(path: &Path, mmap: Mmap) -> Result<Source> {
    // SAFETY: the user of a command vouches for the file not being changed while the command runs; with `Never`
    // there is nothing to vouch for.
    unsafe { Source::open_mapped(path, mmap) }
}
