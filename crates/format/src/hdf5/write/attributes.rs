//! Attributes to write: in the object header, or beside it where they are many or large.

use std::collections::HashSet;

use binrw::Endian;

use super::dense_attributes;
use super::element_data::ElementData;
use super::file::FileWriter;
use super::heap::REFERENCE;
use super::object::Output;
use super::object_spec::{has_sparse_numbers, CreationOrder};
use super::options::Level;
use super::stored_type::StoredType;
use crate::error::{Context, Error, Result};
use crate::hdf5::datatype::{Datatype, Padding, StringType};
use crate::hdf5::object::message::{Message, MAX_BODY};
use crate::hdf5::record::message::attribute::AttributeMessage;
use crate::hdf5::record::message::attribute_info::AttributeInfo;
use crate::hdf5::record::message::{flags, MessageType};
use crate::shape;
use crate::wire;
use crate::wire::width::{Addr, Widths};

/// Objects with more attributes keep them beside the header.
pub(in crate::hdf5) const MAX_COMPACT: usize = 64;
/// The largest message of a header of version 1, which ends at a multiple of 8.
const MAX_EARLY_BODY: usize = MAX_BODY / 8 * 8;

/// An attribute to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeSpec {
    /// The name.
    pub name: String,
    /// What the elements are.
    pub datatype: StoredType,
    /// Lengths: empty for a scalar, `None` for a null dataspace.
    pub shape: Option<Vec<u64>>,
    /// The elements.
    pub data: ElementData,
}

impl AttributeSpec {
    /// One element.
    pub fn scalar(name: &str, datatype: impl Into<StoredType>, data: impl Into<ElementData>) -> Self {
        let (datatype, data) = (datatype.into(), data.into());
        AttributeSpec { name: name.to_owned(), datatype, shape: Some(Vec::new()), data }
    }

    /// One text of any length, in UTF-8.
    pub fn text(name: &str, text: impl Into<String>) -> Self {
        let datatype = StringType { size: REFERENCE as u64, padding: Padding::NullTerminated, utf8: true };
        Self::scalar(name, Datatype::VariableString(datatype), ElementData::texts([text]))
    }

    /// The elements as they are stored.
    fn stored(&self, to: Output) -> Result<Vec<u8>> {
        if self.name.is_empty() || self.name.contains('\0') {
            return Err(Error::usage(format!("an attribute named {:?}", self.name)));
        }
        let datatype = self.datatype.datatype();
        let len = self.shape.as_deref().map_or(Ok(0), |shape| shape::bytes(shape, datatype.size()))?;
        self.data.stored(datatype, len, to.file)
    }

    /// The body of its message. What the elements lead to goes into the file; without one they lead nowhere.
    pub(in crate::hdf5) fn encode(&self, to: Output) -> Result<Vec<u8>> {
        let data = self.stored(to)?;
        let (datatype, shared) = self.datatype.encode(to.level)?;
        let mut name = self.name.as_bytes().to_vec();
        name.push(0);
        let dataspace = to.dataspace(self.shape.as_deref(), None)?;
        let message = AttributeMessage {
            version: match (to.level, shared) {
                (Level::Earliest, false) if self.name.is_ascii() => 1,
                (Level::Earliest, true) if self.name.is_ascii() => 2,
                _ => 3,
            },
            flags: u8::from(shared),
            charset: u8::from(!self.name.is_ascii()),
            name,
            datatype,
            dataspace: wire::encode(&dataspace, Endian::Little, Widths::WIDE)?,
            data,
        };
        wire::encode(&message, Endian::Little, ())
    }
}

/// The attributes of an object, encoded.
#[derive(Debug)]
pub(super) struct Attributes<'a> {
    names: Vec<&'a str>,
    bodies: Vec<Vec<u8>>,
    order: CreationOrder,
    dense: bool,
    need_checksum: bool,
}

impl<'a> Attributes<'a> {
    /// Encodes attributes; what they lead to goes into the file, if there is one.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for names that readers do not find, and data that are not of the type;
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for types that are not written; [`Kind::Io`](crate::Kind::Io).
    pub fn encode(to: Output, attributes: &'a [AttributeSpec], order: Option<CreationOrder>) -> Result<Self> {
        let encode =
            |attribute: &AttributeSpec| attribute.encode(to).in_object(&format!("attribute {}", attribute.name));
        let bodies = attributes.iter().map(encode).collect::<Result<Vec<_>>>()?;
        let names: Vec<&str> = attributes.iter().map(|attribute| attribute.name.as_str()).collect();
        let mut known = HashSet::new();
        if let Some(twice) = names.iter().find(|&name| !known.insert(name)) {
            return Err(Error::usage(format!("two attributes of one object are named {twice:?}")));
        }
        let dense = match to.level {
            Level::Earliest => bodies.iter().any(|body| body.len() > MAX_EARLY_BODY),
            _ => bodies.len() > MAX_COMPACT || bodies.iter().any(|body| body.len() > MAX_BODY),
        };
        let need_checksum = attributes.iter().any(|attribute| has_sparse_numbers(attribute.datatype.datatype()));
        let order = CreationOrder::or_default(order, to.level);
        Ok(Attributes { names, bodies, order, dense, need_checksum })
    }

    /// Whether the order of their creation is kept.
    pub fn order(&self) -> CreationOrder {
        self.order
    }

    /// Whether the header must have a checksum, for readers to believe the types.
    pub fn need_checksum(&self) -> bool {
        self.need_checksum
    }

    /// Whether they lie beside the header.
    pub fn is_dense(&self) -> bool {
        self.dense
    }

    /// The messages for a header of some version. Attributes beside it are written to the file; without one the messages have
    /// the size that they will have, and lead nowhere.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for more than 65535 attributes, [`Kind::Io`](crate::Kind::Io).
    pub fn messages(self, to: Output, version: u8) -> Result<Vec<Message>> {
        let mut messages = Vec::new();
        if version > 1 {
            let info = self.info(to)?;
            messages.push(Message::new(MessageType::ATTRIBUTE_INFO, flags::DONT_SHARE, &info, Widths::WIDE)?);
        }
        for (body, index) in self.bodies.into_iter().zip(0..).filter(|_| !self.dense) {
            let message = Message::from_body(MessageType::ATTRIBUTE, 0, body)?;
            messages.push(Message { creation_index: Some(index), ..message });
        }
        Ok(messages)
    }

    fn info(&self, to: Output) -> Result<AttributeInfo> {
        let count = u16::try_from(self.bodies.len());
        let count = count.map_err(|_| Error::unsupported("more than 65535 attributes of one object"))?;
        let info = AttributeInfo {
            version: 0,
            flags: self.order.flags(),
            next_index: self.order.is_tracked().then_some(count),
            fractal_heap: Addr::UNDEFINED,
            name_index: Addr::UNDEFINED,
            order_index: self.order.is_indexed().then_some(Addr::UNDEFINED),
        };
        match to.file.filter(|_| self.dense) {
            Some(file) => {
                let names: Vec<&[u8]> = self.names.iter().map(|name| name.as_bytes()).collect();
                dense_attributes::write(file, info, &names, &self.bodies)
            }
            None => Ok(info),
        }
    }
}

impl FileWriter {
    /// Notes which committed datatypes attributes have.
    ///
    /// # Errors
    /// As [`FileWriter::add_user`].
    pub(super) fn add_users(&self, attributes: &[AttributeSpec]) -> Result<()> {
        attributes.iter().try_for_each(|attribute| self.add_user(&attribute.datatype))
    }
}
