//! A file for what does not fit into memory: it has no name where the system has such files, and is gone with its owner.

use std::fs;
use std::path::Path;

use super::naming;
use super::positioned::Positioned;
use super::temporary::Temporary;
use super::Sink;
use crate::error::{Context, Error, Result};
use crate::source::Source;

/// Bytes that are written and read back, by any thread. Errors name the file that they are for.
#[derive(Debug)]
pub(crate) struct Scratch {
    file: Positioned,
    /// The name, where it has one; it goes when this does.
    _temporary: Option<Temporary>,
}

impl Scratch {
    /// A file in the directory of another one.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io) if the directory cannot be written.
    pub fn beside(target: &Path) -> Result<Self> {
        let made = naming::destination(target).and_then(|path| {
            let (file, temporary) = match naming::unnamed(naming::directory(&path)) {
                Some(file) => (file, None),
                None => Temporary::create(&path).map(|(file, temporary)| (file, Some(temporary)))?,
            };
            Ok(Scratch { file: Positioned::new(file, path), _temporary: temporary })
        });
        made.map_err(|e| Error::io("cannot create a temporary file beside it", e)).in_file(target)
    }

    /// A file in the directory of another one, for those who may open that.
    ///
    /// # Errors
    /// As [`Scratch::beside`].
    pub fn like(target: &Path) -> Result<Self> {
        let scratch = Self::beside(target)?;
        let permitted = fs::metadata(target).and_then(|found| scratch.file.file().set_permissions(found.permissions()));
        permitted.map_err(|e| Error::io("cannot create a copy beside it", e)).in_file(target)?;
        Ok(scratch)
    }

    /// A handle to write to it, which nothing makes durable.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn sink(&self) -> Result<Box<dyn Sink>> {
        let file = self.file.file().try_clone();
        let file = file.map_err(|e| Error::io("cannot open the copy", e)).in_file(self.file.path())?;
        Ok(Box::new(Handle(Positioned::new(file, self.file.path().to_owned()))))
    }

    /// A handle to read what it holds now.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn source(&self) -> Result<Source> {
        Source::of_file(self.file.file(), self.file.path())
    }

    /// Writes bytes at an offset.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        self.file.write_at(offset, bytes)
    }

    /// Reads back what was written at an offset.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn read_at(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        self.file.read_at(offset, bytes)
    }
}

/// What is written to a scratch file; it is gone with its owner, so that neither power failures nor names matter.
#[derive(Debug)]
struct Handle(Positioned);

impl Sink for Handle {
    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        self.0.read_at(offset, bytes)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        self.0.write_at(offset, bytes)
    }

    fn len(&self) -> Result<u64> {
        self.0.len()
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.0.set_len(len)
    }

    fn reserve(&self, len: u64) -> Result<()> {
        self.0.reserve(len)
    }

    fn barrier(&self) -> Result<()> {
        Ok(())
    }

    fn publish(self: Box<Self>) -> Result<()> {
        Ok(())
    }
}
