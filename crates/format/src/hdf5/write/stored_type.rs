//! Where the datatype of a dataset or an attribute is stated: in its header, or in that of a committed datatype.

use binrw::Endian;

use super::datatype;
use super::file::FileWriter;
use super::object::ObjectAddress;
use crate::error::Result;
use crate::hdf5::datatype::Datatype;
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::datatype::DatatypeMessage;
use crate::hdf5::record::message::shared::SharedMessage;
use crate::hdf5::record::message::{flags, MessageType};
use crate::sync::lock;
use crate::wire;
use crate::wire::width::{Addr, Widths};

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
    /// The type of a committed datatype.
    pub(in crate::hdf5) fn committed(datatype: Datatype, address: ObjectAddress) -> Self {
        StoredType { datatype, committed: Some(address) }
    }

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
}

/// The message of a type, if it is one that a file can have.
pub(super) fn message_of(datatype: &Datatype) -> Result<DatatypeMessage> {
    datatype::check(datatype)?;
    datatype.to_message()
}
