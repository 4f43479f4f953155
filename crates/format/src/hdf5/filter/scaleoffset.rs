//! Scale-offset, filter 6: integers, or floats times a power of ten, less their minimum, in as few bits as hold them all.

mod decimal;
mod setup;

use super::bits::{self, BitReader, BitWriter};
use super::buffer::{fit, replace};
use super::error::Record;
use crate::error::{Error, Result};
use crate::limits;
pub(super) use setup::setup;

const RECORD: Record = Record("scale-offset stream");
/// How many bits, the minimum and its size, and bytes that are zero.
const HEAD: usize = 21;
/// Decimal digits for floats.
const DECIMAL: u32 = 0;
/// Bits for integers.
const INTEGER: u32 = 2;

/// What the parameters say.
#[derive(Debug, Clone, Copy)]
struct Parameters {
    /// Decimal digits, or how many bits there must be.
    scale: i32,
    elements: usize,
    is_float: bool,
    size: usize,
    signed: bool,
    big_endian: bool,
    fill: Option<u64>,
}

impl Parameters {
    fn parse(parameters: &[u32]) -> Result<Self> {
        let at = |index: usize| parameters.get(index).copied().unwrap_or(0);
        let (kind, class, size, sign, order) = (at(0), at(3), at(4), at(5), at(6));
        let known = matches!(
            (kind, class, size, sign, order),
            (INTEGER, 0, 1 | 2 | 4 | 8, 0..=1, 0..=1) | (DECIMAL, 1, 4 | 8, _, 0..=1)
        );
        if !known || parameters.len() < 8 {
            let detail = format!("kind {kind}, class {class}, size {size}, sign {sign} and order {order}");
            return Err(Error::malformed_data("scale-offset filter", detail));
        }
        let fill = u64::from(at(9)) << 32 | u64::from(at(8));
        Ok(Parameters {
            scale: at(1).cast_signed(),
            elements: limits::to_usize(at(2).into())?,
            is_float: class == 1,
            size: limits::to_usize(size.into())?,
            signed: sign == 1,
            big_endian: order == 1,
            fill: (at(7) == 1).then_some(fill & bits::ones(8 * size)),
        })
    }

    /// The bits of an element.
    fn width(&self) -> u32 {
        match self.size {
            1 => 8,
            2 => 16,
            4 => 32,
            _ => 64,
        }
    }

    /// Whether the bytes are stored as they are, without a head.
    fn is_plain(&self) -> bool {
        !self.is_float && i64::from(self.scale) == i64::from(self.width())
    }
}

/// Unpacks the numbers.
pub(super) fn decode(parameters: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    let parameters = Parameters::parse(parameters)?;
    if parameters.is_plain() {
        return replace(out, input.get(..bound).unwrap_or(input));
    }
    let len = parameters.elements.checked_mul(parameters.size).filter(|&len| len <= bound);
    let len = len.ok_or_else(|| RECORD.malformed(format!("more than the {bound} bytes of a chunk")))?;
    let (head, packed) = Head::parse(input)?;
    if head.bits > parameters.width() {
        return Err(RECORD.malformed(format!("{} bits for numbers of {}", head.bits, parameters.width())));
    }
    if parameters.elements.saturating_mul(head.bits as usize) / 8 > packed.len() {
        return Err(RECORD.broken());
    }
    fit(out, len)?;
    match parameters.size {
        1 => unpack::<1>(&parameters, head, packed, out),
        2 => unpack::<2>(&parameters, head, packed, out),
        4 => unpack::<4>(&parameters, head, packed, out),
        _ => unpack::<8>(&parameters, head, packed, out),
    }
}

/// Packs the numbers, as the library does.
pub(super) fn encode(parameters: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let parameters = Parameters::parse(parameters)?;
    if parameters.is_plain() {
        return replace(out, input);
    }
    if Some(input.len()) != parameters.elements.checked_mul(parameters.size) {
        return Err(Error::usage(format!("scale-offset: a chunk of {} bytes", input.len())));
    }
    out.clear();
    limits::reserve(out, input.len() + HEAD + 8)?;
    match parameters.size {
        1 => pack::<1>(&parameters, input, out),
        2 => pack::<2>(&parameters, input, out),
        4 => pack::<4>(&parameters, input, out),
        _ => pack::<8>(&parameters, input, out),
    }
    Ok(())
}

/// What a stream begins with.
#[derive(Debug, Clone, Copy)]
struct Head {
    /// Bits of each number.
    bits: u32,
    /// The number that is stored as 0; of floats their bits.
    minimum: u64,
}

impl Head {
    fn parse(input: &[u8]) -> Result<(Head, &[u8])> {
        let (head, packed) = input.split_first_chunk::<HEAD>().ok_or_else(|| RECORD.broken())?;
        let [a, b, c, d, size, minimum @ ..] = head;
        let mut word = [0; 8];
        for (to, &byte) in word.iter_mut().zip(minimum).take(usize::from(*size)) {
            *to = byte;
        }
        Ok((Head { bits: u32::from_le_bytes([*a, *b, *c, *d]), minimum: u64::from_le_bytes(word) }, packed))
    }

    fn write(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bits.to_le_bytes());
        out.push(8);
        out.extend_from_slice(&self.minimum.to_le_bytes());
        out.extend_from_slice(&[0; 8]);
    }
}

