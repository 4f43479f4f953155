//! How an object came about: the order of what it has, its times, its comment.

use super::header::ObjectHeader;
use super::Object;
use crate::error::{Context, Error, Result};
use crate::hdf5::record::message::link_info::LinkInfo;
use crate::hdf5::record::message::misc::ModificationTime;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::record::object_header::PrefixV2;

/// Whether the order of creation of links or attributes is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CreationOrder {
    /// It is not.
    Untracked,
    /// Each has its number.
    Tracked,
    /// Each has its number, and many are found by it.
    Indexed,
}

impl CreationOrder {
    pub(crate) fn is_tracked(self) -> bool {
        self != CreationOrder::Untracked
    }

    pub(crate) fn is_indexed(self) -> bool {
        self == CreationOrder::Indexed
    }

    /// The flags of link and attribute info messages.
    pub(crate) fn flags(self) -> u8 {
        u8::from(self.is_tracked()) | u8::from(self.is_indexed()) << 1
    }

    fn new(tracked: bool, indexed: bool) -> Self {
        match (tracked, indexed) {
            (false, _) => CreationOrder::Untracked,
            (true, false) => CreationOrder::Tracked,
            (true, true) => CreationOrder::Indexed,
        }
    }
}

/// When an object was used, in seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Times {
    /// When it was read last.
    pub access: u32,
    /// When its elements were changed last. The only one that [`Level::Earliest`](crate::hdf5::builder::Level::Earliest) keeps.
    pub modification: u32,
    /// When its header was changed last.
    pub change: u32,
    /// When it was made.
    pub birth: u32,
}

impl Object {
    /// The comment (`H5Oget_comment`), if there is one; bytes that are not UTF-8 appear as `\xNN`.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) where it has no end.
    pub fn comment(&self) -> Result<Option<String>> {
        let Some(message) = self.header.find(MessageType::COMMENT) else { return Ok(None) };
        let end = message.body.iter().position(|&byte| byte == 0);
        let text = end.and_then(|end| message.body.get(..end));
        let endless = || Error::malformed("object comment message", message.offset, "it has no end");
        Ok(Some(crate::text::shown(text.ok_or_else(endless).in_object(self.path())?)))
    }

    /// Its times, if they are kept. Headers of version 1 have the time of modification alone, which stands for all.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) where they cannot be decoded.
    pub fn times(&self) -> Result<Option<Times>> {
        if let Some([access, modification, change, birth]) = self.header.times {
            return Ok(Some(Times { access, modification, change, birth }));
        }
        let Some(message) = self.header.find(MessageType::MODIFICATION_TIME) else { return Ok(None) };
        let time: ModificationTime = message.decode("object modification time message", ()).in_object(self.path())?;
        let all = time.seconds;
        Ok(Some(Times { access: all, modification: all, change: all, birth: all }))
    }

    /// Whether the order of its attributes is kept.
    pub fn attribute_order(&self) -> CreationOrder {
        let ObjectHeader { flags, .. } = *self.header;
        CreationOrder::new(self.header.tracks_order(), flags & PrefixV2::ATTRIBUTE_ORDER_INDEXED != 0)
    }

    /// Whether the order of the links of a group is kept; those of other objects have none.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) where the message that says it cannot be decoded.
    pub fn link_order(&self) -> Result<CreationOrder> {
        let Some(message) = self.header.find(MessageType::LINK_INFO) else { return Ok(CreationOrder::Untracked) };
        let info: LinkInfo = message.decode("link info message", self.space.widths).in_object(self.path())?;
        Ok(CreationOrder::new(info.flags & 1 != 0, info.flags & 2 != 0))
    }
}
