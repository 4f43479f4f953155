//! Results that turn with the mesh.

use hyperslab::{Element, Error, Result, Values};

use super::{dimensions, Moved};
use crate::data::{Data, Part};
use crate::ids::Which;
use crate::kind::EntityType;
use crate::model::missing::{refuse_packed, Missing};
use crate::model::{Model, Numbers};

/// The variables that are the components of a vector or a symmetric tensor, or the one that holds all of them.
#[derive(Debug, Clone)]
pub(super) struct Turning {
    kind: EntityType,
    variables: Vec<usize>,
    /// The number of components, if all of them are in one variable.
    inside: Option<usize>,
    is_tensor: bool,
}

impl<M: Model> Moved<M> {
    pub(super) fn turn<'w, W: Into<Which<'w>>>(
        mut self,
        kind: EntityType,
        components: impl IntoIterator<Item = W>,
        is_tensor: bool,
    ) -> Result<Self> {
        let find = |which: W| self.mesh.variable_position(kind, which);
        let variables = components.into_iter().map(find).collect::<Result<Vec<_>>>()?;
        let before = |n: usize| variables.get(..n).unwrap_or_default();
        let taken = |&(n, variable): &(usize, &usize)| {
            before(n).contains(variable) || self.turning_of(kind, *variable).is_some()
        };
        if let Some((_, &variable)) = variables.iter().enumerate().find(taken) {
            let name = self.mesh.variables.get(&kind).and_then(|names| names.get(variable)).map_or("", String::as_str);
            return Err(Error::usage(format!("the variable {name:?} would be two components")));
        }
        let inside = match variables.as_slice() {
            &[variable] => self.components_of(kind, variable),
            _ => None,
        };
        let components = inside.unwrap_or(variables.len());
        // The transform itself says which numbers of components it takes.
        match is_tensor {
            true => check(components, |tensor| self.transform.tensors(tensor))?,
            false if components != dimensions(&self.mesh) => {
                let detail = format!("a vector of {components} components in {} dimensions", self.mesh.num_dim);
                return Err(Error::usage(detail));
            }
            false => check(components, |vector| self.transform.vectors(vector))?,
        }
        self.turning.push(Turning { kind, variables, inside, is_tensor });
        Ok(self)
    }

    /// How many numbers a variable has for each entry, if it is made for several.
    fn components_of(&self, kind: EntityType, variable: usize) -> Option<usize> {
        let shapes = (0..self.mesh.count(kind).max(1)).map(|n| self.model.shape(Data::Variable(kind, variable, n)));
        shapes.flatten().find_map(|shape| shape.get(2).copied()).and_then(|count| usize::try_from(count).ok())
    }

    /// The vector or tensor that a variable is a component of, and which component.
    pub(super) fn turning_of(&self, kind: EntityType, variable: usize) -> Option<(&Turning, usize)> {
        let own = self.turning.iter().filter(|turning| turning.kind == kind);
        own.filter_map(|turning| Some((turning, turning.variables.iter().position(|&v| v == variable)?))).next()
    }

    /// A part of a variable that is a vector or a tensor, or a component of one.
    pub(super) fn turned(&self, turning: &Turning, component: usize, data: Data, part: &Part) -> Result<Numbers<'_>> {
        let Data::Variable(kind, _, entity) = data else { return self.model.numbers(part) };
        let Some(count) = turning.inside else {
            let all = turning.variables.iter().map(|&variable| part.of(Data::Variable(kind, variable, entity)));
            return self.turned_parts(turning.is_tensor, all)?.into_iter().nth(component).ok_or_else(no_component);
        };
        let all = (0..count as u64).map(|component| part.clone().component(component));
        let turned = self.turned_parts(turning.is_tensor, all)?;
        let asked = part.components_of(count as u64).map(|n| usize::try_from(n).ok().and_then(|n| turned.get(n)));
        interleaved(&asked.map(|column| column.ok_or_else(no_component)).collect::<Result<Vec<_>>>()?)
    }

    /// The components of a vector or a tensor, all of them turned.
    fn turned_parts(&self, is_tensor: bool, parts: impl Iterator<Item = Part> + Clone) -> Result<Vec<Numbers<'_>>> {
        parts.clone().try_for_each(|part| refuse_packed(&self.model, part.data(), "turning"))?;
        let missing: Vec<_> = parts.clone().map(|part| Missing::of(&self.model, part.data())).collect();
        let components = parts.map(|part| self.model.numbers(&part)).collect::<Result<_>>()?;
        let transform = self.transform;
        match is_tensor {
            true => all(components, &missing, |c| transform.tensors(c), |c| transform.tensors(c)),
            false => all(components, &missing, |c| transform.vectors(c), |c| transform.vectors(c)),
        }
    }
}

