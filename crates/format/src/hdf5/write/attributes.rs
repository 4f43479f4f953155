//! Attributes to write: in the object header, or beside it where they are many or large.

use std::collections::HashSet;

use binrw::Endian;

use super::dense_attributes;
use super::element_data::ElementData;
use super::file::FileWriter;
use super::heap::REFERENCE;
use super::stored_type::StoredType;
use crate::error::{Context, Error, Result};
use crate::hdf5::datatype::{Datatype, Padding, StringType};
use crate::hdf5::object::message::{Message, MAX_BODY};
use crate::hdf5::record::message::attribute::AttributeMessage;
use crate::hdf5::record::message::attribute_info::AttributeInfo;
use crate::hdf5::record::message::dataspace::Dataspace;
use crate::hdf5::record::message::{flags, MessageType};
use crate::shape;
use crate::wire;
use crate::wire::width::{Addr, Widths};

/// Objects with more attributes keep them beside the header.
pub(in crate::hdf5) const MAX_COMPACT: usize = 64;

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
    fn stored(&self, file: Option<&FileWriter>) -> Result<Vec<u8>> {
        if self.name.is_empty() || self.name.contains('\0') {
            return Err(Error::usage(format!("an attribute named {:?}", self.name)));
        }
        let datatype = self.datatype.datatype();
        let len = self.shape.as_deref().map_or(Ok(0), |shape| shape::bytes(shape, datatype.size()))?;
        self.data.stored(datatype, len, file)
    }

    /// The body of its message. What the elements lead to goes into `file`; without one they lead nowhere.
    pub(in crate::hdf5) fn encode(&self, file: Option<&FileWriter>) -> Result<Vec<u8>> {
        let data = self.stored(file)?;
        let (datatype, shared) = self.datatype.encode()?;
        let mut name = self.name.as_bytes().to_vec();
        name.push(0);
        let dataspace = match &self.shape {
            Some(shape) => Dataspace::simple(shape, Some(shape))?,
            None => Dataspace::null(),
        };
        let message = AttributeMessage {
            version: 3,
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

/// The messages of an object's attributes. Those beside the header are written to `file`; without one the messages have
/// the size that they will have, and lead nowhere.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for more than 65535 attributes, [`Kind::Io`](crate::Kind::Io).
pub(crate) fn messages(file: Option<&FileWriter>, attributes: &[AttributeSpec]) -> Result<Vec<Message>> {
    let encode = |attribute: &AttributeSpec| attribute.encode(file).in_object(&format!("attribute {}", attribute.name));
    let bodies = attributes.iter().map(encode).collect::<Result<Vec<_>>>()?;
    let mut names = HashSet::new();
    if let Some(twice) = attributes.iter().find(|attribute| !names.insert(attribute.name.as_str())) {
        return Err(Error::usage(format!("two attributes of one object are named {:?}", twice.name)));
    }
    if let Some(file) = file {
        attributes.iter().try_for_each(|attribute| file.add_user(&attribute.datatype))?;
    }
    let dense = bodies.len() > MAX_COMPACT || bodies.iter().any(|body| body.len() > MAX_BODY);
    let count = u16::try_from(attributes.len());
    let mut info = AttributeInfo {
        version: 0,
        flags: 3,
        next_index: Some(count.map_err(|_| Error::unsupported("more than 65535 attributes of one object"))?),
        fractal_heap: Addr::UNDEFINED,
        name_index: Addr::UNDEFINED,
        order_index: Some(Addr::UNDEFINED),
    };
    if let (true, Some(file)) = (dense, file) {
        let names: Vec<&[u8]> = attributes.iter().map(|attribute| attribute.name.as_bytes()).collect();
        info = dense_attributes::write(file, info, &names, &bodies)?;
    }
    let mut messages = vec![Message::new(MessageType::ATTRIBUTE_INFO, flags::DONT_SHARE, &info, Widths::WIDE)?];
    for (body, index) in bodies.into_iter().zip(0..).filter(|_| !dense) {
        let message = Message::from_body(MessageType::ATTRIBUTE, 0, body)?;
        messages.push(Message { creation_index: Some(index), ..message });
    }
    Ok(messages)
}
