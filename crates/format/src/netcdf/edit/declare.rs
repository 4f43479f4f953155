//! Dimensions, variables and groups that come and go.

use super::Editor;
use crate::error::{Context, Error, Result};
use crate::grid::{bounded, for_each_part};
use crate::limits;
use crate::netcdf::ids::{DimensionId, GroupId, VariableId};
use crate::netcdf::schema::{Dimension, Fill, Group, Variable};
use crate::netcdf::{fill, plan};
use crate::shape::Selection;
use crate::written::repeat;

/// Bytes of fill values that are written at a time.
const FILLED: u64 = 1 << 20;

impl Editor {
    /// Adds a dimension.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a name that is taken, or that no dimension can have;
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for what the container cannot have: a second unlimited dimension, a group.
    pub fn add_dimension(&mut self, dimension: Dimension) -> Result<DimensionId> {
        let add = |editor: &mut Self| {
            editor.check_group(dimension.group)?;
            let others =
                editor.schema.dimensions.iter().filter(|d| d.group == dimension.group).map(|d| d.name.as_str());
            editor.check_name("dimension", &dimension.name, others.chain(editor.below(dimension.group)))?;
            editor.existing.add_dimension(&editor.schema, &dimension)
        };
        add(self).in_object(&format!("dimension {}", dimension.name)).in_file(&self.path)?;
        self.schema.dimensions.push(dimension);
        self.is_changed = true;
        Ok(DimensionId(self.schema.dimensions.len() - 1))
    }

    /// Takes a dimension away that no variable has. Those behind it have the identifiers before theirs then.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a dimension that a variable has, which is named.
    pub fn delete_dimension(&mut self, id: DimensionId) -> Result<()> {
        let name = self.schema.dimension(id)?.name.clone();
        let delete = |editor: &mut Self| {
            if let Some(user) = editor.schema.variables.iter().find(|variable| variable.dimensions.contains(&id)) {
                return Err(Error::usage(format!("the variable {} has it", editor.schema.path(user))));
            }
            editor.existing.check_dimension(id)?;
            editor.remove_dimension(id)
        };
        delete(self).in_object(&format!("dimension {name}")).in_file(&self.path)
    }

    pub(super) fn remove_dimension(&mut self, id: DimensionId) -> Result<()> {
        self.existing.delete_dimension(&self.schema, id)?;
        self.schema.dimensions.remove(id.0);
        for variable in &mut self.schema.variables {
            variable.dimensions.iter_mut().filter(|other| other.0 > id.0).for_each(|other| other.0 -= 1);
        }
        self.is_changed = true;
        Ok(())
    }

    /// Gives a dimension that is not unlimited another length. Its variables keep the values that they have room for, and have
    /// fill values where there are more.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for an unlimited dimension, which grows with what is written, and for a length of 0 in a
    /// classic file; [`Kind::Unsupported`](crate::Kind::Unsupported) for variables that are too large then.
    pub fn resize_dimension(&mut self, id: DimensionId, length: u64) -> Result<()> {
        let dimension = self.schema.dimension(id)?;
        let (name, before) = (dimension.name.clone(), dimension.length);
        let unlimited = dimension.unlimited;
        let resize = |editor: &mut Self| {
            if unlimited || (length == 0 && !editor.schema.container.is_hdf5()) {
                return Err(Error::usage(format!("a length of {length} for a dimension that cannot have another one")));
            }
            editor.existing.resize_dimension(&editor.schema, id, length)
        };
        if before == length && !unlimited {
            return Ok(());
        }
        resize(self).in_object(&format!("dimension {name}")).in_file(&self.path)?;
        self.schema.dimensions.iter_mut().skip(id.0).take(1).for_each(|dimension| dimension.length = length);
        self.is_changed = true;
        self.fill_unfilled(id, before)
    }

