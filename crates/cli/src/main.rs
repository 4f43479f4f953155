//! `exo`: inspect and process Exodus II files.

mod args;
mod cmd;
mod ending;
mod input;
mod model;
mod output;
mod parse;
mod signals;
mod truncated;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use cmd::diff::exodiff::ENVIRONMENT;
use ending::{BAD_INPUT, IO_FAILURE};

fn main() -> ExitCode {
    signals::outlive_file_size_limit();
    let args = cmd::diff::exodiff::translate(std::env::args_os(), std::env::var(ENVIRONMENT).ok().as_deref());
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        // exodiff's code for errors is another one.
        Err(error) if error.use_stderr() && cmd::diff::exodiff::is_diff(&args) => {
            let _ = error.print();
            return ExitCode::from(cmd::diff::FAILURE);
        }
        Err(error) => match error.print() {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => return ExitCode::from(IO_FAILURE),
            _ => return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(BAD_INPUT)),
        },
    };
    let done = match cli.command {
        Command::Append(append) => cmd::append::run(&append),
        Command::Check(check) => cmd::check::run(&check),
        Command::Completions(completions) => cmd::completions::run(&completions),
        Command::Convert(convert) => cmd::convert::run(&convert),
        Command::Recover(recover) => cmd::recover::run(&recover),
        Command::Copy(copy) => cmd::copy::run(&copy),
        Command::Diff(diff) => cmd::diff::run(&diff),
        Command::Digest(digest) => cmd::digest::run(&digest),
        Command::Dump(dump) => cmd::dump::run(dump),
        Command::Edit(edit) => cmd::edit::run(&edit),
        Command::Info(info) => cmd::info::run(&info),
        Command::Ls(ls) => cmd::ls::run(&ls),
        Command::Man(man) => cmd::man::run(&man),
        Command::Process(process) => cmd::process::run(&process),
        Command::Repack(repack) => cmd::repack::run(&repack),
    };
    match done {
        Ok(code) => code,
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => ExitCode::from(output::complain(&error)),
    }
}
