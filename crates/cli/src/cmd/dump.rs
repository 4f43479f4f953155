//! `exo dump`.

use std::io;
use std::process::ExitCode;

use exodus_rs::Result;
use hyperslab::netcdf::cdl::{dataset_name, Dump};
use hyperslab::Context;

use crate::args;
use crate::ending::BAD_INPUT;
use crate::input;

pub fn run(args: args::Dump) -> Result<ExitCode> {
    let file = input::netcdf(&args.file, args.no_mmap, args.allow_external)?;
    let all = args.variables.is_empty();
    let dump = Dump { header_only: args.header_only, variables: args.variables };
    dump.write(&file, &dataset_name(&args.file), &mut io::stdout().lock()).in_file(&args.file)?;
    let cut_off = file.check_complete().err().map(|error| error.to_string());
    match cut_off.or_else(|| input::unread(&file).filter(|_| all)) {
        None => Ok(ExitCode::SUCCESS),
        Some(what) => {
            eprintln!("exo: {}: {what}", args.file.display());
            Ok(ExitCode::from(BAD_INPUT))
        }
    }
}
