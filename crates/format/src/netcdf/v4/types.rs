//! Numbers and texts of HDF5 as those of netCDF.

use crate::element::{self, with_number, ByteOrder, Conversion, Element, NumberType};
use crate::error::{Error, Result};
use crate::hdf5::convert;
use crate::hdf5::datatype::{Datatype, FloatOrder};
use crate::limits;
use crate::netcdf::types::Type;
use crate::netcdf::value::Value;

/// The netCDF type of a standard number.
pub(crate) fn number(number: NumberType) -> Type {
    match number {
        NumberType::I8 => Type::Byte,
        NumberType::I16 => Type::Short,
        NumberType::I32 => Type::Int,
        NumberType::I64 => Type::Int64,
        NumberType::U8 => Type::UByte,
        NumberType::U16 => Type::UShort,
        NumberType::U32 => Type::UInt,
        NumberType::U64 => Type::UInt64,
        NumberType::F32 => Type::Float,
        NumberType::F64 => Type::Double,
    }
}

/// The standard type in which the C library holds stored numbers: the smallest one that has room for their bits.
pub(super) fn native(datatype: &Datatype) -> Option<NumberType> {
    match datatype {
        Datatype::Number(number, _) => Some(*number),
        Datatype::Integer(layout) if layout.size <= 16 => Some(match (layout.precision, layout.signed) {
            (0..=8, true) => NumberType::I8,
            (9..=16, true) => NumberType::I16,
            (17..=32, true) => NumberType::I32,
            (_, true) => NumberType::I64,
            (0..=8, false) => NumberType::U8,
            (9..=16, false) => NumberType::U16,
            (17..=32, false) => NumberType::U32,
            (_, false) => NumberType::U64,
        }),
        Datatype::Float(layout) if layout.size <= 4 => Some(NumberType::F32),
        Datatype::Float(layout) if layout.size <= 8 => Some(NumberType::F64),
        _ => None,
    }
}

/// The netCDF type of stored numbers.
pub(super) fn of_numbers(datatype: &Datatype) -> Option<Type> {
    native(datatype).map(number)
}

/// Whether elements are stored as netCDF gives them, but for their byte order.
pub(super) fn is_plain(datatype: &Datatype) -> bool {
    !matches!(datatype, Datatype::Integer(_) | Datatype::Float(_))
}

/// Stored numbers as those of their netCDF type, in their byte order. What it cannot hold becomes the nearest number.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for elements that are no numbers, [`Kind::Limit`](crate::Kind::Limit) without memory.
pub(super) fn converted(datatype: &Datatype, stored: &[u8]) -> Result<Vec<u8>> {
    fn to<T: Element>(datatype: &Datatype, stored: &[u8]) -> Result<Vec<u8>> {
        let count = stored.len() / limits::to_usize(datatype.size())?.max(1);
        let mut values = Vec::new();
        limits::reserve(&mut values, count)?;
        values.resize(count, T::default());
        convert::numbers(datatype, Conversion::Nearest, stored, &mut values)?;
        element::to_native(&mut values, order(datatype));
        Ok(bytemuck::cast_slice(&values).to_vec())
    }
    match native(datatype) {
        Some(number) => with_number!(number, T => to::<T>(datatype, stored)),
        None => Err(Error::usage(format!("{datatype} is no number of netCDF"))),
    }
}

/// Stored numbers as a value.
///
/// # Errors
/// As [`converted`].
pub(super) fn numbers(datatype: &Datatype, stored: &[u8]) -> Result<Value> {
    match (datatype, of_numbers(datatype)) {
        (Datatype::Number(_, order), Some(ty)) => Ok(Value::from_bytes(&ty, stored, *order)),
        (_, Some(ty)) => Ok(Value::from_bytes(&ty, &converted(datatype, stored)?, order(datatype))),
        (_, None) => Err(Error::usage(format!("{datatype} is no number of netCDF"))),
    }
}

/// The byte order of the elements.
pub(crate) fn order(datatype: &Datatype) -> ByteOrder {
    match datatype {
        Datatype::Integer(layout) => layout.order,
        Datatype::Float(layout) if layout.order == FloatOrder::Big => ByteOrder::Big,
        _ => datatype.number().map_or(ByteOrder::Little, |(_, order)| order),
    }
}

/// Text up to its first NUL.
pub(super) fn until_nul(text: &[u8]) -> Vec<u8> {
    text.split(|&b| b == 0).next().unwrap_or_default().to_vec()
}
