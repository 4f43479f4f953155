//! netCDF types as those of HDF5, and values of any type as stored elements. The mirror of reading values.

use crate::element::{ByteOrder, NumberType};
use crate::error::{Error, Result};
use crate::hdf5::datatype::{Datatype, Member, Padding, StringType};
use crate::hdf5::write::elements::{Elements, Encoded};
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::heap::REFERENCE;
use crate::limits;
use crate::netcdf::types::Type;
use crate::netcdf::types::{Field, UserClass, UserType};
use crate::netcdf::value::UserValue;
use crate::netcdf::value::Value;
use crate::{shape, text};

/// Text of any length.
pub(super) fn text() -> Datatype {
    Datatype::VariableString(StringType { size: REFERENCE as u64, padding: Padding::NullTerminated, utf8: true })
}

/// The stored form of a type. `order` is that of plain numbers; the parts of user-defined types are little-endian.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for an enumeration of something else than integers.
pub(super) fn datatype(ty: &Type, order: ByteOrder) -> Result<Datatype> {
    Ok(match (ty, ty.number()) {
        (_, Some(number)) => Datatype::Number(number, order),
        (Type::User(user), _) => user_datatype(user)?,
        (Type::String, _) => text(),
        _ => Datatype::ascii(1),
    })
}

fn user_datatype(user: &UserType) -> Result<Datatype> {
    Ok(match &user.class {
        UserClass::Enum { base, members } => {
            let number = base.number().filter(|n| !matches!(n, NumberType::F32 | NumberType::F64));
            let number = number.ok_or_else(|| Error::usage(format!("an enumeration of {}", base.name())))?;
            let size = limits::to_usize(number.size())?;
            let member =
                |(name, value): &(String, i64)| (name.clone(), value.to_le_bytes().into_iter().take(size).collect());
            let members = members.iter().map(member).collect();
            Datatype::Enumeration { base: Box::new(Datatype::Number(number, ByteOrder::Little)), members }
        }
        UserClass::Vlen(base) => {
            Datatype::Sequence { base: Box::new(datatype(base, ByteOrder::Little)?), size: REFERENCE as u64 }
        }
        UserClass::Opaque => Datatype::Opaque { size: user.size, tag: String::new() },
        UserClass::Compound(fields) => {
            let members = fields.iter().map(member).collect::<Result<_>>()?;
            Datatype::Compound { size: user.size, members }
        }
    })
}

fn member(field: &Field) -> Result<Member> {
    let base = datatype(&field.ty, ByteOrder::Little)?;
    let datatype = match field.dims.is_empty() {
        true => base,
        false => Datatype::Array { dims: field.dims.clone(), base: Box::new(base) },
    };
    Ok(Member { name: field.name.clone(), offset: field.offset, datatype })
}

/// The stored elements of `value`, with what they refer to written to the file.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for values that are no elements of `datatype`; [`Kind::Io`](crate::Kind::Io).
pub(super) fn stored(file: &FileWriter, datatype: &Datatype, value: &Value) -> Result<Vec<u8>> {
    let (mut elements, mut encoded) = (Elements::default(), Encoded::default());
    encode(&mut elements, datatype, value, &mut encoded)?;
    elements.place(file, encoded)
}

fn encode(elements: &mut Elements, datatype: &Datatype, value: &Value, target: &mut Encoded) -> Result<()> {
    match (value, datatype) {
        (Value::String(list), Datatype::VariableString(_)) => {
            list.iter().flatten().try_for_each(|text| text::readable(text))?;
            list.iter().try_for_each(|text| elements.text(text.as_deref(), target))
        }
        (Value::Char(bytes), Datatype::String(_)) => {
            target.bytes(bytes);
            Ok(())
        }
        (Value::User(_, list), _) => list.iter().try_for_each(|element| user(elements, datatype, element, target)),
        (_, Datatype::Number(number, order)) if value.ty().number() == Some(*number) => {
            target.bytes(&value.to_bytes(*order));
            Ok(())
        }
        _ => Err(mismatch(datatype)),
    }
}

fn user(elements: &mut Elements, datatype: &Datatype, value: &UserValue, target: &mut Encoded) -> Result<()> {
    match (value, datatype) {
        (UserValue::Enum(number), Datatype::Enumeration { base, .. }) => {
            target.bytes(enumerated(*number, base)?.as_slice());
            Ok(())
        }
        (UserValue::Vlen(list), Datatype::Sequence { base, .. }) => {
            let mut held = Encoded::default();
            encode(elements, base, list, &mut held)?;
            elements.sequence(list.len(), held, target)
        }
        (UserValue::Opaque(bytes), Datatype::Opaque { size, .. }) if bytes.len() as u64 == *size => {
            target.bytes(bytes);
            Ok(())
        }
        (UserValue::Compound(fields), Datatype::Compound { size, members }) if fields.len() == members.len() => {
            let start = target.len();
            let mut in_place: Vec<_> = fields.iter().zip(members).collect();
            in_place.sort_by_key(|(_, member)| member.offset);
            for (field, member) in in_place {
                target.pad(start.saturating_add(limits::to_usize(member.offset)?));
                encode_field(elements, &member.datatype, field, target)?;
            }
            target.pad(start.saturating_add(limits::to_usize(*size)?));
            Ok(())
        }
        _ => Err(mismatch(datatype)),
    }
}

/// The number of an enumeration in its base type.
fn enumerated(number: i64, base: &Datatype) -> Result<Vec<u8>> {
    let mut bytes = number.to_le_bytes().to_vec();
    let cut = bytes.split_off(limits::to_usize(base.size())?.min(bytes.len()));
    let is_signed = !matches!(base, Datatype::Number(number, _) if !number.is_signed());
    let beyond = if is_signed && bytes.last().is_some_and(|&last| last >= 0x80) { 0xff } else { 0 };
    match cut.iter().all(|&byte| byte == beyond) {
        true => Ok(bytes),
        false => Err(Error::usage(format!("{number} is no {base}"))),
    }
}

/// A member of a compound: one element, or as many as its array has.
fn encode_field(elements: &mut Elements, datatype: &Datatype, value: &Value, target: &mut Encoded) -> Result<()> {
    let (base, count) = match datatype {
        Datatype::Array { dims, base } => (base.as_ref(), shape::count(dims)?),
        single => (single, 1),
    };
    match value.len() as u64 == count {
        true => encode(elements, base, value, target),
        false => Err(Error::usage(format!("{} elements for {datatype}", value.len()))),
    }
}

fn mismatch(datatype: &Datatype) -> Error {
    Error::usage(format!("the values are no elements of {datatype}"))
}
