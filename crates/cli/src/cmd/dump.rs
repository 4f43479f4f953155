//! `exo dump`.

use std::io;
use std::process::ExitCode;

use exodus_rs::Result;
use hyperslab::netcdf::cdl::{dataset_name, Dump};
use hyperslab::netcdf::Schema;
use hyperslab::Context;

use crate::args;
use crate::input;
use crate::output::plural;

pub fn run(args: args::Dump) -> Result<ExitCode> {
    let file = input::netcdf(&args.file, args.no_mmap, args.allow_external)?;
    let all = args.variables.is_empty();
    let dump = Dump { header_only: args.header_only, variables: args.variables };
    dump.write(&file, &dataset_name(&args.file), &mut io::stdout().lock()).in_file(&args.file)?;
    let cut_off = file.check_complete().err().map(|error| error.to_string());
    match cut_off.or_else(|| unread(file.schema()).filter(|_| all)) {
        None => Ok(ExitCode::SUCCESS),
        Some(what) => {
            eprintln!("exo: {}: {what}", args.file.display());
            Ok(ExitCode::from(crate::BAD_INPUT))
        }
    }
}

/// What is not in the text though netCDF may have it.
fn unread(schema: &Schema) -> Option<String> {
    let mut unread = schema.hidden.iter().filter(|hidden| hidden.unread);
    let first = unread.next()?;
    let more = match unread.count() as u64 {
        0 => String::new(),
        count => format!(", and {} more", plural(count, "object")),
    };
    Some(format!("{} is not shown: {}{more}", first.path, first.reason))
}
