//! Fletcher32, filter 3: a checksum after the data.

use super::buffer::replace;
use super::error::Record;
use crate::error::Result;

const RECORD: Record = Record("fletcher32 checksum");
/// So many 16-bit words can be added before the sums are folded.
const GROUP: usize = 360;

/// Verifies the checksum and drops it.
pub(super) fn decode(_: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    let (data, stored) = input.split_last_chunk::<4>().ok_or_else(|| RECORD.malformed("there is no room for it"))?;
    if data.len() > bound {
        return Err(RECORD.malformed(format!("{} bytes where at most {bound} were given", data.len())));
    }
    let (stored, computed) = (u32::from_le_bytes(*stored), checksum(data));
    // Releases up to 1.6.2 swapped the bytes of both halves on little-endian machines.
    let swapped = (computed & 0x00ff_00ff) << 8 | computed >> 8 & 0x00ff_00ff;
    if stored != computed && stored != swapped {
        let detail = format!("it is {stored:#010x} where the bytes give {computed:#010x}");
        return Err(RECORD.malformed(detail));
    }
    replace(out, data)
}

/// Appends the checksum.
pub(super) fn encode(_: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    out.clear();
    crate::limits::reserve(out, input.len() + 4)?;
    out.extend_from_slice(input);
    out.extend_from_slice(&checksum(input).to_le_bytes());
    Ok(())
}

/// The sum as the library folds it: by group, not modulo, so that 0xffff stays what it is.
fn checksum(data: &[u8]) -> u32 {
    let (mut low, mut high) = (0u32, 0u32);
    let fold = |sum: u32| (sum & 0xffff) + (sum >> 16);
    let (words, odd) = data.as_chunks::<2>();
    for group in words.chunks(GROUP) {
        for &word in group {
            low = low.wrapping_add(u32::from(u16::from_be_bytes(word)));
            high = high.wrapping_add(low);
        }
        (low, high) = (fold(low), fold(high));
    }
    if let [last] = odd {
        low = low.wrapping_add(u32::from(*last) << 8);
        high = high.wrapping_add(low);
        (low, high) = (fold(low), fold(high));
    }
    (low, high) = (fold(low), fold(high));
    high << 16 | low
}
