//! Bitshuffle, filter 32008: the bits of all elements of a block, first all first bits, then all second ones; the blocks
//! may be compressed.

use super::{fit, lz4, shuffle, zstd};
use crate::error::{Error, Result};
use crate::limits;

const RECORD: &str = "bitshuffle stream";
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
            false => Err(malformed(format!("{len} bytes of elements of {}", self.size))),
        }
    }

    /// The bytes of a block, of a chunk of so many bytes.
    fn block_bytes(&self, len: usize) -> usize {
        self.block.saturating_mul(self.size).min(len).max(1)
    }
}

/// Puts the bits of each element together again.
pub(super) fn decode(parameters: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    let mut parameters = Parameters::parse(parameters)?;
    match parameters.codec {
        None if input.len() > bound => Err(malformed(format!("{} bytes where a chunk has {bound}", input.len()))),
        None => plain(&parameters, unshuffle_block, input, out),
        Some(codec) => {
            let (total, rest) = input.split_first_chunk::<8>().ok_or_else(broken)?;
            let (block, rest) = rest.split_first_chunk::<4>().ok_or_else(broken)?;
            let (total, block) = (u64::from_be_bytes(*total), limits::to_usize(u32::from_be_bytes(*block).into())?);
            let most = rest.len().saturating_mul(codec.expansion()).min(bound);
            let len = usize::try_from(total).ok().filter(|&len| len <= most);
            let len =
                len.ok_or_else(|| malformed(format!("{total} bytes in {} where a chunk has {bound}", input.len())))?;
            parameters.block = block / parameters.size;
            if parameters.block == 0 || !parameters.block.is_multiple_of(GROUP) {
                return Err(malformed(format!("blocks of {block} bytes of elements of {}", parameters.size)));
            }
            decompress(&parameters, codec, rest, len, out)
        }
    }
}

/// Takes the bits of each element apart.
pub(super) fn encode(parameters: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let parameters = Parameters::parse(parameters)?;
    match parameters.codec {
        None => plain(&parameters, shuffle_block, input, out),
        Some(codec) => compress(&parameters, codec, input, out),
    }
}

/// Shuffles the bits of one block, or puts them together again: the size of an element, the block, scratch, and the result.
type Shuffle = fn(usize, &[u8], &mut Vec<u8>, &mut [u8]) -> Result<()>;

/// Blocks that are not compressed.
fn plain(parameters: &Parameters, shuffle: Shuffle, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    fit(out, input.len())?;
    out.truncate(input.len());
    let (blocks, tail) = input.split_at(parameters.shuffled(input.len())?);
    let (to, end) = out.split_at_mut(blocks.len());
    end.copy_from_slice(tail);
    let (len, mut planes) = (parameters.block_bytes(blocks.len()), Vec::new());
    let blocks = blocks.chunks(len).zip(to.chunks_mut(len));
    blocks.into_iter().try_for_each(|(block, to)| shuffle(parameters.size, block, &mut planes, to))
}

fn decompress(parameters: &Parameters, codec: Codec, input: &[u8], len: usize, out: &mut Vec<u8>) -> Result<()> {
    let shuffled = parameters.shuffled(len)?;
    fit(out, len)?;
    out.truncate(len);
    let (blocks, end) = out.split_at_mut(shuffled);
    let (mut rows, mut planes) = (Vec::new(), Vec::new());
    let mut rest = input;
    for block in blocks.chunks_mut(parameters.block_bytes(shuffled)) {
        let stored;
        (stored, rest) = lz4::split_block(RECORD, rest)?;
        fit(&mut rows, block.len())?;
        rows.truncate(block.len());
        match codec {
            Codec::Lz4 => lz4::decompress(RECORD, stored, &mut rows)?,
            Codec::Zstd => match zstd::decompress(RECORD, stored, &mut rows)? {
                len if len == block.len() => {}
                len => return Err(malformed(format!("{len} bytes where a block has {}", block.len()))),
            },
        }
        unshuffle_block(parameters.size, &rows, &mut planes, block)?;
    }
    end.copy_from_slice(rest.get(..end.len()).ok_or_else(broken)?);
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
    let (mut rows, mut planes) = (Vec::new(), Vec::new());
    for block in blocks.chunks(parameters.block_bytes(blocks.len())) {
        fit(&mut rows, block.len())?;
        rows.truncate(block.len());
        shuffle_block(parameters.size, block, &mut planes, &mut rows)?;
        match codec {
            Codec::Lz4 => lz4::compress(&rows, out)?,
            Codec::Zstd => {
                let start = out.len() + 4;
                out.extend_from_slice(&[0; 4]);
                zstd::compress(&rows, out)?;
                let len = out.len() - start;
                lz4::write_length(out, start, len)?;
            }
        }
    }
    out.extend_from_slice(tail);
    Ok(())
}

