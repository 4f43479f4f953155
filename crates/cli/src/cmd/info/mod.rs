//! `exo info`.

mod json;
mod people;

use std::path::Path;
use std::process::ExitCode;

use exodus_rs::{decimal, Error, ExodusFile, Info, ParallelFile, Result};
use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{Layout, Storage};
use hyperslab::{Context, NumberType};

use super::each::each;
use crate::model::{self, Opened};
use crate::{args, input, output};

pub fn run(args: &args::Info) -> Result<ExitCode> {
    each(&args.files, args.json, |path| show(path, args))
}

/// A file, or the model in one of its groups.
struct Shown<'a> {
    name: &'a str,
    group: Option<&'a str>,
    info: &'a Info,
}

/// Shows a file; returns the exit code.
fn show(path: &Path, args: &args::Info) -> Result<u8> {
    let (group, opened) = (args.group.as_deref(), model::open(path, args.no_mmap, false)?);
    let info = match (&opened, group) {
        (Opened::File(file), None) => of_file(file),
        (Opened::File(file), Some(name)) => file.group(name).and_then(|model| of_file(&model).in_object(name)),
        (Opened::Whole(whole), None) => of_whole(whole),
        (Opened::Whole(_), Some(_)) => Err(Error::usage("a decomposed model has no groups")),
    };
    let (info, name) = (info.in_file(path)?, path.display().to_string());
    let shown = Shown { name: &name, group, info: &info };
    let text = if args.json { json::text(&shown) } else { people::text(&shown, args.long) };
    output::print(&text)?;
    let missing = match &opened {
        Opened::File(file) => input::incomplete(file.netcdf()),
        Opened::Whole(_) => opened.check_steps().err().map(|error| error.to_string()),
    };
    Ok(output::warn(path, missing))
}

fn of_file(file: &ExodusFile) -> Result<Info> {
    Ok(as_meant(file.time_type(), file.info()?))
}

/// What is told of a decomposed model; its times are those of the first member.
fn of_whole(whole: &ParallelFile) -> Result<Info> {
    Ok(as_meant(whole.members().first().and_then(ExodusFile::time_type), whole.info()?))
}

/// Numbers of single precision with the digits that they have there. Versions are of that precision where they can be.
fn as_meant(times: Option<NumberType>, info: Info) -> Info {
    let version = |version: Option<f64>| version.map(|version| decimal(version, NumberType::F32));
    Info {
        times: info.times.iter().map(|&time| times.map_or(time, |number| decimal(time, number))).collect(),
        api_version: version(info.api_version),
        version: version(info.version),
        ..info
    }
}

/// A filter by its name, or its number; deflate with its level.
fn described(filter: &Filter) -> String {
    match (filter.id, filter.parameters.first()) {
        (Filter::DEFLATE, Some(level)) => format!("deflate {level}"),
        (id, _) if filter.name.is_empty() => format!("filter {id}"),
        _ => filter.name.clone(),
    }
}

fn storage(storage: &Storage) -> String {
    let mut text = match &storage.layout {
        Layout::Contiguous => "contiguous".to_owned(),
        Layout::Compact => "compact".to_owned(),
        Layout::Chunked(chunk) => format!("chunks of {chunk:?}"),
    };
    for filter in &storage.filters {
        text.push_str(", ");
        text.push_str(&described(filter));
    }
    text
}
