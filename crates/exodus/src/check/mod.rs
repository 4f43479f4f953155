//! Whether a file keeps the rules of the format.
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
//! [`RULES`] lists what is checked. Arrays are read a piece at a time; what is kept is a bit for each node, and one
//! identifier map at a time.

mod blocks;
mod entities;
mod groups;
mod maps;
mod parallel;
mod report;
mod rules;
mod schema;
mod sets;
mod sides;
mod stream;
#[cfg(test)]
mod tests;
mod times;
mod variables;

use hyperslab::netcdf::{self, Array};
use hyperslab::{Element, Result};

use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::Entity;
use crate::mesh::InitParams;
use crate::read::file::ExodusFile;

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

/// Checks a file by all rules, and the models in its groups.
pub fn check(file: &ExodusFile, options: &Options) -> Report {
    let mut report = Report::new(options.limit);
    let mut open = vec![(String::new(), None)];
    while let Some((path, group)) = open.pop() {
        let model: &ExodusFile = group.as_ref().unwrap_or(file);
        open.extend(model.models().map(|(name, below)| (format!("{path}/{name}"), Some(below))));
        let is_model = path.is_empty() || model.init_params() != InitParams::default();
        if is_model {
            report.merge(&path, check_model(model, options));
        }
    }
    report
}

fn check_model(file: &ExodusFile, options: &Options) -> Report {
    let init = file.init_params();
    let mut check = Check { file, options, init, report: Report::new(options.limit) };
    check.schema();
    check.entities();
    check.blocks();
    check.sets();
    check.maps();
    check.times();
    check.variables();
    check.groups();
    check.parallel();
    check.report
}

/// A check under way.
struct Check<'f> {
    file: &'f ExodusFile,
    options: &'f Options,
    init: InitParams,
    report: Report,
}

/// What an honest file may declare for each of its bytes: more than deflate can achieve.
const MOST_FOR_A_BYTE: u64 = 2000;

impl<'f> Check<'f> {
    /// The value of a result; what cannot be read is a finding.
    fn value<T>(&mut self, object: &str, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.report.add(&rules::UNREADABLE, object, None, || error.to_string())).ok()
    }

    /// Whether an array is not larger than the file could make it: hostile files declare what costs days to read.
    fn is_plausible(&mut self, array: &Array) -> bool {
        let bytes = hyperslab::bytes(array.shape(), array.variable().ty.size().max(1)).unwrap_or(u64::MAX);
        let most = self.file.netcdf().size().saturating_mul(MOST_FOR_A_BYTE);
        if bytes > most {
            let message = || format!("{bytes} bytes are declared; it was not read");
            self.report.add(&rules::SIZE, &name_of(array), None, message);
        }
        bytes <= most
    }

    /// Calls `visit` with the elements of an array, a piece at a time, and the position of the first of them; returns
    /// whether all could be read.
    fn stream<T: Element>(&mut self, array: &Array, mut visit: impl FnMut(&mut Report, u64, &[T])) -> bool {
        if !self.is_plausible(array) {
            return false;
        }
        let done = stream::for_each(array, |offset, values| visit(&mut self.report, offset, values));
        self.value(&name_of(array), done).is_some()
    }

    /// The variable that holds an array.
    fn place(&self, data: Data) -> Option<&'f Array> {
        self.file.place(data).map(|(array, _)| array)
    }

    /// All entities of a kind.
    fn list(&mut self, kind: EntityType) -> Vec<Entity> {
        let list = self.file.entities(kind).map(<[Entity]>::to_vec);
        self.value(kind.label(), list).unwrap_or_default()
    }
}

fn name_of(array: &Array) -> String {
    array.variable().name.clone()
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
