//! A new file: invisible until it is complete, then there in one step.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;

use super::naming;
use super::positioned::Positioned;
use super::temporary::Temporary;
use super::Sink;
use crate::error::{Context, Error, Result};
use crate::source::irregular;

/// A file that appears under its name only when it is published; dropped before, it leaves nothing.
///
/// On Linux the file has no name until then, so that not even a killed process leaves anything behind. Elsewhere,
/// and on file systems without that feature, it has a temporary name in the target's directory.
#[derive(Debug)]
pub(crate) struct NewFile {
    file: Positioned,
    temporary: Option<Temporary>,
    overwrite: bool,
}

impl NewFile {
    /// Starts a file that will be called `target`. A link is written through: the file that it names is made or replaced,
    /// not the link.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if `target` exists and may not be overwritten, or is no regular file;
    /// [`Kind::Io`](crate::Kind::Io) if its directory cannot be written.
    pub fn create(target: &Path, overwrite: bool) -> Result<Self> {
        let found = match fs::metadata(target) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => None,
            // Such as a name that is too long: it could not be given in the end, either.
            found => Some(found.map_err(|e| Error::io("cannot create", e)).in_file(target)?),
        };
        match &found {
            Some(found) if irregular(found).is_some() => return Err(refused(found).in_file(target)),
            Some(_) if !overwrite => return Err(Error::usage("the file exists").in_file(target)),
            _ => {}
        }
        let made = naming::destination(target).and_then(|path| {
            let (file, temporary) = match naming::unnamed(naming::directory(&path)) {
                Some(file) => (file, None),
                None => Temporary::create(&path).map(|(file, temporary)| (file, Some(temporary)))?,
            };
            if let Some(found) = &found {
                keep_mode(&file, found)?;
            }
            Ok(NewFile { file: Positioned::new(file, path), temporary, overwrite })
        });
        made.map_err(|e| Error::io("cannot create", e)).in_file(target)
    }
}

/// Why something cannot be replaced by a file.
fn refused(found: &Metadata) -> Error {
    Error::usage(format!("is {}: only regular files are replaced", irregular(found).unwrap_or("no file")))
}

/// Gives a new file the mode, and where that is possible the owner, of the one that it will replace.
#[cfg(unix)]
fn keep_mode(file: &File, old: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{fchown, MetadataExt, PermissionsExt};
    let new = file.metadata()?;
    let mut mode = old.mode() & 0o777;
    if old.uid() != new.uid() {
        let _ = fchown(file, Some(old.uid()), None);
    }
    if old.gid() != new.gid() && fchown(file, None, Some(old.gid())).is_err() {
        // Another group may do what everybody may.
        mode = mode & !0o070 | (mode & 0o007) << 3;
    }
    match new.mode() & 0o777 == mode {
        true => Ok(()),
        false => file.set_permissions(fs::Permissions::from_mode(mode)),
    }
}

#[cfg(not(unix))]
fn keep_mode(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}

impl Sink for NewFile {
    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        self.file.read_at(offset, bytes)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> Result<()> {
        self.file.write_at(offset, bytes)
    }

    fn len(&self) -> Result<u64> {
        self.file.len()
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.file.set_len(len)
    }

    fn reserve(&self, len: u64) -> Result<()> {
        self.file.reserve(len)
    }

    fn barrier(&self) -> Result<()> {
        self.file.barrier()
    }

