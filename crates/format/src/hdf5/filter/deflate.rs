//! Deflate, filter 1: a chunk is one zlib stream.

use std::cell::RefCell;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use zlib_rs::adler32::adler32;

use super::buffer::most_surplus;
use super::chunks::Chunks;
use super::error::Record;
use crate::error::{Error, Result};
use crate::limits;

const RECORD: Record = Record("deflate stream");
/// The level of those who name none.
const DEFAULT_LEVEL: u32 = 6;
const BEST: u32 = 9;
/// The stream's head and checksum, and what the encoder needs beyond its input.
const OVERHEAD: usize = 64;
/// The head of a zlib stream with a 32 KiB window (RFC 1950).
const HEAD: [u8; 2] = [0x78, 0x01];
/// A last block that is empty (RFC 1951): all that an empty chunk needs.
const END: [u8; 2] = [0x03, 0x00];
/// Bytes that are stored or compressed together.
const SEGMENT: usize = 64 << 10;
/// Bytes of a segment that are looked at first.
const PROBE: usize = 4096;
/// Bytes of a segment that are counted, of so many each.
const SAMPLE: usize = 512;
const SAMPLED: usize = 2048;
/// Shorter chunks are one stream, and shorter segments are always compressed.
const SMALL: usize = 16 << 10;
/// The most bytes of a stored block.
const STORED: usize = 65_535;

thread_local! {
    /// The states cost tens of kilobytes to set up, and a dataset has thousands of chunks.
    static INFLATE: RefCell<Decompress> = RefCell::new(Decompress::new(true));
    /// One for each level that was used.
    static DEFLATE: RefCell<[Option<Compress>; 10]> = const { RefCell::new([const { None }; 10]) };
    /// What comes out of them.
    static PIECE: RefCell<Vec<u8>> = RefCell::new(vec![0; 64 << 10]);
}

/// The most bytes that one byte of a stream can stand for.
const EXPANSION: usize = 1032;

/// Inflates one stream, or what of it fills a chunk; what follows does not count.
pub(super) fn decode(_: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    // Not more than the stream can fill, whatever the chunk claims; and not the whole capacity, which a larger chunk
    // may have left behind and which is zeroed when it is used.
    let room = bound.min(input.len().saturating_mul(EXPANSION));
    out.truncate(room);
    limits::reserve(out, room - out.len())?;
    out.resize(room, 0);
    let len = inflate(input, out)?;
    out.truncate(len);
    Ok(())
}

/// [`inflate`], whatever the parameters.
pub(super) fn decode_into(_: &[u32], input: &[u8], place: &mut [u8]) -> Result<usize> {
    inflate(input, place)
}

/// Inflates one stream into `out`, and says how many bytes it has. What a stream has beyond is not kept, but its checksum
/// must be right.
pub(super) fn inflate(input: &[u8], out: &mut [u8]) -> Result<usize> {
    INFLATE.with_borrow_mut(|state| {
        state.reset(true);
        let mut ended = step(state, input, out)?;
        let len = limits::to_usize(state.total_out())?;
        let mut surplus = [0; 4096];
        while !ended {
            let before = (state.total_in(), state.total_out());
            ended = step(state, input, &mut surplus)?;
            let made = limits::to_usize(state.total_out())?;
            if !ended && before == (state.total_in(), state.total_out()) {
                return Err(RECORD.malformed(format!("it breaks off after {made} bytes")));
            }
            if made.saturating_sub(len) > most_surplus(out.len()) {
                return Err(RECORD.goes_on(out.len()));
            }
        }
        Ok(len)
    })
}

/// Goes on with a stream as far as it fills a buffer; says whether that was its end.
fn step(state: &mut Decompress, input: &[u8], out: &mut [u8]) -> Result<bool> {
    let used = limits::to_usize(state.total_in())?;
    let rest = input.get(used..).unwrap_or_default();
    let status = state.decompress(rest, out, FlushDecompress::Finish);
    status.map(|status| status == Status::StreamEnd).map_err(|e| RECORD.malformed(e.to_string()))
}

/// The level, the one of those who name none.
pub(super) fn setup(parameters: &[u32], _: &Chunks) -> Result<Vec<u32>> {
    Ok(vec![parameters.first().copied().unwrap_or(DEFAULT_LEVEL).min(9)])
}

