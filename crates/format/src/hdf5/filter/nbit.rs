//! N-bit, filter 5: only the significant bits of each number, packed without gaps.
//!
//! The parameters describe the type of the elements; everything is made of runs of numbers of 1, 2, 4 or 8 bytes.

mod setup;

use super::bits::{self, BitReader, BitWriter};
use super::buffer::{fit, replace};
use super::error::Record;
use crate::error::{Error, Result};
pub(super) use setup::setup;

const RECORD: Record = Record("n-bit filter");
/// The most types inside each other.
const DEPTH: usize = 32;
/// The most bytes of a number; the widest that is known has 16.
const WIDEST: usize = 64;

/// Unpacks the numbers; bits that were not stored are zero.
pub(super) fn decode(parameters: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    let Some((chunk, len)) = parse(parameters)? else {
        return replace(out, input.get(..bound).unwrap_or(input));
    };
    if len > bound || chunk.bits() / 8 > input.len() {
        return Err(RECORD.malformed(format!("{len} bytes in {} where a chunk has {bound}", input.len())));
    }
    fit(out, len)?;
    if !chunk.is_number() {
        out.fill(0);
    }
    chunk.unpack(&mut BitReader::new(Record("n-bit stream"), input), out)
}

/// Packs the numbers.
pub(super) fn encode(parameters: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let Some((chunk, len)) = parse(parameters)? else {
        return replace(out, input);
    };
    if len != input.len() {
        return Err(Error::usage(format!("n-bit: {} bytes where a chunk has {len}", input.len())));
    }
    out.clear();
    crate::limits::reserve(out, len + 8)?;
    let mut writer = BitWriter::new(out);
    chunk.pack(&mut writer, input);
    // The library stores another byte where the last one is full.
    writer.write(0, 8);
    writer.finish();
    out.truncate(packed_len(&chunk));
    Ok(())
}

/// The length of the stream as the library writes it.
fn packed_len(chunk: &Type) -> usize {
    chunk.bits() / 8 + 1
}

/// A type as its bits are packed.
#[derive(Debug)]
enum Type {
    Number(Number),
    /// So many of another type.
    Array(usize, Box<Type>),
    /// The size, and the members with their offsets, in the order of packing.
    Compound(usize, Vec<(usize, Type)>),
}

/// A number of 1, 2, 4 or 8 bytes.
#[derive(Debug, Clone, Copy)]
struct Number {
    size: usize,
    big_endian: bool,
    precision: u32,
    /// The place of the lowest significant bit.
    offset: u32,
}

const BYTE: Number = Number { size: 1, big_endian: false, precision: 8, offset: 0 };

impl Type {
    fn size(&self) -> usize {
        match self {
            Type::Number(number) => number.size,
            Type::Array(count, base) => count.saturating_mul(base.size()),
            Type::Compound(size, _) => *size,
        }
    }

    fn bits(&self) -> usize {
        match self {
            Type::Number(number) => number.precision as usize,
            Type::Array(count, base) => count.saturating_mul(base.bits()),
            Type::Compound(_, members) => members.iter().map(|(_, member)| member.bits()).sum(),
        }
    }

    /// Whether it is nothing but numbers, which leave no byte out.
    fn is_number(&self) -> bool {
        match self {
            Type::Number(_) => true,
            Type::Array(_, base) => base.is_number(),
            Type::Compound(..) => false,
        }
    }

    /// `out` has the size of the type, here and below.
    fn unpack(&self, bits: &mut BitReader, out: &mut [u8]) -> Result<()> {
        match self {
            Type::Number(number) => number.unpack(bits, out),
            Type::Array(_, base) => match &**base {
                Type::Number(number) => number.unpack(bits, out),
                base => out.chunks_exact_mut(base.size()).try_for_each(|element| base.unpack(bits, element)),
            },
            Type::Compound(_, members) => members.iter().try_for_each(|(at, member)| {
                let field = out.get_mut(*at..).and_then(|rest| rest.get_mut(..member.size()));
                member.unpack(bits, field.unwrap_or_default())
            }),
        }
    }

    fn pack(&self, bits: &mut BitWriter, input: &[u8]) {
        match self {
            Type::Number(number) => number.pack(bits, input),
            Type::Array(_, base) => input.chunks_exact(base.size()).for_each(|element| base.pack(bits, element)),
            Type::Compound(_, members) => members.iter().for_each(|(at, member)| {
                let field = input.get(*at..).and_then(|rest| rest.get(..member.size()));
                member.pack(bits, field.unwrap_or_default());
            }),
        }
    }
}

impl Number {
    /// Numbers until `out` is full.
    fn unpack(self, bits: &mut BitReader, out: &mut [u8]) -> Result<()> {
        match self.size {
            1 => self.unpack_sized::<1>(bits, out),
            2 => self.unpack_sized::<2>(bits, out),
            4 => self.unpack_sized::<4>(bits, out),
            _ => self.unpack_sized::<8>(bits, out),
        }
    }

