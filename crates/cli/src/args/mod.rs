//! What can be typed.

/// What is said of names that stand for the files of a decomposed model.
macro_rules! decomposed {
    () => {
        "Where no file has the name, the files of a decomposed model are read as one: for base.e those from base.e.4.0 to base.e.4.3; \
        base.e.4 chooses one of several decompositions."
    };
}
pub(crate) use decomposed;

mod convert;
pub mod edit;
mod repack;
mod rewrite;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};
use clap_complete::Shell;

pub use convert::Convert;
pub use repack::{For, Level, Repack};
pub use rewrite::{Copy, Files, Process, Rewrite};

/// Inspect and process Exodus II files.
#[derive(Debug, Parser)]
#[command(name = "exo", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Append the steps of a file to another one, where it is
    Append(Append),
    /// Check whether a file keeps the rules of the format
    Check(Check),
    /// Print a script that completes commands and options in a shell
    Completions(Completions),
    /// Convert a netCDF or HDF5 file to netCDF of any container, with other chunks, filters or types
    Convert(Box<Convert>),
    /// Write a file again through the model: another container, other sizes of numbers
    Copy(Copy),
    /// Compare two Exodus files, as exodiff does
    Diff(Box<crate::cmd::diff::Diff>),
    /// Hash the contents of every object, whatever its layout, filters and byte order: a line of JSON for each file
    Digest(Digest),
    /// Print a netCDF or HDF5 file as text (CDL)
    Dump(Dump),
    /// Change attributes, names and records of a file, where it is if that is possible
    Edit(edit::Edit),
    /// Show what a file holds
    Info(Info),
    /// List the objects of a file
    Ls(Ls),
    /// Print the manual page, or write one for each command
    Man(Man),
    /// Transform the mesh and scale the results of every step into a new file
    Process(Process),
    /// Write what is whole of a torn file into a new one, and say what was lost
    Recover(Recover),
    /// Write an HDF5 file again: without unused space, with other chunks, filters or layouts
    Repack(Repack),
}

#[derive(Debug, Args)]
#[command(
    after_help = concat!("The steps are there, all of them, when the command ends well; otherwise the file is as it was, or has the steps that were published \
    with --sync, and how many is told. Readers see whole steps at any time. The files have to have the same mesh and the same variables.\n\n", decomposed!())
)]
pub struct Append {
    /// The file that gets more steps
    pub file: PathBuf,
    /// The file whose steps follow; - is standard input
    pub other: PathBuf,
    /// Publish the steps with every N of them; all at once by default
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub sync: Option<u64>,
    /// Write over whole steps that lie in a classic file and are not counted, as a program leaves them that is killed
    #[arg(long)]
    pub force: bool,
    /// Read the other file instead of mapping it into memory
    #[arg(long)]
    pub no_mmap: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "A program that is killed, a full disk or a lost connection leave files that other programs refuse, or that count fewer \
    steps than lie in them. The torn file stays as it is. What was lost is named, one line for each; the exit code is 1 then."
)]
pub struct Recover {
    #[command(flatten)]
    pub files: Files,
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
    after_help = concat!("Ends with 1 if there are errors. Results are read with --values only; their names, tables and times always are.\n\n", decomposed!())
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
#[command(after_help = decomposed!())]
pub struct Info {
    /// The files; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print JSON, one line a file
    #[arg(long)]
    pub json: bool,
    /// Show the model in this group of each file, not the file itself
    #[arg(long, value_name = "NAME")]
    pub group: Option<String>,
    /// Also list every netCDF variable, with its layout and how it can be borrowed
    #[arg(short, long)]
    pub long: bool,
    /// Read the file instead of mapping it into memory
    #[arg(long)]
    pub no_mmap: bool,
}
