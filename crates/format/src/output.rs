//! The file being written: invisible until it is complete, then there in one step.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Context, Error, Result};
use crate::source::read_exact_at;

/// A file that appears under its name only when [`Output::commit`] succeeds; dropped before, it leaves nothing.
///
/// On Linux the file has no name until then, so that not even a killed process leaves anything behind. Elsewhere,
/// and on file systems without that feature, it has a temporary name in the target's directory.
#[derive(Debug)]
pub(crate) struct Output {
    file: File,
    target: PathBuf,
    temporary: Option<PathBuf>,
    overwrite: bool,
}

impl Output {
    /// Starts a file that will be called `target`.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if `target` exists and may not be overwritten, or is a directory;
    /// [`Kind::Io`](crate::Kind::Io) if its directory cannot be written.
    pub fn create(target: &Path, overwrite: bool) -> Result<Self> {
        match std::fs::symlink_metadata(target) {
            Ok(found) if found.is_dir() => return Err(Error::usage("is a directory").in_file(target)),
            Ok(_) if !overwrite => return Err(Error::usage("the file exists").in_file(target)),
            _ => {}
        }
        // A link is written through: the file it names is replaced, not the link.
        let target = std::fs::canonicalize(target).unwrap_or_else(|_| target.to_path_buf());
        if let Some(file) = unnamed(directory(&target)) {
            return Ok(Output { file, target, temporary: None, overwrite });
        }
        let temporary = sibling(&target);
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&temporary);
        let file = file.map_err(|e| Error::io("cannot create", e)).in_file(&target)?;
        Ok(Output { file, target, temporary: Some(temporary), overwrite })
    }

    /// Writes all of `bytes` at `offset`; any thread, any order.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io), with the target's name.
    pub fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        write_all_at(&self.file, bytes, offset)
            .map_err(|e| Error::io(format!("cannot write {} bytes at offset {offset}", bytes.len()), e))
            .in_file(&self.target)?;
        start_writeback(&self.file, offset, bytes.len() as u64);
        Ok(())
    }

    /// Reads back what was written.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io), with the target's name.
    pub fn read_at(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        read_exact_at(&self.file, bytes, offset)
            .map_err(|e| Error::io(format!("cannot read back {} bytes at offset {offset}", bytes.len()), e))
            .in_file(&self.target)
    }

    /// Makes room for `len` bytes, so that a full disk shows before the work and not after it. File systems that
    /// cannot reserve are left alone.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io) when there is no room.
    pub fn reserve(&self, len: u64) -> Result<()> {
        #[cfg(target_os = "linux")]
        if len > 0 {
            let flags = rustix::fs::FallocateFlags::KEEP_SIZE;
            if let Err(rustix::io::Errno::NOSPC | rustix::io::Errno::DQUOT | rustix::io::Errno::FBIG) =
                rustix::fs::fallocate(&self.file, flags, 0, len)
            {
                let error = Error::io(format!("no room for {len} bytes"), io::ErrorKind::StorageFull.into());
                return Err(error.in_file(&self.target));
            }
        }
        Ok(())
    }

    /// Makes the file `len` bytes long, durable and visible.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io); [`Kind::Usage`](crate::Kind::Usage) if the target appeared in the meantime.
    pub fn commit(mut self, len: u64) -> Result<()> {
        let target = self.target.clone();
        self.file
            .set_len(len)
            .and_then(|()| self.file.sync_data())
            .map_err(|e| Error::io("cannot complete", e))
            .in_file(&target)?;
        let renamed = if self.overwrite { self.replace() } else { self.place() };
        renamed
            .map_err(|e| match e.kind() {
                io::ErrorKind::AlreadyExists => Error::usage("the file exists"),
                _ => Error::io("cannot put the finished file in place", e),
            })
            .in_file(&target)?;
        // Without this the name, not the content, could be lost with the power; not every file system can do it.
        let _ = File::open(directory(&target)).and_then(|d| d.sync_all());
        Ok(())
    }

    /// Gives the file its name if that is free.
    fn place(&mut self) -> io::Result<()> {
        match self.temporary.take() {
            None => link_unnamed(&self.file, &self.target),
            Some(temporary) => {
                let linked = std::fs::hard_link(&temporary, &self.target);
                let _ = std::fs::remove_file(&temporary);
                linked
            }
        }
    }

    /// Gives the file its name in place of whatever has it now.
    fn replace(&mut self) -> io::Result<()> {
        let temporary = match self.temporary.take() {
            Some(temporary) => temporary,
            None => {
                let temporary = sibling(&self.target);
                link_unnamed(&self.file, &temporary)?;
                temporary
            }
        };
        std::fs::rename(&temporary, &self.target).inspect_err(|_| {
            let _ = std::fs::remove_file(&temporary);
        })
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            let _ = std::fs::remove_file(temporary);
        }
    }
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

/// The directory of a file.
fn directory(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A name beside the target that nobody else uses.
fn sibling(target: &Path) -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let unique = format!(".{name}.{}-{}.partial", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    target.with_file_name(unique)
}

/// A file without a name, if the file system has such files and a name can be given to it later.
#[cfg(target_os = "linux")]
fn unnamed(directory: &Path) -> Option<File> {
    use rustix::fs::{Mode, OFlags};
    let mode = Mode::from_raw_mode(0o666);
    let file = File::from(rustix::fs::open(directory, OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, mode).ok()?);
    Path::new(&handle(&file)).exists().then_some(file)
}

#[cfg(target_os = "linux")]
fn handle(file: &File) -> String {
    use std::os::fd::AsRawFd;
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

#[cfg(target_os = "linux")]
fn link_unnamed(file: &File, name: &Path) -> io::Result<()> {
    use rustix::fs::{linkat, AtFlags, CWD};
    Ok(linkat(CWD, handle(file), CWD, name, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
fn unnamed(_: &Path) -> Option<File> {
    None
}

#[cfg(not(target_os = "linux"))]
fn link_unnamed(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(unix)]
fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(windows)]
fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let count = std::os::windows::fs::FileExt::seek_write(file, bytes, offset)?;
        bytes = bytes.split_at(count).1;
        offset += count as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn appears_only_when_committed() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("a.exo");
        let output = Output::create(&target, false).unwrap();
        output.write_at(0, b"whole").unwrap();
        assert!(!target.exists());
        output.commit(5).unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"whole");
        assert!(Output::create(&target, false).is_err());
        drop(Output::create(&target, true).unwrap());
        assert_eq!(std::fs::read(&target).unwrap(), b"whole");
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
