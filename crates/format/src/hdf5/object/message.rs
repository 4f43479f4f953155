//! One message of an object header, as it is found and as it is written (section IV.A.2).

use binrw::{BinWrite, Endian};

use crate::error::{Error, Result};
use crate::hdf5::record::message::MessageType;
use crate::wire;

/// The largest body: its size has 16 bits.
pub(crate) const MAX_BODY: usize = 65_535;

/// A message with its undecoded body, so that those nobody knows survive an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub kind: MessageType,
    pub flags: u8,
    /// Position of the body in the file, for errors; 0 before it has one.
    pub offset: u64,
    /// What attributes are ordered by, where the header tracks it.
    pub creation_index: Option<u16>,
    pub body: Vec<u8>,
    /// How many bytes of the body lie beyond the end of a torn file: it ends before them.
    pub missing: usize,
}

impl Message {
    /// A message to be written, from its record.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a body above 64 KiB, [`Kind::Usage`](crate::Kind::Usage) for a
    /// value that does not fit its field.
    pub fn new<T: BinWrite>(kind: MessageType, flags: u8, record: &T, args: T::Args<'_>) -> Result<Self> {
        Message::from_body(kind, flags, wire::encode(record, Endian::Little, args)?)
    }

    /// A message to be written, from its body.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a body above 64 KiB.
    pub fn from_body(kind: MessageType, flags: u8, body: Vec<u8>) -> Result<Self> {
        if body.len() > MAX_BODY {
            return Err(Error::unsupported(format!("an object header message of {} bytes", body.len())));
        }
        Ok(Message { kind, flags, offset: 0, creation_index: None, body, missing: 0 })
    }

    /// Decodes the body.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) with the place.
    pub fn decode<'a, T: binrw::BinRead>(&self, record: &'static str, args: T::Args<'a>) -> Result<T> {
        Ok(wire::decode(record, self.offset, &self.body, Endian::Little, args)?.0)
    }

    /// Whether it says something about the object; the others are about the header itself.
    pub fn is_content(&self) -> bool {
        self.kind != MessageType::NIL && self.kind != MessageType::CONTINUATION
    }
}
