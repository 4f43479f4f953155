//! What commands have in common that read one file and write another.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use exodus_rs::{Error, Model, Result};
use hyperslab::netcdf::Progress;
use hyperslab::Context;

use super::progress::Reporter;
use crate::args::Rewrite;
use crate::model::Opened;
use crate::output::{bytes, duration, plural};
use crate::signals::Signals;
use crate::{model, output};

/// What was written.
pub struct Done {
    /// Steps of the output.
    pub steps: u64,
    /// Bytes of the output.
    pub size: u64,
    /// Bytes of all values that went through.
    pub values: u64,
}

/// Shows the progress of work, and breaks it off at a signal.
pub struct Watch<'w> {
    pub input: &'w Path,
    pub quiet: bool,
    pub signals: &'w Signals,
}

/// Opens the input and does the work; says what was written, or that nothing was because of a signal.
pub fn run_into(args: &Rewrite, work: impl FnOnce(&Opened, &Watch<'_>) -> Result<Option<Done>>) -> Result<ExitCode> {
    let started = Instant::now();
    let signals = Signals::listen()?;
    let opened = model::open(&args.input, args.no_mmap, args.salvage)?;
    output::check_target(&args.output, &opened.paths(&args.input))?;
    check_compression(args, opened.model()).in_file(&args.output)?;
    let Some(done) = work(&opened, &Watch { input: &args.input, quiet: args.quiet, signals: &signals })? else {
        return Ok(interrupted(&args.output, &signals));
    };
    if !args.quiet {
        output::print_done(&args.output, &closing(&done, started.elapsed().as_secs_f64()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Says that nothing was written because of a signal; returns the exit code.
pub fn interrupted(output: &Path, signals: &Signals) -> ExitCode {
    output::tell(&format!("interrupted; {} was not written", output.display()));
    signals.exit_code()
}

impl Watch<'_> {
    /// Does work on so many steps; its errors are those of the input, unless they say otherwise.
    pub fn over<T>(
        &self,
        steps: u64,
        work: impl FnOnce(&(dyn Fn(Progress) -> ControlFlow<()> + Sync)) -> Result<T>,
    ) -> Result<T> {
        let reporter = Reporter::new(self.quiet, steps);
        let done = work(&|progress| {
            reporter.report(progress);
            match self.signals.stop() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        reporter.finish();
        done.in_file(self.input)
    }
}

/// Says by which option compression is to be had; which containers have it is the library's to know.
fn check_compression(args: &Rewrite, model: &dyn Model) -> Result<()> {
    let container = args.format.container().unwrap_or_else(|| model.create_options().container);
    let compresses = args.shuffle || args.deflate.is_some_and(|level| level > 0);
    match compresses && !container.is_hdf5() {
        true => Err(Error::usage(format!(
            "{} has no compression: --deflate and --shuffle need --format netcdf4 or netcdf4-classic",
            container.name()
        ))),
        false => Ok(()),
    }
}

#[allow(clippy::cast_precision_loss)]
fn closing(done: &Done, seconds: f64) -> String {
    let rate = |amount: u64| amount as f64 / seconds.max(1e-9);
    format!(
        "{}, {} in {} ({:.1} steps/s, {:.1} MB/s)\n",
        plural(done.steps, "step"),
        bytes(done.size),
        duration(seconds),
        rate(done.steps),
        rate(done.values) / 1e6,
    )
}
