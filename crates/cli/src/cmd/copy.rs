//! `exo copy`.

use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Instant;

use exodus_rs::{copy, ExodusFile, Int64, Result};
use hyperslab::Context;

use super::progress::Reporter;
use crate::args;
use crate::input;
use crate::output::{self, bytes, duration};
use crate::signals::Signals;

pub fn run(args: &args::Copy) -> Result<ExitCode> {
    let started = Instant::now();
    let signals = Signals::listen()?;
    let file = input::salvaged(&args.input, args.no_mmap, args.salvage)?;
    output::check_target(&args.output, &[&args.input])?;
    let reporter = Reporter::new(args.quiet, file.num_steps());
    let size = copy::copy(&file, &args.output, &options(args, &file), &|progress| {
        reporter.report(progress);
        match signals.stop() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    reporter.finish();
    let Some(size) = size.in_file(&args.input)? else {
        eprintln!("exo: interrupted; {} was not written", args.output.display());
        return Ok(signals.exit_code());
    };
    if !args.quiet {
        let (size, time) = (bytes(size), duration(started.elapsed().as_secs_f64()));
        output::print_done(&args.output, &format!("{} steps, {size} in {time}\n", file.num_steps()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn options(args: &args::Copy, file: &ExodusFile) -> copy::Options {
    let mut options = copy::Options::like(file);
    let create = &mut options.create;
    create.container = args.format.container().unwrap_or(create.container);
    create.word_size = args.word_size.unwrap_or(create.word_size);
    create.int64 = match (args.int64, args.int32) {
        (true, _) => Int64::ALL,
        (_, true) => Int64::NONE,
        _ => create.int64,
    };
    create.deflate = args.deflate;
    create.shuffle = args.shuffle;
    create.overwrite = args.force;
    options.results = !args.mesh_only;
    options
}
