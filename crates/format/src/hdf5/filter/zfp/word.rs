//! The two widths of numbers: wrapping integers, and the floating-point numbers they stand for.

use std::num::Wrapping;
use std::ops::{Add, AddAssign, Shr, Sub, SubAssign};

/// The bits whose place has a negative value in base -2.
const NEGABINARY_32: u32 = 0xaaaa_aaaa;
const NEGABINARY_64: u64 = 0xaaaa_aaaa_aaaa_aaaa;

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
    fn to_negabinary(self) -> u64;
    /// The integer with these bits.
    fn from_bits(bits: u64) -> Self;
    /// The bits of the integer.
    fn bits(self) -> u64;
    /// The bits of the floating-point number that this integer was made of by reinterpretation; the opposite is the same.
    fn reinterpreted(self) -> u64;
    /// The bits of the floating-point number in a block with this exponent.
    fn scaled(self, exponent: i32) -> u64;
    /// The opposite of [`Word::scaled`], as far as the integer has bits.
    fn unscaled(bits: u64, exponent: i32) -> Self;
    /// The bits of a floating-point number without its sign.
    fn magnitude(bits: u64) -> u64;
    /// The exponent of the block whose largest number has this magnitude; nothing where it is no number.
    fn exponent(magnitude: u64) -> Option<i32>;
}

impl Word for Wrapping<i32> {
    const BITS: u32 = 32;
    const COUNT_BITS: u32 = 5;
    const EXPONENT_BITS: u32 = 8;
    const BIAS: i32 = 127;

    #[allow(clippy::cast_possible_truncation)] // the lower half is what there is
    fn from_negabinary(bits: u64) -> Self {
        Wrapping((bits as u32 ^ NEGABINARY_32).wrapping_sub(NEGABINARY_32).cast_signed())
    }

    fn to_negabinary(self) -> u64 {
        u64::from(self.0.cast_unsigned().wrapping_add(NEGABINARY_32) ^ NEGABINARY_32)
    }

    #[allow(clippy::cast_possible_truncation)] // the lower half is what there is
    fn from_bits(bits: u64) -> Self {
        Wrapping((bits as u32).cast_signed())
    }

    fn bits(self) -> u64 {
        self.0.cast_unsigned().into()
    }

    fn reinterpreted(self) -> u64 {
        if self.0 < 0 { Wrapping(self.0 ^ i32::MAX) } else { self }.bits()
    }

    #[allow(clippy::cast_precision_loss)] // as many leading bits as fit
    fn scaled(self, exponent: i32) -> u64 {
        (self.0 as f32 * power_f32(exponent - 30)).to_bits().into()
    }

    #[allow(clippy::cast_possible_truncation)] // whoever asks compares what becomes of it
    fn unscaled(bits: u64, exponent: i32) -> Self {
        Wrapping((f32::from_bits(bits as u32) * power_f32(30 - exponent)) as i32)
    }

    fn magnitude(bits: u64) -> u64 {
        bits & u64::from(i32::MAX.cast_unsigned())
    }

    fn exponent(magnitude: u64) -> Option<i32> {
        exponent::<Self>(magnitude, 23)
    }
}

impl Word for Wrapping<i64> {
    const BITS: u32 = 64;
    const COUNT_BITS: u32 = 6;
    const EXPONENT_BITS: u32 = 11;
    const BIAS: i32 = 1023;

    fn from_negabinary(bits: u64) -> Self {
        Wrapping((bits ^ NEGABINARY_64).wrapping_sub(NEGABINARY_64).cast_signed())
    }

    fn to_negabinary(self) -> u64 {
        self.0.cast_unsigned().wrapping_add(NEGABINARY_64) ^ NEGABINARY_64
    }

    fn from_bits(bits: u64) -> Self {
        Wrapping(bits.cast_signed())
    }

    fn bits(self) -> u64 {
        self.0.cast_unsigned()
    }

    fn reinterpreted(self) -> u64 {
        if self.0 < 0 { Wrapping(self.0 ^ i64::MAX) } else { self }.bits()
    }

    #[allow(clippy::cast_precision_loss)] // as many leading bits as fit
    fn scaled(self, exponent: i32) -> u64 {
        (self.0 as f64 * power_f64(exponent - 62)).to_bits()
    }

    #[allow(clippy::cast_possible_truncation)] // whoever asks compares what becomes of it
    fn unscaled(bits: u64, exponent: i32) -> Self {
        Wrapping((f64::from_bits(bits) * power_f64(62 - exponent)) as i64)
    }

    fn magnitude(bits: u64) -> u64 {
        bits & i64::MAX.cast_unsigned()
    }

    fn exponent(magnitude: u64) -> Option<i32> {
        exponent::<Self>(magnitude, 52)
    }
}

/// The exponent that makes a fraction of the number with this magnitude; those of the smallest numbers are all one.
fn exponent<W: Word>(magnitude: u64, fraction_bits: u32) -> Option<i32> {
    let stored = i32::try_from(magnitude >> fraction_bits).ok()?;
    match magnitude {
        0 => Some(-W::BIAS),
        _ => Some(stored + 1 - W::BIAS).filter(|_| stored <= 2 * W::BIAS),
    }
}

/// A power of two.
fn power_f32(n: i32) -> f32 {
    match n {
        -126..=127 => f32::from_bits((n + 127).cast_unsigned() << 23),
        -149..=-127 => f32::from_bits(1 << (n + 149)),
        128.. => f32::INFINITY,
        _ => 0.0,
    }
}

fn power_f64(n: i32) -> f64 {
    match n {
        -1022..=1023 => f64::from_bits(u64::from((n + 1023).cast_unsigned()) << 52),
        -1074..=-1023 => f64::from_bits(1 << (n + 1074)),
        1024.. => f64::INFINITY,
        _ => 0.0,
    }
}
