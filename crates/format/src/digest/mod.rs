//! Digests: what elements are, whatever their layout, filters and byte order.
//!
//! The digest of elements is the SHA-256 of them in C order, each written without padding:
//!
//! | type | bytes |
//! |---|---|
//! | numbers, bit fields, times | the bytes of the element, least significant first (VAX numbers as stored) |
//! | enumerations | as their integers |
//! | text of a fixed size, opaque | as stored |
//! | text of any length | the number of its bytes up to the first NUL (64 bits), and those bytes |
//! | lists of any length | the number of elements (64 bits), and each of them |
//! | compounds, arrays, complex numbers | their parts, in order |
//!
//! References, whose values are places in one file, have no digest.
//!
//! [`objects`] and [`groups()`] walk through whole files: the same digests at the same paths are the same contents.

mod groups;
mod objects;

use std::fmt::Write;

use sha2::{Digest as _, Sha256};

use crate::error::{Error, Result};
use crate::hdf5::{Attribute, Dataset, Datatype, FloatOrder, Visitor};
use crate::limits;

pub use groups::{groups, GroupDigest, Groups, NamedDigest, VariableDigest};
pub use objects::{objects, AttributeDigest, Facts, Found, ObjectDigest};

/// The digest of elements, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Digested {
    /// In hexadecimal.
    Of(String),
    /// They are references.
    References,
    /// They take more bytes than the caller allows.
    TooLarge,
}

/// The digest of elements, to be fed with them.
#[derive(Debug, Default, Clone)]
pub struct Digest {
    hash: Sha256,
    /// Elements on their way into the other byte order.
    reversed: Vec<u8>,
}

impl Digest {
    /// A digest of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
    }

    /// Adds elements of `size` bytes whose most significant byte comes first.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when there is no memory for a copy.
    pub fn reversed(&mut self, size: usize, elements: &[u8]) -> Result<()> {
        // In pieces, so that the copy stays small.
        for piece in elements.chunks((1 << 16) / size.max(1) * size.max(1)) {
            self.reversed.clear();
            limits::reserve(&mut self.reversed, piece.len())?;
            self.reversed.extend_from_slice(piece);
            self.reversed.chunks_exact_mut(size.max(1)).for_each(<[u8]>::reverse);
            self.hash.update(&self.reversed);
        }
        Ok(())
    }

    /// Adds a text; a null pointer is an empty one.
    pub fn text(&mut self, text: Option<&[u8]>) {
        let text = text.unwrap_or_default();
        self.hash.update((text.len() as u64).to_le_bytes());
        self.hash.update(text);
    }

    /// The digest in hexadecimal.
    pub fn finish(self) -> String {
        self.hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

impl Visitor for Digest {
    fn leaves(&mut self, datatype: &Datatype, stored: &[u8]) -> Result<()> {
        match datatype {
            Datatype::Reference { .. } => return Err(Error::unsupported("the digest of references")),
            _ if is_big_endian(datatype) => self.reversed(limits::to_usize(datatype.size())?, stored)?,
            _ => self.bytes(stored),
        }
        Ok(())
    }

    fn text(&mut self, text: Option<&[u8]>) -> Result<()> {
        Digest::text(self, text);
        Ok(())
    }

    fn begin(&mut self, datatype: &Datatype, count: u64) -> Result<()> {
        if let Datatype::Sequence { .. } = datatype {
            self.bytes(&count.to_le_bytes());
        }
        Ok(())
    }
}

fn is_big_endian(datatype: &Datatype) -> bool {
    use crate::element::ByteOrder::Big;
    match datatype {
        Datatype::Number(_, order) | Datatype::Time { order, .. } => *order == Big,
        Datatype::Integer(layout) | Datatype::BitField(layout) => layout.order == Big,
        Datatype::Float(layout) => layout.order == FloatOrder::Big,
        Datatype::Enumeration { base, .. } => is_big_endian(base),
        _ => false,
    }
}

impl Dataset {
    /// The [digest](crate::digest) of all elements; `None` for references.
    ///
    /// # Errors
    /// As [`Dataset::visit`].
    pub fn digest(&self) -> Result<Option<String>> {
        if self.datatype().has_references() {
            return Ok(None);
        }
        let mut digest = Digest::new();
        self.visit(self.all(), &mut digest)?;
        Ok(Some(digest.finish()))
    }

    /// Bytes of all elements in memory, where texts and lists of any length are pointers.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when they do not fit 64 bits.
    pub fn memory_size(&self) -> Result<u64> {
        crate::shape::bytes(self.shape(), self.datatype().memory_size())
    }
}

impl Attribute {
    /// The [digest](crate::digest) of all elements; `None` for references.
    ///
    /// # Errors
    /// As [`Attribute::visit`].
    pub fn digest(&self) -> Result<Option<String>> {
        if self.datatype().has_references() {
            return Ok(None);
        }
        let mut digest = Digest::new();
        self.visit(&mut digest)?;
        Ok(Some(digest.finish()))
    }
}
