//! The files of a decomposed model, read as the one model that they are parts of.
//!
//! ```
//! # fn main() -> exodus_rs::Result<()> {
//! # use exodus_rs::{Block, CreateOptions, ExodusWriter, Mesh};
//! use exodus_rs::prelude::*;
//! use exodus_rs::parallel::ParallelFile;
//! use exodus_rs::EntityType;
//!
//! # let directory = tempfile::tempdir().unwrap();
//! # for rank in 0..2 {
//! #     let mut mesh = Mesh::new("two bars", 1, 2);
//! #     mesh.blocks.push(Block::new(EntityType::ElementBlock, 10, "BAR2", 1, 2));
//! #     mesh.id_maps = vec![EntityType::NodeMap, EntityType::ElementMap];
//! #     mesh.set_variables(EntityType::Nodal, ["temperature"]);
//! #     let path = directory.path().join(format!("out.e.2.{rank}"));
//! #     let writer = ExodusWriter::create(path, &mesh, &CreateOptions::default())?;
//! #     writer.put_coords(&[&[f64::from(rank), f64::from(rank + 1)]])?;
//! #     writer.put_connectivity(EntityType::ElementBlock, 0, &[1, 2])?;
//! #     writer.put_id_map(EntityType::NodeMap, &[rank + 1, rank + 2])?;
//! #     writer.put_id_map(EntityType::ElementMap, &[rank + 1])?;
//! #     writer.put_time(0, 0.0)?;
//! #     writer.put_var(0, EntityType::Nodal, 0, 0, &[20.0 + f64::from(rank), 21.0 + f64::from(rank)])?;
//! #     writer.finish()?;
//! # }
//! # let path = directory.path().join("out.e");
//! // Finds out.e.2.0 and out.e.2.1; so do out.e.2 and the name of either.
//! let model = ParallelFile::open(&path)?;
//! assert_eq!(model.init_params()?.num_nodes, 3);
//! assert_eq!(model.connectivity::<i64>(EntityType::ElementBlock, 0)?.nodes.into_vec(), [1, 2, 2, 3]);
//! assert_eq!(model.var(0, EntityType::Nodal, 0, 0)?.into_vec(), [20.0, 21.0, 22.0]);
//! # Ok(())
//! # }
//! ```

mod declared;
mod entities;
mod info;
mod joint;
mod members;
mod mesh;
mod numbering;
mod open;
mod sets;
mod steps;
mod variables;
mod view;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use hyperslab::Result;

use crate::kind::EntityType;
use crate::mesh::{Mesh, QaRecord};
use crate::read::file::ExodusFile;
use entities::Shared;
use joint::Joint;
use steps::Steps;
use variables::SharedVariables;

/// A decomposed model: the files of all processors, read as one model.
///
/// Opening reads headers, lists of entities and times only. Which nodes and elements the members share is read when it
/// is first needed, and kept: 8 bytes for every node and every element of every member, and of the joined model.
///
/// Nodes are ordered by `node_num_map`, the elements of a block by `elem_num_map`, the members of node sets by their
/// nodes; sides of side sets follow each other as the members do. What several members have is there once, and the
/// last of them tells its value; what is of no part (global variables, reduction variables) the first member tells that
/// has it.
#[derive(Debug)]
pub struct ParallelFile {
    members: Vec<ExodusFile>,
    paths: Vec<PathBuf>,
    steps: Steps,
    entities: BTreeMap<EntityType, Vec<Shared>>,
    variables: BTreeMap<EntityType, SharedVariables>,
    /// All nodes, elements, edges, faces: by the kind of their map.
    whole: BTreeMap<EntityType, OnceLock<Joint>>,
    /// The entries of every block of a kind.
    blocks: BTreeMap<EntityType, OnceLock<Vec<Joint>>>,
    mesh: OnceLock<Mesh>,
}

impl ParallelFile {
    /// The files of the processors, in order.
    pub fn members(&self) -> &[ExodusFile] {
        &self.members
    }

    /// Where the members are.
    pub fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// The title.
    pub fn title(&self) -> String {
        self.first().map(ExodusFile::title).unwrap_or_default()
    }

    /// The number of time steps that all members have.
    pub fn num_steps(&self) -> u64 {
        self.steps.count
    }

    /// Takes the steps that all members have for all that there are, at the times of those that tell them:
    /// [`write`](crate::model::write()) does not refuse them then.
    #[must_use]
    pub fn salvage(mut self) -> Self {
        self.steps.is_salvaged = true;
        self
    }

    /// The programs that touched the first member.
    ///
    /// # Errors
    /// When the records cannot be read.
    pub fn qa_records(&self) -> Result<Vec<QaRecord>> {
        self.first().map_or(Ok(Vec::new()), ExodusFile::qa_records)
    }

    /// The lines of free text of the first member.
    ///
    /// # Errors
    /// When the lines cannot be read.
    pub fn info_records(&self) -> Result<Vec<String>> {
        self.first().map_or(Ok(Vec::new()), ExodusFile::info_records)
    }

    /// The names of the coordinates; often blank.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn coord_names(&self) -> Result<Vec<String>> {
        self.first().map_or(Ok(Vec::new()), ExodusFile::coord_names)
    }

    fn first(&self) -> Option<&ExodusFile> {
        self.members.first()
    }

    /// A member and its path.
    fn member(&self, index: usize) -> Result<(&ExodusFile, &Path)> {
        let member = self.members.get(index).zip(self.paths.get(index));
        let member = member.ok_or_else(|| hyperslab::Error::usage(format!("there is no member {index}")))?;
        Ok((member.0, member.1.as_path()))
    }
}
