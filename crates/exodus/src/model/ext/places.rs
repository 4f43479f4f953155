//! From identifiers and names to positions.

use hyperslab::{Error, Result};

use super::super::Model;
use crate::data::{describe, Data};
use crate::ids::{ElementId, Which};
use crate::kind::EntityType;

/// The position of an entity whose kind must be one of several.
pub fn of<'w, M: Model + ?Sized>(
    model: &M,
    kind: EntityType,
    which: impl Into<Which<'w>>,
    kinds: &[EntityType],
    what: &str,
) -> Result<usize> {
    match kinds.contains(&kind) {
        true => model.mesh()?.position(kind, which),
        false => Err(Error::usage(format!("{} is no kind of {what}", kind.label()))),
    }
}

/// The address of a variable on an entity.
pub fn variable<'v, 'e, M: Model + ?Sized>(
    model: &M,
    kind: EntityType,
    variable: impl Into<Which<'v>>,
    entity: impl Into<Which<'e>>,
) -> Result<Data> {
    let mesh = model.mesh()?;
    let data = Data::Variable(kind, mesh.variable_position(kind, variable)?, mesh.position(kind, entity)?);
    match model.number_type(data) {
        Some(_) => Ok(data),
        None => Err(super::missing(model, data)),
    }
}

/// An array in words, with names where the model has them.
pub fn described<M: Model + ?Sized>(model: &M, data: Data) -> String {
    model.mesh().map_or_else(|_| describe(data), |mesh| mesh.describe(data))
}

/// The position of a number in an identifier map.
pub fn number<M: Model + ?Sized>(model: &M, kind: EntityType, id: i64) -> Result<u64> {
    let what = if kind == EntityType::NodeMap { "node" } else { "element" };
    let missing = || Error::not_found(format!("there is no {what} {id}"));
    let mesh = model.mesh()?;
    let count = if kind == EntityType::NodeMap { mesh.num_nodes } else { mesh.element_numbers().len() };
    if model.number_type(Data::IdMap(kind)).is_none() {
        // People know them by their positions.
        let position = u64::try_from(id).ok().and_then(|id| id.checked_sub(1)).filter(|&position| position < count);
        return position.ok_or_else(missing);
    }
    let ids: Vec<i64> = model.numbers(&Data::IdMap(kind).into())?.to()?;
    ids.iter().position(|&own| own == id).map(|position| position as u64).ok_or_else(missing)
}

/// The positions of an element's block and of the element there.
pub fn element<M: Model + ?Sized>(model: &M, id: ElementId) -> Result<(usize, u64)> {
    let position = number(model, EntityType::ElementMap, id.0)?;
    let found = i64::try_from(position + 1).ok().and_then(|number| model.mesh().ok()?.element_numbers().find(number));
    let (block, entry) = found.ok_or_else(|| Error::not_found(format!("element {id} is in no element block")))?;
    Ok((block, entry as u64))
}
