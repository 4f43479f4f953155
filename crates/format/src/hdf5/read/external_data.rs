//! Raw data in other files.

use crate::copy::{self, Side};
use crate::error::{Error, Result};
use crate::hdf5::elsewhere::ExternalPiece;
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::external_files::{ExternalFiles, ExternalSlot};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::local_heap::LocalHeap;
use crate::limits;

use super::pieces::slot;

const RECORD: &str = "external data files message";

/// Pieces of files, one after the other: the raw data of a contiguous dataset.
#[derive(Debug)]
pub(crate) struct ExternalData {
    names: LocalHeap,
    /// Each with the number of bytes before it.
    slots: Vec<(u64, ExternalSlot)>,
    /// Where the message is.
    offset: u64,
}

impl ExternalData {
    /// Takes the pieces out of their message.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it cannot be decoded.
    pub fn from_message(space: &AddressSpace, message: &Message) -> Result<Self> {
        let files = message.decode::<ExternalFiles>(RECORD, space.widths)?;
        let heap =
            files.heap.get().ok_or_else(|| Error::malformed(RECORD, message.offset, "the names have no heap"))?;
        let mut before = 0u64;
        let mut slots = Vec::with_capacity(files.slots.len());
        for slot in files.slots {
            let first = before;
            before = before.saturating_add(slot.size.0);
            slots.push((first, slot));
        }
        Ok(ExternalData { names: LocalHeap::open(space, heap)?, slots, offset: message.offset })
    }

    /// Copies a region of elements of `size` bytes into the target.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) when a file may not be opened, [`Kind::Io`](crate::Kind::Io) when it is not there.
    pub fn read(
        &self,
        space: &AddressSpace,
        (from, to): (Side, Side),
        count: &[u64],
        size: u64,
        target: &mut [u8],
    ) -> Result<()> {
        copy::runs(from, to, count, |run| {
            let overflow = || Error::limit("a position in the raw data exceeds 64 bits");
            let mut at = run.from.checked_mul(size).ok_or_else(overflow)?;
            let mut rest = slot(target, run.to, run.len, size)?;
            while !rest.is_empty() {
                let (inside, piece) = self.find(at)?;
                let held = limits::to_usize(piece.size.0.saturating_sub(inside).min(rest.len() as u64))?;
                let (part, later) = rest.split_at_mut(held);
                self.read_piece(space, piece, inside, part)?;
                (at, rest) = (at.checked_add(held as u64).ok_or_else(overflow)?, later);
            }
            Ok(())
        })
    }

    /// The pieces as they are declared.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) where a name is not there.
    pub fn declared(&self) -> Result<Vec<ExternalPiece>> {
        let piece = |(_, slot): &(u64, ExternalSlot)| {
            let file = crate::text::shown(self.names.string(slot.name.0)?);
            let size = Some(slot.size.0).filter(|&size| size != u64::MAX);
            Ok(ExternalPiece { file, offset: slot.offset.0, size })
        };
        self.slots.iter().map(piece).collect()
    }

    /// The piece that holds a byte of the data, and where in it.
    fn find(&self, at: u64) -> Result<(u64, &ExternalSlot)> {
        let n = self.slots.partition_point(|(first, _)| *first <= at).checked_sub(1);
        let found = n.and_then(|n| self.slots.get(n)).map(|(first, piece)| (at - first, piece));
        found
            .filter(|(inside, piece)| *inside < piece.size.0)
            .ok_or_else(|| Error::malformed(RECORD, self.offset, format!("no file holds byte {at} of the data")))
    }

    /// Fills `target` from a piece; what is behind the end of its file is zeros.
    fn read_piece(&self, space: &AddressSpace, piece: &ExternalSlot, inside: u64, target: &mut [u8]) -> Result<()> {
        let name = self.names.string(piece.name.0)?;
        let missing = || {
            let name = String::from_utf8_lossy(name).into_owned();
            Error::io(format!("cannot find the raw data file {name:?}"), std::io::ErrorKind::NotFound.into())
        };
        let source = space.external.raw(name)?.ok_or_else(missing)?;
        let overflow = || Error::limit("a position in a raw data file exceeds 64 bits");
        let offset = piece.offset.0.checked_add(inside).ok_or_else(overflow)?;
        let there = source.len().saturating_sub(offset).min(target.len() as u64);
        let (stored, behind) = target.split_at_mut(limits::to_usize(there)?);
        behind.fill(0);
        if stored.is_empty() {
            return Ok(());
        }
        source.read_into(offset, stored)
    }
}
