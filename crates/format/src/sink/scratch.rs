//! A file for what does not fit into memory: it has no name where the system has such files, and is gone with its owner.

use std::path::Path;

use super::naming;
use super::positioned::Positioned;
use super::temporary::Temporary;
use crate::error::{Context, Error, Result};

/// Bytes that are written once and read back once, by any thread.
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
