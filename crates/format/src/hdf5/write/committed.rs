//! Committed datatypes: types with an object header of their own, which datasets and attributes refer to.

use binrw::Endian;

use super::file::FileWriter;
use super::hard_links::count_message;
use super::object::ObjectAddress;
use super::{attributes, datatype};
use crate::error::Result;
use crate::hdf5::datatype::Datatype;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::datatype::DatatypeMessage;
use crate::hdf5::record::message::shared::SharedMessage;
use crate::hdf5::record::message::{flags, MessageType};
use crate::sync::lock;
use crate::wire;
use crate::wire::width::{Addr, Widths};

/// A datatype with an object header of its own.
#[derive(Debug)]
pub(crate) struct Committed {
    datatype: Datatype,
    /// The datasets and attributes of this type. The library keeps the type as long as it has users or links.
    users: u32,
}

/// The datatype of a dataset or an attribute, and where it is stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredType {
    datatype: Datatype,
    /// The header of the committed datatype.
    committed: Option<ObjectAddress>,
}

impl From<Datatype> for StoredType {
    fn from(datatype: Datatype) -> Self {
        StoredType { datatype, committed: None }
    }
}

impl StoredType {
    /// The type itself.
    pub fn datatype(&self) -> &Datatype {
        &self.datatype
    }

    /// The address of the committed datatype that it is, for a link to it.
    pub fn address(&self) -> Option<ObjectAddress> {
        self.committed
    }

    /// The body of the message, and whether it is shared.
    pub(super) fn encode(&self) -> Result<(Vec<u8>, bool)> {
        Ok(match self.committed {
            None => (wire::encode(&message_of(&self.datatype)?, Endian::Little, ())?, false),
            Some(address) => {
                let shared = SharedMessage::Committed { version: 2, address: Addr(address.offset()) };
                (wire::encode(&shared, Endian::Little, Widths::WIDE)?, true)
            }
        })
    }

    /// The message of a dataset.
    pub(super) fn message(&self) -> Result<Message> {
        let (body, shared) = self.encode()?;
        let flags = flags::CONSTANT | if shared { flags::SHARED } else { 0 };
        Message::from_body(MessageType::DATATYPE, flags, body)
    }
}

impl FileWriter {
    /// Gives a datatype an object header of its own, which a group should link to. It is written in the end.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type that cannot be written.
    pub fn commit_datatype(&self, datatype: Datatype) -> Result<StoredType> {
        let committed = Committed { datatype: datatype.clone(), users: 0 };
        let address = self.place_header(ObjectKind::Datatype, &header(&committed, 0)?)?;
        lock(&self.committed).insert(address.offset(), committed);
        Ok(StoredType { datatype, committed: Some(address) })
    }

    /// Notes a dataset or an attribute of this type.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a committed datatype of another file.
    pub(super) fn add_user(&self, stored: &StoredType) -> Result<()> {
        let Some(address) = stored.committed else { return Ok(()) };
        if let Some(committed) = lock(&self.committed).get_mut(&self.offset_of(address)?) {
            committed.users += 1;
        }
        Ok(())
    }

    /// Writes the headers of all committed datatypes.
    pub(super) fn write_committed(&self) -> Result<()> {
        let committed = lock(&self.committed);
        committed.iter().try_for_each(|(&address, committed)| {
            self.write_header(address, &header(committed, self.links_to(address))?)
        })
    }
}

/// The message of a type, if it is one that a file can have.
pub(super) fn message_of(datatype: &Datatype) -> Result<DatatypeMessage> {
    datatype::check(datatype)?;
    datatype.to_message()
}

fn header(committed: &Committed, links: u32) -> Result<ObjectHeader> {
    let mut header = ObjectHeader::new();
    let datatype = message_of(&committed.datatype)?;
    header.messages.push(Message::new(MessageType::DATATYPE, flags::CONSTANT, &datatype, ())?);
    header.messages.push(count_message(committed.users.saturating_add(links).max(1))?);
    header.messages.extend(attributes::messages(None, &[])?);
    Ok(header)
}
