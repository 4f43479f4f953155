//! The netCDF schema of a mesh, in the order in which libexodus declares things.

mod entities;
mod results;

use std::collections::HashMap;

use hyperslab::hdf5::Filter;
use hyperslab::netcdf::{
    Attribute, Dimension, DimensionId, Fill, Group, GroupId, Layout, Schema, Type, Value, Variable,
};
use hyperslab::{ByteOrder, Error, Result};

use super::options::{check, CreateOptions};
use crate::kind::EntityType;
use crate::mesh::Mesh;
use crate::names;

/// The version of the API and of the file format that new files state: that of the library whose conventions they follow.
const VERSION: f32 = 9.06;

/// Bytes of a table of names that is kept in its object header.
const MAX_COMPACT: u64 = 60_000;

/// The model of one group being put together.
pub(super) struct Declaration<'m> {
    pub mesh: &'m Mesh,
    pub options: &'m CreateOptions,
    pub schema: Schema,
    group: GroupId,
    dimensions: HashMap<String, DimensionId>,
    time: DimensionId,
    len_name: DimensionId,
}

/// The schema of a mesh and of the models in its groups.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for options or counts that contradict each other.
pub(crate) fn schema(mesh: &Mesh, options: &CreateOptions) -> Result<Schema> {
    check(mesh, options)?;
    mesh.check_kinds()?;
    let mut schema = Schema::new(options.container);
    global_attributes(&mut schema, mesh, options);
    let mut schema = model(schema, GroupId::ROOT, mesh, options)?;
    let title = &mesh.title;
    for (name, mesh) in &mesh.groups {
        if let Some((below, _)) = mesh.groups.first() {
            return Err(Error::unsupported("groups within groups").in_object(format!("/{name}/{below}")));
        }
        if mesh.nemesis.is_some() {
            return Err(Error::unsupported("a group that is one of several parts of a model"));
        }
        check(mesh, options)?;
        mesh.check_kinds()?;
        let group = GroupId(schema.groups.len());
        let mut attributes = mesh.global_attributes.clone();
        if mesh.title != *title {
            attributes.push(Attribute::new(names::TITLE, terminated(&mesh.title)));
        }
        schema.groups.push(Group { name: name.clone(), parent: Some(GroupId::ROOT), attributes });
        schema = model(schema, group, mesh, options)?;
    }
    Ok(schema)
}

fn model(schema: Schema, group: GroupId, mesh: &Mesh, options: &CreateOptions) -> Result<Schema> {
    let (time, len_name, dimensions) = (DimensionId(0), DimensionId(0), HashMap::new());
    let mut declaration = Declaration { mesh, options, schema, group, dimensions, time, len_name };
    declaration.dimension(names::LEN_STRING, mesh.text.string);
    declaration.dimension(names::LEN_LINE, mesh.text.line);
    declaration.dimension(names::FOUR, 4);
    declaration.len_name = declaration.dimension(names::LEN_NAME, mesh.text.name);
    declaration.time = declaration.unlimited(names::TIME_STEP);
    declaration.counts();
    declaration.nodes()?;
    declaration.kinds()?;
    declaration.by_id();
    declaration.frames();
    declaration.records();
    declaration.results();
    if let Some(nemesis) = &mesh.nemesis {
        nemesis.declare(&mut declaration.schema, options.int64.bulk);
    }
    Ok(declaration.schema)
}

fn global_attributes(schema: &mut Schema, mesh: &Mesh, options: &CreateOptions) {
    schema.set_attribute(names::API_VERSION, Value::Float(vec![VERSION]));
    schema.set_attribute(names::VERSION, Value::Float(vec![VERSION]));
    schema.set_attribute(names::WORD_SIZE, Value::Int(vec![i32::from(options.word_size)]));
    schema.set_attribute(names::FILE_SIZE, Value::Int(vec![i32::from(options.large_model)]));
    let longest = mesh.longest_name().max(32);
    schema.set_attribute(names::MAXIMUM_NAME_LENGTH, Value::Int(vec![i32::try_from(longest).unwrap_or(i32::MAX)]));
    schema.set_attribute(names::INT64_STATUS, Value::Int(vec![options.int64.status()]));
    schema.set_attribute(names::TITLE, terminated(&mesh.title));
    for attribute in &mesh.global_attributes {
        schema.set_attribute(&attribute.name, attribute.value.clone());
    }
}

/// Text with the NUL that libexodus counts.
fn terminated(text: &str) -> Value {
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(0);
    Value::Char(bytes)
}

