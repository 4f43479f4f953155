//! A temporary name beside a file that is not complete yet.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Bytes of the target's name in the temporary one; some file systems allow 143 in all.
const NAME_KEPT: usize = 100;

/// A name that is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Temporary {
    /// Empty when there is nothing to remove any more.
    path: PathBuf,
}

impl Temporary {
    /// A new file beside the target.
    pub fn create(target: &Path) -> io::Result<(File, Self)> {
        Self::beside(target, |path| OpenOptions::new().read(true).write(true).create_new(true).open(path))
    }

    /// Does `make` with names beside the target until one is free.
    pub fn beside<T>(target: &Path, mut make: impl FnMut(&Path) -> io::Result<T>) -> io::Result<(T, Self)> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let kept = (0..=NAME_KEPT.min(name.len())).rev().find_map(|end| name.get(..end)).unwrap_or_default();
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = target.with_file_name(format!(".{kept}.{}-{number}.partial", std::process::id()));
            match make(&path) {
                // A killed process of the same number left it.
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                made => return made.map(|made| (made, Temporary { path })),
            }
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the file under this name.
    pub fn keep(mut self) -> PathBuf {
        std::mem::take(&mut self.path)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.path);
        }
    }
}