fn no_component() -> Error {
    Error::not_found("there is no such component")
}

/// Several numbers for each entry, side by side.
fn interleaved(columns: &[&Numbers<'_>]) -> Result<Numbers<'static>> {
    match columns.iter().all(|numbers| matches!(numbers, Numbers::F32(_))) {
        true => rows(columns).map(Numbers::F32),
        false => rows(columns).map(Numbers::F64),
    }
}

fn rows<T: Element>(columns: &[&Numbers<'_>]) -> Result<Values<'static, T>> {
    let columns = columns.iter().map(|column| column.to::<T>()).collect::<Result<Vec<_>>>()?;
    let row = |n: usize| columns.iter().filter_map(move |column| column.get(n).copied());
    let values: Vec<T> = (0..columns.first().map_or(0, Vec::len)).flat_map(row).collect();
    Ok(values.into())
}

/// Whether a transform takes so many components.
pub(super) fn check(components: usize, change: impl FnOnce(&mut [&mut [f64]]) -> Result<()>) -> Result<()> {
    let mut empty = vec![Vec::new(); components];
    change(&mut empty.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>())
}

/// All components, changed together: in single precision, if all are. Where one of them is missing, they stay as they are. For
/// each component, `missing` are the numbers that stand for missing ones.
pub(super) fn all<'m>(
    components: Vec<Numbers<'m>>,
    missing: &[Missing],
    singles: impl FnOnce(&mut [&mut [f32]]) -> Result<()>,
    doubles: impl FnOnce(&mut [&mut [f64]]) -> Result<()>,
) -> Result<Vec<Numbers<'m>>> {
    if components.iter().all(|numbers| matches!(numbers, Numbers::F32(_))) {
        let columns = components.iter().map(Numbers::to).collect::<Result<_>>()?;
        let changed = changed(columns, missing, singles)?;
        return Ok(changed.into_iter().map(|column| Numbers::F32(column.into())).collect());
    }
    let columns = components.iter().map(Numbers::to_f64).collect::<Result<_>>()?;
    Ok(changed(columns, missing, doubles)?.into_iter().map(|column| Numbers::F64(column.into())).collect())
}

fn changed<T: Element>(
    mut columns: Vec<Vec<T>>,
    missing: &[Missing],
    change: impl FnOnce(&mut [&mut [T]]) -> Result<()>,
) -> Result<Vec<Vec<T>>> {
    let is_missing = |(column, missing): (&Vec<T>, &Missing), row: usize| {
        column.get(row).is_some_and(|value| missing.has(f64::nearest(value.to_number())))
    };
    let stays = |&row: &usize| columns.iter().zip(missing).any(|column| is_missing(column, row));
    let before = |row: usize| (row, columns.iter().map(|column| column.get(row).copied()).collect::<Vec<_>>());
    let stay: Vec<_> = match missing.iter().all(Missing::is_empty) {
        true => Vec::new(),
        false => (0..columns.first().map_or(0, Vec::len)).filter(stays).map(before).collect(),
    };
    change(&mut columns.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>())?;
    for (row, values) in stay {
        for (column, value) in columns.iter_mut().zip(values) {
            if let (Some(place), Some(value)) = (column.get_mut(row), value) {
                *place = value;
            }
        }
    }
    Ok(columns)
}
