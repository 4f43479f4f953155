//! Bitshuffle, filter 32008: the bits of all elements of a block, first all first bits, then all second ones; the blocks
//! may be compressed.

use super::bit_planes::{bit_shuffle, bit_unshuffle};
use super::buffer::fit;
use super::chunks::Chunks;
use super::error::Record;
use super::{codec, lz4, zstd};
use crate::error::{Error, Result};
use crate::limits;

const RECORD: Record = Record("bitshuffle stream");
/// The version of the plug-in that wrote the same.
const VERSION: [u32; 2] = [0, 4];
/// Elements whose bits make a byte.
const GROUP: usize = 8;
/// The bytes of a block where nobody says how many, and the fewest elements.
const DEFAULT_BLOCK: usize = 8192;
const LEAST_ELEMENTS: usize = 128;

/// What the blocks are compressed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Codec {
    Lz4,
    Zstd,
}

impl Codec {
    /// The most bytes that one byte of a stream can stand for.
    fn expansion(self) -> usize {
        match self {
            Codec::Lz4 => lz4::EXPANSION,
            Codec::Zstd => zstd::EXPANSION,
        }
    }
}

/// What the parameters say.
#[derive(Debug, Clone, Copy)]
struct Parameters {
    /// Bytes of an element.
    size: usize,
    /// Elements of a block.
    block: usize,
    codec: Option<Codec>,
}

impl Parameters {
    fn parse(parameters: &[u32]) -> Result<Self> {
        let at = |index: usize| parameters.get(index).copied().unwrap_or(0);
        let (size, block) = (limits::to_usize(at(2).into())?, limits::to_usize(at(3).into())?);
        if size == 0 || !block.is_multiple_of(GROUP) {
            let detail = format!("blocks of {block} elements of {size} bytes");
            return Err(Error::malformed_data("bitshuffle filter", detail));
        }
        let codec = match at(4) {
            0 => None,
            2 => Some(Codec::Lz4),
            3 => Some(Codec::Zstd),
            other => return Err(Error::unsupported(format!("bitshuffle with compression {other}"))),
        };
        let block = match block {
            0 => LEAST_ELEMENTS.max(DEFAULT_BLOCK / size / GROUP * GROUP),
            block => block,
        };
        Ok(Parameters { size, block, codec })
    }

    /// How many bytes of a chunk are shuffled; the others, less than a group, are stored as they are at the end.
    fn shuffled(&self, len: usize) -> Result<usize> {
        let group = self.size.saturating_mul(GROUP);
        match len.is_multiple_of(self.size) {
            true => Ok(len / group * group),
            false => Err(RECORD.malformed(format!("{len} bytes of elements of {}", self.size))),
        }
    }

    /// The bytes of a block, of a chunk of so many bytes.
    fn block_bytes(&self, len: usize) -> usize {
        self.block.saturating_mul(self.size).min(len).max(1)
    }
}

/// The version, the size of an element, and what users said of blocks and codec.
pub(super) fn setup(parameters: &[u32], chunks: &Chunks) -> Result<Vec<u32>> {
    let users = parameters.get(3..).unwrap_or_default();
    let complete = [&VERSION[..], &[chunks.element_size()?], users].concat();
    let parsed = Parameters::parse(&complete)?;
    let block = parsed.block.saturating_mul(parsed.size);
    if parsed.codec.is_some() && u32::try_from(block).is_err() {
        return Err(Error::usage(format!("bitshuffle: blocks of {block} bytes")));
    }
    match parsed.codec {
        None => Ok(complete),
        Some(Codec::Lz4) => codec::lz4::setup(&complete, chunks),
        Some(Codec::Zstd) => codec::zstd::setup(&complete, chunks),
    }
}

