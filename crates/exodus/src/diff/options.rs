//! What is compared, and how closely.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

use super::named::NamedTolerance;
use super::step_options::StepOptions;
use super::subject::Subject;
use super::tolerance::{Mode, Tolerance};

/// How nodes and elements of the first file are found in the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Matching {
    /// By their identifiers; by their positions where [`Options::ignore_maps`] says so.
    #[default]
    Ids,
    /// By their positions; the identifiers must agree.
    FileOrder,
    /// By their places in space: every one must be found.
    Places,
    /// By their places in space: what is not found is not compared.
    Partial,
}

/// How many differences of one variable at one step are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// The worst one.
    #[default]
    Worst,
    /// The first ones; of none, only that there is one counts.
    First(usize),
}

/// The variables of a subject: which ones, and how closely they are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// Whether all are compared, in addition to those named.
    pub all: bool,
    /// Those compared in any case, with their tolerances.
    pub named: Vec<(String, Tolerance)>,
    /// Those not compared.
    pub excluded: Vec<String>,
    /// The tolerance of those not named.
    pub default: Tolerance,
}

impl Selection {
    /// All variables, with one tolerance.
    pub fn all(default: Tolerance) -> Self {
        Selection { all: true, named: Vec::new(), excluded: Vec::new(), default }
    }

    /// No variables.
    pub fn none(default: Tolerance) -> Self {
        Selection { all: false, ..Self::all(default) }
    }
}

/// What is compared, and how closely; the default is exodiff's.
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::struct_excessive_bools)] // they are independent switches
pub struct Options {
    /// What the two files are called in errors; their paths, where they have any.
    pub files: [PathBuf; 2],
    /// Of what has no tolerance of its own.
    pub default_tolerance: Tolerance,
    /// How the differences are measured that [`write_differences`](super::write_differences) writes.
    pub written: Mode,
    /// Of coordinates.
    pub coordinates: Tolerance,
    /// Of the times of steps.
    pub times: Tolerance,
    /// Of the last times, when values are interpolated.
    pub final_time: Tolerance,
    /// Of the distribution factors of side sets.
    pub sideset_factors: Tolerance,
    /// The variables of each subject; a subject that is missing is not compared.
    pub variables: BTreeMap<Subject, Selection>,
    /// Tolerances of variables and attributes by their names, which count more than those of [`variables`](Options::variables).
    pub named: Vec<NamedTolerance>,
    /// Which steps are compared with which.
    pub steps: StepOptions,
    /// How nodes and elements are found.
    pub matching: Matching,
    /// Whether blocks and sets are found by name instead of identifier.
    pub by_name: bool,
    /// Whether the nodes of node sets may be in another order.
    pub sort_node_sets: bool,
    /// Whether the sides of side sets may be in another order.
    pub sort_side_sets: bool,
    /// Whether element types are compared up to the end of the shorter one: `HEX` is `HEX8`.
    pub short_blocks: bool,
    /// Whether names of variables are compared without regard to case.
    pub ignore_case: bool,
    /// Whether the nodes of an element may be in another order.
    pub permuted_connectivity: bool,
    /// Whether positions stand for identifiers of nodes and elements.
    pub ignore_maps: bool,
    /// Whether not-a-number is no difference.
    pub ignore_nans: bool,
    /// Whether the first of several elements at one place is taken, where elements are found by place.
    pub ignore_duplicates: bool,
    /// Whether attributes of elements are left out.
    pub ignore_attributes: bool,
    /// Whether distribution factors of side sets are left out.
    pub ignore_sideset_factors: bool,
    /// Whether variables that only the second file has are no difference.
    pub allow_more_names: bool,
    /// Whether variables that only the first file has are no difference.
    pub allow_fewer_names: bool,
    /// Whether differences of sets, names and assemblies count.
    pub pedantic: bool,
    /// Whether everything that Exodus defines is compared; see [`Options::set_strict`].
    pub strict: bool,
    /// Whether the sums of absolute differences are told.
    pub l1_norms: bool,
    /// Whether the root sums of squared differences are told.
    pub l2_norms: bool,
    /// How many differences of one variable at one step are told.
    pub show: Show,
    /// How many warnings about identifiers are told.
    pub max_warnings: usize,
    /// Whether found nodes and elements are listed.
    pub list_maps: bool,
    /// Whether elements that were not found are listed.
    pub list_unmatched: bool,
    /// Whether a program should tell by its exit code that files differ.
    pub exit_status: bool,
    /// The number of threads; as many as there are cores if nothing is said.
    pub threads: Option<usize>,
}

/// The floor of times, unless one is given.
const TIME_FLOOR: f64 = 1e-15;

