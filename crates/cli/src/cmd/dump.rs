//! `exo dump`.

use std::io;
use std::process::ExitCode;

use exodus_rs::Result;
use hyperslab::netcdf::cdl::{dataset_name, Dump};
use hyperslab::Context;

use crate::{args, input, output};

pub fn run(args: args::Dump) -> Result<ExitCode> {
    let file = input::netcdf(&args.file, args.no_mmap, args.allow_external)?;
    let missing = if args.variables.is_empty() { input::incomplete(&file) } else { input::cut_off(&file) };
    let dump = Dump { header_only: args.header_only, variables: args.variables };
    let done = dump.write(&file, &dataset_name(&args.file), &mut io::stdout().lock()).in_file(&args.file);
    // Where it ends early, too: that names one variable, and not what can be done.
    let code = output::warn(&args.file, missing);
    done.map(|()| ExitCode::from(code))
}
