//! Committed datatypes: types with an object header of their own, which datasets and attributes refer to.

use super::attributes;
use super::file::{Committed, FileWriter};
use super::hard_links::count_message;
use super::stored_type::{message_of, StoredType};
use crate::error::Result;
use crate::hdf5::datatype::Datatype;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::{flags, MessageType};
use crate::sync::lock;

impl FileWriter {
    /// Gives a datatype an object header of its own, which a group should link to. It is written in the end.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type that cannot be written.
    pub fn commit_datatype(&self, datatype: Datatype) -> Result<StoredType> {
        let committed = Committed { datatype: datatype.clone(), users: 0 };
        let address = self.place_header(ObjectKind::Datatype, &header(&committed, 0)?)?;
        lock(&self.committed).insert(address.offset(), committed);
        Ok(StoredType::committed(datatype, address))
    }

    /// Writes the headers of all committed datatypes.
    pub(super) fn write_committed(&self) -> Result<()> {
        let committed = lock(&self.committed);
        committed.iter().try_for_each(|(&address, committed)| {
            self.write_header(address, &header(committed, self.links_to(address))?)
        })
    }
}

/// The header of a datatype that one object needs.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type that cannot be written.
pub(in crate::hdf5) fn described(datatype: &Datatype) -> Result<ObjectHeader> {
    header(&Committed { datatype: datatype.clone(), users: 0 }, 1)
}

fn header(committed: &Committed, links: u32) -> Result<ObjectHeader> {
    let mut header = ObjectHeader::new();
    let datatype = message_of(&committed.datatype)?;
    header.messages.push(Message::new(MessageType::DATATYPE, flags::CONSTANT, &datatype, ())?);
    header.messages.push(count_message(committed.users.saturating_add(links).max(1))?);
    header.messages.extend(attributes::messages(None, &[])?);
    Ok(header)
}
