//! The form of numbers that a variable asks for with its attribute `C_format`.

use super::number::{exponential, general};
use crate::netcdf::schema::Variable;
use crate::netcdf::value::Value;

/// Longer attributes are no formats.
const LONGEST: usize = 99;
/// No number is printed wider than this.
const WIDEST: usize = 999;

/// A format of C for one number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Format {
    before: Vec<u8>,
    flags: Vec<u8>,
    width: usize,
    precision: Option<usize>,
    /// What the number turns into; 0 if it is left out.
    conversion: u8,
    after: Vec<u8>,
}

impl Format {
    /// The format of a variable, if it has one that can be used.
    pub fn of(variable: &Variable) -> Option<Self> {
        match variable.attribute("C_format") {
            Some(Value::Char(text)) if text.len() <= LONGEST => Self::parse(super::text::without_padding(text)),
            _ => None,
        }
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let (before, rest) = literal(text);
        if rest.is_empty() && !before.is_empty() {
            return Some(Format { before, ..Format::default() });
        }
        let mut rest = rest.strip_prefix(b"%")?;
        let flags = leading(&mut rest, |byte| b"-+ #0".contains(&byte));
        let width = number(&mut rest)?;
        let precision = match rest.strip_prefix(b".") {
            Some(after) => {
                rest = after;
                Some(number(&mut rest)?)
            }
            None => None,
        };
        leading(&mut rest, |byte| b"hlLqjzt".contains(&byte));
        let (&conversion, rest) = rest.split_first()?;
        let (after, rest) = literal(rest);
        let usable = rest.is_empty() && b"diuxXoceEfFgG".contains(&conversion) && !flags.contains(&b'#');
        usable.then_some(Format { before, flags, width, precision, conversion, after })
    }

    /// Appends an integer of so many bytes; `false` if the format is not for integers.
    pub fn integer(&self, value: i128, size: usize, out: &mut Vec<u8>) -> bool {
        // What C sees as unsigned is at least as wide as its int.
        let unsigned = if value < 0 { value + (1i128 << (8 * size.max(4))) } else { value };
        let digits = match self.conversion {
            b'd' | b'i' => value.unsigned_abs().to_string(),
            b'u' => unsigned.to_string(),
            b'x' => format!("{unsigned:x}"),
            b'X' => format!("{unsigned:X}"),
            b'o' => format!("{unsigned:o}"),
            b'c' => {
                let [.., low] = value.to_be_bytes();
                self.push(b"", vec![low], false, out);
                return true;
            }
            0 => String::new(),
            _ => return false,
        };
        let zeros = "0".repeat(self.precision.unwrap_or_default().saturating_sub(digits.len()));
        let signed = matches!(self.conversion, b'd' | b'i');
        self.push(
            self.sign(signed && value < 0, signed),
            (zeros + &digits).into_bytes(),
            self.precision.is_none(),
            out,
        );
        true
    }

    /// Appends a finite number; `false` if the format is not for floating-point numbers.
    pub fn float(&self, value: f64, out: &mut Vec<u8>) -> bool {
        let (mut digits, size) = (Vec::new(), value.abs());
        let precision = self.precision.unwrap_or(6);
        match self.conversion {
            b'e' | b'E' => exponential(&mut digits, size, precision),
            b'f' | b'F' => digits = format!("{size:.precision$}").into_bytes(),
            b'g' | b'G' => general(&mut digits, size, precision, false),
            0 => {}
            _ => return false,
        }
        if self.conversion.is_ascii_uppercase() {
            digits.make_ascii_uppercase();
        }
        let signed = self.conversion != 0;
        self.push(self.sign(signed && value.is_sign_negative(), signed), digits, true, out);
        true
    }

