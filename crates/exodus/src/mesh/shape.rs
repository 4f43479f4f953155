//! The shapes of all arrays of a mesh.

use super::{Mesh, Shape};
use crate::data::Data;
use crate::kind::EntityType;

impl Mesh {
    /// The lengths of an array as the mesh declares it, steps first; `None` if it declares none. Lists of polygons and polyhedra
    /// are as long as all of their entries together.
    pub fn shape(&self, data: Data, steps: u64) -> Option<Vec<u64>> {
        let several = |len: u64, width: u64| (len > 0 && width > 0).then(|| vec![len, width]);
        let alone = |len: u64| (len > 0).then(|| vec![len]);
        match data {
            Data::Coordinate(axis) => alone(self.num_nodes).filter(|_| (axis as u64) < self.num_dim),
            Data::Connectivity(kind, n) => {
                let block = self.blocks.of(kind).get(n)?;
                match block.shape() {
                    Shape::Uniform => several(block.len, block.nodes_per_entry),
                    Shape::Polygons => alone(block.nodes_per_entry),
                    Shape::Polyhedra => None,
                }
            }
            Data::EdgeConnectivity(n) => {
                let block = self.blocks.of(EntityType::ElementBlock).get(n)?;
                several(block.len, block.edges_per_entry)
            }
            Data::FaceConnectivity(n) => {
                let block = self.blocks.of(EntityType::ElementBlock).get(n)?;
                match block.shape() {
                    Shape::Polyhedra => alone(block.faces_per_entry),
                    _ => several(block.len, block.faces_per_entry),
                }
            }
            Data::Counts(kind, n) => {
                let block = self.blocks.of(kind).get(n)?;
                alone(block.len).filter(|_| block.shape() != Shape::Uniform)
            }
            Data::Attributes(EntityType::Nodal, _) => several(self.num_nodes, self.nodal_attributes.len() as u64),
            Data::Attributes(kind, n) => {
                let block = self.blocks.of(kind).get(n).map(|block| (block.len, block.attributes.len()));
                let set = || self.sets.of(kind).get(n).map(|set| (set.len, set.attributes.len()));
                block.or_else(set).and_then(|(len, width)| several(len, width as u64))
            }
            Data::Members(EntityType::Assembly, n) => alone(self.assemblies.get(n)?.members.len() as u64),
            Data::Members(kind, n) => alone(self.sets.of(kind).get(n)?.len),
            Data::Sides(kind, n) => {
                let set = self.sets.of(kind).get(n)?;
                let has = kind == EntityType::SideSet || (kind.names()?.extra.is_some() && set.oriented);
                alone(set.len).filter(|_| has)
            }
            Data::Factors(kind, n) => alone(self.sets.of(kind).get(n)?.num_factors),
            Data::IdMap(kind) => alone(self.mapped(kind)?).filter(|_| self.id_maps.contains(&kind)),
            Data::NumMap(kind, n) => alone(self.mapped(kind)?).filter(|_| n < self.maps.of(kind).len()),
            Data::OrderMap => alone(self.mapped(EntityType::ElementMap)?).filter(|_| self.has_order_map),
            _ => self.stepwise_shape(data, steps),
        }
    }

    fn stepwise_shape(&self, data: Data, steps: u64) -> Option<Vec<u64>> {
        match data {
            Data::Variable(EntityType::Global, variable, _) => {
                let there = self.variables.get(&EntityType::Global).is_some_and(|names| variable < names.len());
                there.then(|| vec![steps])
            }
            Data::Variable(kind, variable, n) => {
                let there = self.variables.get(&kind).is_some_and(|names| variable < names.len());
                let len = match kind {
                    EntityType::Nodal => self.num_nodes,
                    _ => self.entity(kind, n)?.2,
                };
                (there && len > 0 && self.has_variable(kind, n, variable)).then(|| vec![steps, len])
            }
            Data::Reductions(EntityType::Global, _) => {
                let there = !self.absent.contains(&data);
                Some(vec![steps, self.variables.get(&EntityType::Global)?.len() as u64]).filter(|_| there)
            }
            Data::Reductions(kind, n) => {
                Some(vec![steps, self.reductions.get(&kind)?.len() as u64]).filter(|_| self.has_reductions(kind, n))
            }
            Data::Times => Some(vec![steps]),
            _ => None,
        }
    }

    /// Whether an array is about an entity without entries, or about no nodes: then there is nothing to be written.
    pub(crate) fn is_of_nothing(&self, data: Data) -> bool {
        let is_empty = |kind: EntityType, n: usize| self.entity(kind, n).is_some_and(|(.., len)| len == 0);
        match data {
            Data::Coordinate(axis) => self.num_nodes == 0 && (axis as u64) < self.num_dim,
            Data::Attributes(EntityType::Nodal, _) => self.num_nodes == 0,
            Data::EdgeConnectivity(n) | Data::FaceConnectivity(n) => is_empty(EntityType::ElementBlock, n),
            Data::Connectivity(kind, n)
            | Data::Counts(kind, n)
            | Data::Attributes(kind, n)
            | Data::Members(kind, n)
            | Data::Sides(kind, n)
            | Data::Factors(kind, n) => is_empty(kind, n),
            Data::Variable(kind, variable, n) => {
                let there = self.variables.get(&kind).is_some_and(|names| variable < names.len());
                there && if kind == EntityType::Nodal { self.num_nodes == 0 } else { is_empty(kind, n) }
            }
            Data::IdMap(kind) | Data::NumMap(kind, _) => self.mapped(kind) == Some(0),
            _ => false,
        }
    }

    /// How many of what a kind of maps numbers there are.
    pub(crate) fn mapped(&self, kind: EntityType) -> Option<u64> {
        let total = |kind, declared: u64| self.blocks.of(kind).iter().map(|block| block.len).sum::<u64>().max(declared);
        match kind {
            EntityType::NodeMap => Some(self.num_nodes),
            EntityType::ElementMap => Some(total(EntityType::ElementBlock, self.num_elems)),
            EntityType::EdgeMap => Some(total(EntityType::EdgeBlock, self.num_edges)),
            EntityType::FaceMap => Some(total(EntityType::FaceBlock, self.num_faces)),
            _ => None,
        }
    }
}
