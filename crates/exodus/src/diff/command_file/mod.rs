//! Command files: lines of keywords in any case, abbreviated, that say what is compared.

mod keywords;
mod tokens;
mod tolerances;
mod variables;

use hyperslab::{Error, Result};

use super::options::{Options, Selection};
use super::subject::Subject;
use super::tolerance::Tolerance;
use tokens::Words;

impl Options {
    /// Takes over what a command file says; see `docs/diff.md` for its syntax. What it does not mention is not
    /// compared, as far as variables go.
    ///
    /// ```
    /// # fn main() -> exodus_rs::Result<()> {
    /// use exodus_rs::diff::{Mode, Options, Subject};
    /// let mut options = Options::default();
    /// options.apply_command_file("DEFAULT TOLERANCE absolute 1e-9\nNODAL VARIABLES\n\tdispl_x\n\tdispl_y relative 1e-3\n")?;
    /// let nodal = &options.variables[&Subject::Nodal];
    /// assert_eq!(nodal.named[0].1.mode, Mode::Absolute);
    /// assert_eq!(nodal.named[1].1.value, 1e-3);
    /// assert!(!options.variables.contains_key(&Subject::Element));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) naming the line that makes no sense.
    pub fn apply_command_file(&mut self, text: &str) -> Result<()> {
        apply(text, self)
    }
}

/// Takes over what a command file says.
fn apply(text: &str, options: &mut Options) -> Result<()> {
    options.variables.clear();
    let mut state = State { options, default_given: false };
    let mut lines = text.lines().enumerate().peekable();
    while let Some((n, line)) = lines.next() {
        let at = |error: Error| Error::usage(format!("line {} of the command file: {}", n + 1, error.detail()));
        let mut words = Words::new(line);
        if words.clone().raw().is_none() {
            continue;
        }
        match variables::heading(&mut words) {
            Some(subject) => {
                let mut selection = variables::Section::begin(words, state.options.default_tolerance).map_err(at)?;
                while let Some((n, line)) = lines.next_if(|(_, line)| variables::belongs(line)) {
                    selection.add(line).map_err(|error| {
                        Error::usage(format!("line {} of the command file: {}", n + 1, error.detail()))
                    })?;
                }
                state.add(subject, selection.finish().map_err(at)?);
            }
            None => state.keyword(line).map_err(at)?,
        }
    }
    Ok(())
}

/// What has been read so far.
struct State<'o> {
    options: &'o mut Options,
    /// Whether there was a default tolerance, which then also holds for coordinates.
    default_given: bool,
}

impl State<'_> {
    /// Takes over a section. One that comes again adds to those before, as each change set of a summary does, and counts more.
    fn add(&mut self, subject: Subject, mut selection: Selection) {
        if let Some(before) = self.options.variables.remove(&subject) {
            selection.all |= before.all;
            selection.named.extend(before.named);
            selection.excluded.extend(before.excluded);
        }
        self.options.variables.insert(subject, selection);
    }
}

/// Reads a tolerance as a line of a command file has it; what is not said comes from `default`.
pub(super) fn tolerance(text: &str, default: Tolerance) -> Result<Tolerance> {
    let mut words = Words::new(text);
    let tolerance = tolerances::take(&mut words, default)?;
    match words.raw() {
        Some(word) => Err(Error::usage(format!("{word:?} is no tolerance"))),
        None => Ok(tolerance),
    }
}

fn senseless(line: &str) -> Error {
    Error::usage(format!("cannot make sense of {:?}", line.trim()))
}

#[cfg(test)]
mod tests {
    use crate::diff::{Matching, Mode, Options, Selection, StepOffset, Subject, Tolerance};

    fn parse(text: &str) -> Options {
        let mut options = Options::default();
        options.apply_command_file(text).unwrap();
        options
    }

    fn fails(text: &str, what: &str) {
        let error = Options::default().apply_command_file(text).unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    }

