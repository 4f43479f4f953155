//! Attributes that speak of values: what the netCDF conventions ask of whoever changes the values (NetCDF User's Guide,
//! appendix A).

use std::cmp::Ordering;

use hyperslab::netcdf::{Attribute, Schema, Transform, Value, Variable, VariableId};
use hyperslab::{Context, Error, Result};

use crate::names;
use crate::transform::Real;

/// What packed values are multiplied with, and what is added to them then.
const PACKING: [&str; 2] = [names::SCALE_FACTOR, names::ADD_OFFSET];
/// Bounds of the values as they are stored.
const BOUNDS: [&str; 3] = ["valid_min", "valid_max", "valid_range"];
/// Bounds of the values as they are meant.
const ACTUAL_RANGE: &str = "actual_range";

/// Makes the attributes of a variable say what is true after the transform, and returns what is left to do to the values:
/// nothing where they are packed, because their scale changes in their place.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported), naming the variable, for packed values with more than one transform, or whose
/// packing is no number.
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
    let factor = number(variable, names::SCALE_FACTOR, 1.0).in_object(&path)?;
    let added = number(variable, names::ADD_OFFSET, 0.0).in_object(&path)?;
    let changed = [(names::SCALE_FACTOR, factor * scale), (names::ADD_OFFSET, change(added))];
    if let Some((name, value)) = changed.iter().find(|(_, value)| !value.is_finite()) {
        return Err(Error::unsupported(format!("packed values whose {name} would be {value}")).in_object(path));
    }
    changed.into_iter().for_each(|(name, value)| set(variable, name, value));
    Ok(Transform::Identity)
}

/// The number that an attribute of a variable is, or what it is where there is none.
fn number(variable: &Variable, name: &str, absent: f64) -> Result<f64> {
    let Some(value) = variable.attribute(name) else { return Ok(absent) };
    let one = value.as_f64().filter(|number| value.len() == 1 && number.is_finite());
    one.ok_or_else(|| Error::unsupported(format!("packed values whose {name} is not one number")))
}

/// Whether the values of a variable are packed: others than they are meant.
pub(crate) fn is_packed(variable: &Variable) -> bool {
    PACKING.iter().any(|name| variable.attribute(name).is_some())
}

/// What the stored numbers of a variable are multiplied with, and what is added to them then, to be what they mean.
fn packing(variable: &Variable) -> [f64; 2] {
    let [factor, added] = PACKING.map(|name| variable.attribute(name).and_then(Value::as_f64));
    [factor.unwrap_or(1.0), added.unwrap_or(0.0)]
}

/// Whether the stored numbers of two variables mean the same: how they are packed, and which of them are missing. Numbers of both
/// can be in one array only then.
pub(crate) fn mean_the_same(a: &Variable, b: &Variable) -> bool {
    if (&a.ty, &a.attributes, &a.fill) == (&b.ty, &b.attributes, &b.fill) {
        return true;
    }
    let meaning = |variable| -> Vec<f64> { packing(variable).into_iter().chain(marked(variable)).collect() };
    let same = |(a, b): (&f64, &f64)| a.partial_cmp(b) == Some(Ordering::Equal) || a.is_nan() && b.is_nan();
    let (a, b) = (meaning(a), meaning(b));
    a.len() == b.len() && a.iter().zip(&b).all(same)
}

/// The numbers that stand for missing ones, but for that which does so in any variable of the type.
fn marked(variable: &Variable) -> Vec<f64> {
    let plain = Variable { attributes: Vec::new(), ..variable.clone() }.missing_values();
    let own = variable.missing_values().into_iter().filter(|number| !plain.contains(number));
    own.map(<f64 as hyperslab::Element>::nearest).collect()
}

/// Gives an attribute another value, in its own type if that is a floating-point one that can hold it.
fn set(variable: &mut Variable, name: &str, value: f64) {
    let single: f32 = f32::nearest(value);
    let is_held = single.is_finite() && (single != 0.0 || value == 0.0);
    match variable.attributes.iter_mut().find(|a| a.name == name) {
        Some(Attribute { value: Value::Float(list), .. }) if is_held => *list = vec![single],
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
