//! The kinds of entities.

mod carriers;
mod table;

pub(crate) use carriers::{attribute_carriers, is_internal_attribute, is_of_results};
pub(crate) use table::Names;

/// A kind of entity of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntityKind {
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

impl EntityKind {
    /// All kinds of blocks.
    pub const BLOCKS: [EntityKind; 3] = [EntityKind::ElementBlock, EntityKind::EdgeBlock, EntityKind::FaceBlock];
    /// All kinds of sets.
    pub const SETS: [EntityKind; 5] =
        [EntityKind::NodeSet, EntityKind::EdgeSet, EntityKind::FaceSet, EntityKind::SideSet, EntityKind::ElementSet];
    /// All kinds of maps.
    pub const MAPS: [EntityKind; 4] =
        [EntityKind::NodeMap, EntityKind::EdgeMap, EntityKind::FaceMap, EntityKind::ElementMap];
    /// How many kinds there are.
    pub(crate) const COUNT: usize = Self::WITH_VARIABLES.len() + Self::MAPS.len();
    /// All kinds that carry variables.
    pub const WITH_VARIABLES: [EntityKind; 12] = [
        EntityKind::Global,
        EntityKind::Nodal,
        EntityKind::ElementBlock,
        EntityKind::EdgeBlock,
        EntityKind::FaceBlock,
        EntityKind::NodeSet,
        EntityKind::EdgeSet,
        EntityKind::FaceSet,
        EntityKind::SideSet,
        EntityKind::ElementSet,
        EntityKind::Assembly,
        EntityKind::Blob,
    ];
    /// The kinds whose names in the file carry the identifier, not the position.
    pub(crate) const BY_ID: [EntityKind; 2] = [EntityKind::Assembly, EntityKind::Blob];

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            EntityKind::ElementBlock => "element block",
            EntityKind::EdgeBlock => "edge block",
            EntityKind::FaceBlock => "face block",
            EntityKind::NodeSet => "node set",
            EntityKind::EdgeSet => "edge set",
            EntityKind::FaceSet => "face set",
            EntityKind::SideSet => "side set",
            EntityKind::ElementSet => "element set",
            EntityKind::NodeMap => "node map",
            EntityKind::EdgeMap => "edge map",
            EntityKind::FaceMap => "face map",
            EntityKind::ElementMap => "element map",
            EntityKind::Assembly => "assembly",
            EntityKind::Blob => "blob",
            EntityKind::Nodal => "nodal",
            EntityKind::Global => "global",
        }
    }

    /// The number by which the file and the C library know a kind.
    pub fn code(self) -> i32 {
        match self {
            EntityKind::ElementBlock => 1,
            EntityKind::NodeSet => 2,
            EntityKind::SideSet => 3,
            EntityKind::ElementMap => 4,
            EntityKind::NodeMap => 5,
            EntityKind::EdgeBlock => 6,
            EntityKind::EdgeSet => 7,
            EntityKind::FaceBlock => 8,
            EntityKind::FaceSet => 9,
            EntityKind::ElementSet => 10,
            EntityKind::EdgeMap => 11,
            EntityKind::FaceMap => 12,
            EntityKind::Global => 13,
            EntityKind::Nodal => 14,
            EntityKind::Assembly => 16,
            EntityKind::Blob => 17,
        }
    }

    /// The kind with a number, if there is one.
    pub fn from_code(code: i64) -> Option<Self> {
        let all = Self::WITH_VARIABLES.into_iter().chain(Self::MAPS);
        all.into_iter().find(|kind| i64::from(kind.code()) == code)
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
