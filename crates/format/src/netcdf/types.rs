//! Types: those that netCDF has, and those that a file defines.

use std::sync::Arc;

use super::ids::GroupId;
use crate::element::NumberType;

/// The external types of netCDF.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    /// Signed 8-bit integer.
    Byte,
    /// One byte of text.
    Char,
    /// Signed 16-bit integer.
    Short,
    /// Signed 32-bit integer.
    Int,
    /// 32-bit floating point.
    Float,
    /// 64-bit floating point.
    Double,
    /// Unsigned 8-bit integer.
    UByte,
    /// Unsigned 16-bit integer.
    UShort,
    /// Unsigned 32-bit integer.
    UInt,
    /// Signed 64-bit integer.
    Int64,
    /// Unsigned 64-bit integer.
    UInt64,
    /// Text of any length.
    String,
    /// A type that the file defines.
    User(Arc<UserType>),
}

impl Type {
    /// The size in bytes of one element in the file; 0 for [`Type::String`], which has no fixed one.
    pub fn size(&self) -> u64 {
        match self {
            Type::Byte | Type::Char | Type::UByte => 1,
            Type::Short | Type::UShort => 2,
            Type::Int | Type::UInt | Type::Float => 4,
            Type::Int64 | Type::UInt64 | Type::Double => 8,
            Type::String => 0,
            Type::User(user) => user.size,
        }
    }

    /// Whether elements have no fixed size, alone or inside.
    pub(crate) fn is_variable(&self) -> bool {
        match self {
            Type::String => true,
            Type::User(user) => match &user.class {
                UserClass::Vlen(_) => true,
                UserClass::Compound(fields) => fields.iter().any(|field| field.ty.is_variable()),
                UserClass::Enum { .. } | UserClass::Opaque => false,
            },
            _ => false,
        }
    }

    /// Whether elements are the same in bytes: the groups of user-defined types alone may differ.
    pub(crate) fn is_like(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::User(user), Type::User(other)) => user.is_like(other),
            _ => self == other,
        }
    }

    /// The numeric type of the elements; text is none.
    pub fn number(&self) -> Option<NumberType> {
        Some(match self {
            Type::Byte => NumberType::I8,
            Type::Short => NumberType::I16,
            Type::Int => NumberType::I32,
            Type::Float => NumberType::F32,
            Type::Double => NumberType::F64,
            Type::UByte => NumberType::U8,
            Type::UShort => NumberType::U16,
            Type::UInt => NumberType::U32,
            Type::Int64 => NumberType::I64,
            Type::UInt64 => NumberType::U64,
            Type::Char | Type::String | Type::User(..) => return None,
        })
    }

    /// The name in CDL.
    pub fn name(&self) -> &str {
        match self {
            Type::Char => "char",
            Type::String => "string",
            Type::User(user) => &user.name,
            number => number.number().map_or("", NumberType::name),
        }
    }
}

/// A type that a file defines.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserType {
    /// The name.
    pub name: String,
    /// The group that owns it.
    pub group: GroupId,
    /// Bytes of one element in the file.
    pub size: u64,
    /// What its elements are.
    pub class: UserClass,
}

impl UserType {
    fn is_like(&self, other: &UserType) -> bool {
        let is_class_like = match (&self.class, &other.class) {
            (UserClass::Vlen(base), UserClass::Vlen(other)) => base.is_like(other),
            (UserClass::Compound(fields), UserClass::Compound(others)) => {
                let same = |field: &Field, other: &Field| {
                    (&field.name, field.offset, &field.dims) == (&other.name, other.offset, &other.dims)
                        && field.ty.is_like(&other.ty)
                };
                fields.len() == others.len() && fields.iter().zip(others).all(|(field, other)| same(field, other))
            }
            (class, other) => class == other,
        };
        (&self.name, self.size) == (&other.name, other.size) && is_class_like
    }
}

/// The four classes of user-defined types.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum UserClass {
    /// Named integers.
    Enum {
        /// The integer type.
        base: Type,
        /// Names and values, in the order of definition; those above the signed 64-bit integers wrap, as in netCDF.
        members: Vec<(String, i64)>,
    },
    /// A list of any length, of this type.
    Vlen(Type),
    /// Bytes: as many as the type's size.
    Opaque,
    /// A record.
    Compound(Vec<Field>),
}

/// A field of a compound type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Field {
    /// The name.
    pub name: String,
    /// Bytes before it in the record, in the file.
    pub offset: u64,
    /// The type of its elements.
    pub ty: Type,
    /// The lengths of an array; empty for a single element.
    pub dims: Vec<u64>,
}
