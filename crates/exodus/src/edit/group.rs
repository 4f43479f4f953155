//! The group that a model is in: what it has itself, and what it shares with the groups around it.

use hyperslab::netcdf::{Dimension, DimensionId, GroupId, Schema, Type, Variable, VariableId};
use hyperslab::{Error, Result};

use super::ModelEditor;

/// The dimension of this name that variables of a group see: its own, or that of the nearest group around it.
pub(super) fn find_dimension(schema: &Schema, group: GroupId, name: &str) -> Option<DimensionId> {
    let around = |group: &GroupId| schema.groups.get(group.0)?.parent;
    let own = |group| schema.dimensions.iter().position(|d| d.group == group && d.name == name);
    std::iter::successors(Some(group), around).find_map(own).map(DimensionId)
}

impl ModelEditor {
    pub(super) fn find_dimension(&self, name: &str) -> Option<DimensionId> {
        find_dimension(self.editor.schema(), self.group, name)
    }

    pub(super) fn find_variable(&self, name: &str) -> Option<VariableId> {
        let variables = &self.editor.schema().variables;
        variables.iter().position(|v| v.group == self.group && v.name == name).map(VariableId)
    }

    /// A variable to be added to the model.
    pub(super) fn declared(&self, name: &str, ty: Type, dimensions: &[DimensionId]) -> Variable {
        Variable { group: self.group, ..Variable::new(name, ty, dimensions.to_vec()) }
    }

    /// The dimension of this name, which is added where there is none. One of another length that a group around the model has is
    /// the model's only if a variable of it has that.
    pub(super) fn dimension(&mut self, name: &str, length: u64) -> Result<DimensionId> {
        if let Some(id) = self.find_dimension(name) {
            let schema = self.editor.schema();
            let there = schema.dimension(id)?;
            let is_used = schema.variables.iter().any(|v| v.group == self.group && v.dimensions.contains(&id));
            if there.group == self.group || there.length == length || is_used {
                return Ok(id);
            }
        }
        let (name, group) = (name.to_owned(), self.group);
        self.editor.add_dimension(Dimension { name, length, unlimited: false, group })
    }

    /// Gives the dimension of this name, which is added where there is none, a length.
    pub(super) fn count(&mut self, name: &str, length: u64) -> Result<DimensionId> {
        let id = self.dimension(name, length)?;
        self.resize(id, length)?;
        Ok(id)
    }

    /// Gives a dimension of the model another length.
    pub(super) fn resize(&mut self, id: DimensionId, length: u64) -> Result<()> {
        let dimension = self.editor.schema().dimension(id)?;
        if dimension.group != self.group && dimension.length != length {
            let what = format!("another length for the dimension {} of a group around the model", dimension.name);
            return Err(Error::unsupported(what).in_object(self.editor.schema().group_path(self.group)));
        }
        self.editor.resize_dimension(id, length)
    }
}
