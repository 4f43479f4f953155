//! Datasets whose elements lie in files without a format of their own (section IV.A.2.h).

use super::file::FileWriter;
use super::local_heap::LocalHeap;
use crate::error::{Error, Result};
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::external_files::{ExternalFiles, ExternalSlot};
use crate::hdf5::record::message::MessageType;
use crate::wire::width::{Addr, Len, Widths};

pub use crate::hdf5::elsewhere::ExternalPiece;

/// What stands for as many bytes as there will be.
const UNLIMITED: u64 = u64::MAX;

/// Refuses pieces that do not hold so many bytes, `None` for any number.
pub(super) fn check(pieces: &[ExternalPiece], bytes: Option<u64>) -> Result<()> {
    let names = pieces.iter().all(|piece| !piece.file.is_empty() && !piece.file.contains('\0'));
    let unlimited = pieces.iter().position(|piece| piece.size.is_none());
    let size = pieces.iter().try_fold(0u64, |size, piece| size.checked_add(piece.size?));
    let fits = match (unlimited, bytes) {
        (Some(at), _) => at + 1 == pieces.len(),
        (None, Some(bytes)) => size.is_some_and(|size| size >= bytes),
        (None, None) => false,
    };
    match names && fits && !pieces.iter().any(|piece| piece.size == Some(0)) {
        true => Ok(()),
        false => Err(Error::usage(format!("{pieces:?} for the elements of a dataset"))),
    }
}

/// Writes the names of the files; returns the message that leads to them.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io); [`Kind::Unsupported`](crate::Kind::Unsupported) for more pieces than a message holds.
pub(super) fn write(file: &FileWriter, pieces: &[ExternalPiece]) -> Result<Message> {
    let mut names = LocalHeap::new();
    let slot = |piece: &ExternalPiece| ExternalSlot {
        name: Len(names.add(piece.file.as_bytes())),
        offset: Len(piece.offset),
        size: Len(piece.size.unwrap_or(UNLIMITED)),
    };
    let slots: Vec<ExternalSlot> = pieces.iter().map(slot).collect();
    let too_many = |_| Error::unsupported(format!("{} external files of one dataset", pieces.len()));
    let allocated = u16::try_from(slots.len()).map_err(too_many)?;
    let message = ExternalFiles { version: 1, allocated, heap: Addr(names.write(file)?), slots };
    Message::new(MessageType::EXTERNAL_FILES, 0, &message, Widths::WIDE)
}
