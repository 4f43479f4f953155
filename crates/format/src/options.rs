//! How files are opened, whatever their format.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use crate::error::{Context, Result};
use crate::hdf5::external::External;
use crate::hdf5::read::open;
use crate::hdf5::space::AddressSpace;
use crate::limits::Limits;
use crate::source::{MapPolicy, Source};

/// How a file is opened: [`netcdf::File::open_with`](crate::netcdf::File::open_with) and
/// [`hdf5::File::open_with`](crate::hdf5::File::open_with).
///
/// By default files are read, not mapped, which is safe whatever others do to them; nothing that they name is opened;
/// the bounds are those of [`Limits::default`].
///
/// ```no_run
/// use hyperslab::{netcdf, Mmap, OpenOptions};
///
/// # fn main() -> hyperslab::Result<()> {
/// // SAFETY: nobody changes the file while this program runs.
/// let options = unsafe { OpenOptions::new().mmap(Mmap::Auto) };
/// let file = netcdf::File::open_with("results.nc", &options.cache(256 << 20))?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct OpenOptions {
    pub(crate) map: MapPolicy,
    pub(crate) limits: Limits,
    pub(crate) external: Naming,
    pub(crate) threads: Option<NonZeroUsize>,
    pub(crate) salvage: bool,
    /// Of a classic file, the most records that are taken of those that lie in it, whatever its header says.
    pub(crate) records: Option<u64>,
}

/// What is done with the names of other files in a file.
#[derive(Debug, Clone, Default)]
pub(crate) enum Naming {
    /// They are not followed.
    #[default]
    Ignored,
    /// They are followed beside the file.
    Beside,
    /// They are followed as the caller has it.
    As(External),
}

impl OpenOptions {
    /// The default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Bounds of what the file may ask for.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        OpenOptions { limits, ..self }
    }

    /// Bytes of decoded chunks that are kept for those who read a chunk in several parts: [`Limits::cached_bytes`].
    #[must_use]
    pub fn cache(mut self, bytes: u64) -> Self {
        self.limits.cached_bytes = bytes;
        self
    }

    /// Which of the files are opened that a file names: external raw data, sources of virtual datasets, files behind
    /// external links. By default none is.
    #[must_use]
    pub fn external(self, external: External) -> Self {
        OpenOptions { external: Naming::As(external), ..self }
    }

    /// Opens what a file names if it lies in the same directory or below, in the same way as the file itself; see
    /// [`External::beside`].
    #[must_use]
    pub fn beside(self) -> Self {
        OpenOptions { external: Naming::Beside, ..self }
    }

    /// Takes a classic file that was cut off for one that has its whole records alone: what a program left that was ended
    /// while it wrote.
    #[must_use]
    pub fn salvage(self, salvage: bool) -> Self {
        OpenOptions { salvage, ..self }
    }

    /// The most threads that one reading takes, its own included; by default as many as the machine runs at a time.
    #[must_use]
    pub fn threads(self, threads: NonZeroUsize) -> Self {
        OpenOptions { threads: Some(threads), ..self }
    }

    /// Opens what a source has as an HDF5 file whose superblock is at `base`; the path is where it came from, if anywhere.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) for a broken or truncated file.
    pub(crate) fn space(&self, source: Source, base: u64, path: Option<&Path>) -> Result<AddressSpace> {
        let mut space = open::open(source, base, self.limits.clone())?;
        space.external = Arc::new(self.external_of(path)?);
        space.threads = self.threads;
        Ok(space)
    }

    /// The bytes of the file, or of the files that a path stands for; see [`Files`](crate::Files).
    ///
    /// # Errors
    /// As [`Source::gather`].
    pub fn source(&self, path: impl AsRef<Path>) -> Result<Source> {
        Source::gather(path, &|path| Source::open_as(path, self.map))
    }

    /// Opens the file at a path, as `of` does it with the bytes; errors name the file.
    ///
    /// # Errors
    /// Those of `of`, and as [`Source::gather`].
    pub(crate) fn open<T>(
        &self,
        path: &Path,
        of: impl FnOnce(Source, &OpenOptions, Option<&Path>) -> Result<T>,
    ) -> Result<T> {
        self.source(path).and_then(|source| of(source, self, Some(path))).in_file(path)
    }

    /// What may be opened because the file at a path names it.
    fn external_of(&self, path: Option<&Path>) -> Result<External> {
        match (&self.external, path) {
            (Naming::As(external), _) => Ok(external.clone()),
            (Naming::Beside, Some(path)) => {
                let map = self.map;
                Ok(External::beside(path)?.opened_by(move |path| Source::open_as(path, map)))
            }
            _ => Ok(External::default()),
        }
    }
}
