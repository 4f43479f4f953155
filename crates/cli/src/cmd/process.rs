//! `exo process`.

use std::process::ExitCode;

use exodus_rs::process::{Options, Plan, Steps, Summary, SMALL};
use exodus_rs::{ExodusFile, InitParams, Result};
use hyperslab::Context;

use super::rewrite::{run_into, Done};
use crate::args;
use crate::output::{self, bytes, plural};

pub fn run(args: &args::Process) -> Result<ExitCode> {
    let files = &args.files;
    run_into(files, |opened, watch| {
        let file = opened.file().in_file(&files.input)?;
        let plan = Plan::new(file, &options(args)).in_file(&files.input)?;
        let summary = plan.summary().clone();
        let run = plan.start(&files.output)?;
        if !files.quiet {
            output::print(&announcement(args, file, &summary, run.memory()?))?;
        }
        let size = watch.over(summary.steps, |progress| run.run(progress))?;
        Ok(size.map(|size| Done { steps: summary.steps, size, values: summary.bytes }))
    })
}

fn options(args: &args::Process) -> Options {
    Options {
        scale: args.scale,
        coord_scale: args.coord_scale.map_or([1.0; 3], |triple| triple.0),
        translate: args.translate.map_or([0.0; 3], |triple| triple.0),
        fields: args.fields.clone(),
        steps: steps(args),
        container: args.files.format.container(),
        deflate: args.files.deflate,
        shuffle: args.files.shuffle,
        threads: args.threads,
        overwrite: args.files.force,
    }
}

fn steps(args: &args::Process) -> Steps {
    match (args.times, args.steps) {
        (Some(times), _) => times.into(),
        (None, Some(steps)) => steps.into(),
        (None, None) => Steps::default(),
    }
}

/// The sum of what a file and the models in its groups have.
fn in_all(file: &ExodusFile, count: fn(&InitParams) -> u64) -> u64 {
    let below = file.groups().into_iter().filter_map(|name| file.group(&name).ok());
    below.fold(count(&file.init_params()), |sum, model| sum.saturating_add(in_all(&model, count)))
}

/// What was given for dimensions that no model has.
fn moves_nothing(args: &args::Process, num_dim: u64) -> String {
    let beyond = |[_, y, z]: [f64; 3], nothing| (num_dim < 2 && y != nothing) || (num_dim < 3 && z != nothing);
    let offsets = args.translate.is_some_and(|triple| beyond(triple.0, 0.0));
    let factors = args.coord_scale.is_some_and(|triple| beyond(triple.0, 1.0) && triple.0 != [triple.0[0]; 3]);
    match offsets || factors {
        true => format!(", of {}: what is given for others moves nothing", plural(num_dim, "dimension")),
        false => String::new(),
    }
}

fn announcement(args: &args::Process, file: &ExodusFile, summary: &Summary, memory: u64) -> String {
    let size = if summary.compressed {
        format!("{} of values, compressed", bytes(summary.bytes))
    } else {
        format!("about {}", bytes(summary.bytes))
    };
    let unrounded = match summary.unrounded.as_slice() {
        [] => String::new(),
        names => format!("  filters   deflate, where scale-offset would round again: {}\n", names.join(", ")),
    };
    let plain = match summary.plain as u64 {
        0 => String::new(),
        count => format!("  plain     {}: under {SMALL} bytes, no numbers, or the times\n", plural(count, "variable")),
    };
    let frames = match summary.unmoved_frames {
        0 => String::new(),
        count => format!(", {} left in place", plural(count, "coordinate frame")),
    };
    let none = match summary.without_steps.as_slice() {
        [] => String::new(),
        models => format!(", none of {}", models.join(", ")),
    };
    let packed = match summary.packed {
        0 => String::new(),
        count => format!("; {count} packed: the scale_factor and add_offset change, not the numbers"),
    };
    let mirrored = if summary.mirrored { ", mirrored: elements are inside out" } else { "" };
    format!(
        "{} -> {}\n  mesh      {}, {}{}{mirrored}{frames}\n  steps     {} of {}{none}\n  variables {} changed, {} copied{packed}\n  output    {}, {size}\n{plain}{unrounded}  memory    at most {} of buffers, {}\n",
        args.files.input.display(),
        args.files.output.display(),
        plural(in_all(file, |counts| counts.num_nodes), "node"),
        plural(in_all(file, |counts| counts.num_elems), "element"),
        moves_nothing(args, summary.num_dim),
        summary.steps,
        summary.input_steps,
        summary.changed,
        summary.copied,
        summary.container.name(),
        bytes(memory),
        plural(summary.threads as u64, "thread"),
    )
}
