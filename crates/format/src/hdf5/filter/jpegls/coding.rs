//! What the samples of a scan are coded with: the numbers that the stream gives, and those that follow from them.

use crate::error::{Error, Result};
use crate::hdf5::filter::error::Record;

pub(super) const RECORD: Record = Record("JPEG-LS stream");
/// The kind of a segment that has presets.
pub(super) const KIND: u8 = 1;
/// After how many samples a context forgets.
pub(super) const RESET: i32 = 64;

/// Where the levels of a difference begin; a zero stands for what is usual. The library that makes the streams stores the
/// largest sample as well, but codes as if all bits of it were ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Presets {
    pub thresholds: [u16; 3],
}

impl Presets {
    pub fn parse(segment: &[u8]) -> Result<Self> {
        let (&kind, rest) = segment.split_first().ok_or_else(|| RECORD.malformed("presets without a kind"))?;
        if kind != KIND {
            return Err(unsupported(format_args!("presets of kind {kind}")));
        }
        let (&[_, low, middle, high, reset], []) = rest.as_chunks::<2>() else {
            return Err(RECORD.malformed("presets of another length"));
        };
        match u16::from_be_bytes(reset) {
            // The library does not read what it writes with another.
            reset if reset != 0 && i32::from(reset) != RESET => Err(unsupported(format_args!("a reset of {reset}"))),
            _ => Ok(Presets { thresholds: [low, middle, high].map(u16::from_be_bytes) }),
        }
    }
}

/// How a scan is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Coding {
    /// The largest sample.
    pub most: i32,
    /// How far a sample may be from what it was.
    pub near: i32,
    /// The number of errors that are told apart.
    pub range: i32,
    /// Bits of an error that is stored as it is.
    pub bits: u32,
    /// The most bits of a code.
    pub limit: u32,
    /// Where the levels of a difference begin.
    pub thresholds: [i32; 3],
}

impl Coding {
    /// The presets hold for samples of so many bits.
    pub fn new(bits: u32, presets: &Presets, near: u8) -> Result<Self> {
        let (near, most) = (i32::from(near), (1 << bits) - 1);
        if near > most / 2 {
            return Err(RECORD.malformed(format!("samples of {bits} bits, {near} off")));
        }
        let usual = usual(most, near);
        let mut thresholds = presets.thresholds.map(i32::from);
        for (threshold, usual) in thresholds.iter_mut().zip(usual).filter(|(threshold, _)| **threshold == 0) {
            *threshold = usual;
        }
        let [low, middle, high] = thresholds;
        if near >= low || low > middle || middle > high || high > most {
            return Err(RECORD.malformed(format!("thresholds {thresholds:?}")));
        }
        let range = (most + 2 * near) / (2 * near + 1) + 1;
        let limit = 2 * (bits + bits.max(8));
        Ok(Coding { most, near, range, bits: 32 - (range - 1).leading_zeros(), limit, thresholds })
    }

    /// The sample that is so far from what was predicted, counted in steps, and modulo the range.
    #[inline(always)]
    pub fn rebuild(&self, predicted: i32, error: i32) -> i32 {
        let step = 2 * self.near + 1;
        let value = predicted + error * step;
        let value = match value {
            _ if value < -self.near => value + self.range * step,
            _ if value > self.most + self.near => value - self.range * step,
            _ => value,
        };
        value.clamp(0, self.most)
    }

    /// How far a sample is from what was predicted, modulo the range, so that it is least; without loss.
    #[inline(always)]
    pub fn error(&self, difference: i32) -> i32 {
        let half = (self.range + 1) / 2;
        match difference {
            _ if difference < -(self.range / 2) => difference + self.range,
            _ if difference >= half => difference - self.range,
            _ => difference,
        }
    }

    /// The level of a difference, -4 to 4.
    #[inline(always)]
    pub fn level(&self, difference: i32) -> i32 {
        let [low, middle, high] = self.thresholds;
        let size = difference.abs();
        let level = [size > self.near, size >= low, size >= middle, size >= high].map(i32::from).iter().sum::<i32>();
        difference.signum() * level
    }
}

/// The thresholds where the stream gives none: those of 8 bits and no loss are 3, 7 and 21.
fn usual(most: i32, near: i32) -> [i32; 3] {
    let mut least = near + 1;
    [(3, 2, 3), (7, 3, 5), (21, 4, 7)].map(|(base, floor, factor)| {
        let scaled = if most >= 128 {
            let scale = (most.min(4095) + 128) / 256;
            scale * (base - floor) + floor + factor * near
        } else {
            floor.max(base / (256 / (most + 1)) + factor * near)
        };
        least = if scaled > most { least } else { scaled.max(least) };
        least
    })
}

/// Something that is allowed, and that nobody writes.
pub(super) fn unsupported(what: impl std::fmt::Display) -> Error {
    Error::unsupported(format!("JPEG-LS with {what}"))
}