/// Numbers of `N` bytes until `out` is full.
fn unpack<const N: usize>(parameters: &Parameters, head: Head, packed: &[u8], out: &mut [u8]) -> Result<()> {
    let scale = parameters.scale;
    match (parameters.is_float, N) {
        _ if head.bits == parameters.width() => unpack_whole::<N>(parameters, packed, out),
        (false, _) => unpack_with::<N>((parameters, head, packed), |stored| stored.wrapping_add(head.minimum), out),
        (true, 4) => unpack_with::<N>((parameters, head, packed), decimal::restore::<f32>(scale, head.minimum), out),
        (true, _) => unpack_with::<N>((parameters, head, packed), decimal::restore::<f64>(scale, head.minimum), out),
    }
}

fn unpack_with<const N: usize>(
    (parameters, head, packed): (&Parameters, Head, &[u8]),
    restore: impl Fn(u64) -> u64,
    out: &mut [u8],
) -> Result<()> {
    let mut reader = BitReader::new(RECORD, packed);
    // No number has more than 64 bits: without a fill value no mark is ever met.
    let (mark, fill) = parameters.fill.map_or((u128::MAX, 0), |fill| (bits::ones(head.bits).into(), fill));
    for element in out.as_chunks_mut::<N>().0 {
        let stored = reader.read(head.bits)?;
        let value = if u128::from(stored) == mark { fill } else { restore(stored) };
        bits::store(value, parameters.big_endian, element);
    }
    Ok(())
}

/// Numbers that need all their bits are stored as they are, in the order of the machine that wrote them: little-endian.
fn unpack_whole<const N: usize>(parameters: &Parameters, packed: &[u8], out: &mut [u8]) -> Result<()> {
    let numbers = packed.get(..out.len()).ok_or_else(|| RECORD.broken())?;
    for (element, number) in out.as_chunks_mut::<N>().0.iter_mut().zip(numbers.as_chunks::<N>().0) {
        bits::store(bits::load(number, false), parameters.big_endian, element);
    }
    Ok(())
}

fn pack<const N: usize>(parameters: &Parameters, input: &[u8], out: &mut Vec<u8>) {
    let elements = input.as_chunks::<N>().0;
    match (parameters.is_float, N) {
        (false, _) => pack_with(parameters, elements, integers(parameters, elements), out),
        (true, 4) => pack_with(parameters, elements, decimal::plan::<f32, N>(parameters, elements), out),
        (true, _) => pack_with(parameters, elements, decimal::plan::<f64, N>(parameters, elements), out),
    }
}

/// The head, and what is stored for a number; the upper bits do not count. `None` is the fill value.
type Plan<F> = (Head, F);

fn pack_with<const N: usize>(
    parameters: &Parameters,
    elements: &[[u8; N]],
    (head, reduce): Plan<impl Fn(u64) -> Option<u64>>,
    out: &mut Vec<u8>,
) {
    head.write(out);
    let numbers = elements.iter().map(|element| bits::load(element, parameters.big_endian));
    if head.bits == parameters.width() {
        return out.extend(numbers.flat_map(|number| number.to_le_bytes().into_iter().take(N)));
    }
    let mask = bits::ones(head.bits);
    let mut writer = BitWriter::new(out);
    for number in numbers {
        writer.write(reduce(number).map_or(mask, |stored| stored & mask), head.bits);
    }
    // The library stores another byte where the last one is full.
    writer.write(0, 8);
    writer.finish();
    let bits = elements.len().saturating_mul(head.bits as usize);
    out.truncate(HEAD + bits / 8 + 1);
}

/// How to store integers: less their minimum.
fn integers<const N: usize>(
    parameters: &Parameters,
    elements: &[[u8; N]],
) -> Plan<impl Fn(u64) -> Option<u64> + use<N>> {
    let (width, fill) = (parameters.width(), parameters.fill);
    // In this order unsigned numbers compare as the signed ones do.
    let sign = if parameters.signed { 1 << (width - 1) } else { 0 };
    let numbers = elements.iter().map(|element| bits::load(element, parameters.big_endian));
    let numbers = numbers.filter(|number| Some(*number) != fill).map(|number| number ^ sign);
    let range = numbers.fold(None, |range, number| match range {
        None => Some((number, number)),
        Some((least, most)) => Some((number.min(least), number.max(most))),
    });
    let (least, most) = range.unwrap_or((sign, sign));
    let minimum = extend(least ^ sign, sign);
    let head = match (u32::try_from(parameters.scale).unwrap_or(0), most - least) {
        (0, span) if span > bits::ones(width) - 2 => {
            // The library has this one exception.
            let minimum = if width == 8 && parameters.signed && fill.is_none() { minimum } else { 0 };
            Head { bits: width, minimum }
        }
        (0, span) => Head { bits: bits_for(span + 1 + u64::from(fill.is_some())), minimum },
        (bits, _) => Head { bits: bits.min(width), minimum },
    };
    (head, move |number| (Some(number) != fill).then(|| number.wrapping_sub(minimum)))
}

/// The bits that tell so many values apart.
fn bits_for(values: u64) -> u32 {
    64 - values.saturating_sub(1).leading_zeros()
}

/// The upper bits of a number as its sign has them.
fn extend(number: u64, sign: u64) -> u64 {
    (number ^ sign).wrapping_sub(sign)
}
