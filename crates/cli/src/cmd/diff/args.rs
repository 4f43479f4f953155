//! What can be typed: exodiff's options in exo's spelling.

use std::path::PathBuf;

use clap::Args;

use crate::args::decomposed;

/// Compares two files by the rules of exodiff. Ends with 0 if they are the same, 2 if they are different, 1 after an error.
///
/// exodiff's own spelling of the options is understood, too: -tolerance, -Floor, -steps, -match_by_name …, and their
/// abbreviations. EXODIFF_OPTIONS in the environment adds options. Files are read, and never mapped into memory.
#[derive(Debug, Args)]
#[command(args_override_self = true, after_help = decomposed!())]
#[allow(clippy::struct_excessive_bools)] // they are switches
pub struct Diff {
    /// The first file
    #[arg(required_unless_present = "copyright")]
    pub first: Option<PathBuf>,
    /// The second file
    #[arg(required_unless_present_any = ["summary", "copyright"])]
    pub second: Option<PathBuf>,
    /// Write the mesh of the first file with the differences of all variables into this file, which is replaced, instead of
    /// telling them: a - b, or as --relative, --combined … say
    #[arg(conflicts_with = "summary")]
    pub third: Option<PathBuf>,

    /// Command file: which variables are compared, and how closely
    #[arg(short, long, value_name = "COMMANDS")]
    pub file: Option<PathBuf>,
    /// Print the extremes of the first file as a command file, instead of comparing
    #[arg(long)]
    pub summary: bool,
    /// With --summary: also find the least distance of two nodes
    #[arg(long)]
    pub min_coordinate_separation: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Stop at the first difference, and only say whether there is one
    #[arg(short, long)]
    pub quiet: bool,
    /// Tell all differences, not only the worst of each variable at each step
    #[arg(long)]
    pub show_all_diffs: bool,
    /// Tell the first N differences of each variable at each step
    #[arg(long, value_name = "N")]
    pub show_diffs: Option<usize>,
    /// End with 2 if the files are different (the default)
    #[arg(long)]
    pub status: bool,
    /// End with 0 even if the files are different
    #[arg(long)]
    pub ignore_status: bool,
    /// Print the license
    #[arg(long)]
    pub copyright: bool,

    /// Tolerance of variables, attributes and times
    #[arg(short, long, value_name = "X", default_value_t = 1e-6, help_heading = "Tolerances")]
    pub tolerance: f64,
    /// Values are the same if neither is larger than this
    #[arg(long, value_name = "X", default_value_t = 0.0, help_heading = "Tolerances")]
    pub floor: f64,
    /// Values are the same if their difference is smaller than --floor, as it once was
    #[arg(long, help_heading = "Tolerances")]
    pub use_old_floor: bool,
    /// Tolerance of the variables and attributes of a name, which may have * and ? in it: a relative tolerance and an
    /// absolute one, of which one is enough (REL:ABS, REL:, :ABS), or a tolerance as in command files (1e-4, "absolute 1e-9",
    /// "relative 1e-4 floor 1e-12", ignore). !NAME is not compared at all. May be repeated: an exact name comes before
    /// wildcards, and the last of several counts
    #[arg(long, value_name = "NAME=REL:ABS", help_heading = "Tolerances")]
    pub var: Vec<String>,
    /// Tolerance of coordinates, absolute
    #[arg(long, value_name = "X", default_value_t = 1e-6, help_heading = "Tolerances")]
    pub coordinate_tolerance: f64,
    /// |a - b| / max(|a|, |b|), the default
    #[arg(long, help_heading = "Tolerances")]
    pub relative: bool,
    /// |a - b|
    #[arg(long, help_heading = "Tolerances")]
    pub absolute: bool,
    /// |a - b| / max(1, |a|, |b|)
    #[arg(long, help_heading = "Tolerances")]
    pub combined: bool,
    /// Relative difference of absolute values
    #[arg(long, help_heading = "Tolerances")]
    pub eigen_relative: bool,
    /// Absolute difference of absolute values
    #[arg(long, help_heading = "Tolerances")]
    pub eigen_absolute: bool,
    /// Combined difference of absolute values
    #[arg(long, help_heading = "Tolerances")]
    pub eigen_combined: bool,
    /// Number of single-precision numbers between the values
    #[arg(long, help_heading = "Tolerances")]
    pub ulps_float: bool,
    /// Number of double-precision numbers between the values
    #[arg(long, help_heading = "Tolerances")]
    pub ulps_double: bool,
    /// Compare nothing that has no tolerance of its own
    #[arg(long, help_heading = "Tolerances")]
    pub ignore: bool,
    /// Not-a-number is no difference
    #[arg(long, help_heading = "Tolerances")]
    pub ignore_nans: bool,
    /// Tell L1 and L2 norms of the differences
    #[arg(long, help_heading = "Tolerances")]
    pub norms: bool,
    /// Tell L1 norms of the differences
    #[arg(long, help_heading = "Tolerances")]
    pub l1norms: bool,
    /// Tell L2 norms of the differences
    #[arg(long, help_heading = "Tolerances")]
    pub l2norms: bool,

