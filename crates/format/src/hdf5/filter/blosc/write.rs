//! Writing Blosc, so that copies keep the filter: LZ4 or zlib, one stream a block.

use std::borrow::Cow;

use super::chunk::{BIT_SHUFFLED, FIRST, HEAD, SHUFFLED, WHOLE};
use crate::error::{Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::filter::bit_planes::bit_shuffle;
use crate::hdf5::filter::buffer::{fit, unlike};
use crate::hdf5::filter::chunks::Chunks;
use crate::hdf5::filter::codec::lz4;
use crate::hdf5::filter::deflate;
use crate::hdf5::filter::shuffle::shuffle;
use crate::limits;

/// The revision of the plug-in.
const REVISION: u32 = 2;
/// Bytes of a block, about: they stay in the cache.
const BLOCK: usize = 256 << 10;
/// The level of those who name none.
const DEFAULT_LEVEL: u32 = 5;

/// What a chunk is made with.
pub(in crate::hdf5::filter) struct Plan {
    pub size: usize,
    level: u32,
    /// The flag of the shuffle, if there is one.
    pub shuffle: u8,
    /// zlib for those who ask for it or for Zstandard, else LZ4: readers take what the chunk names.
    pub zlib: bool,
}

impl Plan {
    pub fn new(parameters: &[u32]) -> Self {
        let parameter = |at: usize| parameters.get(at).copied();
        let size = parameter(2).and_then(|size| u8::try_from(size).ok()).unwrap_or(1).max(1);
        let shuffle = match parameter(5) {
            Some(0) => 0,
            Some(2) => BIT_SHUFFLED,
            _ if size > 1 => SHUFFLED,
            _ => 0,
        };
        let level = parameter(4).unwrap_or(DEFAULT_LEVEL);
        Plan { size: size.into(), level, shuffle, zlib: matches!(parameter(6), Some(4 | 5)) }
    }

    /// Bytes of a block, of a chunk of so many bytes.
    fn block(&self, len: usize) -> usize {
        (BLOCK / (8 * self.size) * 8 * self.size).min(len).max(1)
    }

    /// The block as the codec gets it.
    fn shuffled<'a>(&self, block: &'a [u8]) -> Result<Cow<'a, [u8]>> {
        let even = (block.len() / self.size).is_multiple_of(8);
        let mut out = Vec::new();
        match self.shuffle {
            SHUFFLED => {
                fit(&mut out, block.len())?;
                shuffle(self.size, block, &mut out);
            }
            // Blocks with another number of elements stay as they are.
            BIT_SHUFFLED if even => {
                fit(&mut out, block.len())?;
                bit_shuffle(self.size, block, &mut out)?;
            }
            _ => return Ok(block.into()),
        }
        Ok(out.into())
    }

    fn compressed(&self, block: &[u8], out: &mut Vec<u8>) -> Result<()> {
        if self.zlib {
            return deflate::encode(&[self.level], block, out);
        }
        out.clear();
        lz4::compress(block, out)
    }

    /// Makes `out` the places of the blocks and the blocks, behind a head of so many zeros; returns the bytes of a block.
    pub fn blocks(&self, head: usize, input: &[u8], out: &mut Vec<u8>) -> Result<usize> {
        let block = self.block(input.len());
        let blocks = input.chunks(block);
        out.clear();
        limits::reserve(out, head + input.len() + overhead(blocks.len()))?;
        out.resize(head + 4 * blocks.len(), 0);
        let mut packed = Vec::new();
        for (index, block) in blocks.enumerate() {
            let place = int(out.len())?;
            if let Some(to) = out.get_mut(head + 4 * index..).and_then(|table| table.first_chunk_mut()) {
                *to = place;
            }
            let shuffled = self.shuffled(block)?;
            self.compressed(&shuffled, &mut packed)?;
            // What is not smaller is stored as it is, and known by its length.
            let stream = if packed.len() < block.len() { &packed[..] } else { &shuffled };
            out.extend_from_slice(&int(stream.len())?);
            out.extend_from_slice(stream);
        }
        Ok(block.min(input.len()))
    }

    fn head(&self, len: usize, block: usize, stored: usize) -> Result<[u8; HEAD]> {
        let codec = if self.zlib { 3 } else { 1 };
        let size = u8::try_from(self.size).unwrap_or(1);
        let mut head = [0; HEAD];
        let fields = [[FIRST, 1, codec << 5 | WHOLE | self.shuffle, size], int(len)?, int(block)?, int(stored)?];
        head.as_chunks_mut().0.copy_from_slice(&fields);
        Ok(head)
    }
}

/// The versions, the size of an element and of a chunk, and what users said of the rest.
pub(in crate::hdf5::filter) fn setup(parameters: &[u32], chunks: &Chunks) -> Result<Vec<u32>> {
    setup_as([REVISION, FIRST.into()], parameters, chunks)
}

/// [`setup`] with other parameters at the start.
pub(in crate::hdf5::filter) fn setup_as(start: [u32; 2], parameters: &[u32], chunks: &Chunks) -> Result<Vec<u32>> {
    let mut element = chunks.datatype;
    while let Datatype::Array { base, .. } = element {
        element = base;
    }
    let size = u32::try_from(element.size()).ok().filter(|size| *size <= u32::from(u8::MAX)).unwrap_or(1);
    let users = parameters.get(4..).unwrap_or_default();
    let complete = [&start[..], &[size, chunks.bytes()?], users].concat();
    let plan = Plan::new(&complete);
    let len = limits::to_usize(chunks.bytes()?.into())?;
    int(len.saturating_add(overhead(len.div_ceil(plan.block(len)))))?;
    match plan.zlib {
        true => Ok(complete),
        false => lz4::setup(&complete, chunks),
    }
}

/// Compresses a chunk as the parameters say.
pub(in crate::hdf5::filter) fn encode(parameters: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let plan = Plan::new(parameters);
    let block = plan.blocks(HEAD, input, out)?;
    let head = plan.head(input.len(), block, out.len())?;
    if let Some(to) = out.first_chunk_mut() {
        *to = head;
    }
    unlike(input, out);
    Ok(())
}

/// What a chunk of incompressible blocks has beside them: the head, and for each the place and the length.
fn overhead(blocks: usize) -> usize {
    blocks.saturating_mul(8).saturating_add(HEAD)
}

pub(in crate::hdf5::filter) fn int(value: usize) -> Result<[u8; 4]> {
    let value = i32::try_from(value).map_err(|_| Error::limit("blosc chunks end at 2 GiB"))?;
    Ok(value.to_le_bytes())
}
