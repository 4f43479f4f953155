//! A file that cannot be changed where it is: a copy without what forbids it is changed, and written again in its place.

use std::ops::ControlFlow;
use std::path::Path;

use crate::error::{Error, Result};
use crate::hdf5::builder::Builder;
use crate::hdf5::file::File;
use crate::hdf5::repack::Repack;
use crate::sink::{InPlace, Sink, Temporary};

/// The copy of a file, and how it becomes what the file was.
#[derive(Debug)]
pub(super) struct Detached {
    copy: Temporary,
    /// The file, locked.
    original: Box<dyn Sink>,
    back: Repack,
}

impl Detached {
    /// Copies a file, in its directory.
    ///
    /// # Errors
    /// As [`Repack::run`].
    pub fn new(path: &Path, file: &File, original: Box<dyn Sink>) -> Result<Self> {
        let copy = Temporary::like(path)?;
        write(&Repack::new().without_pages().user_block(Vec::new()), file, copy.path())?;
        let same = Repack::new().user_block(file.source().bytes(0, file.user_block())?.to_vec());
        let back = match file.page_size() {
            Some(size) => same.pages(size),
            None => same,
        };
        Ok(Detached { copy, original, back })
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
        write(&self.back, &File::open(self.path())?, path)?;
        self.original = Box::new(InPlace::open(path)?);
        Ok(())
    }
}

fn write(repack: &Repack, file: &File, path: &Path) -> Result<()> {
    let create = |options: &_| Builder::create_with(path, true, options);
    match repack.copy(file, &create, Some(path), &|_| ControlFlow::Continue(()))? {
        ControlFlow::Continue(_) => Ok(()),
        ControlFlow::Break(()) => Err(Error::usage("broken off")),
    }
}
