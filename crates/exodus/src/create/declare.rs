//! The netCDF schema of a mesh, in the order in which libexodus declares things.

use hyperslab::netcdf::{Attribute, DimensionId, Fill, Layout, Schema, Storage, Type, Value, Variable};
use hyperslab::{ByteOrder, Error, Result};

use super::CreateOptions;
use crate::kind::{EntityKind, Names};
use crate::mesh::{Block, Mesh, Set};
use crate::names;

/// The version of the API and of the file format that new files state: that of the library whose conventions they follow.
const VERSION: f32 = 9.06;
/// Characters of a name, its NUL included.
const LEN_NAME: u64 = 256;
/// Characters of a field of a QA record, and of an information record, their NULs included.
const LEN_STRING: u64 = 33;
const LEN_LINE: u64 = 81;
/// What libexodus says of files whose integers are all 64 bits wide.
const ALL_INT64: i32 = 0x1c00;

/// A schema being put together.
struct Declaration<'m> {
    mesh: &'m Mesh,
    options: &'m CreateOptions,
    schema: Schema,
    time: DimensionId,
    len_name: DimensionId,
    nodes: Option<DimensionId>,
}

/// The schema of a mesh.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for options or counts that contradict each other.
pub(super) fn schema(mesh: &Mesh, options: &CreateOptions) -> Result<Schema> {
    check(mesh, options)?;
    let mut schema = Schema::new(options.container);
    global_attributes(&mut schema, mesh, options);
    schema.add_dimension(names::LEN_STRING, LEN_STRING, false);
    schema.add_dimension(names::LEN_LINE, LEN_LINE, false);
    schema.add_dimension(names::FOUR, 4, false);
    let len_name = schema.add_dimension(names::LEN_NAME, LEN_NAME, false);
    let time = schema.add_dimension(names::TIME_STEP, 0, true);
    let mut declaration = Declaration { mesh, options, schema, time, len_name, nodes: None };
    declaration.counts()?;
    declaration.kinds()?;
    declaration.records();
    declaration.variables();
    Ok(declaration.schema)
}

fn check(mesh: &Mesh, options: &CreateOptions) -> Result<()> {
    if !(1..=3).contains(&mesh.num_dim) {
        return Err(Error::usage(format!("{} spatial dimensions", mesh.num_dim)));
    }
    if options.word_size != 4 && options.word_size != 8 {
        return Err(Error::usage(format!("floating-point numbers of {} bytes", options.word_size)));
    }
    if options.deflate.is_some_and(|level| level > 9) {
        return Err(Error::usage("deflate levels go from 0 to 9"));
    }
    if (options.deflate.is_some() || options.shuffle) && !options.container.is_hdf5() {
        return Err(Error::usage(format!("compression in the container {}", options.container.name())));
    }
    Ok(())
}

fn global_attributes(schema: &mut Schema, mesh: &Mesh, options: &CreateOptions) {
    schema.set_attribute(names::API_VERSION, Value::Float(vec![VERSION]));
    schema.set_attribute(names::VERSION, Value::Float(vec![VERSION]));
    schema.set_attribute(names::WORD_SIZE, Value::Int(vec![i32::from(options.word_size)]));
    schema.set_attribute(names::FILE_SIZE, Value::Int(vec![1]));
    let longest = mesh.variables.values().flatten().map(String::len).max().unwrap_or(0).max(32);
    schema.set_attribute(names::MAXIMUM_NAME_LENGTH, Value::Int(vec![i32::try_from(longest).unwrap_or(i32::MAX)]));
    schema.set_attribute(names::INT64_STATUS, Value::Int(vec![if options.int64 { ALL_INT64 } else { 0 }]));
    schema.set_attribute(names::TITLE, terminated(&mesh.title));
}

/// Text with the NUL that libexodus counts.
fn terminated(text: &str) -> Value {
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(0);
    Value::Char(bytes)
}

/// The names of the coordinates: those of the mesh, or x, y and z.
pub(super) fn coord_names(mesh: &Mesh) -> Vec<String> {
    let default = ["x", "y", "z"].into_iter().map(str::to_owned);
    let given = mesh.coord_names.iter().cloned();
    let count = usize::try_from(mesh.num_dim).unwrap_or(3);
    given.chain(default.skip(mesh.coord_names.len())).take(count).collect()
}

