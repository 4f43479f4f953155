//! Whether a model keeps the rules of the format: one in a file, the files of a decomposed one, or one that is yet to be written.
//!
//! ```
//! # fn main() -> exodus_rs::Result<()> {
//! use exodus_rs::check::{check, Options, Severity};
//! use exodus_rs::ExodusFile;
//! # use exodus_rs::{CreateOptions, MeshBuilder};
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("a.exo");
//! # let mesh = MeshBuilder::new("a triangle").nodes(&[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]);
//! # mesh.block(1, "TRI3", &[[1, 2, 4]]).create(&path, &CreateOptions::default())?.finish()?;
//! let report = check(&ExodusFile::open(&path)?, &Options::default());
//! assert_eq!(report.worst(), Some(Severity::Error));
//! let finding = &report.findings[0];
//! assert_eq!((finding.rule, finding.index), ("connectivity-range", Some(1)));
//! assert_eq!(finding.message, "node 4 of 3");
//! # Ok(())
//! # }
//! ```
//!
//! Any [`Model`] can be checked, also before it is written:
//!
//! ```
//! # fn main() -> exodus_rs::Result<()> {
//! use exodus_rs::check::{check, Options};
//! use exodus_rs::model::Subset;
//! use exodus_rs::{EntityId, ExodusFile};
//! # use exodus_rs::{CreateOptions, MeshBuilder};
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("a.exo");
//! # let mesh = MeshBuilder::new("two bars").nodes(&[[0.0], [1.0], [2.0]]).block(1, "BAR2", &[[1, 2]]);
//! # mesh.block(2, "BAR2", &[[2, 3]]).create(&path, &CreateOptions::default())?.finish()?;
//! let file = ExodusFile::open(&path)?;
//! let part = Subset::of(&file).blocks([EntityId(1)])?.build()?;
//! assert_eq!(check(&part, &Options::default()).findings, []);
//! # Ok(())
//! # }
//! ```
//!
//! [`RULES`] lists what is checked. Those of the model hold for every model. Those of the file are about how a file declares
//! it (dimensions, list lengths, widths of numbers and names, tables as they are stored, what processors share), and hold for a
//! model that is a file. Arrays are read a piece at a time; what is kept is a bit for each node, and one identifier map at a time; of a
//! decomposed model one coordinate of all nodes.

mod boxes;
mod declared;
mod file;
mod list;
mod model;
mod report;
mod rules;
#[cfg(test)]
mod tests;

use hyperslab::{netcdf, Element, Result};

use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::{Entity, InitParams, Mesh};
use crate::model::Model;
use crate::read::file::ExodusFile;
use declared::Declared;
use list::List;

pub use report::{Finding, Report, Severity};
pub use rules::{Rule, RULES};

/// How much is checked, and how much is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whether all results are read, too. Otherwise the times are the only values that change from step to step that
    /// are.
    pub values: bool,
    /// The findings of each rule that are listed.
    pub limit: u64,
}

impl Default for Options {
    fn default() -> Self {
        Options { values: false, limit: 10 }
    }
}

/// Checks a netCDF file by all rules, also one that is cut off, which [`ExodusFile`] would refuse to open.
///
/// # Errors
/// As [`ExodusFile::from_netcdf`], but for files that are cut off.
pub fn check_netcdf(file: netcdf::File, options: &Options) -> Result<Report> {
    if let Err(error) = file.check_complete() {
        let mut report = Report::new(options.limit);
        report.add(&rules::INCOMPLETE, "file", None, || error.detail().to_owned());
        return Ok(report);
    }
    Ok(check(&ExodusFile::from_netcdf(file)?, options))
}

/// Checks a model by all rules, and the models in its groups; by those of the file, if it is one.
pub fn check(model: &dyn Model, options: &Options) -> Report {
    let mut report = Report::new(options.limit);
    if let Err(error) = model.check_complete() {
        report.add(&rules::INCOMPLETE, "model", None, || error.to_string());
    }
    with_groups(model, "", options, &mut report);
    report
}

