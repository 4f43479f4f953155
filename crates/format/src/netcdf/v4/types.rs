//! HDF5 datatypes as netCDF types, and attributes as netCDF values.

use std::sync::Arc;

use crate::element::{ByteOrder, NumberType};
use crate::error::Result;
use crate::hdf5::datatype::Datatype;
use crate::hdf5::read::elements::variable_strings;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::attributes::Attribute;
use crate::limits;
use crate::netcdf::schema::GroupId;
use crate::netcdf::user::{UserClass, UserType};
use crate::netcdf::value::{self, Type, Value};

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

/// The netCDF type of a variable; `committed` is the name of its datatype, if it has one.
pub(crate) fn of_variable(datatype: &Datatype, committed: Option<&str>) -> Type {
    match datatype {
        Datatype::Number(kind, _) => number(*kind),
        Datatype::String(text) if text.size == 1 => Type::Char,
        Datatype::String(_) | Datatype::VariableString(_) => Type::String,
        other => Type::User(Arc::new(UserType {
            name: committed.unwrap_or(other.class_name()).to_owned(),
            group: GroupId::ROOT,
            size: other.size(),
            class: UserClass::Opaque,
        })),
    }
}

/// The byte order of the elements.
pub(crate) fn order(datatype: &Datatype) -> ByteOrder {
    datatype.number().map_or(ByteOrder::Little, |(_, order)| order)
}

/// An attribute as netCDF shows it; `None` for types that netCDF does not have.
pub(crate) fn attribute(space: &AddressSpace, attribute: &Attribute) -> Result<Option<value::Attribute>> {
    let scalar = attribute.shape.as_ref().is_none_or(Vec::is_empty);
    let value = match &attribute.datatype {
        Datatype::Number(kind, order) => Value::from_bytes(&number(*kind), &attribute.data, *order),
        Datatype::String(text) if scalar || text.size == 1 => Value::Char(attribute.data.clone()),
        Datatype::String(text) => {
            Value::String(fixed_strings(&attribute.data, text.size)?.into_iter().map(Some).collect())
        }
        Datatype::VariableString(_) => Value::String(variable_strings(space, &attribute.datatype, &attribute.data)?),
        _ => return Ok(None),
    };
    Ok(Some(value::Attribute { name: attribute.name.clone(), value }))
}

/// Texts of a fixed size, each cut at its first NUL.
pub(crate) fn fixed_strings(stored: &[u8], size: u64) -> Result<Vec<Vec<u8>>> {
    let size = limits::to_usize(size.max(1))?;
    Ok(stored.chunks_exact(size).map(|text| text.split(|&b| b == 0).next().unwrap_or_default().to_vec()).collect())
}

/// The default fill value of a type, in a byte order (section 1.2 of the netCDF format).
pub(crate) fn default_fill(ty: &Type, order: ByteOrder) -> Vec<u8> {
    let value = match ty {
        Type::Byte => Value::Byte(vec![-127]),
        Type::Char => Value::Char(vec![0]),
        Type::Short => Value::Short(vec![-32767]),
        Type::Int => Value::Int(vec![-2_147_483_647]),
        Type::Float => Value::Float(vec![9.969_21e36]),
        Type::Double => Value::Double(vec![9.969_209_968_386_869e36]),
        Type::UByte => Value::UByte(vec![255]),
        Type::UShort => Value::UShort(vec![65535]),
        Type::UInt => Value::UInt(vec![u32::MAX]),
        Type::Int64 => Value::Int64(vec![-9_223_372_036_854_775_806]),
        Type::UInt64 => Value::UInt64(vec![u64::MAX - 1]),
        Type::String | Type::User(..) => return Vec::new(),
    };
    value.to_bytes(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floating_point_fill_values_have_the_bytes_of_the_format() {
        assert_eq!(default_fill(&Type::Float, ByteOrder::Big), [0x7c, 0xf0, 0, 0]);
        assert_eq!(default_fill(&Type::Double, ByteOrder::Big), [0x47, 0x9e, 0, 0, 0, 0, 0, 0]);
    }
}
