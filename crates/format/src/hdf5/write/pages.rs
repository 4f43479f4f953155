//! Files in pages: metadata and raw data lie in pages of their own, so that few of them have to be fetched.

use super::space::Space;
use crate::error::Result;

/// The rest of a page that is being filled.
#[derive(Debug, Clone, Copy)]
struct Rest {
    at: u64,
    end: u64,
}

/// What pages are filled with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contents {
    Metadata,
    Raw,
}

/// Gives out pages of a file, and parts of them.
#[derive(Debug)]
pub(super) struct Pages {
    size: u64,
    metadata: Rest,
    raw: Rest,
}

impl Pages {
    /// Pages of so many bytes. The first of them, up to `front`, are for metadata from `start` on.
    pub fn new(size: u64, start: u64, front: u64) -> Self {
        Pages { size, metadata: Rest { at: start, end: front }, raw: Rest { at: front, end: front } }
    }

    /// Takes `len` bytes: a part of one page, or whole pages.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when the file would exceed 2^63 bytes.
    pub fn take(&mut self, space: &Space, contents: Contents, len: u64, alignment: u64) -> Result<u64> {
        let rest = if contents == Contents::Metadata { &mut self.metadata } else { &mut self.raw };
        if let Some(at) = rest.take(self.size, len, alignment) {
            return Ok(at);
        }
        let whole = len.max(1).saturating_add(self.size - 1) / self.size * self.size;
        let at = space.allocate_blank(whole, self.size.max(alignment))?;
        if len < self.size {
            *rest = Rest { at: at + len, end: at + whole };
        }
        Ok(at)
    }
}

impl Rest {
    /// Takes bytes that cross no page, or begin with one.
    fn take(&mut self, page: u64, len: u64, alignment: u64) -> Option<u64> {
        let mut at = self.at.checked_next_multiple_of(alignment)?;
        if at / page != at.checked_add(len.max(1))?.checked_sub(1)? / page {
            at = at.checked_next_multiple_of(page.max(alignment))?;
        }
        let end = at.checked_add(len).filter(|&end| end <= self.end)?;
        self.at = end;
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_crosses_a_page_that_fits_one() {
        let space = Space::new(8192);
        let mut pages = Pages::new(4096, 64, 8192);
        let mut take = |contents, len| pages.take(&space, contents, len, 8).unwrap();
        assert_eq!(take(Contents::Metadata, 100), 64);
        assert_eq!(take(Contents::Metadata, 4000), 4096);
        assert_eq!(take(Contents::Raw, 10), 8192);
        assert_eq!(take(Contents::Metadata, 200), 12_288);
        assert_eq!(take(Contents::Raw, 5000), 16_384);
        assert_eq!((take(Contents::Raw, 10), space.end()), (8208, 24_576));
    }
}
