//! Szip, filter 4: the adaptive entropy code of CCSDS 121.0-B, after the length of the chunk.
//!
//! Samples come in lines, each of whole blocks; what a line lacks is padding. Numbers of 32 and 64 bits are cut into
//! planes of bytes before, as shuffle does it.

mod coding;
mod decode;
mod encode;
mod setup;

use super::bits::{BitReader, BitWriter};
use super::buffer::{fit, replace, unlike};
use super::shuffle;
use crate::error::{Error, Result};
use crate::limits;
use coding::{Coding, MAX_BLOCK, RECORD, SEGMENT};
pub(super) use setup::setup;

/// The most bytes that one byte of a stream can stand for: nine bits are a segment of zero blocks.
const EXPANSION: usize = SEGMENT * MAX_BLOCK * 4;

/// Decodes a chunk.
pub(super) fn decode(parameters: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    let coding = Coding::parse(parameters)?;
    let (len, stream) =
        input.split_first_chunk::<4>().ok_or_else(|| RECORD.malformed("there is no room for its length"))?;
    let len = limits::to_usize(u32::from_le_bytes(*len).into())?;
    if len > bound || len > stream.len().saturating_mul(EXPANSION) {
        return Err(RECORD.malformed(format!("{len} bytes in {} where a chunk has {bound}", input.len())));
    }
    fit(out, len)?;
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
    encode::samples(&coding, &planes, BitWriter::new(out))?;
    unlike(input, out);
    Ok(())
}
