//! Open files: the Exodus names of a netCDF file.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use hyperslab::netcdf::{self, Array, GroupId, Schema, Type, Value, VariableId};
use hyperslab::{Context, Error, OpenOptions, Result, Selection};

use crate::catalog::{Catalog, Opened};
use crate::kind::EntityType;
use crate::names;
use crate::read::caches::Caches;
use crate::text::text;

/// An open Exodus II file of any container and any version, or one of the models that its groups hold.
///
/// Positions (`index`, `step`, `entity`) count from 0; identifiers are [`EntityId`](crate::EntityId).
/// It is a handle: clones are cheap, share what was read, and go to any thread.
#[derive(Debug, Clone)]
pub struct ExodusFile(Arc<Inner>);

/// What all clones of a file share.
#[derive(Debug)]
struct Inner {
    opened: Arc<Opened>,
    group: GroupId,
    catalog: Catalog,
    caches: Caches,
    /// The dimensions of the groups above, the outermost first, and of this one.
    dimensions: Vec<Arc<HashMap<String, u64>>>,
}

/// The most entities of a kind, unless each of them has a dimension.
pub(super) const MOST_ENTITIES: usize = 1 << 16;
/// The most rows of a list of texts.
const MOST_ROWS: u64 = 1 << 20;
/// The most groups that an error names.
const MOST_SHOWN: usize = 12;
/// The most bytes of a list of texts.
const MOST_TEXT: u64 = 1 << 28;

