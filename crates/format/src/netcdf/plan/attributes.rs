//! Attributes: names that are not taken and not kept by netCDF, and values of types that are there.

use std::collections::HashSet;

use super::{names, types};
use crate::error::{Context, Error, Result};
use crate::netcdf::ids::GroupId;
use crate::netcdf::schema::Schema;
use crate::netcdf::value::Attribute;
use crate::netcdf::{classic, v4};

/// HDF5 counts the attributes of an object with 16 bits, and needs some of them itself.
const MAX_COUNT: usize = 65_000;

/// Refuses attributes that cannot be written.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) or [`Kind::Unsupported`](crate::Kind::Unsupported) with the owner and the name.
pub(super) fn check(schema: &Schema) -> Result<()> {
    for (id, group) in schema.groups.iter().enumerate() {
        list(schema, &group.attributes).in_object(&schema.group_path(GroupId(id)))?;
    }
    schema
        .variables
        .iter()
        .try_for_each(|variable| list(schema, &variable.attributes).in_object(&schema.path(variable)))
}

fn list(schema: &Schema, attributes: &[Attribute]) -> Result<()> {
    let mut taken = HashSet::new();
    for attribute in attributes {
        one(schema, attribute)?;
        if !taken.insert(&attribute.name) {
            return Err(Error::usage(format!("two attributes with the name {}", attribute.name)));
        }
    }
    match attributes.len() {
        0..=MAX_COUNT => Ok(()),
        count => Err(Error::unsupported(format!("{count} attributes of one object"))),
    }
}

/// Refuses an attribute that cannot be written.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) or [`Kind::Unsupported`](crate::Kind::Unsupported) with the name.
pub(super) fn one(schema: &Schema, Attribute { name, value }: &Attribute) -> Result<()> {
    let named = |error: Error| match error.kind() {
        crate::Kind::Unsupported => Error::unsupported(format!("attribute {name}: {}", error.detail())),
        _ => Error::usage(format!("attribute {name}: {}", error.detail())),
    };
    names::legal("attribute", name)?;
    if schema.container.is_hdf5() && v4::names::is_hidden(name) {
        return Err(Error::unsupported(format!("the attribute {name}: netCDF-4 keeps such names to itself")));
    }
    types::declared(schema, &value.ty()).and_then(|()| types::value(value)).map_err(named)?;
    classic::attribute(schema, name, value)?;
    match value.len() as u64 >= u64::from(u32::MAX) {
        true => Err(named(Error::unsupported("4 Gi elements or more"))),
        false => Ok(()),
    }
}
