//! How many hard links lead to an object: the library removes one that has no more.
//!
//! Links come after what they lead to, so the number is known in the end. Headers have room for it.

use binrw::Endian;

use super::file::FileWriter;
use super::object::{Describe, ObjectAddress, Output};
use crate::error::{Error, Result};
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::misc::ReferenceCount;
use crate::hdf5::record::message::{flags, MessageType};
use crate::hdf5::record::object_header::{MessageHeaderV2, PrefixV1, PrefixV2, SIGNATURE};
use crate::limits;
use crate::sync::lock;
use crate::wire::{self, checksum};

const RECORD: &str = "object header";

/// An object to which several links may lead: its header has room for their number, one for now.
pub(crate) struct Counted<'o>(pub &'o dyn Describe);

impl Describe for Counted<'_> {
    fn kind(&self) -> ObjectKind {
        self.0.kind()
    }

    fn header(&self, to: Output) -> Result<ObjectHeader> {
        let mut header = self.0.header(to)?;
        header.set_links(1)?;
        Ok(header)
    }
}

impl ObjectHeader {
    /// Says how many links lead to a new object: in the prefix, or in a message, which comes first.
    ///
    /// # Errors
    /// None for a number.
    pub(super) fn set_links(&mut self, links: u32) -> Result<()> {
        self.reference_count = links;
        if self.version > 1 {
            self.messages.insert(0, count_message(links)?);
        }
        Ok(())
    }
}

/// The message of so many references.
pub(in crate::hdf5) fn count_message(count: u32) -> Result<Message> {
    Message::new(MessageType::REFERENCE_COUNT, flags::DONT_SHARE, &ReferenceCount { version: 0, count }, ())
}

impl FileWriter {
    /// Notes a hard link to an object; returns where that is.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for an object of another file.
    pub(super) fn add_link(&self, object: ObjectAddress) -> Result<u64> {
        let offset = self.offset_of(object)?;
        *lock(&self.links).entry(offset).or_default() += 1;
        Ok(offset)
    }

    /// The hard links to the object there.
    pub(super) fn links_to(&self, offset: u64) -> u32 {
        lock(&self.links).get(&offset).copied().unwrap_or(0)
    }

    /// Writes the number of links of an object into its header.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) where the header has no room for it; [`Kind::Io`](crate::Kind::Io).
    fn write_count(&self, offset: u64, count: u32) -> Result<()> {
        // More than the longest prefix and the head of a message, and less than any header.
        let mut start = [0; 40];
        self.read(offset, &mut start)?;
        if !start.starts_with(&SIGNATURE) {
            return self.write(offset + PrefixV1::REFERENCE_COUNT, &count.to_le_bytes());
        }
        let (prefix, used) = wire::decode::<PrefixV2>(RECORD, offset, &start, Endian::Little, ())?;
        let rest = start.get(used..).unwrap_or_default();
        let tracked = prefix.flags & PrefixV2::ATTRIBUTE_ORDER_TRACKED != 0;
        let (head, size) = wire::decode::<MessageHeaderV2>(RECORD, offset, rest, Endian::Little, (tracked,))?;
        if head.kind != MessageType::REFERENCE_COUNT {
            return Err(Error::usage("several hard links to an object that does not count them"));
        }
        let mut block = limits::buffer((used as u64).saturating_add(prefix.chunk_size))?;
        self.read(offset, &mut block)?;
        let body = block.iter_mut().skip(used.saturating_add(size));
        body.zip(count_message(count)?.body).for_each(|(place, byte)| *place = byte);
        checksum::seal(&mut block);
        self.write(offset, &block)
    }

    /// Writes the numbers of links of all objects that have several, committed datatypes aside.
    ///
    /// # Errors
    /// As [`FileWriter::write_count`].
    pub(super) fn write_counts(&self) -> Result<()> {
        let (links, committed) = (lock(&self.links), lock(&self.committed));
        let several = links.iter().filter(|&(offset, &count)| count > 1 && !committed.contains_key(offset));
        several.into_iter().try_for_each(|(&offset, &count)| self.write_count(offset, count))
    }
}
