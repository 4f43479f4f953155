//! Variables of other numeric types, with the attributes that hold values of theirs.

use super::options::ConvertOptions;
use crate::element::ByteOrder;
use crate::error::{Context, Error, Result};
use crate::netcdf::fill::{self, FILL_VALUE};
use crate::netcdf::ids::VariableId;
use crate::netcdf::numbers::{self, NumberForm, Precision};
use crate::netcdf::schema::{Fill, Schema, Variable};
use crate::netcdf::types::Type;
use crate::netcdf::value::Value;

/// The attributes whose values are of the type of the variable (NetCDF User's Guide, appendix A; CF conventions, 3.5).
const OF_VALUES: [&str; 7] =
    [FILL_VALUE, "missing_value", "valid_min", "valid_max", "valid_range", "flag_values", "flag_masks"];

/// Gives variables the types that are asked for.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) with the variable, where it has no numbers, or values of attributes do not fit.
pub(super) fn retype(schema: &mut Schema, options: &ConvertOptions) -> Result<()> {
    for place in 0..schema.variables.len() {
        let id = VariableId(place);
        let variable = schema.variable(id)?;
        let by_name = options.types.by_name(schema, id);
        let wanted =
            by_name.or_else(|| options.types.for_all().find(|wanted| is_wider_or_narrower(&variable.ty, wanted)));
        let Some(ty) = wanted.filter(|&ty| *ty != variable.ty).cloned() else { continue };
        let path = schema.path(variable);
        if let Some(variable) = schema.variables.get_mut(place) {
            change(variable, ty).in_object(&path)?;
        }
    }
    Ok(())
}

/// Whether a type is another width of what a variable has.
fn is_wider_or_narrower(ty: &Type, wanted: &Type) -> bool {
    let is_float = |ty: &Type| matches!(ty, Type::Float | Type::Double);
    let is_integer = |ty: &Type| ty.number().is_some() && !is_float(ty) && ty.size() > 1;
    is_float(ty) && is_float(wanted) || is_integer(ty) && is_integer(wanted)
}

fn change(variable: &mut Variable, ty: Type) -> Result<()> {
    if variable.ty.number().is_none() || ty.number().is_none() {
        return Err(Error::usage(format!("{} in the place of {}", ty.name(), variable.ty.name())));
    }
    for attribute in &mut variable.attributes {
        if OF_VALUES.contains(&attribute.name.as_str()) && attribute.value.ty() == variable.ty {
            let converted = convert(&attribute.value, &ty);
            attribute.value =
                converted.map_err(|e| Error::usage(format!("attribute {}: {}", attribute.name, e.detail())))?;
        }
    }
    if let Fill::Value(value) = &variable.fill {
        // The default of a type stands for no value; the other type has its own.
        let is_default = fill::default(&variable.ty).as_ref() == Some(value);
        variable.fill = if is_default { Fill::Default } else { Fill::Value(convert(value, &ty)?) };
    }
    variable.ty = ty;
    Ok(())
}

/// Numbers of another type: floating-point ones rounded, all others exactly.
fn convert(value: &Value, ty: &Type) -> Result<Value> {
    let (from, to) = (value.ty().number(), ty.number());
    let (Some(from), Some(to)) = (from, to) else { return Err(Error::usage("no numbers")) };
    let native = |number| NumberForm { number, order: ByteOrder::NATIVE };
    let mut out = vec![0; value.len().saturating_mul(crate::limits::to_usize(to.size())?)];
    let stored = value.to_bytes(ByteOrder::NATIVE);
    numbers::convert(&stored, native(from), &mut out, native(to), Err(Precision::Rounded.into()))?;
    Ok(Value::from_bytes(ty, &out, ByteOrder::NATIVE))
}