    fn sign(&self, negative: bool, signed: bool) -> &'static [u8] {
        match (negative, signed) {
            (true, _) => b"-",
            (false, true) if self.flags.contains(&b'+') => b"+",
            (false, true) if self.flags.contains(&b' ') => b" ",
            _ => b"",
        }
    }

    /// Appends sign and digits in the width of the format, and the text around it.
    fn push(&self, sign: &[u8], digits: Vec<u8>, zeros: bool, out: &mut Vec<u8>) {
        let padding = self.width.saturating_sub(sign.len() + digits.len());
        let (spaces, zeros, behind) = match () {
            () if self.flags.contains(&b'-') => (0, 0, padding),
            () if zeros && self.flags.contains(&b'0') => (0, padding, 0),
            () => (padding, 0, 0),
        };
        out.extend_from_slice(&self.before);
        out.resize(out.len() + spaces, b' ');
        out.extend_from_slice(sign);
        out.resize(out.len() + zeros, b'0');
        out.extend_from_slice(&digits);
        out.resize(out.len() + behind, b' ');
        out.extend_from_slice(&self.after);
    }
}

/// The text up to a conversion, and the rest. Two percent signs are one.
fn literal(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let (mut plain, mut rest) = (Vec::new(), text);
    loop {
        rest = match rest {
            [b'%', b'%', after @ ..] => {
                plain.push(b'%');
                after
            }
            [] | [b'%', ..] => return (plain, rest),
            [byte, after @ ..] => {
                plain.push(*byte);
                after
            }
        }
    }
}

/// Takes the leading bytes that are wanted.
fn leading(rest: &mut &[u8], wanted: impl Fn(u8) -> bool) -> Vec<u8> {
    let len = rest.iter().take_while(|&&byte| wanted(byte)).count();
    let (taken, after) = rest.split_at(len);
    *rest = after;
    taken.to_vec()
}

/// Takes a number, 0 if there is none.
fn number(rest: &mut &[u8]) -> Option<usize> {
    let digits = leading(rest, |byte| byte.is_ascii_digit());
    if digits.is_empty() {
        return Some(0);
    }
    std::str::from_utf8(&digits).ok()?.parse().ok().filter(|&number| number <= WIDEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn float(format: &str, value: f64) -> String {
        let mut out = Vec::new();
        assert!(Format::parse(format.as_bytes()).unwrap().float(value, &mut out));
        String::from_utf8(out).unwrap()
    }

    fn integer(format: &str, value: i32) -> String {
        let mut out = Vec::new();
        assert!(Format::parse(format.as_bytes()).unwrap().integer(value.into(), 4, &mut out));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn floats_take_the_form_that_is_asked_for() {
        assert_eq!(float("%.3f", 1.0005), "1.000");
        assert_eq!(float("%8.2f|", -1.5), "   -1.50|");
        assert_eq!(float("%-8.2f|", -1.5), "-1.50   |");
        assert_eq!(float("%08.2f", -1.5), "-0001.50");
        assert_eq!(float("%+.2E", 12345.0), "+1.23E+04");
        assert_eq!(float("%g %%", 0.5), "0.5 %");
        assert_eq!(float("%5.1lf", 9.96), " 10.0");
    }

    #[test]
    fn integers_take_the_form_that_is_asked_for() {
        assert_eq!(integer("%d", -5), "-5");
        assert_eq!(integer("%05d", -5), "-0005");
        assert_eq!(integer("%5.3d", 7), "  007");
        assert_eq!(integer("0x%02x", 10), "0x0a");
        assert_eq!(integer("%X", -1), "FFFFFFFF");
        assert_eq!(integer("%hu", 7), "7");
        assert_eq!(integer("%c", 65), "A");
        assert_eq!(integer("constant", -65), "constant");
    }

    #[test]
    fn what_is_no_format_for_a_number_is_left_alone() {
        for text in ["", "%", "%s", "%d %d", "%n", "%*d", "%99999d", "%.99999f"] {
            assert_eq!(Format::parse(text.as_bytes()), None, "{text}");
        }
        let format = Format::parse(b"%d").unwrap();
        assert!(!format.float(1.0, &mut Vec::new()));
        assert!(!Format::parse(b"%f").unwrap().integer(1, 4, &mut Vec::new()));
    }
}
