//! Text as it is stored, and as it is shown.

use crate::error::{Error, Result};

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

/// The text without the NULs at its end.
pub(crate) fn without_padding(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    text.get(..end).unwrap_or_default()
}

/// Refuses a text of any length that has a NUL: most readers would take what is before it for the text.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) with the text.
pub(crate) fn readable(text: &[u8]) -> Result<()> {
    /// Bytes around the NUL that an error shows.
    const SHOWN: usize = 32;
    let Some(nul) = text.iter().position(|&byte| byte == 0) else { return Ok(()) };
    let near = text.get(nul.saturating_sub(SHOWN)..text.len().min(nul.saturating_add(SHOWN))).unwrap_or(text);
    let near = String::from_utf8_lossy(near);
    Err(Error::usage(format!("a text with a NUL in it, where readers would take it to end: {near:?}")))
}

/// Text up to its first NUL.
pub(crate) fn until_nul(text: &[u8]) -> &[u8] {
    text.split(|&b| b == 0).next().unwrap_or_default()
}
