//! The filter pipeline: a static registry, one file a filter, decode and encode side by side.

mod bit_planes;
mod bits;
mod bitshuffle;
mod blosc;
mod blosc2;
mod bzip2;
mod deflate;
pub(crate) mod description;
mod fletcher32;
mod jpegls;
mod lz4;
mod lzf;
mod names;
mod nbit;
mod scaleoffset;
mod shuffle;
mod szip;
mod zfp;
mod zstd;

use std::mem;

use crate::error::{Error, Kind, Result};
use crate::hdf5::record::message::filter_pipeline::{FilterDescription, FilterPipeline};
use crate::inline_vec::InlineVec;

/// Bit 0 of the flags of a filter: where it fails, a chunk is written without it.
const OPTIONAL: u16 = 1;

/// What a filter may make of a chunk, where only the filter knows: its input twice, and this.
const SLACK: usize = 64 << 10;

/// Replaces `out` by what the filter was given: the parameters, the input, and the most bytes that `out` may get. A stream
/// that goes on after so many may be cut there.
type Decode = fn(&[u32], &[u8], usize, &mut Vec<u8>) -> Result<()>;
/// Replaces `out` by what the filter makes of the input: the parameters, and the input.
type Encode = fn(&[u32], &[u8], &mut Vec<u8>) -> Result<()>;

/// Fills a place with what the filter was given, as far as it reaches: the parameters, the input, and the place. Returns
/// how many bytes it has.
type DecodeInto = fn(&[u32], &[u8], &mut [u8]) -> Result<usize>;

/// The filters that need no buffer of their own for what they were given.
fn decode_into(id: u16) -> Option<DecodeInto> {
    match id {
        1 => Some(|_, input, place| deflate::inflate(input, place)),
        2 => Some(shuffle::decode_into),
        _ => None,
    }
}

/// Whether filters gave as many bytes as a chunk has, or more.
fn check_length(found: usize, chunk: usize) -> Result<()> {
    if found >= chunk {
        return Ok(());
    }
    Err(Error::malformed_data("filtered chunk", format!("{found} bytes where a chunk has {chunk}")))
}

/// A filter that is implemented.
struct Filter {
    id: u16,
    decode: Decode,
    /// `None` where it can only be read.
    encode: Option<Encode>,
    growth: Growth,
}

/// How many bytes a filter makes of some number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Growth {
    /// So many more.
    By(usize),
    /// Any number; fewer is the purpose.
    Any,
}

/// All filters that are implemented.
static REGISTRY: &[Filter] = &[
    Filter { id: 1, decode: deflate::decode, encode: Some(deflate::encode), growth: Growth::Any },
    Filter { id: 2, decode: shuffle::decode, encode: Some(shuffle::encode), growth: Growth::By(0) },
    Filter { id: 3, decode: fletcher32::decode, encode: Some(fletcher32::encode), growth: Growth::By(4) },
    Filter { id: 4, decode: szip::decode, encode: Some(szip::encode), growth: Growth::Any },
    Filter { id: 5, decode: nbit::decode, encode: Some(nbit::encode), growth: Growth::Any },
    Filter { id: 6, decode: scaleoffset::decode, encode: Some(scaleoffset::encode), growth: Growth::Any },
    Filter { id: 307, decode: bzip2::decode, encode: Some(bzip2::encode), growth: Growth::Any },
    Filter { id: 32000, decode: lzf::decode, encode: Some(lzf::encode), growth: Growth::Any },
    Filter { id: 32001, decode: blosc::decode, encode: Some(blosc::encode), growth: Growth::Any },
    Filter { id: 32004, decode: lz4::decode, encode: Some(lz4::encode), growth: Growth::Any },
    Filter { id: 32008, decode: bitshuffle::decode, encode: Some(bitshuffle::encode), growth: Growth::Any },
    Filter { id: 32013, decode: zfp::decode, encode: None, growth: Growth::Any },
    Filter { id: 32015, decode: zstd::decode, encode: Some(zstd::encode), growth: Growth::Any },
    Filter { id: 32018, decode: jpegls::decode, encode: None, growth: Growth::Any },
    Filter { id: 32026, decode: blosc2::decode, encode: None, growth: Growth::Any },
];

/// The filters of a dataset, in the order of writing.
#[derive(Debug, Clone)]
pub(crate) struct Pipeline {
    stages: Vec<Stage>,
}

#[derive(Clone)]
struct Stage {
    /// `None` where the filter is not implemented, which matters only to chunks that went through it.
    filter: Option<&'static Filter>,
    description: FilterDescription,
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}({:?})", self.name(), self.description.parameters)
    }
}

impl Stage {
    fn name(&self) -> String {
        names::describe(&self.description)
    }

    /// The filter, or an error that names what is missing.
    fn filter(&self) -> Result<&'static Filter> {
        self.filter.ok_or_else(|| Error::unsupported(self.name()))
    }

    /// What makes the filter, or an error that names what is missing.
    fn encoder(&self) -> Result<(Encode, Growth)> {
        let filter = self.filter()?;
        let encode =
            filter.encode.ok_or_else(|| Error::unsupported(format!("{} in a file that is written", self.name())))?;
        Ok((encode, filter.growth))
    }

    fn is_optional(&self) -> bool {
        self.description.flags & OPTIONAL != 0
    }
}

impl Pipeline {
    /// Takes the filters of a message. A filter that is not implemented is an error only when a chunk needs it.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) with more filters than a mask has bits.
    pub fn new(message: &FilterPipeline) -> Result<Pipeline> {
        if message.filters.len() > 32 {
            let detail = format!("{} filters", message.filters.len());
            return Err(Error::malformed_data("filter pipeline message", detail));
        }
        let stages = message.filters.iter().map(|description| {
            let filter = REGISTRY.iter().find(|filter| filter.id == description.id);
            Stage { filter, description: description.clone() }
        });
        Ok(Pipeline { stages: stages.collect() })
    }

