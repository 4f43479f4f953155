//! Filters as users name and see them.

use super::{names, zfp};
use crate::hdf5::record::message::filter_pipeline::FilterDescription;

/// Bit 0 of the flags of a filter: where it fails, a chunk is written without it.
pub(super) const OPTIONAL: u16 = 1;
/// Filters from this number on are registered by others; their names are stored.
const FIRST_REGISTERED: u16 = 256;

/// A filter that the chunks of a dataset pass through.
///
/// Readers show filters as the file has them. Writers take them from the functions below, or from a file that was read:
/// what a filter takes from the type of the elements and the shape of the chunks is completed when the dataset is created.
///
/// ```
/// use hyperslab::hdf5::Filter;
/// use hyperslab::netcdf::Storage;
///
/// // The order of writing.
/// let storage = Storage { filters: vec![Filter::shuffle(), Filter::zstd(3)], ..Storage::default() };
/// assert_eq!(storage.filters[1].name, "zstd");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The registered number.
    pub id: u16,
    /// The registered name, or the one that the file gives; empty where there is none.
    pub name: String,
    /// Whether a chunk is stored without it where it fails.
    pub optional: bool,
    /// Its parameters, which the specification calls client data.
    pub parameters: Vec<u32>,
}

/// How szip predicts (`H5Pset_szip`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SzipCoding {
    /// Not at all: the samples are small already.
    Entropy,
    /// Each sample from the one before.
    NearestNeighbour,
}

/// What the factor of scale-offset means (`H5Pset_scaleoffset`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScaleOffset {
    /// Integers, of each of which so many bits are stored: what needs more loses its upper ones. With 0 as many as a chunk needs,
    /// so that nothing is lost.
    Integer(u32),
    /// Floating-point numbers keep so many decimal digits after the point.
    Decimal(u32),
}

/// The compressors inside Blosc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BloscCodec {
    /// LZ4.
    Lz4,
    /// Deflate.
    Zlib,
}

/// What blosc does before it compresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BloscShuffle {
    /// Nothing.
    None,
    /// Bytes of equal significance are brought together.
    Bytes,
    /// Bits of equal significance are brought together.
    Bits,
}

/// The compressors inside bitshuffle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BitshuffleCodec {
    /// The bits are brought together, and not compressed.
    None,
    /// LZ4.
    Lz4,
    /// Zstandard.
    Zstd,
}

impl Filter {
    /// The number of deflate.
    pub const DEFLATE: u16 = 1;
    /// The number of shuffle.
    pub const SHUFFLE: u16 = 2;
    /// The number of fletcher32.
    pub const FLETCHER32: u16 = 3;
    /// The number of scale-offset.
    pub const SCALEOFFSET: u16 = 6;

    /// The filter with this number, for the parameters that its documentation names.
    pub fn new(id: u16, parameters: Vec<u32>) -> Self {
        let name = names::registered(id).unwrap_or_default().to_owned();
        Filter { id, name, optional: true, parameters }
    }

    /// Deflate (zlib), at a level from 0, which only stores, to 9.
    pub fn deflate(level: u8) -> Self {
        Filter::new(Self::DEFLATE, vec![level.min(9).into()])
    }

    /// Bytes of equal significance are brought together, for the filter that follows.
    pub fn shuffle() -> Self {
        Filter::new(Self::SHUFFLE, Vec::new())
    }

    /// A checksum on every chunk.
    pub fn fletcher32() -> Self {
        Filter { optional: false, ..Filter::new(Self::FLETCHER32, Vec::new()) }
    }

    /// Szip, with so many samples in a block: an even number up to 32.
    pub fn szip(coding: SzipCoding, pixels_per_block: u32) -> Self {
        Filter::new(4, vec![coding.options(), pixels_per_block, 0, 0])
    }

    /// N-bit: only the significant bits of each number.
    pub fn nbit() -> Self {
        Filter::new(5, Vec::new())
    }

    /// Scale-offset: numbers less their minimum, in as few bits as hold them all.
    pub fn scaleoffset(scale: ScaleOffset) -> Self {
        Filter::new(Self::SCALEOFFSET, scale.parameters())
    }

