//! Text as it is stored, and as it is shown.

/// The text before the first NUL; bytes that are not UTF-8 appear as `\xNN`.
pub(crate) fn name(bytes: &[u8]) -> String {
    shown(until_nul(bytes))
}

/// Text whose bytes that are not UTF-8 appear as `\xNN`, so that different names stay different.
pub(crate) fn shown(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

/// Text up to its first NUL.
pub(crate) fn until_nul(text: &[u8]) -> &[u8] {
    text.split(|&b| b == 0).next().unwrap_or_default()
}
