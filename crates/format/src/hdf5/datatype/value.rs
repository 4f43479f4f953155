//! The values of numbers that no standard type describes.

use super::{FloatLayout, FloatOrder, IntegerLayout, Normalization};
use crate::element::{ByteOrder, Decoded, Number};

/// Up to sixteen bytes as one word.
pub(crate) fn word(bytes: &[u8], order: ByteOrder) -> u128 {
    let fold = |word: u128, byte: &u8| word << 8 | u128::from(*byte);
    match order {
        ByteOrder::Little => bytes.iter().rev().fold(0, fold),
        ByteOrder::Big => bytes.iter().fold(0, fold),
    }
}

/// So many bits of a word from a position on; bits beyond the word are zero.
fn bits(word: u128, position: u32, count: u32) -> u128 {
    let mask = 1u128.checked_shl(count).map_or(u128::MAX, |bit| bit - 1);
    word.checked_shr(position).unwrap_or(0) & mask
}

/// The lowest bits of a word as an integer.
pub(crate) fn whole(word: u128, precision: u32, signed: bool) -> Number {
    let unused = 128u32.saturating_sub(precision).min(127);
    match signed {
        true => Number::Signed((word << unused).cast_signed() >> unused),
        false => Number::Unsigned(bits(word, 0, precision)),
    }
}

impl IntegerLayout {
    /// The value between the padding bits of at most 16 bytes.
    pub(crate) fn value(&self, bytes: &[u8]) -> Number {
        let word = word(bytes, self.order).checked_shr(u32::from(self.offset)).unwrap_or(0);
        whole(word, u32::from(self.precision), self.signed)
    }
}

impl FloatLayout {
    /// The value of at most 16 bytes by their fields, as the nearest double.
    pub(crate) fn value(&self, bytes: &[u8]) -> Decoded {
        let word = match self.order {
            FloatOrder::Little => word(bytes, ByteOrder::Little),
            FloatOrder::Big => word(bytes, ByteOrder::Big),
            FloatOrder::Vax => vax_word(bytes),
        };
        let negative = bits(word, u32::from(self.sign), 1) == 1;
        let sign = if negative { -1.0 } else { 1.0 };
        let digits = u32::from(self.mantissa_size);
        let mantissa = bits(word, u32::from(self.mantissa_position), digits);
        let exponent = bits(word, u32::from(self.exponent_position), u32::from(self.exponent_size));
        let top = bits(u128::MAX, 0, u32::from(self.exponent_size));
        let vax = self.order == FloatOrder::Vax;
        let implied = self.normalization == Normalization::Implied;
        let exact = |value: f64| Decoded { number: Number::Float(sign * value), exact: true };
        if exponent == top && !vax {
            // With a stored leading bit, infinity has it and nothing else.
            let fraction = if implied { mantissa } else { bits(mantissa, 0, digits.saturating_sub(1)) };
            return exact(if fraction == 0 { f64::INFINITY } else { f64::NAN });
        }
        if exponent == 0 && (mantissa == 0 || vax) {
            return exact(0.0);
        }
        let subnormal = exponent == 0;
        let significand =
            if implied && !subnormal { mantissa | 1u128.checked_shl(digits).unwrap_or(0) } else { mantissa };
        let point = if implied { digits } else { digits.saturating_sub(1) };
        let stored = i64::try_from(exponent.max(u128::from(subnormal))).unwrap_or(i64::MAX);
        let power = stored.saturating_sub(i64::from(self.bias)).saturating_sub(i64::from(point));
        let (value, exact) = scaled(significand, power);
        Decoded { number: Number::Float(sign * value), exact }
    }
}

/// Words of two bytes, the most significant first, each with its least significant byte first.
fn vax_word(bytes: &[u8]) -> u128 {
    bytes.chunks(2).fold(0, |word, pair| pair.iter().rev().fold(word, |word, byte| word << 8 | u128::from(*byte)))
}

/// `significand` x 2^`power`, rounded to even, and whether nothing was rounded.
fn scaled(significand: u128, power: i64) -> (f64, bool) {
    let width = i64::from(128 - significand.leading_zeros());
    // The weight of the last bit that a double has for a number of this size.
    let last = (power + width - 53).max(-1074);
    let surplus = last.saturating_sub(power);
    if width + power > 1024 {
        return (f64::INFINITY, false);
    }
    if surplus <= 0 {
        return (ldexp(significand, power), true);
    }
    let surplus = u32::try_from(surplus).unwrap_or(u32::MAX);
    let kept = significand.checked_shr(surplus).unwrap_or(0);
    let rest = bits(significand, 0, surplus);
    let half = surplus.checked_sub(1).and_then(|shift| 1u128.checked_shl(shift)).unwrap_or(u128::MAX);
    let up = rest > half || rest == half && kept & 1 == 1;
    (ldexp(kept + u128::from(up), last), rest == 0)
}

/// `digits` x 2^`power`, where the result is a double.
#[allow(clippy::cast_precision_loss)] // there are at most 53 digits
fn ldexp(digits: u128, power: i64) -> f64 {
    // In two steps, each within the range of doubles.
    let half = i32::try_from(power / 2).unwrap_or(0);
    let rest = i32::try_from(power).unwrap_or(0) - half;
    digits as f64 * 2f64.powi(half) * 2f64.powi(rest)
}