    fn unpack_sized<const N: usize>(self, bits: &mut BitReader, out: &mut [u8]) -> Result<()> {
        for element in out.as_chunks_mut::<N>().0 {
            bits::store(bits.read(self.precision)? << self.offset, self.big_endian, element);
        }
        Ok(())
    }

    fn pack(self, bits: &mut BitWriter, input: &[u8]) {
        match self.size {
            1 => self.pack_sized::<1>(bits, input),
            2 => self.pack_sized::<2>(bits, input),
            4 => self.pack_sized::<4>(bits, input),
            _ => self.pack_sized::<8>(bits, input),
        }
    }

    fn pack_sized<const N: usize>(self, bits: &mut BitWriter, input: &[u8]) {
        let mask = bits::ones(self.precision);
        for element in input.as_chunks::<N>().0 {
            bits.write(bits::load(element, self.big_endian) >> self.offset & mask, self.precision);
        }
    }
}

/// The type and the size of a chunk; `None` where nothing was packed.
fn parse(parameters: &[u32]) -> Result<Option<(Type, usize)>> {
    let mut parser = Parser { rest: parameters, lost: false };
    let _count = parser.next()?;
    if parser.next()? == 1 {
        return Ok(None);
    }
    let elements = parser.size()?;
    let element = parser.parse(DEPTH)?;
    let len = elements.checked_mul(element.size()).ok_or_else(|| RECORD.malformed("a chunk is too large"))?;
    Ok(Some((Type::Array(elements, Box::new(element)), len)))
}

struct Parser<'p> {
    rest: &'p [u32],
    /// An array of arrays or compounds makes the library forget where it is: what follows was packed wrongly.
    lost: bool,
}

impl Parser<'_> {
    fn next(&mut self) -> Result<u32> {
        let (&first, rest) = self.rest.split_first().ok_or_else(|| RECORD.malformed("its parameters break off"))?;
        self.rest = rest;
        Ok(first)
    }

    fn size(&mut self) -> Result<usize> {
        let size = usize::try_from(self.next()?).ok().filter(|&size| size > 0);
        size.ok_or_else(|| RECORD.malformed("something without bytes"))
    }

    fn parse(&mut self, depth: usize) -> Result<Type> {
        let depth = depth.checked_sub(1).ok_or_else(|| RECORD.malformed("types are nested too deeply"))?;
        if self.lost {
            return Err(Error::unsupported("n-bit packing of members after an array of arrays or compounds"));
        }
        match self.next()? {
            1 => self.number(),
            2 => self.array(depth),
            3 => self.compound(depth),
            4 => Ok(Type::Array(self.size()?, Box::new(Type::Number(BYTE)))),
            class => Err(RECORD.malformed(format!("class {class} of a type"))),
        }
    }

    fn number(&mut self) -> Result<Type> {
        let size = self.size()?;
        let (order, precision, offset) = (self.next()?, self.next()?, self.next()?);
        let bits = u64::try_from(size).unwrap_or(u64::MAX).saturating_mul(8);
        let misfit = u64::from(precision) + u64::from(offset) > bits;
        if size > WIDEST || order > 1 || precision == 0 || misfit {
            let detail = format!("order {order}, precision {precision} and offset {offset} of {size} bytes");
            return Err(RECORD.malformed(detail));
        }
        let number = Number { size, big_endian: order == 1, precision, offset };
        Ok(if matches!(size, 1 | 2 | 4 | 8) { Type::Number(number) } else { by_bytes(number) })
    }

    fn array(&mut self, depth: usize) -> Result<Type> {
        let size = self.size()?;
        let nested = matches!(self.rest.first(), Some(2 | 3));
        let base = self.parse(depth)?;
        self.lost |= nested;
        if !size.is_multiple_of(base.size()) {
            return Err(RECORD.malformed(format!("an array of {size} bytes of elements of {}", base.size())));
        }
        Ok(Type::Array(size / base.size(), Box::new(base)))
    }

    fn compound(&mut self, depth: usize) -> Result<Type> {
        let (size, count) = (self.size()?, self.size()?);
        let mut members = Vec::new();
        for _ in 0..count {
            let at = usize::try_from(self.next()?).unwrap_or(usize::MAX);
            let member = self.parse(depth)?;
            if at.checked_add(member.size()).is_none_or(|end| end > size) {
                return Err(RECORD.malformed(format!("a member at {at} does not fit into {size} bytes")));
            }
            members.push((at, member));
        }
        Ok(Type::Compound(size, members))
    }
}

/// A number of any size: its bytes that have significant bits, the highest one first.
fn by_bytes(number: Number) -> Type {
    let end = number.offset + number.precision;
    let bytes = (number.offset / 8..end.div_ceil(8)).rev().map(|byte| {
        let (low, high) = (number.offset.max(8 * byte), end.min(8 * byte + 8));
        let at = if number.big_endian { number.size - 1 - byte as usize } else { byte as usize };
        (at, Type::Number(Number { precision: high - low, offset: low - 8 * byte, ..BYTE }))
    });
    Type::Compound(number.size, bytes.collect())
}
