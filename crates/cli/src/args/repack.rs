//! What `exo repack` takes.

use std::path::PathBuf;

use clap::Args;
use hyperslab::hdf5::{Filter, LayoutChoice};

use crate::parse::{chunk, filters, layout};

/// A choice for one dataset, or for all.
#[derive(Debug, Clone)]
pub struct For<T> {
    pub dataset: Option<String>,
    pub choice: T,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Everything is kept: links, attributes, types, references, chunks and filters, unless another choice is made. What cannot \
    be kept is refused by its name. Chunks whose shape and filters stay are copied as they are.\n\n\
    OBJECT is the path of a dataset; without it a choice is for all datasets, but for those of less than 1 KiB. Filters are \
    gzip=N, shuffle, fletcher32, szip=N, nbit, scaleoffset[=DIGITS], zstd=N, lz4, lzf, blosc=N, bitshuffle, bzip2=N, or none; \
    shuffle,gzip=4 is one after the other."
)]
pub struct Repack {
    /// The file to read; - is standard input
    pub input: PathBuf,
    /// The file to write
    pub output: PathBuf,
    /// Filters of the chunks
    #[arg(long = "filter", value_name = "[OBJECT:]FILTER,...", value_parser = filters)]
    pub filters: Vec<For<Vec<Filter>>>,
    /// Lengths of the chunks
    #[arg(long = "chunk", value_name = "[OBJECT:]NxN", value_parser = chunk)]
    pub chunks: Vec<For<LayoutChoice>>,
    /// Where elements lie: contiguous, compact or chunked
    #[arg(long = "layout", value_name = "[OBJECT:]LAYOUT", value_parser = layout)]
    pub layouts: Vec<For<LayoutChoice>>,
    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
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
