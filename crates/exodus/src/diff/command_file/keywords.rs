//! Lines of one keyword.

use hyperslab::{Error, Result};

use super::tokens::{is_short_for, Words};
use super::{senseless, tolerances, State};
use crate::diff::options::{Matching, Options};
use crate::diff::step_options::{excluded_steps, StepOffset};
use crate::diff::tolerance::{Mode, Tolerance};

impl State<'_> {
    /// Takes over one line that begins no section.
    pub(super) fn keyword(&mut self, line: &str) -> Result<()> {
        let mut words = Words::new(line);
        let (first, second) = (words.word().unwrap_or_default(), words.clone().word().unwrap_or_default());
        let is = |whole: &str, least| is_short_for(&first, whole, least);
        if is("coordinates", 4) {
            self.options.coordinates = self.tolerance(&mut words)?;
            return Ok(());
        }
        words.raw();
        let then = |whole: &str, least| is_short_for(&second, whole, least);
        let options = &mut *self.options;
        match () {
            () if is("default", 3) && then("tolerance", 3) => {
                options.default_tolerance = tolerances::take(&mut words, options.default_tolerance)?;
                self.default_given = true;
            }
            () if first == "time" && then("steps", 4) => {
                options.times = tolerances::take(&mut words, options.default_tolerance)?;
            }
            () if is("sideset", 4) && then("distribution", 4) => {
                words.take("factors", 4);
                self.options.sideset_factors = self.tolerance(&mut words)?;
            }
            () if is("final", 3) && then("time", 3) => {
                if !words.take("tolerance", 3) {
                    return Err(Error::usage("FINAL TIME needs TOLERANCE"));
                }
                options.final_time.value = tolerances::number(&mut words)?;
            }
            () if is("exclude", 3) && then("times", 3) => {
                if let Some(list) = words.list() {
                    options.steps.excluded.extend(excluded_steps(list)?);
                }
            }
            () if first == "step" && second == "offset" => {
                let word = words.word().ok_or_else(|| senseless(line))?;
                options.steps.offset = offset(&word)?;
            }
            () if is("ignore", 3) => return ignore(options, &second, line),
            () => return switch(options, &first, &second, line),
        }
        Ok(())
    }

    /// A tolerance of the mesh: absolute, unless there was a default.
    fn tolerance(&self, words: &mut Words<'_>) -> Result<Tolerance> {
        let default = match self.default_given {
            true => self.options.default_tolerance,
            false => Tolerance::new(Mode::Absolute, 1e-6),
        };
        tolerances::take(words, default)
    }
}

fn offset(word: &str) -> Result<StepOffset> {
    if is_short_for(word, "automatic", 4) {
        return Ok(StepOffset::Last);
    }
    if is_short_for(word, "match", 4) {
        return Ok(StepOffset::Nearest);
    }
    StepOffset::parse(word)
}

/// Lines that begin with IGNORE.
fn ignore(options: &mut Options, what: &str, line: &str) -> Result<()> {
    let is = |whole: &str| is_short_for(what, whole, 3);
    match () {
        () if is("status") => options.exit_status = false,
        () if is("case") => options.ignore_case = true,
        () if is("maps") => options.ignore_maps = true,
        () if is("nans") => options.ignore_nans = true,
        () if is("dups") || is("duplicates") => options.ignore_duplicates = true,
        () if is("attributes") => options.ignore_attributes = true,
        () if is("sideset") => options.ignore_sideset_factors = true,
        () => return Err(senseless(line)),
    }
    Ok(())
}

/// Lines of one or two words.
fn switch(options: &mut Options, first: &str, second: &str, line: &str) -> Result<()> {
    let is = |whole: &str| is_short_for(first, whole, 3);
    let then = |whole: &str| is_short_for(second, whole, 3);
    match () {
        () if is("max") && then("names") => {}
        () if is("return") && then("status") => options.exit_status = true,
        () if is("apply") && then("matching") => options.matching = Matching::Places,
        () if is("calculate") && then("norms") => (options.l1_norms, options.l2_norms) = (true, true),
        () if is("calculate") && then("l1norms") => options.l1_norms = true,
        () if is("calculate") && then("l2norms") => options.l2_norms = true,
        () if first == "nodeset" && then("match") => options.sort_node_sets = true,
        () if first == "sideset" && then("match") => options.sort_side_sets = true,
        () if first == "pedantic" => options.pedantic = true,
        () if first == "interpolate" => options.steps.interpolate = true,
        () if is("short") && then("blocks") => options.short_blocks = true,
        () if first == "no" && then("short") => options.short_blocks = false,
        () if is("case") && then("sensitive") || first == "case_sensitive" => options.ignore_case = false,
        () => return Err(senseless(line)),
    }
    Ok(())
}
