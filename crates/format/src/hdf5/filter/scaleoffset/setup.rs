//! What scale-offset takes from the type, the chunks and the fill value of a dataset.

use crate::element::{ByteOrder, NumberType};
use crate::error::{Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::filter::chunks::Chunks;

/// How many parameters the library stores, and where the fill value begins in them.
const COUNT: usize = 20;
const DECIMAL: u32 = 0;
const INTEGER: u32 = 2;

/// Kind, factor, elements of a chunk, class, size, sign, byte order, and the fill value.
pub(in crate::hdf5::filter) fn setup(parameters: &[u32], chunks: &Chunks) -> Result<Vec<u32>> {
    let &[kind, factor, ..] = parameters else {
        return Err(Error::usage("scale-offset: kind and factor are missing"));
    };
    let &Datatype::Number(number, order) = chunks.datatype else {
        return Err(Error::unsupported(format!("scale-offset of {} elements", chunks.datatype.class_name())));
    };
    let is_float = matches!(number, NumberType::F32 | NumberType::F64);
    let size = u32::try_from(number.size()).unwrap_or(u32::MAX);
    match kind {
        DECIMAL if is_float && factor.cast_signed() >= 0 => {}
        INTEGER if !is_float && factor <= 8 * size => {}
        INTEGER if is_float => {
            return Err(Error::usage("scale-offset of floating-point numbers takes a number of digits"))
        }
        DECIMAL if !is_float => return Err(Error::usage("scale-offset of integers takes no number of digits")),
        _ => {
            let detail = format!("scale-offset: kind {kind} with factor {factor} for numbers of {size} bytes");
            return Err(Error::usage(detail));
        }
    }
    let signed = u32::from(number.is_signed() && !is_float);
    let big = u32::from(order == ByteOrder::Big);
    let head = [kind, factor, chunks.elements()?, u32::from(is_float), size, signed, big, 1];
    let mut complete = head.to_vec();
    complete.extend(fill(chunks, order));
    complete.resize(COUNT, 0);
    Ok(complete)
}

/// The words of the fill value, the lower one first.
fn fill(chunks: &Chunks, order: ByteOrder) -> [u32; 2] {
    let mut bytes = chunks.fill.unwrap_or_default().to_vec();
    if order == ByteOrder::Big {
        bytes.reverse();
    }
    bytes.resize(8, 0);
    let mut words = bytes.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word));
    [words.next().unwrap_or(0), words.next().unwrap_or(0)]
}
