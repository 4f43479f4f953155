//! The object headers of a netCDF-4 file: dimension scales, variables, groups.
//!
//! Headers refer to each other by address, and their sizes do not depend on the addresses. So each is encoded twice:
//! first to learn its size and give it a place, then with the addresses of all others.

use std::collections::HashMap;

use super::placement::{Placement, Stored};
use super::scales::{self, Named, Object, Users};
use super::{attributes, names};
use crate::element::{ByteOrder, NumberType};
use crate::error::{Context, Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::record::message::fill_value::{allocate, write_time, FillValue};
use crate::hdf5::record::message::layout::{ChunkIndexing, Chunked, DataLayout, Storage as Layout};
use crate::hdf5::record::message::{flags, MessageType};
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::group;
use crate::hdf5::write::header::{AttributeSpec, HeaderBuilder};
use crate::hdf5::write::heap;
use crate::netcdf::schema::{Dimension, DimensionId, Fill, Schema, Variable};
use crate::wire::width::{Addr, Len, Widths};

/// Everything that the headers say.
pub(super) struct Headers<'a> {
    file: &'a FileWriter,
    schema: &'a Schema,
    stored: &'a [Stored],
    /// Final lengths of the dimensions.
    lengths: &'a [u64],
    /// Addresses of the chunk indexes.
    indexes: Vec<Addr>,
    /// The visible attributes of each variable.
    attributes: Vec<Vec<AttributeSpec>>,
    /// The object that is the scale of each dimension.
    scales: Vec<Object>,
    /// The variables that use each dimension, and as which of theirs.
    users: Users,
    addresses: HashMap<Object, u64>,
    /// The stored references of each variable to its scales.
    dimension_lists: Vec<Vec<u8>>,
}

impl<'a> Headers<'a> {
    /// Writes the chunk indexes and gathers the attributes.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io), or [`Kind::Unsupported`](crate::Kind::Unsupported) for an attribute.
    pub fn new(file: &'a FileWriter, schema: &'a Schema, stored: &'a [Stored], lengths: &'a [u64]) -> Result<Self> {
        let mut indexes = Vec::with_capacity(stored.len());
        for variable in stored {
            indexes.push(match &variable.placement {
                Placement::Chunked(table) => {
                    table.lock().unwrap_or_else(std::sync::PoisonError::into_inner).write_index(file)?
                }
                _ => Addr::UNDEFINED,
            });
        }
        let gather = |v: &Variable| attributes::visible(file, &v.attributes).in_object(&schema.path(v));
        let attributes = schema.variables.iter().map(gather).collect::<Result<_>>()?;
        let scales = scales::of_dimensions(schema);
        let users = scales::users(schema, &scales);
        let dimension_lists = schema.variables.iter().map(|v| vec![0; v.dimensions.len() * heap::REFERENCE]).collect();
        Ok(Headers {
            file,
            schema,
            stored,
            lengths,
            indexes,
            attributes,
            scales,
            users,
            addresses: HashMap::new(),
            dimension_lists,
        })
    }

