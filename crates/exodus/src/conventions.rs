//! Attributes that speak of values: what the netCDF conventions ask of whoever changes the values (NetCDF User's Guide,
//! appendix A).

use hyperslab::netcdf::{Attribute, Schema, Transform, Value, Variable, VariableId};
use hyperslab::{Error, Number, Result};

use crate::transform::Real;

/// What packed values are multiplied with, and what is added to them then.
const PACKING: [&str; 2] = ["scale_factor", "add_offset"];
/// Bounds of the values as they are stored.
const BOUNDS: [&str; 3] = ["valid_min", "valid_max", "valid_range"];
/// Bounds of the values as they are meant.
const ACTUAL_RANGE: &str = "actual_range";

/// Makes the attributes of a variable say what is true after the transform, and returns what is left to do to the values:
/// nothing where they are packed, because their scale changes in their place.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported), naming the variable, for packed values with more than one transform.
pub(crate) fn apply(schema: &mut Schema, id: VariableId, transform: Transform) -> Result<Transform> {
    let path = schema.path(schema.variable(id)?);
    let Some(variable) = schema.variables.get_mut(id.0) else { return Ok(transform) };
    let is_packed = is_packed(variable);
    let (scale, offset) = match &transform {
        Transform::Identity => return Ok(transform),
        Transform::Affine { scale, offset } => (*scale, *offset),
        Transform::Along { terms, .. } => match terms.as_slice() {
            [first, rest @ ..] if rest.iter().all(|term| term == first) => *first,
            _ if is_packed => {
                let detail = "packed values (scale_factor, add_offset) of several fields with factors of their own";
                return Err(Error::unsupported(detail).in_object(path));
            }
            // Nobody can say which of the fields their bounds are of.
            _ => {
                variable.attributes.retain(|a| !BOUNDS.contains(&a.name.as_str()) && a.name != ACTUAL_RANGE);
                return Ok(transform);
            }
        },
    };
    let change = |value: f64| value * scale + offset;
    bounds(variable, &[ACTUAL_RANGE], change, scale < 0.0);
    if !is_packed {
        bounds(variable, &BOUNDS, change, scale < 0.0);
        return Ok(transform);
    }
    let [factor, added] = PACKING.map(|name| variable.attribute(name).and_then(Value::as_f64));
    set(variable, "scale_factor", factor.unwrap_or(1.0) * scale);
    set(variable, "add_offset", change(added.unwrap_or(0.0)));
    Ok(Transform::Identity)
}

/// Whether the values of a variable are packed: others than they are meant.
pub(crate) fn is_packed(variable: &Variable) -> bool {
    PACKING.iter().any(|name| variable.attribute(name).is_some())
}

/// Whether the stored numbers of two variables mean the same: which of them are missing, and how they are packed.
pub(crate) fn mean_the_same(a: &Variable, b: &Variable) -> bool {
    let packing = |v: &Variable| PACKING.map(|name| v.attribute(name).and_then(Value::as_f64).map(f64::to_bits));
    let missing = || {
        let is_no_number = |number: &Number| matches!(number, Number::Float(value) if value.is_nan());
        let same = |(a, b): (&Number, &Number)| a == b || is_no_number(a) && is_no_number(b);
        let (a, b) = (a.missing_values(), b.missing_values());
        a.len() == b.len() && a.iter().zip(&b).all(same)
    };
    packing(a) == packing(b) && (a.ty != b.ty || missing())
}

/// Gives an attribute another value, in its own type if that is a floating-point one.
fn set(variable: &mut Variable, name: &str, value: f64) {
    match variable.attributes.iter_mut().find(|a| a.name == name) {
        Some(Attribute { value: Value::Float(list), .. }) => *list = vec![f32::nearest(value)],
        Some(attribute) => attribute.value = Value::Double(vec![value]),
        None => variable.attributes.push(Attribute::new(name, Value::Double(vec![value]))),
    }
}

/// Changes bounds along with the values; the smallest becomes the largest where the order is turned around.
fn bounds(variable: &mut Variable, names: &[&str], change: impl Fn(f64) -> f64, turned: bool) {
    for attribute in variable.attributes.iter_mut().filter(|a| names.contains(&a.name.as_str())) {
        match &mut attribute.value {
            Value::Float(list) => {
                list.iter_mut().for_each(|bound| *bound = f32::nearest(change(f64::from(*bound))));
                list.sort_by(f32::total_cmp);
            }
            Value::Double(list) => {
                list.iter_mut().for_each(|bound| *bound = change(*bound));
                list.sort_by(f64::total_cmp);
            }
            _ => {}
        }
        attribute.name = match attribute.name.as_str() {
            "valid_min" if turned => "valid_max".to_owned(),
            "valid_max" if turned => "valid_min".to_owned(),
            _ => continue,
        };
    }
}
