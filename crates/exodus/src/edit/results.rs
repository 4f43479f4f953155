//! Variables that a model gets.

use hyperslab::netcdf::{Dimension, DimensionId, Layout, Type};
use hyperslab::{Error, Result, Selection};
use ndarray::{concatenate, Array2, Axis};

use super::ModelEditor;
use crate::kind::EntityType;
use crate::names::{numbered, NUM_NODES, TIME_STEP, VALS_GLO_VAR, VALS_NOD_VAR};

impl ModelEditor {
    /// Adds variables of a kind, on all entities of it that have entries. They have fill values in the steps that are there, until
    /// others are put.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a kind that carries none, and for a name that is taken; otherwise as
    /// [`ModelEditor::put`].
    pub fn add_variables(&mut self, kind: EntityType, names: &[&str]) -> Result<()> {
        let table = Array2::from_elem((self.mesh.count(kind).max(1), names.len()), true);
        self.add_variables_on(kind, names, &table)
    }

    /// Adds variables of a kind, on those entities of which `table` says so: one row an entity, one column a variable.
    ///
    /// # Errors
    /// As [`ModelEditor::add_variables`]; [`Kind::Usage`](crate::Kind::Usage) for a table of another shape.
    pub fn add_variables_on(&mut self, kind: EntityType, names: &[&str], table: &Array2<bool>) -> Result<()> {
        let row = kind.variables().ok_or_else(|| Error::usage(format!("a {} has no variables", kind.label())))?;
        let old = self.mesh.variables.get(&kind).cloned().unwrap_or_default();
        if table.dim() != (self.mesh.count(kind).max(1), names.len()) {
            return Err(Error::usage(format!("a table of {:?} for {} variables", table.dim(), names.len())));
        }
        let all: Vec<String> = old.iter().cloned().chain(names.iter().map(|name| (*name).to_owned())).collect();
        let count = self.count(row.count, all.len() as u64)?;
        for (at, name) in all.iter().enumerate().skip(old.len()) {
            self.rename(row.count, row.names, all.get(..at).unwrap_or_default(), at, name)?;
        }
        match kind {
            EntityType::Global => self.result(VALS_GLO_VAR, &[count])?,
            EntityType::Nodal => self.nodal(old.len(), all.len())?,
            _ => self.on_entities(kind, &old, table, count)?,
        }
        self.mesh.variables.insert(kind, all);
        Ok(())
    }

    fn nodal(&mut self, old: usize, all: usize) -> Result<()> {
        let nodes = self.find_dimension(NUM_NODES);
        let nodes = nodes.ok_or_else(|| Error::usage("a model without nodes has no nodal variables"))?;
        // In the old layout one variable holds all of them, and has become longer.
        if self.find_variable(VALS_NOD_VAR).is_some() {
            return Ok(());
        }
        (old..all).try_for_each(|variable| self.result(&numbered(VALS_NOD_VAR, variable), &[nodes]))
    }

    fn on_entities(
        &mut self,
        kind: EntityType,
        old: &[String],
        table: &Array2<bool>,
        count: DimensionId,
    ) -> Result<()> {
        let (Some(row), Some(entity_row)) = (kind.variables(), kind.names()) else { return Ok(()) };
        let entities = self.mesh.count(kind);
        let before = Array2::from_shape_fn((entities, old.len()), |(e, v)| self.mesh.promises(kind, e, v));
        let has_entries = |entity: usize| self.mesh.entity(kind, entity).is_some_and(|(_, _, entries)| entries > 0);
        let new = Array2::from_shape_fn((entities, table.ncols()), |at| {
            table.get(at).copied().unwrap_or(false) && has_entries(at.0)
        });
        for ((entity, variable), _) in new.indexed_iter().filter(|(_, there)| **there) {
            let Some(number) = self.mesh.number(kind, entity) else { continue };
            let size = self.find_dimension(&format!("{}{number}", entity_row.size));
            let size =
                size.ok_or_else(|| Error::usage(format!("{} has no size", self.mesh.describe_entity(kind, entity))))?;
            let at = old.len() + variable + 1;
            self.result(&format!("{}{at}{}{number}", row.values, row.suffix), &[size])?;
        }
        let all = concatenate(Axis(1), &[before.view(), new.view()]);
        let all = all.map_err(|error| Error::usage(error.to_string()))?;
        if let (Some(name), Some(size)) = (row.table, self.find_dimension(entity_row.count)) {
            let id = self.variable(name, Type::Int, &[size, count])?;
            let cells: Vec<i32> = all.iter().map(|&there| i32::from(there)).collect();
            let shape = self.editor.schema().shape(id)?;
            self.editor.write(id, &Selection::all(&shape), &cells)?;
        }
        self.mesh.truth_tables.insert(kind, all);
        Ok(())
    }

    /// Adds values that change from step to step, if they are not there.
    fn result(&mut self, name: &str, dimensions: &[DimensionId]) -> Result<()> {
        if self.find_variable(name).is_some() {
            return Ok(());
        }
        let time = match self.find_dimension(TIME_STEP) {
            Some(time) => time,
            None => {
                let (name, group) = (TIME_STEP.to_owned(), self.group);
                self.editor.add_dimension(Dimension { name, length: 0, unlimited: true, group })?
            }
        };
        let float = if self.word_size == 4 { Type::Float } else { Type::Double };
        let mut variable = self.declared(name, float, &[&[time], dimensions].concat());
        let length = |id: &DimensionId| Ok(self.editor.schema().dimension(*id)?.length.max(1));
        let lengths = dimensions.iter().map(length).collect::<Result<Vec<u64>>>()?;
        variable.storage.layout = Layout::Chunked([&[1], lengths.as_slice()].concat());
        self.editor.add_variable(variable).map(drop)
    }
}
