//! Results of several numbers for each entry, as some writers have vectors.

use hyperslab::netcdf::{DimensionId, Layout, Schema, VariableId};
use hyperslab::Result;

use crate::data::Data;
use crate::kind::EntityType;
use crate::model::Model;
use crate::names;

/// Gives the variable of an array the axes that the model has behind those of steps and entries.
///
/// # Errors
/// When there is no such variable.
pub(super) fn declare(schema: &mut Schema, to: VariableId, model: &dyn Model, data: Data) -> Result<()> {
    let shape = model.shape(data).filter(|_| matches!(data, Data::Variable(..))).unwrap_or_default();
    let known = schema.variable(to)?.dimensions.len();
    for (axis, &length) in shape.iter().enumerate().skip(known) {
        let dimension = dimension(schema, to, length, name(model, data, axis))?;
        let Some(variable) = schema.variables.get_mut(to.0) else { continue };
        variable.dimensions.push(dimension);
        match &mut variable.storage.layout {
            Layout::Chunked(chunk) if chunk.len() < variable.dimensions.len() => chunk.push(length.max(1)),
            _ => {}
        }
    }
    Ok(())
}

/// Whether any nodal result of a model, or of the models in its groups, has several numbers for each node.
///
/// # Errors
/// As [`Model::mesh`].
pub(super) fn are_anywhere(model: &dyn Model, groups: &[(String, Box<dyn Model + '_>)]) -> Result<bool> {
    for model in std::iter::once(model).chain(groups.iter().map(|(_, model)| &**model)) {
        let count = model.mesh()?.variables.get(&EntityType::Nodal).map_or(0, Vec::len);
        let shape = |variable| model.shape(Data::Variable(EntityType::Nodal, variable, 0));
        if (0..count).filter_map(shape).any(|shape| shape.len() > 2) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What the file that a model is made of calls the dimension of an axis.
fn name(model: &dyn Model, data: Data, axis: usize) -> Option<String> {
    let (file, stored) = (model.file()?, model.stored(data)?);
    let id = stored.array.variable().dimensions.get(axis)?;
    file.schema().dimension(*id).ok().map(|dimension| dimension.name.clone())
}

/// A dimension of this length, which is added if there is none.
fn dimension(schema: &mut Schema, of: VariableId, length: u64, name: Option<String>) -> Result<DimensionId> {
    let group = schema.variable(of)?.group;
    let taken = |name: &str| schema.dimensions.iter().position(|d| d.group == group && d.name == name);
    let fits = |n: usize| schema.dimensions.get(n).is_some_and(|d| d.length == length && !d.unlimited);
    let name = name.filter(|name| taken(name).is_none_or(fits));
    let name = name.unwrap_or_else(|| format!("{}{length}", names::NUM_COMPONENTS));
    if let Some(there) = taken(&name).filter(|&there| fits(there)) {
        return Ok(DimensionId(there));
    }
    let id = schema.add_dimension(&name, length, false);
    schema.dimensions.get_mut(id.0).into_iter().for_each(|dimension| dimension.group = group);
    Ok(id)
}
