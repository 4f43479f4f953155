//! Chunks of Blosc (version 2 of the format) and Blosc2 (versions 3 to 6): a head, and blocks at listed places.

use super::codec::{Codec, RECORD};
use super::undo::Step;
use crate::error::{Error, Result};
use crate::hdf5::filter::buffer::fit;
use crate::limits;

/// The length of the head, and of that of Blosc2.
pub(super) const HEAD: usize = 16;
pub(in crate::hdf5::filter) const LONG_HEAD: usize = 32;
/// The last version of the first Blosc.
pub(super) const FIRST: u8 = 2;
/// Flags: bytes are shuffled, there is nothing but a copy, bits are shuffled, one stream is a block.
pub(in crate::hdf5::filter) const SHUFFLED: u8 = 1;
pub(in crate::hdf5::filter) const COPIED: u8 = 2;
pub(in crate::hdf5::filter) const BIT_SHUFFLED: u8 = 4;
const DELTA: u8 = 8;
pub(in crate::hdf5::filter) const WHOLE: u8 = 0x10;
/// Second flags: there is a dictionary, and those that change the layout.
const DICTIONARY: u8 = 1;
const FOREIGN: u8 = 0x8e;
/// The most bytes of a dictionary.
const MOST_DICTIONARY: usize = 128 << 10;

/// What a chunk holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::hdf5::filter) enum Content<'a> {
    Zeros,
    NaN,
    /// One value that is repeated.
    Value(&'a [u8]),
    /// The bytes as they are.
    Copy(&'a [u8]),
    Blocks,
}

/// The head of a chunk, and its bytes.
struct Chunk<'a> {
    /// The whole chunk, for places are counted from its start.
    bytes: &'a [u8],
    version: u8,
    flags: u8,
    type_size: usize,
    len: usize,
    block: usize,
    /// The head of Blosc2.
    long: Option<&'a [u8; LONG_HEAD]>,
}

/// Expands a chunk to at most `bound` bytes.
pub(in crate::hdf5::filter) fn decode(input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    let chunk = Chunk::parse(input)?;
    if chunk.len > bound {
        return Err(RECORD.malformed(format!("{} bytes where at most {bound} were given", chunk.len)));
    }
    match chunk.content()? {
        Content::Blocks => {
            fit(out, chunk.len)?;
            chunk.blocks(out)
        }
        content => fill(content, chunk.type_size, chunk.len, out),
    }
}

/// Makes `out` `len` bytes of something that is not in blocks.
pub(in crate::hdf5::filter) fn fill(content: Content, type_size: usize, len: usize, out: &mut Vec<u8>) -> Result<()> {
    fit(out, len)?;
    let value = match (content, type_size) {
        (Content::Copy(bytes), _) if bytes.len() == len => bytes,
        (Content::Value(value), _) => value,
        (Content::NaN, 4) => &f32::NAN.to_le_bytes(),
        (Content::NaN, 8) => &f64::NAN.to_le_bytes(),
        (Content::Zeros, _) => &[0][..],
        _ => return Err(RECORD.malformed(format!("{content:?} for elements of {type_size} bytes"))),
    };
    if value.is_empty() || !len.is_multiple_of(value.len()) {
        return Err(RECORD.malformed(format!("{len} bytes are no number of values of {}", value.len())));
    }
    out.chunks_exact_mut(value.len()).for_each(|to| to.copy_from_slice(value));
    Ok(())
}

impl<'a> Chunk<'a> {
    fn parse(input: &'a [u8]) -> Result<Self> {
        let (Some(&[version, _, flags, type_size]), Some(len), Some(block), Some(stored)) =
            (input.first_chunk(), length(input, 4), length(input, 8), length(input, 12))
        else {
            return Err(RECORD.malformed("there is no head"));
        };
        if !(FIRST..=6).contains(&version) {
            return Err(Error::unsupported(format!("version {version} of blosc chunks")));
        }
        let bytes = input.get(..stored).filter(|bytes| bytes.len() >= HEAD);
        let bytes = bytes.ok_or_else(|| RECORD.malformed(format!("{stored} bytes where {} are there", input.len())))?;
        let is_long = version > FIRST && flags & SHUFFLED != 0 && flags & BIT_SHUFFLED != 0;
        let long =
            is_long.then(|| bytes.first_chunk().ok_or_else(|| RECORD.malformed("the head is cut"))).transpose()?;
        if type_size == 0 || len > 0 && (block == 0 || block > len) {
            return Err(RECORD.malformed(format!("elements of {type_size} bytes in blocks of {block} of {len}")));
        }
        Ok(Chunk { bytes, version, flags, type_size: type_size.into(), len, block, long })
    }

