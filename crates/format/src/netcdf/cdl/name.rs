//! Names as CDL writes them.

use std::io::Write;
use std::path::Path;

/// Characters with a meaning in CDL, which a backslash takes away.
const SPECIAL: &[u8] = b" !\"#$&'()*,:;<=>?[\\]^`{|}~";
/// Words that begin a section; a variable named so is told apart by a space.
const SECTIONS: [&str; 5] = ["variables", "dimensions", "data", "group", "types"];

/// The name that stands for a file: without its directory, and without what follows the last dot.
///
/// ```
/// assert_eq!(hyperslab::netcdf::cdl::dataset_name("meshes/can.v2.exo"), "can.v2");
/// ```
pub fn dataset_name(path: impl AsRef<Path>) -> String {
    let path = path.as_ref().to_string_lossy();
    let base = path.rsplit('/').next().unwrap_or_default();
    base.rsplit_once('.').map_or(base, |(stem, _)| stem).to_owned()
}

/// Appends a name, with its special characters escaped.
pub(super) fn escape(out: &mut Vec<u8>, name: &str) {
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        out.push(b'\\');
    }
    for byte in name.bytes() {
        match byte {
            0..0x20 | 0x7f => {
                // Writing to a vector cannot fail.
                let _ = write!(out, "\\%{byte:02x}");
            }
            _ if SPECIAL.contains(&byte) => out.extend([b'\\', byte]),
            _ => out.push(byte),
        }
    }
}

/// Appends the name of a variable in front of the colon of an attribute.
pub(super) fn escape_owner(out: &mut Vec<u8>, name: &str) {
    escape(out, name);
    if SECTIONS.contains(&name) {
        out.push(b' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(name: &str) -> String {
        let mut out = Vec::new();
        escape(&mut out, name);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_what_cdl_would_misread_is_escaped() {
        for plain in ["a%b+c-d.e/f@g_h", "_x9", "größe"] {
            assert_eq!(escaped(plain), plain);
        }
        assert_eq!(escaped("2 be"), "\\2\\ be");
        assert_eq!(escaped("a\tb\u{7f}"), "a\\%09b\\%7f");
        assert_eq!(escaped("!\"#$&'()*"), "\\!\\\"\\#\\$\\&\\'\\(\\)\\*");
        assert_eq!(escaped(",:;<=>?[]\\^`{|}~"), "\\,\\:\\;\\<\\=\\>\\?\\[\\]\\\\\\^\\`\\{\\|\\}\\~");
    }

    #[test]
    fn sections_are_told_from_variables() {
        let mut out = Vec::new();
        escape_owner(&mut out, "data");
        escape_owner(&mut out, "datum");
        assert_eq!(out, b"data datum");
    }

    #[test]
    fn files_lose_directory_and_ending() {
        for (path, name) in [("/a.b/c", "c"), ("x.nc", "x"), ("a/b.tar.gz", "b.tar"), (".hidden", "")] {
            assert_eq!(dataset_name(path), name);
        }
    }
}
