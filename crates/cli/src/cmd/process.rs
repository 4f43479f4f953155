//! `exo process`.

use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Instant;

use exodus_rs::process::{Options, Plan, Summary};
use exodus_rs::{ExodusFile, Result};
use hyperslab::Context;

use super::progress::Reporter;
use crate::args;
use crate::input;
use crate::output::{self, bytes, duration, plural};
use crate::signals::Signals;

pub fn run(args: &args::Process) -> Result<ExitCode> {
    let started = Instant::now();
    let signals = Signals::listen()?;
    let file = input::salvaged(&args.input, args.no_mmap, args.salvage)?;
    output::check_target(&args.output, &[&args.input])?;
    let plan = Plan::new(&file, &options(args)).in_file(&args.input)?;
    let summary = plan.summary().clone();
    let run = plan.start(&args.output)?;
    if !args.quiet {
        output::print(&announcement(args, &file, &summary, run.memory()?))?;
    }
    let reporter = Reporter::new(args.quiet, summary.steps);
    let size = run.run(&|progress| {
        reporter.report(progress);
        if signals.stop() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    reporter.finish();
    let Some(size) = size.in_file(&args.input)? else {
        eprintln!("exo: interrupted; {} was not written", args.output.display());
        return Ok(signals.exit_code());
    };
    if !args.quiet {
        output::print_done(&args.output, &closing(&summary, size, started.elapsed().as_secs_f64()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn options(args: &args::Process) -> Options {
    Options {
        scale: args.scale,
        coord_scale: args.coord_scale.map_or([1.0; 3], |triple| triple.0),
        translate: args.translate.map_or([0.0; 3], |triple| triple.0),
        fields: args.fields.clone(),
        steps: args.steps.unwrap_or_default(),
        container: args.format.container(),
        deflate: args.deflate,
        shuffle: args.shuffle,
        threads: args.threads,
        overwrite: args.force,
    }
}

fn announcement(args: &args::Process, file: &ExodusFile, summary: &Summary, memory: u64) -> String {
    let counts = file.init_params();
    let size = if summary.compressed {
        format!("{} of values, compressed", bytes(summary.bytes))
    } else {
        format!("about {}", bytes(summary.bytes))
    };
    let unrounded = match summary.unrounded.as_slice() {
        [] => String::new(),
        names => format!("  filters   deflate, where scale-offset would round again: {}\n", names.join(", ")),
    };
    let beyond =
        |[_, y, z]: [f64; 3], nothing| (counts.num_dim < 2 && y != nothing) || (counts.num_dim < 3 && z != nothing);
    let offsets = args.translate.is_some_and(|triple| beyond(triple.0, 0.0));
    let factors = args.coord_scale.is_some_and(|triple| beyond(triple.0, 1.0) && triple.0 != [triple.0[0]; 3]);
    let left_out = match offsets || factors {
        true => format!(", of {}: what is given for others moves nothing", plural(counts.num_dim, "dimension")),
        false => String::new(),
    };
    let frames = match summary.unmoved_frames {
        0 => String::new(),
        count => format!(", {} left in place", plural(count, "coordinate frame")),
    };
    let mirrored = if summary.mirrored { ", mirrored: elements are inside out" } else { "" };
    format!(
        "{} -> {}\n  mesh      {}, {}{left_out}{mirrored}{frames}\n  steps     {} of {}\n  variables {} changed, {} copied\n  output    {}, {size}\n{unrounded}  memory    at most {} of buffers, {}\n",
        args.input.display(),
        args.output.display(),
        plural(counts.num_nodes, "node"),
        plural(counts.num_elems, "element"),
        summary.steps,
        summary.input_steps,
        summary.changed,
        summary.copied,
        summary.container.name(),
        bytes(memory),
        plural(summary.threads as u64, "thread"),
    )
}

#[allow(clippy::cast_precision_loss)]
fn closing(summary: &Summary, size: u64, seconds: f64) -> String {
    let rate = |amount: u64| amount as f64 / seconds.max(1e-9);
    format!(
        "{}, {} in {} ({:.1} steps/s, {:.1} MB/s)\n",
        plural(summary.steps, "step"),
        bytes(size),
        duration(seconds),
        rate(summary.steps),
        rate(summary.bytes) / 1e6,
    )
}