impl Declaration<'_> {
    fn float(&self) -> Type {
        if self.options.word_size == 4 {
            Type::Float
        } else {
            Type::Double
        }
    }

    fn dimension(&mut self, name: &str, length: u64) -> DimensionId {
        self.schema.dimensions.push(Dimension { name: name.to_owned(), length, unlimited: false, group: self.group });
        let id = DimensionId(self.schema.dimensions.len() - 1);
        self.dimensions.insert(name.to_owned(), id);
        id
    }

    fn unlimited(&mut self, name: &str) -> DimensionId {
        let id = self.dimension(name, 0);
        if let Some(last) = self.schema.dimensions.last_mut() {
            last.unlimited = true;
        }
        id
    }

    /// A dimension of this model that was declared before.
    fn find(&self, name: &str) -> Option<DimensionId> {
        self.dimensions.get(name).copied()
    }

    fn variable(&mut self, name: &str, ty: Type, dimensions: &[DimensionId]) -> &mut Variable {
        let mut variable = Variable::new(name, ty, dimensions.to_vec());
        variable.group = self.group;
        variable.order = if self.options.container.is_hdf5() { ByteOrder::Little } else { ByteOrder::Big };
        let compressible = variable.ty != Type::Char && name != names::TIME_WHOLE;
        if compressible {
            let deflate = self.options.deflate.filter(|&level| level > 0).map(Filter::deflate);
            let shuffle = self.options.shuffle.then(Filter::shuffle);
            variable.storage.filters = shuffle.into_iter().chain(deflate).collect();
        }
        // Whatever is not written is left alone, as libexodus does it.
        variable.fill = Fill::None;
        self.schema.variables.push(variable);
        let last = self.schema.variables.len() - 1;
        #[allow(clippy::indexing_slicing)] // it was pushed just now
        &mut self.schema.variables[last]
    }

    /// A list of names; small ones lie in the object header.
    fn names(&mut self, name: &str, count: DimensionId) -> &mut Variable {
        let len_name = self.len_name;
        let lengths = [count, len_name].map(|id| self.schema.dimension(id).map_or(u64::MAX, |d| d.length));
        let small = hyperslab::bytes(&lengths, 1).is_ok_and(|bytes| bytes <= MAX_COMPACT);
        let variable = self.variable(name, Type::Char, &[count, len_name]);
        if small {
            variable.storage.layout = Layout::Compact;
        }
        variable.fill = Fill::Value(Value::Char(vec![0]));
        variable.attributes.push(Attribute::new(names::FILL_VALUE, Value::Char(vec![0])));
        variable
    }

    fn counts(&mut self) {
        let (float, time) = (self.float(), self.time);
        self.variable(names::TIME_WHOLE, float, &[time]);
        let total =
            |kind, declared: u64| self.mesh.blocks.of(kind).iter().map(|block| block.len).sum::<u64>().max(declared);
        let counts = [
            (names::NUM_DIM, self.mesh.num_dim),
            (names::NUM_NODES, self.mesh.num_nodes),
            (names::NUM_ELEM, total(EntityType::ElementBlock, self.mesh.num_elems)),
            (names::NUM_EDGE, total(EntityType::EdgeBlock, self.mesh.num_edges)),
            (names::NUM_FACE, total(EntityType::FaceBlock, self.mesh.num_faces)),
        ];
        for (name, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            self.dimension(name, count);
        }
    }

    /// Coordinates, attributes and identifiers of the nodes, and the other identifiers.
    fn nodes(&mut self) -> Result<()> {
        let (mesh, float, int) = (self.mesh, self.float(), self.options.int64.map_type());
        if let Some(dims) = self.find(names::NUM_DIM) {
            self.names(names::COOR_NAMES, dims).attributes.extend(mesh.nodal_entity_attributes.iter().cloned());
        }
        if let (Some(nodes), Some(dims)) = (self.find(names::NUM_NODES), self.find(names::NUM_DIM)) {
            let axes = usize::try_from(mesh.num_dim).unwrap_or(3);
            match self.options.large_model {
                true => names::COORDS.into_iter().take(axes).for_each(|name| {
                    self.variable(name, float.clone(), &[nodes]);
                }),
                false => _ = self.variable(names::COORD, float.clone(), &[dims, nodes]),
            }
            if !mesh.nodal_attributes.is_empty() {
                let count = self.dimension(names::NUM_NODAL_ATTRIBUTES, mesh.nodal_attributes.len() as u64);
                self.variable(names::NODAL_ATTRIBUTES, float, &[nodes, count]);
                self.names(names::NODAL_ATTRIBUTE_NAMES, count);
            }
        }
        for &kind in &mesh.id_maps {
            let name = kind.id_map().ok_or_else(|| Error::usage(format!("{} is no kind of map", kind.label())))?;
            if let Some(id) = kind.names().and_then(|row| self.find(row.size)) {
                self.variable(name, int.clone(), &[id]);
            }
        }
        if let (Some(elements), true) = (self.find(names::NUM_ELEM), mesh.has_order_map) {
            self.variable(names::ELEM_MAP, int, &[elements]);
        }
        Ok(())
    }

    fn records(&mut self) {
        let find = |name: &str| self.find(name).unwrap_or(DimensionId(0));
        let (four, len_string, len_line) = (find(names::FOUR), find(names::LEN_STRING), find(names::LEN_LINE));
        if !self.mesh.qa_records.is_empty() {
            let count = self.dimension(names::NUM_QA_REC, self.mesh.qa_records.len() as u64);
            self.variable(names::QA_RECORDS, Type::Char, &[count, four, len_string]);
        }
        if !self.mesh.info_records.is_empty() {
            let count = self.dimension(names::NUM_INFO, self.mesh.info_records.len() as u64);
            self.variable(names::INFO_RECORDS, Type::Char, &[count, len_line]);
        }
    }
}
