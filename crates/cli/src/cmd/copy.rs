//! `exo copy`.

use std::process::ExitCode;

use exodus_rs::model::{write_with, WriteOptions};
use exodus_rs::{Int64, Model, Result};

use super::rewrite::{run_into, Done};
use crate::args;

pub fn run(args: &args::Copy) -> Result<ExitCode> {
    run_into(&args.files, |opened, watch| {
        let model = opened.model();
        let steps = if args.mesh_only { 0 } else { steps(model)? };
        if !args.mesh_only {
            opened.check_steps()?;
        }
        let options = options(args, model);
        let size = watch.over(steps, |progress| write_with(model, &args.files.output, &options, progress))?;
        Ok(size.map(|size| Done { steps, size, values: size }))
    })
}

/// The steps of a model and of those in its groups.
fn steps(model: &dyn Model) -> Result<u64> {
    let groups = model.models()?;
    groups.iter().try_fold(model.num_steps(), |sum, (_, group)| Ok(sum.saturating_add(steps(group.as_ref())?)))
}

fn options(args: &args::Copy, model: &dyn Model) -> WriteOptions {
    let mut options = WriteOptions::like(model);
    let create = &mut options.create;
    create.container = args.files.format.container().unwrap_or(create.container);
    create.word_size = args.word_size.unwrap_or(create.word_size);
    create.int64 = match (args.int64, args.int32) {
        (true, _) => Int64::ALL,
        (_, true) => Int64::NONE,
        _ => create.int64,
    };
    create.deflate = args.files.deflate;
    create.shuffle = args.files.shuffle;
    create.overwrite = args.files.force;
    options.results = !args.mesh_only;
    options
}
