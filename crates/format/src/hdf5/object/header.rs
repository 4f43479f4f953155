//! An object header in memory: one form for those who walk a file and for those who write one (section IV.A.1).

use super::message::Message;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::record::object_header::PrefixV2;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ObjectKind {
    /// A group: named links to other objects.
    Group,
    /// A dataset: an array of elements.
    Dataset,
    /// A committed datatype: one that several datasets and attributes share by name.
    Datatype,
}

/// A piece of the file that holds messages: the first one with the prefix, the others continue it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    pub address: u64,
    /// All bytes, prefix, signature and checksum included.
    pub len: u64,
}

/// An object header with the messages of all its blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ObjectHeader {
    pub address: u64,
    /// 1 or 2.
    pub version: u8,
    /// The flags of version 2; 0 in version 1.
    pub flags: u8,
    /// Hard links to the object; version 1 only.
    pub reference_count: u32,
    /// Access, modification, change and birth, in seconds since 1970; version 2 only.
    pub times: Option<[u32; 4]>,
    /// Maximum of compact and minimum of dense attributes, where it is not the default; version 2 only.
    pub phase_change: Option<[u16; 2]>,
    /// Where the messages lie; none before the header was written.
    pub blocks: Vec<Block>,
    pub messages: Vec<Message>,
    /// What of a header in a torn file could not be read.
    pub lost: Vec<String>,
}

impl ObjectHeader {
    /// A header of version 2 that is to be written, without messages. Its attributes have an order.
    pub fn new() -> Self {
        ObjectHeader {
            address: 0,
            version: 2,
            flags: PrefixV2::ATTRIBUTE_ORDER_TRACKED | PrefixV2::ATTRIBUTE_ORDER_INDEXED,
            reference_count: 1,
            times: None,
            phase_change: None,
            blocks: Vec::new(),
            messages: Vec::new(),
            lost: Vec::new(),
        }
    }

    /// Whether attributes have a creation order.
    pub fn tracks_order(&self) -> bool {
        self.flags & PrefixV2::ATTRIBUTE_ORDER_TRACKED != 0
    }

    /// The first message of a type.
    pub fn find(&self, kind: MessageType) -> Option<&Message> {
        self.messages.iter().find(|m| m.kind == kind)
    }

    /// What the object is, by the messages it has.
    pub fn kind(&self) -> Option<ObjectKind> {
        let has = |kind| self.find(kind).is_some();
        if has(MessageType::SYMBOL_TABLE) || has(MessageType::LINK_INFO) {
            Some(ObjectKind::Group)
        } else if has(MessageType::DATATYPE) && has(MessageType::DATASPACE) {
            Some(ObjectKind::Dataset)
        } else if has(MessageType::DATATYPE) {
            Some(ObjectKind::Datatype)
        } else {
            None
        }
    }
}
