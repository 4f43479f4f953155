//! A whole schema, checked for its container before the first byte is written and before the target is touched.
//!
//! Nothing that is accepted here can fail later but by the operating system. What contradicts itself is
//! [`Kind::Usage`](crate::Kind::Usage), what the container has no room for [`Kind::Unsupported`](crate::Kind::Unsupported);
//! both name the object.

mod attributes;
mod groups;
mod names;
mod types;
mod variables;

use super::schema::{Schema, Variable};
use super::types::UserType;
use super::value::Attribute;
use super::{classic, fill, quantize, v4};
use crate::error::Result;

/// The schema of the file to be written, with what every reader must be told, and checked.
///
/// # Errors
/// As [`check`].
pub(crate) fn complete(mut schema: Schema) -> Result<Schema> {
    fill::tell(&mut schema);
    quantize::tell(&mut schema);
    check(&schema).map(|()| schema)
}

/// Refuses an attribute that a file of this schema cannot have.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) or [`Kind::Unsupported`](crate::Kind::Unsupported) with its name.
pub(crate) fn attribute(schema: &Schema, attribute: &Attribute) -> Result<()> {
    attributes::one(schema, attribute)
}

/// Refuses a variable that a file of this schema cannot have.
///
/// # Errors
/// As [`attribute`].
pub(crate) fn variable(schema: &Schema, variable: &Variable) -> Result<()> {
    variables::variable(schema, variable)?;
    variable.attributes.iter().try_for_each(|one| attribute(schema, one))?;
    classic::variable(schema, variable)
}

/// Refuses a user-defined type that a file of this schema cannot have.
///
/// # Errors
/// As [`attribute`], without its name.
pub(crate) fn user_type(schema: &Schema, user: &UserType) -> Result<()> {
    types::one(schema, user, &schema.types)
}

/// Refuses a name of a dimension, a variable, a group or a type that a file of this schema cannot have.
///
/// # Errors
/// As [`attribute`].
pub(crate) fn name(schema: &Schema, what: &str, name: &str) -> Result<()> {
    names::possible(schema, what, name)
}

/// Checks all declarations of a schema.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) or [`Kind::Unsupported`](crate::Kind::Unsupported) for the first one that cannot be
/// written.
fn check(schema: &Schema) -> Result<()> {
    groups::check(schema)?;
    types::check(schema)?;
    variables::dimensions(schema)?;
    names::check(schema)?;
    variables::check(schema)?;
    quantize::check(schema)?;
    attributes::check(schema)?;
    if schema.container.is_hdf5() {
        v4::validate::check(schema)
    } else {
        classic::check(schema)
    }
}
