//! Rows of characters as text.

/// One row: up to the first NUL, without trailing blanks. Bytes that are not UTF-8 become question marks, one each, so
/// that the text still fits its row.
pub(crate) fn text(row: &[u8]) -> String {
    let row = row.split(|&b| b == 0).next().unwrap_or_default();
    let mut text = String::with_capacity(row.len());
    for chunk in row.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text.truncate(text.trim_ascii_end().len());
    text
}

/// Text as a row of `width` characters, the last of which is NUL unless the row may be `full`; `None` if it does not fit.
pub(crate) fn row(text: &str, width: usize, full: bool) -> Option<Vec<u8>> {
    let mut row = text.as_bytes().to_vec();
    if row.len() >= width && !(full && row.len() == width) {
        return None;
    }
    row.resize(width, 0);
    Some(row)
}

/// How many of a thing there are: `1 node`, `2 nodes`.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_end_at_a_nul_and_keep_their_length() {
        assert_eq!(text(b"disp_x\0junk"), "disp_x");
        assert_eq!(text(b"disp  "), "disp");
        assert_eq!(text(b"a\xe2\x94"), "a??");
        assert_eq!(text("\u{2500}\u{ff}".as_bytes()), "\u{2500}\u{ff}");
        assert_eq!(text(b"a\xff."), "a?.");
    }

    #[test]
    fn rows_are_terminated_unless_they_may_be_full() {
        assert_eq!(row("ab", 3, false), Some(b"ab\0".to_vec()));
        assert_eq!((row("abc", 3, false), row("abcd", 3, true)), (None, None));
        assert_eq!(row("abc", 3, true), Some(b"abc".to_vec()));
    }
}
