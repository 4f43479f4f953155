//! `exo append`.

use std::process::ExitCode;

use exodus_rs::{ExodusAppender, Result, SyncPolicy};
use hyperslab::netcdf::Finished;
use hyperslab::Context;
use serde_json::json;

use crate::args;
use crate::model;
use crate::output::{self, plural};

pub fn run(args: &args::Append) -> Result<ExitCode> {
    let other = model::open(&args.other, args.no_mmap, false)?;
    output::check_target(&args.file, &other.paths(&args.other))?;
    let policy = args.sync.map_or(SyncPolicy::OnClose, SyncPolicy::EveryN);
    let appender = ExodusAppender::open_with(&args.file, policy)?;
    let before = appender.num_steps();
    let late = appender.out_of_order(other.model())?;
    let late = late.map(|[last, first]| format!("the time {first} follows {last} (times-order)"));
    let steps = appender.append(other.model()).in_file(&args.other)?;
    let Finished { size, unused } = appender.finish().in_file(&args.file)?;
    if let Some(late) = &late {
        output::tell(&format!("{}: warning: {late}", args.file.display()));
    }
    let all = before.saturating_add(steps);
    if args.json {
        let file = args.file.to_string_lossy();
        let warnings = late.as_slice();
        let line = json!({"file": file, "appended": steps, "steps": all, "unused": unused, "warnings": warnings});
        output::print(&format!("{line}\n"))?;
    } else if !args.quiet {
        let (steps, all) = (plural(steps, "step"), plural(all, "step"));
        output::print_done(&args.file, &format!("{steps} appended, {all}\n"))?;
        output::print_unused(&args.file, unused, size)?;
    }
    Ok(ExitCode::SUCCESS)
}
