//! Numbers of any stored layout as numbers of a standard type.

use super::datatype::{Datatype, FloatLayout, FloatOrder, IntegerLayout, Normalization};
use crate::element::{self, ByteOrder, Element, Number};
use crate::error::{Error, Result};
use crate::limits;

/// What to do with a number that the wanted type cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Conversion {
    /// An error: no value is ever changed.
    #[default]
    Exact,
    /// The nearest number: floating-point numbers are rounded to even, fractions cut off, what is out of range becomes the
    /// largest or smallest number (or infinity), not-a-number becomes 0 in integers.
    Nearest,
}

/// Converts stored numbers into `target`.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for elements that are no numbers, or, where the conversion must be exact, for the
/// first one that `T` cannot hold.
pub(crate) fn numbers<T: Element>(
    datatype: &Datatype,
    conversion: Conversion,
    stored: &[u8],
    target: &mut [T],
) -> Result<()> {
    if let (Some((number, order)), Conversion::Exact) = (datatype.number(), conversion) {
        return element::convert(number, order, stored, target);
    }
    let decode = decoder(datatype)
        .ok_or_else(|| Error::usage(format!("elements of type {datatype} are no numbers (of at most 16 bytes)")))?;
    let size = limits::to_usize(datatype.size())?.max(1);
    for (element, value) in stored.chunks_exact(size).zip(target) {
        let Decoded { number, exact } = decode(element);
        *value = match (conversion, T::from_number(number)) {
            (Conversion::Exact, Some(value)) if exact => value,
            (Conversion::Exact, _) => {
                return Err(Error::usage(format!("{number:?} cannot be held exactly by {:?}", T::TYPE)))
            }
            (Conversion::Nearest, value) => value.unwrap_or_else(|| T::nearest(number)),
        };
    }
    Ok(())
}

/// A stored number, and whether it is that number exactly.
#[derive(Debug, Clone, Copy)]
struct Decoded {
    number: Number,
    exact: bool,
}

type Decoder<'d> = Box<dyn Fn(&[u8]) -> Decoded + 'd>;

/// What decodes one element of a numeric type.
fn decoder(datatype: &Datatype) -> Option<Decoder<'_>> {
    match datatype {
        Datatype::Number(number, order) => Some(Box::new(|bytes| {
            let mut value = [0.0f64];
            let number = match element::convert(*number, *order, bytes, &mut value) {
                Ok(()) => Number::Float(value[0]),
                // Only integers of 64 bits are more than a double holds.
                Err(_) => Number::Integer(whole(word(bytes, *order), 64, number.is_signed())),
            };
            Decoded { number, exact: true }
        })),
        Datatype::Integer(layout) | Datatype::BitField(layout) if layout.size <= 16 => {
            Some(Box::new(|bytes| Decoded { number: Number::Integer(integer(layout, bytes)), exact: true }))
        }
        Datatype::Float(layout) if layout.size <= 16 => Some(Box::new(|bytes| float(layout, bytes))),
        Datatype::Enumeration { base, .. } => decoder(base),
        _ => None,
    }
}