    /// Compare no steps
    #[arg(long, help_heading = "Steps")]
    pub ignore_steps: bool,
    /// Steps to compare, from 1: FIRST:LAST:STRIDE, or last
    #[arg(long, value_name = "A:B:S", allow_hyphen_values = true, help_heading = "Steps")]
    pub steps: Option<String>,
    /// Steps to leave out: 1,5-9,28
    #[arg(short = 'x', long, value_name = "LIST", help_heading = "Steps")]
    pub exclude: Option<String>,
    /// Compare one step of each file: STEP:STEP, each a number or last
    #[arg(long, value_name = "A:B", help_heading = "Steps")]
    pub explicit: Option<String>,
    /// Compare step x + N of the first file with step x of the second
    #[arg(short = 'T', long, value_name = "N", allow_hyphen_values = true, help_heading = "Steps")]
    pub time_step_offset: Option<String>,
    /// Offset the steps so that both files end at the same one
    #[arg(long, help_heading = "Steps")]
    pub ta: bool,
    /// Offset the steps so that the second file begins where the times are nearest
    #[arg(long, help_heading = "Steps")]
    pub tm: bool,
    /// Interpolate the second file to the times of the first
    #[arg(long, help_heading = "Steps")]
    pub interpolate: bool,
    /// With --interpolate: relative tolerance of the last times
    #[arg(long, value_name = "X", help_heading = "Steps")]
    pub final_time_tolerance: Option<f64>,
    /// Factor of the times of the first file
    #[arg(long, value_name = "F", default_value_t = 1.0, allow_negative_numbers = true, help_heading = "Steps")]
    pub time_scale: f64,
    /// What is added to the times of the first file, after scaling
    #[arg(long, value_name = "F", default_value_t = 0.0, allow_negative_numbers = true, help_heading = "Steps")]
    pub time_offset: f64,

    /// Find nodes and elements by their places
    #[arg(short, long, help_heading = "Matching")]
    pub map: bool,
    /// Find nodes and elements by their places, and leave out what is not found
    #[arg(short, long, help_heading = "Matching")]
    pub partial: bool,
    /// Find nodes and elements by their ids (the default)
    #[arg(long, help_heading = "Matching")]
    pub match_ids: bool,
    /// Nodes and elements must be in the same order and have the same ids
    #[arg(long, help_heading = "Matching")]
    pub match_file_order: bool,
    /// Find blocks and sets by name instead of id
    #[arg(long, help_heading = "Matching")]
    pub match_by_name: bool,
    /// Nodes of node sets may be in another order (the default)
    #[arg(long, help_heading = "Matching")]
    pub nsmap: bool,
    /// Nodes of node sets must be in the same order
    #[arg(long, help_heading = "Matching")]
    pub no_nsmap: bool,
    /// Sides of side sets may be in another order (the default)
    #[arg(long, help_heading = "Matching")]
    pub ssmap: bool,
    /// Sides of side sets must be in the same order
    #[arg(long, help_heading = "Matching")]
    pub no_ssmap: bool,
    /// Nodes of an element may be in another order
    #[arg(long, help_heading = "Matching")]
    pub allow_permuted_connectivity: bool,
    /// Take the first of several elements or nodes at one place
    #[arg(long, help_heading = "Matching")]
    pub ignore_dups: bool,
    /// Print which nodes and elements belong together
    #[arg(long, help_heading = "Matching")]
    pub dumpmap: bool,
    /// Print which elements were not found
    #[arg(long, help_heading = "Matching")]
    pub show_unmatched: bool,
    /// Tell at most so many ids that differ
    #[arg(long, value_name = "N", default_value_t = 100, help_heading = "Matching")]
    pub max_warnings: usize,

    /// HEX and HEX8 are the same element type (the default)
    #[arg(short, long, help_heading = "Names and meshes")]
    pub short: bool,
    /// Element types must be the same to the last letter
    #[arg(long, help_heading = "Names and meshes")]
    pub no_short: bool,
    /// Names of variables are the same in any case (the default)
    #[arg(short, long, help_heading = "Names and meshes")]
    pub ignore_case: bool,
    /// Names of variables must be the same in case
    #[arg(long, help_heading = "Names and meshes")]
    pub case_sensitive: bool,
    /// Variables that only the second file has are no difference
    #[arg(long, help_heading = "Names and meshes")]
    pub nosymmetric_name_check: bool,
    /// Variables that only the first file has are no difference
    #[arg(long, help_heading = "Names and meshes")]
    pub allow_name_mismatch: bool,
    /// Use positions in place of the ids of nodes and elements
    #[arg(long, help_heading = "Names and meshes")]
    pub ignore_maps: bool,
    /// Do not compare attributes of elements
    #[arg(long, help_heading = "Names and meshes")]
    pub ignore_attributes: bool,
    /// Do not compare distribution factors of side sets
    #[arg(long, help_heading = "Names and meshes")]
    pub ignore_sideset_df: bool,
    /// Differences of sets and names count
    #[arg(long, help_heading = "Names and meshes")]
    pub pedantic: bool,
    /// Compare everything that Exodus defines: order, names, titles, attributes, properties, maps, factors, tables …; see
    /// docs/diff.md
    #[arg(long, help_heading = "Names and meshes")]
    pub strict: bool,
    /// Models in groups to compare, by name or number from 1 (0 or root: the file itself): A,B or, if they are not the same
    /// in both files, A,B:C,D; by default all, one after the other
    #[arg(long, value_name = "NAMES", help_heading = "Names and meshes")]
    pub change_sets: Option<String>,

    /// Number of threads; all cores by default
    #[arg(long, value_name = "N", value_parser = crate::parse::threads)]
    pub threads: Option<usize>,
    /// Means nothing any more
    #[arg(long = "64-bit", hide = true)]
    pub wide: bool,
    /// Means nothing any more
    #[arg(long, hide = true)]
    pub maxnames: Option<String>,
}
