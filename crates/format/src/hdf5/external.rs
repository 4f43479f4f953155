//! Other files that a file names: whether they are opened at all, and which ones.
//!
//! The names come from the file, so they are as hostile as the file is. They are followed only if the caller asks for
//! it, and only to regular files inside one directory.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::read::open;
use super::space::{not_followed, AddressSpace, ExternalFile, ExternalFiles};
use crate::error::{Context, Error, Result};
use crate::limits::Limits;
use crate::source::Source;
use crate::sync::lock;

/// Files that lead to files that lead to files.
const DEEPEST: usize = 16;

/// Whether the files that a file names are opened: sources of virtual datasets, external links, external raw data.
///
/// By default they are not, and what needs them is [`Kind::Unsupported`](crate::Kind::Unsupported): data, and with them a virtual
/// dataset whose extent depends on its sources. If they are, they are
/// looked for in the directory of the file that names them, then in the one directory that was allowed, and they must
/// be regular files in there: names with `..`, and symbolic links that lead out of it, are refused. Of an absolute name
/// only the last part is looked for. Environment variables have no say.
///
/// ```no_run
/// use hyperslab::{hdf5::File, External, OpenOptions};
///
/// # fn main() -> hyperslab::Result<()> {
/// // A virtual dataset whose sources lie in this directory, or below it.
/// let options = OpenOptions::new().external(External::within("run_17/parts")?);
/// let all = File::open_with("run_17/all.h5", &options)?.object("/pressure")?.dataset()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct External {
    policy: Option<Arc<Policy>>,
    /// The files from the first one to this one, as far as they are known.
    above: Vec<PathBuf>,
    opened: Arc<Cache>,
}

/// How a file is opened.
type Open = dyn Fn(&Path) -> Result<Source> + Send + Sync;

struct Policy {
    /// Without symbolic links.
    directory: PathBuf,
    open: Box<Open>,
}

/// Files that were opened, by the names that led to them. A file named in another one holds its own.
#[derive(Debug, Default)]
struct Cache {
    files: Mutex<HashMap<Vec<u8>, ExternalFile>>,
    raw: Mutex<HashMap<Vec<u8>, Arc<Source>>>,
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").field("directory", &self.directory).finish_non_exhaustive()
    }
}

impl External {
    /// Opens what is named in a file, if it lies in `directory` or below.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io) when there is no such directory.
    pub fn within(directory: impl AsRef<Path>) -> Result<Self> {
        let path = directory.as_ref();
        let directory = path.canonicalize().map_err(|e| Error::io("cannot follow", e)).in_file(path)?;
        let policy = Policy { directory, open: Box::new(|path| Source::open(path)) };
        Ok(External { policy: Some(Arc::new(policy)), ..External::default() })
    }

    /// Opens what is named in `file`, if it lies in the same directory or below.
    ///
    /// # Errors
    /// As [`External::within`].
    pub fn beside(file: impl AsRef<Path>) -> Result<Self> {
        let file = file.as_ref();
        let directory = file.parent().filter(|path| !path.as_os_str().is_empty());
        let external = Self::within(directory.unwrap_or(Path::new(".")))?;
        // The name of several files is none of a file.
        Ok(External { above: file.canonicalize().into_iter().collect(), ..external })
    }

    /// Opens files by `open` and not by [`Source::open`]: to map them.
    #[must_use]
    pub fn opened_by(self, open: impl Fn(&Path) -> Result<Source> + Send + Sync + 'static) -> Self {
        let policy = self.policy.map(|policy| {
            let directory = policy.directory.clone();
            Arc::new(Policy { directory, open: Box::new(open) })
        });
        External { policy, above: self.above, opened: Arc::default() }
    }

    /// Whether any other file is opened.
    pub fn is_on(&self) -> bool {
        self.policy.is_some()
    }

    fn policy(&self, name: &[u8]) -> Result<&Policy> {
        self.policy.as_deref().ok_or_else(|| not_followed(name))
    }

    /// The directory of the file that has the names in it.
    fn directory(&self) -> Option<&Path> {
        self.above.last()?.parent()
    }

