//! A file that cannot be changed where it is: a copy without what forbids it is changed, and written again in its place.

use std::ops::ControlFlow;
use std::path::Path;

use crate::error::{Error, Result};
use crate::hdf5::builder::{Builder, FileOptions};
use crate::hdf5::file::File;
use crate::hdf5::repack::Repack;
use crate::sink::{InPlace, Sink, Temporary};

/// The copy of a file, and what the file has that the copy has not.
#[derive(Debug)]
pub(super) struct Detached {
    copy: Temporary,
    /// The file, locked.
    original: Box<dyn Sink>,
    repack: Repack,
    user_block: Vec<u8>,
}

impl Detached {
    /// Copies a file, in its directory.
    ///
    /// # Errors
    /// As [`Repack::run`].
    pub fn new(path: &Path, file: &File, original: Box<dyn Sink>) -> Result<Self> {
        let copy = Temporary::like(path)?;
        let user_block = file.source().bytes(0, file.user_block())?.to_vec();
        let plain = |options: &FileOptions| FileOptions { user_block: Vec::new(), ..options.clone() };
        write(&Repack::new().without_pages(), file, copy.path(), &plain)?;
        let repack = file.page_size().map_or(Repack::new(), |size| Repack::new().pages(size));
        Ok(Detached { copy, original, repack, user_block })
    }

    /// Where the copy is.
    pub fn path(&self) -> &Path {
        self.copy.path()
    }

    /// Writes the copy again, as the file was laid out, in the place of the file.
    ///
    /// # Errors
    /// As [`Repack::run`].
    pub fn replace(&mut self, path: &Path) -> Result<()> {
        let like = |options: &FileOptions| FileOptions { user_block: self.user_block.clone(), ..options.clone() };
        write(&self.repack, &File::open(self.path())?, path, &like)?;
        self.original = Box::new(InPlace::open(path)?);
        Ok(())
    }
}

fn write(repack: &Repack, file: &File, path: &Path, options: &dyn Fn(&FileOptions) -> FileOptions) -> Result<()> {
    let create = |chosen: &FileOptions| Builder::create_with(path, true, &options(chosen));
    match repack.copy(file, &create, Some(path), &|_| ControlFlow::Continue(()))? {
        ControlFlow::Continue(_) => Ok(()),
        ControlFlow::Break(()) => Err(Error::usage("broken off")),
    }
}
