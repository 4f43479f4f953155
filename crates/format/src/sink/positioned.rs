//! Positioned writes: every write names its offset, so threads share one file without a lock.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Context, Error, Result};
use crate::source::read_exact_at;

/// A file written by `pwrite`, and the name that its errors bear.
#[derive(Debug)]
pub(super) struct Positioned {
    file: File,
    path: PathBuf,
    /// Set when a barrier failed: the system may have dropped what it could not write, and a second try would succeed
    /// without it.
    poisoned: AtomicBool,
}

impl Positioned {
    pub fn new(file: File, path: PathBuf) -> Self {
        Positioned { file, path, poisoned: AtomicBool::new(false) }
    }

    pub fn file(&self) -> &File {
        &self.file
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn read_at(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        let len = bytes.len();
        self.run(
            || format!("cannot read back {len} bytes at offset {offset}"),
            |file| read_exact_at(file, bytes, offset),
        )
    }

    pub fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        let what = || format!("cannot write {} bytes at offset {offset}", bytes.len());
        self.run(what, |file| write_all_at(file, bytes, offset))?;
        start_writeback(&self.file, offset, bytes.len() as u64);
        Ok(())
    }

    pub fn len(&self) -> Result<u64> {
        self.run(|| "cannot tell the length".to_owned(), |file| Ok(file.metadata()?.len()))
    }

    pub fn set_len(&self, len: u64) -> Result<()> {
        self.run(|| format!("cannot make the file {len} bytes long"), |file| file.set_len(len))
    }

    pub fn reserve(&self, len: u64) -> Result<()> {
        self.run(|| format!("no room for {len} bytes"), |file| reserve(file, len))
    }

    pub fn barrier(&self) -> Result<()> {
        let done = self.run(|| "cannot make the file durable".to_owned(), File::sync_data);
        if done.is_err() {
            self.poisoned.store(true, Ordering::SeqCst);
        }
        done
    }

    fn run<T>(&self, what: impl FnOnce() -> String, call: impl FnOnce(&File) -> io::Result<T>) -> Result<T> {
        let done = match self.poisoned.load(Ordering::SeqCst) {
            true => Err(io::Error::other("the file could not be made durable before")),
            false => call(&self.file),
        };
        done.map_err(|e| Error::io(what(), e)).in_file(&self.path)
    }
}

/// File systems that cannot reserve are left alone.
#[cfg(target_os = "linux")]
fn reserve(file: &File, len: u64) -> io::Result<()> {
    use rustix::fs::{fallocate, FallocateFlags};
    use rustix::io::Errno;
    match fallocate(file, FallocateFlags::KEEP_SIZE, 0, len) {
        Err(e @ (Errno::NOSPC | Errno::DQUOT | Errno::FBIG | Errno::IO)) if len > 0 => Err(e.into()),
        _ => Ok(()),
    }
}

#[cfg(not(target_os = "linux"))]
fn reserve(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}

/// Bytes whose way to the disk is worth a call of its own.
#[cfg(target_os = "linux")]
const WORTH_IT: u64 = 64 << 10;

/// Lets the disk work while the processor does. A finished file is durable before it is visible; left to the end, that
/// wait would be as long as the disk needs for the whole file. (Advice that pages are not needed starts their writing;
/// they stay in the cache, because they are not clean yet.)
#[cfg(target_os = "linux")]
fn start_writeback(file: &File, offset: u64, len: u64) {
    if let Some(len) = std::num::NonZeroU64::new(len).filter(|len| len.get() >= WORTH_IT) {
        let _ = rustix::fs::fadvise(file, offset, Some(len), rustix::fs::Advice::DontNeed);
    }
}

#[cfg(not(target_os = "linux"))]
fn start_writeback(_: &File, _: u64, _: u64) {}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
        if count == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = bytes.split_at(count).1;
        offset += count as u64;
    }
    Ok(())
}

/// Machines without such a call (WebAssembly) have one thread, and one cursor for each file.
#[cfg(not(any(unix, windows)))]
fn write_all_at(mut file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    use std::io::{Seek, SeekFrom, Write};
    file.seek(SeekFrom::Start(offset))?;
    file.write_all(bytes)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_barrier_poisons() {
        // A device has no data to synchronise, and says so.
        let path = PathBuf::from("/dev/null");
        let device = File::options().read(true).write(true).open(&path).unwrap();
        let sink = Positioned::new(device, path);
        sink.write_at(0, b"gone").unwrap();
        assert!(sink.barrier().is_err());
        for error in [sink.write_at(0, b"gone"), sink.barrier(), sink.set_len(0), sink.read_at(0, &mut [])] {
            let error = error.unwrap_err();
            assert_eq!(error.kind(), crate::Kind::Io);
            assert!(error.to_string().contains("could not be made durable before"), "{error}");
        }
        assert!(sink.len().is_err());
    }
}
