//! The commands that read one file and write another.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use exodus_rs::process::{StepRange, TimeRange};
use hyperslab::netcdf::Container;

use crate::parse::{factor, factors, field, offsets, threads, word_size, Triple};

// What commands take that read one file and write another, of whatever it holds; the help is that of the command.
#[derive(Debug, Args)]
pub struct Files {
    /// The file to read; - is standard input
    pub input: PathBuf,
    /// The file to write
    pub output: PathBuf,
    /// Read the file instead of mapping it into memory
    #[arg(long)]
    pub no_mmap: bool,
    /// Replace an existing output
    #[arg(long)]
    pub force: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
}

// What commands take that read one model and write another; the help is that of the command.
#[derive(Debug, Args)]
pub struct Rewrite {
    /// The file to read; - is standard input
    pub input: PathBuf,
    /// The file to write
    pub output: PathBuf,
    /// Container of the output
    #[arg(long, value_enum, default_value_t = Format::Same)]
    pub format: Format,
    /// Level of deflate compression, 0 (none) to 9; the input's by default
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=9))]
    pub deflate: Option<u8>,
    /// Bring bytes of equal significance together before compression
    #[arg(long)]
    pub shuffle: bool,
    /// Take the whole steps of a classic file that was cut off, or (copy) those that all files of a decomposed model have
    #[arg(long)]
    pub salvage: bool,
    /// Read the file instead of mapping it into memory
    #[arg(long)]
    pub no_mmap: bool,
    /// Replace an existing output
    #[arg(long)]
    pub force: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("The output has what the file means in the newest layout: complete lists, padded texts, one variable for each coordinate.\n\n", super::decomposed!())
)]
pub struct Copy {
    /// Bytes of a floating-point number; the input's by default
    #[arg(long, value_name = "4|8", value_parser = word_size)]
    pub word_size: Option<u8>,
    /// Write all integers 64 bits wide; needs cdf5 or netcdf4
    #[arg(long, conflicts_with = "int32")]
    pub int64: bool,
    /// Write all integers 32 bits wide
    #[arg(long)]
    pub int32: bool,
    /// Copy the mesh only, no results
    #[arg(long)]
    pub mesh_only: bool,
    #[command(flatten)]
    pub files: Rewrite,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Coordinates become x * coord-scale + translate; results become value * scale. Floating-point values are computed in \
    double precision and rounded once to the type they are stored in. Everything else is carried over unchanged.\n\n\
    Times that differ by rounding alone are the same. Each change set has steps and times of its own."
)]
pub struct Process {
    /// Factor of every result value of every step
    #[arg(long, value_name = "F", value_parser = factor, default_value_t = 1.0, allow_negative_numbers = true)]
    pub scale: f64,
    /// Factor of the coordinates: one for all, or one each
    #[arg(long, value_name = "F|X,Y[,Z]", value_parser = factors, allow_hyphen_values = true)]
    pub coord_scale: Option<Triple>,
    /// What is added to the coordinates, after scaling
    #[arg(long, value_name = "X,Y[,Z]", value_parser = offsets, allow_hyphen_values = true)]
    pub translate: Option<Triple>,
    /// Factor of one result variable, in place of --scale; may be repeated
    #[arg(long = "field", value_name = "NAME=F", value_parser = field)]
    pub fields: Vec<(String, f64)>,
    /// Steps to take: FIRST:LAST:STRIDE, numbered from 1, both ends included; -1 or last is the last
    #[arg(long, value_name = "A:B:S", allow_hyphen_values = true)]
    pub steps: Option<StepRange>,
    /// Steps to take by their times: FIRST:LAST:STRIDE, both ends included, or the step nearest to one time
    #[arg(long, value_name = "T|A:B:S", allow_hyphen_values = true, conflicts_with = "steps")]
    pub times: Option<TimeRange>,
    /// Number of threads; all cores by default
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    #[command(flatten)]
    pub files: Rewrite,
}

/// A container, or the input's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Same,
    Cdf1,
    Cdf2,
    Cdf5,
    Netcdf4,
    Netcdf4Classic,
}

impl Format {
    pub fn container(self) -> Option<Container> {
        match self {
            Format::Same => None,
            Format::Cdf1 => Some(Container::Cdf1),
            Format::Cdf2 => Some(Container::Cdf2),
            Format::Cdf5 => Some(Container::Cdf5),
            Format::Netcdf4 => Some(Container::NetCdf4),
            Format::Netcdf4Classic => Some(Container::NetCdf4Classic),
        }
    }
}
