//! Records to bytes and back: the only bridge between `binrw` and the rest of the crate.

pub(crate) mod checksum;
pub(crate) mod width;

use std::io::Cursor;

use binrw::{BinRead, BinWrite, Endian};

use crate::error::{Error, Result};

/// Decodes one record from the start of `bytes`, which lie at `offset` of the file; returns it with its length.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) with the record and the offset of the field.
pub(crate) fn decode<'a, T: BinRead>(
    record: &'static str,
    offset: u64,
    bytes: &[u8],
    endian: Endian,
    args: T::Args<'a>,
) -> Result<(T, usize)> {
    let mut cursor = Cursor::new(bytes);
    let value = T::read_options(&mut cursor, endian, args).map_err(|e| explain(record, offset, &e))?;
    let used = usize::try_from(cursor.position()).unwrap_or(bytes.len());
    Ok((value, used))
}

/// Encodes one record.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) when a value does not fit its field.
pub(crate) fn encode<'a, T: BinWrite>(value: &T, endian: Endian, args: T::Args<'a>) -> Result<Vec<u8>> {
    let mut cursor = Cursor::new(Vec::new());
    value
        .write_options(&mut cursor, endian, args)
        .map_err(|e| Error::usage(format!("a value does not fit its record: {e}")))?;
    Ok(cursor.into_inner())
}

/// What a record that reads or writes itself says of a field that cannot be.
pub(crate) fn refuse(message: impl Into<String>) -> binrw::Error {
    binrw::Error::AssertFail { pos: 0, message: message.into() }
}

/// Facts out of a `binrw` error.
pub(crate) fn explain(record: &'static str, offset: u64, error: &binrw::Error) -> Error {
    let at = |pos: u64| offset.saturating_add(pos);
    match error.root_cause() {
        binrw::Error::BadMagic { pos, found } => {
            Error::malformed(record, at(*pos), format!("the signature is {found:?}"))
        }
        binrw::Error::AssertFail { pos, message } => Error::malformed(record, at(*pos), message.clone()),
        binrw::Error::Io(_) => Error::malformed(record, offset, "the record ends too early"),
        binrw::Error::Custom { pos, err } => match err.downcast_ref::<String>() {
            Some(text) => Error::malformed(record, at(*pos), text.clone()),
            None => Error::malformed(record, at(*pos), "a field is out of range"),
        },
        other => Error::malformed(record, offset, format!("{other}")),
    }
}
