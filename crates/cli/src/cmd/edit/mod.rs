//! `exo edit`.

mod attributes;
mod names;
mod opened;

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Parser, ValueEnum};
use exodus_rs::{Error, QaRecord, Result};
use hyperslab::netcdf::{Done, Published};
use hyperslab::Context;
use serde_json::json;

use self::opened::Opened;
use super::rewrite::Watch;
use crate::args::edit::{Command, Deleted, Edit, Info, Named, One, Qa};
use crate::ending::BAD_INPUT;
use crate::output::{self, plural};
use crate::signals::{self, Signals};

/// What comes between two edits.
const THEN: &str = "--then";

pub fn run(args: &Edit) -> Result<ExitCode> {
    let edits = match edits(args)? {
        ControlFlow::Continue(edits) => edits,
        ControlFlow::Break(code) => return Ok(code),
    };
    let until_published = signals::end_until_held(&args.file)?;
    let mut file = Opened::open(&args.file, args.group.as_deref())?;
    edits.iter().try_for_each(|one| apply(&mut file, one)).in_file(&args.file)?;
    let others = other_names(&args.file);
    let (done, unused) = match args.dry_run {
        true => (file.plan()?, None),
        false => {
            let signals = Signals::listen()?;
            until_published.hold();
            let watch = Watch { input: &args.file, quiet: args.quiet, signals: &signals };
            let published = watch.over(0, |progress| file.publish(progress))?;
            let Some(Published { done, unused }) = published.continue_value() else {
                signals::not_changed(&args.file);
                return Ok(signals.exit_code());
            };
            (done, Some(unused))
        }
    };
    report(args, edits.len() as u64, (done, others), unused)?;
    Ok(ExitCode::SUCCESS)
}

/// The edits that words stand for; or they ask for help, or are none, which was said.
fn edits(args: &Edit) -> Result<ControlFlow<ExitCode, Vec<Command>>> {
    let mut edits = Vec::new();
    for one in args.command.split(|word| word == THEN) {
        if one.is_empty() {
            return Err(Error::usage(format!("{THEN} comes between two edits")));
        }
        check_what(one)?;
        match One::try_parse_from(one) {
            Ok(one) => edits.push(one.edit),
            Err(error) => {
                if let Some(option) = misplaced(&error) {
                    let file = args.file.display();
                    return Err(Error::usage(format!("{option} comes before the file: exo edit {option} {file} ...")));
                }
                let code = if error.use_stderr() { BAD_INPUT } else { 0 };
                let _ = error.print();
                return Ok(ControlFlow::Break(ExitCode::from(code)));
            }
        }
    }
    Ok(ControlFlow::Continue(edits))
}

/// The option of the command that was given behind the file, where edits are.
fn misplaced(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else { return None };
    let command = <Edit as clap::Args>::augment_args(clap::Command::new("edit"));
    let is_it = |argument: &clap::Arg| {
        let long = argument.get_long().map(|long| format!("--{long}"));
        let short = argument.get_short().map(|short| format!("-{short}"));
        long.as_ref() == Some(word) || short.as_ref() == Some(word)
    };
    (error.kind() == ErrorKind::UnknownArgument && command.get_arguments().any(is_it)).then(|| word.clone())
}

/// Refuses a thing that is renamed or taken away without a word for what it is.
fn check_what(words: &[String]) -> Result<()> {
    let unknown = |wanted: &str, kinds: &str| Err(Error::usage(format!("{wanted}, where WHAT is {kinds}")));
    match words {
        [verb, old, new] if verb == "rename" && Named::from_str(old, false).is_err() => unknown(
            &format!("rename needs what {old} is: rename WHAT {old} {new}"),
            "variable, dimension, group, type, or block, nodal and others of an Exodus file",
        ),
        [verb, path] if verb == "delete" && Deleted::from_str(path, false).is_err() && !path.starts_with('-') => {
            unknown(&format!("delete needs what {path} is: delete WHAT {path}"), "variable, dimension, group or type")
        }
        _ => Ok(()),
    }
}

/// How many other names (hard links) a file has.
fn other_names(path: &Path) -> u64 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata(path).map_or(0, |found| found.nlink().saturating_sub(1))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        0
    }
}

/// Says what was done, or would be; what is unused then is known when it was.
fn report(args: &Edit, edits: u64, (done, others): (Done, u64), unused: Option<u64>) -> Result<()> {
    let how = match done {
        Done::Nothing => "nothing",
        Done::InPlace => "in place",
        Done::Rewritten => "rewritten",
    };
    if args.json {
        let file = args.file.to_string_lossy();
        let line = json!({"file": file, "edits": edits, "done": how, "dry_run": args.dry_run, "unused": unused});
        let line = format!("{line}\n");
        return if args.dry_run { output::print(&line) } else { output::print_record(&args.file, &line) };
    }
    let left = match (done, others) {
        (Done::Rewritten, 1..) => {
            format!("; the old file keeps {} (hard links)", plural(others, "other name"))
        }
        _ => String::new(),
    };
    if args.quiet {
        return Ok(());
    }
    let would = if args.dry_run { "would be done" } else { "done" };
    let line = format!("{} {would}, {how}{left}\n", plural(edits, "edit"));
    if args.dry_run {
        return output::print(&format!("{}: {line}", args.file.display()));
    }
    output::print_done(&args.file, &line)?;
    let size = std::fs::metadata(&args.file).map_or(u64::MAX, |found| found.len());
    output::print_unused(&args.file, unused.unwrap_or(0), size)
}

fn apply(file: &mut Opened, command: &Command) -> Result<()> {
    match command {
        Command::Attr(attr) => attributes::change(file.editor(), attr),
        Command::Delete { what, path } => names::delete(file.editor(), *what, path),
        Command::Rename { what, old, new } => names::rename(file, *what, old, new),
        Command::Title { title } => file.model()?.set_title(title),
        Command::Qa(Qa::Add { code, version, date, time }) => {
            let [today, now] = clock();
            let (code, version) = (code.clone(), version.clone());
            let (date, time) = (date.clone().unwrap_or(today), time.clone().unwrap_or(now));
            file.model()?.add_qa_record(QaRecord { code, version, date, time })
        }
        Command::Info(Info::Add { text }) => file.model()?.add_info_record(text),
    }
}

/// The date and the time in UTC, as libexodus's programs write them.
fn clock() -> [String; 2] {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    // Days are counted from 1 March of the year 0, in eras of 400 years.
    let days = seconds / 86_400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    [format!("{year:04}/{month:02}/{day:02}"), format!("{hours:02}:{minutes:02}:{:02}", seconds % 60)]
}
