//! Positioned reads: every read names its offset, so threads share one file without a lock.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Context, Error, Result};

/// A file read by `pread`.
#[derive(Debug)]
pub(super) struct Positioned {
    file: File,
    /// What it was opened as.
    path: PathBuf,
    /// How often it was read.
    #[cfg(test)]
    pub(super) reads: std::sync::atomic::AtomicUsize,
}

impl Positioned {
    pub(super) fn new(file: File, path: &Path) -> Self {
        Positioned {
            file,
            path: path.to_path_buf(),
            #[cfg(test)]
            reads: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    /// Fills `target` from `offset`.
    pub(super) fn read_into(&self, offset: u64, target: &mut [u8]) -> Result<()> {
        #[cfg(test)]
        self.reads.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        read_exact_at(&self.file, target, offset)
            .map_err(|e| Error::io(format!("cannot read {} bytes at offset {offset}", target.len()), e))
            .in_file(&self.path)
    }
}

#[cfg(unix)]
/// Fills `target` from `offset`, wherever the file's cursor is.
pub(crate) fn read_exact_at(file: &File, target: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, target, offset)
}

#[cfg(windows)]
/// Fills `target` from `offset`, wherever the file's cursor is.
pub(crate) fn read_exact_at(file: &File, mut target: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !target.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_read(file, target, offset)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        target = target.split_at_mut(count).1;
        offset += count as u64;
    }
    Ok(())
}

#[cfg(not(any(unix, windows)))]
/// Fills `target` from `offset`. Machines without such a call (WebAssembly) have one thread, and one cursor for each file.
pub(crate) fn read_exact_at(mut file: &File, target: &mut [u8], offset: u64) -> io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(target)
}
