//! `exo append`.

use std::ops::ControlFlow;
use std::process::ExitCode;

use exodus_rs::{Error, ExodusAppender, ExodusFile, Model, Result, SyncPolicy};
use hyperslab::netcdf::Finished;
use hyperslab::{recover, Context, OpenOptions};
use serde_json::json;

use crate::args;
use crate::model;
use crate::output::{self, plural};
use crate::signals::Signals;

pub fn run(args: &args::Append) -> Result<ExitCode> {
    let other = model::open(&args.other, args.no_mmap, false)?;
    output::check_target(&args.file, &other.paths(&args.other))?;
    let signals = Signals::listen()?;
    let policy = args.sync.map_or(SyncPolicy::OnClose, SyncPolicy::EveryN);
    let appender = ExodusAppender::open_with(&args.file, policy)?;
    let before = appender.num_steps();
    let late = appender.out_of_order(other.model())?;
    let late = late.map(|[last, first]| format!("the time {first} follows {last} (times-order)"));
    let warnings: Vec<String> = uncounted(args, before)?.into_iter().chain(late).collect();
    match append(args, appender, other.model(), &signals) {
        Ok(ControlFlow::Continue((steps, finished))) => {
            let all = before.saturating_add(steps);
            report(args, [steps, all], finished, &warnings)?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(ControlFlow::Break(())) => {
            output::tell(&format!("interrupted; {}", left(args, before).1));
            Ok(signals.exit_code())
        }
        Err(error) => {
            let code = output::complain(&error);
            let (is_as_before, left) = left(args, before);
            if !is_as_before {
                output::tell(&left);
            }
            Ok(ExitCode::from(code))
        }
    }
}

/// Refuses to write over steps that the file does not count and `exo recover` keeps, or says that they were.
fn uncounted(args: &args::Append, before: u64) -> Result<Option<String>> {
    let steps = recover::uncounted_records(&args.file, &OpenOptions::new())?;
    let lie = if steps == 1 { "lies" } else { "lie" };
    let there = format!("{} {lie} behind the {before} that the file counts", plural(steps, "step"));
    match (steps, args.force) {
        (0, _) => Ok(None),
        (_, true) => Ok(Some(format!("{there}: what is appended takes their place"))),
        (_, false) => {
            let detail = format!("{there}: exo recover keeps what --force lets this write over");
            Err(Error::usage(detail).in_file(&args.file))
        }
    }
}

/// Appends steps until a signal comes; nothing that was not published stays in the file.
fn append(
    args: &args::Append,
    appender: ExodusAppender,
    other: &dyn Model,
    signals: &Signals,
) -> Result<ControlFlow<(), (u64, Finished)>> {
    let go_on = || if signals.stop() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let ControlFlow::Continue(steps) = appender.append_while(other, &go_on).in_file(&args.other)? else {
        return Ok(ControlFlow::Break(()));
    };
    let finished = appender.finish().in_file(&args.file)?;
    Ok(ControlFlow::Continue((steps, finished)))
}

/// Whether the file has the steps that it had before, and what it has got.
fn left(args: &args::Append, before: u64) -> (bool, String) {
    let file = args.file.display();
    match ExodusFile::open(&args.file).map(|now| now.num_steps().saturating_sub(before)) {
        Ok(0) => (true, format!("nothing was appended to {file}")),
        Ok(steps) => {
            (false, format!("{file} has got {} of {}, and no more", plural(steps, "step"), args.other.display()))
        }
        Err(error) => (false, format!("how many steps were appended is not known: {error}")),
    }
}

fn report(args: &args::Append, [steps, all]: [u64; 2], finished: Finished, warnings: &[String]) -> Result<()> {
    let Finished { size, unused } = finished;
    for warning in warnings {
        output::tell(&format!("{}: warning: {warning}", args.file.display()));
    }
    if args.json {
        let file = args.file.to_string_lossy();
        let line = json!({"file": file, "appended": steps, "steps": all, "unused": unused, "warnings": warnings});
        return output::print_record(&args.file, &format!("{line}\n"));
    }
    if args.quiet {
        return Ok(());
    }
    output::print_done(&args.file, &format!("{} appended, {}\n", plural(steps, "step"), plural(all, "step")))?;
    output::print_unused(&args.file, unused, size)
}
