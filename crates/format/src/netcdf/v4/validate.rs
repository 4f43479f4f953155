//! What an HDF5 file, or the classic model in one, has no room for; decided before a byte is written.

use binrw::Endian;

use super::{encode, placement};
use crate::element::ByteOrder;
use crate::error::{Context, Error, Result};
use crate::hdf5::builder::{MAX_COMPACT, MAX_RANK};
use crate::netcdf::fill;
use crate::netcdf::schema::{Container, Layout, Schema, Variable};
use crate::netcdf::types::Type;
use crate::netcdf::value::Attribute;
use crate::shape;
use crate::wire;

/// Bytes of a message in an object header, less what surrounds a value in it.
const MAX_MESSAGE: usize = 65_535 - 64;

/// Checks what the data model allows and the container does not.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) with the object.
pub(crate) fn check(schema: &Schema) -> Result<()> {
    if schema.container == Container::NetCdf4Classic {
        classic_model(schema)?;
    }
    for user in &schema.types {
        let path = format!("{}/{}", schema.group_path(user.group).trim_end_matches('/'), user.name);
        describable(&Type::User(user.clone())).in_object(&path)?;
    }
    schema.variables.iter().try_for_each(|v| variable(schema, v).in_object(&schema.path(v)))
}

/// Refuses a type whose description does not fit a message.
fn describable(ty: &Type) -> Result<()> {
    let message = encode::datatype(ty, ByteOrder::Little)?.to_message()?;
    match wire::encode(&message, Endian::Little, ())?.len() {
        0..=MAX_MESSAGE => Ok(()),
        len => Err(Error::unsupported(format!("a type whose description takes {len} bytes"))),
    }
}

fn variable(schema: &Schema, variable: &Variable) -> Result<()> {
    let rank = variable.dimensions.len();
    if u8::try_from(rank).map_or(true, |rank| rank > MAX_RANK) {
        return Err(Error::unsupported(format!("{rank} dimensions: HDF5 has {MAX_RANK} at most")));
    }
    let datatype = encode::datatype(&variable.ty, variable.order)?;
    placement::check_filters(schema, variable, &datatype)?;
    let size = datatype.size();
    if fill::of(variable).is_some() && size > MAX_MESSAGE as u64 {
        return Err(Error::unsupported(format!("a fill value of {size} bytes")));
    }
    let lengths = variable.dimensions.iter().map(|&id| schema.dimension(id).map(|d| d.length));
    let bytes = shape::bytes(&lengths.collect::<Result<Vec<_>>>()?, size)?;
    match variable.storage.layout {
        Layout::Compact if bytes > MAX_COMPACT => {
            Err(Error::unsupported(format!("{bytes} bytes in a compact layout, which holds {MAX_COMPACT}")))
        }
        _ => Ok(()),
    }
}

/// What the classic model does not have.
fn classic_model(schema: &Schema) -> Result<()> {
    if schema.dimensions.iter().filter(|d| d.unlimited).count() > 1 {
        return Err(Error::unsupported("several unlimited dimensions in the classic model: netcdf4 has them"));
    }
    schema.groups.iter().try_for_each(|group| classic_attributes(&group.attributes))?;
    schema.variables.iter().try_for_each(|variable| {
        let checked = classic_type(&variable.ty).and_then(|()| classic_attributes(&variable.attributes));
        checked.in_object(&schema.path(variable))
    })
}

fn classic_attributes(attributes: &[Attribute]) -> Result<()> {
    attributes.iter().try_for_each(|attribute| {
        classic_type(&attribute.value.ty())
            .map_err(|error| Error::unsupported(format!("attribute {}: {}", attribute.name, error.detail())))
    })
}

fn classic_type(ty: &Type) -> Result<()> {
    match ty {
        Type::Byte | Type::Char | Type::Short | Type::Int | Type::Float | Type::Double => Ok(()),
        _ => Err(Error::unsupported(format!("the type {} in the classic model: netcdf4 has it", ty.name()))),
    }
}
