//! `exo append`.

use std::process::ExitCode;

use exodus_rs::{ExodusAppender, Result, SyncPolicy};
use hyperslab::Context;

use crate::args;
use crate::model;
use crate::output::{self, plural};

pub fn run(args: &args::Append) -> Result<ExitCode> {
    let other = model::open(&args.other, args.no_mmap, false)?;
    output::check_target(&args.file, &other.paths(&args.other))?;
    let policy = args.sync.map_or(SyncPolicy::OnClose, SyncPolicy::EveryN);
    let appender = ExodusAppender::open_with(&args.file, policy)?;
    let before = appender.num_steps();
    let steps = appender.append(other.model()).in_file(&args.other)?;
    appender.finish().in_file(&args.file)?;
    if !args.quiet {
        let all = plural(before.saturating_add(steps), "step");
        output::print_done(&args.file, &format!("{} appended, {all}\n", plural(steps, "step")))?;
    }
    Ok(ExitCode::SUCCESS)
}