/// Checks a model and those in its groups, which are not nested deeper than files can be.
fn with_groups(model: &dyn Model, path: &str, options: &Options, report: &mut Report) {
    let mut own = Report::new(options.limit);
    let found = Declared::of(model).and_then(|declared| {
        if path.is_empty() || declared.init_params() != InitParams::default() {
            own = check_model(model, declared, options);
        }
        model.models()
    });
    let unreadable = |error: &hyperslab::Error| own.add(&rules::UNREADABLE, "mesh", None, || error.to_string());
    let models = found.inspect_err(unreadable).unwrap_or_default();
    report.merge(path, own);
    for (name, below) in models.into_iter().rev() {
        with_groups(&*below, &format!("{path}/{name}"), options, report);
    }
}

fn check_model(model: &dyn Model, declared: Declared<'_>, options: &Options) -> Report {
    let init = declared.init_params();
    let mut check = Check { model, declared, options, init, report: Report::new(options.limit) };
    check.schema();
    check.entities();
    check.blocks();
    check.sets();
    check.maps();
    check.coordinates();
    check.times();
    check.variables();
    check.unread();
    check.assemblies();
    check.frames();
    check.nemesis();
    check.report
}

/// A check under way.
struct Check<'m> {
    model: &'m dyn Model,
    declared: Declared<'m>,
    options: &'m Options,
    init: InitParams,
    report: Report,
}

/// What an honest file may declare for each of its bytes: more than deflate can achieve.
const MOST_FOR_A_BYTE: u64 = 2000;

impl<'m> Check<'m> {
    /// The file, if the model is one.
    fn file(&self) -> Option<&'m ExodusFile> {
        match self.declared {
            Declared::File(file) => Some(file),
            Declared::Mesh(_) => None,
        }
    }

    /// What something is called: by its name in a file, in words in other models.
    fn called(&self, stored: &str, words: impl FnOnce(&Mesh) -> String) -> String {
        match self.declared {
            Declared::File(_) => stored.to_owned(),
            Declared::Mesh(mesh) => words(mesh),
        }
    }

    /// The value of a result; what cannot be read is a finding.
    fn value<T>(&mut self, object: &str, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.report.add(&rules::UNREADABLE, object, None, || error.to_string())).ok()
    }

    /// Whether an array is not larger than the file behind the model could make it: hostile files declare what costs days to read.
    fn is_plausible(&mut self, list: &List) -> bool {
        let Some(file) = self.model.file() else { return true };
        let bytes = hyperslab::bytes(list.shape(), list.size()).unwrap_or(u64::MAX);
        let most = file.netcdf().size().saturating_mul(MOST_FOR_A_BYTE);
        if bytes > most {
            let message = || format!("{bytes} bytes are declared; it was not read");
            self.report.add(&rules::SIZE, &list.name(), None, message);
        }
        bytes <= most
    }

    /// Calls `visit` with the elements of an array, a piece at a time, and the position of the first of them; returns
    /// whether all could be read.
    fn stream<T: Element>(&mut self, list: &List, mut visit: impl FnMut(&mut Report, u64, &[T])) -> bool {
        if !self.is_plausible(list) {
            return false;
        }
        let done = list.for_each(|offset, values| visit(&mut self.report, offset, values));
        self.value(&list.name(), done).is_some()
    }

    /// An array, if the model has it.
    fn list(&self, data: Data) -> Option<List<'m>> {
        match self.declared {
            Declared::File(file) => file.place(data).map(|(array, _)| List::stored(array)),
            Declared::Mesh(mesh) => List::made(self.model, mesh, data),
        }
    }

    /// All entities of a kind.
    fn all(&mut self, kind: EntityType) -> Vec<Entity> {
        self.value(kind.label(), self.declared.entities(kind)).unwrap_or_default()
    }
}

/// An entity as people know it.
fn label(kind: EntityType, entity: &Entity) -> String {
    match entity.name.is_empty() {
        true => format!("{} {}", kind.label(), entity.id),
        false => format!("{} {} {:?}", kind.label(), entity.id, entity.name),
    }
}

/// The first position at which something occurs again, for each value that does.
fn repeated<T: Ord + Clone>(values: impl IntoIterator<Item = T>) -> Vec<(usize, T)> {
    let mut seen = std::collections::BTreeSet::new();
    values.into_iter().enumerate().filter(|(_, value)| !seen.insert(value.clone())).collect()
}
