//! The page: what is printed, and where lines break.

use std::io::Write;

use crate::error::{Error, Result};

/// Lines that consist of pieces end before this column.
const WIDTH: usize = 78;
/// Bytes that are kept back to be written at once.
const BUFFER: usize = 64 << 10;

/// Prints text, breaking lines between pieces.
pub(super) struct Page<'w> {
    out: &'w mut dyn Write,
    buffer: Vec<u8>,
    /// The column as far as pieces are concerned; text that is printed as it is does not count.
    column: usize,
    /// The indentation of the group.
    pub indent: usize,
}

impl<'w> Page<'w> {
    pub fn new(out: &'w mut dyn Write) -> Self {
        Page { out, buffer: Vec::with_capacity(BUFFER + 4096), column: 0, indent: 0 }
    }

    /// Prints text as it is.
    pub fn text(&mut self, text: impl AsRef<[u8]>) -> Result<()> {
        self.buffer.extend_from_slice(text.as_ref());
        if self.buffer.len() < BUFFER {
            return Ok(());
        }
        self.flush()
    }

    /// Prints the indentation, and text as it is.
    pub fn line(&mut self, text: impl AsRef<[u8]>) -> Result<()> {
        self.spaces(self.indent);
        self.text(text)
    }

    /// Says in which column the next piece starts, not counting the indentation.
    pub fn at_column(&mut self, column: usize) {
        self.column = column + self.indent;
    }

    /// Prints a piece that is not to be broken, on a new line if it does not fit on this one. Very short pieces always fit.
    pub fn put(&mut self, piece: &[u8]) -> Result<()> {
        if piece.len() > 2 && self.column + piece.len() > WIDTH {
            self.buffer.push(b'\n');
            self.spaces(self.indent + 4);
            self.at_column(4);
        }
        match piece.last() {
            Some(b'\n') => self.at_column(0),
            _ => self.column += piece.len(),
        }
        self.text(piece)
    }

    /// Hands everything on.
    pub fn flush(&mut self) -> Result<()> {
        self.out.write_all(&self.buffer).map_err(|e| Error::io("cannot write the text", e))?;
        self.buffer.clear();
        Ok(())
    }

    fn spaces(&mut self, count: usize) {
        self.buffer.resize(self.buffer.len() + count, b' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(print: impl FnOnce(&mut Page<'_>) -> Result<()>) -> String {
        let mut out = Vec::new();
        let mut page = Page::new(&mut out);
        print(&mut page).unwrap();
        page.flush().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_break_between_pieces() {
        let ten = "123456789 ";
        let text = printed(|page| (0..8).try_for_each(|_| page.put(ten.as_bytes())));
        assert_eq!(text, format!("{}\n    {ten}", ten.repeat(7)));
        let text = printed(|page| {
            page.indent = 2;
            page.at_column(68); // ends in column 78 exactly after eight more bytes
            page.put(b"12345678")?;
            page.put(b" ;")?;
            page.put(b"abc")?;
            page.put(b",\n")?;
            page.put(&[b'x'; 100])
        });
        assert_eq!(text, format!("12345678 ;\n      abc,\n\n      {}", "x".repeat(100)));
    }

    #[test]
    fn plain_text_does_not_count() {
        let text = printed(|page| {
            page.text([b' '; 200])?;
            page.put(b"abc")
        });
        assert_eq!(text.trim_start_matches(' '), "abc");
    }
}
