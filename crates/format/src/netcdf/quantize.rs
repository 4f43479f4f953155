//! Floating-point numbers with fewer significant digits, which compress better (`nc_def_var_quantize`).

use std::f64::consts::{LN_10, LN_2};

use super::fill;
use super::schema::{Schema, Variable};
use super::types::Type;
use super::value::{Attribute, Value};
use crate::element::{ByteOrder, Element};
use crate::error::{Context, Error, Result};
use crate::grid::for_each_part;
use crate::limits;
use crate::shape::{self, Selection};

/// How digits that do not count are taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuantizeMode {
    /// The bits behind the decimal digits that count are zeros in every other value, and ones in those between, so that the
    /// mean stays.
    BitGroom,
    /// Rounded to decimal digits, with as many bits as each value needs for them.
    GranularBitRound,
    /// Rounded to bits of the mantissa.
    BitRound,
}

/// How many digits of a floating-point variable count. What is written is rounded, and the variable gets the attribute that
/// says so, as netCDF-C does it; that needs netCDF-4.
///
/// Fill values and what is not finite stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Quantization {
    /// How.
    pub mode: QuantizeMode,
    /// Decimal digits: 1 to 6 of a float, 1 to 15 of a double. Of [`QuantizeMode::BitRound`] bits: 1 to 23, or to 52.
    pub digits: u8,
}

impl QuantizeMode {
    /// All of them.
    const ALL: [QuantizeMode; 3] = [QuantizeMode::BitGroom, QuantizeMode::GranularBitRound, QuantizeMode::BitRound];

    /// The attribute that says how many digits there are.
    pub fn attribute(self) -> &'static str {
        match self {
            QuantizeMode::BitGroom => "_QuantizeBitGroomNumberOfSignificantDigits",
            QuantizeMode::GranularBitRound => "_QuantizeGranularBitRoundNumberOfSignificantDigits",
            QuantizeMode::BitRound => "_QuantizeBitRoundNumberOfSignificantBits",
        }
    }
}

/// Gives quantized variables the attribute that says so, before all others.
pub(super) fn tell(schema: &mut Schema) {
    for variable in &mut schema.variables {
        let Some(Quantization { mode, digits }) = variable.quantization else { continue };
        variable.attributes.retain(|attribute| QuantizeMode::ALL.iter().all(|mode| mode.attribute() != attribute.name));
        variable.attributes.insert(0, Attribute::new(mode.attribute(), Value::Int(vec![digits.into()])));
    }
}

/// Refuses digits that a variable does not have.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) or [`Kind::Usage`](crate::Kind::Usage) with the variable.
pub(super) fn check(schema: &Schema) -> Result<()> {
    schema.variables.iter().try_for_each(|variable| one(schema, variable).in_object(&schema.path(variable)))
}

fn one(schema: &Schema, variable: &Variable) -> Result<()> {
    let Some(Quantization { mode, digits }) = variable.quantization else { return Ok(()) };
    if !schema.container.is_hdf5() {
        let detail = format!("quantized values in {}: that needs netCDF-4", schema.container.name());
        return Err(Error::unsupported(detail));
    }
    let most = match (&variable.ty, mode) {
        (Type::Float, QuantizeMode::BitRound) => 23,
        (Type::Float, _) => 6,
        (Type::Double, QuantizeMode::BitRound) => 52,
        (Type::Double, _) => 15,
        (ty, _) => return Err(Error::usage(format!("quantized values of the type {}", ty.name()))),
    };
    match digits {
        0 => Err(Error::usage("no digits that count")),
        digits if digits > most => Err(Error::usage(format!("{digits} digits that count, where there are {most}"))),
        _ => Ok(()),
    }
}

/// What quantizes the values of one variable.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quantizer {
    quantization: Quantization,
    /// Whether values have 64 bits.
    double: bool,
    order: ByteOrder,
    /// The value that stands for none.
    fill: f64,
}

impl Quantizer {
    /// What quantizes a variable, if anything does.
    pub fn of(variable: &Variable) -> Option<Self> {
        let quantization = variable.quantization?;
        let fill = fill::of(variable).or_else(|| fill::default(&variable.ty)).and_then(|value| value.as_f64());
        let (double, order) = (variable.ty == Type::Double, variable.order);
        Some(Quantizer { quantization, double, order, fill: fill.unwrap_or(f64::NAN) })
    }

