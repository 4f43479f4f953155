//! Giving a finished file its name, in one step, on any file system.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::temporary::Temporary;
use crate::error::{Error, Result};

/// Links that lead to links that lead to links.
const DEEPEST: usize = 40;

/// Where a file of this name will be: links are followed, even those that lead to nothing yet.
pub(super) fn destination(target: &Path) -> io::Result<PathBuf> {
    let mut path = target.to_path_buf();
    for _ in 0..DEEPEST {
        match fs::read_link(&path) {
            Ok(next) => path = directory(&path).join(next),
            // What is no link, or not there.
            Err(_) => {
                let name = path.file_name().filter(|_| !ends_with_separator(&path));
                let name = name.ok_or_else(|| io::Error::from(io::ErrorKind::IsADirectory))?;
                return Ok(fs::canonicalize(directory(&path))?.join(name));
            }
        }
    }
    Err(io::Error::other("links that lead to each other"))
}

fn ends_with_separator(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().last().is_some_and(|&last| std::path::is_separator(char::from(last)))
}

/// The directory of a file.
pub(super) fn directory(target: &Path) -> &Path {
    match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Gives a file that is complete and durable the name `target`: in place of whatever has it, or only if nothing has.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) if something has the name now and may not be replaced,
/// [`Kind::Io`](crate::Kind::Io); the message says under which name the file is.
pub(super) fn publish(file: &File, target: &Path, temporary: Option<Temporary>, replace: bool) -> Result<()> {
    match temporary {
        Some(temporary) => rename(temporary, target, replace)?,
        None if !replace && link_unnamed(file, target).is_ok() => {}
        None => {
            let temporary = name_beside(file, target);
            rename(temporary.map_err(|e| Error::io("cannot give the finished file a name", e))?, target, replace)?;
        }
    }
    sync_directory(target)
}

/// Gives up a temporary name for the right one, or keeps it and says so.
fn rename(temporary: Temporary, target: &Path, replace: bool) -> Result<()> {
    let renamed = match replace {
        true => fs::rename(temporary.path(), target),
        false => rename_if_free(temporary.path(), target),
    };
    // There is nothing to remove any more, or it must stay.
    let temporary = temporary.keep();
    renamed.map_err(|e| {
        let kept = format!("the finished file was kept as {}", temporary.display());
        match e.kind() {
            io::ErrorKind::AlreadyExists => Error::usage(format!("the file exists by now; {kept}")),
            _ => Error::io(format!("cannot put the finished file in place; {kept}"), e),
        }
    })
}

/// Without this the name, not the content, could be lost with the power. Not every file system can do it.
fn sync_directory(target: &Path) -> Result<()> {
    let Err(e) = File::open(directory(target)).and_then(|directory| directory.sync_all()) else { return Ok(()) };
    match e.raw_os_error() {
        #[cfg(unix)]
        Some(number) if number == rustix::io::Errno::IO.raw_os_error() => {
            Err(Error::io("the file is in place, but its name may not outlive a power failure", e))
        }
        _ => Ok(()),
    }
}

/// Renames a file unless something has the new name. Not every file system can do that in one step, and of those that
/// cannot, not every one has hard links; only where neither is there, another program can take the name in between.
fn rename_if_free(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{renameat_with, RenameFlags, CWD};
        use rustix::io::Errno;
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP | Errno::PERM) => {}
            done => return Ok(done?),
        }
    }
    match fs::hard_link(from, to) {
        Ok(()) => return fs::remove_file(from),
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => return Err(e),
        Err(_) => {}
    }
    match fs::symlink_metadata(to) {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => fs::rename(from, to),
        Err(e) => Err(e),
    }
}

/// Gives a file without a name a temporary one. Where it cannot have any, a copy gets it.
fn name_beside(file: &File, target: &Path) -> io::Result<Temporary> {
    if let Ok(((), temporary)) = Temporary::beside(target, |path| link_unnamed(file, path)) {
        return Ok(temporary);
    }
    let (mut copy, temporary) = Temporary::create(target)?;
    let mut file = file;
    io::Seek::rewind(&mut file)?;
    io::copy(&mut file, &mut copy)?;
    copy.set_permissions(file.metadata()?.permissions())?;
    copy.sync_data()?;
    Ok(temporary)
}

/// A file without a name, if the file system has such files and a name can be given to it later.
#[cfg(target_os = "linux")]
pub(super) fn unnamed(directory: &Path) -> Option<File> {
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
pub(super) fn unnamed(_: &Path) -> Option<File> {
    None
}

#[cfg(not(target_os = "linux"))]
fn link_unnamed(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_a_temporary_name_is_put_in_place() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("a.exo");
        for (replace, bytes) in [(false, "new"), (true, "newer")] {
            let (file, temporary) = Temporary::create(&target).unwrap();
            fs::write(temporary.path(), bytes).unwrap();
            publish(&file, &target, Some(temporary), replace).unwrap();
            assert_eq!(fs::read_to_string(&target).unwrap(), bytes);
        }
        let (file, temporary) = Temporary::create(&target).unwrap();
        let kept = temporary.path().to_path_buf();
        let error = publish(&file, &target, Some(temporary), false).unwrap_err();
        assert!(kept.exists() && error.to_string().contains(&*kept.to_string_lossy()), "{error}");
        drop(Temporary::create(&target).unwrap());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
    }
}
