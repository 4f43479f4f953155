//! `exo convert`.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use exodus_rs::Result;
use hyperslab::netcdf::{Choices, Conversion, ConvertOptions, Type};
use hyperslab::Context;
use serde_json::json;

use super::rewrite::{interrupted, Watch};
use crate::output::{self, bytes, duration, plural};
use crate::parse::wish::Chunk;
use crate::signals::Signals;
use crate::{args, input};

pub fn run(args: &args::Convert) -> Result<ExitCode> {
    let started = Instant::now();
    let signals = Signals::listen()?;
    let file = input::netcdf(&args.files.input, args.files.no_mmap, args.allow_external)?;
    output::check_target(&args.files.output, &[&args.files.input])?;
    let options = options(args);
    let conversion = Conversion::new(&file, &options).in_file(&args.files.input)?;
    let made = Made::of(&conversion);
    let watch = Watch { input: &args.files.input, quiet: args.files.quiet, signals: &signals };
    let done = watch.over(made.records, |progress| conversion.run(&args.files.output, progress))?;
    let Some(size) = done.continue_value() else { return Ok(interrupted(&args.files.output, &signals)) };
    let seconds = started.elapsed().as_secs_f64();
    match (args.files.json, args.files.quiet) {
        (true, _) => output::print_record(&args.files.output, &made.json(&args.files.output, size, seconds))?,
        (false, false) => output::print_done(&args.files.output, &made.text(size, seconds))?,
        (false, true) => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// What a conversion makes.
struct Made {
    container: &'static str,
    variables: u64,
    records: u64,
    texts: Vec<String>,
}

impl Made {
    fn of(conversion: &Conversion) -> Self {
        let schema = conversion.schema();
        let records = schema.dimensions.iter().filter(|d| d.unlimited).map(|d| d.length).max();
        let (container, variables) = (schema.container.name(), schema.variables.len() as u64);
        Made { container, variables, records: records.unwrap_or(0), texts: conversion.texts().collect() }
    }

    fn json(&self, output: &Path, size: u64, seconds: f64) -> String {
        let Made { container, variables, records, texts } = self;
        let output = output.display().to_string();
        let record = json!({"file": output, "container": container, "variables": variables, "records": records, "size": size,
            "characters": texts, "seconds": seconds});
        format!("{record}\n")
    }

    fn text(&self, size: u64, seconds: f64) -> String {
        let variables = plural(self.variables, "variable");
        let mut text = format!("{}, {variables}, {} in {}\n", self.container, bytes(size), duration(seconds));
        if !self.texts.is_empty() {
            text.push_str(&format!("texts became characters: {}\n", self.texts.join(", ")));
        }
        text
    }
}

fn options(args: &args::Convert) -> ConvertOptions {
    let mut options = ConvertOptions {
        container: args.format.container(),
        only: args.only.clone(),
        unlimited: args.unlimited.clone(),
        fixed: args.fixed.clone(),
        narrow: args.narrow,
        keep_strings: args.keep_strings,
        header_padding: args.header_pad,
        overwrite: args.files.force,
        threads: args.threads,
        ..ConvertOptions::default()
    };
    for (names, ty) in [
        (&args.float32, Type::Float),
        (&args.float64, Type::Double),
        (&args.int32, Type::Int),
        (&args.int64, Type::Int64),
    ] {
        flag(&mut options.types, names, &ty);
    }
    args.endian.iter().cloned().for_each(|(name, order)| options.order.push(name, order));
    args.quantize.iter().cloned().for_each(|(name, rounds)| options.quantize.push(name, rounds));
    storage(args, &mut options);
    options
}

fn storage(args: &args::Convert, options: &mut ConvertOptions) {
    flag(&mut options.compression, &args.no_filters, &Vec::new());
    flag(&mut options.shuffle, &args.no_filters, &false);
    flag(&mut options.fletcher32, &args.no_filters, &false);
    let compressions = [&args.deflate, &args.zstd, &args.bzip2, &args.szip, &args.blosc, &args.filter];
    for (name, filters) in compressions.into_iter().flatten().cloned() {
        options.compression.push(name, filters);
    }
    flag(&mut options.shuffle, &args.shuffle, &true);
    flag(&mut options.shuffle, &args.no_shuffle, &false);
    flag(&mut options.fletcher32, &args.fletcher32, &true);
    for chunk in &args.chunk {
        match chunk {
            Chunk::Variable(name, shape) => options.chunks.push(Some(name.clone()), shape.clone()),
            Chunk::Dimensions(lengths) => options.chunk_lengths.extend(lengths.iter().cloned()),
        }
    }
}

/// What an option says of the variables that it names, or of all if it names none.
fn flag<T: Clone>(choices: &mut Choices<T>, names: &[String], choice: &T) {
    for name in names {
        choices.push(Some(name).filter(|name| !name.is_empty()).cloned(), choice.clone());
    }
}
