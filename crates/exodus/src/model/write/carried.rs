//! What the model does not know: variables and attributes of other programs, which come along as they are.

use std::collections::HashMap;

use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{Dimension, DimensionId, GroupId, Schema, Storage, Type, Value, Variable, VariableId};
use hyperslab::{Element, Error, Result};

use super::WriteOptions;
use crate::names;
use crate::read::file::ExodusFile;

/// Adds what the model does not know to the schema of the output; returns its variables: where they are in the input and in
/// the output.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for what would be lost.
pub(super) fn declare(
    file: &ExodusFile,
    output: &mut Schema,
    group: GroupId,
    options: &WriteOptions,
) -> Result<Vec<(VariableId, VariableId)>> {
    if let Some(lost) = file.schema().hidden.first() {
        return Err(Error::unsupported(format!("it would be lost: {}", lost.reason)).in_object(lost.path.clone()));
    }
    let input = &file.schema().in_container(output.container)?;
    let has = |group: GroupId| group.0 < output.groups.len();
    let types: Vec<_> = input.types.iter().filter(|user| has(user.group) && !output.types.contains(user)).collect();
    output.types.extend(types.into_iter().cloned());
    let known = output.variables.iter().enumerate().filter(|(_, v)| v.group == group);
    let known: HashMap<String, usize> = known.map(|(n, v)| (v.name.clone(), n)).collect();
    let mut carried = Vec::new();
    for (n, variable) in input.variables.iter().enumerate().filter(|(_, v)| v.group == file.group_id()) {
        match known.get(&variable.name).and_then(|&known| output.variables.get_mut(known)) {
            Some(known) => {
                attributes(variable, known);
                if keeps_filters(options) && variable.storage.is_filtered() {
                    known.storage = variable.storage.clone();
                }
            }
            None if names::is_superseded(&variable.name)
                || (!options.results && crate::kind::is_of_results(&variable.name)) => {}
            None => {
                let id = add(input, variable, output, group)?;
                if let Some(added) = output.variables.get_mut(id.0).filter(|_| keeps_filters(options)) {
                    added.storage = variable.storage.clone();
                }
                carried.push((VariableId(n), id));
            }
        }
    }
    Ok(carried)
}

/// Lets a variable have what that of its numbers has: its attributes, and its filters, as far as they lose nothing and fit any numbers.
pub(super) fn origin(schema: &mut Schema, to: VariableId, from: &Variable, options: &WriteOptions) {
    let plain = |filter: &&Filter| matches!(filter.id, Filter::SHUFFLE | Filter::DEFLATE | Filter::FLETCHER32);
    let keeps_filters = keeps_filters(options) && schema.container.is_hdf5();
    let Some(variable) = schema.variables.get_mut(to.0) else { return };
    attributes(from, variable);
    if keeps_filters {
        variable.storage.filters = from.storage.filters.iter().filter(plain).cloned().collect();
    }
}

/// Whether variables pass through the filters of the input: nobody asked for others.
fn keeps_filters(options: &WriteOptions) -> bool {
    options.create.deflate.is_none() && !options.create.shuffle
}

/// Attributes that the model does not write itself. What stands for a missing value is a number of the type of the variable.
fn attributes(from: &Variable, to: &mut Variable) {
    let new: Vec<_> = from.attributes.iter().filter(|a| to.attribute(&a.name).is_none()).cloned().collect();
    for mut attribute in new {
        if from.ty != to.ty && MARKERS.contains(&attribute.name.as_str()) {
            let Some(value) = in_type(&attribute.value, &to.ty) else { continue };
            attribute.value = value;
        }
        to.attributes.push(attribute);
    }
}

/// The attributes whose values stand for missing ones.
const MARKERS: [&str; 2] = [names::FILL_VALUE, names::MISSING_VALUE];

/// Numbers in the type of a variable, as its values are rounded; `None` for integers that do not fit.
fn in_type(value: &Value, ty: &Type) -> Option<Value> {
    let numbers = value.numbers().into_iter();
    Some(match ty {
        Type::Float => Value::Float(numbers.map(f32::nearest).collect()),
        Type::Double => Value::Double(numbers.map(f64::nearest).collect()),
        Type::Int => Value::Int(numbers.map(i32::from_number).collect::<Option<_>>()?),
        Type::Int64 => Value::Int64(numbers.map(i64::from_number).collect::<Option<_>>()?),
        _ => return None,
    })
}

fn add(input: &Schema, variable: &Variable, output: &mut Schema, group: GroupId) -> Result<VariableId> {
    let mut carried = Variable { group, dimensions: Vec::new(), ..variable.clone() };
    carried.storage = Storage::default();
    for id in &variable.dimensions {
        let dimension = input.dimension(*id)?;
        carried.dimensions.push(dimension_of(output, dimension, group, variable)?);
    }
    Ok(output.add_variable(carried))
}

/// The dimension of this name, which is added if there is none.
fn dimension_of(output: &mut Schema, wanted: &Dimension, group: GroupId, of: &Variable) -> Result<DimensionId> {
    let found = output.dimensions.iter().position(|d| d.group == group && d.name == wanted.name);
    match found.and_then(|n| output.dimensions.get(n).map(|d| (n, d))) {
        Some((n, d)) if d.unlimited || d.length == wanted.length => Ok(DimensionId(n)),
        Some((_, d)) => {
            let detail = format!("dimension {} would be {} and {} long", wanted.name, d.length, wanted.length);
            Err(Error::unsupported(detail).in_object(format!("/{}", of.name)))
        }
        None => {
            output.dimensions.push(Dimension { group, ..wanted.clone() });
            Ok(DimensionId(output.dimensions.len() - 1))
        }
    }
}
