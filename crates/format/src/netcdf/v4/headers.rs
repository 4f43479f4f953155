//! The object headers of a netCDF-4 file: dimension scales, variables, groups.
//!
//! Headers refer to each other by address, and their sizes do not depend on the addresses. So each is encoded twice:
//! first to learn its size and give it a place, then with the addresses of all others.

use std::collections::HashMap;

use super::committed::CommittedTypes;
use super::scales::{self, Named, Object, Users};
use super::{attributes, names, placement};
use crate::error::{Context, Error, Result};
use crate::hdf5::builder::{
    AttributeSpec, Builder, DatasetHeader, DatasetWriter, Describe, GroupSpec, LinkSpec, ObjectAddress, WrittenDataset,
};
use crate::hdf5::write::elements::{Elements, Encoded};
use crate::hdf5::write::heap;
use crate::netcdf::ids::{DimensionId, GroupId};
use crate::netcdf::schema::{Dimension, Schema, Variable};

/// Everything that the headers say.
pub(super) struct Headers<'a> {
    builder: &'a Builder,
    schema: &'a Schema,
    types: &'a CommittedTypes,
    /// Final lengths of the dimensions.
    lengths: &'a [u64],
    /// The datasets of the variables.
    datasets: Vec<WrittenDataset<'a>>,
    /// The visible attributes of each variable.
    attributes: Vec<Vec<AttributeSpec>>,
    /// The object that is the scale of each dimension.
    scales: Vec<Object>,
    /// The variables that use each dimension, and as which of theirs.
    users: Users,
    addresses: HashMap<Object, ObjectAddress>,
    /// The stored references of each variable to its scales.
    dimension_lists: Vec<Vec<u8>>,
}

impl<'a> Headers<'a> {
    /// Completes the datasets of the variables and gathers the attributes.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io), or [`Kind::Unsupported`](crate::Kind::Unsupported) for an attribute.
    pub fn new(
        builder: &'a Builder,
        schema: &'a Schema,
        types: &'a CommittedTypes,
        variables: &'a [DatasetWriter],
        lengths: &'a [u64],
    ) -> Result<Self> {
        let complete = |(variable, dataset): (&Variable, &'a DatasetWriter)| {
            dataset.complete(builder.file()).in_object(&schema.path(variable))
        };
        let datasets = schema.variables.iter().zip(variables).map(complete).collect::<Result<_>>()?;
        let gather =
            |v: &Variable| attributes::visible(builder.file(), types, &v.attributes).in_object(&schema.path(v));
        let attributes = schema.variables.iter().map(gather).collect::<Result<_>>()?;
        let scales = scales::of_dimensions(schema);
        let users = scales::users(schema, &scales);
        let dimension_lists = schema.variables.iter().map(|v| vec![0; v.dimensions.len() * heap::REFERENCE]).collect();
        let addresses = HashMap::new();
        Ok(Headers { builder, schema, types, lengths, datasets, attributes, scales, users, addresses, dimension_lists })
    }

