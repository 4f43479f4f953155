//! `exo convert`.

use clap::Args;
use hyperslab::hdf5::Filter;
use hyperslab::netcdf::Quantization;
use hyperslab::ByteOrder;

use super::rewrite::{Files, Format};
use crate::parse::threads;
use crate::parse::wish::{blosc, bzip2, chunk, deflate, endian, filters, quantize, szip, zstd, Chunk, Wish};

#[derive(Debug, Args)]
#[command(
    after_help = "Any netCDF file, and any HDF5 file that netCDF shows, becomes a netCDF file of any container. Where VAR= is left out, all \
    variables are meant for which it makes sense (szip: those whose chunks have at least as many elements as a block); variables and dimensions of groups have paths, such as /group/x. What the output cannot \
    hold, or netCDF has nothing like, is refused by name, and nothing is written. Values, names, order, attributes, fill values, chunks, \
    filters and byte orders stay, unless something else is asked for.\n\n\
    A FILTER is a name, such as zstd=3, or a number and its parameters, such as 307,9: exo repack --help lists the names. A variable \
    that is called like a filter has a slash: /gzip=307,9.\n\n\
    Texts of any length become characters where the container has no others: of a variable with a dimension more, of an attribute if it is \
    one text."
)]
pub struct Convert {
    /// Container of the output
    #[arg(long, visible_aliases = ["kind", "container"], value_enum, default_value_t = Format::Same)]
    pub format: Format,
    /// Variables and groups to take, with their dimensions, coordinate variables and types
    #[arg(long, value_name = "VAR,...", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Let a dimension grow; * stands for all
    #[arg(long, value_name = "DIM,...", value_delimiter = ',')]
    pub unlimited: Vec<String>,
    /// Give a dimension a fixed length; * stands for all
    #[arg(long, value_name = "DIM,...", value_delimiter = ',')]
    pub fixed: Vec<String>,
    /// Level of deflate, 0 (none) to 9
    #[arg(long, value_name = "[VAR=]N", value_parser = deflate)]
    pub deflate: Vec<Wish<Vec<Filter>>>,
    /// Level of Zstandard
    #[arg(long, value_name = "[VAR=]N", value_parser = zstd)]
    pub zstd: Vec<Wish<Vec<Filter>>>,
    /// Level of bzip2, 1 to 9
    #[arg(long, value_name = "[VAR=]N", value_parser = bzip2)]
    pub bzip2: Vec<Wish<Vec<Filter>>>,
    /// Szip: predicting from neighbours (nn) or not (ec), and the samples in a block
    #[arg(long, value_name = "[VAR=]nn|ec[,N]", value_parser = szip)]
    pub szip: Vec<Wish<Vec<Filter>>>,
    /// Blosc, and its level
    #[arg(long, value_name = "[VAR=]lz4|zlib[,N]", value_parser = blosc)]
    pub blosc: Vec<Wish<Vec<Filter>>>,
    /// Filters by their names or numbers, in this order
    #[arg(long, value_name = "[VAR=]FILTER[|FILTER...]", value_parser = filters)]
    pub filter: Vec<Wish<Vec<Filter>>>,
    /// Bring bytes of equal significance together before compression
    #[arg(long, value_name = "VAR,...", num_args = 0..=1, require_equals = true, default_missing_value = "", value_delimiter = ',')]
    pub shuffle: Vec<String>,
    /// Leave bytes in their order
    #[arg(long, value_name = "VAR,...", num_args = 0..=1, require_equals = true, default_missing_value = "", value_delimiter = ',')]
    pub no_shuffle: Vec<String>,
    /// A checksum on every chunk
    #[arg(long, value_name = "VAR,...", num_args = 0..=1, require_equals = true, default_missing_value = "", value_delimiter = ',')]
    pub fletcher32: Vec<String>,
    /// No filters, whatever the input has
    #[arg(long, value_name = "VAR,...", num_args = 0..=1, require_equals = true, default_missing_value = "", value_delimiter = ',')]
    pub no_filters: Vec<String>,
    /// Shape of the chunks of a variable (VAR=none: data in one piece, without filters), or their lengths along dimensions
    #[arg(long, value_name = "VAR=N,...|DIM/N,...", value_parser = chunk)]
    pub chunk: Vec<Chunk>,
    /// Byte order of numbers: little, big or native
    #[arg(long, value_name = "[VAR=]ORDER", value_parser = endian)]
    pub endian: Vec<Wish<ByteOrder>>,
    /// Floating-point numbers in 32 bits, rounded
    #[arg(long, value_name = "VAR,...", num_args = 0..=1, require_equals = true, default_missing_value = "", value_delimiter = ',')]
    pub float32: Vec<String>,
    /// Floating-point numbers in 64 bits
    #[arg(long, value_name = "VAR,...", num_args = 0..=1, require_equals = true, default_missing_value = "", value_delimiter = ',')]
    pub float64: Vec<String>,
    /// Integers in 32 bits, if every one fits
    #[arg(long, value_name = "VAR,...", num_args = 0..=1, require_equals = true, default_missing_value = "", value_delimiter = ',')]
    pub int32: Vec<String>,
    /// Integers in 64 bits; of all variables those of 16 bits and more
    #[arg(long, value_name = "VAR,...", num_args = 0..=1, require_equals = true, default_missing_value = "", value_delimiter = ',')]
    pub int64: Vec<String>,
    /// Round floating-point numbers to digits that count, as netCDF-C does: bitgroom, granular, or bitround (to bits)
    #[arg(long, value_name = "[VAR=]N[,MODE]", value_parser = quantize)]
    pub quantize: Vec<Wish<Quantization>>,
    /// Integers of types that the container does not have in the next one that it has, if every one fits
    #[arg(long)]
    pub narrow: bool,
    /// Refuse texts of any length where the container has none, in place of making characters of them
    #[arg(long)]
    pub keep_strings: bool,
    /// Bytes that the header of a classic file can grow by without moving data
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    pub header_pad: u64,
    /// Number of threads; all cores by default
    #[arg(long, value_name = "N", value_parser = threads)]
    pub threads: Option<usize>,
    /// Follow external files and the sources of virtual datasets inside the directory of the file
    #[arg(long)]
    pub allow_external: bool,
    #[command(flatten)]
    pub files: Files,
}
