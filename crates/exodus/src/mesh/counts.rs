//! The counts of a model.

use super::{Entity, Mesh};
use crate::kind::EntityType;

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

impl Mesh {
    /// The counts of everything, as `ex_get_init_ext` gives them.
    pub fn init_params(&self) -> InitParams {
        let total = |kind| self.mapped(kind).unwrap_or(0);
        InitParams {
            title: self.title.clone(),
            num_dim: self.num_dim,
            num_nodes: self.num_nodes,
            num_edges: total(EntityType::EdgeMap),
            num_faces: total(EntityType::FaceMap),
            num_elems: total(EntityType::ElementMap),
            ..InitParams::counted(|kind| self.count(kind) as u64)
        }
    }

    /// All entities of a kind; none for the nodes and the model as a whole.
    pub fn list(&self, kind: EntityType) -> Vec<Entity> {
        let inactive = |index: usize| {
            self.blocks.of(kind).get(index).is_some_and(|block| block.inactive)
                || self.sets.of(kind).get(index).is_some_and(|set| set.inactive)
        };
        let len = |len: u64| if kind.is_map() { self.mapped(kind).unwrap_or(0) } else { len };
        let entity = |(index, (id, name, entries)): (usize, (_, &str, u64))| Entity {
            index,
            id,
            name: name.to_owned(),
            present: len(entries) > 0 && !inactive(index),
            len: len(entries),
        };
        self.entities(kind).enumerate().map(entity).collect()
    }
}
