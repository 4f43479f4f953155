//! `exo man`.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory;
use clap_mangen::Man;
use exodus_rs::{Error, Result};
use hyperslab::Context;

use crate::args::{self, Cli};
use crate::output;

pub fn run(args: &args::Man) -> Result<ExitCode> {
    let pages = pages().map_err(|e| Error::io("cannot make the manual pages", e))?;
    match (&args.directory, pages.first()) {
        (Some(directory), _) => pages.iter().try_for_each(|(name, page)| store(&directory.join(name), page))?,
        (None, Some((_, page))) => output::print(&String::from_utf8_lossy(page))?,
        (None, None) => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn store(path: &Path, page: &[u8]) -> Result<()> {
    fs::write(path, page).map_err(|e| Error::io("cannot write", e)).in_file(path)
}

/// The name and the text of the page of the program, then of each command.
fn pages() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut cli = Cli::command().disable_help_subcommand(true);
    cli.build();
    let page = |command: &clap::Command| {
        let man = Man::new(command.clone()).source(concat!("exo ", env!("CARGO_PKG_VERSION")));
        let mut text = Vec::new();
        man.render(&mut text)?;
        Ok((man.get_filename(), text))
    };
    [&cli].into_iter().chain(cli.get_subcommands()).map(page).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test that fails may panic
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_with_all_its_options() {
        let pages = pages().unwrap();
        let cli = Cli::command();
        let commands = || [&cli].into_iter().chain(cli.get_subcommands());
        assert_eq!(pages.len(), commands().count());
        for (command, (name, page)) in commands().zip(&pages) {
            // A hyphen is written with a backslash.
            let page = String::from_utf8_lossy(page).replace("\\-", "-");
            assert!(name.starts_with("exo") && name.contains(command.get_name()), "{name}");
            let shown = command.get_arguments().filter(|argument| !argument.is_hide_set());
            for long in shown.filter_map(clap::Arg::get_long) {
                assert!(page.contains(&format!("--{long}")), "{name} {long}: {page}");
            }
        }
    }
}
