//! Writing Blosc2: a frame with one chunk, of LZ4 or zlib, one stream a block.

use crate::error::{Error, Result};
use crate::hdf5::filter::blosc::chunk::{BIT_SHUFFLED, COPIED, LONG_HEAD, SHUFFLED, WHOLE};
use crate::hdf5::filter::blosc::write::{int, setup_as, Plan};
use crate::hdf5::filter::buffer::unlike;
use crate::hdf5::filter::chunks::Chunks;
use crate::limits;

use super::frame::MAGIC;

/// The revision of the plug-in, and the size of a block that it chooses itself.
const START: [u32; 2] = [1, 0];
/// The version of chunks.
const VERSION: u8 = 5;
/// Bytes of the head of a frame without metalayers, of the chunk with the place of the first one, and of the trailer.
const HEAD: usize = 97;
const INDEX: usize = LONG_HEAD + 8;
const TRAILER: usize = 35;
/// The level that the head of a frame names; nobody asks.
const LEVEL: u8 = 5;

/// Completes the parameters: as those of Blosc, with the shape of a chunk of several dimensions behind them.
pub(in crate::hdf5::filter) fn setup(parameters: &[u32], chunks: &Chunks) -> Result<Vec<u32>> {
    let own = parameters.get(..7).unwrap_or(parameters);
    let mut complete = setup_as(START, own, chunks)?;
    if complete.len() == 7 && (2..=8).contains(&chunks.shape.len()) {
        complete.push(u32::try_from(chunks.shape.len()).unwrap_or(0));
        let lengths = chunks.shape.iter().map(|&length| u32::try_from(length));
        let too_long = |_| Error::unsupported("chunks of 2^32 elements along a dimension");
        complete.extend(lengths.collect::<std::result::Result<Vec<_>, _>>().map_err(too_long)?);
    }
    Ok(complete)
}

/// Compresses a chunk as the parameters say.
pub(in crate::hdf5::filter) fn encode(parameters: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let mut plan = Plan::new(parameters);
    // Of another number of elements the bits are brought together in part: so it is the bytes.
    if plan.shuffle == BIT_SHUFFLED && !(input.len() / plan.size).is_multiple_of(8) {
        plan.shuffle = SHUFFLED;
    }
    let mut chunk = Vec::new();
    let block = plan.blocks(LONG_HEAD, input, &mut chunk)?;
    let codec = if plan.zlib { 3 } else { 1 };
    let lens = [input.len(), block, chunk.len()];
    let head = chunk_head(plan.shuffle, codec << 5 | WHOLE, plan.size, lens)?;
    if let Some(to) = chunk.first_chunk_mut() {
        *to = head;
    }
    out.clear();
    limits::reserve(out, HEAD + chunk.len() + INDEX + TRAILER)?;
    out.extend_from_slice(&frame_head(&plan, input.len(), block, chunk.len())?);
    out.extend_from_slice(&chunk);
    out.extend_from_slice(&chunk_head(SHUFFLED, COPIED, 8, [8, 8, INDEX])?);
    // The only chunk is the first.
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(&TRAILER_START);
    // There is no fingerprint.
    out.extend_from_slice(&[0; 16]);
    unlike(input, out);
    Ok(())
}

/// What the trailer has before the fingerprint: no metalayers, and its own length.
const TRAILER_START: [u8; TRAILER - 16] =
    *b"\x94\x01\x93\xcd\x00\x06\xde\x00\x00\xdc\x00\x00\xce\x00\x00\x00\x23\xd8\x00";

/// The head of a chunk: what its flags are, and the bytes of the chunk, of a block, and of what is stored.
fn chunk_head(shuffle: u8, flags: u8, size: usize, lens: [usize; 3]) -> Result<[u8; LONG_HEAD]> {
    let mut head = [0; LONG_HEAD];
    let [len, block, stored] = lens;
    let size = u8::try_from(size).unwrap_or(1);
    let (start, filters) = head.split_at_mut(16);
    let fields = [[VERSION, 1, SHUFFLED | BIT_SHUFFLED | flags, size], int(len)?, int(block)?, int(stored)?];
    start.as_chunks_mut().0.copy_from_slice(&fields);
    filters.iter_mut().skip(5).take(1).for_each(|last| *last = filter(shuffle));
    Ok(head)
}

/// The number of a shuffle.
fn filter(shuffle: u8) -> u8 {
    match shuffle {
        SHUFFLED => 1,
        BIT_SHUFFLED => 2,
        _ => 0,
    }
}

/// The head of a frame with one chunk, in `MessagePack`.
fn frame_head(plan: &Plan, len: usize, block: usize, stored: usize) -> Result<Vec<u8>> {
    let be = |value: usize| int(value).map(|bytes| u32::from_le_bytes(bytes).to_be_bytes());
    let frame = HEAD + stored + INDEX + TRAILER;
    be(frame)?;
    let codec = if plan.zlib { 4 } else { 1 };
    let mut head = MAGIC.to_vec();
    head.push(0xd2);
    head.extend(be(HEAD)?);
    head.push(0xcf);
    head.extend((frame as u64).to_be_bytes());
    // The version and the width of places, no kind, codec and level, how blocks are split.
    head.extend([0xa4, 0x12, 0, LEVEL << 4 | codec, 3]);
    for value in [len, stored] {
        head.push(0xd3);
        head.extend((value as u64).to_be_bytes());
    }
    for value in [plan.size, block, len] {
        head.push(0xd2);
        head.extend(be(value)?);
    }
    head.extend([0xd1, 0, 0, 0xd1, 0, 1, 0xc2, 0xd8, 6]);
    head.extend([0, 0, 0, 0, 0, filter(plan.shuffle), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    head.extend([0x93, 0xcd, 0, 7, 0xde, 0, 0, 0xdc, 0, 0]);
    Ok(head)
}