    fn publish(self: Box<Self>) -> Result<()> {
        let NewFile { file, temporary, overwrite } = *self;
        naming::publish(file.file(), file.path(), temporary, overwrite).in_file(file.path())
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{symlink, PermissionsExt};
    use std::path::PathBuf;

    use super::*;
    use crate::Kind;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn write(target: &Path, overwrite: bool, bytes: &[u8]) -> Result<()> {
        let sink: Box<dyn Sink> = Box::new(NewFile::create(target, overwrite)?);
        sink.write_at(0, bytes)?;
        sink.complete(bytes.len() as u64)
    }

    #[test]
    fn appears_only_when_complete() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("a.exo");
        let sink: Box<dyn Sink> = Box::new(NewFile::create(&target, false).unwrap());
        sink.write_at(0, b"whole").unwrap();
        assert!(!target.exists());
        sink.complete(5).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"whole");
        assert_eq!(write(&target, false, b"other").unwrap_err().kind(), Kind::Usage);
        drop(NewFile::create(&target, true).unwrap());
        assert_eq!(fs::read(&target).unwrap(), b"whole");
        write(&target, true, b"other").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"other");
        assert_eq!(names(directory.path()), ["a.exo"]);
    }

    #[test]
    fn a_name_taken_in_the_meantime_is_left_alone_and_the_file_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("a.exo");
        let sink: Box<dyn Sink> = Box::new(NewFile::create(&target, false).unwrap());
        sink.write_at(0, b"mine").unwrap();
        fs::write(&target, b"theirs").unwrap();
        let error = sink.complete(4).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        assert_eq!(fs::read(&target).unwrap(), b"theirs");
        let kept = names(directory.path()).remove(0);
        assert!(kept.ends_with(".partial") && error.to_string().contains(&kept), "{kept}: {error}");
        assert_eq!(fs::read(directory.path().join(kept)).unwrap(), b"mine");
    }

    #[test]
    fn a_directory_that_vanishes_is_an_error() {
        for overwrite in [false, true] {
            let directory = tempfile::tempdir().unwrap();
            let inner = directory.path().join("inner");
            fs::create_dir(&inner).unwrap();
            let sink: Box<dyn Sink> = Box::new(NewFile::create(&inner.join("a.exo"), overwrite).unwrap());
            sink.write_at(0, b"mine").unwrap();
            fs::remove_dir_all(&inner).unwrap();
            assert_eq!(sink.complete(4).unwrap_err().kind(), Kind::Io);
            assert!(names(directory.path()).is_empty());
        }
    }

    #[test]
    fn the_mode_of_a_replaced_file_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("a.exo");
        for mode in [0o600, 0o640, 0o444, 0o666] {
            write(&target, true, b"old").unwrap();
            fs::set_permissions(&target, fs::Permissions::from_mode(mode)).unwrap();
            write(&target, true, b"new").unwrap();
            assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, mode, "{mode:o}");
            assert_eq!(fs::read(&target).unwrap(), b"new");
        }
    }

    #[test]
    fn what_is_no_regular_file_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let _listening = std::os::unix::net::UnixListener::bind(directory.path().join("socket")).unwrap();
        let fifo = directory.path().join("fifo");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        symlink(&fifo, directory.path().join("link")).unwrap();
        let before = names(directory.path());
        let here = |name: &str| directory.path().join(name);
        for (target, what) in [
            (here("fifo"), "a FIFO"),
            (here("link"), "a FIFO"),
            (here("socket"), "a socket"),
            (here("."), "a directory"),
            (PathBuf::from("/dev/null"), "a device"),
        ] {
            for overwrite in [false, true] {
                let error = write(&target, overwrite, b"").unwrap_err();
                assert_eq!(error.kind(), Kind::Usage);
                assert!(error.to_string().contains(what), "{error}");
            }
        }
        assert_eq!(names(directory.path()), before);
    }

    #[test]
    fn a_link_is_written_through_even_to_where_nothing_is() {
        let directory = tempfile::tempdir().unwrap();
        let (elsewhere, link) = (directory.path().join("elsewhere"), directory.path().join("link"));
        fs::create_dir(&elsewhere).unwrap();
        symlink("elsewhere/again", &link).unwrap();
        symlink("a.exo", elsewhere.join("again")).unwrap();
        write(&link, false, b"new").unwrap();
        assert_eq!(fs::read(elsewhere.join("a.exo")).unwrap(), b"new");
        write(&link, true, b"newer").unwrap();
        assert_eq!(fs::read(elsewhere.join("a.exo")).unwrap(), b"newer");
        assert_eq!(fs::read_link(&link).unwrap(), Path::new("elsewhere/again"));
        symlink("round", directory.path().join("round")).unwrap();
        assert_eq!(write(&directory.path().join("round"), true, b"").unwrap_err().kind(), Kind::Io);
        symlink("nowhere/a.exo", directory.path().join("broken")).unwrap();
        assert_eq!(write(&directory.path().join("broken"), true, b"").unwrap_err().kind(), Kind::Io);
        assert_eq!(names(&elsewhere), ["a.exo", "again"]);
    }

    #[test]
    fn names_of_any_length_and_no_directories() {
        use std::os::unix::ffi::OsStrExt;
        let directory = tempfile::tempdir().unwrap();
        let long = "größe".repeat(36);
        for name in [long.as_bytes(), b"not \xff utf-8", b".partial", b" "] {
            let target = directory.path().join(std::ffi::OsStr::from_bytes(name));
            write(&target, false, b"new").unwrap();
            write(&target, true, b"newer").unwrap();
            assert_eq!(fs::read(&target).unwrap(), b"newer");
        }
        assert_eq!(names(directory.path()).len(), 4);
        assert!(write(&directory.path().join("new/"), true, b"").is_err());
        assert!(NewFile::create(&directory.path().join("x".repeat(256)), true).is_err());
        assert!(write(Path::new(""), true, b"").is_err());
    }
}
