//! Result variables of the joined model.

use std::collections::HashMap;
use std::ops::Range;

use hyperslab::{Context, Element, Error, Number, Result};
use ndarray::Array2;

use super::joint::Joint;
use super::ParallelFile;
use crate::data::Data;
use crate::kind::EntityType;
use crate::names;

/// The variables of a kind: those of the first member, then what others have beside them.
#[derive(Debug, Default)]
pub(super) struct SharedVariables {
    names: Vec<String>,
    /// Where the n-th of a name is among them.
    found: HashMap<(String, usize), usize>,
    /// For each member, where it has them: the n-th of a name is the n-th.
    members: Vec<Vec<Option<usize>>>,
}

impl SharedVariables {
    /// Adds the next member.
    pub fn add(&mut self, own: Vec<String>) {
        let mut places = vec![None; self.names.len()];
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (n, name) in own.into_iter().enumerate() {
            let nth = seen.entry(name.clone()).or_default();
            let place = *self.found.entry((name.clone(), *nth)).or_insert(self.names.len());
            *nth += 1;
            if place == self.names.len() {
                self.names.push(name);
                places.push(None);
            }
            places.get_mut(place).into_iter().for_each(|place| *place = Some(n));
        }
        self.members.push(places);
    }

    /// Where a member has a variable.
    fn own(&self, member: usize, variable: usize) -> Option<usize> {
        self.members.get(member)?.get(variable).copied().flatten()
    }
}

impl ParallelFile {
    /// The names of the variables of a kind.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if `kind` carries no variables.
    pub fn variable_names(&self, kind: EntityType) -> Result<Vec<String>> {
        kind.must_have_variables()?;
        Ok(self.variables.get(&kind).map(|variables| variables.names.clone()).unwrap_or_default())
    }

    /// Which entities (rows) have which variables (columns), in any member.
    ///
    /// # Errors
    /// When a table cannot be read; [`Kind::Usage`](crate::Kind::Usage) if `kind` carries no variables.
    pub fn truth_table(&self, kind: EntityType) -> Result<Array2<bool>> {
        kind.must_have_variables()?;
        let rows = match kind {
            EntityType::Nodal | EntityType::Global => 1,
            _ => self.list(kind).len(),
        };
        let mut table = Array2::from_elem((rows, self.num_variables(kind)), false);
        for (rank, (file, path)) in self.members.iter().zip(&self.paths).enumerate() {
            let own = file.truth_table(kind).in_file(path)?;
            for ((entity, variable), cell) in table.indexed_iter_mut() {
                let place = self.own_entity(kind, entity, rank).zip(self.own_variable(kind, variable, rank));
                *cell |= place.and_then(|place| own.get(place)).copied().unwrap_or(false);
            }
        }
        Ok(table)
    }

    /// The values of a range of entries of a variable on an entity at one step. Entries of members that do not have the
    /// variable have netCDF's fill value, 9.96921e36.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the entity does not have the variable in any member;
    /// otherwise when the values cannot be read.
    pub(super) fn values<T: Element>(
        &self,
        step: u64,
        (kind, variable, entity): (EntityType, usize, usize),
        entries: Range<u64>,
    ) -> Result<Vec<T>> {
        let joint = self.carriers(kind, entity)?;
        let having = self.having(joint, kind, variable, entity)?;
        let all = having.iter().zip(&joint.places).all(|(own, places)| own.is_some() || places.is_empty());
        let missing = if all { T::default() } else { missing_value()? };
        joint.join_some(1, entries, missing, |member, range| match having.get(member).copied().flatten() {
            Some([variable, entity]) => {
                let (file, path) = self.member(member)?;
                file.view(Data::Variable(kind, variable, entity).step(step).entries(range)).in_file(path).map(Some)
            }
            None => Ok(None),
        })
    }

