//! What zfp takes from the type and the chunks of a dataset: the head of its streams.

use super::bits::BitSink;
use super::header::{Header, LENGTHS, MAGIC, MODE_BITS, REVERSIBLE};
use crate::element::NumberType;
use crate::error::{Error, Result};
use crate::hdf5::datatype::{Datatype, FloatOrder};
use crate::hdf5::filter::chunks::Chunks;

/// The versions that made the streams which ours are like: of zfp, of its codec, and of the plug-in.
const VERSIONS: u32 = 0x1010_5111;
/// What users of the plug-in ask for: blocks that lose nothing.
pub(in crate::hdf5::filter) const ASKED: u32 = 5;

/// The versions and the words of the head, for what users of the plug-in ask for, or a head of other chunks.
pub(in crate::hdf5::filter) fn setup(parameters: &[u32], chunks: &Chunks) -> Result<Vec<u32>> {
    let asked = parameters.first() == Some(&ASKED);
    if !asked && !Header::parse(parameters).is_ok_and(|header| header.mode.is_reversible()) {
        return Err(lossy());
    }
    let kind = kind(chunks.datatype)?;
    let lengths: Vec<u64> = chunks.shape.iter().rev().copied().filter(|&length| length > 1).collect();
    let rank = u32::try_from(lengths.len()).ok().filter(|rank| (1..=4).contains(rank));
    let rank = rank.ok_or_else(|| {
        Error::unsupported(format!("zfp of chunks with {} dimensions that are longer than 1", lengths.len()))
    })?;
    let mut head = MAGIC.to_le_bytes().to_vec();
    let mut bits = BitSink::new(&mut head);
    bits.put(kind, 2);
    bits.put((rank - 1).into(), 2);
    let width = LENGTHS / rank;
    for length in lengths {
        if length > 1 << width {
            return Err(Error::unsupported(format!("zfp of chunks of {length} in one of {rank} dimensions")));
        }
        bits.put(length - 1, width);
    }
    bits.put(REVERSIBLE.into(), MODE_BITS);
    bits.finish();
    let words = head.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word));
    Ok([VERSIONS].into_iter().chain(words).collect())
}

/// What the numbers are. Byte orders are not looked at, as little-endian machines do it: the bytes are what they are.
fn kind(datatype: &Datatype) -> Result<u64> {
    let is_float = match datatype {
        Datatype::Number(NumberType::F32 | NumberType::F64, _) => true,
        Datatype::Number(..) => false,
        Datatype::Float(layout) if layout.order != FloatOrder::Vax => true,
        Datatype::Integer(_) => false,
        _ => return Err(unfit(datatype)),
    };
    match datatype.size() {
        4 => Ok(u64::from(is_float) << 1),
        8 => Ok(u64::from(is_float) << 1 | 1),
        _ => Err(unfit(datatype)),
    }
}

fn unfit(datatype: &Datatype) -> Error {
    Error::unsupported(format!("zfp of {} elements of {} bytes", datatype.class_name(), datatype.size()))
}

/// A mode that is only read.
pub(super) fn lossy() -> Error {
    Error::unsupported("zfp in another mode than the reversible one, in a file that is written")
}
