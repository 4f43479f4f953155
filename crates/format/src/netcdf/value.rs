//! Values: lists of elements of one type, and attributes.

use std::sync::Arc;

use super::types::{Type, UserType};
use crate::element::{with_number, ByteOrder, Element, Number};

/// A value of an attribute: a list of one type.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Integers of 8 bits with a sign: `NC_BYTE`.
    Byte(Vec<i8>),
    /// Text as bytes; a terminating NUL counts, if there is one.
    Char(Vec<u8>),
    /// Integers of 16 bits: `NC_SHORT`.
    Short(Vec<i16>),
    /// Integers of 32 bits: `NC_INT`.
    Int(Vec<i32>),
    /// Numbers of single precision: `NC_FLOAT`.
    Float(Vec<f32>),
    /// Numbers of double precision: `NC_DOUBLE`.
    Double(Vec<f64>),
    /// Integers of 8 bits without a sign: `NC_UBYTE`.
    UByte(Vec<u8>),
    /// Integers of 16 bits without a sign: `NC_USHORT`.
    UShort(Vec<u16>),
    /// Integers of 32 bits without a sign: `NC_UINT`.
    UInt(Vec<u32>),
    /// Integers of 64 bits: `NC_INT64`.
    Int64(Vec<i64>),
    /// Integers of 64 bits without a sign: `NC_UINT64`.
    UInt64(Vec<u64>),
    /// Text of any length; `None` is a null pointer, which is not the same as an empty text. A NUL in a text ends it for most
    /// readers: writers refuse such texts.
    String(Vec<Option<Vec<u8>>>),
    /// Elements of a user-defined type.
    User(Arc<UserType>, Vec<UserValue>),
}

impl Value {
    /// Text, as netCDF stores it: without a terminating NUL unless `text` has one.
    pub fn text(text: &str) -> Self {
        Value::Char(text.as_bytes().to_vec())
    }