    /// Writes fill values where a dimension was not before, for variables that are filled by nobody: others have them anyway.
    fn fill_unfilled(&mut self, id: DimensionId, before: u64) -> Result<()> {
        for n in 0..self.schema.variables.len() {
            let variable = self.schema.variable(VariableId(n))?;
            let value = fill::default(&variable.ty).filter(|_| variable.fill == Fill::None);
            let value = value.map(|value| value.to_bytes(variable.order)).filter(|value| !value.is_empty());
            let axes: Vec<usize> =
                (0..variable.dimensions.len()).filter(|&a| variable.dimensions.get(a) == Some(&id)).collect();
            let (Some(value), shape) = (value, self.schema.shape(VariableId(n))?) else { continue };
            let piece = bounded(shape.clone(), variable.ty.size(), FILLED);
            for axis in axes {
                let mut new = Selection::all(&shape);
                if let (Some(start), Some(count)) = (new.start.get_mut(axis), new.count.get_mut(axis)) {
                    (*start, *count) = (before.min(*count), count.saturating_sub(before));
                }
                let mut parts = Vec::new();
                for_each_part(&new, &piece, &mut |part| {
                    parts.push(Selection::block(part.start.clone(), part.count.clone()));
                    Ok(())
                })?;
                for part in parts {
                    let mut stored = limits::buffer(crate::bytes(&part.count, value.len() as u64)?)?;
                    repeat(&value, &mut stored);
                    self.write_stored(VariableId(n), &part, stored)?;
                }
            }
        }
        Ok(())
    }

    /// Adds a variable, with its attributes; it has fill values until some are written.
    ///
    /// # Errors
    /// As [`Writer::create`](crate::netcdf::Writer::create) for such a variable.
    pub fn add_variable(&mut self, mut variable: Variable) -> Result<VariableId> {
        let is_hdf5 = self.schema.container.is_hdf5();
        if !is_hdf5 {
            variable.order = crate::ByteOrder::Big;
        }
        fill::tell_of(&mut variable, is_hdf5);
        let add = |editor: &mut Self| {
            editor.check_group(variable.group)?;
            let others = editor.schema.variables.iter().filter(|v| v.group == variable.group).map(|v| v.name.as_str());
            editor.check_name("variable", &variable.name, others.chain(editor.below(variable.group)))?;
            plan::variable(&editor.schema, &variable)?;
            editor.existing.add_variable(&editor.schema, &variable)
        };
        add(self).in_object(&format!("variable {}", variable.name)).in_file(&self.path)?;
        self.schema.variables.push(variable);
        self.is_changed = true;
        Ok(VariableId(self.schema.variables.len() - 1))
    }

    /// Takes a variable away. Those behind it have the identifiers before theirs then.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for the identifier of another schema.
    pub fn delete_variable(&mut self, id: VariableId) -> Result<()> {
        let path = self.schema.path(self.schema.variable(id)?);
        self.existing.delete_variable(&self.schema, id).in_object(&path).in_file(&self.path)?;
        self.schema.variables.remove(id.0);
        if self.schema.container.is_hdf5() {
            // Unlimited dimensions are as long as their variables.
            let variables = &self.schema.variables;
            let is_used = |id: usize| variables.iter().any(|variable| variable.dimensions.contains(&DimensionId(id)));
            let unused = self.schema.dimensions.iter_mut().enumerate().filter(|(id, d)| d.unlimited && !is_used(*id));
            unused.for_each(|(_, dimension)| dimension.length = 0);
        }
        self.is_changed = true;
        Ok(())
    }

    /// Adds a group below another one, with its attributes.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a name that is taken, or that no group can have;
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a container without groups.
    pub fn add_group(&mut self, group: Group) -> Result<GroupId> {
        let add = |editor: &mut Self| {
            let parent = group.parent.ok_or_else(|| Error::usage("a second root"))?;
            editor.check_group(parent)?;
            if editor.schema.container != crate::netcdf::Container::NetCdf4 {
                let detail = format!("groups in {}: that needs netCDF-4", editor.schema.container.name());
                return Err(Error::unsupported(detail));
            }
            editor.check_name("group", &group.name, editor.names(parent))?;
            group.attributes.iter().try_for_each(|one| plan::attribute(&editor.schema, one))?;
            editor.existing.add_group(&editor.schema, &group)
        };
        add(self).in_object(&format!("group {}", group.name)).in_file(&self.path)?;
        self.schema.groups.push(group);
        self.is_changed = true;
        Ok(GroupId(self.schema.groups.len() - 1))
    }

    pub(super) fn check_group(&self, group: GroupId) -> Result<()> {
        match self.schema.groups.get(group.0) {
            Some(_) => Ok(()),
            None => Err(Error::usage(format!("there is no group {}", group.0))),
        }
    }
}
