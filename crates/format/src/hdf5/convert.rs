//! Numbers of any stored layout as numbers of a standard type.

use super::datatype::{whole, word, Datatype};
use crate::element::{self, Conversion, Decoded, Decoder, Element, Number};
use crate::error::{Error, Result};

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
    if let Some((number, order)) = datatype.number() {
        return element::convert_by(conversion, number, order, stored, target);
    }
    let decode = decoder(datatype)
        .ok_or_else(|| Error::usage(format!("elements of type {datatype} are no numbers (of at most 16 bytes)")))?;
    element::decoded(&decode, datatype.size(), conversion, stored, target)
}

/// What decodes one element of a numeric type.
pub(crate) fn decoder(datatype: &Datatype) -> Option<Decoder<'_>> {
    match datatype {
        Datatype::Number(number, order) => Some(Box::new(|bytes| {
            let mut value = [0.0f64];
            let number = match element::convert(*number, *order, bytes, &mut value) {
                Ok(()) => Number::Float(value[0]),
                // Only integers of 64 bits are more than a double holds.
                Err(_) => whole(word(bytes, *order), 64, number.is_signed()),
            };
            Decoded { number, exact: true }
        })),
        Datatype::Integer(layout) | Datatype::BitField(layout) if layout.size <= 16 => {
            Some(Box::new(|bytes| Decoded { number: layout.value(bytes), exact: true }))
        }
        Datatype::Float(layout) if layout.size <= 16 => Some(Box::new(|bytes| layout.value(bytes))),
        Datatype::Enumeration { base, .. } => decoder(base),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::element::ByteOrder;
    use crate::hdf5::datatype::{FloatLayout, FloatOrder, IntegerLayout, Normalization};

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
    fn integers_of_sixteen_bytes_are_exact_or_refused() {
        let read = |signed: bool, value: u128, conversion| {
            let layout = IntegerLayout { size: 16, order: ByteOrder::Big, signed, precision: 128, offset: 0 };
            let mut number = [0f64];
            numbers(&Datatype::Integer(layout), conversion, &value.to_be_bytes(), &mut number).map(|()| number[0])
        };
        let half = 1u128 << 127;
        assert_eq!(read(false, half, Conversion::Exact).unwrap(), 2f64.powi(127));
        assert_eq!(read(true, half, Conversion::Exact).unwrap(), -2f64.powi(127));
        for (signed, value) in [(false, u128::MAX), (false, half - 1), (true, half - 1)] {
            assert_eq!(read(signed, value, Conversion::Exact).unwrap_err().kind(), crate::Kind::Usage);
        }
        assert_eq!(read(false, u128::MAX, Conversion::Nearest).unwrap(), 2f64.powi(128));
        assert_eq!(read(true, u128::MAX, Conversion::Nearest).unwrap(), -1.0);
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