    #[test]
    fn an_empty_file_compares_no_variables() {
        let options = parse("# nothing\n\n   # more of it\n");
        assert!(options.variables.is_empty());
        assert_eq!(options.coordinates, Options::default().coordinates);
        assert_eq!(options.times, Options::default().times);
    }

    #[test]
    fn each_switch_switches() {
        let options = parse(
            "APPLY MATCHING\nPEDANTIC\nNO SHORT BLOCKS\nCASE SENSITIVE\nIGNORE MAPS\nIGNORE NANS\nIGNORE DUPLICATES\n\
             IGNORE ATTRIBUTES\nIGNORE SIDESET DISTRIBUTION FACTORS\nIGNORE STATUS\nCALCULATE NORMS\nINTERPOLATE\n\
             EXCLUDE TIMES 1,3-5\nSTEP OFFSET 2\nFINAL TIME TOLERANCE 0.5\nMAX NAMES 1000\n",
        );
        assert_eq!(options.matching, Matching::Places);
        assert!(options.pedantic && !options.short_blocks && !options.ignore_case && options.ignore_maps);
        assert!(options.ignore_nans && options.ignore_duplicates && options.ignore_attributes);
        assert!(options.ignore_sideset_factors && !options.exit_status && options.l1_norms && options.l2_norms);
        assert!(options.steps.interpolate);
        assert_eq!(options.steps.excluded, [(1, 1), (3, 5)]);
        assert_eq!(options.steps.offset, StepOffset::By(2));
        assert_eq!(options.final_time.value, 0.5);
    }

    #[test]
    fn later_switches_take_earlier_ones_back() {
        let options = parse("no short\nshort blocks\ncase sens\nignore case\nignore status\nreturn status\n");
        assert!(options.short_blocks && options.ignore_case && options.exit_status);
        let mut options = Options { sort_node_sets: false, sort_side_sets: false, ..Options::default() };
        options.apply_command_file("nodeset match\nsideset match\nstep offset automatic\n").unwrap();
        assert!(options.sort_node_sets && options.sort_side_sets);
        assert_eq!(options.steps.offset, StepOffset::Last);
        assert_eq!(parse("STEP OFFSET MATCH").steps.offset, StepOffset::Nearest);
        assert!(parse("calculate l1norms").l1_norms && !parse("calculate l1norms").l2_norms);
        assert!(parse("calculate l2norms").l2_norms && !parse("calculate l2norms").l1_norms);
    }

    #[test]
    fn tolerances_of_mesh_and_times() {
        let options = parse("COORDINATES relative 1.E-3 floor 1e-9\nTIME STEPS absolute 0.25\n");
        assert_eq!(options.coordinates, Tolerance::new(Mode::Relative, 1e-3).with_floor(1e-9));
        assert_eq!((options.times.mode, options.times.value), (Mode::Absolute, 0.25));
        let options = parse("default tolerance abs 1e-9 floor 1e-12\ncoord\ntime steps ignore\nsideset distribution\n");
        assert_eq!(options.coordinates, Tolerance::new(Mode::Absolute, 1e-9).with_floor(1e-12));
        assert_eq!(options.sideset_factors, options.coordinates);
        assert_eq!(options.times.mode, Mode::Ignore);
        assert_eq!(parse("coordinates ignore").coordinates.mode, Mode::Ignore);
        assert_eq!(parse("coordinates floor 2").coordinates, Tolerance::new(Mode::Absolute, 1e-6).with_floor(2.0));
        for mode in Mode::ALL {
            let options = parse(&format!("COORDINATES {} 3", mode.name()));
            assert_eq!(options.coordinates.mode, mode);
            assert_eq!(options.coordinates.value, if mode == Mode::Ignore { 0.0 } else { 3.0 });
        }
    }

