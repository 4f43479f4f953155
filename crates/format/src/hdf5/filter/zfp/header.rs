//! The head of a stream, which HDF5 keeps in the parameters: what the numbers are, and how they were cut.

use super::bits::{Bits, RECORD};
use crate::error::{Error, Result};

/// "zfp" and the version of the codec.
pub(super) const MAGIC: u32 = u32::from_le_bytes(*b"zfp\x05");
const NAME: u32 = 0x00ff_ffff;
/// The most bits of a block, which no block has.
const MOST_BITS: u32 = 16_658;
/// The exponent of the smallest number; below it, nothing is cut.
const LEAST_EXPONENT: i32 = -1074;

/// The bits of all lengths together.
pub(super) const LENGTHS: u32 = 48;
/// The short mode of blocks that lose nothing.
pub(super) const REVERSIBLE: u32 = 2176;
/// The bits of a short mode.
pub(super) const MODE_BITS: u32 = 12;

/// What the numbers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Numbers of 8 bytes, not of 4.
    pub is_long: bool,
    pub is_float: bool,
    /// Whether the writer was a big-endian machine, whose numbers HDF5 expects in that order.
    pub is_swapped: bool,
    pub rank: u32,
    /// Lengths, the fastest first; those beyond the rank are 1.
    pub shape: [usize; 4],
    pub mode: Mode,
}

/// How a block is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode {
    /// The bits of a block.
    pub least_bits: u32,
    pub most_bits: u32,
    /// The most bits of a number.
    pub precision: u32,
    /// The exponent of the last bit.
    pub exponent: i32,
}

impl Header {
    /// Takes the parameters: versions, and the words of the head in the order of the writer.
    pub fn parse(parameters: &[u32]) -> Result<Self> {
        let [_, words @ ..] = parameters else { return Err(RECORD.malformed("there is no head")) };
        let first = words.first().copied().unwrap_or(0);
        let is_swapped = first & NAME != MAGIC & NAME;
        let magic = if is_swapped { first.swap_bytes() } else { first };
        if magic & NAME != MAGIC & NAME {
            return Err(RECORD.malformed("the head does not begin as one"));
        }
        if magic != MAGIC {
            return Err(Error::unsupported(format!("version {} of the zfp codec", magic >> 24)));
        }
        let order = if is_swapped { u32::to_be_bytes } else { u32::to_le_bytes };
        let bytes: Vec<u8> = words.iter().skip(1).take(6).flat_map(|&word| order(word)).collect();
        let bits = &mut Bits::new(&bytes);
        let kind = bits.take(2);
        let (rank, shape) = shape(bits);
        let mode = Mode::parse(bits)?;
        if bits.is_beyond() {
            return Err(RECORD.malformed("the head is cut"));
        }
        Ok(Header { is_long: kind & 1 == 1, is_float: kind > 1, is_swapped, rank, shape, mode })
    }

    /// The bytes of all numbers.
    pub fn len(&self) -> Option<usize> {
        let size = if self.is_long { 8 } else { 4 };
        self.shape.iter().try_fold(size, |len: usize, &dim| len.checked_mul(dim))
    }
}

/// The rank, and as many lengths; the bits are the same number for each rank.
fn shape(bits: &mut Bits) -> (u32, [usize; 4]) {
    let rank = u32::try_from(bits.take(2)).unwrap_or(0) + 1;
    let width = LENGTHS / rank;
    let mut shape = [1; 4];
    for len in shape.iter_mut().take(rank as usize) {
        *len = usize::try_from(bits.take(width)).unwrap_or(usize::MAX).saturating_add(1);
    }
    (rank, shape)
}

impl Mode {
    /// Short modes are one number of 12 bits; the last of these says that all four numbers follow.
    fn parse(bits: &mut Bits) -> Result<Self> {
        let any = Mode { least_bits: 1, most_bits: MOST_BITS, precision: 64, exponent: LEAST_EXPONENT };
        let mut small = |count| u32::try_from(bits.take(count)).unwrap_or(u32::MAX);
        let mode = match small(MODE_BITS) {
            rate @ 0..2048 => Mode { least_bits: rate + 1, most_bits: rate + 1, ..any },
            precision @ 2048..2176 => Mode { precision: precision - 2047, ..any },
            REVERSIBLE => Mode { exponent: LEAST_EXPONENT - 1, ..any },
            accuracy @ 2177..4095 => Mode { exponent: (accuracy - 2177).cast_signed() + LEAST_EXPONENT, ..any },
            _ => Mode {
                least_bits: small(15) + 1,
                most_bits: small(15) + 1,
                precision: small(7) + 1,
                exponent: small(15).cast_signed() - 16_495,
            },
        };
        if mode.least_bits > mode.most_bits || mode.precision > 64 {
            return Err(RECORD.malformed(format!("{mode:?}")));
        }
        Ok(mode)
    }

    /// Whether blocks lose nothing.
    pub fn is_reversible(self) -> bool {
        self.exponent < LEAST_EXPONENT
    }
}
