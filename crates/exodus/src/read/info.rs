//! What a file holds, at a glance.

use hyperslab::netcdf::{Array, Container, Dimension, Storage};
use hyperslab::{Borrowable, Result, Selection};

use crate::kind::EntityType;
use crate::mesh::{Block, Entity, InitParams, QaRecord, Set};
use crate::names;
use crate::read::file::ExodusFile;

/// A netCDF variable.
#[derive(Debug, Clone, PartialEq)]
pub struct VariableInfo {
    /// The name.
    pub name: String,
    /// The type in CDL.
    pub ty: String,
    /// The names of the dimensions.
    pub dimensions: Vec<String>,
    /// The current lengths.
    pub shape: Vec<u64>,
    /// Layout and filters.
    pub storage: Storage,
    /// Whether the variable (for records: its first record) can be borrowed.
    pub borrowable: Borrowable,
}

/// Everything that `exo info` tells of a file, or of a model in one of its groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Info {
    /// The container of the file.
    pub container: Container,
    /// The size of the file in bytes.
    pub size: u64,
    /// The version of the library that wrote the file.
    pub api_version: Option<f64>,
    /// The version of the file.
    pub version: Option<f64>,
    /// Bytes of a floating-point number.
    pub word_size: u64,
    /// All counts, and the title.
    pub counts: InitParams,
    /// The time of each step that is there.
    pub times: Vec<f64>,
    /// The number of steps.
    pub num_steps: u64,
    /// The number of steps of which everything is there: fewer in a file that was cut off.
    pub whole_steps: u64,
    /// The blocks of each kind.
    pub blocks: Vec<(EntityType, Vec<Block>)>,
    /// The sets of each kind.
    pub sets: Vec<(EntityType, Vec<Set>)>,
    /// The maps of each kind.
    pub maps: Vec<(EntityType, Vec<Entity>)>,
    /// Assemblies and blobs.
    pub others: Vec<(EntityType, Vec<Entity>)>,
    /// The number of coordinate frames.
    pub num_frames: usize,
    /// The names of the result variables of each kind.
    pub results: Vec<(EntityType, Vec<String>)>,
    /// The names of the reduction variables of each kind.
    pub reductions: Vec<(EntityType, Vec<String>)>,
    /// The names of the models in groups; each of them tells of itself.
    pub groups: Vec<String>,
    /// How many processors the model is decomposed for; 0 if it is whole.
    pub num_processors: u64,
    /// The programs that touched the file.
    pub qa_records: Vec<QaRecord>,
    /// The number of lines of free text.
    pub num_info_records: u64,
    /// The netCDF dimensions that the model has to itself: neither those of the groups above nor of those below.
    pub dimensions: Vec<Dimension>,
    /// The netCDF variables of the model, without those in its groups.
    pub variables: Vec<VariableInfo>,
}

impl ExodusFile {
    /// Gathers everything that `exo info` tells of this model. Costs nothing that grows with the number of nodes or of values.
    ///
    /// # Errors
    /// When identifiers, names, times, records or the places of data cannot be read.
    pub fn info(&self) -> Result<Info> {
        let each = |kinds: &[EntityType]| kinds.to_vec();
        let schema = self.schema();
        Ok(Info {
            container: schema.container,
            size: self.netcdf().size(),
            api_version: self.api_version(),
            version: self.version(),
            word_size: self.word_size(),
            counts: self.init_params(),
            times: self.whole_times()?,
            num_steps: self.num_steps(),
            whole_steps: self.whole_steps(),
            blocks: gather(each(&EntityType::BLOCKS), |kind| Ok(self.blocks(kind)?.to_vec()))?,
            sets: gather(each(&EntityType::SETS), |kind| Ok(self.sets(kind)?.to_vec()))?,
            maps: gather(each(&EntityType::MAPS), |kind| Ok(self.entities(kind)?.to_vec()))?,
            others: gather(each(&EntityType::BY_ID), |kind| Ok(self.entities(kind)?.to_vec()))?,
            num_frames: self.frames()?.len(),
            results: gather(each(&EntityType::WITH_VARIABLES), |kind| self.variable_names(kind))?,
            reductions: gather(each(&EntityType::WITH_VARIABLES), |kind| self.reduction_names(kind))?,
            groups: self.groups(),
            num_processors: self.num_processors(),
            qa_records: self.qa_records()?,
            num_info_records: self.dimension(names::NUM_INFO),
            dimensions: schema.dimensions.iter().filter(|d| d.group == self.group_id()).cloned().collect(),
            variables: self.variable_infos()?,
        })
    }

    fn variable_infos(&self) -> Result<Vec<VariableInfo>> {
        let schema = self.schema();
        let name = |id: &hyperslab::netcdf::DimensionId| schema.dimension(*id).map(|d| d.name.clone());
        let info = |n: usize| {
            let array = self.netcdf().array(hyperslab::netcdf::VariableId(n))?;
            let variable = array.variable();
            Ok(VariableInfo {
                name: variable.name.clone(),
                ty: variable.ty.name().to_owned(),
                dimensions: variable.dimensions.iter().map(name).collect::<Result<_>>()?,
                shape: array.shape().to_vec(),
                storage: variable.storage.clone(),
                borrowable: borrowable(array, schema.is_record(variable))?,
            })
        };
        let all = schema.variables.iter().enumerate();
        all.filter(|(_, variable)| variable.group == self.group_id()).map(|(n, _)| info(n)).collect()
    }
}

/// The lists of all kinds that have any.
pub(crate) fn gather<T>(
    kinds: Vec<EntityType>,
    get: impl Fn(EntityType) -> Result<Vec<T>>,
) -> Result<Vec<(EntityType, Vec<T>)>> {
    let mut lists = Vec::new();
    for kind in kinds {
        let list = get(kind)?;
        if !list.is_empty() {
            lists.push((kind, list));
        }
    }
    Ok(lists)
}

/// How a variable, or its first record, can be borrowed.
fn borrowable(array: &Array, is_record: bool) -> Result<Borrowable> {
    let region = match is_record && !array.is_empty() {
        true => Selection::index(array.shape(), 0),
        false => Selection::all(array.shape()),
    };
    array.borrowable(&region)
}
