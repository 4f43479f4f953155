//! Dimensions, variables and groups that come and go, and lengths that change.
//!
//! What is new gets a name at first that nothing else can have, and its own one with all other names that change.

use std::collections::BTreeSet;

use super::Changed;
use crate::error::{Context, Error, Result};
use crate::hdf5::builder::{AttributeSpec, MAX_RANK};
use crate::netcdf::ids::{DimensionId, GroupId, VariableId};
use crate::netcdf::schema::{Dimension, Group, Schema, Variable};
use crate::netcdf::v4::{attributes, encode, names, placement, scales};

/// What something is called until it gets its name: netCDF refuses such a name.
const UNNAMED: &str = " unnamed";

impl Changed {
    pub(super) fn new_dimension(&mut self, schema: &Schema, dimension: &Dimension) -> Result<()> {
        self.settle(schema)?;
        self.tell_numbers()?;
        let numbers = self.objects.dimensions.iter().flatten().map(|(_, number)| number.saturating_add(1));
        let number = numbers.max().unwrap_or(0).max(self.objects.dimensions.len() as u64);
        let dataset = placement::scale(self.editor.file(), dimension.length, dimension.unlimited)?;
        let object = self.editor.add_dataset_of(&dataset, &[dimension.length])?;
        let title = names::placeholder(dimension.length);
        let number_here = usize::try_from(number).unwrap_or(usize::MAX);
        for attribute in attributes::scale(&title, number_here) {
            self.editor.set_attribute_of(object, &attribute)?;
        }
        let group = self.group(dimension.group)?;
        self.editor.link_in(group, UNNAMED, object)?;
        self.objects.dimensions.push(Some((object, number)));
        self.before.dimensions.push(Dimension { name: UNNAMED.to_owned(), ..dimension.clone() });
        self.settle_with(schema, |schema| schema.dimensions.push(dimension.clone()))
    }

    pub(super) fn drop_dimension(&mut self, schema: &Schema, id: DimensionId) -> Result<()> {
        self.settle(schema)?;
        let dimension = self.before.dimension(id)?;
        let (group, name) = (self.group(dimension.group)?, dimension.name.clone());
        let is_named = self.objects.dimensions.get(id.0).is_some_and(Option::is_some);
        if is_named {
            self.editor.unlink_in(group, &name)?;
        }
        let gone = self.number(id.0);
        self.objects.dimensions.remove(id.0);
        self.before.dimensions.remove(id.0);
        let axes = self.before.variables.iter_mut().flat_map(|variable| &mut variable.dimensions);
        axes.filter(|other| other.0 > id.0).for_each(|other| other.0 -= 1);
        // Another dataset may have had its name.
        let mut after = schema.clone();
        after.dimensions.remove(id.0);
        let axes = after.variables.iter_mut().flat_map(|variable| &mut variable.dimensions);
        axes.filter(|other| other.0 > id.0).for_each(|other| other.0 -= 1);
        self.rename_links_from(schema, &after)?;
        match is_named {
            true => self.close_gap(gone),
            false => Ok(()),
        }
    }

    /// Has the numbers of dimensions follow each other again: netCDF-C counts on it.
    fn close_gap(&mut self, gone: usize) -> Result<()> {
        for d in 0..self.objects.dimensions.len() {
            let Some(Some((object, number))) = self.objects.dimensions.get(d).copied() else { continue };
            if number <= gone as u64 || !self.editor.has_attribute(object, names::DIMID)? {
                continue;
            }
            let number = number - 1;
            let [_, _, told] = attributes::scale("", usize::try_from(number).unwrap_or(usize::MAX));
            self.editor.set_attribute_of(object, &told)?;
            self.objects.dimensions.iter_mut().skip(d).take(1).for_each(|place| *place = Some((object, number)));
        }
        for n in 0..self.before.variables.len() {
            let object = self.variable(n)?;
            if self.editor.has_attribute(object, names::COORDINATES)? {
                let axes = self.before.variables.get(n).map(|variable| variable.dimensions.clone()).unwrap_or_default();
                let numbers: Vec<usize> = axes.iter().map(|id| self.number(id.0)).collect();
                self.editor.set_attribute_of(object, &attributes::coordinates(&numbers))?;
            }
        }
        Ok(())
    }

    pub(super) fn fit_dimension(&mut self, schema: &Schema, id: DimensionId, length: u64) -> Result<()> {
        self.settle(schema)?;
        let mut after = schema.clone();
        after.dimensions.iter_mut().skip(id.0).take(1).for_each(|dimension| dimension.length = length);
        for (n, variable) in
            after.variables.iter().enumerate().filter(|(_, variable)| variable.dimensions.contains(&id))
        {
            let object = self.variable(n)?;
            let shape = after.shape(VariableId(n))?;
            self.editor.reshape_of(object, &shape).in_object(&after.path(variable))?;
        }
        let is_own = scales::of_dimensions(&after).get(id.0) == Some(&scales::Object::Dimension(id.0));
        if let (true, Some(Some((object, _)))) = (is_own, self.objects.dimensions.get(id.0).copied()) {
            self.editor.reshape_of(object, &[length])?;
            self.retell(object, length)?;
        }
        self.before.dimensions.iter_mut().skip(id.0).take(1).for_each(|dimension| dimension.length = length);
        Ok(())
    }