/// Up to sixteen bytes as one word.
fn word(bytes: &[u8], order: ByteOrder) -> u128 {
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

/// The lowest bits of a word as an integer; what exceeds `i128` is out of range of every type anyway.
fn whole(word: u128, precision: u32, signed: bool) -> i128 {
    let unused = 128u32.saturating_sub(precision).min(127);
    match signed {
        true => (word << unused).cast_signed() >> unused,
        false => i128::try_from(bits(word, 0, precision)).unwrap_or(i128::MAX),
    }
}

/// The value of an integer between its padding bits.
pub(crate) fn integer(layout: &IntegerLayout, bytes: &[u8]) -> i128 {
    let word = word(bytes, layout.order).checked_shr(u32::from(layout.offset)).unwrap_or(0);
    whole(word, u32::from(layout.precision), layout.signed)
}

/// The value of a floating-point number by the fields of its layout, as the nearest double.
fn float(layout: &FloatLayout, bytes: &[u8]) -> Decoded {
    let word = match layout.order {
        FloatOrder::Little => word(bytes, ByteOrder::Little),
        FloatOrder::Big => word(bytes, ByteOrder::Big),
        FloatOrder::Vax => vax_word(bytes),
    };
    let negative = bits(word, u32::from(layout.sign), 1) == 1;
    let sign = if negative { -1.0 } else { 1.0 };
    let digits = u32::from(layout.mantissa_size);
    let mantissa = bits(word, u32::from(layout.mantissa_position), digits);
    let exponent = bits(word, u32::from(layout.exponent_position), u32::from(layout.exponent_size));
    let top = bits(u128::MAX, 0, u32::from(layout.exponent_size));
    let vax = layout.order == FloatOrder::Vax;
    let implied = layout.normalization == Normalization::Implied;
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
    let significand = if implied && !subnormal { mantissa | 1u128.checked_shl(digits).unwrap_or(0) } else { mantissa };
    let point = if implied { digits } else { digits.saturating_sub(1) };
    let stored = i64::try_from(exponent.max(u128::from(subnormal))).unwrap_or(i64::MAX);
    let power = stored.saturating_sub(i64::from(layout.bias)).saturating_sub(i64::from(point));
    let (value, exact) = scaled(significand, power);
    Decoded { number: Number::Float(sign * value), exact }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn layout(size: u64, sign: u8, exponent: (u8, u8), mantissa: u8, bias: u32) -> FloatLayout {
        FloatLayout {
            size,
            order: FloatOrder::Little,
            precision: u16::from(sign) + 1,
            offset: 0,
            sign,
            exponent_position: exponent.0,
            exponent_size: exponent.1,
            mantissa_position: 0,
            mantissa_size: mantissa,
            bias,
            normalization: Normalization::Implied,
        }
    }

    fn read(layout: FloatLayout, bytes: &[u8]) -> f64 {
        let mut value = [0.0];
        numbers(&Datatype::Float(layout), Conversion::Nearest, bytes, &mut value).unwrap();
        value[0]
    }

    proptest! {
        #[test]
        fn doubles_by_their_fields(bits: u64) {
            let value = read(layout(8, 63, (52, 11), 52, 1023), &bits.to_le_bytes());
            let expected = f64::from_bits(bits);
            prop_assert!(value == expected && value.is_sign_negative() == expected.is_sign_negative()
                || value.is_nan() && expected.is_nan());
        }

        #[test]
        fn quadruples_round_as_doubles_do(value: f64, noise in 0u64..1 << 60) {
            // A double as binary128, with noise that is less than half of its last bit.
            prop_assume!(value.is_normal());
            let bits = value.to_bits();
            let exponent = u128::from(bits >> 52 & 0x7ff) + 16383 - 1023;
            let word = u128::from(bits >> 63) << 127 | exponent << 112 | u128::from(bits & ((1 << 52) - 1)) << 60;
            let quadruple = layout(16, 127, (112, 15), 112, 16383);
            prop_assert_eq!(read(quadruple, &word.to_le_bytes()), value);
            let near = (word + u128::from(noise >> 1)).to_le_bytes();
            prop_assert_eq!(read(quadruple, &near), value);
            let mut exact = [0.0];
            let refused = numbers(&Datatype::Float(quadruple), Conversion::Exact, &near, &mut exact).is_err();
            prop_assert_eq!(refused, noise >> 1 != 0);
        }

        #[test]
        fn integers_between_their_padding(value in -(1i32 << 16)..1 << 16, offset in 0u16..15, padding: u32) {
            let mask = ((1u32 << 17) - 1) << offset;
            let stored = value.cast_unsigned() << offset & mask | padding & !mask;
            let layout = IntegerLayout { size: 4, order: ByteOrder::Big, signed: true, precision: 17, offset };
            let mut read = [0i32];
            numbers(&Datatype::Integer(layout), Conversion::Exact, &stored.to_be_bytes(), &mut read).unwrap();
            prop_assert_eq!(read[0], value);
        }
    }

    #[test]
    fn other_floats() {
        let half = layout(2, 15, (10, 5), 10, 15);
        let cases =
            [(0x3c00u16, 1.0), (0xc000, -2.0), (0x7bff, 65504.0), (0x0001, 2f64.powi(-24)), (0x7c00, f64::INFINITY)];
        cases.iter().for_each(|(bits, value)| assert_eq!(read(half, &bits.to_le_bytes()), *value));
        assert_eq!(read(layout(2, 15, (7, 8), 7, 127), &0x3f80u16.to_le_bytes()), 1.0);
        let vax = FloatLayout { order: FloatOrder::Vax, ..layout(8, 63, (52, 11), 52, 1025) };
        assert_eq!(read(vax, &[0x18, 0x40, 0, 0, 0, 0, 0, 0]), 1.5);
        let extended = FloatLayout { normalization: Normalization::None, ..layout(16, 79, (64, 15), 64, 16383) };
        let mut one_and_a_half = [0; 16];
        one_and_a_half[7..10].copy_from_slice(&[0xc0, 0xff, 0x3f]);
        assert_eq!(read(extended, &one_and_a_half), 1.5);
    }

    #[test]
    fn the_nearest_number_of_narrower_types() {
        let stored: Vec<u8> = [300i64, -129, i64::MAX].iter().flat_map(|n| n.to_be_bytes()).collect();
        let datatype = Datatype::Number(crate::NumberType::I64, ByteOrder::Big);
        let mut narrow = [0i8; 3];
        numbers(&datatype, Conversion::Nearest, &stored, &mut narrow).unwrap();
        assert_eq!(narrow, [127, -128, 127]);
        let mut float = [0f32; 3];
        numbers(&datatype, Conversion::Nearest, &stored, &mut float).unwrap();
        assert_eq!(float, [300.0, -129.0, 9.223_372e18]);
        assert!(numbers(&datatype, Conversion::Exact, &stored, &mut float).is_err());
    }
}