/// From rows of bits to elements, by way of planes of bytes; `block` is a multiple of a group.
fn unshuffle_block(size: usize, rows: &[u8], planes: &mut Vec<u8>, block: &mut [u8]) -> Result<()> {
    if size == 1 {
        join_bits(rows, block);
        return Ok(());
    }
    fit(planes, rows.len())?;
    planes.truncate(rows.len());
    let plane = (rows.len() / size).max(1);
    rows.chunks_exact(plane).zip(planes.chunks_exact_mut(plane)).for_each(|(rows, plane)| join_bits(rows, plane));
    shuffle::unshuffle(size, planes, block);
    Ok(())
}

/// From elements to rows of bits.
fn shuffle_block(size: usize, block: &[u8], planes: &mut Vec<u8>, rows: &mut [u8]) -> Result<()> {
    if size == 1 {
        split_bits(block, rows);
        return Ok(());
    }
    fit(planes, block.len())?;
    planes.truncate(block.len());
    shuffle::shuffle(size, block, planes);
    let plane = (block.len() / size).max(1);
    planes.chunks_exact(plane).zip(rows.chunks_exact_mut(plane)).for_each(|(plane, rows)| split_bits(plane, rows));
    Ok(())
}

/// From eight rows of bits to bytes; 64 at once.
fn join_bits(rows: &[u8], bytes: &mut [u8]) {
    let (words, rest) = shuffle::rows::<8>(rows.len() / 8, rows);
    let (blocks, tail) = bytes.as_chunks_mut::<64>();
    let mut words = words.map(<[_]>::iter);
    for block in blocks {
        let row = words.each_mut().map(|row| row.next().map_or(0, |&word| u64::from_le_bytes(word)));
        shuffle::store(block, shuffle::transpose_8(transpose_bits(row)));
    }
    for (index, group) in tail.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        let row = rest.map(|row| row.get(index).copied().unwrap_or(0).into());
        *group = transpose_bits(row).map(low_byte);
    }
}

/// From bytes to eight rows of bits.
fn split_bits(bytes: &[u8], rows: &mut [u8]) {
    let (words, mut rest) = shuffle::rows_mut::<8>(rows.len() / 8, rows);
    let (blocks, tail) = bytes.as_chunks::<64>();
    let mut words = words.map(|row| row.iter_mut());
    for block in blocks {
        let columns = transpose_bits(shuffle::transpose_8(shuffle::load(block)));
        for (row, column) in words.iter_mut().zip(columns) {
            if let Some(word) = row.next() {
                *word = column.to_le_bytes();
            }
        }
    }
    for (index, group) in tail.as_chunks::<8>().0.iter().enumerate() {
        let column = transpose_bits(group.map(u64::from));
        for (row, bits) in rest.iter_mut().zip(column) {
            if let Some(to) = row.get_mut(index) {
                *to = low_byte(bits);
            }
        }
    }
}

/// Transposes the 8 x 8 bits that each byte of eight words makes with the same byte of the others.
#[inline(always)]
fn transpose_bits([a, b, c, d, e, f, g, h]: [u64; 8]) -> [u64; 8] {
    const FOURS: u64 = 0x0f0f_0f0f_0f0f_0f0f;
    const PAIRS: u64 = 0x3333_3333_3333_3333;
    const BITS: u64 = 0x5555_5555_5555_5555;
    use shuffle::swap;
    let ([a, e], [b, f]) = (swap::<4>(FOURS, a, e), swap::<4>(FOURS, b, f));
    let ([c, g], [d, h]) = (swap::<4>(FOURS, c, g), swap::<4>(FOURS, d, h));
    let ([a, c], [b, d]) = (swap::<2>(PAIRS, a, c), swap::<2>(PAIRS, b, d));
    let ([e, g], [f, h]) = (swap::<2>(PAIRS, e, g), swap::<2>(PAIRS, f, h));
    let ([a, b], [c, d]) = (swap::<1>(BITS, a, b), swap::<1>(BITS, c, d));
    let ([e, f], [g, h]) = (swap::<1>(BITS, e, f), swap::<1>(BITS, g, h));
    [a, b, c, d, e, f, g, h]
}

fn low_byte(word: u64) -> u8 {
    let [byte, ..] = word.to_le_bytes();
    byte
}

fn broken() -> Error {
    malformed("it breaks off")
}

fn malformed(detail: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::malformed_data(RECORD, detail)
}
