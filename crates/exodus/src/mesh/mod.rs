//! What a file declares: plain data, all of it known before the first number is read or written.

mod by_kind;
mod counts;
mod describe;
mod entities;
mod find;
mod kinds;
mod shape;

use std::collections::{BTreeMap, HashSet};

use hyperslab::netcdf::Attribute;
use ndarray::Array2;

use crate::data::Data;
use crate::kind::EntityType;
use crate::nemesis::Nemesis;
use crate::topology::ElementNumbers;

pub use by_kind::{ByKind, OfKind};
pub use counts::InitParams;
pub(crate) use entities::Shape;
pub use entities::{Assembly, Blob, Block, CoordinateFrame, Entity, Map, Property, QaRecord, Set, TextWidths};

/// Everything that a file declares. [`ExodusFile::mesh`](crate::ExodusFile::mesh) gathers it,
/// [`ExodusWriter::create`](crate::ExodusWriter::create) starts a file from it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mesh {
    /// The title.
    pub title: String,
    /// Spatial dimensions: 1 to 3.
    pub num_dim: u64,
    /// Nodes.
    pub num_nodes: u64,
    /// Elements, edges and faces, where they are more than the blocks have.
    pub num_elems: u64,
    /// See [`Mesh::num_elems`].
    pub num_edges: u64,
    /// See [`Mesh::num_elems`].
    pub num_faces: u64,
    /// The names of the coordinates; may be empty.
    pub coord_names: Vec<String>,
    /// The blocks.
    pub blocks: ByKind<Block>,
    /// The sets.
    pub sets: ByKind<Set>,
    /// The number maps.
    pub maps: ByKind<Map>,
    /// Groups of entities.
    pub assemblies: Vec<Assembly>,
    /// Data that belong to nothing in the mesh.
    pub blobs: Vec<Blob>,
    /// Coordinate systems.
    pub frames: Vec<CoordinateFrame>,
    /// The kinds of maps whose entries have identifiers of their own (`node_num_map` and its like).
    pub id_maps: Vec<EntityType>,
    /// Whether there is an order of the elements (`elem_map`), which is obsolete.
    pub has_order_map: bool,
    /// The properties of each kind, the identifiers aside.
    pub properties: BTreeMap<EntityType, Vec<Property>>,
    /// The names of the attributes of each node.
    pub nodal_attributes: Vec<String>,
    /// The names of the variables of each kind.
    pub variables: BTreeMap<EntityType, Vec<String>>,
    /// The names of the reduction variables of each kind: one value for a whole entity.
    pub reductions: BTreeMap<EntityType, Vec<String>>,
    /// Which entities have values of the reduction variables; all that have entries, where nothing is said.
    pub with_reductions: BTreeMap<EntityType, Vec<bool>>,
    /// Which entities have which variables; all, where nothing is said.
    pub truth_tables: BTreeMap<EntityType, Array2<bool>>,
    /// Results that names and tables promise and the file does not have. They are promised again where the mesh is written, and
    /// again they are not there.
    pub absent: HashSet<Data>,
    /// The attributes of the model as a whole.
    pub global_attributes: Vec<Attribute>,
    /// The attributes of the nodes as a whole.
    pub nodal_entity_attributes: Vec<Attribute>,
    /// What a file has that belongs to one of several processors.
    pub nemesis: Option<Nemesis>,
    /// The programs that made the model.
    pub qa_records: Vec<QaRecord>,
    /// Lines of free text.
    pub info_records: Vec<String>,
    /// How long texts may be.
    pub text: TextWidths,
    /// Models in groups of their own (change sets), by name; only netCDF-4 holds them.
    pub groups: Vec<(String, Mesh)>,
}

impl Mesh {
    /// Nodes and nothing else.
    pub fn new(title: &str, num_dim: u64, num_nodes: u64) -> Self {
        Mesh { title: title.to_owned(), num_dim, num_nodes, ..Mesh::default() }
    }

    /// The mesh with all that it may leave out: the counts of elements, edges and faces, which entities have which variables, and
    /// which sets have sides or orientations. It is what a file of the mesh says that it declares.
    #[must_use]
    pub fn normalized(mut self) -> Self {
        let total = |mesh: &Mesh, kind| mesh.mapped(kind).unwrap_or(0);
        self.num_elems = total(&self, EntityType::ElementMap);
        self.num_edges = total(&self, EntityType::EdgeMap);
        self.num_faces = total(&self, EntityType::FaceMap);
        self.blocks.iter_mut().for_each(|block| block.inactive &= block.len > 0);
        for set in self.sets.iter_mut() {
            let has = set.kind.names().is_some_and(|row| row.extra.is_some());
            set.inactive &= set.len > 0;
            set.oriented = has && (set.oriented || set.len == 0 || set.kind == EntityType::SideSet);
        }
        self.id_maps.sort_unstable();
        for kind in EntityType::WITH_VARIABLES {
            let count = self.count(kind);
            if self.reductions.contains_key(&kind) && !self.with_reductions.contains_key(&kind) {
                let having = (0..count).map(|entity| self.has_reductions(kind, entity)).collect();
                self.with_reductions.insert(kind, having);
            }
            let is_tabled = !matches!(kind, EntityType::Global | EntityType::Nodal);
            if let Some(names) = self.variables.get(&kind).filter(|_| is_tabled) {
                self.truth_tables.entry(kind).or_insert_with(|| Array2::from_elem((count, names.len()), true));
            }
        }
        self.groups = self.groups.into_iter().map(|(name, mesh)| (name, mesh.normalized())).collect();
        self
    }