    pub(super) fn new_variable(&mut self, schema: &Schema, variable: &Variable) -> Result<()> {
        self.settle(schema)?;
        if variable.dimensions.len() > usize::from(MAX_RANK) {
            return Err(Error::unsupported(format!("{} dimensions: HDF5 has 32 at most", variable.dimensions.len())));
        }
        let unnamed = Variable { name: UNNAMED.to_owned(), ..variable.clone() };
        let dataset = placement::create(self.editor.file(), &self.types, schema, variable)?;
        if let Some(value) = placement::own_fill(variable) {
            let (file, datatype) = (self.editor.file(), encode::datatype(&variable.ty, variable.order)?);
            dataset.fill_gaps(file, &|elements| placement::fill_each(file, &datatype, &value, elements))?;
        }
        let shape =
            variable.dimensions.iter().map(|&id| Ok(schema.dimension(id)?.length)).collect::<Result<Vec<_>>>()?;
        let object = self.editor.add_dataset_of(&dataset, &shape)?;
        let numbers = variable.dimensions.iter().map(|id| self.number(id.0)).collect::<Vec<_>>();
        if !numbers.is_empty() {
            self.editor.set_attribute_of(object, &attributes::coordinates(&numbers))?;
        }
        for attribute in &variable.attributes {
            let spec: AttributeSpec = attributes::spec(self.editor.file(), &self.types, attribute)?;
            self.editor.set_attribute_of(object, &spec)?;
        }
        let group = self.group(variable.group)?;
        self.editor.link_in(group, UNNAMED, object)?;
        self.objects.variables.push(object);
        self.before.variables.push(unnamed);
        let before = self.before.clone();
        self.refer_to_scales(&before, before.variables.len() - 1)?;
        self.list_users(&before, &axes(variable))?;
        self.settle_with(schema, |schema| schema.variables.push(variable.clone()))
    }

    pub(super) fn drop_variable(&mut self, schema: &Schema, id: VariableId) -> Result<()> {
        // Without its name it is no coordinate variable.
        let unnamed = |schema: &mut Schema| {
            schema.variables.iter_mut().skip(id.0).take(1).for_each(|variable| UNNAMED.clone_into(&mut variable.name));
        };
        self.settle_with(schema, unnamed)?;
        let variable = self.before.variable(id)?.clone();
        let group = self.group(variable.group)?;
        self.editor.unlink_in(group, UNNAMED)?;
        self.objects.variables.remove(id.0);
        self.before.variables.remove(id.0);
        let before = self.before.clone();
        self.list_users(&before, &axes(&variable))
    }

    pub(super) fn new_group(&mut self, schema: &Schema, group: &Group) -> Result<()> {
        self.settle(schema)?;
        let object = self.editor.add_group_of()?;
        for attribute in &group.attributes {
            let spec = attributes::spec(self.editor.file(), &self.types, attribute)?;
            self.editor.set_attribute_of(object, &spec)?;
        }
        let parent = self.group(group.parent.unwrap_or(GroupId::ROOT))?;
        self.editor.link_in(parent, &group.name, object)?;
        self.objects.groups.push(object);
        self.before.groups.push(group.clone());
        Ok(())
    }

    /// Has what is there already be called what a schema says.
    pub(super) fn settle(&mut self, schema: &Schema) -> Result<()> {
        self.settle_with(schema, |_| {})
    }

    fn settle_with(&mut self, schema: &Schema, change: impl FnOnce(&mut Schema)) -> Result<()> {
        let mut schema = schema.clone();
        change(&mut schema);
        self.rename(&schema)?;
        // Lengths of unlimited dimensions become those of the objects in the end.
        for (dimension, before) in schema.dimensions.iter_mut().zip(&self.before.dimensions) {
            dimension.length = before.length;
        }
        self.before = schema;
        Ok(())
    }

    /// Has all variables of unlimited dimensions, and what stands for those, be as long as a schema says.
    pub(super) fn grow(&mut self, schema: &Schema) -> Result<()> {
        let grown = |d: &usize| {
            let (old, new) = (self.before.dimensions.get(*d), schema.dimensions.get(*d));
            old.zip(new).is_some_and(|(old, new)| new.unlimited && old.length < new.length)
        };
        let grown: BTreeSet<usize> = (0..schema.dimensions.len()).filter(grown).collect();
        if grown.is_empty() {
            return Ok(());
        }
        for (n, variable) in schema.variables.iter().enumerate() {
            if variable.dimensions.iter().any(|id| grown.contains(&id.0)) {
                let (object, shape) = (self.variable(n)?, schema.shape(VariableId(n))?);
                self.editor.extend_of(object, &shape).in_object(&schema.path(variable))?;
            }
        }
        let roles = scales::of_dimensions(schema);
        for &d in &grown {
            let (Some(scales::Object::Dimension(_)), Some(Some((object, _)))) =
                (roles.get(d), self.objects.dimensions.get(d).copied())
            else {
                continue;
            };
            let length = schema.dimension(DimensionId(d))?.length;
            self.editor.extend_of(object, &[length])?;
            self.retell(object, length)?;
        }
        Ok(())
    }

    /// Has a dataset that stands for a dimension tell another length.
    fn retell(&mut self, object: u64, length: u64) -> Result<()> {
        let [_, title, _] = attributes::scale(&names::placeholder(length), 0);
        self.editor.set_attribute_of(object, &title)
    }
}

fn axes(variable: &Variable) -> BTreeSet<usize> {
    variable.dimensions.iter().map(|id| id.0).collect()
}
