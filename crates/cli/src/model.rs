//! Opening what takes any model: a file, or the files of a decomposed one.

use std::path::{Path, PathBuf};

use exodus_rs::{Error, ExodusFile, Kind, Model, ParallelFile, Result};

use crate::input;

/// A file, or the members of a decomposed model as one.
pub enum Opened {
    File(ExodusFile),
    Whole(Box<ParallelFile>),
}

/// Opens the file of a name; where there is none, the members of the decomposed model of this name. Of what was cut off
/// perhaps the whole steps alone.
pub fn open(path: &Path, no_mmap: bool, salvage: bool) -> Result<Opened> {
    match whole(path, no_mmap, salvage)? {
        Some(whole) if salvage => Ok(Opened::Whole(Box::new(whole.salvage()))),
        Some(whole) => Ok(Opened::Whole(Box::new(whole))),
        None => input::open(path, no_mmap, salvage).map(Opened::File),
    }
}

/// The decomposed model of this name, unless there is a file of the name. Members that are cut off are refused: the others
/// go on without them.
pub fn whole(path: &Path, no_mmap: bool, salvage: bool) -> Result<Option<ParallelFile>> {
    if input::is_standard_input(path) || path.exists() {
        return Ok(None);
    }
    let paths = match ParallelFile::find(path) {
        // Why the name leads nowhere is better said of the file.
        Err(error) if error.kind() == Kind::Io => Vec::new(),
        found => found?,
    };
    let member = |path: &Path| {
        let file = input::open(path, no_mmap, salvage)?;
        file.netcdf().check_complete().map(|()| file).map_err(|error| error.in_file(path))
    };
    if paths.is_empty() {
        return Ok(None);
    }
    open_many();
    ParallelFile::from_paths(paths, member).map(Some)
}

/// Lets as many files be open at once as the system allows: a decomposed model may have thousands.
fn open_many() {
    #[cfg(unix)]
    {
        use rustix::process::{getrlimit, setrlimit, Resource, Rlimit};
        let maximum = getrlimit(Resource::Nofile).maximum;
        // Where that is refused, the file that cannot be opened is named.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    }
}

impl Opened {
    pub fn model(&self) -> &dyn Model {
        match self {
            Opened::File(file) => file,
            Opened::Whole(whole) => &**whole,
        }
    }

    /// Whether all members have the same steps; says how to get those that all have.
    pub fn check_steps(&self) -> Result<()> {
        self.model().check_steps().map_err(|error| {
            let what = format!("{}; `exo copy --salvage` joins the steps that all members have", error.detail());
            let file = error.location().file.clone().unwrap_or_default();
            Error::usage(what).in_file(&file)
        })
    }

    /// The file, for what can be done with files alone.
    pub fn file(&self) -> Result<&ExodusFile> {
        match self {
            Opened::File(file) => Ok(file),
            Opened::Whole(_) => Err(Error::usage("a decomposed model: `exo copy` makes one file of it first")),
        }
    }

    /// The files that are read.
    pub fn paths<'o>(&'o self, given: &'o Path) -> Vec<&'o Path> {
        match self {
            Opened::File(_) => vec![given],
            Opened::Whole(whole) => whole.paths().iter().map(PathBuf::as_path).collect(),
        }
    }
}