    /// Quantizes stored values that follow each other, of which the first is one of an even place, or not.
    pub fn apply(&self, stored: &mut [u8], first: u64) {
        match self.double {
            true => self.each::<f64>(stored, first),
            false => self.each::<f32>(stored, first),
        }
    }

    /// Quantizes the stored values of a box of an array; places count through the whole array.
    pub fn apply_box(&self, stored: &mut [u8], region: &Selection, whole: &[u64]) -> Result<()> {
        if self.quantization.mode != QuantizeMode::BitGroom {
            self.apply(stored, 0);
            return Ok(());
        }
        let size = if self.double { 8 } else { 4 };
        let mut row = vec![1; whole.len()];
        row.last_mut().into_iter().for_each(|length| *length = u64::MAX);
        let mut rest = stored;
        for_each_part(region, &row, &mut |part| {
            // Of the place only counts whether it is even, which no overflow changes.
            let place =
                part.start.iter().zip(whole).fold(0u64, |at, (&start, &n)| at.wrapping_mul(n).wrapping_add(start));
            let bytes = limits::to_usize(shape::bytes(&part.count, size)?)?;
            let (now, later) = std::mem::take(&mut rest)
                .split_at_mut_checked(bytes)
                .ok_or_else(|| Error::usage("a box larger than its values"))?;
            self.apply(now, place);
            rest = later;
            Ok(())
        })
    }

    fn each<T: Real>(&self, stored: &mut [u8], first: u64) {
        let Quantization { mode, digits } = self.quantization;
        let kept = match mode {
            QuantizeMode::BitGroom => bits_of_digits(digits),
            _ => digits.into(),
        };
        let zeros = T::MANTISSA.saturating_sub(kept);
        let native = self.order == ByteOrder::NATIVE;
        for (place, bytes) in (first..).zip(stored.chunks_exact_mut(size_of::<T>())) {
            let stored: T = bytemuck::pod_read_unaligned(bytes);
            let value = if native { stored } else { stored.swap_bytes() };
            let (number, bits) = (value.widened(), value.bits());
            #[allow(clippy::float_cmp)] // this very value
            if number == 0.0 || number == self.fill || !number.is_finite() {
                continue;
            }
            let changed = T::of_bits(match mode {
                QuantizeMode::BitGroom if place % 2 == 0 => bits & !ones(zeros),
                QuantizeMode::BitGroom => bits | ones(zeros),
                QuantizeMode::BitRound => rounded(bits, zeros),
                QuantizeMode::GranularBitRound => rounded(bits, granular(number, digits, T::MANTISSA)),
            });
            bytes.copy_from_slice(bytemuck::bytes_of(&if native { changed } else { changed.swap_bytes() }));
        }
    }
}

/// A floating-point type, as its bits.
trait Real: Element {
    /// The bits of the mantissa that are stored.
    const MANTISSA: u32;
    fn bits(self) -> u64;
    fn of_bits(bits: u64) -> Self;
    fn widened(self) -> f64;
}

impl Real for f32 {
    const MANTISSA: u32 = 23;
    fn bits(self) -> u64 {
        self.to_bits().into()
    }
    fn of_bits(bits: u64) -> Self {
        f32::from_bits(u32::try_from(bits).unwrap_or(u32::MAX))
    }
    fn widened(self) -> f64 {
        self.into()
    }
}

impl Real for f64 {
    const MANTISSA: u32 = 52;
    fn bits(self) -> u64 {
        self.to_bits()
    }
    fn of_bits(bits: u64) -> Self {
        f64::from_bits(bits)
    }
    fn widened(self) -> f64 {
        self
    }
}

/// The lowest bits.
fn ones(count: u32) -> u64 {
    (1u64 << count.min(63)) - 1
}

/// Bits rounded to a number whose lowest ones are zeros; half is rounded away from zero.
fn rounded(bits: u64, zeros: u32) -> u64 {
    match zeros.checked_sub(1) {
        Some(half) => bits.wrapping_add(1 << half.min(63)) & !ones(zeros),
        None => bits,
    }
}

/// The bits that hold so many decimal digits, and one more.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a small number
fn bits_of_digits(digits: u8) -> u32 {
    (f64::from(digits) * (LN_10 / LN_2)).ceil() as u32 + 1
}