    fn content(&self) -> Result<Content<'a>> {
        let body = self.body();
        let second = self.second();
        if second & FOREIGN != 0 || self.long.is_some_and(|head| head[30] != 0) {
            return Err(Error::unsupported("blosc2 chunks that are lazy, instrumented or of variable blocks"));
        }
        match second >> 4 & 7 {
            0 if self.len == 0 => Ok(Content::Zeros),
            0 if self.flags & COPIED != 0 => {
                body.get(..self.len).map(Content::Copy).ok_or_else(|| RECORD.malformed("the copy is cut"))
            }
            0 => Ok(Content::Blocks),
            // What was never initialized may be anything.
            1 | 4 => Ok(Content::Zeros),
            2 => Ok(Content::NaN),
            3 => Ok(Content::Value(body)),
            other => Err(RECORD.malformed(format!("special value {other}"))),
        }
    }

    /// Flags that only Blosc2 has.
    fn second(&self) -> u8 {
        self.long.map_or(0, |head| head[31])
    }

    fn body(&self) -> &'a [u8] {
        self.bytes.get(if self.long.is_some() { LONG_HEAD } else { HEAD }..).unwrap_or_default()
    }

    /// The filters in the order in which they are undone.
    fn steps(&self) -> Result<Vec<Step>> {
        let step = |filter: u8, meta: u8| Step::new(filter, meta, self.type_size, self.version);
        if let Some(head) = self.long {
            // Version 3 left the last slot to chance.
            let slots = if self.version == 3 { 5 } else { 6 };
            let slots = head[16..22].iter().zip(&head[24..30]).take(slots).rev();
            return slots.filter_map(|(&filter, &meta)| step(filter, meta).transpose()).collect();
        }
        let flags = [(BIT_SHUFFLED, 2), (SHUFFLED, 1), (DELTA, 3)];
        let known = if self.version == FIRST { 0..2 } else { 0..3 };
        let mut steps = Vec::new();
        for (flag, filter) in flags.get(known).unwrap_or_default() {
            if self.flags & flag != 0 {
                steps.extend(step(*filter, 0)?);
            }
        }
        Ok(steps)
    }

    /// Into how many streams a block is split.
    fn streams(&self, block: usize) -> usize {
        let fits = self.version > FIRST || self.type_size <= 16 && self.block / self.type_size >= 128;
        if self.flags & WHOLE == 0 && fits && block == self.block {
            self.type_size
        } else {
            1
        }
    }

    /// Expands all blocks into `out`, which is as long as they are.
    fn blocks(&self, out: &mut [u8]) -> Result<()> {
        let steps = self.steps()?;
        let count = self.len.div_ceil(self.block);
        let table = count.checked_mul(4).and_then(|len| self.body().split_at_checked(len));
        let (places, rest) = table.ok_or_else(|| RECORD.malformed("the places of the blocks are cut"))?;
        let dictionary = (self.second() & DICTIONARY != 0).then(|| dictionary(rest)).transpose()?;
        let mut codec = Codec::new(self.flags >> 5, dictionary)?;
        let (mut now, mut other) = (limits::buffer(self.block as u64)?, limits::buffer(self.block as u64)?);
        // Streams that blocks share would cost more time than the chunk has bytes.
        let mut left = self.bytes.len();
        for (index, place) in places.as_chunks().0.iter().enumerate() {
            let (done, rest) = out.split_at_mut(out.len().min(index * self.block));
            let (target, _) = rest.split_at_mut(rest.len().min(self.block));
            now.resize(target.len(), 0);
            other.resize(target.len(), 0);
            let used = self.block(u32::from_le_bytes(*place), &mut codec, &mut now)?;
            left = left.checked_sub(used).ok_or_else(|| RECORD.malformed("blocks overlap"))?;
            let first = done.get(..self.block);
            for step in &steps {
                step.undo(first, &mut now, &mut other)?;
            }
            target.copy_from_slice(&now);
        }
        Ok(())
    }

    /// Expands the streams of one block, and says how many bytes they have.
    fn block(&self, place: u32, codec: &mut Codec, out: &mut [u8]) -> Result<usize> {
        let place = usize::try_from(place).ok().filter(|&place| place >= HEAD);
        let from = place.and_then(|place| self.bytes.get(place..));
        let from = from.ok_or_else(|| RECORD.malformed("a block lies outside"))?;
        let streams = self.streams(out.len());
        if out.len() < streams || !out.len().is_multiple_of(streams) {
            return Err(RECORD.malformed(format!("{} bytes in {streams} streams", out.len())));
        }
        let mut rest = from;
        for target in out.chunks_exact_mut(out.len() / streams) {
            rest = self.stream(rest, codec, target)?;
        }
        Ok(from.len() - rest.len())
    }

    /// Expands one stream, and returns what follows it.
    fn stream<'b>(&self, from: &'b [u8], codec: &mut Codec, out: &mut [u8]) -> Result<&'b [u8]> {
        let cut = || RECORD.malformed("a stream is cut");
        let (size, rest) = from.split_first_chunk().ok_or_else(cut)?;
        let size = i32::from_le_bytes(*size);
        let Ok(stored) = usize::try_from(size) else {
            let (&token, rest) = rest.split_first().filter(|_| self.version > FIRST).ok_or_else(cut)?;
            let byte = u8::try_from(size.unsigned_abs()).ok().filter(|_| token & 1 != 0);
            out.fill(byte.ok_or_else(|| RECORD.malformed(format!("a stream of {size} bytes")))?);
            return Ok(rest);
        };
        let (stream, rest) = rest.split_at_checked(stored).ok_or_else(cut)?;
        if stored == out.len() {
            out.copy_from_slice(stream);
        } else if stored == 0 && self.version > FIRST {
            out.fill(0);
        } else {
            codec.expand(stream, out)?;
        }
        Ok(rest)
    }
}

/// The dictionary that follows the places of the blocks.
fn dictionary(bytes: &[u8]) -> Result<&[u8]> {
    let len = length(bytes, 0).filter(|&len| len <= MOST_DICTIONARY);
    let dictionary = len.and_then(|len| bytes.get(4..)?.get(..len));
    dictionary.ok_or_else(|| RECORD.malformed("the dictionary is cut"))
}

/// The length that is stored at `at`; not a negative one.
fn length(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    usize::try_from(i32::from_le_bytes(*bytes)).ok()
}
