//! NetCDF attributes, visible and hidden, as HDF5 attributes.

use super::committed::CommittedTypes;
use super::{encode, names};
use crate::element::{ByteOrder, NumberType};
use crate::error::{Context, Result};
use crate::hdf5::builder::{AttributeSpec, ElementData};
use crate::hdf5::datatype::{Datatype, Member};
use crate::hdf5::write::file::FileWriter;
pub(super) use crate::hdf5::write::heap::REFERENCE;
use crate::netcdf::value::{Attribute, Value};

/// The attributes that users see.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for a value that is not of its type; [`Kind::Io`](crate::Kind::Io).
pub(super) fn visible(
    file: &FileWriter,
    types: &CommittedTypes,
    attributes: &[Attribute],
) -> Result<Vec<AttributeSpec>> {
    attributes
        .iter()
        .map(|attribute| spec(file, types, attribute).in_object(&format!("attribute {}", attribute.name)))
        .collect()
}

/// An attribute that users see.
///
/// # Errors
/// As [`visible`].
pub(super) fn spec(file: &FileWriter, types: &CommittedTypes, attribute: &Attribute) -> Result<AttributeSpec> {
    let name = attribute.name.clone();
    let count = attribute.value.len() as u64;
    let some = |shape: Vec<u64>| Some(shape).filter(|_| count > 0);
    Ok(match &attribute.value {
        Value::Char(bytes) => AttributeSpec {
            name,
            datatype: Datatype::ascii(count.max(1)).into(),
            shape: some(Vec::new()),
            data: bytes.clone().into(),
        },
        value => {
            let datatype = types.stored_type(&value.ty(), ByteOrder::Little)?;
            let data = ElementData::encoded(encode::stored(file, datatype.datatype(), value)?);
            AttributeSpec { name, datatype, shape: some(vec![count]), data }
        }
    })
}

fn int32() -> Datatype {
    Datatype::Number(NumberType::I32, ByteOrder::Little)
}

/// The identifiers of a variable's dimensions.
pub(super) fn coordinates(ids: &[usize]) -> AttributeSpec {
    let data: Vec<u8> = ids.iter().flat_map(|&id| i32::try_from(id).unwrap_or(i32::MAX).to_le_bytes()).collect();
    AttributeSpec {
        name: names::COORDINATES.to_owned(),
        datatype: int32().into(),
        shape: Some(vec![ids.len() as u64]),
        data: data.into(),
    }
}

/// What makes a dataset the scale of dimension `id`.
pub(super) fn scale(title: &str, id: usize) -> [AttributeSpec; 3] {
    let terminated = |text: &str| {
        let mut bytes = text.as_bytes().to_vec();
        bytes.push(0);
        bytes
    };
    let (class, title) = (terminated(names::DIMENSION_SCALE), terminated(title));
    let id = i32::try_from(id).unwrap_or(i32::MAX);
    [
        AttributeSpec::scalar(names::CLASS, Datatype::ascii(class.len() as u64), class),
        AttributeSpec::scalar(names::NAME, Datatype::ascii(title.len() as u64), title),
        AttributeSpec::scalar(names::DIMID, int32(), id.to_le_bytes().to_vec()),
    ]
}

/// The hidden attributes of the root group.
pub(super) fn root(classic_model: bool) -> Vec<AttributeSpec> {
    let properties = format!("version=2,hyperslab={}", env!("CARGO_PKG_VERSION")).into_bytes();
    let strict = AttributeSpec::scalar(names::NC3_STRICT, int32(), 1i32.to_le_bytes().to_vec());
    let properties = AttributeSpec::scalar(names::PROPERTIES, Datatype::ascii(properties.len() as u64), properties);
    if classic_model {
        vec![strict, properties]
    } else {
        vec![properties]
    }
}

fn object_reference() -> Datatype {
    Datatype::Reference { kind: 0, size: 8 }
}

/// References from a variable to its scales, given the stored heap references.
pub(super) fn dimension_list(references: &[u8]) -> AttributeSpec {
    let rank = references.len() / REFERENCE;
    AttributeSpec {
        name: names::DIMENSION_LIST.to_owned(),
        datatype: Datatype::Sequence { base: Box::new(object_reference()), size: 16 }.into(),
        shape: Some(vec![rank as u64]),
        data: ElementData::encoded(references.to_vec()),
    }
}

/// References from a scale to its users: the offset of each, 0 while it has none, and which of its dimensions this is.
pub(super) fn reference_list(users: &[(u64, u32)]) -> Option<AttributeSpec> {
    if users.is_empty() {
        return None;
    }
    let member = |name: &str, offset, datatype| Member { name: name.to_owned(), offset, datatype };
    let members = vec![
        member("dataset", 0, object_reference()),
        member("dimension", 8, Datatype::Number(NumberType::U32, ByteOrder::Little)),
    ];
    let mut data = Vec::with_capacity(users.len() * 16);
    for (address, axis) in users {
        data.extend_from_slice(&address.to_le_bytes());
        data.extend_from_slice(&u64::from(*axis).to_le_bytes());
    }
    let datatype = Datatype::Compound { size: 16, members }.into();
    Some(AttributeSpec {
        name: names::REFERENCE_LIST.to_owned(),
        datatype,
        shape: Some(vec![users.len() as u64]),
        data: ElementData::encoded(data),
    })
}
