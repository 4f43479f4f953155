//! Deflate, filter 1: a chunk is one zlib stream.

use std::cell::RefCell;

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use zlib_rs::adler32::adler32;

use crate::error::{Error, Result};
use crate::limits;

const RECORD: &str = "deflate stream";
/// The level of those who name none.
const DEFAULT_LEVEL: u32 = 6;
/// The stream's head and checksum, and what the encoder needs beyond its input.
const OVERHEAD: usize = 64;
/// The head of a zlib stream with a 32 KiB window (RFC 1950).
const HEAD: [u8; 2] = [0x78, 0x01];
/// A last block that is empty (RFC 1951).
const END: [u8; 2] = [0x03, 0x00];
/// Bytes that are stored or compressed together.
const SEGMENT: usize = 64 << 10;
/// Bytes of a segment that are looked at first; shorter segments are always compressed.
const PROBE: usize = 4096;
/// The most bytes of a stored block.
const STORED: usize = 65_535;

thread_local! {
    /// The states cost tens of kilobytes to set up, and a dataset has thousands of chunks.
    static INFLATE: RefCell<Decompress> = RefCell::new(Decompress::new(true));
    static DEFLATE: RefCell<Option<(u32, Compress)>> = const { RefCell::new(None) };
}

/// The most bytes that one byte of a stream can stand for.
const EXPANSION: usize = 1032;

/// Inflates one stream; what follows it does not count.
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

/// Inflates one stream into `out`, and says how many bytes it has.
pub(super) fn inflate(input: &[u8], out: &mut [u8]) -> Result<usize> {
    let (status, len) = INFLATE.with_borrow_mut(|state| {
        state.reset(true);
        let status = state.decompress(input, out, FlushDecompress::Finish);
        (status, limits::to_usize(state.total_out()))
    });
    let len = len?;
    match status {
        Ok(Status::StreamEnd) => Ok(len),
        Err(e) => Err(Error::malformed_data(RECORD, format!("{e}"))),
        Ok(_) if len >= out.len() => Err(Error::malformed_data(RECORD, format!("it has more than {len} bytes"))),
        Ok(_) => Err(Error::malformed_data(RECORD, format!("it breaks off after {len} bytes"))),
    }
}

/// Deflates a chunk at the level of the first parameter.
///
/// The low bytes of measured or computed numbers are noise, which no level makes smaller. Segments of noise are stored
/// as they are, and the time goes into the rest: 3 times as fast on noisy doubles, at the same size.
pub(super) fn encode(parameters: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let level = effort(parameters.first().copied().unwrap_or(DEFAULT_LEVEL));
    let stored: Vec<bool> = input.chunks(SEGMENT).map(|segment| level == 0 || is_noise(segment)).collect();
    out.clear();
    limits::reserve(out, input.len() + input.len() / 8 + OVERHEAD)?;
    out.extend_from_slice(&HEAD);
    let mut rest = input;
    for run in stored.chunk_by(|a, b| a == b) {
        let (now, later) = rest.split_at(rest.len().min(run.len().saturating_mul(SEGMENT)));
        rest = later;
        match run.first() {
            Some(true) => store(now, out)?,
            _ => with_state(level, |state| compress(state, now, out))?,
        }
    }
    out.extend_from_slice(&END);
    out.extend_from_slice(&adler32(1, input).to_be_bytes());
    Ok(())
}

/// The level of the encoder for a level that users give: its level 1 has fixed codes only, and makes files a tenth
/// larger than zlib's level 1 does; its level 2 makes them as small, in less time than zlib takes.
fn effort(level: u32) -> u32 {
    match level {
        1 => 2,
        level => level.min(9),
    }
}

fn with_state<R>(level: u32, work: impl FnOnce(&mut Compress) -> R) -> R {
    DEFLATE.with_borrow_mut(|state| {
        let fresh = || (level, Compress::new(Compression::new(level), false));
        let (of, compress) = state.get_or_insert_with(fresh);
        if *of == level {
            compress.reset();
        } else {
            (*of, *compress) = fresh();
        }
        work(compress)
    })
}

/// Appends `input` as deflate blocks that end at a byte; the first reservation is almost always enough.
fn compress(state: &mut Compress, input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    limits::reserve(out, input.len() + input.len() / 8 + OVERHEAD)?;
    loop {
        let used = usize::try_from(state.total_in()).unwrap_or(usize::MAX);
        let rest = input.get(used..).unwrap_or_default();
        match state.compress_vec(rest, out, FlushCompress::Sync) {
            // Room that is left means that everything was flushed.
            Ok(_) if state.total_in() == input.len() as u64 && out.len() < out.capacity() => return Ok(()),
            Ok(_) => limits::reserve(out, out.len() / 2 + OVERHEAD)?,
            Err(e) => return Err(Error::usage(format!("deflate: {e}"))),
        }
    }
}

/// Appends `input` as stored blocks.
fn store(input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    limits::reserve(out, input.len() + 5 * input.len().div_ceil(STORED) + OVERHEAD)?;
    for block in input.chunks(STORED) {
        let len = u16::try_from(block.len()).map_err(|_| Error::usage("a stored block is too long"))?;
        out.push(0);
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&(!len).to_le_bytes());
        out.extend_from_slice(block);
    }
    Ok(())
}

/// Whether compressing a segment would be a waste: its bytes are spread evenly, and short sequences do not come again.
fn is_noise(segment: &[u8]) -> bool {
    segment.len() >= PROBE && distinct(segment) >= 250 && entropy(segment) > 7.9 && repeats(segment) < 0.02
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

/// Bits per byte, if each byte is seen alone.
#[allow(clippy::cast_precision_loss)]
fn entropy(segment: &[u8]) -> f64 {
    // Four tables, so that equal neighbours do not wait for each other's count.
    let mut counts = [[0u32; 256]; 4];
    for four in segment.chunks_exact(4) {
        for (table, &byte) in counts.iter_mut().zip(four) {
            if let Some(count) = table.get_mut(usize::from(byte)) {
                *count += 1;
            }
        }
    }
    let total = (segment.len() / 4 * 4) as f64;
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

    #[test]
    fn noise_is_told_from_data() {
        assert!(is_noise(&noise(SEGMENT)));
        let repeated: Vec<u8> = noise(512).repeat(SEGMENT / 512);
        assert!(!is_noise(&repeated));
        let skewed: Vec<u8> = noise(SEGMENT).iter().map(|b| b & 0x3f).collect();
        assert!(!is_noise(&skewed));
    }
}
