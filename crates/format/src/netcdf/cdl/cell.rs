//! Single numbers: how they print in data and in attributes, and when they are fill values.

use super::number::{general, integer};
use super::printf::Format;
use crate::element::Element;

/// Significant digits of single precision.
const SINGLE: usize = 7;
/// Significant digits of double precision.
const DOUBLE: usize = 15;

/// A number that CDL can show.
pub(super) trait Cell: Element {
    /// Appends the number as data.
    fn show(self, out: &mut Vec<u8>);
    /// Appends the number as an attribute, which tells its type.
    fn show_typed(self, out: &mut Vec<u8>);
    /// Appends the number in the form that its variable asks for.
    fn show_as(self, format: &Format, out: &mut Vec<u8>);
    /// Whether this is the fill value, as far as its precision can tell.
    fn is_fill(self, fill: Self) -> bool;
}

macro_rules! integers {
    ($($t:ty, $suffix:literal;)*) => {$(
        impl Cell for $t {
            fn show(self, out: &mut Vec<u8>) {
                integer(out, self);
            }
            fn show_typed(self, out: &mut Vec<u8>) {
                integer(out, self);
                out.extend_from_slice($suffix);
            }
            fn show_as(self, format: &Format, out: &mut Vec<u8>) {
                if !format.integer(self.into(), size_of::<$t>(), out) {
                    self.show(out);
                }
            }
            fn is_fill(self, fill: Self) -> bool {
                self == fill
            }
        }
    )*};
}

macro_rules! floats {
    ($($t:ty, $digits:ident, $suffix:literal;)*) => {$(
        impl Cell for $t {
            fn show(self, out: &mut Vec<u8>) {
                if !special(out, self.into(), $suffix) {
                    general(out, self.into(), $digits, false);
                }
            }
            fn show_typed(self, out: &mut Vec<u8>) {
                if !special(out, self.into(), $suffix) {
                    general(out, self.into(), $digits, true);
                    out.extend_from_slice($suffix);
                }
            }
            fn show_as(self, format: &Format, out: &mut Vec<u8>) {
                if !self.is_finite() || !format.float(self.into(), out) {
                    self.show(out);
                }
            }
            fn is_fill(self, fill: Self) -> bool {
                if (fill > 0.0) != (self > 0.0) {
                    return false;
                }
                match (self.is_finite(), fill.is_finite()) {
                    (true, true) => (fill - self).abs() <= (<$t>::EPSILON * self).abs(),
                    _ => self.is_nan() == fill.is_nan() && self.is_infinite() == fill.is_infinite(),
                }
            }
        }
    )*};
}

integers! { i8, b"b"; i16, b"s"; i32, b""; i64, b"LL"; u8, b"UB"; u16, b"US"; u32, b"U"; u64, b"ULL"; }
floats! { f32, SINGLE, b"f"; f64, DOUBLE, b""; }

/// Appends a number that has no digits.
fn special(out: &mut Vec<u8>, value: f64, suffix: &[u8]) -> bool {
    let name: &[u8] = match value {
        v if v.is_nan() => b"NaN",
        f64::INFINITY => b"Infinity",
        f64::NEG_INFINITY => b"-Infinity",
        _ => return false,
    };
    out.extend_from_slice(name);
    out.extend_from_slice(suffix);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(show: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        show(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn attributes_tell_their_types() {
        assert_eq!(shown(|out| (-1i8).show_typed(out)), "-1b");
        assert_eq!(shown(|out| 65535u16.show_typed(out)), "65535US");
        assert_eq!(shown(|out| u64::MAX.show_typed(out)), "18446744073709551615ULL");
        assert_eq!(shown(|out| 0.1f32.show_typed(out)), "0.1f");
        assert_eq!(shown(|out| 1e20f32.show_typed(out)), "1.e+20f");
        assert_eq!(shown(|out| 3.0f64.show_typed(out)), "3.");
        assert_eq!(shown(|out| f32::NEG_INFINITY.show_typed(out)), "-Infinityf");
    }

    #[test]
    fn data_have_no_suffix_but_where_there_are_no_digits() {
        assert_eq!(shown(|out| 0.1f32.show(out)), "0.1");
        assert_eq!(shown(|out| f32::NAN.show(out)), "NaNf");
        assert_eq!(shown(|out| f64::NAN.show(out)), "NaN");
    }

    #[test]
    fn a_fill_value_is_met_within_the_precision() {
        let fill = 9.969_209_968_386_869e36_f64;
        assert!(fill.is_fill(fill) && fill.next_up().is_fill(fill));
        assert!(!(fill * 1.000_001).is_fill(fill) && !(-fill).is_fill(fill));
        assert!(f64::NAN.is_fill(f64::NAN) && f64::INFINITY.is_fill(f64::INFINITY));
        assert!(!f64::NAN.is_fill(-1.0) && !f64::INFINITY.is_fill(f64::NEG_INFINITY));
        assert!(!f64::NEG_INFINITY.is_fill(f64::NAN));
        assert!((-0.0f32).is_fill(0.0) && !f32::MIN_POSITIVE.is_fill(0.0));
    }
}
