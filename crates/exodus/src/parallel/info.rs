//! What a decomposed model holds, at a glance.

use hyperslab::{Context, Result};

use super::ParallelFile;
use crate::kind::EntityType;
use crate::read::info::{gather, Info};

impl ParallelFile {
    /// What [`ExodusFile::info`](crate::ExodusFile::info) tells of a file, of the joined model: its files and their netCDF
    /// variables aside, of which the sizes are one sum. Reads which nodes and elements the members share.
    ///
    /// # Errors
    /// As [`ParallelFile::mesh`]; when the names or records of the first member cannot be read.
    pub fn info(&self) -> Result<Info> {
        let mesh = self.mesh()?;
        let (first, path) = self.member(0)?;
        Ok(Info {
            size: self.members.iter().fold(0, |sum: u64, member| sum.saturating_add(member.netcdf().size())),
            counts: self.init_params()?,
            times: self.steps.times.clone().unwrap_or_default(),
            num_steps: self.num_steps(),
            whole_steps: self.num_steps(),
            blocks: gather(EntityType::BLOCKS.to_vec(), |kind| Ok(mesh.blocks.of(kind).to_vec()))?,
            sets: gather(EntityType::SETS.to_vec(), |kind| Ok(mesh.sets.of(kind).to_vec()))?,
            maps: gather(EntityType::MAPS.to_vec(), |kind| self.entities(kind))?,
            results: gather(EntityType::WITH_VARIABLES.to_vec(), |kind| self.variable_names(kind))?,
            num_processors: self.members.len() as u64,
            dimensions: Vec::new(),
            variables: Vec::new(),
            ..first.info().in_file(path)?
        })
    }
}
