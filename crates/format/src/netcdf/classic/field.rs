//! The fields that headers are made of: integers of a width by version, and padded bytes.

use std::io::{Read, Seek, Write};

use binrw::{BinRead, BinResult, BinWrite, Endian, Error};

use super::types::Version;

/// How far a header may reach: to the end of the file, and to the limit for one block of metadata.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub file: u64,
    pub limit: u64,
}

impl Bounds {
    /// For writing, where nothing is bounded.
    pub const NONE: Bounds = Bounds { file: u64::MAX, limit: u64::MAX };
}

/// What the fields of a header depend on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    pub version: Version,
    pub bounds: Bounds,
}

impl Form {
    /// Refuses `count` things of at least `size` bytes at `pos` if there is no room for them, before memory is taken.
    pub fn room(self, pos: u64, what: &str, count: u64, size: u64) -> BinResult<()> {
        let end = count.checked_mul(size).and_then(|len| len.checked_add(pos)).unwrap_or(u64::MAX);
        if end > self.bounds.file {
            let message = format!("{count} {what} do not fit into the file");
            return Err(Error::AssertFail { pos, message });
        }
        if end > self.bounds.limit {
            return Err(Error::Custom { pos, err: Box::new(TooLarge(self.bounds.limit)) });
        }
        Ok(())
    }
}

/// The header is larger than the limit in bytes.
#[derive(Debug)]
pub(super) struct TooLarge(pub u64);

impl std::fmt::Display for TooLarge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the header exceeds the limit of {} bytes", self.0)
    }
}

/// A count, a length or a size: `NON_NEG`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NonNeg(pub u64);

/// A position in the file: `OFFSET`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offset(pub u64);

macro_rules! by_version {
    ($name:ident, $width:ident) => {
        impl BinRead for $name {
            type Args<'a> = Form;
            fn read_options<R: Read + Seek>(reader: &mut R, endian: Endian, form: Form) -> BinResult<Self> {
                match form.version.$width() {
                    4 => u32::read_options(reader, endian, ()).map(|value| $name(value.into())),
                    _ => u64::read_options(reader, endian, ()).map($name),
                }
            }
        }

        impl BinWrite for $name {
            type Args<'a> = Form;
            fn write_options<W: Write + Seek>(&self, writer: &mut W, endian: Endian, form: Form) -> BinResult<()> {
                match (form.version.$width(), u32::try_from(self.0)) {
                    (4, Ok(value)) => value.write_options(writer, endian, ()),
                    (4, Err(_)) => {
                        let message = format!("{} does not fit a field of {}", self.0, form.version.name());
                        Err(Error::AssertFail { pos: writer.stream_position()?, message })
                    }
                    _ => self.0.write_options(writer, endian, ()),
                }
            }
        }
    };
}

/// A [`NonNeg`] that is calculated when it is written, and therefore brings its own form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count {
    pub value: u64,
    pub form: Form,
}

impl BinRead for Count {
    type Args<'a> = Form;
    fn read_options<R: Read + Seek>(reader: &mut R, endian: Endian, form: Form) -> BinResult<Self> {
        NonNeg::read_options(reader, endian, form).map(|NonNeg(value)| Count { value, form })
    }
}

impl BinWrite for Count {
    type Args<'a> = ();
    fn write_options<W: Write + Seek>(&self, writer: &mut W, endian: Endian, (): ()) -> BinResult<()> {
        NonNeg(self.value).write_options(writer, endian, self.form)
    }
}

by_version!(NonNeg, non_neg);
by_version!(Offset, offset);

/// Bytes followed by zeros up to a multiple of 4.
#[binrw::parser(reader, endian)]
pub(super) fn padded(form: Form, count: u64, size: u64) -> BinResult<Vec<u8>> {
    let pos = reader.stream_position()?;
    let len = count.saturating_mul(size);
    form.room(pos, "bytes", len.checked_next_multiple_of(4).unwrap_or(u64::MAX), 1)?;
    let err = |message: String| Error::AssertFail { pos, message };
    let mut bytes = crate::limits::buffer(len).map_err(|e| err(e.to_string()))?;
    reader.read_exact(&mut bytes)?;
    for _ in len..len.next_multiple_of(4) {
        u8::read_options(reader, endian, ())?;
    }
    Ok(bytes)
}

#[binrw::writer(writer)]
pub(super) fn pad(bytes: &impl AsRef<[u8]>) -> BinResult<()> {
    let bytes = bytes.as_ref();
    writer.write_all(bytes)?;
    let zeros = bytes.len().next_multiple_of(4) - bytes.len();
    Ok(writer.write_all([0u8; 4].get(..zeros).unwrap_or_default())?)
}
