//! Quoted text.

use std::io::Write;

pub(super) use crate::text::without_padding;

/// Where a text stands; each place has its own ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// An attribute; with `lines`, a text of several lines is printed as several.
    Attribute { lines: bool },
    /// A row of characters.
    Row,
    /// An element of type string.
    String,
    /// Characters in a compound.
    Member,
}

/// Appends a text with its quotes.
pub(super) fn quote(out: &mut Vec<u8>, text: &[u8], place: Place) {
    out.push(b'"');
    text.iter().for_each(|&byte| escape(out, byte, place));
    out.push(b'"');
}

/// Appends one byte of a text.
pub(super) fn escape(out: &mut Vec<u8>, byte: u8, place: Place) {
    let short = match byte {
        0x08 => b'b',
        0x0c => b'f',
        b'\n' => return newline(out, place),
        b'\r' => b'r',
        b'\t' => b't',
        0x0b if place == Place::String => b'n',
        0x0b => b'v',
        b'\\' | b'\'' | b'"' => byte,
        0x20..=0x7e => return out.push(byte),
        0x80.. if matches!(place, Place::Attribute { .. } | Place::String) => return out.push(byte),
        _ => {
            // Writing to a vector cannot fail.
            let _ = write!(out, "\\{byte:03o}");
            return;
        }
    };
    out.extend([b'\\', if place == Place::Member { byte } else { short }]);
}

fn newline(out: &mut Vec<u8>, place: Place) {
    out.extend_from_slice(match place {
        Place::Attribute { lines: true } => b"\\n\",\n\t\t\t\"",
        Place::Attribute { lines: false } | Place::String => b"\\n",
        Place::Row => b"\\n\",\n    \"",
        Place::Member => b"\\\n",
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &[u8], place: Place) -> String {
        let mut out = Vec::new();
        quote(&mut out, text, place);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn places_differ_in_lines_and_foreign_letters() {
        let text = "a\nb\u{b}ü\u{1}\"".as_bytes();
        assert_eq!(quoted(text, Place::Attribute { lines: false }), r#""a\nb\vü\001\"""#);
        assert_eq!(quoted(text, Place::Attribute { lines: true }), "\"a\\n\",\n\t\t\t\"b\\vü\\001\\\"\"");
        assert_eq!(quoted(text, Place::Row), "\"a\\n\",\n    \"b\\v\\303\\274\\001\\\"\"");
        assert_eq!(quoted(text, Place::String), r#""a\nb\nü\001\"""#);
        assert_eq!(quoted(text, Place::Member), "\"a\\\nb\\\u{b}\\303\\274\\001\\\"\"");
    }

    #[test]
    fn padding_is_only_at_the_end() {
        assert_eq!(without_padding(b"a\0b\0\0"), b"a\0b");
        assert_eq!(without_padding(b"\0\0"), b"");
    }
}
