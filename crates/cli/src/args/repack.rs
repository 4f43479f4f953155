//! What `exo repack` takes.

use clap::{Args, ValueEnum};
use hyperslab::hdf5::{Filter, LayoutChoice};

use super::rewrite::Files;
use crate::parse::{chunk, filters, layout, pages, power_of_two, size, threads};

/// A choice for one dataset, or for all.
#[derive(Debug, Clone)]
pub struct For<T> {
    pub dataset: Option<String>,
    pub choice: T,
}

/// The bytes of a page, or no pages.
pub type PageSize = Option<u64>;

/// What reads the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    Earliest,
    V110,
    Latest,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Everything is kept: links, attributes, types, references, chunks and filters, unless another choice is made. What cannot \
    be kept is refused by its name. Not kept: the list of free space, which a copy has none of, and a strategy for file space other than pages; \
    --level earliest has no pages. Chunks whose shape and filters stay are copied as they are.\n\n\
    OBJECT is the path of a dataset; without it a choice is for all datasets that can have it, but for those of less than 1 KiB. Filters are \
    gzip=N, shuffle, fletcher32, szip=[nn|ec,]N, nbit, scaleoffset[=DIGITS], zstd=N, lz4, lzf, blosc=[lz4|zlib,]N, bitshuffle, bzip2=N, \
    zfp (reversible), fcidecomp, or none; shuffle,gzip=4 is one after the other. Numbers of filters have parameters, and | behind \
    them: 2|307,9 is shuffle,bzip2=9."
)]
pub struct Repack {
    /// Filters of the chunks
    #[arg(long = "filter", value_name = "[OBJECT:]FILTER,...", value_parser = filters)]
    pub filters: Vec<For<Vec<Filter>>>,
    /// Lengths of the chunks (none: data in one piece); OBJECT=N,N is the same
    #[arg(long = "chunk", value_name = "[OBJECT:]NxN", value_parser = chunk)]
    pub chunks: Vec<For<LayoutChoice>>,
    /// Where elements lie: contiguous, compact or chunked
    #[arg(long = "layout", value_name = "[OBJECT:]LAYOUT", value_parser = layout)]
    pub layouts: Vec<For<LayoutChoice>>,
    /// The oldest HDF5 that reads the output; by default 1.10, or what the contents need
    #[arg(long, value_enum)]
    pub level: Option<Level>,
    /// Let raw data start at multiples of so many bytes, a power of two; 64 by default
    #[arg(long, value_name = "N", value_parser = power_of_two)]
    pub align: Option<u64>,
    /// Lay the output out in pages, metadata first, for those who fetch pages over a network; 4M where no size is given. A file
    /// in pages keeps them, unless this is none
    #[arg(long, value_name = "SIZE|none", value_parser = pages, num_args = 0..=1, default_missing_value = "4M", require_equals = true)]
    pub paged: Option<PageSize>,
    /// Memory for elements on their way into other chunks: 512M, 2G; 256M by default. What needs more waits in a file. The
    /// buffers of this program count; pages of an input that is mapped are the system's, which takes them back
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub memory: Option<u64>,
    /// Number of threads; all cores by default
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// Say which datasets change, and how, and what becomes of the file; do nothing
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub files: Files,
}
