//! Elements: the numeric types, their byte orders, and slices of them borrowed from a file.

mod borrowable;
mod conversion;
mod order;

use std::fmt::Debug;

use bytemuck::Pod;

pub use self::borrowable::{Borrowable, NotBorrowable};
pub use self::conversion::Conversion;
pub(crate) use self::conversion::{convert, convert_by, decoded, Decoded, Decoder};
pub(crate) use self::order::to_native;
pub use self::order::{Be, ByteOrder, Le};

/// The standard numeric types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NumberType {
    /// An integer of 8 bits with a sign, in two's complement.
    I8,
    /// An integer of 16 bits with a sign.
    I16,
    /// An integer of 32 bits with a sign.
    I32,
    /// An integer of 64 bits with a sign.
    I64,
    /// An integer of 8 bits without a sign.
    U8,
    /// An integer of 16 bits without a sign.
    U16,
    /// An integer of 32 bits without a sign.
    U32,
    /// An integer of 64 bits without a sign.
    U64,
    /// A floating-point number of 32 bits: IEEE 754 binary32.
    F32,
    /// A floating-point number of 64 bits: IEEE 754 binary64.
    F64,
}

impl NumberType {
    /// The size of one number in bytes.
    pub fn size(self) -> u64 {
        match self {
            NumberType::I8 | NumberType::U8 => 1,
            NumberType::I16 | NumberType::U16 => 2,
            NumberType::I32 | NumberType::U32 | NumberType::F32 => 4,
            NumberType::I64 | NumberType::U64 | NumberType::F64 => 8,
        }
    }

    /// The name that netCDF has for it, in CDL and in options.
    pub fn name(self) -> &'static str {
        match self {
            NumberType::I8 => "byte",
            NumberType::I16 => "short",
            NumberType::I32 => "int",
            NumberType::I64 => "int64",
            NumberType::U8 => "ubyte",
            NumberType::U16 => "ushort",
            NumberType::U32 => "uint",
            NumberType::U64 => "uint64",
            NumberType::F32 => "float",
            NumberType::F64 => "double",
        }
    }

    /// Whether it has negative numbers.
    pub fn is_signed(self) -> bool {
        !matches!(self, NumberType::U8 | NumberType::U16 | NumberType::U32 | NumberType::U64)
    }
}

/// Any number on its way from one type to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// An integer of a type with a sign.
    Signed(i128),
    /// An integer of a type without a sign.
    Unsigned(u128),
    /// A floating-point number.
    Float(f64),
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Number::Signed(value) => write!(f, "{value}"),
            Number::Unsigned(value) => write!(f, "{value}"),
            Number::Float(value) => write!(f, "{value}"),
        }
    }
}

/// How many bits lie between the first and the last one that is set: a floating-point number holds an integer exactly
/// if its mantissa has as many.
fn significant_bits(magnitude: u128) -> u32 {
    u128::BITS.saturating_sub(magnitude.leading_zeros() + magnitude.trailing_zeros())
}

/// A floating-point number as an integer, if it is one.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::float_cmp)] // the comparisons are exact
fn whole(value: f64) -> Option<i128> {
    // The conversion saturates at 2^127 - 1, which as a float is 2^127 again.
    let integer = value as i128;
    (integer != i128::MAX && integer as f64 == value).then_some(integer)
}

/// A type that the elements of an array can be read into: the ten standard numeric types.
///
/// It is sealed: a file has no other numbers.
pub trait Element: sealed::Sealed + Pod + Default + PartialEq + Debug + Send + Sync {
    /// Which type this is.
    const TYPE: NumberType;
    /// The bytes of one element.
    type Bytes: Pod + Debug + Send + Sync;
    /// The same number with its bytes reversed.
    #[must_use]
    fn swap_bytes(self) -> Self;
    /// The number whose little-endian bytes these are.
    fn from_le(bytes: Self::Bytes) -> Self;
    /// The number whose big-endian bytes these are.
    fn from_be(bytes: Self::Bytes) -> Self;
    /// The number, widened.
    fn to_number(self) -> Number;
    /// The number in this type, if it can hold it exactly.
    fn from_number(number: Number) -> Option<Self>;
    /// The nearest number of this type: rounded, or the largest or smallest one; 0 for not-a-number in integers.
    fn nearest(number: Number) -> Self;
}

/// What keeps [`Element`] to the types of this module.
mod sealed {
    /// A standard numeric type.
    pub trait Sealed {}
}

macro_rules! integer {
    ($($t:ty, $name:ident, $sign:ident;)*) => {$(
        impl sealed::Sealed for $t {}
        impl Element for $t {
            const TYPE: NumberType = NumberType::$name;
            type Bytes = [u8; size_of::<$t>()];
            #[inline]
            fn swap_bytes(self) -> Self { <$t>::swap_bytes(self) }
            fn from_le(bytes: Self::Bytes) -> Self { <$t>::from_le_bytes(bytes) }
            fn from_be(bytes: Self::Bytes) -> Self { <$t>::from_be_bytes(bytes) }
            fn to_number(self) -> Number { Number::$sign(self.into()) }
            fn from_number(number: Number) -> Option<Self> {
                match number {
                    Number::Signed(value) => <$t>::try_from(value).ok(),
                    Number::Unsigned(value) => <$t>::try_from(value).ok(),
                    Number::Float(value) => whole(value).and_then(|value| <$t>::try_from(value).ok()),
                }
            }
            #[allow(clippy::cast_possible_truncation)] // `as` saturates
            fn nearest(number: Number) -> Self {
                match number {
                    Number::Signed(value) => {
                        <$t>::try_from(value).unwrap_or(if value < 0 { <$t>::MIN } else { <$t>::MAX })
                    }
                    Number::Unsigned(value) => <$t>::try_from(value).unwrap_or(<$t>::MAX),
                    Number::Float(value) => value as $t,
                }
            }
        }
    )*};
}

