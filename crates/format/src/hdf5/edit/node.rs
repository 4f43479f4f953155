//! An object of a file that is changed, as it is or shall be.

use super::attributes::{self, Attributes};
use super::links::Links;
use super::referring::Referring;
use crate::error::{Error, Result};
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::misc::ReferenceCount;
use crate::hdf5::record::message::{flags, MessageType};
use crate::hdf5::references::{place, Places};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::hard_links::count_message;

/// An object, in three parts: what its header says but for links and attributes, and those.
#[derive(Debug)]
pub(super) struct Node {
    pub header: ObjectHeader,
    pub links: Links,
    pub attributes: Attributes,
    /// What its elements refer to.
    pub referring: Referring,
    pub is_changed: bool,
}

impl Node {
    /// Reads the object at an address.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(space: &AddressSpace, address: u64) -> Result<Self> {
        Self::of(space, ObjectHeader::read(space, address)?)
    }

    /// Takes a header apart.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn of(space: &AddressSpace, mut header: ObjectHeader) -> Result<Self> {
        let links = Links::take(space, &mut header)?;
        let attributes = Attributes::take(space, &mut header)?;
        header.messages.retain(Message::is_content);
        let referring = Referring::read(space, &header)?;
        Ok(Node { header, links, attributes, referring, is_changed: false })
    }

    /// An object that is new.
    pub fn new(mut header: ObjectHeader) -> Self {
        header.messages.retain(|message| message.kind != MessageType::LINK && message.kind != MessageType::ATTRIBUTE);
        Node {
            header,
            links: Links::default(),
            attributes: Attributes::default(),
            referring: Referring::default(),
            is_changed: true,
        }
    }

    /// The objects that it leads to: by links, by committed datatypes, and by references of attributes.
    pub fn leads_to(&self) -> impl Iterator<Item = u64> + '_ {
        self.links.targets().chain(self.needs())
    }

    /// The objects that it needs, whoever names them: its datatypes, and what it refers to.
    pub fn needs(&self) -> impl Iterator<Item = u64> + '_ {
        self.datatypes().chain(self.attributes.targets()).chain(self.referring.targets())
    }

    /// The objects that count it among those that need them.
    pub fn counted(&self) -> impl Iterator<Item = u64> + '_ {
        self.links.targets().chain(self.datatypes())
    }

    /// The committed datatypes that it is of, or its attributes.
    pub fn datatypes(&self) -> impl Iterator<Item = u64> + '_ {
        self.datatype().into_iter().chain(self.attributes.datatypes())
    }

    /// The committed datatype of a dataset.
    pub fn datatype(&self) -> Option<u64> {
        let message = self.header.find(MessageType::DATATYPE)?;
        (message.flags & flags::SHARED != 0).then(|| attributes::committed(&message.body)).flatten()
    }

    /// How many others need it, as its header says.
    pub fn count(&self) -> Result<u32> {
        match self.header.find(MessageType::REFERENCE_COUNT) {
            Some(message) => Ok(message.decode::<ReferenceCount>("reference count message", ())?.count),
            None if self.header.version == 1 => Ok(self.header.reference_count),
            None => Ok(1),
        }
    }

    /// Says how many others need it.
    pub fn set_count(&mut self, count: u32) -> Result<()> {
        self.is_changed = true;
        if self.header.version == 1 {
            self.header.reference_count = count;
            return Ok(());
        }
        let message = count_message(count)?;
        match self.header.messages.iter_mut().find(|message| message.kind == MessageType::REFERENCE_COUNT) {
            Some(old) => old.body = message.body,
            None => self.header.messages.push(message),
        }
        Ok(())
    }

    /// Has links, datatypes and references lead to where the objects are now.
    ///
    /// # Errors
    /// What is wrong with a message.
    pub fn follow(&mut self, places: &Places) -> Result<()> {
        self.links.follow(places);
        self.attributes.follow(places)?;
        let Some(old) = self.datatype().filter(|at| places.contains_key(at)) else { return Ok(()) };
        for message in self.header.messages.iter_mut().filter(|message| message.kind == MessageType::DATATYPE) {
            message.body = attributes::moved(&message.body, place(places, old))?;
        }
        Ok(())
    }

    /// The header with everything that it says, at another place: it has no blocks yet. What lies beside it goes into `file`; without
    /// one it has the size that it will have, and leads nowhere.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for what has no place in a header, [`Kind::Io`](crate::Kind::Io).
    pub fn moved(&self, file: Option<&FileWriter>) -> Result<ObjectHeader> {
        let mut header = ObjectHeader { blocks: Vec::new(), ..self.header.clone() };
        self.links.put(&mut header, file)?;
        self.attributes.put(&mut header, file)?;
        Ok(header)
    }

    /// Refuses to be changed where it is.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a group whose links have changed.
    pub fn check_in_place(&self) -> Result<()> {
        match self.links.is_changed() || self.header.blocks.is_empty() {
            true => Err(Error::unsupported("links that are changed where they are")),
            false => Ok(()),
        }
    }

    /// The header with everything that it says, where it is.
    ///
    /// # Errors
    /// As [`Node::moved`].
    pub fn in_place(&self, file: &FileWriter) -> Result<ObjectHeader> {
        Ok(ObjectHeader { blocks: self.header.blocks.clone(), ..self.moved(Some(file))? })
    }
}
