//! The counts of a model.

use crate::kind::EntityType;
use crate::mesh::InitParams;
use crate::names;
use crate::read::file::ExodusFile;

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
