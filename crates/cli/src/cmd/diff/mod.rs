//! `exo diff`.

mod args;
pub mod exodiff;
mod json;
mod options;
mod text;

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

use exodus_rs::diff::{compare, summarize, Finding, Options, Report};
use exodus_rs::{Error, ExodusFile, Result};
use hyperslab::Context;

pub use args::Diff;

use crate::{input, output};

/// The files are different.
const DIFFERENT: u8 = 2;
/// Anything that keeps the comparison from an answer.
pub const FAILURE: u8 = 1;

/// Compares; ends with exodiff's codes.
/// Every value is looked at once: reading into a few buffers is faster than mapping every page.
const STREAMED: bool = true;

pub fn run(args: &Diff) -> Result<ExitCode> {
    match answer(args) {
        Err(error) if !output::is_broken_pipe(&error) => {
            eprintln!("exo: {error}");
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
    let unsupported = [
        (args.third.is_some(), "writing the differences to a third file"),
        (args.change_sets.is_some(), "change sets"),
    ];
    if let Some((_, feature)) = unsupported.into_iter().find(|(asked, _)| *asked) {
        return Err(Error::unsupported(feature));
    }
    let options = options::options(args)?;
    let first = args.first.as_deref().ok_or_else(|| Error::usage("a file is needed"))?;
    let file = input::open(first, STREAMED)?;
    let second = match args.second.as_deref() {
        _ if args.summary => return summary(args, &file, &options).in_file(first),
        Some(second) => second,
        None => return Err(Error::usage("a second file is needed")),
    };
    let other = input::open(second, STREAMED)?;
    let report = if args.json {
        let mut told = json::Json::begin([first, second])?;
        let report = told_by(&mut told, [&file, &other], &options, args.quiet);
        told.end(report)?
    } else {
        let mut told = text::Text::new(args.quiet);
        let report = told_by(&mut told, [&file, &other], &options, args.quiet)?;
        told.end(&report)?;
        report
    };
    let differ = options.exit_status && !report.verdict.is_same();
    Ok(if differ { ExitCode::from(DIFFERENT) } else { ExitCode::SUCCESS })
}

fn summary(args: &Diff, file: &ExodusFile, options: &Options) -> Result<ExitCode> {
    let summary = summarize(file, options, args.min_coordinate_separation)?;
    let name = args.first.as_deref().map(Path::display);
    let name = name.map(|name| format!("# Summary of {name}\n")).unwrap_or_default();
    output::print(&format!("{name}{summary}"))?;
    Ok(ExitCode::SUCCESS)
}

/// Whoever shows findings to people or programs.
trait Told: Send {
    fn tell(&mut self, finding: &Finding) -> Result<()>;
}

/// Compares, showing what is found until that is not possible any more.
fn told_by(told: &mut dyn Told, [first, second]: [&ExodusFile; 2], options: &Options, quiet: bool) -> Result<Report> {
    let mut failure = None;
    let report = compare(first, second, options, &mut |finding| {
        failure = told.tell(finding).err();
        if failure.is_some() || quiet && finding.is_difference() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    match failure {
        Some(error) => Err(error),
        None => report,
    }
}
