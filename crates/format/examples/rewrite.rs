//! Writes a file again through the NetCDF writer: everything that netCDF shows of it, in a container of choice.
//!
//!     cargo run --release --example rewrite -- IN OUT [cdf1|cdf2|cdf5|netcdf4|netcdf4-classic] [--visible]
//!
//! What the container cannot hold is refused by name, with exit code 2; with `--visible`, what netCDF does not show of an
//! HDF5 file is passed over, and listed.

use std::ops::ControlFlow;
use std::process::ExitCode;

use hyperslab::netcdf::{Container, File, Job, Schema, Transfer, VariableId, Writer};
use hyperslab::{Error, Kind, Result};

const USAGE: &str = "rewrite IN OUT [cdf1|cdf2|cdf5|netcdf4|netcdf4-classic] [--visible]";

fn main() -> ExitCode {
    let (flags, words): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|word| word.starts_with("--"));
    let visible = flags.iter().any(|flag| flag == "--visible");
    let done = match words.as_slice() {
        [from, to] => rewrite(from, to, None, visible),
        [from, to, name] => container(name).and_then(|container| rewrite(from, to, Some(container), visible)),
        _ => Err(Error::usage(USAGE)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{:?}: {error}", error.kind());
            ExitCode::from(if error.kind() == Kind::Io { 3 } else { 2 })
        }
    }
}

fn container(name: &str) -> Result<Container> {
    Ok(match name {
        "cdf1" => Container::Cdf1,
        "cdf2" => Container::Cdf2,
        "cdf5" => Container::Cdf5,
        "netcdf4" => Container::NetCdf4,
        "netcdf4-classic" => Container::NetCdf4Classic,
        _ => return Err(Error::usage(USAGE)),
    })
}

fn rewrite(from: &str, to: &str, container: Option<Container>, visible: bool) -> Result<()> {
    let input = File::open(from)?;
    input.check_complete()?;
    let schema = declared(&input, container, visible)?;
    let output = Writer::create(to, schema, true)?;
    copy(&input, &output)?;
    output.finish()?;
    input.schema().hidden.iter().for_each(|hidden| println!("hidden {}", hidden.path));
    Ok(())
}

/// What the output declares.
fn declared(input: &File, container: Option<Container>, visible: bool) -> Result<Schema> {
    if let Some(lost) = input.schema().hidden.first().filter(|_| !visible) {
        return Err(Error::unsupported(format!("it would be lost: {}", lost.reason)).in_object(lost.path.clone()));
    }
    let mut schema = input.schema().in_container(container.unwrap_or(input.schema().container))?;
    schema.hidden.clear();
    Ok(schema)
}

/// Copies all values on all cores; whatever has an address in it goes value by value.
fn copy(input: &File, output: &Writer) -> Result<()> {
    let mut transfer = Transfer::new(output).threads(2);
    for id in (0..input.schema().variables.len()).map(VariableId) {
        transfer = transfer.job(Job::new(input.array(id)?, id));
    }
    transfer.run(&|_| ControlFlow::Continue(())).map(drop)
}