/// Deflates a chunk at the level of the first parameter.
///
/// The low bytes of measured or computed numbers are noise, which no level makes smaller. Segments of noise are stored
/// as they are, and the time goes into the rest: 3 times as fast on noisy doubles, at the same size. Small chunks are
/// compressed in one go, as others do it.
pub(super) fn encode(parameters: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let level = effort(parameters.first().copied().unwrap_or(DEFAULT_LEVEL));
    if level > 0 && input.len() < SMALL {
        return encode_small(level, input, out);
    }
    let stored: Vec<bool> = input.chunks(SEGMENT).map(|segment| level == 0 || is_noise(segment)).collect();
    out.clear();
    limits::reserve(out, input.len() + input.len() / 8 + OVERHEAD)?;
    out.extend_from_slice(&HEAD);
    let mut rest = input;
    for run in stored.chunk_by(|a, b| a == b) {
        let (now, later) = rest.split_at(rest.len().min(run.len().saturating_mul(SEGMENT)));
        rest = later;
        match run.first() {
            Some(true) => store(now, rest.is_empty(), out)?,
            _ => with_state(level, |state| compress(state, now, rest.is_empty(), out))?,
        }
    }
    if input.is_empty() {
        out.extend_from_slice(&END);
    }
    out.extend_from_slice(&adler32(1, input).to_be_bytes());
    Ok(())
}

/// Deflates a small chunk as one stream: the shortest of that of its level, that of the level which also sees copies of
/// three bytes, and of the bytes as they are.
fn encode_small(level: u32, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let mut shortest = Vec::new();
    store(input, true, &mut shortest)?;
    for level in [level, BEST].into_iter().take(if level == BEST { 1 } else { 2 }) {
        out.clear();
        with_state(level, |state| compress(state, input, true, out))?;
        if out.len() < shortest.len() {
            std::mem::swap(out, &mut shortest);
        }
    }
    out.clear();
    limits::reserve(out, shortest.len() + OVERHEAD)?;
    out.extend_from_slice(&HEAD);
    out.extend_from_slice(&shortest);
    if input.is_empty() {
        out.extend_from_slice(&END);
    }
    out.extend_from_slice(&adler32(1, input).to_be_bytes());
    Ok(())
}

/// The level of the encoder for a level that users give: its level 1 has fixed codes only, and makes files a tenth
/// larger than zlib's level 1 does; its level 2 makes them as small, in less time than zlib takes.
fn effort(level: u32) -> u32 {
    match level {
        1 => 2,
        level => level.min(BEST),
    }
}

fn with_state<R>(level: u32, work: impl FnOnce(&mut Compress) -> R) -> R {
    let fresh = || Compress::new(Compression::new(level), false);
    DEFLATE.with_borrow_mut(|states| {
        let place = usize::try_from(level).ok().and_then(|level| states.get_mut(level));
        let Some(place) = place else { return work(&mut fresh()) };
        let state = place.get_or_insert_with(fresh);
        state.reset();
        work(state)
    })
}

/// Appends `input` as deflate blocks, which end at a byte, or are the last ones.
///
/// They come by pieces: a place for all of them would have to be zeroed first, which takes longer than to copy what is
/// left of most data.
fn compress(state: &mut Compress, input: &[u8], is_last: bool, out: &mut Vec<u8>) -> Result<()> {
    let flush = if is_last { FlushCompress::Finish } else { FlushCompress::Sync };
    PIECE.with_borrow_mut(|piece| loop {
        let rest = input.get(limits::to_usize(state.total_in())?..).unwrap_or_default();
        let before = state.total_out();
        let status = state.compress(rest, piece, flush).map_err(|e| Error::usage(format!("deflate: {e}")))?;
        let made = piece.get(..limits::to_usize(state.total_out() - before)?).unwrap_or_default();
        limits::reserve(out, made.len())?;
        out.extend_from_slice(made);
        // Room that is left means that everything was flushed.
        let is_flushed = !is_last && state.total_in() == input.len() as u64 && made.len() < piece.len();
        if status == Status::StreamEnd || is_flushed {
            return Ok(());
        }
    })
}

/// Appends `input` as stored blocks.
fn store(input: &[u8], is_last: bool, out: &mut Vec<u8>) -> Result<()> {
    limits::reserve(out, input.len() + 5 * input.len().div_ceil(STORED) + OVERHEAD)?;
    let mut blocks = input.chunks(STORED).peekable();
    while let Some(block) = blocks.next() {
        let len = u16::try_from(block.len()).map_err(|_| Error::usage("a stored block is too long"))?;
        out.push(u8::from(is_last && blocks.peek().is_none()));
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&(!len).to_le_bytes());
        out.extend_from_slice(block);
    }
    Ok(())
}

/// Whether compressing a segment would be a waste: its bytes are spread evenly, and short sequences do not come again.
fn is_noise(segment: &[u8]) -> bool {
    segment.len() >= SMALL && distinct(segment) >= 250 && entropy(segment) > 7.9 && repeats(segment) < 0.02
}

/// How many byte values occur at the start of a segment: a cheap way to see that it is worth compressing.
fn distinct(segment: &[u8]) -> usize {
    let mut seen = [false; 256];
    for &byte in segment.iter().take(PROBE) {
        if let Some(seen) = seen.get_mut(usize::from(byte)) {
            *seen = true;
        }
    }
    seen.iter().filter(|&&seen| seen).count()
}

