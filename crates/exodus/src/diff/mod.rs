//! Comparing two files by the rules of exodiff: within tolerances, on all cores, in memory that does not grow with the
//! number of steps.
//!
//! ```
//! # fn main() -> exodus_rs::Result<()> {
//! use std::ops::ControlFlow;
//! use exodus_rs::diff::{compare, Finding, Options, Verdict};
//! use exodus_rs::ExodusFile;
//! # use exodus_rs::{CreateOptions, EntityType, ExodusWriter, Mesh};
//! # let directory = tempfile::tempdir().unwrap();
//! # let paths = ["a.exo", "b.exo"].map(|name| directory.path().join(name));
//! # for (path, value) in paths.iter().zip([4.0, 4.5]) {
//! #     let mut mesh = Mesh::new("a point", 1, 1);
//! #     mesh.set_variables(EntityType::Nodal, ["u"]);
//! #     let writer = ExodusWriter::create(path, &mesh, &CreateOptions::default())?;
//! #     writer.put_coords(&[&[1.0]])?;
//! #     writer.put_time(0, 0.0)?;
//! #     writer.put_var(0, EntityType::Nodal, 0, 0, &[value])?;
//! #     writer.finish()?;
//! # }
//! # let [a, b] = paths;
//!
//! let (first, second) = (ExodusFile::open(&a)?, ExodusFile::open(&b)?);
//! let mut worst = Vec::new();
//! let report = compare(&first, &second, &Options::default(), &mut |finding| {
//!     if let Finding::Values(difference) = finding {
//!         worst.push(difference.values);
//!     }
//!     ControlFlow::Continue(())
//! })?;
//! assert_eq!(report.verdict, Verdict::Different);
//! assert_eq!(worst, [[4.0, 4.5]]);
//! # Ok(())
//! # }
//! ```

mod change_sets;
mod choose;
mod command_file;
mod differences;
mod elements;
mod finding;
mod fixed;
mod kernel;
mod matching;
mod mesh;
mod model;
mod named;
mod names;
mod options;
mod packing;
mod raw;
mod results;
mod step_options;
mod steps;
mod strict;
mod subject;
mod summary;
mod tolerance;
mod written;

use std::borrow::Cow;
use std::ops::ControlFlow;

use hyperslab::Result;

use crate::kind::EntityType;
use crate::model::Model as AnyModel;
use choose::{Chosen, Known};
use fixed::Fixed;
use matching::Maps;
use model::Model;
use steps::Pairing;

pub use change_sets::ChangeSets;
pub use finding::{Difference, Finding, Norm, Norms, Place, Report, Severity, Step, Verdict};
pub use named::NamedTolerance;
pub use options::{Matching, Options, Selection, Show};
pub use step_options::{excluded_steps, StepOffset, StepOptions};
pub use steps::Partner;
pub use subject::Subject;
pub use summary::{summarize, Extreme, Extremes, Summary, VariableSummary};
pub use tolerance::{Mode, Tolerance};
pub use written::{write_differences, Written};

/// What receives the findings of a comparison, in order, one at a time; it may break the comparison off.
pub type Visitor<'v> = dyn FnMut(&Finding) -> ControlFlow<()> + Send + 'v;

/// Compares two files, but not the models in their groups: those are [`ChangeSets`]. The findings come in the same order, whatever the number of threads.
///
/// A comparison that is broken off answers for what it has seen.
///
/// # Errors
/// When a file cannot be read; [`Kind::Usage`](crate::Kind::Usage) for options that make no sense;
/// [`Kind::Unsupported`](crate::Kind::Unsupported) naming what cannot be compared.
pub fn compare(
    first: &dyn AnyModel,
    second: &dyn AnyModel,
    options: &Options,
    visit: &mut Visitor<'_>,
) -> Result<Report> {
    named::check_names(options, &[[first, second]])?;
    let (report, flow) = change_sets::tell(change_sets::nothing_but_groups([first, second])?, visit);
    match flow.is_break() {
        true => Ok(report),
        false => Ok(report.and(&compare_models([first, second], &Known::new(), options, visit)?)),
    }
}

/// Compares two files; whoever asks knows that the options name variables that are there, and those that are elsewhere.
fn compare_models(
    [first, second]: [&dyn AnyModel; 2],
    known: &Known,
    options: &Options,
    visit: &mut Visitor<'_>,
) -> Result<Report> {
    let models = models(first, second, options)?;
    let mut teller = Teller::new(visit, options);
    Comparison { models: &models, known, options }.run(&mut teller)
}

/// Both files, the times of the first one scaled.
fn models<'f>(first: &'f dyn AnyModel, second: &'f dyn AnyModel, options: &Options) -> Result<[Model<'f>; 2]> {
    let [one, two] = &options.files;
    let last = options.steps.end();
    let mut models = [Model::with_steps(first, one, last)?, Model::with_steps(second, two, last)?];
    let StepOptions { time_scale, time_offset, .. } = options.steps;
    let [one, _] = &mut models;
    one.times.iter_mut().for_each(|time| *time = time_scale * *time + time_offset);
    let [one, two] = &mut models;
    two.pair_with(one, options);
    Ok(models)
}

