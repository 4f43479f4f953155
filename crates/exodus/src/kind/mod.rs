//! The kinds of entities.

mod carriers;
mod table;

pub(crate) use carriers::{attribute_carriers, is_internal_attribute, is_of_results};
pub(crate) use table::{Names, VariableNames};

use hyperslab::{Error, Result};

/// A kind of entity of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntityType {
    /// Elements of one type.
    ElementBlock,
    /// Edges of one type.
    EdgeBlock,
    /// Faces of one type.
    FaceBlock,
    /// A list of nodes.
    NodeSet,
    /// A list of edges.
    EdgeSet,
    /// A list of faces.
    FaceSet,
    /// A list of sides of elements.
    SideSet,
    /// A list of elements.
    ElementSet,
    /// A number for each node.
    NodeMap,
    /// A number for each edge.
    EdgeMap,
    /// A number for each face.
    FaceMap,
    /// A number for each element.
    ElementMap,
    /// A group of entities of one kind.
    Assembly,
    /// Data that belong to nothing in the mesh.
    Blob,
    /// All nodes; they carry variables.
    Nodal,
    /// The model as a whole; it carries variables.
    Global,
}

impl EntityType {
    /// All kinds of blocks.
    pub const BLOCKS: [EntityType; 3] = [EntityType::ElementBlock, EntityType::EdgeBlock, EntityType::FaceBlock];
    /// All kinds of sets.
    pub const SETS: [EntityType; 5] =
        [EntityType::NodeSet, EntityType::EdgeSet, EntityType::FaceSet, EntityType::SideSet, EntityType::ElementSet];
    /// All kinds of maps.
    pub const MAPS: [EntityType; 4] =
        [EntityType::NodeMap, EntityType::EdgeMap, EntityType::FaceMap, EntityType::ElementMap];
    /// How many kinds there are.
    pub(crate) const COUNT: usize = Self::WITH_VARIABLES.len() + Self::MAPS.len();
    /// All kinds that carry variables.
    pub const WITH_VARIABLES: [EntityType; 12] = [
        EntityType::Global,
        EntityType::Nodal,
        EntityType::ElementBlock,
        EntityType::EdgeBlock,
        EntityType::FaceBlock,
        EntityType::NodeSet,
        EntityType::EdgeSet,
        EntityType::FaceSet,
        EntityType::SideSet,
        EntityType::ElementSet,
        EntityType::Assembly,
        EntityType::Blob,
    ];
    /// The kinds whose names in the file carry the identifier, not the position.
    pub(crate) const BY_ID: [EntityType; 2] = [EntityType::Assembly, EntityType::Blob];

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            EntityType::ElementBlock => "element block",
            EntityType::EdgeBlock => "edge block",
            EntityType::FaceBlock => "face block",
            EntityType::NodeSet => "node set",
            EntityType::EdgeSet => "edge set",
            EntityType::FaceSet => "face set",
            EntityType::SideSet => "side set",
            EntityType::ElementSet => "element set",
            EntityType::NodeMap => "node map",
            EntityType::EdgeMap => "edge map",
            EntityType::FaceMap => "face map",
            EntityType::ElementMap => "element map",
            EntityType::Assembly => "assembly",
            EntityType::Blob => "blob",
            EntityType::Nodal => "nodal",
            EntityType::Global => "global",
        }
    }

    /// The number by which the file and the C library know a kind.
    pub fn code(self) -> i32 {
        match self {
            EntityType::ElementBlock => 1,
            EntityType::NodeSet => 2,
            EntityType::SideSet => 3,
            EntityType::ElementMap => 4,
            EntityType::NodeMap => 5,
            EntityType::EdgeBlock => 6,
            EntityType::EdgeSet => 7,
            EntityType::FaceBlock => 8,
            EntityType::FaceSet => 9,
            EntityType::ElementSet => 10,
            EntityType::EdgeMap => 11,
            EntityType::FaceMap => 12,
            EntityType::Global => 13,
            EntityType::Nodal => 14,
            EntityType::Assembly => 16,
            EntityType::Blob => 17,
        }
    }

    /// The kind with a number, if there is one.
    pub fn from_code(code: i64) -> Option<Self> {
        let all = Self::WITH_VARIABLES.into_iter().chain(Self::MAPS);
        all.into_iter().find(|kind| i64::from(kind.code()) == code)
    }

    /// Refuses a kind that does not fit.
    pub(crate) fn must_be(self, fits: bool, what: &str) -> Result<()> {
        match fits {
            true => Ok(()),
            false => Err(Error::usage(format!("{} is no kind of {what}", self.label()))),
        }
    }

    /// Refuses the nodes and the model as a whole.
    pub(crate) fn must_be_listed(self) -> Result<()> {
        self.must_be(!matches!(self, EntityType::Nodal | EntityType::Global), "block, set, map, assembly or blob")
    }

    /// Refuses a kind that carries no variables.
    pub(crate) fn must_have_variables(self) -> Result<()> {
        self.must_be(Self::WITH_VARIABLES.contains(&self), "entity with variables")
    }

    /// Refuses a kind whose entries have no attributes.
    pub(crate) fn must_have_attributes(self) -> Result<()> {
        let entries = [Self::BLOCKS.as_slice(), &Self::SETS, &[EntityType::Nodal]];
        self.must_be(entries.iter().any(|kinds| kinds.contains(&self)), "entity whose entries have attributes")
    }

    /// Refuses a kind whose entities have no properties.
    pub(crate) fn must_have_properties(self) -> Result<()> {
        self.must_be(self.names().is_some() && !self.is_by_id(), "entity with properties")
    }

    /// Whether this is a kind of map.
    pub fn is_map(self) -> bool {
        Self::MAPS.contains(&self)
    }

    /// Whether the names of its entities carry the identifier, not the position.
    pub(crate) fn is_by_id(self) -> bool {
        Self::BY_ID.contains(&self)
    }
}
