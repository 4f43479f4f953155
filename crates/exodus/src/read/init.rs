//! The counts of a model.

use crate::kind::EntityType;
use crate::names;
use crate::read::file::ExodusFile;

/// How many of everything there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InitParams {
    /// The title.
    pub title: String,
    /// Spatial dimensions.
    pub num_dim: u64,
    /// Nodes.
    pub num_nodes: u64,
    /// Edges.
    pub num_edges: u64,
    /// Faces.
    pub num_faces: u64,
    /// Elements.
    pub num_elems: u64,
    /// Element blocks.
    pub num_elem_blocks: u64,
    /// Edge blocks.
    pub num_edge_blocks: u64,
    /// Face blocks.
    pub num_face_blocks: u64,
    /// Node sets.
    pub num_node_sets: u64,
    /// Edge sets.
    pub num_edge_sets: u64,
    /// Face sets.
    pub num_face_sets: u64,
    /// Side sets.
    pub num_side_sets: u64,
    /// Element sets.
    pub num_elem_sets: u64,
    /// Node maps.
    pub num_node_maps: u64,
    /// Edge maps.
    pub num_edge_maps: u64,
    /// Face maps.
    pub num_face_maps: u64,
    /// Element maps.
    pub num_elem_maps: u64,
}

impl InitParams {
    /// So many entities of each kind, and nothing else.
    pub(crate) fn counted(count: impl Fn(EntityType) -> u64) -> Self {
        InitParams {
            num_elem_blocks: count(EntityType::ElementBlock),
            num_edge_blocks: count(EntityType::EdgeBlock),
            num_face_blocks: count(EntityType::FaceBlock),
            num_node_sets: count(EntityType::NodeSet),
            num_edge_sets: count(EntityType::EdgeSet),
            num_face_sets: count(EntityType::FaceSet),
            num_side_sets: count(EntityType::SideSet),
            num_elem_sets: count(EntityType::ElementSet),
            num_node_maps: count(EntityType::NodeMap),
            num_edge_maps: count(EntityType::EdgeMap),
            num_face_maps: count(EntityType::FaceMap),
            num_elem_maps: count(EntityType::ElementMap),
            ..InitParams::default()
        }
    }
}

impl ExodusFile {
    /// The counts of everything, as `ex_get_init_ext` gives them.
    pub fn init_params(&self) -> InitParams {
        let count = |kind: EntityType| kind.names().map_or(0, |row| self.dimension(row.count));
        InitParams {
            title: self.title(),
            num_dim: self.dimension(names::NUM_DIM),
            num_nodes: self.dimension(names::NUM_NODES),
            num_edges: self.dimension(names::NUM_EDGE),
            num_faces: self.dimension(names::NUM_FACE),
            num_elems: self.dimension(names::NUM_ELEM),
            ..InitParams::counted(count)
        }
    }
}
