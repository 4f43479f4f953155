//! The two widths of numbers: wrapping integers, and the floating-point numbers they stand for.

use std::num::Wrapping;
use std::ops::{Add, AddAssign, Shr, Sub, SubAssign};

/// An integer of a block.
pub(super) trait Word:
    Copy + Default + Add<Output = Self> + Sub<Output = Self> + AddAssign + SubAssign + Shr<usize, Output = Self>
{
    const BITS: u32;
    /// The bits that say how many bits a reversible block has.
    const COUNT_BITS: u32;
    /// The bits of an exponent, and what it is stored with more.
    const EXPONENT_BITS: u32;
    const BIAS: i32;

    /// From base -2 with the bits of two's complement.
    fn from_negabinary(bits: u64) -> Self;
    /// The bits of the integer.
    fn bits(self) -> u64;
    /// The bits of the floating-point number that this integer was made of by reinterpretation.
    fn reinterpreted(self) -> u64;
    /// The bits of the floating-point number in a block with this exponent.
    fn scaled(self, exponent: i32) -> u64;
}

impl Word for Wrapping<i32> {
    const BITS: u32 = 32;
    const COUNT_BITS: u32 = 5;
    const EXPONENT_BITS: u32 = 8;
    const BIAS: i32 = 127;

    #[allow(clippy::cast_possible_truncation)] // the lower half is what there is
    fn from_negabinary(bits: u64) -> Self {
        const MASK: u32 = 0xaaaa_aaaa;
        Wrapping((bits as u32 ^ MASK).wrapping_sub(MASK).cast_signed())
    }

    fn bits(self) -> u64 {
        self.0.cast_unsigned().into()
    }

    fn reinterpreted(self) -> u64 {
        if self.0 < 0 { Wrapping(self.0 ^ i32::MAX) } else { self }.bits()
    }

    #[allow(clippy::cast_precision_loss)] // as many leading bits as fit
    fn scaled(self, exponent: i32) -> u64 {
        let unit = match exponent - 30 {
            n @ -126..=127 => f32::from_bits((n + 127).cast_unsigned() << 23),
            n @ -149..=-127 => f32::from_bits(1 << (n + 149)),
            _ => 0.0,
        };
        (self.0 as f32 * unit).to_bits().into()
    }
}

impl Word for Wrapping<i64> {
    const BITS: u32 = 64;
    const COUNT_BITS: u32 = 6;
    const EXPONENT_BITS: u32 = 11;
    const BIAS: i32 = 1023;

    fn from_negabinary(bits: u64) -> Self {
        const MASK: u64 = 0xaaaa_aaaa_aaaa_aaaa;
        Wrapping((bits ^ MASK).wrapping_sub(MASK).cast_signed())
    }

    fn bits(self) -> u64 {
        self.0.cast_unsigned()
    }

    fn reinterpreted(self) -> u64 {
        if self.0 < 0 { Wrapping(self.0 ^ i64::MAX) } else { self }.bits()
    }

    #[allow(clippy::cast_precision_loss)] // as many leading bits as fit
    fn scaled(self, exponent: i32) -> u64 {
        let unit = match exponent - 62 {
            n @ -1022..=1023 => f64::from_bits(u64::from((n + 1023).cast_unsigned()) << 52),
            n @ -1074..=-1023 => f64::from_bits(1 << (n + 1074)),
            _ => 0.0,
        };
        (self.0 as f64 * unit).to_bits()
    }
}