/// Bits per byte, if each byte is seen alone: a quarter of the bytes tells.
#[allow(clippy::cast_precision_loss)]
fn entropy(segment: &[u8]) -> f64 {
    // Four tables, so that equal neighbours do not wait for each other's count.
    let mut counts = [[0u32; 256]; 4];
    let mut total = 0u32;
    for sample in segment.chunks(SAMPLED) {
        for four in sample.get(..SAMPLE).unwrap_or(sample).chunks_exact(4) {
            for (table, &byte) in counts.iter_mut().zip(four) {
                if let Some(count) = table.get_mut(usize::from(byte)) {
                    *count += 1;
                }
            }
            total += 4;
        }
    }
    let total = f64::from(total);
    let counts = (0..256).map(|byte| counts.iter().filter_map(|table| table.get(byte)).sum::<u32>());
    counts.filter(|&count| count > 0).map(|count| f64::from(count) / total).map(|share| -share * share.log2()).sum()
}

/// The share of four-byte sequences that came before, from samples of 64 sequences each.
#[allow(clippy::cast_precision_loss)]
fn repeats(segment: &[u8]) -> f64 {
    let mut last = [None::<[u8; 4]>; 4096];
    let (mut found, mut tried) = (0u32, 0u32);
    for sample in segment.chunks(256) {
        for four in sample.windows(4).take(64) {
            let Ok(four) = <[u8; 4]>::try_from(four) else { continue };
            let slot = u32::from_le_bytes(four).wrapping_mul(0x9E37_79B1) >> 20;
            if let Some(slot) = usize::try_from(slot).ok().and_then(|slot| last.get_mut(slot)) {
                found += u32::from(*slot == Some(four));
                *slot = Some(four);
            }
            tried += 1;
        }
    }
    f64::from(found) / f64::from(tried.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(level: u32, input: &[u8]) -> usize {
        let (mut stored, mut back) = (Vec::new(), Vec::new());
        encode(&[level], input, &mut stored).unwrap();
        decode(&[], &stored, input.len(), &mut back).unwrap();
        assert_eq!(back, input);
        stored.len()
    }

    fn noise(len: usize) -> Vec<u8> {
        let mut state = 1u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        (0..len).map(|_| next()).collect()
    }

    #[test]
    fn mixed_segments_come_back_whole() {
        let mut input = noise(3 * SEGMENT + 17);
        input.extend(vec![7; 2 * SEGMENT]);
        input.extend(noise(SEGMENT / 2));
        for level in [0, 1, 4, 9] {
            let stored = round_trip(level, &input);
            assert!(level == 0 || stored < 4 * SEGMENT + 2000, "{stored}");
        }
        round_trip(1, &[]);
        round_trip(6, b"a");
    }

    /// One stream, by the encoder alone.
    fn plain(level: u32, input: &[u8]) -> usize {
        let mut out = Vec::with_capacity(2 * input.len() + 100);
        let mut state = Compress::new(Compression::new(effort(level)), true);
        assert_eq!(state.compress_vec(input, &mut out, FlushCompress::Finish).unwrap(), Status::StreamEnd);
        out.len()
    }

    #[test]
    fn chunks_are_no_longer_than_one_stream() {
        let doubles: Vec<u8> = (0..9000).flat_map(|i| f64::sin(f64::from(i) * 0.01).to_le_bytes()).collect();
        let mut shuffled = vec![0; doubles.len()];
        super::super::shuffle::shuffle(8, &doubles, &mut shuffled);
        let mixed = [noise(SEGMENT), vec![7; SEGMENT], noise(SEGMENT), doubles.clone()].concat();
        for input in [&doubles, &shuffled, &noise(100_000), &vec![0; 70_000], &mixed] {
            for len in [0, 1, 7, 8, 64, 100, 1000, 4096, SMALL - 1, SMALL, SEGMENT, SEGMENT + 1, input.len()] {
                let input = &input[..len.min(input.len())];
                for level in 1..=9 {
                    let (ours, plain) = (round_trip(level, input), plain(level, input));
                    // What a sync costs, for each segment; and where noise is stored that has a little order.
                    let bound = if len < SMALL { 0 } else { input.len() / 64 + 10 * (1 + input.len() / SEGMENT) };
                    assert!(ours <= plain + bound, "{len} bytes at level {level}: {ours} for {plain}");
                }
            }
        }
        let (_, incompressible) = (round_trip(0, &noise(1000)), round_trip(9, &noise(1000)));
        assert!(incompressible <= 1000 + 5 + 6, "{incompressible}");
    }

    #[test]
    fn noise_is_told_from_data() {
        assert!(is_noise(&noise(SEGMENT)));
        let repeated: Vec<u8> = noise(512).repeat(SEGMENT / 512);
        assert!(!is_noise(&repeated));
        let skewed: Vec<u8> = noise(SEGMENT).iter().map(|b| b & 0x3f).collect();
        assert!(!is_noise(&skewed));
    }
}