macro_rules! float {
    ($($t:ty, $name:ident;)*) => {$(
        impl sealed::Sealed for $t {}
        impl Element for $t {
            const TYPE: NumberType = NumberType::$name;
            type Bytes = [u8; size_of::<$t>()];
            #[inline]
            fn swap_bytes(self) -> Self { <$t>::from_bits(self.to_bits().swap_bytes()) }
            fn from_le(bytes: Self::Bytes) -> Self { <$t>::from_le_bytes(bytes) }
            fn from_be(bytes: Self::Bytes) -> Self { <$t>::from_be_bytes(bytes) }
            fn to_number(self) -> Number { Number::Float(f64::from(self)) }
            #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::float_cmp)] // checked before or after
            fn from_number(number: Number) -> Option<Self> {
                let holds = |magnitude| significant_bits(magnitude) <= <$t>::MANTISSA_DIGITS;
                match number {
                    Number::Signed(value) => holds(value.unsigned_abs()).then_some(value as $t),
                    Number::Unsigned(value) => holds(value).then_some(value as $t),
                    Number::Float(value) => { let float = value as $t; (f64::from(float) == value || value.is_nan()).then_some(float) }
                }
            }
            #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // rounding is asked for
            fn nearest(number: Number) -> Self {
                match number {
                    Number::Signed(value) => value as $t,
                    Number::Unsigned(value) => value as $t,
                    Number::Float(value) => value as $t,
                }
            }
        }
    )*};
}

integer! {
    i8, I8, Signed; i16, I16, Signed; i32, I32, Signed; i64, I64, Signed;
    u8, U8, Unsigned; u16, U16, Unsigned; u32, U32, Unsigned; u64, U64, Unsigned;
}
float! { f32, F32; f64, F64; }

/// Calls the same generic code for any standard type: in `body`, `$t` is the type that `$number` names.
macro_rules! with_number {
    ($number:expr, $t:ident => $body:expr) => {
        with_number!(@ $number, $t, $body, I8 i8, I16 i16, I32 i32, I64 i64, U8 u8, U16 u16, U32 u32, U64 u64, F32 f32, F64 f64)
    };
    (@ $number:expr, $t:ident, $body:expr, $($name:ident $type:ty),*) => {
        match $number {
            $($crate::element::NumberType::$name => { type $t = $type; $body })*
        }
    };
}
pub(crate) use with_number;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All digits of a number: what two numbers of any types share exactly if they are equal.
    fn digits(number: Number) -> String {
        match number {
            Number::Signed(value) => value.to_string(),
            Number::Unsigned(value) => value.to_string(),
            // Both zeros are the same number.
            Number::Float(value) if value.fract() == 0.0 => format!("{:.0}", value + 0.0),
            Number::Float(value) => format!("{value}"),
        }
    }

    fn converts<T: Element + std::str::FromStr<Err: Debug> + std::fmt::Display>(number: Number) {
        let text = digits(number);
        match T::from_number(number) {
            Some(value) => assert_eq!(digits(value.to_number()), text),
            None => assert_ne!(digits(T::nearest(number).to_number()), text, "{number:?} is held by {:?}", T::TYPE),
        }
    }

    fn converts_to_all(number: Number) {
        converts::<i8>(number);
        converts::<u8>(number);
        converts::<i32>(number);
        converts::<i64>(number);
        converts::<u64>(number);
        converts::<f32>(number);
        converts::<f64>(number);
        let Number::Float(_) = number else {
            // Parsing decimals rounds to even, whatever their length.
            assert_eq!(f64::nearest(number), digits(number).parse::<f64>().unwrap());
            assert_eq!(f32::nearest(number), digits(number).parse::<f32>().unwrap());
            return;
        };
    }

    proptest! {
        #[test]
        fn a_number_is_held_exactly_or_not_at_all(bits: u128, shift in 0u32..128, float: f64, digits in -10i64..10) {
            converts_to_all(Number::Unsigned(bits >> shift));
            converts_to_all(Number::Unsigned(bits << shift));
            converts_to_all(Number::Signed(bits.cast_signed() >> shift));
            converts_to_all(Number::Signed(bits.cast_signed() << shift));
            for value in [float, float.trunc(), 2f64.powi(i32::try_from(shift).unwrap()) + digits as f64] {
                converts_to_all(Number::Float(value));
            }
        }
    }

    #[test]
    fn the_ends_of_the_widest_integers_are_exact() {
        for near in -2i128..=2 {
            converts_to_all(Number::Signed(i128::MAX.saturating_add(near)));
            converts_to_all(Number::Signed(i128::MIN.saturating_add(near)));
            converts_to_all(Number::Unsigned(u128::MAX.saturating_add_signed(near)));
            converts_to_all(Number::Unsigned((1u128 << 127).saturating_add_signed(near)));
        }
        assert_eq!(f64::from_number(Number::Unsigned(1 << 127)), Some(2f64.powi(127)));
        assert_eq!(f64::from_number(Number::Signed(i128::MIN)), Some(-2f64.powi(127)));
        assert_eq!(f64::from_number(Number::Unsigned(u128::MAX)), None);
        assert_eq!(f64::nearest(Number::Unsigned(u128::MAX)), 2f64.powi(128));
    }
}
