//! What elements read as that were never written: one rule for every container.

use super::schema::{Fill, Schema, Variable};
use super::types::Type;
use super::value::{Attribute, Value};
use crate::element::{with_number, Element, Number};

/// The attribute that says it in every container.
pub(crate) const FILL_VALUE: &str = "_FillValue";
/// The attribute of values that stand for missing ones (NetCDF User's Guide, appendix A).
const MISSING_VALUE: &str = "missing_value";

/// The element that unwritten places of a variable get; `None` where nothing is filled in.
///
/// The attribute counts before the declaration: classic files have nothing else, and netCDF-C takes both for one.
pub(crate) fn of(variable: &Variable) -> Option<Value> {
    match &variable.fill {
        Fill::None => None,
        fill => attribute(variable)
            .or(match fill {
                Fill::Value(value) => Some(value),
                _ => None,
            })
            .cloned()
            .or_else(|| default(&variable.ty)),
    }
}

/// The attribute `_FillValue`, if it is an element of the variable.
pub(crate) fn attribute(variable: &Variable) -> Option<&Value> {
    variable.attribute(FILL_VALUE).filter(|value| value.ty() == variable.ty && value.len() == 1)
}

/// Whether a variable that was read has a fill value of which its attribute says nothing.
pub(crate) fn is_untold(variable: &Variable) -> bool {
    match variable.attribute(FILL_VALUE) {
        Some(_) => attribute(variable).is_none(),
        None => own(variable).is_some(),
    }
}

/// The declared fill value, unless it is what the type has anyway.
pub(crate) fn own(variable: &Variable) -> Option<&Value> {
    // Where nothing is filled in, texts of any length are null references.
    let is_plain = |value: &Value| {
        default(&variable.ty).as_ref() == Some(value) || matches!(value, Value::String(list) if list == &[None])
    };
    match &variable.fill {
        Fill::Value(value) if !is_plain(value) => Some(value),
        _ => None,
    }
}

/// Gives variables the attribute that says what their fill value is, as `nc_def_var_fill` does.
pub(crate) fn tell(schema: &mut Schema) {
    let is_hdf5 = schema.container.is_hdf5();
    schema.variables.iter_mut().for_each(|variable| tell_of(variable, is_hdf5));
}

/// Gives a variable the attribute that says what its fill value is.
pub(crate) fn tell_of(variable: &mut Variable, is_hdf5: bool) {
    let kept = variable.untold_fill && is_hdf5 || variable.attribute(FILL_VALUE).is_some();
    if let Some(value) = own(variable).filter(|_| !kept).cloned() {
        variable.attributes.insert(0, Attribute::new(FILL_VALUE, value));
    }
}

/// The default fill value of a type (section 1.2 of the netCDF format); user-defined types have none.
pub(crate) fn default(ty: &Type) -> Option<Value> {
    Some(match ty {
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
        Type::String => Value::String(vec![Some(Vec::new())]),
        Type::User(_) => return None,
    })
}

impl Variable {
    /// The numbers that stand for missing ones, as the variable stores them: the fill value that its attribute says, or else
    /// the default of its type (but of bytes, of which every value is one), and those of `missing_value`.
    pub fn missing_values(&self) -> Vec<Number> {
        let Some(number) = self.ty.number() else { return Vec::new() };
        let own = self.attribute(FILL_VALUE).cloned();
        let own = own.or_else(|| default(&self.ty).filter(|_| self.ty.size() > 1));
        let all = [own, self.attribute(MISSING_VALUE).cloned()].into_iter().flatten().flat_map(|value| value.numbers());
        let mut stored: Vec<Number> = Vec::new();
        for value in all {
            let value = with_number!(number, T => T::nearest(value).to_number());
            if !stored.contains(&value) {
                stored.push(value);
            }
        }
        stored
    }
}

/// So many elements that are all the same, of a type whose elements can lead to a heap.
pub(crate) fn repeated(value: &Value, count: usize) -> Value {
    match value {
        Value::String(list) => Value::String(list.iter().cycle().take(count).cloned().collect()),
        Value::User(user, list) => Value::User(user.clone(), list.iter().cycle().take(count).cloned().collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::ByteOrder;

    #[test]
    fn floating_point_fill_values_have_the_bytes_of_the_format() {
        assert_eq!(default(&Type::Float).unwrap().to_bytes(ByteOrder::Big), [0x7c, 0xf0, 0, 0]);
        assert_eq!(default(&Type::Double).unwrap().to_bytes(ByteOrder::Big), [0x47, 0x9e, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn missing_values_are_those_of_the_attributes_or_the_default() {
        let mut variable = Variable::new("v", Type::Float, Vec::new());
        let float = |value: f32| Number::Float(value.into());
        assert_eq!(variable.missing_values(), [float(9.969_21e36)]);
        variable.attributes.push(Attribute::new(MISSING_VALUE, Value::Double(vec![0.1, 9.969_21e36])));
        assert_eq!(variable.missing_values(), [float(9.969_21e36), float(0.1)]);
        variable.attributes.push(Attribute::new(FILL_VALUE, Value::Float(vec![-1.0])));
        assert_eq!(variable.missing_values(), [float(-1.0), float(0.1), float(9.969_21e36)]);
        // What HDF5 fills in without a word is a value like any other.
        variable =
            Variable { fill: Fill::Value(Value::Float(vec![0.0])), ..Variable::new("v", Type::Float, Vec::new()) };
        assert_eq!(variable.missing_values(), [float(9.969_21e36)]);
        assert!(Variable::new("v", Type::Byte, Vec::new()).missing_values().is_empty());
        assert!(Variable::new("v", Type::Char, Vec::new()).missing_values().is_empty());
    }

    #[test]
    fn the_attribute_counts_before_the_declaration() {
        let mut variable = Variable::new("v", Type::Int, Vec::new());
        assert_eq!(of(&variable), Some(Value::Int(vec![-2_147_483_647])));
        variable.fill = Fill::Value(Value::Int(vec![5]));
        assert_eq!(of(&variable), Some(Value::Int(vec![5])));
        variable.attributes.push(crate::netcdf::Attribute::new(FILL_VALUE, Value::Int(vec![7])));
        assert_eq!(of(&variable), Some(Value::Int(vec![7])));
        variable.fill = Fill::None;
        assert_eq!(of(&variable), None);
    }
}