    /// Names the variables of a kind.
    pub fn set_variables<S: Into<String>>(&mut self, kind: EntityType, names: impl IntoIterator<Item = S>) {
        self.variables.insert(kind, names.into_iter().map(Into::into).collect());
    }

    /// The names of the coordinates: those of the mesh, or x, y and z.
    pub(crate) fn coordinate_names(&self) -> impl Iterator<Item = &str> {
        let given = self.coord_names.iter().map(String::as_str);
        let count = usize::try_from(self.num_dim).unwrap_or(3);
        given.chain(["x", "y", "z"].into_iter().skip(self.coord_names.len())).take(count)
    }

    /// The number of bytes of the longest name.
    pub(crate) fn longest_name(&self) -> usize {
        let kinds = EntityType::BLOCKS.into_iter().chain(EntityType::SETS).chain(EntityType::MAPS);
        let entities = kinds.flat_map(|kind| self.entities(kind)).map(|entity| entity.1.len());
        let lists = self.variables.values().chain(self.reductions.values());
        let lists = lists.chain([&self.nodal_attributes, &self.coord_names]);
        let lists =
            lists.chain(self.blocks.iter().map(|b| &b.attributes)).chain(self.sets.iter().map(|s| &s.attributes));
        entities.chain(lists.flatten().map(String::len)).max().unwrap_or(0)
    }

    /// How the numbers of elements go through the element blocks.
    pub fn element_numbers(&self) -> &ElementNumbers {
        self.blocks.element_numbers()
    }

    /// Whether an entity has a variable.
    pub(crate) fn has_variable(&self, kind: EntityType, entity: usize, variable: usize) -> bool {
        self.promises(kind, entity, variable) && !self.absent.contains(&Data::Variable(kind, variable, entity))
    }

    /// Whether the truth table says that an entity has a variable.
    pub(crate) fn promises(&self, kind: EntityType, entity: usize, variable: usize) -> bool {
        self.truth_tables.get(&kind).is_none_or(|table| table.get((entity, variable)).copied().unwrap_or(false))
    }

    /// Whether an entity has values of the reduction variables.
    pub(crate) fn has_reductions(&self, kind: EntityType, entity: usize) -> bool {
        match self.with_reductions.get(&kind) {
            Some(list) => list.get(entity).copied().unwrap_or(false),
            None => self.is_present(kind, entity),
        }
    }

    /// Every array of numbers that the mesh may have and that does not change from step to step.
    pub fn static_data(&self) -> Vec<Data> {
        let mut data: Vec<Data> = (0..3).map(Data::Coordinate).collect();
        data.push(Data::Attributes(EntityType::Nodal, 0));
        data.extend(EntityType::MAPS.map(Data::IdMap));
        data.push(Data::OrderMap);
        let each = |kind: EntityType| (0..self.count(kind)).map(move |n| (kind, n));
        for (kind, n) in EntityType::BLOCKS.into_iter().flat_map(each) {
            data.extend([Data::Connectivity(kind, n), Data::Counts(kind, n), Data::Attributes(kind, n)]);
            if kind == EntityType::ElementBlock {
                data.extend([Data::EdgeConnectivity(n), Data::FaceConnectivity(n)]);
            }
        }
        for (kind, n) in EntityType::SETS.into_iter().flat_map(each) {
            data.extend([Data::Members(kind, n), Data::Sides(kind, n), Data::Factors(kind, n)]);
            data.push(Data::Attributes(kind, n));
        }
        data.extend(EntityType::MAPS.into_iter().flat_map(each).map(|(kind, n)| Data::NumMap(kind, n)));
        data
    }

    /// Every array of numbers that the mesh may have and that changes from step to step, the times last: a step is
    /// there when its time is.
    pub fn stepwise_data(&self) -> Vec<Data> {
        let mut data = Vec::new();
        for (&kind, list) in self.variables.iter().filter(|(kind, _)| **kind != EntityType::Global) {
            let entities = self.count(kind);
            data.extend((0..list.len()).flat_map(|v| (0..entities).map(move |n| Data::Variable(kind, v, n))));
        }
        for &kind in self.reductions.keys() {
            data.extend((0..self.count(kind)).map(|n| Data::Reductions(kind, n)));
        }
        data.extend([Data::Reductions(EntityType::Global, 0), Data::Times]);
        data
    }
}