    /// One entry of a variable through a range of steps.
    pub(super) fn history<T: Element>(
        &self,
        steps: Range<u64>,
        (kind, variable, entity): (EntityType, usize, usize),
        entry: u64,
    ) -> Result<Vec<T>> {
        let joint = self.carriers(kind, entity)?;
        let having = self.having(joint, kind, variable, entity)?;
        let place = usize::try_from(entry).ok().filter(|&place| place < joint.len);
        let place = place.ok_or_else(|| Error::usage(format!("there is no entry {entry}")))?;
        // Of several members that have it, the last one with the variable tells.
        let found =
            joint.members_of(place).find_map(|(member, own)| Some((member, own, having.get(member).copied()??)));
        match found {
            Some((member, own, [variable, entity])) => {
                let (file, path) = self.member(member)?;
                let part = Data::Variable(kind, variable, entity).steps(steps).entry(own as u64);
                Ok(file.view(part).in_file(path)?.into_vec())
            }
            None => {
                let mut missing = Vec::new();
                missing.resize(usize::try_from(steps.end - steps.start).unwrap_or(0), missing_value()?);
                Ok(missing)
            }
        }
    }

    /// What carries the variables of an entity.
    pub(super) fn carriers(&self, kind: EntityType, entity: usize) -> Result<&Joint> {
        match kind {
            EntityType::Nodal if entity == 0 => self.whole(EntityType::NodeMap),
            _ => self.entries(kind, entity),
        }
    }

    /// Variable and entity as each member has them, where it has values of them. Empty entities have no variables, whatever
    /// the members would say.
    fn having(
        &self,
        joint: &Joint,
        kind: EntityType,
        variable: usize,
        entity: usize,
    ) -> Result<Vec<Option<[usize; 2]>>> {
        let own = |member: usize| {
            let [variable, entity] =
                [self.own_variable(kind, variable, member)?, self.own_entity(kind, entity, member)?];
            let there = self.members.get(member)?.has(Data::Variable(kind, variable, entity));
            (there && joint.places.get(member).is_some_and(|places| !places.is_empty())).then_some([variable, entity])
        };
        let having: Vec<_> = (0..self.members.len()).map(own).collect();
        let shape = |(member, own): (&crate::ExodusFile, &Option<[usize; 2]>)| {
            let [variable, entity] = (*own)?;
            member.shape(Data::Variable(kind, variable, entity))
        };
        if self.members.iter().zip(&having).filter_map(shape).any(|shape| shape.len() > 2) {
            return Err(Error::unsupported("joining results with several components for each entry"));
        }
        match having.iter().any(Option::is_some) {
            true => Ok(having),
            false => Err(Error::usage(format!("{} {} has no variable {}", kind.label(), entity + 1, variable + 1))),
        }
    }

    /// The names of all kinds that have variables.
    pub(super) fn all_variable_names(&self) -> impl Iterator<Item = (EntityType, Vec<String>)> + '_ {
        let known = self.variables.iter().filter(|(_, variables)| !variables.names.is_empty());
        known.map(|(&kind, variables)| (kind, variables.names.clone()))
    }

    pub(super) fn num_variables(&self, kind: EntityType) -> usize {
        self.variables.get(&kind).map_or(0, |variables| variables.names.len())
    }

    /// Where a member has a variable.
    pub(super) fn own_variable(&self, kind: EntityType, variable: usize, member: usize) -> Option<usize> {
        self.variables.get(&kind)?.own(member, variable)
    }

    pub(super) fn own_entity(&self, kind: EntityType, entity: usize, member: usize) -> Option<usize> {
        match kind {
            EntityType::Nodal | EntityType::Global => Some(0),
            _ => self.list(kind).get(entity)?.index(member),
        }
    }

    /// A global variable in the first member that has it: it is the same in all.
    pub(super) fn with_global(&self, variable: usize) -> Result<(&crate::ExodusFile, usize)> {
        let own = |member| Some((self.members.get(member)?, self.own_variable(EntityType::Global, variable, member)?));
        let missing = || Error::usage(format!("there is no global variable {}", variable + 1));
        (0..self.members.len()).find_map(own).ok_or_else(missing)
    }
}

/// The value of what a member does not have.
fn missing_value<T: Element>() -> Result<T> {
    T::from_number(Number::Float(names::NEVER_WRITTEN)).ok_or_else(|| {
        Error::usage(format!("some members do not have the variable, and {} has no value for that", T::TYPE.name()))
    })
}