    /// The external type.
    pub fn ty(&self) -> Type {
        match self {
            Value::Byte(_) => Type::Byte,
            Value::Char(_) => Type::Char,
            Value::Short(_) => Type::Short,
            Value::Int(_) => Type::Int,
            Value::Float(_) => Type::Float,
            Value::Double(_) => Type::Double,
            Value::UByte(_) => Type::UByte,
            Value::UShort(_) => Type::UShort,
            Value::UInt(_) => Type::UInt,
            Value::Int64(_) => Type::Int64,
            Value::UInt64(_) => Type::UInt64,
            Value::String(_) => Type::String,
            Value::User(user, _) => Type::User(user.clone()),
        }
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        match self {
            Value::Byte(v) => v.len(),
            Value::Char(v) | Value::UByte(v) => v.len(),
            Value::Short(v) => v.len(),
            Value::Int(v) => v.len(),
            Value::Float(v) => v.len(),
            Value::Double(v) => v.len(),
            Value::UShort(v) => v.len(),
            Value::UInt(v) => v.len(),
            Value::Int64(v) => v.len(),
            Value::UInt64(v) => v.len(),
            Value::String(v) => v.len(),
            Value::User(_, v) => v.len(),
        }
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements as stored: numbers in `order`, text as bytes. Strings and user-defined types have no such form.
    pub(crate) fn to_bytes(&self, order: ByteOrder) -> Vec<u8> {
        fn flat<T: crate::Element>(values: &[T], order: ByteOrder) -> Vec<u8> {
            let mut copy = values.to_vec();
            crate::element::to_native(&mut copy, order);
            bytemuck::cast_slice(&copy).to_vec()
        }
        match self {
            Value::Byte(v) => flat(v, order),
            Value::Char(v) | Value::UByte(v) => v.clone(),
            Value::Short(v) => flat(v, order),
            Value::Int(v) => flat(v, order),
            Value::Float(v) => flat(v, order),
            Value::Double(v) => flat(v, order),
            Value::UShort(v) => flat(v, order),
            Value::UInt(v) => flat(v, order),
            Value::Int64(v) => flat(v, order),
            Value::UInt64(v) => flat(v, order),
            Value::String(_) | Value::User(..) => Vec::new(),
        }
    }

    /// The value whose elements are stored as `bytes`; bytes that make no whole element are dropped.
    pub(crate) fn from_bytes(ty: &Type, bytes: &[u8], order: ByteOrder) -> Self {
        fn list<T: crate::Element>(bytes: &[u8], order: ByteOrder) -> Vec<T> {
            let mut values: Vec<T> = bytes.chunks_exact(size_of::<T>()).map(bytemuck::pod_read_unaligned).collect();
            crate::element::to_native(&mut values, order);
            values
        }
        match ty {
            Type::Byte => Value::Byte(list(bytes, order)),
            Type::Char => Value::Char(bytes.to_vec()),
            Type::Short => Value::Short(list(bytes, order)),
            Type::Int => Value::Int(list(bytes, order)),
            Type::Float => Value::Float(list(bytes, order)),
            Type::Double => Value::Double(list(bytes, order)),
            Type::UByte => Value::UByte(bytes.to_vec()),
            Type::UShort => Value::UShort(list(bytes, order)),
            Type::UInt => Value::UInt(list(bytes, order)),
            Type::Int64 => Value::Int64(list(bytes, order)),
            Type::UInt64 => Value::UInt64(list(bytes, order)),
            Type::String => Value::String(Vec::new()),
            Type::User(user) => Value::User(user.clone(), Vec::new()),
        }
    }

    /// The text up to its first NUL, with bytes that are not UTF-8 replaced.
    pub fn as_text(&self) -> Option<String> {
        let bytes = match self {
            Value::Char(bytes) => bytes.as_slice(),
            Value::String(list) => list.first()?.as_deref()?,
            _ => return None,
        };
        let text = bytes.split(|&b| b == 0).next().unwrap_or_default();
        Some(String::from_utf8_lossy(text).into_owned())
    }

    /// The elements, if they are numbers; none otherwise.
    pub fn numbers(&self) -> Vec<Number> {
        let bytes = || self.to_bytes(ByteOrder::NATIVE);
        let Some(number) = self.ty().number() else { return Vec::new() };
        with_number!(number, T => bytes().chunks_exact(size_of::<T>()).map(|element| {
            bytemuck::pod_read_unaligned::<T>(element).to_number()
        }).collect())
    }

    /// The first element as a floating-point number.
    #[allow(clippy::cast_precision_loss)]
    pub fn as_f64(&self) -> Option<f64> {
        Some(match self {
            Value::Byte(v) => f64::from(*v.first()?),
            Value::Short(v) => f64::from(*v.first()?),
            Value::Int(v) => f64::from(*v.first()?),
            Value::Float(v) => f64::from(*v.first()?),
            Value::Double(v) => *v.first()?,
            Value::UByte(v) => f64::from(*v.first()?),
            Value::UShort(v) => f64::from(*v.first()?),
            Value::UInt(v) => f64::from(*v.first()?),
            Value::Int64(v) => *v.first()? as f64,
            Value::UInt64(v) => *v.first()? as f64,
            Value::Char(_) | Value::String(_) | Value::User(..) => return None,
        })
    }

    /// All elements as integers; those above the signed 64-bit integers wrap. An empty list for other types.
    pub(crate) fn to_i64s(&self) -> Vec<i64> {
        fn list<T: Copy + Into<i64>>(values: &[T]) -> Vec<i64> {
            values.iter().map(|&value| value.into()).collect()
        }
        match self {
            Value::Byte(v) => list(v),
            Value::Short(v) => list(v),
            Value::Int(v) => list(v),
            Value::UByte(v) => list(v),
            Value::UShort(v) => list(v),
            Value::UInt(v) => list(v),
            Value::Int64(v) => v.clone(),
            Value::UInt64(v) => v.iter().map(|value| value.cast_signed()).collect(),
            _ => Vec::new(),
        }
    }

    /// The first element as an integer, if it is of an integer type.
    pub fn as_i64(&self) -> Option<i64> {
        Some(match self {
            Value::Byte(v) => i64::from(*v.first()?),
            Value::Short(v) => i64::from(*v.first()?),
            Value::Int(v) => i64::from(*v.first()?),
            Value::UByte(v) => i64::from(*v.first()?),
            Value::UShort(v) => i64::from(*v.first()?),
            Value::UInt(v) => i64::from(*v.first()?),
            Value::Int64(v) => *v.first()?,
            Value::UInt64(v) => i64::try_from(*v.first()?).ok()?,
            _ => return None,
        })
    }
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

/// A named value on a group or a variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// The value.
    pub value: Value,
}

impl Attribute {
    /// An attribute.
    pub fn new(name: impl Into<String>, value: Value) -> Self {
        Attribute { name: name.into(), value }
    }
}
