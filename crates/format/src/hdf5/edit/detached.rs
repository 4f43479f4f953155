//! A file that cannot be changed where it is: a copy without what forbids it is changed, and written again in its place.

use std::path::Path;

use crate::error::Result;
use crate::hdf5::builder::Builder;
use crate::hdf5::file::File;
use crate::hdf5::repack::{Progress, Repack};
use crate::sink::{InPlace, Scratch, Sink};
use crate::source::Source;
use crate::watched::Watched;

/// The copy of a file, and how it becomes what the file was.
#[derive(Debug)]
pub(super) struct Detached {
    copy: Scratch,
    /// The file, locked.
    original: Box<dyn Sink>,
    back: Repack,
    /// Whether the copy has changes that the file does not have yet.
    pub is_ahead: bool,
}

impl Detached {
    /// Copies a file, in its directory.
    ///
    /// # Errors
    /// As [`Repack::run`].
    pub fn new(path: &Path, file: &File, original: Box<dyn Sink>) -> Result<Self> {
        let copy = Scratch::like(path)?;
        let plain = Repack::new().without_pages().user_block(Vec::new());
        plain.copied(file, &|options| Builder::with(copy.sink()?, options), Some(path), &Watched::by_nobody())?;
        let same = Repack::new().user_block(file.source().bytes(0, file.user_block())?.to_vec());
        let back = match file.page_size() {
            Some(size) => same.pages(size),
            None => same,
        };
        Ok(Detached { copy, original, back, is_ahead: false })
    }

    /// A handle to change the copy.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn sink(&self) -> Result<Box<dyn Sink>> {
        self.copy.sink()
    }

    /// The copy as it is now.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn source(&self) -> Result<Source> {
        self.copy.source()
    }

    /// Writes the copy again, as the file was laid out, in the place of the file, if that does not have all changes.
    ///
    /// # Errors
    /// As [`Repack::copied`]; the file is as it was then.
    pub fn replace(&mut self, path: &Path, watched: &Watched<Progress>) -> Result<()> {
        if self.is_ahead {
            let (copy, create) =
                (File::from_source(self.source()?)?, |options: &_| Builder::create_with(path, true, options));
            self.back.copied(&copy, &create, Some(path), watched)?;
            self.is_ahead = false;
            self.original = Box::new(InPlace::open(path)?);
        }
        Ok(())
    }
}

/// The file that is changed, or its copy, as it is now.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io).
pub(super) fn now(copy: Option<&Detached>, path: &Path) -> Result<Source> {
    copy.map_or_else(|| Source::open(path), Detached::source)
}
