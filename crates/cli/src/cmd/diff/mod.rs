//! `exo diff`.

mod args;
pub mod exodiff;
mod json;
mod options;
mod text;

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

use exodus_rs::diff::{ChangeSets, Finding, Options, Report, Visitor, Written};
use exodus_rs::{Error, Model, Result};
use hyperslab::Context;

pub use args::Diff;

use crate::model::Opened;
use crate::{model, output, signals};

/// The files are different.
const DIFFERENT: u8 = 2;
/// Anything that keeps the comparison from an answer.
pub const FAILURE: u8 = 1;

/// Every value is looked at once: reading into a few buffers is faster than mapping every page.
const STREAMED: bool = true;

/// Compares; ends with exodiff's codes.
pub fn run(args: &Diff) -> Result<ExitCode> {
    match answer(args) {
        Err(error) if !output::is_broken_pipe(&error) => {
            output::tell(&error.to_string());
            Ok(ExitCode::from(FAILURE))
        }
        other => other,
    }
}

fn answer(args: &Diff) -> Result<ExitCode> {
    if args.copyright {
        output::print(
            "exo diff is part of exodus-rs, which may be used under the MIT license or the Apache license 2.0.\n",
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut options = options::options(args)?;
    let first = args.first.as_deref().ok_or_else(|| Error::usage("a file is needed"))?;
    let opened = model::open(first, STREAMED, false)?;
    check_steps(&opened, &options)?;
    let file = opened.model();
    options.files = [Some(first), args.second.as_deref()].map(|path| path.unwrap_or(first).to_path_buf());
    let second = match args.second.as_deref() {
        _ if args.summary => return summary(args, file, &options).in_file(first),
        Some(second) => second,
        None => return Err(Error::usage("a second file is needed")),
    };
    let other = model::open(second, STREAMED, false)?;
    check_steps(&other, &options)?;
    if let Some(third) = args.third.as_deref() {
        output::check_target(third, &[opened.paths(first), other.paths(second)].concat())?;
        signals::end_when_interrupted()?;
    }
    let models = ChangeSets::pair(file, other.model(), args.change_sets.as_deref())?;
    let answer = if args.json {
        let mut told = json::Json::begin([first, second])?;
        let answer = compared_or_written(&models, args, &options, &mut told);
        told.end(answer)?
    } else {
        let mut told = text::Text::new(args.quiet);
        let answer = compared_or_written(&models, args, &options, &mut told)?;
        told.end(&answer)?;
        answer
    };
    let differ = options.exit_status && answer.is_different();
    Ok(if differ { ExitCode::from(DIFFERENT) } else { ExitCode::SUCCESS })
}

/// Refuses members of different numbers of steps, if others are compared than all have.
fn check_steps(opened: &Opened, options: &Options) -> Result<()> {
    let (steps, all) = (&options.steps, opened.model().num_steps());
    let is_whole = |last: Option<u64>| last.is_some_and(|last| last <= all);
    let chosen = steps.explicit.map_or(is_whole(steps.last), |(one, two)| is_whole(one) && is_whole(two));
    if steps.ignore || chosen {
        Ok(())
    } else {
        opened.check_steps()
    }
}

fn summary(args: &Diff, model: &dyn Model, options: &Options) -> Result<ExitCode> {
    if args.change_sets.is_some() && model.models()?.is_empty() {
        return Err(Error::usage("the file has no change sets"));
    }
    let models = ChangeSets::pair(model, model, args.change_sets.as_deref())?;
    let name = args.first.as_deref().map(Path::display);
    output::print(&name.map(|name| format!("# Summary of {name}\n")).unwrap_or_default())?;
    for (title, summary) in models.summarize(options, args.min_coordinate_separation)? {
        let title = title.map(|title| format!("# {title}\n")).unwrap_or_default();
        output::print(&format!("{title}{summary}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Whoever shows findings to people or programs.
trait Told: Send {
    fn tell(&mut self, finding: &Finding) -> Result<()>;
}

/// What came of it.
enum Answer {
    Compared(Report),
    Written(Written),
}

impl Answer {
    fn is_different(&self) -> bool {
        match self {
            Answer::Compared(report) => !report.verdict.is_same(),
            Answer::Written(written) => written.differences > 0,
        }
    }
}

/// Compares all pairs of models, or writes the differences of one.
fn compared_or_written(models: &ChangeSets<'_>, args: &Diff, options: &Options, told: &mut dyn Told) -> Result<Answer> {
    match &args.third {
        Some(output) => {
            told_by(told, false, |visit| models.write_differences(output, options, visit)).map(Answer::Written)
        }
        None => told_by(told, args.quiet, |visit| models.compare(options, visit)).map(Answer::Compared),
    }
}

/// Shows what is found until that is not possible any more, or enough.
fn told_by<T>(told: &mut dyn Told, quiet: bool, work: impl FnOnce(&mut Visitor<'_>) -> Result<T>) -> Result<T> {
    let mut failure = None;
    let done = work(&mut |finding| {
        failure = told.tell(finding).err();
        if failure.is_some() || quiet && finding.is_difference() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    match failure {
        Some(error) => Err(error),
        None => done,
    }
}
