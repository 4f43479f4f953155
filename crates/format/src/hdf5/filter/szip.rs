//! Szip, filter 4: the adaptive entropy code of CCSDS 121.0-B, after the length of the chunk.
//!
//! Samples come in lines, each of whole blocks; what a line lacks is padding. Numbers of 32 and 64 bits are cut into
//! planes of bytes before, as shuffle does it.

mod decode;
mod encode;

use std::borrow::Cow;

use super::bits::{BitReader, BitWriter};
use super::{fit, replace, shuffle};
use crate::error::{Error, Result};
use crate::limits;

const RECORD: &str = "szip stream";
/// Samples are big-endian.
const MSB: u32 = 16;
/// Samples are stored as differences to what their predecessors predict.
const NEAREST_NEIGHBOUR: u32 = 32;
/// The most samples of a block.
const MAX_BLOCK: usize = 64;
/// The most blocks of a line.
const MAX_BLOCKS: usize = 4096;
/// Runs of zero blocks do not cross a multiple of so many.
const SEGMENT: usize = 64;
/// The most bytes that one byte of a stream can stand for: nine bits are a segment of zero blocks.
const EXPANSION: usize = SEGMENT * MAX_BLOCK * 4;

/// What the parameters say.
#[derive(Debug, Clone, Copy)]
struct Coding {
    /// Samples are mapped differences; else they are stored as they are.
    predicted: bool,
    big_endian: bool,
    /// Bytes of a number that is cut into planes, or 1.
    planes: usize,
    /// Significant bits of a sample.
    sample_bits: u32,
    /// Bytes of a sample: 1, 2 or 4.
    sample_bytes: usize,
    /// Bits that name how a block is coded.
    id_bits: u32,
    /// Samples of a block.
    block: usize,
    /// Samples of a line, without padding.
    line: usize,
}

impl Coding {
    fn parse(parameters: &[u32]) -> Result<Self> {
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
    fn blocks(&self) -> usize {
        self.line.div_ceil(self.block)
    }

    /// The name of blocks whose samples are stored as they are; those below it, but 0, are split.
    fn raw_id(&self) -> u32 {
        (1 << self.id_bits) - 1
    }

    /// The largest sample.
    fn most(&self) -> u32 {
        (1 << self.sample_bits) - 1
    }
}

/// Decodes a chunk.
pub(super) fn decode(parameters: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    let coding = Coding::parse(parameters)?;
    let (len, stream) = input.split_first_chunk::<4>().ok_or_else(|| malformed("there is no room for its length"))?;
    let len = limits::to_usize(u32::from_le_bytes(*len).into())?;
    if len > bound || len > stream.len().saturating_mul(EXPANSION) {
        return Err(malformed(format!("{len} bytes in {} where a chunk has {bound}", input.len())));
    }
    fit(out, len)?;
    out.truncate(len);
    let reader = BitReader::new(RECORD, stream);
    if coding.planes == 1 {
        return decode::samples(&coding, reader, out);
    }
    let mut planes = limits::buffer(len as u64)?;
    decode::samples(&coding, reader, &mut planes)?;
    shuffle::unshuffle(coding.planes, &planes, out);
    Ok(())
}

/// Codes a chunk.
pub(super) fn encode(parameters: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let coding = Coding::parse(parameters)?;
    if coding.sample_bytes == 4 {
        // The library loses bytes of numbers of three bytes, and does not tell them from others.
        return Err(Error::unsupported("szip of samples of 17 to 31 bits in a file that is written"));
    }
    let len = u32::try_from(input.len()).map_err(|_| Error::usage("szip: a chunk of more than 4 GiB"))?;
    let mut planes = Vec::new();
    if coding.planes > 1 {
        fit(&mut planes, input.len())?;
        shuffle::shuffle(coding.planes, input, &mut planes);
    } else {
        replace(&mut planes, input)?;
    }
    out.clear();
    limits::reserve(out, input.len() + input.len() / 4 + 64)?;
    out.extend_from_slice(&len.to_le_bytes());
    encode::samples(&coding, &planes, BitWriter::new(out))
}

/// The samples of a line, which has room for padding.
fn buffer(coding: &Coding) -> Result<Vec<u32>> {
    let mut line = Vec::new();
    let len = coding.blocks() * coding.block;
    limits::reserve(&mut line, len)?;
    line.resize(len, 0);
    Ok(line)
}

fn malformed(detail: impl Into<Cow<'static, str>>) -> Error {
    Error::malformed_data(RECORD, detail)
}