    /// Writes all headers; returns the address of the root group.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn write(mut self) -> Result<u64> {
        let objects: Vec<Object> = self.objects().collect();
        for &object in &objects {
            let size = self.encode(None, object)?.len() as u64;
            self.addresses.insert(object, self.file.allocate(size, 8)?);
        }
        self.link_dimensions()?;
        for &object in &objects {
            let block = self.encode(Some(self.file), object)?;
            self.file.write(self.address(object), &block)?;
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

    /// The address of an object; 0 before it has one.
    fn address(&self, object: Object) -> u64 {
        self.addresses.get(&object).copied().unwrap_or(0)
    }

    /// Writes the references from variables to scales, now that those have addresses.
    fn link_dimensions(&mut self) -> Result<()> {
        let mut references = Vec::new();
        for variable in &self.schema.variables {
            for id in &variable.dimensions {
                let scale = self.scales.get(id.0).copied().unwrap_or(Object::Dimension(id.0));
                references.push(self.address(scale).to_le_bytes().to_vec());
            }
        }
        let references: Vec<Option<&[u8]>> = references.iter().map(|list| Some(list.as_slice())).collect();
        let stored = heap::write_objects(self.file, &references, 8)?;
        let mut rest = stored.as_slice();
        for list in &mut self.dimension_lists {
            let Some((now, later)) = rest.split_at_checked(list.len()) else { break };
            list.copy_from_slice(now);
            rest = later;
        }
        Ok(())
    }

    /// The header of an object. What lies beside it goes into `file`, if there is one; the size does not depend on it.
    fn encode(&self, file: Option<&FileWriter>, object: Object) -> Result<Vec<u8>> {
        match object {
            Object::Dimension(id) => {
                let dimension = self.schema.dimension(DimensionId(id))?;
                self.encode_dimension(file, id, dimension).in_object(&dimension.name)
            }
            Object::Variable(n) => {
                let missing = || Error::usage("a variable without storage");
                let variable = self.schema.variables.get(n).ok_or_else(missing)?;
                let stored = self.stored.get(n).ok_or_else(missing)?;
                self.encode_variable(file, n, variable, stored).in_object(&self.schema.path(variable))
            }
        }
    }

    /// The scale of a dimension that no variable is the coordinate of: a dataset without data.
    fn encode_dimension(&self, file: Option<&FileWriter>, id: usize, dimension: &Dimension) -> Result<Vec<u8>> {
        let length = self.lengths.get(id).copied().unwrap_or(dimension.length);
        let mut header = HeaderBuilder::new();
        header.dataspace(&[length], &[if dimension.unlimited { u64::MAX } else { length }])?;
        let float = Datatype::Number(NumberType::F32, ByteOrder::Big);
        header.message(MessageType::DATATYPE, flags::CONSTANT, &float.to_message()?, ())?;
        let allocation = if dimension.unlimited { allocate::INCREMENTAL } else { allocate::LATE };
        fill_message(&mut header, allocation, write_time::IF_SET, None)?;
        let storage = match dimension.unlimited {
            true => chunked(&[1], 4, Addr::UNDEFINED),
            false => Layout::Contiguous {
                address: Addr::UNDEFINED,
                size: Some(Len(length.saturating_mul(4))),
                dimensions: Vec::new(),
            },
        };
        header.message(MessageType::LAYOUT, 0, &DataLayout { version: 3, storage }, Widths::WIDE)?;
        let title = format!("{}{length:10}", names::NOT_A_VARIABLE);
        let mut attributes = attributes::scale(&title, id).to_vec();
        attributes.extend(self.reference_list(id));
        header.attributes(file, &attributes)?;
        header.finish()
    }

    fn encode_variable(
        &self,
        file: Option<&FileWriter>,
        n: usize,
        variable: &Variable,
        stored: &Stored,
    ) -> Result<Vec<u8>> {
        let mut header = HeaderBuilder::new();
        let (shape, max_shape) = self.extent(variable)?;
        header.dataspace(&shape, &max_shape)?;
        header.message(MessageType::DATATYPE, flags::CONSTANT, &stored.datatype.to_message()?, ())?;
        self.fill(&mut header, variable, stored)?;
        let storage = match &stored.placement {
            Placement::Compact(data) => {
                let data = data.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
                Layout::Compact { dimensions: Vec::new(), data }
            }
            Placement::Contiguous(address) => {
                let size = crate::shape::bytes(&stored.shape, stored.size)?;
                Layout::Contiguous {
                    address: address.map_or(Addr::UNDEFINED, Addr),
                    size: Some(Len(size)),
                    dimensions: Vec::new(),
                }
            }
            Placement::Chunked(_) => {
                let index = self.indexes.get(n).copied().unwrap_or(Addr::UNDEFINED);
                chunked(stored.chunk.as_deref().unwrap_or_default(), stored.size, index)
            }
        };
        header.message(MessageType::LAYOUT, 0, &DataLayout { version: 3, storage }, Widths::WIDE)?;
        if let Some((message, _)) = &stored.filters {
            header.message(MessageType::FILTER_PIPELINE, flags::CONSTANT, message, ())?;
        }
        header.attributes(file, &self.variable_attributes(n, variable))?;
        header.finish()
    }

    /// Current and maximum lengths.
    fn extent(&self, variable: &Variable) -> Result<(Vec<u64>, Vec<u64>)> {
        let mut shape = Vec::new();
        let mut max_shape = Vec::new();
        for &id in &variable.dimensions {
            let dimension = self.schema.dimension(id)?;
            let length = self.lengths.get(id.0).copied().unwrap_or(dimension.length);
            shape.push(length);
            max_shape.push(if dimension.unlimited { u64::MAX } else { length });
        }
        Ok((shape, max_shape))
    }

    fn fill(&self, header: &mut HeaderBuilder, variable: &Variable, stored: &Stored) -> Result<()> {
        let allocation = match &stored.placement {
            Placement::Compact(_) => allocate::EARLY,
            Placement::Contiguous(_) => allocate::LATE,
            Placement::Chunked(_) => allocate::INCREMENTAL,
        };
        let time = if variable.fill == Fill::None { write_time::NEVER } else { write_time::IF_SET };
        fill_message(header, allocation, time, stored.fill.clone())
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
        let users = self.users.get(id)?.iter().map(|&(n, axis)| (self.address(Object::Variable(n)), axis));
        attributes::reference_list(&users.collect::<Vec<_>>())
    }

    /// Writes the group headers, children before parents; returns the address of the root.
    fn groups(&self) -> Result<u64> {
        let mut below: Vec<Vec<(String, u64)>> = vec![Vec::new(); self.schema.groups.len()];
        let mut datasets = self.links();
        let mut root = 0;
        for (n, group) in self.schema.groups.iter().enumerate().rev() {
            let mut links = datasets.get_mut(n).map(std::mem::take).unwrap_or_default();
            let children = below.get_mut(n).map(std::mem::take).unwrap_or_default();
            links.extend(children.into_iter().rev());
            let mut list = attributes::visible(self.file, &group.attributes)?;
            if n == 0 {
                list.extend(attributes::root(self.schema.container == crate::netcdf::Container::NetCdf4Classic));
            }
            root = group::write(self.file, &links, &list)?;
            if let Some(siblings) = group.parent.and_then(|parent| below.get_mut(parent.0)) {
                siblings.push((group.name.clone(), root));
            }
        }
        Ok(root)
    }

    /// The datasets of each group with their names.
    fn links(&self) -> Vec<Vec<(String, u64)>> {
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
            let Some((group, name)) = found else { continue };
            if let Some(list) = links.get_mut(group.0) {
                list.push((name, self.address(object)));
            }
        }
        links
    }
}

fn fill_message(header: &mut HeaderBuilder, allocation_time: u8, write_time: u8, value: Option<Vec<u8>>) -> Result<()> {
    let fill = FillValue { version: 3, allocation_time, write_time, undefined: false, value };
    header.message(MessageType::FILL_VALUE, flags::CONSTANT, &fill, ())
}

fn chunked(chunk: &[u64], size: u64, address: Addr) -> Layout {
    let mut dimensions = chunk.to_vec();
    dimensions.push(size);
    Layout::Chunked(Chunked { flags: 0, encoded_length: 4, dimensions, index: ChunkIndexing::BTreeV1, address })
}
