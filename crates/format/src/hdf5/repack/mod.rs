//! An HDF5 file written again: everything that it holds, and nothing that it does not.

mod catalog;
mod choices;
mod copying;
mod data;
mod deciding;
mod describe;
mod elements;
mod moving;
mod preview;
mod torn;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::Mutex;

use super::builder::{Builder, FileOptions};
use super::file::File;
use crate::error::Result;
use crate::limits::Allowance;
use crate::sink::Memory;
use crate::watched::{Watch, Watched};

use catalog::Catalog;
pub use choices::{LayoutChoice, Repack};
use copying::Copying;
pub use preview::{DatasetChange, RechunkPlan, RepackPlan};
pub(crate) use torn::{Steps, Torn};

/// How far a copy has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of raw data that went through.
    pub bytes: u64,
    /// About how many there are.
    pub total_bytes: u64,
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Summary {
    /// Bytes of the file that was read.
    pub bytes_before: u64,
    /// Bytes of the copy.
    pub bytes_after: u64,
    /// Groups, datasets and committed datatypes.
    pub objects: u64,
    /// References to objects that are not there any more; in the copy they lead nowhere.
    pub lost_references: u64,
}

/// Counts what went through, and tells that.
struct Pace<'w> {
    watched: &'w Watched<'w, Progress>,
    bytes: AtomicU64,
    total_bytes: u64,
    /// The bytes of the file that may still be read.
    stored: Mutex<Allowance>,
}

impl Repack {
    /// Writes a file again. The copy appears under its name when it is complete. `watch` is called while it is made; when it
    /// breaks, nothing is left, and nothing is returned but that.
    ///
    /// ```
    /// use hyperslab::hdf5::{File, Filter, Repack};
    /// use std::ops::ControlFlow;
    ///
    /// # fn main() -> hyperslab::Result<()> {
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = hyperslab::example(directory.path())?;
    /// # let copy = directory.path().join("copy.nc");
    /// let repack = Repack::new().chunk(Some("/u"), vec![3, 2]).filters(Some("/u"), vec![Filter::shuffle(), Filter::deflate(4)]);
    /// repack.run(&File::open(&path)?, &copy, false, &|_| ControlFlow::Continue(()))?;
    /// let u = File::open(&copy)?.object("/u")?.dataset()?;
    /// assert_eq!(u.filters().len(), 2);
    /// assert_eq!(u.read::<f64>(2)?, [20.0, 21.0, 22.0, 23.0]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) with the name of what the copy cannot have;
    /// [`Kind::Malformed`](crate::Kind::Malformed) and [`Kind::Limit`](crate::Kind::Limit) for what is wrong with the file;
    /// [`Kind::Usage`](crate::Kind::Usage) if `path` exists and may not be overwritten, or a choice fits no dataset;
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn run(
        &self,
        file: &File,
        path: impl AsRef<Path>,
        overwrite: bool,
        watch: &(dyn Fn(Progress) -> ControlFlow<()> + Sync),
    ) -> Result<ControlFlow<(), Summary>> {
        let path = path.as_ref();
        let create = |options: &FileOptions| Builder::create_with(path, overwrite, options);
        let copied = self.copy(file, &create, Some(path), watch)?;
        Ok(copied.map_continue(|(summary, _)| summary))
    }

    /// Writes a file again, into memory. What does not fit into the memory for elements has no file to wait in.
    ///
    /// # Errors
    /// As [`Repack::run`]; [`Kind::Limit`](crate::Kind::Limit) where elements would have to wait.
    pub fn run_in_memory(&self, file: &File, place: &Memory) -> Result<Summary> {
        let create = |options: &FileOptions| Builder::in_memory_with(place, options);
        Ok(self.copied(file, &create, None, &Watched::by_nobody())?.0)
    }

    /// [`Repack::run`], and what is missing of a torn file.
    ///
    /// # Errors
    /// As [`Repack::run`].
    pub(crate) fn copy(
        &self,
        file: &File,
        create: &dyn Fn(&FileOptions) -> Result<Builder>,
        beside: Option<&Path>,
        watch: &Watch<Progress>,
    ) -> Result<ControlFlow<(), (Summary, Torn)>> {
        let watched = Watched::new(watch);
        watched.end(self.copied(file, create, beside, &watched))
    }

    /// [`Repack::copy`], which ends with an error where it is broken off.
    ///
    /// # Errors
    /// As [`Repack::run`]; [`Watched::tell`].
    pub(crate) fn copied(
        &self,
        file: &File,
        create: &dyn Fn(&FileOptions) -> Result<Builder>,
        beside: Option<&Path>,
        watched: &Watched<Progress>,
    ) -> Result<(Summary, Torn)> {
        let pace = Pace::new(watched, file.size());
        let ((root, summary, torn), builder, options) =
            self.decided(file, create, beside, |copying| copying.run(&pace))?;
        let bytes_after = builder.finish(root)?.saturating_add(options.base());
        Ok((Summary { bytes_before: file.size(), bytes_after, ..summary }, torn))
    }

    /// Decides what the copy of a file is like, and does something with that: makes it, or says how it would be made.
    fn decided<T>(
        &self,
        file: &File,
        create: &dyn Fn(&FileOptions) -> Result<Builder>,
        beside: Option<&Path>,
        work: impl FnOnce(Copying) -> Result<T>,
    ) -> Result<(T, Builder, FileOptions)> {
        let catalog = Catalog::read(file.space())?;
        let options = self.options(file, catalog.level, catalog.metadata)?;
        let builder = create(&options)?;
        let done = Copying::new(file.space(), catalog, &builder, (self, beside)).and_then(work)?;
        Ok((done, builder, options))
    }
}
