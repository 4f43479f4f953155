//! Result variables of the joined model.

use std::ops::Range;

use hyperslab::{Context, Element, Error, Result, Values};
use ndarray::Array2;

use super::joint::Joint;
use super::mesh::cut;
use super::ParallelFile;
use crate::kind::EntityKind;

impl ParallelFile {
    /// The names of the variables of a kind.
    ///
    /// # Errors
    /// Never; they are known since the model was opened.
    pub fn variable_names(&self, kind: EntityKind) -> Result<Vec<String>> {
        Ok(self.variables.get(&kind).cloned().unwrap_or_default())
    }

    /// Which entities (rows) have which variables (columns), in any member.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn truth_table(&self, kind: EntityKind) -> Result<Array2<bool>> {
        let rows = match kind {
            EntityKind::Nodal | EntityKind::Global => 1,
            _ => self.list(kind).len(),
        };
        let mut table = Array2::from_elem((rows, self.variables.get(&kind).map_or(0, Vec::len)), false);
        for (rank, (file, path)) in self.members.iter().zip(&self.paths).enumerate() {
            let own = file.truth_table(kind).in_file(path)?;
            for ((entity, variable), cell) in table.indexed_iter_mut() {
                let row = self.own_entity(kind, entity, rank);
                *cell |= row.and_then(|row| own.get((row, variable))).copied().unwrap_or(false);
            }
        }
        Ok(table)
    }

    /// The values of one variable on one entity at one step.
    ///
    /// For [`EntityKind::Nodal`] and [`EntityKind::Global`] the entity is 0; a global variable has one value.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the entity does not have the variable, in any member that has entries of
    /// it, or there is no such step; otherwise when the values cannot be read.
    pub fn var(&self, step: u64, kind: EntityKind, variable: usize, entity: usize) -> Result<Values<'_, f64>> {
        self.var_as(step, kind, variable, entity)
    }

    /// [`ParallelFile::var`] in another type.
    ///
    /// # Errors
    /// As [`ParallelFile::var`], and if a value does not fit `T` exactly.
    pub fn var_as<T: Element>(
        &self,
        step: u64,
        kind: EntityKind,
        variable: usize,
        entity: usize,
    ) -> Result<Values<'_, T>> {
        self.check_steps(&(step..step.saturating_add(1)))?;
        match kind {
            EntityKind::Global => self.first_with_globals()?.var_as(step, kind, variable, entity),
            _ => {
                let joint = self.carriers(kind, entity)?;
                self.check_present(joint, kind, variable, entity)?;
                joint.join(1, |member| self.own_var(member, step, kind, variable, entity)).map(Values::owned)
            }
        }
    }

    /// Fills `target` with the values of one step.
    ///
    /// # Errors
    /// As [`ParallelFile::var_as`], and if `target` has another length.
    pub fn var_into<T: Element>(
        &self,
        step: u64,
        kind: EntityKind,
        variable: usize,
        entity: usize,
        target: &mut [T],
    ) -> Result<()> {
        self.check_steps(&(step..step.saturating_add(1)))?;
        match kind {
            EntityKind::Global => self.first_with_globals()?.var_into(step, kind, variable, entity, target),
            _ => {
                let joint = self.carriers(kind, entity)?;
                self.check_present(joint, kind, variable, entity)?;
                joint.scatter(1, target, |member| self.own_var(member, step, kind, variable, entity))
            }
        }
    }

    /// The values of a range of entries (nodes, elements) of one variable at one step.
    ///
    /// # Errors
    /// As [`ParallelFile::var_as`]; [`Kind::Usage`](crate::Kind::Usage) for a range outside of the entity.
    pub fn partial_var<T: Element>(
        &self,
        step: u64,
        kind: EntityKind,
        variable: usize,
        entity: usize,
        entries: Range<u64>,
    ) -> Result<Values<'_, T>> {
        cut(self.var_as(step, kind, variable, entity)?.into_vec(), entries).map(Values::owned)
    }

    /// The values of a range of steps, as an array of steps x entries.
    ///
    /// # Errors
    /// As [`ParallelFile::var_as`].
    pub fn var_steps<T: Element>(
        &self,
        steps: Range<u64>,
        kind: EntityKind,
        variable: usize,
        entity: usize,
    ) -> Result<Array2<T>> {
        self.check_steps(&steps)?;
        let mut values = Vec::new();
        let mut rows = 0;
        for step in steps {
            values.append(&mut self.var_as(step, kind, variable, entity)?.into_vec());
            rows += 1;
        }
        let columns = values.len().checked_div(rows).unwrap_or(0);
        Array2::from_shape_vec((rows, columns), values).map_err(|e| Error::usage(e.to_string()))
    }

    /// One entry (a node, an element) of one variable through a range of steps.
    ///
    /// # Errors
    /// As [`ParallelFile::var_as`].
    pub fn var_time_series<T: Element>(
        &self,
        steps: Range<u64>,
        kind: EntityKind,
        variable: usize,
        entity: usize,
        entry: u64,
    ) -> Result<Vec<T>> {
        self.check_steps(&steps)?;
        if kind == EntityKind::Global {
            return self.first_with_globals()?.var_time_series(steps, kind, variable, entity, entry);
        }
        let place = usize::try_from(entry).ok().and_then(|place| self.carriers(kind, entity).ok()?.find(place));
        let (member, own) = place.ok_or_else(|| Error::usage(format!("there is no entry {entry}")))?;
        let (file, path) = self.member(member)?;
        let index = self.own_entity(kind, entity, member).unwrap_or(0);
        file.var_time_series(steps, kind, variable, index, own as u64).in_file(path)
    }

    pub(super) fn check_steps(&self, steps: &Range<u64>) -> Result<()> {
        match steps.start <= steps.end && steps.end <= self.num_steps() {
            true => Ok(()),
            false => Err(Error::usage(format!("steps {}..{} of {}", steps.start, steps.end, self.num_steps()))),
        }
    }

    /// What carries the variables of an entity.
    pub(super) fn carriers(&self, kind: EntityKind, entity: usize) -> Result<&Joint> {
        match kind {
            EntityKind::Nodal if entity == 0 => self.whole(EntityKind::NodeMap),
            _ => self.entries(kind, entity),
        }
    }

    /// Empty entities have no variables, whatever the members would say.
    fn check_present(&self, joint: &Joint, kind: EntityKind, variable: usize, entity: usize) -> Result<()> {
        let known = variable < self.variables.get(&kind).map_or(0, Vec::len);
        match joint.len > 0 && known {
            true => Ok(()),
            false => Err(Error::usage(format!("{} {} has no variable {}", kind.label(), entity + 1, variable + 1))),
        }
    }

    pub(super) fn own_entity(&self, kind: EntityKind, entity: usize, member: usize) -> Option<usize> {
        match kind {
            EntityKind::Nodal | EntityKind::Global => Some(0),
            _ => self.list(kind).get(entity)?.index(member),
        }
    }

    fn own_var<T: Element>(
        &self,
        member: usize,
        step: u64,
        kind: EntityKind,
        variable: usize,
        entity: usize,
    ) -> Result<Values<'_, T>> {
        let (file, path) = self.member(member)?;
        let own = self.own_entity(kind, entity, member);
        let own = own.ok_or_else(|| Error::usage(format!("there is no such {}", kind.label())));
        own.and_then(|own| file.var_as(step, kind, variable, own)).in_file(path)
    }

    /// Global variables are the same in every member that has them.
    pub(super) fn first_with_globals(&self) -> Result<&crate::ExodusFile> {
        for file in &self.members {
            if !file.variable_names(EntityKind::Global)?.is_empty() {
                return Ok(file);
            }
        }
        Err(Error::usage("there are no global variables"))
    }
}
