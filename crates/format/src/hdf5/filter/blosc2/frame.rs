//! The contiguous frame: a `MessagePack` head at fixed offsets, the chunks, and a chunk with their places.

use crate::error::{Error, Result};
use crate::hdf5::filter::blosc::chunk::Content;
use crate::hdf5::filter::error::Record;

pub(super) const RECORD: Record = Record("blosc2 frame");
/// An array of 14 fields, and the name as a string of 8 bytes.
pub(super) const MAGIC: &[u8] = b"\x9e\xa8b2frame\0";
/// Metalayers that say how an array is laid out; the second name is the older one.
const ARRAYS: [&[u8]; 2] = [b"b2nd", b"caterva"];

/// Offsets of the fields in the head, behind the byte with their type.
mod field {
    pub const HEAD: usize = 11;
    pub const FRAME: usize = 16;
    pub const FLAGS: usize = 25;
    pub const STORED: usize = 39;
    pub const TYPE: usize = 48;
    pub const CHUNK: usize = 58;
    pub const METALAYERS: usize = 92;
}

/// A frame, as far as its first chunk is concerned.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    bytes: &'a [u8],
    /// Where the chunks begin, and how many bytes they have.
    head: usize,
    stored: usize,
    pub type_size: usize,
    /// The bytes of a chunk when it is expanded.
    pub len: usize,
}

/// Where a chunk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place<'a> {
    Chunk(&'a [u8]),
    /// Nowhere: it is of one value.
    Special(Content<'a>),
}

impl<'a> Frame<'a> {
    pub fn parse(input: &'a [u8]) -> Result<Self> {
        if !input.starts_with(MAGIC) {
            return Err(RECORD.malformed("it does not begin as one"));
        }
        let len = usize::try_from(u64::from_be_bytes(fixed(input, field::FRAME)?)).ok();
        let bytes = len.and_then(|len| input.get(..len)).ok_or_else(|| RECORD.malformed("it is cut"))?;
        let [general, kind, ..] = fixed::<4>(bytes, field::FLAGS)?;
        if general >> 4 & 3 != 1 || kind & 15 != 0 {
            return Err(Error::unsupported(format!("blosc2 frames of kind {kind} with flags {general:#x}")));
        }
        let stored = usize::try_from(i64::from_be_bytes(fixed(bytes, field::STORED)?));
        Ok(Frame {
            bytes,
            head: length(bytes, field::HEAD)?,
            stored: stored.map_err(|_| RECORD.malformed("its length is negative"))?,
            type_size: length(bytes, field::TYPE)?,
            len: length(bytes, field::CHUNK)?,
        })
    }

    /// The chunk with the places of the chunks, which lies behind them.
    pub fn index(&self) -> Result<&'a [u8]> {
        let at = self.head.checked_add(self.stored);
        at.and_then(|at| self.bytes.get(at..)).ok_or_else(|| RECORD.malformed("the places of the chunks lie outside"))
    }

    /// The first chunk, by the expanded index.
    pub fn first(&self, index: &[u8]) -> Result<Place<'a>> {
        let place = index.first_chunk().ok_or_else(|| RECORD.malformed("there is no chunk"))?;
        let place = i64::from_le_bytes(*place);
        if let Ok(place) = u64::try_from(place) {
            let chunks = self.bytes.get(self.head..);
            let chunk = usize::try_from(place).ok().and_then(|place| chunks?.get(place..));
            return chunk.map(Place::Chunk).ok_or_else(|| RECORD.malformed("the chunk lies outside"));
        }
        match place >> 56 & 7 {
            // What was never initialized may be anything.
            1 | 4 => Ok(Place::Special(Content::Zeros)),
            2 => Ok(Place::Special(Content::NaN)),
            other => Err(RECORD.malformed(format!("special value {other}"))),
        }
    }

    /// The metalayer of the array, if the frame has one.
    pub fn array(&self) -> Result<Option<&'a [u8]>> {
        let mut at = field::METALAYERS + 2;
        for _ in 0..u16::from_be_bytes(fixed(self.bytes, field::METALAYERS)?) {
            let [kind] = fixed(self.bytes, at)?;
            let len = usize::from(kind & 31);
            let name = self.bytes.get(at + 1..).and_then(|rest| rest.get(..len));
            // Behind the name, and the byte with the type of the offset.
            let offset = length(self.bytes, at + len + 2)?;
            if name.is_some_and(|name| ARRAYS.contains(&name)) {
                let len = length(self.bytes, offset.saturating_add(1))?;
                let content = self.bytes.get(offset..).and_then(|rest| rest.get(5..)?.get(..len));
                return content.map(Some).ok_or_else(|| RECORD.malformed("a metalayer lies outside"));
            }
            at += len + 6;
        }
        Ok(None)
    }
}

/// So many bytes at an offset.
pub(super) fn fixed<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N]> {
    let field = bytes.get(at..).and_then(|rest| rest.first_chunk());
    field.copied().ok_or_else(|| RECORD.malformed("its head is cut"))
}

/// The length in four bytes at an offset.
pub(super) fn length(bytes: &[u8], at: usize) -> Result<usize> {
    let len = i32::from_be_bytes(fixed(bytes, at)?);
    usize::try_from(len).map_err(|_| RECORD.malformed(format!("length {len}")))
}