    /// Writes all headers; returns the address of the root group.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn write(mut self) -> Result<ObjectAddress> {
        let objects: Vec<Object> = self.objects().collect();
        for &object in &objects {
            let address = self.describe(object, &mut |header| self.builder.file().place_object(header))?;
            self.addresses.insert(object, address);
        }
        self.link_dimensions()?;
        for &object in &objects {
            let Some(&address) = self.addresses.get(&object) else { continue };
            self.describe(object, &mut |header| self.builder.file().write_object(address, header))?;
        }
        self.groups()
    }

    /// The datasets in the order of their creation.
    fn objects(&self) -> impl Iterator<Item = Object> + '_ {
        let placeholder =
            |(id, scale): (usize, &Object)| matches!(scale, Object::Dimension(_)).then_some(Object::Dimension(id));
        let dimensions = self.scales.iter().enumerate().filter_map(placeholder);
        dimensions.chain((0..self.schema.variables.len()).map(Object::Variable))
    }

    /// Where an object is; 0 before it has an address.
    fn offset(&self, object: Object) -> u64 {
        self.addresses.get(&object).map_or(0, |address| address.offset())
    }

    /// Writes the references from variables to scales, now that those have addresses.
    fn link_dimensions(&mut self) -> Result<()> {
        let (mut elements, mut references) = (Elements::default(), Encoded::default());
        for variable in &self.schema.variables {
            for id in &variable.dimensions {
                let scale = self.scales.get(id.0).copied().unwrap_or(Object::Dimension(id.0));
                let mut reference = Encoded::default();
                reference.bytes(&self.offset(scale).to_le_bytes());
                elements.sequence(1, reference, &mut references)?;
            }
        }
        let stored = elements.place(self.builder.file(), references)?;
        let mut rest = stored.as_slice();
        for list in &mut self.dimension_lists {
            let Some((now, later)) = rest.split_at_checked(list.len()) else { break };
            list.copy_from_slice(now);
            rest = later;
        }
        Ok(())
    }

    /// Calls `use_it` with the header of an object, whose size does not depend on any address.
    fn describe<T>(&self, object: Object, use_it: &mut dyn FnMut(&dyn Describe) -> Result<T>) -> Result<T> {
        match object {
            Object::Dimension(id) => {
                let dimension = self.schema.dimension(DimensionId(id))?;
                self.describe_scale(id, dimension, use_it).in_object(&dimension.name)
            }
            Object::Variable(n) => {
                let missing = || Error::usage("a variable without storage");
                let variable = self.schema.variables.get(n).ok_or_else(missing)?;
                let dataset = self.datasets.get(n).ok_or_else(missing)?;
                let (shape, attributes) = (self.shape(variable)?, self.variable_attributes(n, variable));
                let path = || self.schema.path(variable);
                use_it(&DatasetHeader { dataset, shape, attributes }).map_err(|e| e.in_object(path()))
            }
        }
    }

    /// The scale of a dimension that no variable is the coordinate of: a dataset without data.
    fn describe_scale<T>(
        &self,
        id: usize,
        dimension: &Dimension,
        use_it: &mut dyn FnMut(&dyn Describe) -> Result<T>,
    ) -> Result<T> {
        let length = self.lengths.get(id).copied().unwrap_or(dimension.length);
        let dataset = placement::scale(self.builder.file(), length, dimension.unlimited)?;
        let mut attributes = attributes::scale(&names::placeholder(length), id).to_vec();
        attributes.extend(self.reference_list(id));
        let dataset = dataset.complete(self.builder.file())?;
        use_it(&DatasetHeader { dataset: &dataset, shape: vec![length], attributes })
    }

    /// The lengths of a variable in the end.
    fn shape(&self, variable: &Variable) -> Result<Vec<u64>> {
        let length =
            |id: &DimensionId| Ok(self.lengths.get(id.0).copied().unwrap_or(self.schema.dimension(*id)?.length));
        variable.dimensions.iter().map(length).collect()
    }

    fn variable_attributes(&self, n: usize, variable: &Variable) -> Vec<AttributeSpec> {
        let ids: Vec<usize> = variable.dimensions.iter().map(|id| id.0).collect();
        let mut list = Vec::new();
        if !ids.is_empty() {
            list.push(attributes::coordinates(&ids));
        }
        let own = ids.first().copied().filter(|&first| self.scales.get(first) == Some(&Object::Variable(n)));
        if let Some(id) = own {
            list.extend(attributes::scale(&variable.name, id));
        }
        list.extend(self.attributes.get(n).into_iter().flatten().cloned());
        match own {
            Some(id) => list.extend(self.reference_list(id)),
            None if !ids.is_empty() => {
                list.extend(self.dimension_lists.get(n).map(|list| attributes::dimension_list(list)))
            }
            None => {}
        }
        list
    }

    /// Which variables use a dimension, and as which of theirs.
    fn reference_list(&self, id: usize) -> Option<AttributeSpec> {
        let users = self.users.get(id)?.iter().map(|&(n, axis)| (self.offset(Object::Variable(n)), axis));
        attributes::reference_list(&users.collect::<Vec<_>>())
    }

    /// Writes the group headers, children before parents; returns the address of the root.
    fn groups(&self) -> Result<ObjectAddress> {
        let mut below: Vec<Vec<LinkSpec>> = vec![Vec::new(); self.schema.groups.len()];
        let mut datasets = self.links();
        let mut root = None;
        for (n, group) in self.schema.groups.iter().enumerate().rev() {
            let mut links: Vec<LinkSpec> = self.types.links(GroupId(n)).collect();
            links.extend(datasets.get_mut(n).map(std::mem::take).unwrap_or_default());
            let children = below.get_mut(n).map(std::mem::take).unwrap_or_default();
            links.extend(children.into_iter().rev());
            let mut list = attributes::visible(self.builder.file(), self.types, &group.attributes)?;
            if n == 0 {
                list.extend(attributes::root(self.schema.container == crate::netcdf::Container::NetCdf4Classic));
            }
            let address =
                self.builder.file().add_object(&GroupSpec { links, attributes: list, ..GroupSpec::default() })?;
            if let Some(siblings) = group.parent.and_then(|parent| below.get_mut(parent.0)) {
                siblings.push(LinkSpec::hard(group.name.clone(), address));
            }
            root = Some(address);
        }
        root.ok_or_else(|| Error::usage("a schema without a root group"))
    }

    /// The datasets of each group with their names.
    fn links(&self) -> Vec<Vec<LinkSpec>> {
        let scale = |(d, scale): (&'a Dimension, &Object)| ((d.group, d.name.as_str()), *scale);
        let named: Named = self.schema.dimensions.iter().zip(&self.scales).map(scale).collect();
        let mut links = vec![Vec::new(); self.schema.groups.len()];
        for object in self.objects() {
            let found = match object {
                Object::Dimension(id) => self.schema.dimensions.get(id).map(|d| (d.group, d.name.clone())),
                Object::Variable(n) => {
                    self.schema.variables.get(n).map(|v| (v.group, scales::dataset_name(&named, n, v)))
                }
            };
            let (Some((group, name)), Some(&address)) = (found, self.addresses.get(&object)) else { continue };
            if let Some(list) = links.get_mut(group.0) {
                list.push(LinkSpec::hard(name, address));
            }
        }
        links
    }
}
