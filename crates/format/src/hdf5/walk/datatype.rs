//! The datatype that an object states.

use crate::error::Result;
use crate::hdf5::datatype::Datatype;
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::record::message::datatype::DatatypeMessage;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::space::AddressSpace;

impl ObjectHeader {
    /// The datatype of a dataset, or the committed datatype that the object is; `None` for a group.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the message is broken, or is shared and cannot be found.
    pub fn datatype(&self, space: &AddressSpace) -> Result<Option<Datatype>> {
        let Some(message) = self.resolved(space, MessageType::DATATYPE)? else { return Ok(None) };
        let message = message.decode::<DatatypeMessage>("datatype message", ())?;
        Ok(Some(Datatype::from_message(&message, space.widths)))
    }
}
