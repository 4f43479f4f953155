//! What a file declares: plain data, all of it known before the first number is read or written.

mod entities;
mod read;

use std::collections::{BTreeMap, HashSet};

use hyperslab::netcdf::Attribute;
use ndarray::Array2;

use crate::data::Data;
use crate::kind::EntityKind;
use crate::nemesis::Nemesis;
use crate::read::records::QaRecord;

pub(crate) use entities::Shape;
pub use entities::{Assembly, Blob, Block, CoordinateFrame, Map, Property, Set, TextWidths};

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
    /// The blocks of all kinds; each kind in its order.
    pub blocks: Vec<Block>,
    /// The sets of all kinds; each kind in its order.
    pub sets: Vec<Set>,
    /// The number maps of all kinds; each kind in its order.
    pub maps: Vec<Map>,
    /// Groups of entities.
    pub assemblies: Vec<Assembly>,
    /// Data that belong to nothing in the mesh.
    pub blobs: Vec<Blob>,
    /// Coordinate systems.
    pub frames: Vec<CoordinateFrame>,
    /// The kinds of maps whose entries have identifiers of their own (`node_num_map` and its like).
    pub id_maps: Vec<EntityKind>,
    /// Whether there is an order of the elements (`elem_map`), which is obsolete.
    pub has_order_map: bool,
    /// The properties of each kind, the identifiers aside.
    pub properties: BTreeMap<EntityKind, Vec<Property>>,
    /// The names of the attributes of each node.
    pub nodal_attributes: Vec<String>,
    /// The names of the variables of each kind.
    pub variables: BTreeMap<EntityKind, Vec<String>>,
    /// The names of the reduction variables of each kind: one value for a whole entity.
    pub reductions: BTreeMap<EntityKind, Vec<String>>,
    /// Which entities have values of the reduction variables; all that have entries, where nothing is said.
    pub with_reductions: BTreeMap<EntityKind, Vec<bool>>,
    /// Which entities have which variables; all, where nothing is said.
    pub truth_tables: BTreeMap<EntityKind, Array2<bool>>,
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

    /// Names the variables of a kind.
    pub fn set_variables<S: Into<String>>(&mut self, kind: EntityKind, names: impl IntoIterator<Item = S>) {
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
        let kinds = EntityKind::BLOCKS.into_iter().chain(EntityKind::SETS).chain(EntityKind::MAPS);
        let entities = kinds.flat_map(|kind| self.entities(kind)).map(|entity| entity.1.len());
        let lists = self.variables.values().chain(self.reductions.values());
        let lists = lists.chain([&self.nodal_attributes, &self.coord_names]);
        let lists =
            lists.chain(self.blocks.iter().map(|b| &b.attributes)).chain(self.sets.iter().map(|s| &s.attributes));
        entities.chain(lists.flatten().map(String::len)).max().unwrap_or(0)
    }

    pub(crate) fn blocks_of(&self, kind: EntityKind) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    pub(crate) fn sets_of(&self, kind: EntityKind) -> impl Iterator<Item = &Set> {
        self.sets.iter().filter(move |set| set.kind == kind)
    }

    pub(crate) fn maps_of(&self, kind: EntityKind) -> impl Iterator<Item = &Map> {
        self.maps.iter().filter(move |map| map.kind == kind)
    }

    /// Identifier, name and number of entries of every entity of a kind.
    pub(crate) fn entities(&self, kind: EntityKind) -> Vec<(i64, &str, u64)> {
        let blocks = self.blocks_of(kind).map(|b| (b.id, b.name.as_str(), b.len));
        let sets = self.sets_of(kind).map(|s| (s.id, s.name.as_str(), s.len));
        let maps = self.maps_of(kind).map(|m| (m.id, m.name.as_str(), 1));
        let listed = blocks.chain(sets).chain(maps);
        match kind {
            EntityKind::Assembly => {
                self.assemblies.iter().map(|a| (a.id, a.name.as_str(), a.members.len() as u64)).collect()
            }
            EntityKind::Blob => self.blobs.iter().map(|b| (b.id, b.name.as_str(), b.len)).collect(),
            EntityKind::Nodal | EntityKind::Global => vec![(0, "", 1)],
            _ => listed.collect(),
        }
    }

    /// The number that stands for an entity in the names of its variables.
    pub(crate) fn number(&self, kind: EntityKind, index: usize) -> Option<i64> {
        match kind {
            EntityKind::Assembly => self.assemblies.get(index).map(|a| a.id),
            EntityKind::Blob => self.blobs.get(index).map(|b| b.id),
            _ => i64::try_from(index).ok()?.checked_add(1),
        }
    }

    /// Whether an entity has a variable.
    pub(crate) fn has_variable(&self, kind: EntityKind, entity: usize, variable: usize) -> bool {
        self.promises(kind, entity, variable) && !self.absent.contains(&Data::Variable(kind, variable, entity))
    }

    /// Whether the truth table says that an entity has a variable.
    pub(crate) fn promises(&self, kind: EntityKind, entity: usize, variable: usize) -> bool {
        self.truth_tables.get(&kind).is_none_or(|table| table.get((entity, variable)).copied().unwrap_or(false))
    }

    /// Whether an entity has values of the reduction variables.
    pub(crate) fn has_reductions(&self, kind: EntityKind, entity: usize) -> bool {
        match self.with_reductions.get(&kind) {
            Some(list) => list.get(entity).copied().unwrap_or(false),
            None => self.entities(kind).get(entity).is_some_and(|&(_, _, len)| len > 0),
        }
    }

    /// Every array of numbers that the mesh may have and that does not change from step to step.
    pub fn static_data(&self) -> Vec<Data> {
        let mut data: Vec<Data> = (0..3).map(Data::Coordinate).collect();
        data.push(Data::Attributes(EntityKind::Nodal, 0));
        data.extend(EntityKind::MAPS.map(Data::IdMap));
        data.push(Data::OrderMap);
        let each = |kind: EntityKind| (0..self.entities(kind).len()).map(move |n| (kind, n));
        for (kind, n) in EntityKind::BLOCKS.into_iter().flat_map(each) {
            data.extend([Data::Connectivity(kind, n), Data::Counts(kind, n), Data::Attributes(kind, n)]);
            if kind == EntityKind::ElementBlock {
                data.extend([Data::EdgeConnectivity(n), Data::FaceConnectivity(n)]);
            }
        }
        for (kind, n) in EntityKind::SETS.into_iter().flat_map(each) {
            data.extend([Data::Members(kind, n), Data::Sides(kind, n), Data::Factors(kind, n)]);
            data.push(Data::Attributes(kind, n));
        }
        data.extend(EntityKind::MAPS.into_iter().flat_map(each).map(|(kind, n)| Data::NumMap(kind, n)));
        data
    }

    /// Every array of numbers that the mesh may have and that changes from step to step, the times last: a step is
    /// there when its time is.
    pub fn stepwise_data(&self) -> Vec<Data> {
        let mut data = Vec::new();
        for (&kind, list) in self.variables.iter().filter(|(kind, _)| **kind != EntityKind::Global) {
            let entities = self.entities(kind).len();
            data.extend((0..list.len()).flat_map(|v| (0..entities).map(move |n| Data::Variable(kind, v, n))));
        }
        for &kind in self.reductions.keys() {
            data.extend((0..self.entities(kind).len()).map(|n| Data::Reductions(kind, n)));
        }
        data.extend([Data::Reductions(EntityKind::Global, 0), Data::Times]);
        data
    }
}