    /// Undoes the filters: `out` becomes the chunk, exactly `expected_len` bytes. A set bit of `mask` is a filter that was
    /// skipped. Both buffers are scratch, and the faster the more often they are used again.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the bytes are not what the filters make,
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) with the name of a filter that is not implemented.
    pub fn decode(
        &self,
        mask: u32,
        stored: &[u8],
        expected_len: usize,
        out: &mut Vec<u8>,
        spare: &mut Vec<u8>,
    ) -> Result<()> {
        if !self.undo(mask, expected_len, 0, stored, (out, spare))? {
            replace(out, stored.get(..expected_len).unwrap_or(stored))?;
        }
        check_length(out.len(), expected_len)?;
        out.truncate(expected_len);
        Ok(())
    }

    /// [`Pipeline::decode`] into a place of exactly the size of the chunk: straight from the last filter to be undone, if
    /// that knows how.
    ///
    /// # Errors
    /// As [`Pipeline::decode`].
    pub fn decode_into(
        &self,
        mask: u32,
        stored: &[u8],
        place: &mut [u8],
        out: &mut Vec<u8>,
        spare: &mut Vec<u8>,
    ) -> Result<()> {
        let last = self.active(mask).next();
        let Some((decode, stage)) = last.and_then(|stage| Some((decode_into(stage.filter?.id)?, stage))) else {
            self.decode(mask, stored, place.len(), out, spare)?;
            place.copy_from_slice(out);
            return Ok(());
        };
        let input = if self.undo(mask, place.len(), 1, stored, (out, spare))? { out.as_slice() } else { stored };
        check_length(decode(&stage.description.parameters, input, place)?, place.len())
    }

    /// Undoes all active filters but the first ones, so many. Returns whether there was any to undo, so that `out` is what
    /// it made.
    fn undo(
        &self,
        mask: u32,
        chunk: usize,
        left: usize,
        stored: &[u8],
        (out, spare): (&mut Vec<u8>, &mut Vec<u8>),
    ) -> Result<bool> {
        let mut bounds = InlineVec::<usize, 8>::default();
        self.bounds(mask, chunk).for_each(|bound| bounds.push(bound));
        let bounds = bounds.as_slice();
        let stages = self.active(mask).rev().zip(bounds.iter().rev()).take(bounds.len().saturating_sub(left));
        let mut undone = false;
        for (stage, &bound) in stages {
            let (filter, parameters) = (stage.filter()?, &stage.description.parameters);
            if mem::replace(&mut undone, true) {
                mem::swap(out, spare);
                (filter.decode)(parameters, spare, bound, out)?;
            } else {
                (filter.decode)(parameters, stored, bound, out)?;
            }
        }
        Ok(undone)
    }

    /// Applies the filters to a whole chunk, in place. The result has a set bit for each filter that was skipped: optional
    /// ones that make the chunk larger, or cannot express it.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) with the name of a filter that is not implemented.
    pub fn encode(&self, data: &mut Vec<u8>, spare: &mut Vec<u8>) -> Result<u32> {
        let mut mask = 0u32;
        for (index, stage) in (0u32..).zip(&self.stages) {
            let skipped = 1u32.checked_shl(index).unwrap_or(0);
            let (encode, growth) = match stage.encoder() {
                Ok(encoder) => encoder,
                Err(_) if stage.is_optional() => {
                    mask |= skipped;
                    continue;
                }
                Err(e) => return Err(e),
            };
            let useful = match encode(&stage.description.parameters, data, spare) {
                Ok(()) => growth != Growth::Any || spare.len() <= data.len() || !stage.is_optional(),
                // The chunk has something that the filter cannot express.
                Err(e) if matches!(e.kind(), Kind::Usage | Kind::Unsupported) && stage.is_optional() => false,
                Err(e) => return Err(e),
            };
            if useful {
                mem::swap(data, spare);
            } else {
                mask |= skipped;
            }
        }
        Ok(mask)
    }

    /// The filters that were not skipped.
    fn active(&self, mask: u32) -> impl DoubleEndedIterator<Item = &Stage> {
        let skipped =
            move |index: usize| u32::try_from(index).is_ok_and(|index| mask.checked_shr(index).unwrap_or(0) & 1 == 1);
        self.stages.iter().enumerate().filter(move |(index, _)| !skipped(*index)).map(|(_, stage)| stage)
    }

    /// For each active filter the most bytes that it was given when the chunk was written.
    fn bounds(&self, mask: u32, chunk: usize) -> impl Iterator<Item = usize> + '_ {
        let most = chunk.saturating_mul(2).saturating_add(SLACK);
        self.active(mask).scan(chunk, move |next, stage| {
            let bound = *next;
            *next = match stage.filter.map(|filter| filter.growth) {
                // And one more, so that the filter sees a surplus instead of an end that is missing.
                Some(Growth::By(more)) => bound.saturating_add(more).saturating_add(1),
                Some(Growth::Any) | None => most,
            };
            Some(bound)
        })
    }
}

/// Makes `out` a copy of `bytes`.
fn replace(out: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
    out.clear();
    crate::limits::reserve(out, bytes.len())?;
    out.extend_from_slice(bytes);
    Ok(())
}

/// Makes `out` `len` bytes long without caring what they are; what was there stays, so that only growth is zeroed.
fn fit(out: &mut Vec<u8>, len: usize) -> Result<()> {
    crate::limits::reserve(out, len.saturating_sub(out.len()))?;
    out.resize(len, 0);
    Ok(())
}

#[cfg(test)]
mod plugins;
#[cfg(test)]
mod tests;
