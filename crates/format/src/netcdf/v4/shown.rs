//! Attributes as netCDF shows them.

use super::names;
use super::user::Types;
use super::values::Values;
use crate::error::{Context, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::read::elements::Elements;
use crate::hdf5::walk::attributes::Attribute as Stored;
use crate::netcdf::schema::Hidden;
use crate::netcdf::types::Type;
use crate::netcdf::value::Attribute;

/// The attributes of an object that netCDF shows; it keeps some to itself, and has no type for others.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when data of variable length are not there.
pub(super) fn attributes(
    elements: &mut Elements,
    types: &Types,
    stored: &[Stored],
    path: &str,
    hidden: &mut Vec<Hidden>,
) -> Result<Vec<Attribute>> {
    let mut shown = Vec::new();
    for attribute in stored.iter().filter(|a| !names::is_hidden(&a.name)) {
        let Some(ty) = type_of(types, attribute) else {
            let reason = format!("netCDF has no type for {}", attribute.datatype);
            hidden.push(Hidden::without_like(format!("{path}@{}", attribute.name), reason));
            continue;
        };
        let value = Values::new(elements).read(&ty, &attribute.datatype, &attribute.data);
        let value = value.in_object(&format!("{path}: attribute {}", attribute.name))?;
        shown.push(Attribute { name: attribute.name.clone(), value });
    }
    Ok(shown)
}

/// A single text of a fixed size is characters, several are strings.
fn type_of(types: &Types, attribute: &Stored) -> Option<Type> {
    match (&attribute.datatype, &attribute.shape) {
        (Datatype::String(_), Some(shape)) if !shape.is_empty() => Some(Type::String),
        (datatype, _) => types.known(datatype),
    }
}
