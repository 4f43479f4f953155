//! What can be typed.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use exodus_rs::process::{StepRange, TimeRange};
use hyperslab::netcdf::Container;

use crate::parse::{factor, factors, field, offsets, threads, Triple};

/// Inspect and process Exodus II files.
#[derive(Debug, Parser)]
#[command(name = "exo", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check whether a file keeps the rules of the format
    Check(Check),
    /// Print a script that completes commands and options in a shell
    Completions(Completions),
    /// Write a file again through the model: another container, other sizes of numbers
    Copy(Copy),
    /// Compare two Exodus files, as exodiff does
    Diff(Box<crate::cmd::diff::Diff>),
    /// Hash the contents of every object, whatever its layout, filters and byte order: a line of JSON for each file
    Digest(Digest),
    /// Print a netCDF or HDF5 file as text (CDL)
    Dump(Dump),
    /// Show what a file holds
    Info(Info),
    /// List the objects of a file
    Ls(Ls),
    /// Print the manual page, or write one for each command
    Man(Man),
    /// Transform the mesh and scale the results of every step into a new file
    Process(Process),
}

// What every command takes that reads one file and writes another; its help is that of the command.
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
    /// Take the whole steps of a classic file that was cut off
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
    after_help = "The output has what the file means in the newest layout: complete lists, padded texts, one variable for each coordinate."
)]
pub struct Copy {
    /// Bytes of a floating-point number; the input's by default
    #[arg(long, value_name = "4|8", value_parser = clap::value_parser!(u8).range(4..=8))]
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
    after_help = "The script goes to standard output; the manual of the shell says where it looks for such scripts."
)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

#[derive(Debug, Args)]
#[command(after_help = "Without a folder, the page of exo itself is printed.")]
pub struct Man {
    /// The folder to write pages into: exo.1, exo-info.1 and so on, which are replaced
    pub directory: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Ends with 1 if there are errors. Results are read with --values only; their names, tables and times always are."
)]
pub struct Check {
    /// The files; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print JSON; of several files, one line each
    #[arg(long)]
    pub json: bool,
    /// Read all results, too, and look for numbers that are not finite or were never written
    #[arg(long)]
    pub values: bool,
    /// Warnings count as errors
    #[arg(long)]
    pub strict: bool,
    /// List that many findings of each rule; the others are counted
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub limit: u64,
    /// Read the file instead of mapping it into memory
    #[arg(long)]
    pub no_mmap: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Two files with the same digests hold the same, however they are stored. What cannot be read has an error in its place; \
    the record is not complete then, and the exit code is 2."
)]
pub struct Digest {
    /// The files; - is standard input, a name with %d opens the members of a family, one with -m.h5 and -r.h5 beside it a split file
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Show the file as netCDF does: dimensions, variables and attributes
    #[arg(long)]
    pub netcdf: bool,
    /// Follow external files and the sources of virtual datasets inside the directory of the file
    #[arg(long)]
    pub allow_external: bool,
    /// Read the files instead of mapping them into memory
    #[arg(long)]
    pub no_mmap: bool,
}

#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
#[command(after_help = "Prints what ncdump prints.")]
pub struct Dump {
    /// The file; - is standard input
    pub file: PathBuf,
    /// Print declarations only, no data
    #[arg(short = 'h', long = "header")]
    pub header_only: bool,
    /// Print the data of these variables only; a name may have the path of its group in front
    #[arg(short, long, value_name = "NAME,...", value_delimiter = ',')]
    pub variables: Vec<String>,
    /// Follow external files and the sources of virtual datasets inside the directory of the file
    #[arg(long)]
    pub allow_external: bool,
    /// Read the file instead of mapping it into memory
    #[arg(long)]
    pub no_mmap: bool,
    /// Print help; the short form is taken
    #[arg(long, action = ArgAction::Help)]
    help: Option<bool>,
}

#[derive(Debug, Args)]
pub struct Ls {
    /// The file, or - for standard input, and after it perhaps the path of an object in it: out.exo/group/x
    #[arg(value_name = "FILE[/PATH]")]
    pub file: PathBuf,
    /// Also list what is in groups, at any depth
    #[arg(short, long)]
    pub recursive: bool,
    /// Show layout, chunk index, filters, sizes, and how the elements can be borrowed; attributes of groups
    #[arg(short, long)]
    pub long: bool,
    /// Follow external files and the sources of virtual datasets inside the directory of the file
    #[arg(long)]
    pub allow_external: bool,
    /// Read the file instead of mapping it into memory
    #[arg(long)]
    pub no_mmap: bool,
}

#[derive(Debug, Args)]
pub struct Info {
    /// The files; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print JSON, one line a file
    #[arg(long)]
    pub json: bool,
    /// Also list every netCDF variable, with its layout and how it can be borrowed
    #[arg(short, long)]
    pub long: bool,
    /// Read the file instead of mapping it into memory
    #[arg(long)]
    pub no_mmap: bool,
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
    /// Steps to take: FIRST:LAST:STRIDE, numbered from 1, both ends included; -1 is the last
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