/// How many of the lowest bits of a number lie behind so many decimal digits (Delaunay and others, Geosci. Model Dev. 12,
/// 4099 (2019), equations 7 and 8), less one, as netCDF-C has it.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // exponents, and their differences
fn granular(number: f64, digits: u8, mantissa: u32) -> u32 {
    let (fraction, exponent) = parts(number.abs());
    let logarithm = fraction.log10();
    let before_point = (exponent * (LN_2 / LN_10) + logarithm).floor() + 1.0;
    let power = ((LN_10 / LN_2) * (before_point - f64::from(digits))).floor();
    let kept = ((exponent - (LN_10 / LN_2) * logarithm).floor() - power).abs() - 1.0;
    (f64::from(mantissa) - kept).max(0.0) as u32
}

/// A positive number as a fraction from one half up to 1, and the power of two that it is multiplied by.
fn parts(number: f64) -> (f64, f64) {
    const EXPONENT: u64 = 0x7ff << 52;
    let shift = if number < f64::MIN_POSITIVE { 64 } else { 0 };
    let bits = (number * f64::from_bits((1023 + shift) << 52)).to_bits();
    let fraction = f64::from_bits(bits & !EXPONENT | 1022 << 52);
    let exponent = i16::try_from((bits & EXPONENT) >> 52).unwrap_or(0) - 1022 - i16::try_from(shift).unwrap_or(0);
    (fraction, f64::from(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_apart() {
        for (number, expected) in
            [(1.0, (0.5, 1.0)), (0.75, (0.75, 0.0)), (10.0, (0.625, 4.0)), (5e-324, (0.5, -1073.0))]
        {
            assert_eq!(parts(number), expected, "{number}");
        }
    }

    fn quantized(mode: QuantizeMode, digits: u8, values: &[f32]) -> Vec<f32> {
        let mut variable = Variable::new("v", Type::Float, Vec::new());
        variable.quantization = Some(Quantization { mode, digits });
        variable.order = ByteOrder::NATIVE;
        let mut stored: Vec<u8> = bytemuck::cast_slice(values).to_vec();
        Quantizer::of(&variable).unwrap().apply(&mut stored, 0);
        stored.chunks_exact(4).map(bytemuck::pod_read_unaligned).collect()
    }

    #[test]
    fn values_are_those_of_netcdf_c() {
        // The bits that netCDF 4.10.1 writes.
        let values = [1.234_567_8, -3.3, 0.0, -0.0, 1e30, 1e-38];
        for (mode, digits, expected) in [
            (QuantizeMode::BitGroom, 3, [0x3f9e_0000, 0xc053_3fff, 0, 0x8000_0000, 0x7149_f000, 0x006c_efff]),
            (QuantizeMode::GranularBitRound, 3, [0x3f9e_0000, 0xc053_0000, 0, 0x8000_0000, 0x714a_0000, 0x006c_e000]),
            (QuantizeMode::BitRound, 5, [0x3fa0_0000, 0xc054_0000, 0, 0x8000_0000, 0x7148_0000, 0x006c_0000]),
        ] {
            let bits: Vec<u32> = quantized(mode, digits, &values).into_iter().map(f32::to_bits).collect();
            assert_eq!(bits, expected, "{mode:?}");
        }
    }

    #[test]
    fn what_stands_for_no_value_and_what_is_not_finite_stays() {
        for mode in QuantizeMode::ALL {
            let values = [9.969_21e36, 9.969_21e36, f32::INFINITY, f32::NEG_INFINITY];
            assert_eq!(quantized(mode, 2, &values), values, "{mode:?}");
            assert!(quantized(mode, 2, &[f32::NAN])[0].is_nan());
        }
    }

    #[test]
    fn places_count_through_the_whole_array() {
        let mut variable = Variable::new("v", Type::Double, Vec::new());
        variable.quantization = Some(Quantization { mode: QuantizeMode::BitGroom, digits: 2 });
        let quantizer = Quantizer::of(&variable).unwrap();
        let all: Vec<u8> = (0..15).flat_map(|n| (0.1 + f64::from(n)).to_le_bytes()).collect();
        let mut whole = all.clone();
        quantizer.apply(&mut whole, 0);
        // The second and the third column of three rows of five.
        let column = |of: &[u8]| -> Vec<u8> { of.chunks(40).flat_map(|row| row[8..24].to_vec()).collect() };
        let mut part = column(&all);
        quantizer.apply_box(&mut part, &Selection::block(vec![0, 1], vec![3, 2]), &[3, 5]).unwrap();
        assert_eq!(part, column(&whole));
    }
}
