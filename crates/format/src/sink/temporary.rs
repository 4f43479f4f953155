//! A temporary name beside a file that is not complete yet.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard};

use crate::sync::lock;

/// Bytes of the target's name in the temporary one; some file systems allow 143 in all.
const NAME_KEPT: usize = 100;

/// The names that are in use, as system calls want them.
static IN_USE: Mutex<Vec<SystemPath>> = Mutex::new(Vec::new());

#[cfg(unix)]
type SystemPath = std::ffi::CString;
#[cfg(not(unix))]
type SystemPath = PathBuf;

/// Removes the temporary names of all files that this process has not finished, for a program that is about to end without
/// dropping its writers: in a signal handler, or before [`std::process::exit`]. On Linux most file systems need no such
/// names, and there is nothing to remove.
///
/// It may be called in a signal handler: it allocates nothing and waits for nothing. A name that another thread is just
/// giving up may stay.
pub fn remove_unfinished() {
    if let Ok(names) = IN_USE.try_lock() {
        for name in names.iter() {
            remove(name);
        }
    }
}

#[cfg(unix)]
fn remove(name: &SystemPath) {
    let _ = rustix::fs::unlink(name.as_c_str());
}

#[cfg(not(unix))]
fn remove(name: &SystemPath) {
    let _ = std::fs::remove_file(name);
}

#[cfg(unix)]
fn system_path(path: &Path) -> io::Result<SystemPath> {
    use std::os::unix::ffi::OsStrExt;
    Ok(SystemPath::new(path.as_os_str().as_bytes())?)
}

#[cfg(not(unix))]
fn system_path(path: &Path) -> io::Result<SystemPath> {
    Ok(path.to_path_buf())
}

fn in_use() -> MutexGuard<'static, Vec<SystemPath>> {
    lock(&IN_USE)
}

/// A name that is removed when this is dropped.
#[derive(Debug)]
pub(super) struct Temporary {
    path: PathBuf,
    name: SystemPath,
    kept: bool,
}

impl Temporary {
    /// A new file beside the target.
    pub(super) fn create(target: &Path) -> io::Result<(File, Self)> {
        Self::beside(target, |path| OpenOptions::new().read(true).write(true).create_new(true).open(path))
    }

    /// Does `make` with names beside the target until one is free.
    pub(super) fn beside<T>(target: &Path, mut make: impl FnMut(&Path) -> io::Result<T>) -> io::Result<(T, Self)> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let kept = (0..=NAME_KEPT.min(name.len())).rev().find_map(|end| name.get(..end)).unwrap_or_default();
        loop {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = target.with_file_name(format!(".{kept}.{}-{number}.partial", std::process::id()));
            let name = system_path(&path)?;
            // It is noted first: whoever is interrupted between the two leaves nothing.
            let made = Temporary::noted(path, name);
            match make(&made.path) {
                // A killed process of the same number left it.
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => drop(made.keep()),
                Err(e) => {
                    made.keep();
                    return Err(e);
                }
                Ok(file) => return Ok((file, made)),
            }
        }
    }

    /// A name that is removed from now on.
    fn noted(path: PathBuf, name: SystemPath) -> Self {
        in_use().push(name.clone());
        Temporary { path, name, kept: false }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Leaves the file under this name.
    pub(super) fn keep(mut self) -> PathBuf {
        self.kept = true;
        self.path.clone()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.kept {
            remove(&self.name);
        }
        in_use().retain(|name| *name != self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_noted_before_there_is_a_file() {
        let directory = tempfile::tempdir().unwrap();
        let is_noted = |path: &Path| in_use().contains(&system_path(path).unwrap());
        let (noted, made) = Temporary::beside(&directory.path().join("a"), |path| Ok(is_noted(path))).unwrap();
        let path = made.path().to_owned();
        drop(made);
        assert!(noted && !is_noted(&path));
        let mut refused = PathBuf::new();
        let fails = |path: &Path| -> io::Result<()> {
            path.clone_into(&mut refused);
            Err(io::ErrorKind::PermissionDenied.into())
        };
        assert!(Temporary::beside(&directory.path().join("a"), fails).is_err() && !is_noted(&refused));
    }
}
