//! Opening all members, and whether they belong together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hyperslab::{Context, Error, Result};

use super::entities::Shared;
use super::steps::Steps;
use super::variables::SharedVariables;
use super::{members, ParallelFile};
use crate::kind::EntityType;
use crate::read::file::ExodusFile;
use crate::{names, nemesis};

impl ParallelFile {
    /// Opens all members from the name of one of them (`base.e.4.0`) or of the whole (`base.e`, or `base.e.4` of several
    /// decompositions), with positioned reads.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if members are missing or do not belong together; as [`ExodusFile::open`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let paths = Self::find(path)?;
        if paths.is_empty() {
            return Err(Error::usage("there are no members of a decomposed model").in_file(path));
        }
        Self::from_paths(paths, |member| ExodusFile::open(member))
    }

    /// The members that [`ParallelFile::open`] would open, in the order of their ranks; none if there are none.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if some are missing, and for several decompositions;
    /// [`Kind::Io`](crate::Kind::Io) if the directory cannot be listed.
    pub fn find(path: impl AsRef<Path>) -> Result<Vec<PathBuf>> {
        members::find(path.as_ref())
    }

    /// Opens these files as the members of a decomposed model, in the order of their ranks, as the caller likes.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if they do not belong together; those of `open`.
    pub fn from_paths(paths: Vec<PathBuf>, open: impl Fn(&Path) -> Result<ExodusFile>) -> Result<Self> {
        let members = paths.iter().map(|path| open(path)).collect::<Result<Vec<_>>>()?;
        Self::assemble(members, paths)
    }

    /// Takes open files as the members of a decomposed model, in the order of their ranks.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if they do not belong together.
    pub fn from_members(members: Vec<ExodusFile>) -> Result<Self> {
        let paths = (0..members.len()).map(|rank| PathBuf::from(format!("member {rank}"))).collect();
        Self::assemble(members, paths)
    }

    fn assemble(members: Vec<ExodusFile>, paths: Vec<PathBuf>) -> Result<Self> {
        if members.is_empty() {
            return Err(Error::usage("a decomposed model has at least one member"));
        }
        let mut variables: BTreeMap<EntityType, SharedVariables> = BTreeMap::new();
        for (file, path) in members.iter().zip(&paths) {
            check_counts(file, &members).in_file(path)?;
            for kind in EntityType::WITH_VARIABLES {
                variables.entry(kind).or_default().add(file.variable_names(kind).in_file(path)?);
            }
        }
        let mut entities = BTreeMap::new();
        for kind in EntityType::BLOCKS.into_iter().chain(EntityType::SETS).chain(EntityType::MAPS) {
            entities.insert(kind, Shared::list(kind, &members, &paths)?);
        }
        let cells = |kinds: &[EntityType]| kinds.iter().map(|&kind| (kind, Default::default())).collect();
        let (whole, blocks) = (cells(&EntityType::MAPS), EntityType::BLOCKS.map(|kind| (kind, Default::default())));
        let steps = Steps::of(&members, &paths)?;
        let blocks = blocks.into_iter().collect();
        Ok(ParallelFile { members, paths, steps, entities, variables, whole, blocks, mesh: Default::default() })
    }
}

fn check_counts(file: &ExodusFile, members: &[ExodusFile]) -> Result<()> {
    let processors = nemesis::num_processors(file);
    if processors != 0 && processors != members.len() as u64 {
        let what = format!("decomposed for {processors} processors, but there are {} members", members.len());
        return Err(Error::usage(what));
    }
    let dimensions = members.first().map_or(0, |first| first.dimension(names::NUM_DIM));
    match file.dimension(names::NUM_DIM) {
        same if same == dimensions => Ok(()),
        other => Err(Error::usage(format!("{other} spatial dimensions, but {dimensions} in the first member"))),
    }
}
