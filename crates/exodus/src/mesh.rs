//! What a new file will hold: plain data, all of it known before the first byte is written.

use std::collections::BTreeMap;

use ndarray::Array2;

use crate::kind::EntityKind;
use crate::records::QaRecord;

/// A block of a new file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Element, edge or face block.
    pub kind: EntityKind,
    /// The identifier.
    pub id: i64,
    /// The name; may be empty.
    pub name: String,
    /// The type of the entries: `HEX8`, `TET4`, …
    pub topology: String,
    /// The number of entries.
    pub len: u64,
    /// Nodes of one entry.
    pub nodes_per_entry: u64,
    /// The names of the attributes of each entry.
    pub attributes: Vec<String>,
}

impl Block {
    /// A block without a name and without attributes.
    pub fn new(kind: EntityKind, id: i64, topology: &str, len: u64, nodes_per_entry: u64) -> Self {
        Block {
            kind,
            id,
            name: String::new(),
            topology: topology.to_owned(),
            len,
            nodes_per_entry,
            attributes: Vec::new(),
        }
    }
}

/// A set of a new file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// Node, edge, face, side or element set.
    pub kind: EntityKind,
    /// The identifier.
    pub id: i64,
    /// The name; may be empty.
    pub name: String,
    /// The number of entries.
    pub len: u64,
    /// The number of distribution factors; 0 for none.
    pub num_factors: u64,
}

impl Set {
    /// A set without a name and without distribution factors.
    pub fn new(kind: EntityKind, id: i64, len: u64) -> Self {
        Set { kind, id, name: String::new(), len, num_factors: 0 }
    }
}

/// A number map of a new file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map {
    /// Node, edge, face or element map.
    pub kind: EntityKind,
    /// The identifier.
    pub id: i64,
    /// The name; may be empty.
    pub name: String,
}

/// Everything that a new file declares.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mesh {
    /// The title.
    pub title: String,
    /// Spatial dimensions: 1 to 3.
    pub num_dim: u64,
    /// Nodes.
    pub num_nodes: u64,
    /// The names of the coordinates; may be empty.
    pub coord_names: Vec<String>,
    /// The blocks of all kinds; each kind in its order.
    pub blocks: Vec<Block>,
    /// The sets of all kinds; each kind in its order.
    pub sets: Vec<Set>,
    /// The number maps of all kinds; each kind in its order.
    pub maps: Vec<Map>,
    /// The kinds of maps whose entries have identifiers of their own (`node_num_map` and its like).
    pub id_maps: Vec<EntityKind>,
    /// The names of the variables of each kind.
    pub variables: BTreeMap<EntityKind, Vec<String>>,
    /// Which entities have which variables; all, where nothing is said.
    pub truth_tables: BTreeMap<EntityKind, Array2<bool>>,
    /// The programs that made the model.
    pub qa_records: Vec<QaRecord>,
    /// Lines of free text.
    pub info_records: Vec<String>,
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
        blocks.chain(sets).chain(maps).collect()
    }

    /// Whether an entity has a variable.
    pub(crate) fn has_variable(&self, kind: EntityKind, entity: usize, variable: usize) -> bool {
        self.truth_tables.get(&kind).is_none_or(|table| table.get((entity, variable)).copied().unwrap_or(false))
    }
}
