//! What the parameters say of a stream.

use crate::error::{Error, Result};
use crate::hdf5::filter::error::Record;
use crate::limits;

pub(super) const RECORD: Record = Record("szip stream");
/// Samples are big-endian.
pub(super) const MSB: u32 = 16;
/// Samples are stored as differences to what their predecessors predict.
pub(super) const NEAREST_NEIGHBOUR: u32 = 32;
/// The most samples of a block.
pub(super) const MAX_BLOCK: usize = 64;
/// The most blocks of a line.
pub(super) const MAX_BLOCKS: usize = 4096;
/// Runs of zero blocks do not cross a multiple of so many.
pub(super) const SEGMENT: usize = 64;

/// What the parameters say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coding {
    /// Samples are mapped differences; else they are stored as they are.
    pub predicted: bool,
    pub big_endian: bool,
    /// Bytes of a number that is cut into planes, or 1.
    pub planes: usize,
    /// Significant bits of a sample.
    pub sample_bits: u32,
    /// Bytes of a sample: 1, 2 or 4.
    pub sample_bytes: usize,
    /// Bits that name how a block is coded.
    pub id_bits: u32,
    /// Samples of a block.
    pub block: usize,
    /// Samples of a line, without padding.
    pub line: usize,
}

impl Coding {
    pub fn parse(parameters: &[u32]) -> Result<Self> {
        let at = |index: usize| parameters.get(index).copied().unwrap_or(0);
        let (mask, block, bits, line) =
            (at(0), limits::to_usize(at(1).into())?, at(2), limits::to_usize(at(3).into())?);
        let (planes, sample_bits, sample_bytes) = match bits {
            1..=8 => (1, bits, 1),
            9..=16 => (1, bits, 2),
            17..=31 => (1, bits, 4),
            32 => (4, 8, 1),
            64 => (8, 8, 1),
            _ => return Err(Error::malformed_data("szip filter", format!("samples of {bits} bits"))),
        };
        let blocks = line.div_ceil(block.max(1));
        if block == 0 || block > MAX_BLOCK || !block.is_multiple_of(2) || line == 0 || blocks > MAX_BLOCKS {
            return Err(Error::malformed_data("szip filter", format!("lines of {line} samples in blocks of {block}")));
        }
        let id_bits = match sample_bits {
            1..=8 => 3,
            9..=16 => 4,
            _ => 5,
        };
        let (predicted, big_endian) = (mask & NEAREST_NEIGHBOUR != 0, mask & MSB != 0);
        Ok(Coding { predicted, big_endian, planes, sample_bits, sample_bytes, id_bits, block, line })
    }

    /// Blocks of a line.
    pub fn blocks(&self) -> usize {
        self.line.div_ceil(self.block)
    }

    /// The name of blocks whose samples are stored as they are; those below it, but 0, are split.
    pub fn raw_id(&self) -> u32 {
        (1 << self.id_bits) - 1
    }

    /// The largest sample.
    pub fn most(&self) -> u32 {
        (1 << self.sample_bits) - 1
    }
}

/// The samples of a line, which has room for padding.
pub(super) fn buffer(coding: &Coding) -> Result<Vec<u32>> {
    let mut line = Vec::new();
    let len = coding.blocks() * coding.block;
    limits::reserve(&mut line, len)?;
    line.resize(len, 0);
    Ok(line)
}
