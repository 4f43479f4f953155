//! Numbers of single precision, where only double precision is left of them.

use hyperslab::NumberType;

use crate::names;
use crate::read::file::ExodusFile;

/// A number that was stored in this type, with the digits that it has there: what was 0.1 in single precision is 0.1 again,
/// and not 0.10000000149011612. Numbers of other types, and those that single precision does not have, stay as they are.
///
/// ```
/// use exodus_rs::decimal;
/// use hyperslab::NumberType::{F32, F64};
/// assert_eq!(decimal(f64::from(0.1_f32), F32), 0.1);
/// assert_eq!(decimal(f64::from(0.1_f32), F64), 0.10000000149011612);
/// ```
#[allow(clippy::cast_possible_truncation)] // whether it is one is asked next
pub fn decimal(value: f64, stored: NumberType) -> f64 {
    let single = value as f32;
    match stored == NumberType::F32 && f64::from(single) == value {
        true => single.to_string().parse().unwrap_or(value),
        false => value,
    }
}

impl ExodusFile {
    /// The type in which the times of steps are stored; `None` if the file has no times.
    pub fn time_type(&self) -> Option<NumberType> {
        self.array(names::TIME_WHOLE)?.variable().ty.number()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_single_precision_has_gets_its_digits() {
        for value in [8.11_f32, -1e-30, f32::MAX, 16_777_216.0] {
            assert_eq!(decimal(f64::from(value), NumberType::F32).to_string(), value.to_string());
        }
        assert_eq!(decimal(0.1, NumberType::F32).to_bits(), 0.1_f64.to_bits());
        assert!(decimal(f64::NAN, NumberType::F32).is_nan());
        assert_eq!(decimal(f64::NEG_INFINITY, NumberType::F32), f64::NEG_INFINITY);
    }
}