    #[test]
    fn variables_have_their_own_tolerances() {
        let options = parse(
            "DEFAULT TOLERANCE relative 1.E-8 floor 1.E-14\nGLOBAL VARIABLES relative 1.E-4 floor 1.E-12\n\
             NODAL VARIABLES absolute 1.E-8\n\tDISPLX\n\tVELX absolute 1.E-6\n# a comment\n\tVELY relative 1.E-6 floor 1.e-10 # another\n\
             \t\"two words\" 1e-2\n\tVELZ floor 3\n\t\nELEMENT VARIABLES\n\t!SIGYY\n\t!SIGZZ\n",
        );
        let global = &options.variables[&Subject::Global];
        assert_eq!(*global, Selection::all(Tolerance::new(Mode::Relative, 1e-4).with_floor(1e-12)));
        let nodal = &options.variables[&Subject::Nodal];
        let absolute = |value| Tolerance::new(Mode::Absolute, value).with_floor(1e-14);
        let named: Vec<_> = nodal.named.iter().map(|(name, tolerance)| (name.as_str(), *tolerance)).collect();
        assert_eq!(
            named,
            [
                ("DISPLX", absolute(1e-8)),
                ("VELX", absolute(1e-6)),
                ("VELY", Tolerance::new(Mode::Relative, 1e-6).with_floor(1e-10)),
                ("two words", absolute(1e-2)),
                ("VELZ", absolute(1e-8).with_floor(3.0)),
            ]
        );
        assert!(!nodal.all);
        let element = &options.variables[&Subject::Element];
        assert_eq!(element.excluded, ["SIGYY", "SIGZZ"]);
        assert!(element.all && element.named.is_empty());
        assert!(!options.variables.contains_key(&Subject::NodeSet));
    }

    #[test]
    fn a_section_that_comes_again_adds_to_the_first() {
        let options = parse("NODAL VARIABLES\n\ta 1\n\tb 2\nNODAL VARIABLES\n\tb 3\n\tc 4\n");
        let named = options.variables[&Subject::Nodal].named.iter().map(|(name, found)| (name.as_str(), found.value));
        // The first of a name counts.
        assert_eq!(named.collect::<Vec<_>>(), [("b", 3.0), ("c", 4.0), ("a", 1.0), ("b", 2.0)]);
        assert!(parse("NODAL VARIABLES\nNODAL VARIABLES\n\ta\n").variables[&Subject::Nodal].all);
    }

    #[test]
    fn every_subject_has_a_section() {
        for subject in Subject::NAMED {
            let options = parse(&format!("{}\n\ta\n", subject.heading()));
            assert_eq!(options.variables.keys().collect::<Vec<_>>(), [&subject]);
        }
        for (heading, subject) in [
            ("EDGEBLOCK VAR", Subject::EdgeBlock),
            ("FACEBLOCK VAR", Subject::FaceBlock),
            ("elem att", Subject::ElementAttribute),
        ] {
            assert!(parse(heading).variables.contains_key(&subject), "{heading}");
        }
    }

    #[test]
    fn names_and_exclusions_mix_only_with_all() {
        fails("NODAL VARIABLES\n\ta\n\t!b\n", "(all)");
        let options = parse("NODAL VARIABLES (all) absolute 1.E-8\n\ta\n\t!b\n\tc relative 1e-6\n");
        let nodal = &options.variables[&Subject::Nodal];
        assert!(nodal.all);
        assert_eq!((nodal.named.len(), nodal.excluded.len()), (2, 1));
    }

    #[test]
    fn what_makes_no_sense_is_named_with_its_line() {
        fails("\nWHATEVER\n", "line 2 of the command file: cannot make sense of \"WHATEVER\"");
        fails("DEFAULT TOLERANCE relative\n", "a number");
        fails("COORDINATES absolute -1\n", "negative");
        fails("COORDINATES absolute x\n", "\"x\" is not a finite number");
        fails("COORDINATES nan\n", "\"nan\" is not a finite number");
        fails("FINAL TIME TOLERANCE inf\n", "\"inf\" is not a finite number");
        fails("NODAL VARIABLES bogus\n", "bogus");
        fails("NODAL VARIABLES\n\ta relative\n", "line 2");
        fails("EXCLUDE TIMES 5-3\n", "5-3");
        fails("STEP OFFSET x\n", "\"x\"");
        fails("FINAL TIME\n", "FINAL TIME");
    }
}
