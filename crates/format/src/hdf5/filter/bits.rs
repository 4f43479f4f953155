//! Strings of bits, the most significant bit of each byte first, and numbers of 1 to 8 bytes.

use super::error::Record;
use crate::error::{Error, Result};

/// Takes numbers off a string of bits.
#[derive(Debug)]
pub(super) struct BitReader<'a> {
    record: Record,
    rest: &'a [u8],
    /// The next bits, the first one on top. Below the valid ones are zeros, or bits that `rest` has as well.
    buffer: u64,
    /// How many bits of `buffer` were taken off `rest`.
    valid: u32,
}

impl<'a> BitReader<'a> {
    /// `record` is what errors call the string.
    pub fn new(record: Record, bytes: &'a [u8]) -> Self {
        BitReader { record, rest: bytes, buffer: 0, valid: 0 }
    }

    /// The next `count` bits, at most 64.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) beyond the end.
    #[inline(always)]
    pub fn read(&mut self, count: u32) -> Result<u64> {
        if count > 56 {
            let high = self.read_short(count - 32)?;
            return Ok(high << 32 | self.read_short(32)?);
        }
        self.read_short(count)
    }

    /// How many zeros come before the next one, which is taken as well.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) beyond the end.
    #[inline(always)]
    pub fn unary(&mut self) -> Result<u32> {
        let mut zeros = 0u32;
        loop {
            self.refill();
            let run = self.buffer.leading_zeros();
            if run < self.valid {
                self.skip(run + 1);
                return Ok(zeros.saturating_add(run));
            }
            if self.valid == 0 {
                return Err(self.too_short());
            }
            zeros = zeros.saturating_add(self.valid);
            (self.buffer, self.valid) = (0, 0);
        }
    }

    /// At most 56 bits.
    #[inline(always)]
    fn read_short(&mut self, count: u32) -> Result<u64> {
        if self.valid < count {
            self.refill();
            if self.valid < count {
                return Err(self.too_short());
            }
        }
        // In two steps, because no bits at all would be a shift by 64.
        let value = self.buffer >> 1 >> (63 - count);
        self.skip(count);
        Ok(value)
    }

    /// `count` is at most the number of valid bits.
    #[inline(always)]
    fn skip(&mut self, count: u32) {
        self.buffer = self.buffer << (count / 2) << (count - count / 2);
        self.valid -= count;
    }

    /// Makes at least 56 bits valid, if there are so many.
    #[inline(always)]
    fn refill(&mut self) {
        if let Some(word) = self.rest.first_chunk::<8>() {
            self.buffer |= u64::from_be_bytes(*word) >> self.valid;
            let bytes = (63 - self.valid) / 8;
            self.rest = self.rest.get(bytes as usize..).unwrap_or_default();
            self.valid += 8 * bytes;
            return;
        }
        self.refill_at_end();
    }

    #[cold]
    fn refill_at_end(&mut self) {
        while let (Some((&byte, rest)), 0..=56) = (self.rest.split_first(), self.valid) {
            self.buffer |= u64::from(byte) << (56 - self.valid);
            self.valid += 8;
            self.rest = rest;
        }
    }

    #[cold]
    fn too_short(&self) -> Error {
        self.record.broken()
    }
}

/// Appends numbers to a string of bits.
#[derive(Debug)]
pub(super) struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    buffer: u64,
    /// Bits of `buffer` that are not used yet, never 0.
    free: u32,
}

impl<'a> BitWriter<'a> {
    /// Starts at the end of `out`, which should have room.
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        BitWriter { out, buffer: 0, free: 64 }
    }

    /// Appends the lower `count` bits of a value that has no others; at most 64.
    #[inline(always)]
    pub fn write(&mut self, value: u64, count: u32) {
        if count < self.free {
            self.free -= count;
            self.buffer |= value.checked_shl(self.free).unwrap_or(0);
            return;
        }
        let rest = count - self.free;
        self.buffer |= value >> rest;
        self.out.extend_from_slice(&self.buffer.to_be_bytes());
        self.free = 64 - rest;
        self.buffer = value.checked_shl(self.free).unwrap_or(0);
    }

    /// Appends so many zeros and a one.
    pub fn write_unary(&mut self, mut zeros: u32) {
        while zeros > 32 {
            self.write(0, 32);
            zeros -= 32;
        }
        self.write(1, zeros + 1);
    }

    /// Bits of `out`, with those that are not there yet.
    pub fn len(&self) -> usize {
        8 * self.out.len() + (64 - self.free) as usize
    }

    /// Fills the last byte with zeros.
    pub fn finish(self) {
        let bytes = (64 - self.free).div_ceil(8) as usize;
        self.out.extend(self.buffer.to_be_bytes().into_iter().take(bytes));
    }
}

/// The lower `bits` bits of a word, at most 64.
pub(super) fn ones(bits: u32) -> u64 {
    u64::MAX.checked_shr(64 - bits.min(64)).unwrap_or(0)
}

/// A number of at most 8 bytes.
#[inline(always)]
pub(super) fn load<const N: usize>(bytes: &[u8; N], big_endian: bool) -> u64 {
    let mut word = [0; 8];
    for (to, &byte) in word.iter_mut().zip(bytes) {
        *to = byte;
    }
    let value = u64::from_le_bytes(word);
    match big_endian {
        true => value.swap_bytes() >> (64 - 8 * N.clamp(1, 8)),
        false => value,
    }
}

/// The lower bytes of a number.
#[inline(always)]
pub(super) fn store<const N: usize>(value: u64, big_endian: bool, to: &mut [u8; N]) {
    let value = match big_endian {
        true => (value << (64 - 8 * N.clamp(1, 8))).swap_bytes(),
        false => value,
    };
    for (to, byte) in to.iter_mut().zip(value.to_le_bytes()) {
        *to = byte;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read(numbers in prop::collection::vec((any::<u64>(), 0u32..=64, 0u32..200), 0..200)) {
            let mut bytes = Vec::new();
            let mut writer = BitWriter::new(&mut bytes);
            for &(value, count, zeros) in &numbers {
                writer.write(value & ones(count), count);
                writer.write_unary(zeros);
            }
            writer.finish();
            let mut reader = BitReader::new(Record("test"), &bytes);
            for &(value, count, zeros) in &numbers {
                prop_assert_eq!(reader.read(count).unwrap(), value & ones(count));
                prop_assert_eq!(reader.unary().unwrap(), zeros);
            }
            prop_assert!(reader.read(8).is_err());
        }

        #[test]
        fn what_is_stored_is_loaded(bytes in any::<[u8; 8]>(), big_endian in any::<bool>()) {
            fn check<const N: usize>(bytes: &[u8], big_endian: bool) {
                let bytes = bytes.first_chunk::<N>().unwrap();
                let mut back = [0; N];
                store(load(bytes, big_endian), big_endian, &mut back);
                assert_eq!(&back, bytes);
            }
            check::<1>(&bytes, big_endian);
            check::<2>(&bytes, big_endian);
            check::<4>(&bytes, big_endian);
            check::<8>(&bytes, big_endian);
        }
    }

    #[test]
    fn numbers_in_both_orders() {
        assert_eq!((load(&[1, 2], false), load(&[1, 2], true)), (0x201, 0x102));
        let mut four = [0; 4];
        store(0x1_0203_0405, true, &mut four);
        assert_eq!(four, [2, 3, 4, 5]);
    }
}