    /// Bzip2, in blocks of so many hundred kilobytes, 1 to 9.
    pub fn bzip2(block: u8) -> Self {
        Filter::new(307, vec![block.clamp(1, 9).into()])
    }

    /// LZF.
    pub fn lzf() -> Self {
        Filter::new(32000, Vec::new())
    }

    /// Blosc, at a level from 1 to 9.
    pub fn blosc(codec: BloscCodec, level: u8, shuffle: BloscShuffle) -> Self {
        Filter::new(32001, vec![2, 2, 0, 0, level.min(9).into(), shuffle.number(), codec.number()])
    }

    /// Blosc2, at a level from 1 to 9.
    pub fn blosc2(codec: BloscCodec, level: u8, shuffle: BloscShuffle) -> Self {
        Filter::new(32026, vec![1, 0, 0, 0, level.min(9).into(), shuffle.number(), codec.number()])
    }

    /// LZ4.
    pub fn lz4() -> Self {
        Filter::new(32004, vec![0])
    }

    /// Bitshuffle.
    pub fn bitshuffle(codec: BitshuffleCodec) -> Self {
        Filter::new(32008, vec![0, 4, 0, 0, codec.number()])
    }

    /// ZFP in its reversible mode: nothing is lost. Of numbers of 4 and 8 bytes, in chunks with up to four dimensions that are
    /// longer than 1.
    pub fn zfp_reversible() -> Self {
        Filter::new(32013, vec![zfp::ASKED, 0, 0, 0, 0, 0])
    }

    /// FCIDECOMP: JPEG-LS without loss. Of integers of 1 and 2 bytes, in chunks of two dimensions, each an image, or of three,
    /// where the first one has up to four components.
    pub fn fcidecomp() -> Self {
        Filter::new(32018, Vec::new())
    }

    /// Zstandard. The level is stored; there is only one way that this library compresses.
    pub fn zstd(level: u32) -> Self {
        Filter::new(32015, vec![level])
    }
}

impl Filter {
    /// Whether what passes through it may come out as other values, even if it passed through it before: scale-offset of
    /// floating-point numbers, which rounds them again, and of integers in a number of bits that is given.
    pub fn is_lossy(&self) -> bool {
        self.id == Self::SCALEOFFSET
            && self.parameters.get(..2) != Some(ScaleOffset::Integer(0).parameters().as_slice())
    }
}

impl Filter {
    /// The filter as a message has it.
    pub(crate) fn describe(&self) -> FilterDescription {
        let name = Some(&self.name).filter(|name| !name.is_empty() && self.id >= FIRST_REGISTERED);
        FilterDescription {
            id: self.id,
            flags: if self.optional { OPTIONAL } else { 0 },
            name: name.map(|name| name.clone().into_bytes()),
            parameters: self.parameters.clone(),
        }
    }
}

impl SzipCoding {
    /// The option of those who create a dataset.
    fn options(self) -> u32 {
        match self {
            SzipCoding::Entropy => 4,
            SzipCoding::NearestNeighbour => 32,
        }
    }
}

impl ScaleOffset {
    /// The kind and the factor.
    fn parameters(self) -> Vec<u32> {
        match self {
            ScaleOffset::Decimal(digits) => vec![0, digits],
            ScaleOffset::Integer(bits) => vec![2, bits],
        }
    }
}

impl BloscCodec {
    fn number(self) -> u32 {
        match self {
            BloscCodec::Lz4 => 1,
            BloscCodec::Zlib => 4,
        }
    }
}

impl BloscShuffle {
    fn number(self) -> u32 {
        match self {
            BloscShuffle::None => 0,
            BloscShuffle::Bytes => 1,
            BloscShuffle::Bits => 2,
        }
    }
}

impl BitshuffleCodec {
    fn number(self) -> u32 {
        match self {
            BitshuffleCodec::None => 0,
            BitshuffleCodec::Lz4 => 2,
            BitshuffleCodec::Zstd => 3,
        }
    }
}

impl From<&FilterDescription> for Filter {
    /// A filter as the message has it.
    fn from(description: &FilterDescription) -> Self {
        Filter {
            id: description.id,
            name: names::name(description).unwrap_or_default(),
            optional: description.flags & OPTIONAL != 0,
            parameters: description.parameters.clone(),
        }
    }
}
