//! Writing the joined model into a file of its own.

use std::collections::HashSet;
use std::path::Path;

use hyperslab::{Error, NumberType, Result};

use super::ParallelFile;
use crate::create::{CreateOptions, ExodusWriter};
use crate::data::{Data, Part};
use crate::kind::EntityKind;
use crate::mesh::{Block, Map, Mesh, Set};
use crate::nemesis;
use crate::read::file::ExodusFile;

impl ParallelFile {
    /// Everything that the joined model declares. What has no part in each member (records, assemblies, frames,
    /// attributes of the model) is that of the first member.
    ///
    /// # Errors
    /// As [`ParallelFile::blocks`]; [`Kind::Unsupported`](crate::Kind::Unsupported) for models in groups.
    pub fn mesh(&self) -> Result<Mesh> {
        let counts = self.init_params()?;
        let first = self.first().map_or(Ok(Mesh::default()), ExodusFile::mesh)?;
        if !first.groups.is_empty() {
            return Err(Error::unsupported("joining models in groups"));
        }
        let mut mesh = Mesh {
            num_nodes: counts.num_nodes,
            num_elems: counts.num_elems,
            num_edges: counts.num_edges,
            num_faces: counts.num_faces,
            blocks: Vec::new(),
            sets: Vec::new(),
            maps: Vec::new(),
            id_maps: vec![EntityKind::NodeMap, EntityKind::ElementMap],
            has_order_map: false,
            nodal_attributes: self.attribute_names(EntityKind::Nodal, 0)?,
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
        for kind in EntityKind::BLOCKS {
            for info in self.blocks(kind)? {
                mesh.blocks.push(Block {
                    name: info.entity.name,
                    edges_per_entry: info.edges_per_entry,
                    faces_per_entry: info.faces_per_entry,
                    attributes: self.attribute_names(kind, info.entity.index)?,
                    entity_attributes: self.entity_attributes(kind, info.entity.index),
                    ..Block::new(kind, info.entity.id.0, &info.topology, info.entity.len, info.nodes_per_entry)
                });
            }
        }
        for kind in EntityKind::SETS {
            for info in self.sets(kind)? {
                let index = info.entity.index;
                mesh.sets.push(Set {
                    name: info.entity.name,
                    num_factors: info.num_factors,
                    oriented: !self.set_extra::<i64>(kind, index)?.is_empty(),
                    attributes: self.attribute_names(kind, index)?,
                    entity_attributes: self.entity_attributes(kind, index),
                    ..Set::new(kind, info.entity.id.0, info.entity.len)
                });
            }
        }
        for kind in EntityKind::MAPS {
            mesh.maps.extend(self.list(kind).iter().map(|map| Map { kind, id: map.id.0, name: map.name.clone() }));
        }
        for kind in EntityKind::BLOCKS.into_iter().chain(EntityKind::SETS).chain(EntityKind::MAPS) {
            mesh.properties.insert(kind, self.properties(kind)?);
        }
        mesh.properties.retain(|_, list| !list.is_empty());
        Ok(())
    }

    fn declare_results(&self, mesh: &mut Mesh) -> Result<()> {
        for kind in EntityKind::BLOCKS.into_iter().chain(EntityKind::SETS) {
            mesh.truth_tables.insert(kind, self.truth_table(kind)?);
            let have = |index| self.with_reductions(kind, index).is_some();
            mesh.with_reductions.insert(kind, (0..self.list(kind).len()).map(have).collect());
        }
        mesh.truth_tables.retain(|kind, _| mesh.variables.contains_key(kind));
        mesh.with_reductions.retain(|kind, _| mesh.reductions.contains_key(kind));
        Ok(())
    }

    /// Writes the joined model into a new file; returns its size. Needs memory for the maps of all members, and for the
    /// values of one variable on one entity.
    ///
    /// ```
    /// # fn main() -> exodus_rs::Result<()> {
    /// # use exodus_rs::{CreateOptions, ExodusFile, MeshBuilder};
    /// use exodus_rs::parallel::ParallelFile;
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let (member, output) = (directory.path().join("out.e.1.0"), directory.path().join("out.e"));
    /// # MeshBuilder::new("a bar").nodes(&[[0.0], [1.0]]).block(1, "BAR2", &[[1, 2]])
    /// #     .create(&member, &CreateOptions::default())?.finish()?;
    /// let model = ParallelFile::open(&member)?;
    /// model.join(&output, &model.members()[0].create_options())?;
    /// assert_eq!(ExodusFile::open(&output)?.init_params().num_nodes, 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What cannot be joined, or what [`ExodusWriter::create`] refuses; then there is no file.
    pub fn join(&self, path: impl AsRef<Path>, options: &CreateOptions) -> Result<u64> {
        let mesh = self.mesh()?;
        let writer = ExodusWriter::create(path, &mesh, options)?;
        mesh.static_data().into_iter().try_for_each(|data| self.put(&writer, data.into()))?;
        let stepwise = mesh.stepwise_data();
        for step in 0..self.num_steps() {
            stepwise.iter().try_for_each(|data| self.put(&writer, data.step(step)))?;
        }
        writer.finish()
    }

    fn put(&self, writer: &ExodusWriter, part: Part) -> Result<()> {
        match writer.number_type(part.data()) {
            None => Ok(()),
            Some(NumberType::F32 | NumberType::F64) => writer.put(part.clone(), &self.view::<f64>(part)?.into_vec()),
            Some(_) => writer.put(part.clone(), &self.view::<i64>(part)?.into_vec()),
        }
    }

    /// The first member that has reduction variables of an entity, and the entity there.
    pub(super) fn with_reductions(&self, kind: EntityKind, index: usize) -> Option<(&ExodusFile, usize)> {
        self.members.iter().enumerate().find_map(|(rank, file)| {
            // Assemblies and blobs are the same in every member.
            let own = if kind.is_by_id() { index } else { self.own_entity(kind, index, rank)? };
            file.has(Data::Reductions(kind, own)).then_some((file, own))
        })
    }
}
