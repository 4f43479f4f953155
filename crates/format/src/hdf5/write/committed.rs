//! Committed datatypes: types with an object header of their own, which datasets and attributes refer to.

use super::attributes::{AttributeSpec, Attributes};
use super::file::FileWriter;
use super::object::Output;
use super::object_spec::ObjectSpec;
use super::stored_type::{message_of, StoredType};
use crate::error::Result;
use crate::hdf5::datatype::Datatype;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::{flags, MessageType};
use crate::sync::lock;

/// The bytes of a message that leads to a continuation. Whoever adds to a full header moves a message away for it, which must
/// be as long; those of version 2 have one.
const CONTINUATION: usize = 16;

/// A datatype with an object header of its own.
#[derive(Debug, Clone)]
pub(crate) struct Committed {
    datatype: Datatype,
    attributes: Vec<AttributeSpec>,
    object: ObjectSpec,
    /// The datasets and attributes of this type. The library keeps the type as long as it has users or links.
    pub(super) users: u32,
}

impl FileWriter {
    /// Gives a datatype an object header of its own, which a group should link to. It is written in the end.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type that cannot be written; those of the attributes.
    pub fn commit_datatype(
        &self,
        datatype: Datatype,
        attributes: Vec<AttributeSpec>,
        object: ObjectSpec,
    ) -> Result<StoredType> {
        self.add_users(&attributes)?;
        let committed = Committed { datatype: datatype.clone(), attributes, object, users: 0 };
        let address = self.place_header(ObjectKind::Datatype, &committed.header(Output::size_for(self), 0)?)?;
        lock(&self.committed).insert(address.offset(), committed);
        Ok(StoredType::committed(datatype, address))
    }

    /// Gives a committed datatype attributes in place of those that it had, which took as much room.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a type of another file.
    pub fn set_committed_attributes(&self, stored: &StoredType, attributes: Vec<AttributeSpec>) -> Result<()> {
        let Some(address) = stored.address() else { return Ok(()) };
        let offset = self.offset_of(address)?;
        self.add_users(&attributes)?;
        if let Some(committed) = lock(&self.committed).get_mut(&offset) {
            committed.attributes = attributes;
        }
        Ok(())
    }

    /// Writes the headers of all committed datatypes.
    pub(super) fn write_committed(&self) -> Result<()> {
        let committed = lock(&self.committed).clone();
        committed.into_iter().try_for_each(|(address, committed)| {
            self.write_header(address, &committed.header(self.into(), self.links_to(address))?)
        })
    }
}

/// The header of a datatype that one object needs.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type that cannot be written.
pub(in crate::hdf5) fn described(file: &FileWriter, datatype: &Datatype) -> Result<ObjectHeader> {
    let (attributes, object) = (Vec::new(), ObjectSpec::default());
    Committed { datatype: datatype.clone(), attributes, object, users: 0 }.header(Output::size_for(file), 1)
}

impl Committed {
    fn header(&self, to: Output, links: u32) -> Result<ObjectHeader> {
        let attributes = Attributes::encode(to, &self.attributes, self.object.attribute_order)?;
        let datatype = message_of(&self.datatype, to.level)?;
        let datatype = Message::new(MessageType::DATATYPE, flags::CONSTANT, &datatype, ())?;
        let mut header = self.object.header(to, &attributes, Some(&self.datatype));
        if datatype.body.len() < CONTINUATION {
            header.version = 2;
        }
        header.messages.push(datatype);
        self.object.complete(&mut header, to, attributes)?;
        header.set_links(self.users.saturating_add(links).max(1))?;
        Ok(header)
    }
}