/// The variable that holds the identifiers of nodes, edges, faces or elements.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for anything but a kind of map.
pub(super) fn id_map(kind: EntityKind) -> Result<&'static str> {
    match kind {
        EntityKind::NodeMap => Ok("node_num_map"),
        EntityKind::EdgeMap => Ok("edge_num_map"),
        EntityKind::FaceMap => Ok("face_num_map"),
        EntityKind::ElementMap => Ok("elem_num_map"),
        other => Err(Error::usage(format!("{} is no kind of map", other.label()))),
    }
}

/// Every block with its position among its kind.
pub(super) fn numbered_blocks(mesh: &Mesh) -> impl Iterator<Item = (EntityKind, usize, &Block)> {
    EntityKind::BLOCKS
        .into_iter()
        .flat_map(|kind| mesh.blocks_of(kind).enumerate().map(move |(n, block)| (kind, n, block)))
}

fn numbered_sets(mesh: &Mesh) -> impl Iterator<Item = (EntityKind, usize, &Set)> {
    EntityKind::SETS.into_iter().flat_map(|kind| mesh.sets_of(kind).enumerate().map(move |(n, set)| (kind, n, set)))
}

impl Declaration<'_> {
    fn float(&self) -> Type {
        if self.options.word_size == 4 {
            Type::Float
        } else {
            Type::Double
        }
    }

    fn int(&self) -> Type {
        if self.options.int64 {
            Type::Int64
        } else {
            Type::Int
        }
    }

    fn dimension(&mut self, name: &str, length: u64) -> DimensionId {
        self.schema.add_dimension(name, length, false)
    }

    fn variable(&mut self, name: &str, ty: Type, dimensions: &[DimensionId]) -> &mut Variable {
        let mut variable = Variable::new(name, ty, dimensions.to_vec());
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
    fn names(&mut self, name: &str, count: DimensionId) {
        let len_name = self.len_name;
        let variable = self.variable(name, Type::Char, &[count, len_name]);
        variable.storage.layout = Layout::Compact;
        variable.fill = Fill::Value(vec![0]);
        variable.attributes.push(Attribute::new("_FillValue", Value::Char(vec![0])));
    }

    fn counts(&mut self) -> Result<()> {
        let (float, time) = (self.float(), self.time);
        self.variable(names::TIME_WHOLE, float.clone(), &[time]);
        let dims = self.dimension(names::NUM_DIM, self.mesh.num_dim);
        let total = |kind| self.mesh.blocks_of(kind).map(|block| block.len).sum::<u64>();
        let totals = [
            (names::NUM_NODES, self.mesh.num_nodes),
            (names::NUM_ELEM, total(EntityKind::ElementBlock)),
            (names::NUM_EDGE, total(EntityKind::EdgeBlock)),
            (names::NUM_FACE, total(EntityKind::FaceBlock)),
        ];
        for (name, count) in totals {
            if count > 0 {
                let id = self.dimension(name, count);
                if name == names::NUM_NODES {
                    self.nodes = Some(id);
                }
            }
        }
        self.names(names::COOR_NAMES, dims);
        if let Some(nodes) = self.nodes {
            let count = usize::try_from(self.mesh.num_dim).unwrap_or(3);
            for name in names::COORDS.into_iter().take(count) {
                self.variable(name, float.clone(), &[nodes]);
            }
        }
        for &kind in &self.mesh.id_maps {
            let (name, int) = (id_map(kind)?, self.int());
            if let Some(id) = kind.names().and_then(|row| self.schema.find_dimension(row.size)) {
                self.variable(name, int, &[id]);
            }
        }
        Ok(())
    }

    fn kinds(&mut self) -> Result<()> {
        let (mesh, int) = (self.mesh, self.int());
        for kind in EntityKind::BLOCKS.into_iter().chain(EntityKind::SETS).chain(EntityKind::MAPS) {
            let (Some(row), entities) = (kind.names(), mesh.entities(kind)) else { continue };
            if entities.is_empty() {
                continue;
            }
            let count = self.dimension(row.count, entities.len() as u64);
            if let Some(status) = row.status {
                self.variable(status, Type::Int, &[count]);
            }
            let ids = self.variable(row.ids, int.clone(), &[count]);
            ids.attributes.push(Attribute::new(names::PROPERTY_NAME, terminated("ID")));
            self.names(row.names, count);
        }
        numbered_blocks(mesh).try_for_each(|(kind, n, block)| self.block(row_of(kind)?, n, block))?;
        numbered_sets(mesh).try_for_each(|(kind, n, set)| self.set(row_of(kind)?, n, set))?;
        for kind in EntityKind::MAPS {
            let row = row_of(kind)?;
            for n in 0..mesh.maps_of(kind).count() {
                let size = self
                    .schema
                    .find_dimension(row.size)
                    .ok_or_else(|| Error::usage(format!("a {} of nothing", kind.label())))?;
                self.variable(&names::numbered(row.entries, n), int.clone(), &[size]);
            }
        }
        Ok(())
    }

    fn block(&mut self, row: &Names, n: usize, block: &Block) -> Result<()> {
        let (int, float) = (self.int(), self.float());
        if block.len == 0 {
            return Ok(());
        }
        let entries = self.dimension(&names::numbered(row.size, n), block.len);
        let prefix = row.nodes_per_entry.ok_or_else(|| Error::usage("not a kind of block"))?;
        if block.nodes_per_entry > 0 {
            let nodes = self.dimension(&names::numbered(prefix, n), block.nodes_per_entry);
            let connect = self.variable(&names::numbered(row.entries, n), int, &[entries, nodes]);
            connect.attributes.push(Attribute::new(names::ELEM_TYPE, terminated(&block.topology)));
        }
        if let (Some([count, values, list]), false) = (row.attributes, block.attributes.is_empty()) {
            let count = self.dimension(&names::numbered(count, n), block.attributes.len() as u64);
            self.variable(&names::numbered(values, n), float, &[entries, count]);
            self.names(&names::numbered(list, n), count);
        }
        Ok(())
    }

    fn set(&mut self, row: &Names, n: usize, set: &Set) -> Result<()> {
        let (int, float) = (self.int(), self.float());
        if set.len == 0 {
            return Ok(());
        }
        let entries = self.dimension(&names::numbered(row.size, n), set.len);
        self.variable(&names::numbered(row.entries, n), int.clone(), &[entries]);
        if let Some(extra) = row.extra {
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
        Ok(())
    }

    fn records(&mut self) {
        let find = |schema: &Schema, name: &str| schema.find_dimension(name).unwrap_or(DimensionId(0));
        let (four, len_string, len_line) = (
            find(&self.schema, names::FOUR),
            find(&self.schema, names::LEN_STRING),
            find(&self.schema, names::LEN_LINE),
        );
        if !self.mesh.qa_records.is_empty() {
            let count = self.dimension(names::NUM_QA_REC, self.mesh.qa_records.len() as u64);
            self.variable(names::QA_RECORDS, Type::Char, &[count, four, len_string]);
        }
        if !self.mesh.info_records.is_empty() {
            let count = self.dimension(names::NUM_INFO, self.mesh.info_records.len() as u64);
            self.variable(names::INFO_RECORDS, Type::Char, &[count, len_line]);
        }
    }

    fn variables(&mut self) {
        let mesh = self.mesh;
        for (&kind, list) in &mesh.variables {
            let (Some(row), false) = (kind.variables(), list.is_empty()) else { continue };
            let count = self.dimension(row.count, list.len() as u64);
            self.names(row.names, count);
            match kind {
                EntityKind::Global => self.result(names::VALS_GLO_VAR.to_owned(), Some(count)),
                EntityKind::Nodal => {
                    (0..list.len()).for_each(|v| self.result(names::numbered(row.values, v), self.nodes))
                }
                _ => self.entity_variables(kind, count, list.len()),
            }
        }
    }

    fn entity_variables(&mut self, kind: EntityKind, count: DimensionId, variables: usize) {
        let mesh = self.mesh;
        let (Some(row), Some(entity_row)) = (kind.variables(), kind.names()) else { return };
        if let (Some(table), Some(entities)) = (row.table, self.schema.find_dimension(entity_row.count)) {
            self.variable(table, Type::Int, &[entities, count]);
        }
        for variable in 0..variables {
            for (entity, _) in
                mesh.entities(kind).iter().enumerate().filter(|(n, _)| mesh.has_variable(kind, *n, variable))
            {
                let size = self.schema.find_dimension(&names::numbered(entity_row.size, entity));
                if size.is_some() {
                    self.result(names::values(row.values, variable, row.suffix, entity), size);
                }
            }
        }
    }

    /// The values of a variable: one row a step.
    fn result(&mut self, name: String, size: Option<DimensionId>) {
        let (float, time) = (self.float(), self.time);
        if let Some(size) = size {
            self.variable(&name, float, &[time, size]);
        }
    }
}

fn row_of(kind: EntityKind) -> Result<&'static Names> {
    kind.names().ok_or_else(|| Error::usage(format!("{} is no kind of entity", kind.label())))
}
