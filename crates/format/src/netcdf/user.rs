//! User-defined types of netCDF-4, and values of them.

use super::schema::GroupId;
use super::value::{Type, Value};

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

/// One element of a user-defined type.
#[derive(Debug, Clone, PartialEq)]
pub enum UserValue {
    /// The number of an enumeration; those above the signed 64-bit integers wrap, as in netCDF.
    Enum(i64),
    /// The elements of a list.
    Vlen(Value),
    /// Bytes.
    Opaque(Vec<u8>),
    /// The fields of a record, in order; each has as many elements as its dimensions say.
    Compound(Vec<Value>),
}
