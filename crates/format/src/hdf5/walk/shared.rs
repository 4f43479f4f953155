//! Messages that several objects share: in another object header, or in a heap of their own.

use std::borrow::Cow;

use binrw::Endian;

use super::fractal_heap::FractalHeap;
use crate::error::{Error, Result};
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::shared::SharedMessage;
use crate::hdf5::record::message::{flags, MessageType};
use crate::hdf5::record::shared_table::{SharedTable, SharedTableMessage};
use crate::hdf5::space::{AddressSpace, SharedHeap};
use crate::wire;

const TABLE: &str = "shared message table";

/// The heaps of shared messages that a table names.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when the table contradicts the format.
pub(crate) fn heaps(space: &AddressSpace, message: &SharedTableMessage) -> Result<Vec<SharedHeap>> {
    let Some(address) = message.table.get() else { return Ok(Vec::new()) };
    let block = space.sealed(TABLE, address, SharedTable::size(space.widths, message.count))?;
    let args = (space.widths, message.count);
    let (table, _) = wire::decode::<SharedTable>(TABLE, space.offset(address), &block, Endian::Little, args)?;
    let heap = |index: crate::hdf5::record::shared_table::SharedIndex| {
        Some(SharedHeap { types: index.types, address: index.heap.get()? })
    };
    Ok(table.indexes.into_iter().filter_map(heap).collect())
}

impl ObjectHeader {
    /// The first message of a type, resolved if it is shared.
    ///
    /// # Errors
    /// When the message is shared and cannot be found.
    pub fn resolved(&self, space: &AddressSpace, kind: MessageType) -> Result<Option<Cow<'_, Message>>> {
        self.find(kind).map(|message| resolve(space, message)).transpose()
    }
}

/// The message that a shared one stands for.
fn resolve<'m>(space: &AddressSpace, message: &'m Message) -> Result<Cow<'m, Message>> {
    if message.flags & flags::SHARED == 0 {
        return Ok(Cow::Borrowed(message));
    }
    if !message.kind.is_shareable() {
        let detail = format!("message {:#06x} cannot be shared", message.kind.0);
        return Err(Error::malformed("object header", message.offset, detail));
    }
    let record = message.decode::<SharedMessage>("shared message", space.widths)?;
    fetch(space, message.kind, record, message.offset).map(Cow::Owned)
}

/// The header of the committed datatype that a shared datatype message leads to; none where it lies in a heap.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when it cannot be decoded.
pub(crate) fn committed(space: &AddressSpace, body: &[u8], offset: u64) -> Result<Option<u64>> {
    Ok(match wire::decode::<SharedMessage>("shared message", offset, body, Endian::Little, space.widths)?.0 {
        SharedMessage::Committed { address, .. } | SharedMessage::Header(address) => address.get(),
        SharedMessage::Heap(_) => None,
    })
}

/// Fetches the message of type `kind` that a shared message record at `offset` leads to.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when it is not there.
pub(crate) fn fetch(space: &AddressSpace, kind: MessageType, shared: SharedMessage, offset: u64) -> Result<Message> {
    let lost = || Error::malformed("shared message", offset, "it leads to no such message");
    let address = match shared {
        SharedMessage::Committed { address, .. } | SharedMessage::Header(address) => address.get(),
        SharedMessage::Heap(id) => {
            let body = in_heap(space, kind, &id, offset)?;
            return Ok(Message { kind, flags: 0, offset, creation_index: None, body, missing: 0 });
        }
    };
    let header = ObjectHeader::read(space, address.ok_or_else(lost)?)?;
    // The message found may not be shared again, so this ends.
    header.messages.into_iter().find(|m| m.kind == kind && m.flags & flags::SHARED == 0).ok_or_else(lost)
}

/// The body of a message of type `kind` in the heap of such messages.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when there is no such heap, or no such message in it.
pub(crate) fn in_heap(space: &AddressSpace, kind: MessageType, id: &[u8], offset: u64) -> Result<Vec<u8>> {
    let bit = 1u16.checked_shl(u32::from(kind.0)).unwrap_or(0);
    let heap = space.shared_heaps.iter().find(|heap| heap.types & bit != 0);
    let heap = heap.ok_or_else(|| {
        Error::malformed("shared message", offset, format!("there is no heap of messages of type {:#06x}", kind.0))
    })?;
    FractalHeap::open(space, heap.address)?.get(space, id)
}