/// Puts the bits of each element together again.
pub(super) fn decode(parameters: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    let mut parameters = Parameters::parse(parameters)?;
    match parameters.codec {
        None if input.len() > bound => {
            Err(RECORD.malformed(format!("{} bytes where a chunk has {bound}", input.len())))
        }
        None => plain(&parameters, bit_unshuffle, input, out),
        Some(codec) => {
            let (total, rest) = input.split_first_chunk::<8>().ok_or_else(|| RECORD.broken())?;
            let (block, rest) = rest.split_first_chunk::<4>().ok_or_else(|| RECORD.broken())?;
            let (total, block) = (u64::from_be_bytes(*total), limits::to_usize(u32::from_be_bytes(*block).into())?);
            let most = rest.len().saturating_mul(codec.expansion()).min(bound);
            let len = usize::try_from(total).ok().filter(|&len| len <= most);
            let len = len.ok_or_else(|| {
                RECORD.malformed(format!("{total} bytes in {} where a chunk has {bound}", input.len()))
            })?;
            parameters.block = block / parameters.size;
            if parameters.block == 0 || !parameters.block.is_multiple_of(GROUP) {
                return Err(RECORD.malformed(format!("blocks of {block} bytes of elements of {}", parameters.size)));
            }
            decompress(&parameters, codec, rest, len, out)
        }
    }
}

/// Takes the bits of each element apart.
pub(super) fn encode(parameters: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let parameters = Parameters::parse(parameters)?;
    match parameters.codec {
        None => plain(&parameters, bit_shuffle, input, out),
        Some(codec) => compress(&parameters, codec, input, out),
    }
}

/// Shuffles the bits of one block, or puts them together again: the size of an element, the block, and the result.
type Shuffle = fn(usize, &[u8], &mut [u8]) -> Result<()>;

/// Blocks that are not compressed.
fn plain(parameters: &Parameters, shuffle: Shuffle, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    fit(out, input.len())?;
    let (blocks, tail) = input.split_at(parameters.shuffled(input.len())?);
    let (to, end) = out.split_at_mut(blocks.len());
    end.copy_from_slice(tail);
    let len = parameters.block_bytes(blocks.len());
    let blocks = blocks.chunks(len).zip(to.chunks_mut(len));
    blocks.into_iter().try_for_each(|(block, to)| shuffle(parameters.size, block, to))
}

fn decompress(parameters: &Parameters, codec: Codec, input: &[u8], len: usize, out: &mut Vec<u8>) -> Result<()> {
    let shuffled = parameters.shuffled(len)?;
    fit(out, len)?;
    let (blocks, end) = out.split_at_mut(shuffled);
    let mut rows = Vec::new();
    let mut rest = input;
    for block in blocks.chunks_mut(parameters.block_bytes(shuffled)) {
        let stored;
        (stored, rest) = lz4::split_block(RECORD, rest)?;
        fit(&mut rows, block.len())?;
        match codec {
            Codec::Lz4 => codec::lz4::decompress(RECORD, stored, &mut rows)?,
            Codec::Zstd => match codec::zstd::decompress(RECORD, stored, &mut rows)? {
                len if len == block.len() => {}
                len => return Err(RECORD.malformed(format!("{len} bytes where a block has {}", block.len()))),
            },
        }
        bit_unshuffle(parameters.size, &rows, block)?;
    }
    end.copy_from_slice(rest.get(..end.len()).ok_or_else(|| RECORD.broken())?);
    Ok(())
}

fn compress(parameters: &Parameters, codec: Codec, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let block = parameters.block.saturating_mul(parameters.size);
    let head = u32::try_from(block).map_err(|_| Error::usage(format!("bitshuffle: blocks of {block} bytes")))?;
    out.clear();
    limits::reserve(out, input.len() + input.len() / 64 + 64)?;
    out.extend_from_slice(&(input.len() as u64).to_be_bytes());
    out.extend_from_slice(&head.to_be_bytes());
    let (blocks, tail) = input.split_at(parameters.shuffled(input.len())?);
    let mut rows = Vec::new();
    for block in blocks.chunks(parameters.block_bytes(blocks.len())) {
        fit(&mut rows, block.len())?;
        bit_shuffle(parameters.size, block, &mut rows)?;
        match codec {
            Codec::Lz4 => lz4::compress(&rows, out)?,
            Codec::Zstd => {
                let start = out.len() + 4;
                out.extend_from_slice(&[0; 4]);
                codec::zstd::compress(&rows, out)?;
                let len = out.len() - start;
                lz4::write_length(out, start, len)?;
            }
        }
    }
    out.extend_from_slice(tail);
    Ok(())
}
