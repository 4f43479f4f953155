//! Rows of characters as text.

/// One row: up to the first NUL, without trailing blanks; bytes that are not UTF-8 are replaced.
pub(crate) fn text(row: &[u8]) -> String {
    let row = row.split(|&b| b == 0).next().unwrap_or_default();
    String::from_utf8_lossy(row).trim_end().to_owned()
}

/// Text as a row of `width` characters, the last of which is NUL; `None` if it does not fit.
pub(crate) fn row(text: &str, width: usize) -> Option<Vec<u8>> {
    let mut row = text.as_bytes().to_vec();
    if row.len() >= width {
        return None;
    }
    row.resize(width, 0);
    Some(row)
}
