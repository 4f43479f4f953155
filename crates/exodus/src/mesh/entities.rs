//! The entities of a model, as plain data.

use hyperslab::netcdf::Attribute;
use hyperslab::Result;

use super::OfKind;
use crate::ids::EntityId;
use crate::kind::EntityType;
use crate::topology::ElementType;

/// A block, a set or a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Its position among its kind.
    pub index: usize,
    /// Its identifier.
    pub id: EntityId,
    /// Its name; often empty.
    pub name: String,
    /// Whether it has entries at all.
    pub present: bool,
    /// The number of entries.
    pub len: u64,
}

/// A block: entries of one type.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Element, edge or face block.
    pub kind: EntityType,
    /// The identifier.
    pub id: EntityId,
    /// The name; may be empty.
    pub name: String,
    /// The type of the entries: `HEX8`, `TET4`, `nsided`, `nfaced`, …
    pub topology: String,
    /// The number of entries.
    pub len: u64,
    /// Whether it is to be taken as empty, whatever it has: its status is 0.
    pub inactive: bool,
    /// Nodes of one entry; for polygons (`nsided`) the number of all nodes of the block.
    pub nodes_per_entry: u64,
    /// Edges of one element.
    pub edges_per_entry: u64,
    /// Faces of one element; for polyhedra (`nfaced`) the number of all faces of the block.
    pub faces_per_entry: u64,
    /// The names of the attributes of each entry.
    pub attributes: Vec<String>,
    /// The attributes of the block itself.
    pub entity_attributes: Vec<Attribute>,
}

impl OfKind for Block {
    fn kind(&self) -> EntityType {
        self.kind
    }
}

/// What the number of entries of a block's connectivity depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Every entry has the same number of nodes.
    Uniform,
    /// Polygons: a number of nodes each.
    Polygons,
    /// Polyhedra: a number of faces each.
    Polyhedra,
}

impl Block {
    /// A block without a name and without attributes.
    pub fn new(kind: EntityType, id: impl Into<EntityId>, topology: &str, len: u64, nodes_per_entry: u64) -> Self {
        Block {
            kind,
            id: id.into(),
            name: String::new(),
            topology: topology.to_owned(),
            len,
            inactive: false,
            nodes_per_entry,
            edges_per_entry: 0,
            faces_per_entry: 0,
            attributes: Vec::new(),
            entity_attributes: Vec::new(),
        }
    }

    /// A block of polygons with so many nodes in all.
    pub fn polygons(kind: EntityType, id: impl Into<EntityId>, len: u64, num_nodes: u64) -> Self {
        Block::new(kind, id, "nsided", len, num_nodes)
    }

    /// A block of polyhedra with so many faces in all.
    pub fn polyhedra(id: impl Into<EntityId>, len: u64, num_faces: u64) -> Self {
        Block { faces_per_entry: num_faces, ..Block::new(EntityType::ElementBlock, id, "nfaced", len, 0) }
    }

    /// The type of the entries, in a mesh of so many dimensions.
    ///
    /// # Errors
    /// As [`ElementType::parse`].
    pub fn element_type(&self, num_dim: u64) -> Result<ElementType<'_>> {
        ElementType::parse(&self.topology, self.nodes_per_entry, num_dim)
    }

    /// Whether every entry has the same number of nodes; polygons and polyhedra have numbers of their own.
    pub fn is_uniform(&self) -> bool {
        self.shape() == Shape::Uniform
    }

    /// How the connectivity is shaped; libexodus goes by the first three letters of the type.
    pub(crate) fn shape(&self) -> Shape {
        let start: String = self.topology.trim().chars().take(3).collect();
        match (start.to_ascii_lowercase().as_str(), self.kind) {
            ("nsi", _) | ("nfa", EntityType::FaceBlock) => Shape::Polygons,
            ("nfa", EntityType::ElementBlock) => Shape::Polyhedra,
            _ => Shape::Uniform,
        }
    }
}

/// A set.
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// Node, edge, face, side or element set.
    pub kind: EntityType,
    /// The identifier.
    pub id: EntityId,
    /// The name; may be empty.
    pub name: String,
    /// The number of entries.
    pub len: u64,
    /// Whether it is to be taken as empty, whatever it has: its status is 0.
    pub inactive: bool,
    /// The number of distribution factors; 0 for none.
    pub num_factors: u64,
    /// Whether the edges or faces of a set have orientations; side sets always have sides.
    pub oriented: bool,
    /// The names of the attributes of each entry.
    pub attributes: Vec<String>,
    /// The attributes of the set itself.
    pub entity_attributes: Vec<Attribute>,
}

impl Set {
    /// A set without a name and without distribution factors.
    pub fn new(kind: EntityType, id: impl Into<EntityId>, len: u64) -> Self {
        Set {
            kind,
            id: id.into(),
            name: String::new(),
            len,
            inactive: false,
            num_factors: 0,
            oriented: true,
            attributes: Vec::new(),
            entity_attributes: Vec::new(),
        }
    }
}

impl OfKind for Set {
    fn kind(&self) -> EntityType {
        self.kind
    }
}

/// A number map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map {
    /// Node, edge, face or element map.
    pub kind: EntityType,
    /// The identifier.
    pub id: EntityId,
    /// The name; may be empty.
    pub name: String,
}

impl OfKind for Map {
    fn kind(&self) -> EntityType {
        self.kind
    }
}

/// A group of entities of one kind, which may be assemblies themselves.
#[derive(Debug, Clone, PartialEq)]
pub struct Assembly {
    /// The identifier; positive, as it is part of names in the file.
    pub id: EntityId,
    /// The name.
    pub name: String,
    /// The kind of the members.
    pub kind: EntityType,
    /// The identifiers of the members.
    pub members: Vec<EntityId>,
    /// The attributes of the assembly.
    pub entity_attributes: Vec<Attribute>,
}

/// Data that belong to nothing in the mesh: they are the values of the blob's variables, and its attributes.
#[derive(Debug, Clone, PartialEq)]
pub struct Blob {
    /// The identifier; positive, as it is part of names in the file.
    pub id: EntityId,
    /// The name.
    pub name: String,
    /// The number of values of each variable.
    pub len: u64,
    /// The attributes of the blob.
    pub entity_attributes: Vec<Attribute>,
}

/// A coordinate system, for others to refer to.
#[derive(Debug, Clone, PartialEq)]
pub struct CoordinateFrame {
    /// The identifier.
    pub id: EntityId,
    /// Rectangular, cylindrical or spherical: `R`, `C` or `S`.
    pub tag: char,
    /// The origin, a point on the 3-axis and a point on the plane of the 1-axis and the 3-axis.
    pub points: [[f64; 3]; 3],
}

/// One integer for each entity of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// The name.
    pub name: String,
    /// The values, one an entity.
    pub values: Vec<i64>,
}

/// A program that touched the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QaRecord {
    /// The program.
    pub code: String,
    /// Its version.
    pub version: String,
    /// The date, as the program wrote it.
    pub date: String,
    /// The time, as the program wrote it.
    pub time: String,
}

/// How many bytes texts may have in the file, the NUL at their end included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextWidths {
    /// Names of everything.
    pub name: u64,
    /// The four texts of a QA record.
    pub string: u64,
    /// A line of information.
    pub line: u64,
}

impl Default for TextWidths {
    fn default() -> Self {
        TextWidths { name: 256, string: 33, line: 81 }
    }
}
