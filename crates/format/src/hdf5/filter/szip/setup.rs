//! What szip takes from the type and the chunks of a dataset.

use super::coding::MSB;
use crate::element::ByteOrder;
use crate::error::{Error, Result};
use crate::hdf5::datatype::{Datatype, FloatOrder};
use crate::hdf5::filter::chunks::Chunks;

/// Options: the library sets the first and the last of them, takes away the second, and chooses the byte order.
const ALLOW_K13: u32 = 1;
const CHIP: u32 = 2;
const LSB: u32 = 8;
const RAW: u32 = 128;
/// The most samples of a block for which the library has room.
const MAX_BLOCK: u32 = 32;

/// The most blocks of a line that the library writes.
const MAX_BLOCKS: u32 = 128;

/// Options, samples of a block, bits of a sample, samples of a line.
pub(in crate::hdf5::filter) fn setup(parameters: &[u32], chunks: &Chunks) -> Result<Vec<u32>> {
    let (&options, &block) = match parameters {
        [options, block, ..] => (options, block),
        _ => return Err(Error::usage("szip: options and the samples of a block are missing")),
    };
    if block == 0 || block > MAX_BLOCK || block % 2 != 0 {
        return Err(Error::usage(format!(
            "szip: blocks of {block} samples; an even number up to {MAX_BLOCK} is possible"
        )));
    }
    let samples = Samples::of(chunks.datatype)?;
    let order = match samples.order {
        ByteOrder::Little => LSB,
        ByteOrder::Big => MSB,
    };
    let options = options & !(CHIP | LSB | MSB) | ALLOW_K13 | RAW | order;
    Ok(vec![options, block, samples.bits, line(chunks, block)?])
}

/// The last dimension of a chunk, or several rows of it where a row has not even a block.
fn line(chunks: &Chunks, block: u32) -> Result<u32> {
    let row = chunks.shape.last().and_then(|&row| u32::try_from(row).ok()).unwrap_or(u32::MAX);
    let samples = if row < block { chunks.elements()? } else { row };
    if samples < block {
        return Err(Error::usage(format!("szip: blocks of {block} samples in chunks of {samples}")));
    }
    Ok(samples.min(block * MAX_BLOCKS))
}

struct Samples {
    bits: u32,
    order: ByteOrder,
}

impl Samples {
    fn of(datatype: &Datatype) -> Result<Samples> {
        let (size, precision, offset, order) = match datatype {
            Datatype::Number(number, order) => (number.size(), 8 * number.size(), 0, *order),
            Datatype::Integer(layout) | Datatype::BitField(layout) => {
                (layout.size, layout.precision.into(), layout.offset, layout.order)
            }
            Datatype::Float(layout) => {
                let order = match layout.order {
                    FloatOrder::Little => ByteOrder::Little,
                    FloatOrder::Big => ByteOrder::Big,
                    FloatOrder::Vax => return Err(unfit(datatype)),
                };
                (layout.size, layout.precision.into(), layout.offset, order)
            }
            Datatype::Enumeration { base, .. } => return Samples::of(base),
            _ => return Err(unfit(datatype)),
        };
        let precision = if offset == 0 { precision } else { 8 * size };
        let bits = match (size, precision) {
            // The library loses bytes of numbers of three bytes.
            (1 | 2 | 4 | 8, 1..=16) => precision,
            (4 | 8, 25..=32) => 32,
            (8, 33..=64) => 64,
            _ => return Err(unfit(datatype)),
        };
        Ok(Samples { bits: u32::try_from(bits).unwrap_or(0), order })
    }
}

fn unfit(datatype: &Datatype) -> Error {
    Error::unsupported(format!("szip of {} elements of {} bytes", datatype.class_name(), datatype.size()))
}
