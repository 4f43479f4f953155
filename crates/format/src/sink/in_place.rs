//! A file that is changed where it is.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::positioned::Positioned;
use super::Sink;
use crate::error::{Context, Error, Result};
use crate::source::irregular;

/// The variable by which libhdf5 is told whether to lock.
const VARIABLE: &str = "HDF5_USE_FILE_LOCKING";

/// An existing file opened for change, and locked against other writers. Nothing is cut off when it is opened, and every
/// write is visible at once: what is reachable is only overwritten between barriers. What was put behind that is cut off when
/// the sink is dropped; a crash leaves it there.
#[derive(Debug)]
pub(crate) struct InPlace {
    file: Positioned,
    /// How many bytes readers may reach.
    kept: AtomicU64,
    /// How far this sink wrote: what lies beyond is another program's.
    reach: AtomicU64,
}

/// Whether a file that is changed is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Locking {
    Never,
    /// Where the file system can.
    BestEffort,
    Always,
}

impl Locking {
    /// What the variable says, as libhdf5 reads it.
    fn new(variable: Option<&OsStr>) -> Self {
        match variable.and_then(OsStr::to_str) {
            Some("FALSE" | "0") => Locking::Never,
            Some("TRUE" | "1") => Locking::Always,
            _ => Locking::BestEffort,
        }
    }

    /// Locks a file until it is closed. The lock is advice: it binds those who ask for it.
    fn lock(self, file: &File) -> Result<()> {
        #[cfg(unix)]
        if self != Locking::Never {
            use rustix::fs::{flock, FlockOperation};
            use rustix::io::Errno;
            return match flock(file, FlockOperation::NonBlockingLockExclusive) {
                Err(e @ Errno::WOULDBLOCK) => {
                    Err(Error::io("another program holds the lock of the file: wait until it is done", e.into()))
                }
                Err(e) if self == Locking::Always => Err(Error::io("cannot lock", e.into())),
                _ => Ok(()),
            };
        }
        #[cfg(not(unix))]
        let _ = file;
        Ok(())
    }
}

impl InPlace {
    /// Opens a file for change.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if it is no regular file; [`Kind::Io`](crate::Kind::Io) if it cannot be opened, or
    /// another program has locked it.
    pub fn open(path: &Path) -> Result<Self> {
        Self::locked(path, Locking::new(std::env::var_os(VARIABLE).as_deref())).in_file(path)
    }

    fn locked(path: &Path, locking: Locking) -> Result<Self> {
        let cannot_open = |e| Error::io("cannot open for change", e);
        if let Some(what) = irregular(&fs::metadata(path).map_err(cannot_open)?) {
            return Err(Error::usage(format!("is {what}: only regular files are changed")));
        }
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(cannot_open)?;
        locking.lock(&file)?;
        let kept = AtomicU64::new(file.metadata().map_err(cannot_open)?.len());
        Ok(InPlace { file: Positioned::new(file, path.to_path_buf()), kept, reach: AtomicU64::new(0) })
    }

    /// Notes that the file may be as long as this by our doing.
    fn reaches(&self, end: u64) {
        self.reach.fetch_max(end, Ordering::SeqCst);
    }
}

impl Drop for InPlace {
    /// Cuts off what was never published. Unlocks the file for those, too, who have its descriptor by a fork and have not closed
    /// it yet.
    fn drop(&mut self) {
        let (kept, reach) = (*self.kept.get_mut(), *self.reach.get_mut());
        let file = self.file.file();
        if file.metadata().is_ok_and(|found| found.len() > kept && found.len() <= reach) {
            // What cannot be cut off does no harm.
            let _ = file.set_len(kept);
        }
        #[cfg(unix)]
        let _ = rustix::fs::flock(self.file.file(), rustix::fs::FlockOperation::Unlock);
    }
}

impl Sink for InPlace {
    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        self.file.read_at(offset, bytes)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        self.reaches(offset.saturating_add(bytes.len() as u64));
        self.file.write_at(offset, bytes)
    }

    fn len(&self) -> Result<u64> {
        self.file.len()
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.reaches(len);
        self.file.set_len(len)
    }

    fn reserve(&self, len: u64) -> Result<()> {
        self.reaches(len);
        self.file.reserve(len)
    }

    fn barrier(&self) -> Result<()> {
        self.file.barrier()
    }

    fn keep(&self, len: u64) {
        self.kept.fetch_max(len, Ordering::SeqCst);
    }

    fn publish(self: Box<Self>) -> Result<()> {
        // It was visible all the time.
        self.keep(u64::MAX);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_changed_where_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.h5");
        fs::write(&path, b"the old bytes").unwrap();
        let sink: Box<dyn Sink> = Box::new(InPlace::open(&path).unwrap());
        assert_eq!(sink.len().unwrap(), 13);
        sink.write_at(4, b"new").unwrap();
        let mut back = [0; 7];
        sink.read_at(0, &mut back).unwrap();
        assert_eq!(&back, b"the new");
        sink.complete(7).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"the new");
        assert_eq!(InPlace::open(directory.path()).unwrap_err().kind(), crate::Kind::Usage);
        assert_eq!(InPlace::open(&directory.path().join("b.h5")).unwrap_err().kind(), crate::Kind::Io);
    }

    #[test]
    fn what_was_never_published_is_cut_off() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.h5");
        fs::write(&path, b"the old bytes").unwrap();
        let after = |keep: &dyn Fn(&InPlace)| {
            let sink = InPlace::open(&path).unwrap();
            sink.write_at(13, b" and more").unwrap();
            keep(&sink);
            drop(sink);
            fs::read(&path).unwrap()
        };
        assert_eq!(after(&|_| {}), b"the old bytes");
        assert_eq!(after(&|sink| sink.keep(17)), b"the old bytes and");
        assert_eq!(after(&|sink| sink.set_len(3).unwrap()), b"the");
        // What another program put behind it is not ours to cut off.
        let longer = b"the file of somebody who does not heed locks";
        assert_eq!(after(&|_| fs::write(&path, longer).unwrap()), longer);
    }

    #[test]
    #[cfg(unix)]
    fn two_writers_exclude_each_other_unless_told_otherwise() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.h5");
        fs::write(&path, b"bytes").unwrap();
        let open = |variable: Option<&str>| InPlace::locked(&path, Locking::new(variable.map(OsStr::new)));
        let first = open(None).unwrap();
        for variable in [None, Some("BEST_EFFORT"), Some("TRUE"), Some("1"), Some("nonsense")] {
            let error = open(variable).unwrap_err();
            assert!(error.to_string().contains("holds the lock"), "{variable:?}: {error}");
        }
        assert!(open(Some("FALSE")).is_ok() && open(Some("0")).is_ok());
        // As a process has it that was forked meanwhile.
        let shared = first.file.file().try_clone().unwrap();
        drop(first);
        assert!(open(Some("TRUE")).is_ok());
        drop(shared);
    }
}
