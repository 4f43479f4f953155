//! Numbers as C prints them.

use std::fmt::Display;
use std::io::Write;

/// Appends an integer.
pub(super) fn integer(out: &mut Vec<u8>, value: impl Display) {
    // Writing to a vector cannot fail.
    let _ = write!(out, "{value}");
}

/// Appends a finite number with at most `precision` significant digits: C's `%g`. With `point`, it has a decimal point
/// even if nothing follows it.
pub(super) fn general(out: &mut Vec<u8>, value: f64, precision: usize, point: bool) {
    if !point && is_short_integer(value, precision) {
        #[allow(clippy::cast_possible_truncation)] // it is an integer below 10^15
        return integer(out, value as i64);
    }
    let precision = precision.max(1);
    let digits = out.len() + usize::from(value.is_sign_negative());
    let exponent = scientific(out, value, precision - 1);
    match usize::try_from(exponent) {
        Ok(whole) if whole < precision => {
            move_point(out, digits, whole);
            trim(out, precision > 1, point);
        }
        Err(_) if exponent >= -4 => {
            put_zeros(out, digits, exponent.unsigned_abs() as usize, precision > 1);
            trim(out, true, point);
        }
        _ => {
            trim(out, precision > 1, point);
            push_exponent(out, exponent);
        }
    }
}

/// Appends a finite number with `decimals` digits after the point: C's `%e`.
pub(super) fn exponential(out: &mut Vec<u8>, value: f64, decimals: usize) {
    let exponent = scientific(out, value, decimals);
    push_exponent(out, exponent);
}

/// Whether a number prints as an integer. A negative zero has a sign that integers do not have.
fn is_short_integer(value: f64, precision: usize) -> bool {
    let bound = match precision {
        15.. => 1e15,
        7..15 => 1e7,
        _ => return false,
    };
    value.abs() < bound && value.fract() == 0.0 && (value != 0.0 || value.is_sign_positive())
}

/// Appends sign and digits, correctly rounded, with a point after the first; returns the decimal exponent.
fn scientific(out: &mut Vec<u8>, value: f64, decimals: usize) -> i32 {
    let _ = write!(out, "{value:.decimals$e}");
    let end = out.iter().rposition(|&b| b == b'e').unwrap_or(out.len());
    let exponent = out.get(end + 1..).and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
    out.truncate(end);
    exponent.unwrap_or_default()
}

/// Moves the point behind the first digit by so many digits.
fn move_point(out: &mut [u8], digits: usize, by: usize) {
    if let Some(part) = out.get_mut(digits + 1..).and_then(|fraction| fraction.get_mut(..=by)) {
        part.rotate_left(1);
    }
}

/// Turns `d.ddd` into `0.00dddd` with so many zeros.
fn put_zeros(out: &mut Vec<u8>, digits: usize, zeros: usize, has_point: bool) {
    if has_point {
        out.remove(digits + 1);
    }
    let prefix = b"0.0000".iter().copied().take(zeros + 1);
    out.splice(digits..digits, prefix);
}

/// Removes the zeros at the end of a fraction, and its point, unless that is to stay.
fn trim(out: &mut Vec<u8>, has_point: bool, point: bool) {
    if has_point {
        while out.last() == Some(&b'0') {
            out.pop();
        }
        out.pop_if(|last| *last == b'.' && !point);
    } else if point {
        out.push(b'.');
    }
}

fn push_exponent(out: &mut Vec<u8>, exponent: i32) {
    let sign = if exponent < 0 { '-' } else { '+' };
    let _ = write!(out, "e{sign}{:02}", exponent.unsigned_abs());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn printed(value: f64, precision: usize, point: bool) -> String {
        let mut out = b"1".to_vec(); // what stood before stays
        general(&mut out, value, precision, point);
        String::from_utf8(out).unwrap().split_off(1)
    }

    #[test]
    fn numbers_are_those_of_c() {
        let cases = [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (-2.5, "-2.5"),
            (0.1, "0.1"),
            (1e-4, "0.0001"),
            (1e-5, "1e-05"),
            (-1.25e-7, "-1.25e-07"),
            (999_999.9, "999999.9"),
            (1_234_567.0, "1234567"),
            (12_345_678.0, "1.234568e+07"),
            (9_999_999.5, "1e+07"),
            (0.000_099_999_999, "0.0001"),
            (1e300, "1e+300"),
            (f64::MIN_POSITIVE, "2.225074e-308"),
            (5e-324, "4.940656e-324"),
        ];
        for (value, text) in cases {
            assert_eq!(printed(value, 7, false), text);
        }
        assert_eq!(printed(0.1 + 0.2, 15, false), "0.3");
        assert_eq!(printed(1.0 / 3.0, 15, false), "0.333333333333333");
        assert_eq!(printed(1e15, 15, false), "1e+15");
        assert_eq!(printed(123_456_789_012_345.0, 15, false), "123456789012345");
        assert_eq!(printed(0.5, 1, false), "0.5");
        assert_eq!(printed(55.0, 1, false), "6e+01");
        assert_eq!(printed(5.0, 0, false), "5");
    }

    #[test]
    fn a_point_can_be_kept() {
        for (value, text) in [(0.0, "0."), (1.0, "1."), (-0.5, "-0.5"), (1e20, "1.e+20"), (1_234_567.0, "1234567.")] {
            assert_eq!(printed(value, 7, true), text);
        }
        assert_eq!(printed(5.0, 1, true), "5.");
        assert_eq!(printed(5e9, 1, true), "5.e+09");
    }

    #[test]
    fn exponents_have_two_digits() {
        let mut out = Vec::new();
        exponential(&mut out, -1234.5, 2);
        exponential(&mut out, 1e100, 0);
        assert_eq!(out, b"-1.23e+031e+100");
    }

    /// The rule of the C standard, word for word: style e if the exponent is below -4 or not below the precision.
    fn by_the_rule(value: f64, precision: usize) -> String {
        let scientific = format!("{:.*e}", precision - 1, value);
        let (mantissa, exponent) = scientific.split_once('e').unwrap();
        let exponent: i64 = exponent.parse().unwrap();
        let precision = precision as i64;
        let bare = |text: &str| match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => text.to_owned(),
        };
        if exponent < -4 || exponent >= precision {
            let sign = if exponent < 0 { '-' } else { '+' };
            return format!("{}e{sign}{:02}", bare(mantissa), exponent.abs());
        }
        bare(&format!("{:.*}", usize::try_from(precision - 1 - exponent).unwrap(), value))
    }

    proptest! {
        #[test]
        fn any_number_follows_the_rule(bits: u64, precision in 1usize..20) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(printed(value, precision, false), by_the_rule(value, precision));
        }

        #[test]
        fn everyday_numbers_follow_the_rule(value in -1e6..1e6f64, scale in -12i32..12, precision in 1usize..18) {
            let value = value * 10f64.powi(scale);
            prop_assert_eq!(printed(value, precision, false), by_the_rule(value, precision));
            prop_assert_eq!(printed(value.round(), precision, false), by_the_rule(value.round(), precision));
        }
    }
}