    fn open(&self, policy: &Policy, path: PathBuf, limits: &Limits) -> Result<Arc<AddressSpace>> {
        if self.above.contains(&path) {
            return Err(Error::unsupported("files that lead back to each other").in_file(&path));
        }
        crate::limits::check("files that lead to files", self.above.len() as u64 + 1, DEEPEST as u64)?;
        let source = (policy.open)(&path)?;
        let base = open::find(&source).in_file(&path)?;
        let base = base.ok_or_else(|| open::none(&source, "not an HDF5 file")).in_file(&path)?;
        let mut opened = open::open(source, base, limits.clone()).in_file(&path)?;
        let above = self.above.iter().cloned().chain([path]).collect();
        opened.external = Arc::new(External { policy: self.policy.clone(), above, opened: Arc::default() });
        Ok(Arc::new(opened))
    }
}

impl ExternalFiles for External {
    fn file(&self, name: &[u8], limits: &Limits) -> Result<Option<ExternalFile>> {
        let policy = self.policy(name)?;
        if let Some(found) = lock(&self.opened.files).get(name) {
            return Ok(Some(found.clone()));
        }
        let Some(path) = policy.find(name, self.directory().into_iter().chain([policy.directory.as_path()]))? else {
            return Ok(None);
        };
        let found = match self.above.last() == Some(&path) {
            true => ExternalFile::Own,
            false => ExternalFile::Other(self.open(policy, path, limits)?),
        };
        // Every file can name many, and each of those many: the deeper, the fewer stay open.
        let kept = 32usize.checked_shr(2 * u32::try_from(self.above.len()).unwrap_or(u32::MAX)).unwrap_or(0);
        Ok(Some(keep(&self.opened.files, kept, name, found)))
    }

    /// It is looked for in the allowed directory only, as the library looks in the working directory only.
    fn raw(&self, name: &[u8]) -> Result<Option<Arc<Source>>> {
        let policy = self.policy(name)?;
        if let Some(found) = lock(&self.opened.raw).get(name) {
            return Ok(Some(found.clone()));
        }
        let path = policy.find(name, [policy.directory.as_path()])?;
        let opened = path.map(|path| (policy.open)(&path)).transpose()?;
        Ok(opened.map(|source| keep(&self.opened.raw, 32, name, Arc::new(source))))
    }
}

/// Keeps what was opened, and forgets all others when they become too many.
fn keep<T: Clone>(cache: &Mutex<HashMap<Vec<u8>, T>>, most: usize, name: &[u8], value: T) -> T {
    let mut kept = lock(cache);
    if kept.len() >= most {
        kept.clear();
    }
    if most > 0 {
        kept.insert(name.to_vec(), value.clone());
    }
    value
}

fn shown(name: &[u8]) -> String {
    format!("{:?}", String::from_utf8_lossy(name))
}

impl Policy {
    /// The regular file of this name in the first directory that has one.
    fn find<'a>(&self, name: &[u8], directories: impl IntoIterator<Item = &'a Path>) -> Result<Option<PathBuf>> {
        let refused =
            |why: &str| Error::unsupported(format!("the file {} ({why}, so it is not followed)", shown(name)));
        let text = std::str::from_utf8(name).map_err(|_| refused("its name is no UTF-8"))?;
        let named = Path::new(text);
        let relative = match named.is_absolute() || named.has_root() {
            true => named.file_name().map(PathBuf::from),
            false => plain(named),
        };
        let relative = relative.ok_or_else(|| refused("its name leads out of the directory"))?;
        for directory in directories {
            if let Some(path) = existing(&directory.join(&relative))? {
                let allowed = path.starts_with(&self.directory);
                let regular = allowed && fs::metadata(&path).is_ok_and(|found| found.is_file());
                return match (allowed, regular) {
                    (true, true) => Ok(Some(path)),
                    (true, false) => Err(refused("it is no regular file")),
                    (false, _) => Err(refused("it lies outside of the directory")),
                };
            }
        }
        // To say that it is missing would be wrong.
        match named.has_root() && fs::symlink_metadata(named).is_ok() {
            true => Err(refused("it lies outside of the directory")),
            false => Ok(None),
        }
    }
}

/// A path of names only; `None` if it leads anywhere else.
fn plain(path: &Path) -> Option<PathBuf> {
    let names = path.components().filter(|part| *part != Component::CurDir);
    let plain: Option<PathBuf> = names.map(|part| matches!(part, Component::Normal(_)).then_some(part)).collect();
    plain.filter(|path| !path.as_os_str().is_empty())
}

/// A path without symbolic links, if there is anything.
fn existing(path: &Path) -> Result<Option<PathBuf>> {
    match path.canonicalize() {
        Ok(path) => Ok(Some(path)),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(e) => Err(Error::io("cannot follow", e)).in_file(path),
    }
}

#[cfg(test)]
mod tests;