impl ExodusFile {
    /// Opens a file with positioned reads: safe whatever others do to it.
    ///
    /// To borrow from a memory map, say so in the options of [`ExodusFile::open_with`].
    ///
    /// # Errors
    /// As [`ExodusFile::from_netcdf`], and when the file cannot be read.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, &OpenOptions::new())
    }

    /// Opens a file as the options have it: mapped, within other bounds, with the files that it names.
    ///
    /// # Errors
    /// As [`ExodusFile::open`].
    pub fn open_with(path: impl AsRef<Path>, options: &OpenOptions) -> Result<Self> {
        let path = path.as_ref();
        Self::from_netcdf(netcdf::File::open_with(path, options)?).in_file(path)
    }

    /// Opens a file in memory, from which everything can be borrowed.
    ///
    /// # Errors
    /// As [`ExodusFile::from_netcdf`].
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Self> {
        Self::from_netcdf(netcdf::File::from_bytes(bytes)?)
    }

    /// Takes an open netCDF file as an Exodus file.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) when it is none. A file whose data are cut off opens: what is missing cannot be
    /// read, and [`whole_steps`](ExodusFile::whole_steps) are there.
    pub fn from_netcdf(file: netcdf::File) -> Result<Self> {
        let file = Self::of_group(Arc::new(Opened::new(file)), GroupId::ROOT, Vec::new());
        match file.is_exodus() {
            true => Ok(file),
            false => {
                Err(Error::usage("not an Exodus file: it has neither an Exodus version nor nodes and element blocks"))
            }
        }
    }

    /// The model in a group, below groups with these dimensions. A group that counts nothing itself, and has no results, is not the
    /// model around it.
    fn of_group(opened: Arc<Opened>, group: GroupId, mut dimensions: Vec<Arc<HashMap<String, u64>>>) -> Self {
        let (own, catalog) = (opened.dimensions(group), opened.catalog(group));
        let counts = names::COUNTS.iter().any(|count| own.contains_key(*count));
        if !counts && !catalog.variables().any(|(name, _)| names::is_result(name)) {
            dimensions.clear();
        }
        dimensions.push(Arc::new(own));
        ExodusFile(Arc::new(Inner { opened, group, catalog, caches: Caches::default(), dimensions }))
    }

    /// The names of the models in groups of their own: change sets.
    pub fn groups(&self) -> Vec<String> {
        self.0.opened.groups(self.0.group).map(|(name, _)| name.to_owned()).collect()
    }

    /// The model in a group.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none of this name; it says which there are.
    pub fn group(&self, name: &str) -> Result<Self> {
        let found = self.0.opened.groups(self.0.group).find(|(group, _)| *group == name);
        found.map(|(_, id)| self.model(id)).ok_or_else(|| self.no_group(name))
    }

    fn no_group(&self, name: &str) -> Error {
        let groups = self.groups();
        let (shown, rest) = groups.split_at(groups.len().min(MOST_SHOWN));
        let told = match (shown, rest.len()) {
            ([], _) => "there are none".to_owned(),
            (_, 0) => format!("there are {}", shown.join(", ")),
            (_, more) => format!("there are {} and {more} more", shown.join(", ")),
        };
        Error::not_found(format!("there is no group {name}: {told}"))
    }

    fn model(&self, group: GroupId) -> Self {
        Self::of_group(Arc::clone(&self.0.opened), group, self.0.dimensions.clone())
    }

    /// The models in the groups, by name.
    pub(crate) fn models(&self) -> impl Iterator<Item = (&str, ExodusFile)> {
        self.0.opened.groups(self.0.group).map(|(name, group)| (name, self.model(group)))
    }

    pub(super) fn caches(&self) -> &Caches {
        &self.0.caches
    }

    /// The times of the steps that are there.
    pub(super) fn whole_times(&self) -> Result<Vec<f64>> {
        let Some(array) = self.array(names::TIME_WHOLE) else { return Ok(Vec::new()) };
        let steps = array.shape().first().copied().unwrap_or(0).min(self.whole_steps());
        array.read(0..steps)
    }

    /// The number that stands for an entity in the names of its variables.
    pub(crate) fn number(&self, kind: EntityType, index: usize) -> Option<i64> {
        self.0.catalog.number(kind, index)
    }

    /// The numbers of a kind whose entities are named by their identifiers.
    pub(super) fn numbers(&self, kind: EntityType) -> &[i64] {
        self.0.catalog.numbers(kind)
    }

    /// The length of a dimension that carries the number of an entity.
    pub(crate) fn numbered_dimension(&self, prefix: &str, kind: EntityType, index: usize) -> u64 {
        self.number(kind, index).map_or(0, |n| self.dimension(&format!("{prefix}{n}")))
    }

    fn is_exodus(&self) -> bool {
        let has = |name: &str| self.dimension_if_any(name).is_some();
        self.attribute(names::API_VERSION)
            .or_else(|| self.attribute(names::OLD_API_VERSION))
            .is_some_and(|v| v.as_f64().is_some())
            || (self.attribute(names::VERSION).is_some_and(|v| v.as_f64().is_some())
                && self.attribute(names::WORD_SIZE).is_some())
            || (has(names::NUM_NODES) && has(names::NUM_EL_BLK))
    }

    /// The netCDF file below.
    pub fn netcdf(&self) -> &netcdf::File {
        &self.0.opened.file
    }

    /// What the netCDF file declares.
    pub fn schema(&self) -> &Schema {
        self.0.opened.file.schema()
    }

    /// The data of a netCDF variable, if there is one of this name.
    pub fn array(&self, name: &str) -> Option<&Array> {
        self.0.catalog.variable(name).and_then(|id| self.0.opened.file.array(id).ok())
    }

    /// The netCDF variables of this model, by name.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, VariableId)> {
        self.0.catalog.variables()
    }

    /// The length of a netCDF dimension; 0 if there is none of this name, as Exodus means it.
    pub fn dimension(&self, name: &str) -> u64 {
        self.dimension_if_any(name).unwrap_or(0)
    }

    fn dimension_if_any(&self, name: &str) -> Option<u64> {
        self.0.dimensions.iter().rev().find_map(|own| own.get(name).copied())
    }

    /// A global attribute: that of the group, or else that of the file.
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        let own = self.schema().groups.get(self.0.group.0)?.attributes.iter().find(|a| a.name == name);
        own.map(|a| &a.value).or_else(|| self.schema().attribute(name))
    }

    /// The path of the group that this model is in, for errors; empty for that of the file.
    pub(crate) fn group_path(&self) -> String {
        self.schema().group_path(self.0.group).trim_end_matches('/').to_owned()
    }

    /// Where in the netCDF file this model is.
    pub(crate) fn group_id(&self) -> GroupId {
        self.0.group
    }

    /// The title; empty if there is none.
    pub fn title(&self) -> String {
        match self.attribute(names::TITLE) {
            Some(Value::Char(bytes)) => text(bytes),
            other => other.and_then(Value::as_text).map(|title| title.trim_end().to_owned()).unwrap_or_default(),
        }
    }

    /// The version of the library that wrote the file.
    pub fn api_version(&self) -> Option<f64> {
        self.attribute(names::API_VERSION).or_else(|| self.attribute(names::OLD_API_VERSION))?.as_f64()
    }

    /// The version of the file.
    pub fn version(&self) -> Option<f64> {
        self.attribute(names::VERSION)?.as_f64()
    }

    /// Bytes of a floating-point number: 4 or 8.
    pub fn word_size(&self) -> u64 {
        let coordinates = names::COORDS.iter().chain([&names::COORD]).find_map(|name| self.array(name));
        let declared = || self.attribute(names::WORD_SIZE).or_else(|| self.attribute(names::OLD_WORD_SIZE))?.as_i64();
        match coordinates.map(|array| array.variable().ty.size()) {
            Some(size) => size,
            None => declared().and_then(|size| u64::try_from(size).ok()).unwrap_or(8),
        }
    }

    /// The number of time steps.
    pub fn num_steps(&self) -> u64 {
        self.dimension(names::TIME_STEP)
    }

    /// The number of steps of which everything is there: all, but for a classic file that was cut off.
    pub fn whole_steps(&self) -> u64 {
        match self.netcdf().check_complete() {
            Ok(()) => self.num_steps(),
            Err(_) => self.num_steps().min(self.netcdf().whole_records().unwrap_or(0)),
        }
    }

    /// The time of every step.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn times(&self) -> Result<Vec<f64>> {
        self.array(names::TIME_WHOLE).map_or_else(|| Ok(Vec::new()), |array| array.read_all())
    }

    /// All elements of an integer variable, if there is one of this name.
    pub(crate) fn integers(&self, name: &str) -> Result<Option<Vec<i64>>> {
        self.array(name).map(|array| array.read_all()).transpose()
    }

    /// A list of names: one row of characters each, or strings as other tools write them.
    pub(crate) fn names(&self, name: &str) -> Result<Vec<String>> {
        let Some(array) = self.array(name) else {
            return Ok(Vec::new());
        };
        let rows = array.shape().first().copied().unwrap_or(0);
        let bytes = hyperslab::bytes(array.shape(), 1)?;
        if rows > MOST_ROWS || bytes > MOST_TEXT {
            return Err(Error::limit(format!("{rows} rows of text, {bytes} bytes")).in_object(array.path()));
        }
        let all = Selection::all(array.shape());
        match (&array.variable().ty, array.shape()) {
            (Type::String, _) => Ok(array.read_string_bytes(&all)?.iter().map(|s| text(s)).collect()),
            (Type::Char, &[count, width]) if width > 0 => {
                let width = usize::try_from(width).map_err(|_| Error::limit("names above 4 GiB"))?;
                let rows = array.read_bytes(&all)?;
                debug_assert!(rows.len() as u64 == count * width as u64);
                Ok(rows.chunks_exact(width).map(text).collect())
            }
            _ => Ok(Vec::new()),
        }
    }
}
