//! Results that turn with the mesh.

use hyperslab::{Element, Error, Number, Result, Values};

use super::{dimensions, Moved};
use crate::data::{Data, Part};
use crate::ids::Which;
use crate::kind::EntityType;
use crate::model::{Model, Numbers};

/// The variables that are the components of a vector or a symmetric tensor.
#[derive(Debug, Clone)]
pub(super) struct Turning {
    kind: EntityType,
    components: Vec<usize>,
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
        let components = components.into_iter().map(find).collect::<Result<Vec<_>>>()?;
        let before = |n: usize| components.get(..n).unwrap_or_default();
        let taken = |&(n, variable): &(usize, &usize)| {
            before(n).contains(variable) || self.turning_of(kind, *variable).is_some()
        };
        if let Some((_, &variable)) = components.iter().enumerate().find(taken) {
            let name = self.mesh.variables.get(&kind).and_then(|names| names.get(variable)).map_or("", String::as_str);
            return Err(Error::usage(format!("the variable {name:?} would be two components")));
        }
        // The transform itself says which numbers of components it takes.
        match is_tensor {
            true => check(components.len(), |tensor| self.transform.tensors(tensor))?,
            false if components.len() != dimensions(&self.mesh) => {
                let detail = format!("a vector of {} components in {} dimensions", components.len(), self.mesh.num_dim);
                return Err(Error::usage(detail));
            }
            false => check(components.len(), |vector| self.transform.vectors(vector))?,
        }
        self.turning.push(Turning { kind, components, is_tensor });
        Ok(self)
    }

    /// The vector or tensor that a variable is a component of, and which component.
    pub(super) fn turning_of(&self, kind: EntityType, variable: usize) -> Option<(&Turning, usize)> {
        let own = self.turning.iter().filter(|turning| turning.kind == kind);
        own.filter_map(|turning| Some((turning, turning.components.iter().position(|&v| v == variable)?))).next()
    }

    /// A component of a part of a vector or a tensor.
    pub(super) fn turned(&self, turning: &Turning, component: usize, data: Data, part: &Part) -> Result<Numbers<'_>> {
        let Data::Variable(kind, _, entity) = data else { return self.model.numbers(part) };
        let read = |&variable: &usize| self.model.numbers(&part.of(Data::Variable(kind, variable, entity)));
        let components = turning.components.iter().map(read).collect::<Result<_>>()?;
        let missing = |&variable: &usize| self.model.missing(Data::Variable(kind, variable, entity));
        let missing: Vec<_> = turning.components.iter().map(missing).collect();
        let (transform, of) = (self.transform, (component, missing.as_slice()));
        match turning.is_tensor {
            true => nth(components, of, |c| transform.tensors(c), |c| transform.tensors(c)),
            false => nth(components, of, |c| transform.vectors(c), |c| transform.vectors(c)),
        }
    }
}

/// Whether a transform takes so many components.
pub(super) fn check(components: usize, change: impl FnOnce(&mut [&mut [f64]]) -> Result<()>) -> Result<()> {
    let mut empty = vec![Vec::new(); components];
    change(&mut empty.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>())
}

/// One of several components, after all of them were changed: in single precision, if all are. Where one of them is missing,
/// they stay as they are. For each component, `missing` are the numbers that stand for missing ones.
pub(super) fn nth<'m>(
    components: Vec<Numbers<'m>>,
    (n, missing): (usize, &[Vec<Number>]),
    singles: impl FnOnce(&mut [&mut [f32]]) -> Result<()>,
    doubles: impl FnOnce(&mut [&mut [f64]]) -> Result<()>,
) -> Result<Numbers<'m>> {
    if components.iter().all(|numbers| matches!(numbers, Numbers::F32(_))) {
        let columns = components.iter().map(Numbers::to).collect::<Result<_>>()?;
        return changed(columns, n, missing, singles).map(Numbers::F32);
    }
    let columns = components.iter().map(Numbers::to_f64).collect::<Result<_>>()?;
    changed(columns, n, missing, doubles).map(Numbers::F64)
}

fn changed<'m, T: Element>(
    mut columns: Vec<Vec<T>>,
    n: usize,
    missing: &[Vec<Number>],
    change: impl FnOnce(&mut [&mut [T]]) -> Result<()>,
) -> Result<Values<'m, T>> {
    let no_component = || Error::not_found("there is no such component");
    let before = columns.get(n).cloned().ok_or_else(no_component)?;
    let is_missing = |(column, missing): (&Vec<T>, &Vec<Number>), row: usize| {
        column.get(row).is_some_and(|value| missing.contains(&value.to_number()))
    };
    let stay = |row: usize| columns.iter().zip(missing).any(|column| is_missing(column, row));
    let stay: Vec<usize> = match missing.iter().all(Vec::is_empty) {
        true => Vec::new(),
        false => (0..before.len()).filter(|&row| stay(row)).collect(),
    };
    change(&mut columns.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>())?;
    let mut after = columns.into_iter().nth(n).ok_or_else(no_component)?;
    for row in stay {
        if let (Some(place), Some(&value)) = (after.get_mut(row), before.get(row)) {
            *place = value;
        }
    }
    Ok(Values::owned(after))
}