impl Default for Options {
    fn default() -> Self {
        let tolerance = Tolerance::new(Mode::Relative, 1e-6);
        let mut options = Options {
            files: ["first file", "second file"].map(PathBuf::from),
            default_tolerance: tolerance,
            written: Mode::Absolute,
            coordinates: Tolerance::new(Mode::Absolute, 1e-6),
            times: tolerance,
            final_time: Tolerance::new(Mode::Relative, 0.0),
            sideset_factors: tolerance,
            variables: BTreeMap::new(),
            named: Vec::new(),
            steps: StepOptions::default(),
            matching: Matching::default(),
            by_name: false,
            sort_node_sets: true,
            sort_side_sets: true,
            short_blocks: true,
            ignore_case: true,
            permuted_connectivity: false,
            ignore_maps: false,
            ignore_nans: false,
            ignore_duplicates: false,
            ignore_attributes: false,
            ignore_sideset_factors: false,
            allow_more_names: false,
            allow_fewer_names: false,
            pedantic: false,
            strict: false,
            l1_norms: false,
            l2_norms: false,
            show: Show::default(),
            max_warnings: 100,
            list_maps: false,
            list_unmatched: false,
            exit_status: true,
            threads: None,
        };
        options.set_default_tolerance(tolerance);
        options
    }
}

impl Options {
    /// Compares all variables and times with one tolerance; coordinates and distribution factors keep theirs.
    pub fn set_default_tolerance(&mut self, tolerance: Tolerance) {
        self.default_tolerance = tolerance;
        self.times = if tolerance.floor > 0.0 { tolerance } else { tolerance.with_floor(TIME_FLOOR) };
        self.variables = Subject::NAMED.map(|subject| (subject, Selection::all(tolerance))).into();
    }

    /// Compares everything that Exodus defines: besides what is always compared, the order of the members of sets, all
    /// names to the letter, element types, titles, the names of coordinates, coordinate frames, properties, attributes of
    /// entries and of entities, distribution factors, maps, edges and faces, assemblies, blobs, truth tables, and variables
    /// of all kinds; all of it counts. QA and information records tell how a file came to be, and are not compared.
    ///
    /// ```
    /// # fn main() -> exodus_rs::Result<()> {
    /// use std::ops::ControlFlow;
    /// use exodus_rs::diff::{compare, Options};
    /// use exodus_rs::{CreateOptions, ExodusFile, MeshBuilder};
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let paths = ["a.exo", "b.exo"].map(|name| directory.path().join(name));
    /// for (path, title) in paths.iter().zip(["a point", "the point"]) {
    ///     MeshBuilder::new(title).nodes(&[[1.0]]).create(path, &CreateOptions::default())?.finish()?;
    /// }
    /// let [a, b] = paths.map(ExodusFile::open);
    /// let (a, b, mut options) = (a?, b?, Options::default());
    /// assert_eq!(compare(&a, &b, &options, &mut |_| ControlFlow::Continue(()))?.differences, 0);
    /// options.set_strict();
    /// assert_eq!(compare(&a, &b, &options, &mut |_| ControlFlow::Continue(()))?.differences, 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_strict(&mut self) {
        (self.strict, self.pedantic) = (true, true);
        (self.sort_node_sets, self.sort_side_sets) = (false, false);
        (self.short_blocks, self.ignore_case) = (false, false);
    }

    /// Which variables of a subject are compared; all, if it has no section in command files.
    pub(super) fn selection(&self, subject: Subject) -> Option<Cow<'_, Selection>> {
        match self.variables.get(&subject) {
            Some(selection) => Some(Cow::Borrowed(selection)),
            None if Subject::NAMED.contains(&subject) => None,
            None => Some(Cow::Owned(Selection::all(self.default_tolerance))),
        }
    }

    /// Whether two names of variables are the same.
    pub(super) fn same_name(&self, a: &str, b: &str) -> bool {
        a == b || self.ignore_case && a.eq_ignore_ascii_case(b)
    }

    pub(super) fn find(&self, names: &[String], name: &str) -> Option<usize> {
        names.iter().position(|other| self.same_name(other, name))
    }

    /// All of this name; if there is none, all that differ from it in case only, where that does not matter.
    pub(super) fn find_all(&self, names: &[String], name: &str) -> Vec<usize> {
        let those = |same: &dyn Fn(&String) -> bool| {
            let found = names.iter().enumerate().filter(|(_, other)| same(other));
            found.map(|(n, _)| n).collect::<Vec<_>>()
        };
        let exactly = those(&|other| other == name);
        match exactly.is_empty() {
            true => those(&|other| self.same_name(other, name)),
            false => exactly,
        }
    }

    pub(super) fn norms(&self) -> bool {
        self.l1_norms || self.l2_norms
    }
}
