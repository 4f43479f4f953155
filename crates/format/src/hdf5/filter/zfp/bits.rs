//! Bits of a stream, the lowest of each byte first.

use crate::hdf5::filter::bit_planes::padded;
use crate::hdf5::filter::error::Record;

pub(super) const RECORD: Record = Record("zfp stream");
/// So many bits can be seen at once, wherever a byte begins.
const SEEN: u32 = 56;

/// A place in a stream. Beyond the end there are zeros, without end: who reads checks where that led.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    /// The next bit.
    pub at: usize,
}

impl<'a> Bits<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Bits { bytes, at: 0 }
    }

    /// Whether bits were read that do not exist.
    pub fn is_beyond(&self) -> bool {
        self.at > self.bytes.len().saturating_mul(8)
    }

    /// At least the next [`SEEN`] bits.
    #[inline(always)]
    fn seen(&self) -> u64 {
        let rest = self.bytes.get(self.at / 8..).unwrap_or_default();
        let word = match rest.first_chunk() {
            Some(word) => u64::from_le_bytes(*word),
            None => padded(rest),
        };
        word >> (self.at % 8)
    }

    /// The next bits, at most [`SEEN`] of them.
    #[inline(always)]
    pub fn take(&mut self, count: u32) -> u64 {
        debug_assert!(count <= SEEN);
        let bits = self.seen() & ((1 << count) - 1);
        self.at += count as usize;
        bits
    }

    pub fn bit(&mut self) -> bool {
        self.take(1) == 1
    }

    /// Counts zeros up to the next one, which is taken too; at most `most` bits are taken. The second number is how
    /// many were.
    #[inline(always)]
    pub fn zeros(&mut self, most: u32) -> (u32, u32) {
        let mut zeros = 0;
        while zeros < most {
            let step = SEEN.min(most - zeros);
            let found = self.seen().trailing_zeros();
            if found < step {
                self.at += found as usize + 1;
                return (zeros + found, zeros + found + 1);
            }
            self.at += step as usize;
            zeros += step;
        }
        (zeros, zeros)
    }
}

/// Appends bits to a stream.
#[derive(Debug)]
pub(super) struct BitSink<'a> {
    out: &'a mut Vec<u8>,
    /// The bits that are no whole word yet, the first one lowest.
    buffer: u64,
    /// How many there are, fewer than 64.
    held: u32,
}

impl<'a> BitSink<'a> {
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        BitSink { out, buffer: 0, held: 0 }
    }

    /// Appends the lower `count` bits of a value that has no others; at most 64.
    #[inline(always)]
    pub fn put(&mut self, value: u64, count: u32) {
        self.buffer |= value << self.held;
        let end = self.held + count;
        if end < 64 {
            self.held = end;
            return;
        }
        self.out.extend_from_slice(&self.buffer.to_le_bytes());
        self.buffer = value.checked_shr(64 - self.held).unwrap_or(0);
        self.held = end - 64;
    }

    /// Appends so many zeros.
    #[inline(always)]
    pub fn zeros(&mut self, mut count: u32) {
        while count > 63 {
            self.put(0, 63);
            count -= 63;
        }
        self.put(0, count);
    }

    /// Fills the last byte with zeros.
    pub fn finish(self) {
        let bytes = self.held.div_ceil(8) as usize;
        self.out.extend(self.buffer.to_le_bytes().into_iter().take(bytes));
    }
}
