//! `exo completions`.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::{generate, Shell};
use exodus_rs::Result;

use crate::args::{self, Cli};
use crate::output;

pub fn run(args: &args::Completions) -> Result<ExitCode> {
    output::print(&script(args.shell))?;
    Ok(ExitCode::SUCCESS)
}

fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "exo", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn the_script_of_every_shell_names_all_commands_and_their_options() {
        for shell in Shell::value_variants() {
            let script = script(*shell);
            for command in Cli::command().get_subcommands() {
                let has = |what: &str| assert!(script.contains(what), "{shell}: {} {what}", command.get_name());
                has(command.get_name());
                command.get_arguments().filter_map(clap::Arg::get_long).for_each(has);
            }
        }
    }
}
