//! LZF, filter 32000: literals, and copies of what came before.

use super::chunks::Chunks;
use super::error::Record;
use crate::error::Result;
use crate::limits;

const RECORD: Record = Record("lzf stream");
const PLUGIN_VERSION: u32 = 4;
const LIBRARY_VERSION: u32 = 0x0105;
/// The most bytes that one byte of a stream can stand for.
const EXPANSION: usize = 88;
/// The most literals after one control byte.
const LITERALS: usize = 32;
/// The farthest that a copy looks back.
const FAR: usize = 8192;
/// The most bytes of a copy; the fewest are 3.
const LONGEST: usize = 264;
/// How many places the encoder remembers, as a power of two.
const PLACES: u32 = 14;

/// The versions of the plug-in and of the library that wrote the same, and the bytes of a chunk.
pub(super) fn setup(_: &[u32], chunks: &Chunks) -> Result<Vec<u32>> {
    Ok(vec![PLUGIN_VERSION, LIBRARY_VERSION, chunks.bytes()?])
}

/// Decodes until there is a whole chunk, or nothing left.
pub(super) fn decode(_: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    out.clear();
    limits::reserve(out, bound.min(input.len().saturating_mul(EXPANSION)))?;
    let mut rest = input;
    while let (Some((&control, after)), true) = (rest.split_first(), out.len() < bound) {
        let (high, low) = (usize::from(control >> 5), usize::from(control & 31));
        let room = bound - out.len();
        if high == 0 {
            let (literals, after) = after.split_at_checked(low + 1).ok_or_else(|| RECORD.broken())?;
            out.extend_from_slice(literals.get(..room).unwrap_or(literals));
            rest = after;
            continue;
        }
        let (more, after) = if high == 7 { after.split_first().ok_or_else(|| RECORD.broken())? } else { (&0, after) };
        let (&near, after) = after.split_first().ok_or_else(|| RECORD.broken())?;
        let distance = (low << 8 | usize::from(near)) + 1;
        let start = out.len().checked_sub(distance);
        let start = start.ok_or_else(|| RECORD.malformed("a copy of what comes before the chunk"))?;
        repeat(out, start, room.min(high + usize::from(*more) + 2));
        rest = after;
    }
    Ok(())
}

/// Appends what begins at `start`, which may be less than what is wanted: then it is the period.
fn repeat(out: &mut Vec<u8>, start: usize, mut len: usize) {
    while len > 0 {
        let end = out.len().min(start + len);
        out.extend_from_within(start..end);
        len -= end - start;
    }
}

/// Copies where three bytes came before, and the hash of them did not come since.
pub(super) fn encode(_: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    out.clear();
    limits::reserve(out, input.len() + input.len() / LITERALS + 1)?;
    let mut places = vec![usize::MAX; 1 << PLACES];
    let (mut at, mut pending) = (0, 0);
    while let Some(three) = input.get(at..).and_then(|rest| rest.first_chunk::<3>()) {
        let before = places.get_mut(hash(*three)).map_or(usize::MAX, |place| std::mem::replace(place, at));
        match copy_len(input, before, at) {
            0 => at += 1,
            len => {
                write_literals(input.get(pending..at).unwrap_or_default(), out);
                write_copy(at - before, len, out);
                at += len;
                pending = at;
            }
        }
    }
    write_literals(input.get(pending..).unwrap_or_default(), out);
    // As in `unlike`; but here nothing may follow.
    if out.len() == input.len() {
        out.clear();
        write_literals(input, out);
    }
    Ok(())
}

fn hash([a, b, c]: [u8; 3]) -> usize {
    let three = u32::from_le_bytes([a, b, c, 0]);
    (three.wrapping_mul(0x9E37_79B1) >> (32 - PLACES)) as usize
}

/// How many bytes are the same as `before`, or 0 where a copy is not possible.
fn copy_len(input: &[u8], before: usize, at: usize) -> usize {
    if before >= at || at - before > FAR {
        return 0;
    }
    let (old, new) = (input.get(before..).unwrap_or_default(), input.get(at..).unwrap_or_default());
    let len = old.iter().zip(new).take(LONGEST).take_while(|(a, b)| a == b).count();
    if len < 3 {
        0
    } else {
        len
    }
}

fn write_literals(literals: &[u8], out: &mut Vec<u8>) {
    for run in literals.chunks(LITERALS) {
        out.push(low_byte(run.len() - 1));
        out.extend_from_slice(run);
    }
}

fn write_copy(distance: usize, len: usize, out: &mut Vec<u8>) {
    let (far, len) = (distance - 1, len - 2);
    out.push(low_byte(len.min(7) << 5 | far >> 8));
    if len >= 7 {
        out.push(low_byte(len - 7));
    }
    out.push(low_byte(far & 0xff));
}

/// A value that is below 256 by the bounds of the format.
#[allow(clippy::cast_possible_truncation)]
fn low_byte(value: usize) -> u8 {
    value as u8
}
