//! What the joined model declares.

use std::collections::HashSet;

use hyperslab::{Error, Result};

use super::numbering::once;
use super::ParallelFile;
use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::{Block, ByKind, Map, Mesh};
use crate::nemesis;
use crate::read::file::ExodusFile;

impl ParallelFile {
    /// Everything that the joined model declares. What has no part in each member (records, assemblies, frames,
    /// attributes of the model) is that of the first member.
    ///
    /// # Errors
    /// As [`ParallelFile::blocks`]; [`Kind::Unsupported`](crate::Kind::Unsupported) for models in groups.
    pub fn mesh(&self) -> Result<&Mesh> {
        once(&self.mesh, || self.joined_mesh())
    }

    fn joined_mesh(&self) -> Result<Mesh> {
        let counts = self.init_params()?;
        let first = self.first().map_or(Ok(Mesh::default()), |first| first.mesh().cloned())?;
        if !first.groups.is_empty() {
            return Err(Error::unsupported("joining models in groups"));
        }
        let mut mesh = Mesh {
            num_nodes: counts.num_nodes,
            num_elems: counts.num_elems,
            num_edges: counts.num_edges,
            num_faces: counts.num_faces,
            blocks: ByKind::default(),
            sets: ByKind::default(),
            maps: ByKind::default(),
            id_maps: vec![EntityType::NodeMap, EntityType::ElementMap],
            has_order_map: false,
            nodal_attributes: self.attribute_names(EntityType::Nodal, 0)?,
            nemesis: None,
            variables: self.all_variable_names().collect(),
            absent: HashSet::new(),
            ..first
        };
        mesh.global_attributes.retain(|attribute| !nemesis::OF_A_MEMBER.contains(&attribute.name.as_str()));
        self.declare_entities(&mut mesh)?;
        self.declare_results(&mut mesh)?;
        Ok(mesh)
    }

    fn declare_entities(&self, mesh: &mut Mesh) -> Result<()> {
        for kind in EntityType::BLOCKS {
            for entity in self.entities(kind)? {
                mesh.blocks.push(Block {
                    attributes: self.attribute_names(kind, entity.index)?,
                    entity_attributes: self.entity_attributes(kind, entity.index),
                    ..self.joined_block(kind, entity)?
                });
            }
        }
        for kind in EntityType::SETS {
            for entity in self.entities(kind)? {
                mesh.sets.push(self.joined_set(kind, entity)?);
            }
        }
        for kind in EntityType::MAPS {
            mesh.maps.extend(self.list(kind).iter().map(|map| Map { kind, id: map.id, name: map.name.clone() }));
        }
        for kind in EntityType::BLOCKS.into_iter().chain(EntityType::SETS).chain(EntityType::MAPS) {
            mesh.properties.insert(kind, self.properties(kind)?);
        }
        mesh.properties.retain(|_, list| !list.is_empty());
        Ok(())
    }

    fn declare_results(&self, mesh: &mut Mesh) -> Result<()> {
        for kind in EntityType::BLOCKS.into_iter().chain(EntityType::SETS) {
            mesh.truth_tables.insert(kind, self.truth_table(kind)?);
            let have = |index| self.with_reductions(kind, index).is_some();
            mesh.with_reductions.insert(kind, (0..self.list(kind).len()).map(have).collect());
        }
        mesh.truth_tables.retain(|kind, _| mesh.variables.contains_key(kind));
        mesh.with_reductions.retain(|kind, _| mesh.reductions.contains_key(kind));
        Ok(())
    }

    /// The first member that has reduction variables of an entity, and the entity there.
    pub(super) fn with_reductions(&self, kind: EntityType, index: usize) -> Option<(&ExodusFile, usize)> {
        self.members.iter().enumerate().find_map(|(rank, file)| {
            // Assemblies and blobs are the same in every member.
            let own = if kind.is_by_id() { index } else { self.own_entity(kind, index, rank)? };
            file.has(Data::Reductions(kind, own)).then_some((file, own))
        })
    }
}
