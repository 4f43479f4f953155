//! The netCDF schema of a mesh, in the order in which libexodus declares things.

use std::collections::HashMap;

use hyperslab::netcdf::{
    Attribute, Dimension, DimensionId, Fill, Group, GroupId, Layout, Schema, Storage, Type, Value, Variable,
};
use hyperslab::{ByteOrder, Error, Result};

use super::options::{check, CreateOptions};
use crate::kind::{EntityKind, Names};
use crate::mesh::{Block, Mesh, Set, Shape};
use crate::names;

/// The version of the API and of the file format that new files state: that of the library whose conventions they follow.
const VERSION: f32 = 9.06;

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
    let mut schema = Schema::new(options.container);
    global_attributes(&mut schema, mesh, options);
    let mut schema = model(schema, GroupId::ROOT, mesh, options)?;
    for (name, mesh) in &mesh.groups {
        if !mesh.groups.is_empty() {
            return Err(Error::unsupported("groups within groups"));
        }
        check(mesh, options)?;
        let group = GroupId(schema.groups.len());
        let attributes = mesh.global_attributes.clone();
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
            let deflate = self.options.deflate.filter(|&level| level > 0);
            variable.storage = Storage { deflate, shuffle: self.options.shuffle, ..Storage::default() };
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
        let variable = self.variable(name, Type::Char, &[count, len_name]);
        variable.storage.layout = Layout::Compact;
        variable.fill = Fill::Value(vec![0]);
        variable.attributes.push(Attribute::new(names::FILL_VALUE, Value::Char(vec![0])));
        variable
    }

    fn counts(&mut self) {
        let (float, time) = (self.float(), self.time);
        self.variable(names::TIME_WHOLE, float, &[time]);
        let total = |kind, declared: u64| self.mesh.blocks_of(kind).map(|block| block.len).sum::<u64>().max(declared);
        let counts = [
            (names::NUM_DIM, self.mesh.num_dim),
            (names::NUM_NODES, self.mesh.num_nodes),
            (names::NUM_ELEM, total(EntityKind::ElementBlock, self.mesh.num_elems)),
            (names::NUM_EDGE, total(EntityKind::EdgeBlock, self.mesh.num_edges)),
            (names::NUM_FACE, total(EntityKind::FaceBlock, self.mesh.num_faces)),
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

    /// Blocks, sets and maps.
    fn kinds(&mut self) -> Result<()> {
        let (mesh, int) = (self.mesh, self.options.int64.map_type());
        for kind in EntityKind::BLOCKS.into_iter().chain(EntityKind::SETS).chain(EntityKind::MAPS) {
            self.list(kind)?;
        }
        for kind in EntityKind::BLOCKS {
            mesh.blocks_of(kind).enumerate().try_for_each(|(n, block)| self.block(row_of(kind)?, n, block))?;
        }
        for kind in EntityKind::SETS {
            mesh.sets_of(kind).enumerate().try_for_each(|(n, set)| self.set(row_of(kind)?, n, set))?;
        }
        for kind in EntityKind::MAPS {
            let row = row_of(kind)?;
            for n in 0..mesh.maps_of(kind).count() {
                let size = self.find(row.size);
                let size = size.ok_or_else(|| Error::usage(format!("a {} of nothing", kind.label())))?;
                self.variable(&names::numbered(row.entries, n), int.clone(), &[size]);
            }
        }
        Ok(())
    }

    /// Status, identifiers, properties and names of the entities of a kind.
    fn list(&mut self, kind: EntityKind) -> Result<()> {
        let (mesh, row, entities) = (self.mesh, row_of(kind)?, self.mesh.entities(kind));
        if entities.is_empty() {
            return Ok(());
        }
        let (count, int) = (self.dimension(row.count, entities.len() as u64), self.options.int64.id_type());
        if let Some(status) = row.status {
            self.variable(status, Type::Int, &[count]).storage = compact(entities.len());
        }
        let ids = self.variable(row.ids, int.clone(), &[count]);
        ids.storage = compact(entities.len());
        ids.attributes.push(Attribute::new(names::PROPERTY_NAME, terminated("ID")));
        for (k, property) in mesh.properties.get(&kind).into_iter().flatten().enumerate() {
            if property.values.len() != entities.len() {
                return Err(Error::usage(format!(
                    "property {:?} needs a value for each {}",
                    property.name,
                    kind.label()
                )));
            }
            let zero = if int == Type::Int64 { Value::Int64(vec![0]) } else { Value::Int(vec![0]) };
            let variable = self.variable(&names::numbered(row.properties, k + 1), int.clone(), &[count]);
            variable.attributes.push(Attribute::new(names::FILL_VALUE, zero));
            variable.attributes.push(Attribute::new(names::PROPERTY_NAME, terminated(&property.name)));
        }
        self.names(row.names, count);
        Ok(())
    }

    fn block(&mut self, row: &Names, n: usize, block: &Block) -> Result<()> {
        if block.len == 0 {
            return Ok(());
        }
        let prefix = row.nodes_per_entry.ok_or_else(|| Error::usage("not a kind of block"))?;
        let entries = self.dimension(&names::numbered(row.size, n), block.len);
        let shape = block.shape();
        let own = [
            (row.entries, prefix, block.nodes_per_entry, shape == Shape::Polygons),
            (names::EDGE_CONNECTIVITY, names::EDGES_PER_ELEMENT, block.edges_per_entry, false),
            (names::FACE_CONNECTIVITY, names::FACES_PER_ELEMENT, block.faces_per_entry, shape == Shape::Polyhedra),
        ];
        let mut carrier = true;
        let int = self.options.int64.bulk_type();
        for (values, per_entry, count, is_flat) in own.into_iter().filter(|(.., count, _)| *count > 0) {
            let count = self.dimension(&names::numbered(per_entry, n), count);
            let dimensions = if is_flat { vec![count] } else { vec![entries, count] };
            let variable = self.variable(&names::numbered(values, n), int.clone(), &dimensions);
            let is_carrier = std::mem::take(&mut carrier) && values != names::EDGE_CONNECTIVITY;
            if is_carrier {
                variable.attributes.push(Attribute::new(names::ELEM_TYPE, terminated(&block.topology)));
                variable.attributes.extend(block.entity_attributes.iter().cloned());
            }
        }
        self.poly_counts(n, block, entries);
        self.entry_attributes(row, n, entries, &block.attributes);
        Ok(())
    }

    /// The number of nodes of each polygon, or of faces of each polyhedron.
    fn poly_counts(&mut self, n: usize, block: &Block, entries: DimensionId) {
        let of = match (block.shape(), block.kind) {
            (Shape::Uniform, _) => return,
            (Shape::Polygons, EntityKind::FaceBlock) => ["NODE", "FACE"],
            (Shape::Polygons, _) => ["NODE", "ELEM"],
            (Shape::Polyhedra, _) => ["FACE", "ELEM"],
        };
        let int = self.options.int64.bulk_type();
        let Some(name) = names::entity_counts(block.kind) else { return };
        let counts = self.variable(&names::numbered(name, n), int, &[entries]);
        let types = names::ENTITY_TYPES.into_iter().zip(of);
        counts.attributes.extend(types.map(|(name, entity)| Attribute::new(name, terminated(entity))));
    }

    fn entry_attributes(&mut self, row: &Names, n: usize, entries: DimensionId, list: &[String]) {
        let float = self.float();
        if let (Some([count, values, names]), false) = (row.attributes, list.is_empty()) {
            let count = self.dimension(&names::numbered(count, n), list.len() as u64);
            self.variable(&names::numbered(values, n), float, &[entries, count]);
            self.names(&names::numbered(names, n), count);
        }
    }

    fn set(&mut self, row: &Names, n: usize, set: &Set) -> Result<()> {
        let (int, float) = (self.options.int64.bulk_type(), self.float());
        if set.len == 0 {
            return Ok(());
        }
        let entries = self.dimension(&names::numbered(row.size, n), set.len);
        let members = self.variable(&names::numbered(row.entries, n), int.clone(), &[entries]);
        members.attributes.extend(set.entity_attributes.iter().cloned());
        if let Some(extra) = row.extra.filter(|_| set.oriented || set.kind == EntityKind::SideSet) {
            self.variable(&names::numbered(extra, n), int, &[entries]);
        }
        if set.num_factors > 0 {
            let prefix = row.factors.ok_or_else(|| Error::usage("not a kind of set"))?;
            let count = match row.factor_count {
                Some(count) => self.dimension(&names::numbered(count, n), set.num_factors),
                None if set.num_factors == set.len => entries,
                None => {
                    return Err(Error::usage(format!(
                        "{} distribution factors for {} entries",
                        set.num_factors, set.len
                    )))
                }
            };
            self.variable(&names::numbered(prefix, n), float, &[count]);
        }
        self.entry_attributes(row, n, entries, &set.attributes);
        Ok(())
    }

    /// Assemblies and blobs: their names carry the identifier.
    fn by_id(&mut self) {
        let (mesh, int) = (self.mesh, self.options.int64.id_type());
        let id_value = |id: i64| match i32::try_from(id) {
            Ok(small) if int == Type::Int => Value::Int(vec![small]),
            _ => Value::Int64(vec![id]),
        };
        let [assembly, blob] = EntityKind::BY_ID.map(EntityKind::names);
        for (a, row) in mesh.assemblies.iter().filter_map(|a| assembly.map(|row| (a, row))) {
            let size = self.dimension(&format!("{}{}", row.size, a.id), a.members.len() as u64);
            let variable = self.variable(&format!("{}{}", row.entries, a.id), int.clone(), &[size]);
            variable.attributes.extend([
                Attribute::new(names::ENTITY_ID, id_value(a.id)),
                Attribute::new(names::MEMBER_TYPE, Value::Int(vec![a.kind.code()])),
                Attribute::new(names::ENTITY_NAME, terminated(&a.name)),
                Attribute::new(names::MEMBER_TYPE_NAME, terminated(a.kind.label())),
            ]);
            variable.attributes.extend(a.entity_attributes.iter().cloned());
        }
        for (b, row) in mesh.blobs.iter().filter_map(|b| blob.map(|row| (b, row))) {
            let one = self.find(names::BLOB_ENTITY).unwrap_or_else(|| self.dimension(names::BLOB_ENTITY, 1));
            self.dimension(&format!("{}{}", row.size, b.id), b.len);
            let variable = self.variable(&format!("{}{}", row.entries, b.id), Type::Int, &[one]);
            variable.attributes.push(Attribute::new(names::ENTITY_ID, id_value(b.id)));
            variable.attributes.push(Attribute::new(names::ENTITY_NAME, terminated(&b.name)));
            variable.attributes.extend(b.entity_attributes.iter().cloned());
        }
    }

    fn frames(&mut self) {
        let (frames, float) = (self.mesh.frames.len() as u64, self.float());
        if frames > 0 {
            let count = self.dimension(names::NUM_FRAMES, frames);
            let values = self.dimension(names::NUM_FRAME_VALUES, 9 * frames);
            self.variable(names::FRAME_COORDINATES, float, &[values]);
            self.variable(names::FRAME_IDS, self.options.int64.id_type(), &[count]);
            self.variable(names::FRAME_TAGS, Type::Char, &[count]);
        }
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

    fn results(&mut self) {
        let mesh = self.mesh;
        for (&kind, list) in mesh.variables.iter().filter(|(_, list)| !list.is_empty()) {
            let Some(row) = kind.variables() else { continue };
            let count = self.dimension(row.count, list.len() as u64);
            self.names(row.names, count);
            match kind {
                EntityKind::Global => self.result(names::VALS_GLO_VAR, &[count]),
                EntityKind::Nodal => self.nodal_variables(count, list.len()),
                _ => self.entity_variables(kind, count, list.len()),
            }
        }
        for (&kind, list) in mesh.reductions.iter().filter(|(_, list)| !list.is_empty()) {
            let Some(row) = kind.reductions() else { continue };
            let count = self.dimension(row.count, list.len() as u64);
            self.names(row.names, count);
            let having = (0..mesh.entities(kind).len()).filter(|&n| mesh.has_reductions(kind, n));
            for number in having.filter_map(|n| mesh.number(kind, n)) {
                self.result(&format!("{}{number}", row.values), &[count]);
            }
        }
    }

    fn nodal_variables(&mut self, count: DimensionId, variables: usize) {
        let Some(nodes) = self.find(names::NUM_NODES) else { return };
        match self.options.large_model {
            true => (0..variables).for_each(|v| self.result(&names::numbered(names::VALS_NOD_VAR, v), &[nodes])),
            false => self.result(names::VALS_NOD_VAR, &[count, nodes]),
        }
    }

    fn entity_variables(&mut self, kind: EntityKind, count: DimensionId, variables: usize) {
        let mesh = self.mesh;
        let (Some(row), Some(entity_row)) = (kind.variables(), kind.names()) else { return };
        if let (Some(table), Some(entities)) = (row.table, self.find(entity_row.count)) {
            self.variable(table, Type::Int, &[entities, count]);
        }
        for variable in 0..variables {
            for entity in (0..mesh.entities(kind).len()).filter(|&n| mesh.has_variable(kind, n, variable)) {
                let Some(number) = mesh.number(kind, entity) else { continue };
                if let Some(size) = self.find(&format!("{}{number}", entity_row.size)) {
                    self.result(&format!("{}{}{}{number}", row.values, variable + 1, row.suffix), &[size]);
                }
            }
        }
    }

    /// Values that change from step to step: one row a step.
    fn result(&mut self, name: &str, dimensions: &[DimensionId]) {
        let (float, mut all) = (self.float(), vec![self.time]);
        all.extend(dimensions);
        self.variable(name, float, &all);
    }
}

/// Lists of numbers that are short enough lie in the object header.
fn compact(len: usize) -> Storage {
    let layout = if len < (1 << 13) { Layout::Compact } else { Layout::Contiguous };
    Storage { layout, ..Storage::default() }
}

fn row_of(kind: EntityKind) -> Result<&'static Names> {
    kind.names().ok_or_else(|| Error::usage(format!("{} is no kind of entity", kind.label())))
}