/// Passes findings on and counts those that matter.
pub(crate) struct Teller<'v> {
    visit: &'v mut Visitor<'v>,
    differences: u64,
    stopped: bool,
    /// Whether values that differ count and are not told.
    without_values: bool,
}

impl<'v> Teller<'v> {
    fn new(visit: &'v mut Visitor<'v>, options: &Options) -> Self {
        Teller { visit, differences: 0, stopped: false, without_values: options.show == Show::First(0) }
    }

    fn tell(&mut self, finding: Finding) {
        if self.stopped {
            return;
        }
        self.differences += u64::from(finding.is_difference());
        if self.without_values && matches!(finding, Finding::Values(_)) {
            return;
        }
        self.stopped = (self.visit)(&finding).is_break();
    }

    fn message(&mut self, severity: Severity, text: String) {
        self.tell(Finding::Message(severity, text));
    }
}

/// Two files and how they are compared.
struct Comparison<'c, 'f> {
    models: &'c [Model<'f>; 2],
    known: &'c Known,
    options: &'c Options,
}

/// What is known when the meshes are compared and the results are not.
struct Prepared {
    maps: Maps,
    chosen: Vec<Chosen>,
    /// Attributes that were compared.
    attributes: usize,
}

impl<'f> Comparison<'_, 'f> {
    fn run(&self, teller: &mut Teller<'_>) -> Result<Report> {
        match self.prepare(teller)? {
            Some(prepared) => self.steps(prepared, teller),
            None => {
                let (verdict, differences) = (Verdict::Different, teller.differences);
                Ok(Report { verdict, differences, steps: 0, variables: 0 })
            }
        }
    }

    /// Compares the meshes; `None`, and a message, if the results cannot be compared.
    fn prepare(&self, teller: &mut Teller<'_>) -> Result<Option<Prepared>> {
        let (models, options) = (self.models, self.options);
        if options.strict {
            strict::declared(models, options, &mut |severity, text| teller.message(severity, text))?;
        }
        if !mesh::check_counts(models, options, &mut |severity, text| teller.message(severity, text)) {
            return Ok(None);
        }
        let Some(maps) = matching::find(models, options, &mut |severity, text| teller.message(severity, text))? else {
            return Ok(None);
        };
        if options.list_maps {
            self.list_maps(&maps, teller);
        }
        let chosen = self.choose(teller)?;
        if self.ids_differ(&maps, teller)? {
            return Ok(None);
        }
        let same = mesh::check(models, &maps, options, &mut |finding| teller.tell(finding))?;
        if options.strict {
            strict::numbers(models, &maps, options, &mut |severity, text| teller.message(severity, text))?;
        }
        if !same {
            teller.message(Severity::Difference, "The meshes are different; results are not compared.".to_owned());
            return Ok(None);
        }
        self.note_what_is_left_out(teller);
        let (attributes, chosen): (Vec<_>, Vec<_>) =
            chosen.into_iter().partition(|chosen| chosen.subject == Subject::ElementAttribute);
        let fixed = Fixed { models, maps: &maps, options };
        fixed.all(&attributes, &mut |finding| teller.tell(finding))?;
        Ok(Some(Prepared { maps, chosen, attributes: attributes.len() }))
    }

    /// Compares all steps and answers.
    fn steps(&self, prepared: Prepared, teller: &mut Teller<'_>) -> Result<Report> {
        let Prepared { maps, chosen, attributes } = prepared;
        let variables = chosen.len() + attributes;
        let (pairing, plan) = self.plan(&maps, chosen, teller)?;
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        results::run(&plan, self.options.threads.unwrap_or_else(cores).max(1), teller)?;
        let steps = pairing.pairs.len() as u64;
        self.check_final_time(&pairing, teller);
        if self.nothing_was_compared(&pairing, variables) {
            teller.message(Severity::Difference, "Nothing was compared.".to_owned());
        }
        let verdict = self.verdict(&pairing, teller.differences);
        Ok(Report { verdict, differences: teller.differences, steps, variables })
    }

    /// What belongs together at which steps.
    fn plan<'p>(
        &'p self,
        maps: &'p Maps,
        chosen: Vec<Chosen>,
        teller: &mut Teller<'_>,
    ) -> Result<(Pairing, results::Plan<'p, 'f>)> {
        let [first, second] = self.models;
        let untimed = match [first, second].map(|model| model.is_untimed) {
            [false, false] => None,
            [true, true] => Some((Severity::Warning, "Neither file has times")),
            [true, false] => Some((Severity::Difference, "The first file has no times, and the second has some")),
            [false, true] => Some((Severity::Difference, "The second file has no times, and the first has some")),
        };
        let mut options = Cow::Borrowed(self.options);
        if let Some((severity, text)) = untimed {
            teller.message(severity, format!("{text}: steps are compared by their number."));
            options.to_mut().steps = self.options.steps.untimed();
        }
        packing::times(self.models, self.options, &mut |severity, text| teller.message(severity, text));
        let pairing = steps::pair(&options, [&first.times, &second.times])?;
        if pairing.empty_by_options {
            teller.message(Severity::Difference, "The options leave no steps to compare.".to_owned());
        }
        let tell = &mut |severity, text| teller.message(severity, text);
        let plan = results::Plan::new(self.models, maps, self.options, chosen, pairing.pairs.clone(), tell)?;
        Ok((pairing, plan))
    }

    fn choose(&self, teller: &mut Teller<'_>) -> Result<Vec<Chosen>> {
        let [first, second] = self.models;
        let mut chosen = Vec::new();
        let more = Subject::strict().filter(|_| self.options.strict);
        for subject in Subject::NAMED.into_iter().chain(more) {
            if subject == Subject::ElementAttribute && self.options.ignore_attributes {
                continue;
            }
            let names = [first.names(subject), second.names(subject)];
            let [one, two] = &names;
            let tell = &mut |severity, text| teller.message(severity, text);
            chosen.extend(choose::choose(self.options, subject, [one, two], self.known, tell));
        }
        named::tell(self.options, &chosen, &mut |severity, text| teller.message(severity, text));
        Ok(chosen)
    }

    /// Tells identifiers that differ; whether that ends the comparison.
    fn ids_differ(&self, maps: &Maps, teller: &mut Teller<'_>) -> Result<bool> {
        if self.options.ignore_maps || self.options.list_maps || self.options.matching == Matching::Ids {
            return Ok(false);
        }
        let tell = &mut |severity, text| teller.message(severity, text);
        let differ = matching::check_ids(self.models, maps, self.options, tell)?;
        let ends = differ && self.options.matching == Matching::FileOrder;
        if ends {
            let text = "The nodes and elements are not in the same order in the two files.".to_owned();
            teller.message(Severity::Difference, text);
        }
        Ok(ends)
    }

    fn list_maps(&self, maps: &Maps, teller: &mut Teller<'_>) {
        let [_, second] = self.models;
        for (what, map) in [("node", &maps.nodes), ("element", &maps.elements)] {
            let Some(map) = map else {
                teller.message(Severity::Note, format!("Each {what} is the {what} of the same number."));
                continue;
            };
            for (n, target) in map.iter().enumerate() {
                let other = match target.get() {
                    None => "none".to_owned(),
                    Some((_, index)) if what == "node" => (index + 1).to_string(),
                    Some((block, index)) => (second.elements_before(block) + index as u64 + 1).to_string(),
                };
                teller.message(Severity::Note, format!("{what} {} -> {other}", n + 1));
            }
        }
    }

    /// Nobody should believe that what is not looked at is the same.
    fn note_what_is_left_out(&self, teller: &mut Teller<'_>) {
        let kinds = [EntityType::EdgeSet, EntityType::FaceSet, EntityType::ElementSet];
        let there = |kind: &EntityType| self.models.iter().any(|model| model.mesh.variables.contains_key(kind));
        for kind in kinds.iter().filter(|kind| !self.options.strict && there(kind)) {
            teller.message(Severity::Note, format!("Variables of {}s are not compared.", kind.label()));
        }
    }

    /// With interpolation, both files have to end at the same time.
    fn check_final_time(&self, pairing: &Pairing, teller: &mut Teller<'_>) {
        let [first, second] = self.models;
        let last = pairing.pairs.last().filter(|pair| pair.first + 1 == pairing.common);
        let is_timed = !first.is_untimed && !second.is_untimed;
        let (Some(pair), true) = (last, self.options.steps.interpolate && is_timed) else { return };
        let tolerance = self.options.final_time;
        let (a, b) = (steps::time(&first.times, pair.first), second.times.last().copied().unwrap_or(f64::NAN));
        // Without a tolerance of its own, any difference counts.
        if tolerance.differs(a, b) {
            let text = format!(
                "The final times {a} and {b} differ by more than the {} tolerance of {}.",
                tolerance.mode.name(),
                tolerance.value
            );
            teller.message(Severity::Difference, text);
        }
    }

    fn nothing_was_compared(&self, pairing: &Pairing, variables: usize) -> bool {
        let Options { coordinates, times, steps, .. } = self.options;
        if steps.ignore || steps.explicit.is_some() {
            return false;
        }
        match pairing.common {
            0 => coordinates.mode == Mode::Ignore,
            _ => times.mode == Mode::Ignore && variables == 0,
        }
    }

    fn verdict(&self, pairing: &Pairing, differences: u64) -> Verdict {
        let [first, second] = self.models;
        let counts = [first.times.len(), second.times.len()];
        match () {
            () if differences > 0 => Verdict::Different,
            () if self.options.steps.ignore && counts != [0, 0] => Verdict::SameWithoutSteps,
            () if pairing.counts_may_differ && counts.first() != counts.last() => Verdict::SameInComparedSteps,
            () if counts.first() != counts.last() || pairing.leftover => Verdict::DifferentSteps,
            () if self.options.matching == Matching::Partial => Verdict::SamePartly,
            () => Verdict::Same,
        }
    }
}
