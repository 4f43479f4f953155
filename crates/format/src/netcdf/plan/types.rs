//! Types: declared before they are used, and made of what they can be made of.

use std::collections::HashSet;
use std::sync::Arc;

use super::{groups, names};
use crate::element::NumberType;
use crate::error::{Error, Result};
use crate::netcdf::schema::{Container, Schema};
use crate::netcdf::types::Type;
use crate::netcdf::types::{Field, UserClass, UserType};
use crate::netcdf::value::UserValue;
use crate::netcdf::value::Value;
use crate::{shape, text};

/// Bytes of a stored reference to an element of variable length.
const REFERENCE: u64 = 16;

/// Refuses user-defined types that no file can have.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) with the type; [`Kind::Unsupported`](crate::Kind::Unsupported) for a container
/// without such types.
pub(super) fn check(schema: &Schema) -> Result<()> {
    for (n, user) in schema.types.iter().enumerate() {
        let path = format!("{}/{}", schema.group_path(user.group).trim_end_matches('/'), user.name);
        groups::exists(schema, user.group, &path)?;
        one(schema, user, schema.types.get(..n).unwrap_or_default()).map_err(|e| e.in_object(path))?;
    }
    Ok(())
}

/// Refuses a user-defined type that no file of this schema can have behind these.
///
/// # Errors
/// As [`check`].
pub(super) fn one(schema: &Schema, user: &UserType, known: &[Arc<UserType>]) -> Result<()> {
    if schema.container != Container::NetCdf4 {
        let detail = format!("a user-defined type in {}: that needs netCDF-4", schema.container.name());
        return Err(Error::unsupported(detail));
    }
    well_formed(user, &|ty| is_declared(known.iter().map(AsRef::as_ref), ty))
}

/// Whether a type is a plain one, or one of these.
fn is_declared<'t>(mut known: impl Iterator<Item = &'t UserType>, ty: &Type) -> bool {
    match ty {
        Type::User(user) => known.any(|known| known == user.as_ref()),
        _ => true,
    }
}

/// Refuses a type that the schema does not declare.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage).
pub(super) fn declared(schema: &Schema, ty: &Type) -> Result<()> {
    match is_declared(schema.types.iter().map(AsRef::as_ref), ty) {
        true => Ok(()),
        false => Err(Error::usage(format!("the type {} is not declared", ty.name()))),
    }
}

fn well_formed(user: &UserType, known: &dyn Fn(&Type) -> bool) -> Result<()> {
    let declared = |ty: &Type| match known(ty) {
        true => Ok(()),
        false => Err(Error::usage(format!("it is made of {}, which is not declared before it", ty.name()))),
    };
    if u32::try_from(user.size).is_err() {
        return Err(Error::unsupported("elements of 4 GiB or more"));
    }
    match &user.class {
        UserClass::Enum { base, members } => enumeration(user, base, members),
        UserClass::Vlen(base) => declared(base),
        UserClass::Opaque if user.size == 0 => Err(Error::usage("an opaque type of no bytes")),
        UserClass::Opaque => Ok(()),
        UserClass::Compound(fields) => {
            fields.iter().try_for_each(|field| declared(&field.ty))?;
            compound(user, fields)
        }
    }
}

fn enumeration(user: &UserType, base: &Type, members: &[(String, i64)]) -> Result<()> {
    let is_integer = base.number().is_some_and(|number| !matches!(number, NumberType::F32 | NumberType::F64));
    if !is_integer {
        return Err(Error::usage(format!("an enumeration of {}", base.name())));
    }
    if user.size != base.size() {
        return Err(Error::usage(format!("{} bytes for an enumeration of {}", user.size, base.name())));
    }
    if members.is_empty() {
        return Err(Error::usage("an enumeration without members"));
    }
    let (mut named, mut numbers) = (HashSet::new(), HashSet::new());
    for (name, value) in members {
        names::legal("member", name)?;
        if !named.insert(name) || !numbers.insert(value) {
            return Err(Error::usage(format!("two members with the name {name} or the number {value}")));
        }
        if !fits(base, *value) {
            return Err(Error::usage(format!("the number {value} of the member {name} is no {}", base.name())));
        }
    }
    Ok(())
}

/// Whether an integer type has a number; those above the signed 64-bit integers wrap.
fn fits(base: &Type, number: i64) -> bool {
    match base {
        Type::Byte => i8::try_from(number).is_ok(),
        Type::Short => i16::try_from(number).is_ok(),
        Type::Int => i32::try_from(number).is_ok(),
        Type::UByte => u8::try_from(number).is_ok(),
        Type::UShort => u16::try_from(number).is_ok(),
        Type::UInt => u32::try_from(number).is_ok(),
        _ => true,
    }
}

fn compound(user: &UserType, fields: &[Field]) -> Result<()> {
    if fields.is_empty() {
        return Err(Error::usage("a compound type without fields"));
    }
    let mut named = HashSet::new();
    let mut places = Vec::with_capacity(fields.len());
    for field in fields {
        names::legal("field", &field.name)?;
        if !named.insert(&field.name) {
            return Err(Error::usage(format!("two fields with the name {}", field.name)));
        }
        let legal = |&length: &u64| length > 0 && u32::try_from(length).is_ok();
        if field.dims.len() > 32 || !field.dims.iter().all(legal) {
            return Err(Error::usage(format!("the field {} with the lengths {:?}", field.name, field.dims)));
        }
        let end = field.offset.checked_add(shape::bytes(&field.dims, stored_size(&field.ty))?);
        places.push((field.offset, end.ok_or_else(|| Error::usage("a field beyond 2^64"))?, &field.name));
    }
    places.sort_unstable();
    let mut free = 0;
    for (start, end, name) in places {
        if start < free || end > user.size {
            let detail =
                format!("the field {name} at {start}..{end} overlaps another one or leaves {} bytes", user.size);
            return Err(Error::usage(detail));
        }
        free = end;
    }
    Ok(())
}

/// Bytes of an element in a file that we write.
pub(crate) fn stored_size(ty: &Type) -> u64 {
    match ty {
        Type::String => REFERENCE,
        Type::User(user) if matches!(user.class, UserClass::Vlen(_)) => REFERENCE,
        other => other.size(),
    }
}

/// Refuses a value that is not made as its type says, or that readers would misread.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage).
pub(super) fn value(value: &Value) -> Result<()> {
    match value {
        Value::User(user, list) => list.iter().try_for_each(|element| user_value(user, element)),
        Value::String(list) => list.iter().flatten().try_for_each(|text| text::readable(text)),
        _ => Ok(()),
    }
}

fn user_value(user: &UserType, element: &UserValue) -> Result<()> {
    let none = || Error::usage(format!("a value that is no element of {}", user.name));
    match (&user.class, element) {
        (UserClass::Enum { base, .. }, UserValue::Enum(number)) if fits(base, *number) => Ok(()),
        (UserClass::Vlen(base), UserValue::Vlen(list)) if list.ty() == *base => value(list),
        (UserClass::Opaque, UserValue::Opaque(bytes)) if bytes.len() as u64 == user.size => Ok(()),
        (UserClass::Compound(fields), UserValue::Compound(values)) if fields.len() == values.len() => {
            fields.iter().zip(values).try_for_each(|(field, held)| {
                let fits = held.ty() == field.ty && held.len() as u64 == shape::count(&field.dims)?;
                if fits {
                    value(held)
                } else {
                    Err(none())
                }
            })
        }
        _ => Err(none()),
    }
}
