//! Floats as whole numbers: times a power of ten, less the minimum.

use std::ops::{Div, Mul, Sub};

use super::{bits_for, Head, Parameters, Plan};
use crate::hdf5::filter::bits;

/// The arithmetic of the elements; wider numbers would round differently.
pub(super) trait Float:
    Copy + PartialOrd + Mul<Output = Self> + Sub<Output = Self> + Div<Output = Self> + std::ops::Add<Output = Self>
{
    const ZERO: Self;
    /// From here on numbers are stored as they are.
    const LIMIT: Self;

    fn from_number(number: u64) -> Self;
    fn to_number(self) -> u64;
    /// A stored number as a float.
    fn from_stored(stored: u64) -> Self;
    /// The nearest whole number, halves away from zero.
    fn rounded(self) -> i64;
    fn power_of_ten(exponent: i32) -> Self;
    fn abs(self) -> Self;
    fn is_finite(self) -> bool;
}

macro_rules! float {
    ($float:ident, $bits:ident, $limit:literal) => {
        impl Float for $float {
            const ZERO: Self = 0.0;
            const LIMIT: Self = $limit;

            #[allow(clippy::cast_possible_truncation)] // the upper bytes are not there
            fn from_number(number: u64) -> Self {
                $float::from_bits(number as $bits)
            }

            fn to_number(self) -> u64 {
                self.to_bits().into()
            }

            fn from_stored(stored: u64) -> Self {
                stored as $float
            }

            #[allow(clippy::cast_possible_truncation)] // bounded by the limit
            fn rounded(self) -> i64 {
                self.round() as i64
            }

            fn power_of_ten(exponent: i32) -> Self {
                $float::powf(10.0, exponent as $float)
            }

            fn abs(self) -> Self {
                $float::abs(self)
            }

            fn is_finite(self) -> bool {
                $float::is_finite(self)
            }
        }
    };
}

float!(f32, u32, 2_147_483_648.0);
float!(f64, u64, 9_223_372_036_854_775_808.0);

/// What a stored number stands for.
pub(super) fn restore<T: Float>(digits: i32, minimum: u64) -> impl Fn(u64) -> u64 {
    let (power, minimum) = (T::power_of_ten(digits), T::from_number(minimum));
    move |stored| (T::from_stored(stored) / power + minimum).to_number()
}

/// How to store floats.
///
/// The scheme has no place for infinities and NaNs: where there are any, all numbers are stored as they are.
pub(super) fn plan<T: Float, const N: usize>(
    parameters: &Parameters,
    elements: &[[u8; N]],
) -> Plan<impl Fn(u64) -> Option<u64> + use<T, N>> {
    let (power, close) = (T::power_of_ten(parameters.scale), T::power_of_ten(parameters.scale.saturating_neg()));
    let fill = parameters.fill.map(T::from_number);
    let is_fill = move |value: T| fill.is_some_and(|fill| (value - fill).abs() < close);
    let (mut range, mut finite) = (None, true);
    for element in elements {
        let value = T::from_number(bits::load(element, parameters.big_endian));
        finite &= value.is_finite();
        if !is_fill(value) {
            let (least, most) = range.unwrap_or((value, value));
            range = Some((if value < least { value } else { least }, if value > most { value } else { most }));
        }
    }
    let (least, most) = range.unwrap_or((T::ZERO, T::ZERO));
    let span = most * power - least * power;
    let bits = if finite && span < T::LIMIT {
        let values = span.rounded().unsigned_abs().saturating_add(1);
        bits_for(values.saturating_add(u64::from(fill.is_some())))
    } else {
        parameters.width()
    };
    let head = match bits < parameters.width() {
        true => Head { bits, minimum: least.to_number() },
        false => Head { bits: parameters.width(), minimum: 0 },
    };
    let reduce = move |number| {
        let value = T::from_number(number);
        (!is_fill(value)).then(|| (value * power - least * power).rounded().cast_unsigned())
    };
    (head, reduce)
}
