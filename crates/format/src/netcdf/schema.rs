//! The netCDF data model: dimensions, variables, attributes and groups, the same for every container.
//!
//! A [`Schema`] is plain data. A reader offers the schema of its file; a writer is created from one.

use std::sync::Arc;

use super::ids::{DimensionId, GroupId, VariableId};
use super::quantize::Quantization;
use super::types::{Type, UserType};
use super::value::{Attribute, Value};
use crate::element::ByteOrder;
use crate::error::{Error, Result};
use crate::hdf5::Filter;

/// The five containers of netCDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Container {
    /// Classic format, 32-bit offsets.
    Cdf1,
    /// Classic format with 64-bit offsets.
    Cdf2,
    /// Classic format with 64-bit sizes and the full set of integer types.
    Cdf5,
    /// netCDF-4 on HDF5.
    NetCdf4,
    /// netCDF-4 on HDF5, restricted to the classic data model.
    NetCdf4Classic,
}

impl Container {
    /// Whether the file is an HDF5 file.
    pub fn is_hdf5(self) -> bool {
        matches!(self, Container::NetCdf4 | Container::NetCdf4Classic)
    }

    /// The name that `ncdump -k` prints.
    pub fn name(self) -> &'static str {
        match self {
            Container::Cdf1 => "classic",
            Container::Cdf2 => "64-bit offset",
            Container::Cdf5 => "cdf5",
            Container::NetCdf4 => "netCDF-4",
            Container::NetCdf4Classic => "netCDF-4 classic model",
        }
    }
}

/// A named length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// The name.
    pub name: String,
    /// The current length.
    pub length: u64,
    /// Whether it can grow.
    pub unlimited: bool,
    /// The group that owns it.
    pub group: GroupId,
}

/// What elements read as before they are written.
///
/// The attribute `_FillValue` says it to every reader, and in classic files nothing else does. A value other than the type's
/// default gets that attribute when a file is written, as `nc_def_var_fill` gives it, but for [`Variable::untold_fill`].
/// Where there is an attribute and a value, the attribute counts.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Fill {
    /// The default fill value of the type.
    #[default]
    Default,
    /// Nothing is promised, nothing is filled in.
    None,
    /// This one element of the variable's type.
    Value(Value),
}

/// How an HDF5 dataset lays out its elements.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Layout {
    /// One block.
    #[default]
    Contiguous,
    /// Inside the object header; less than 64 KiB.
    Compact,
    /// Blocks of this shape, no longer than a dimension of fixed length. Where those of a file are, what was read of it has
    /// them cut; [`Array::chunk`](crate::Array::chunk) says how they are stored.
    Chunked(Vec<u64>),
}

/// How a variable is stored; meaningful in the HDF5 containers only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Storage {
    /// The layout.
    pub layout: Layout,
    /// What chunks pass through when they are written, in this order.
    pub filters: Vec<Filter>,
}

impl Storage {
    /// Whether chunks pass through any filter.
    pub fn is_filtered(&self) -> bool {
        !self.filters.is_empty()
    }

    /// Whether a filter is the one with this number.
    pub fn has_filter(&self, id: u16) -> bool {
        self.filters.iter().any(|filter| filter.id == id)
    }

    /// The same with deflate in the place of filters that [may change values](Filter::is_lossy): for values that come out of
    /// one, and are not to be changed again.
    #[must_use]
    pub fn without_loss(&self) -> Self {
        let mut storage = self.clone();
        if let Some(place) = storage.filters.iter().position(Filter::is_lossy) {
            storage.filters.retain(|filter| !filter.is_lossy());
            // Checksums and shuffled bytes alone save nothing.
            let saves = |filter: &Filter| !matches!(filter.id, Filter::SHUFFLE | Filter::FLETCHER32);
            if !storage.filters.iter().any(saves) {
                storage.filters.insert(place.min(storage.filters.len()), Filter::deflate(4));
            }
        }
        storage
    }

    /// The level of deflate, if the chunks pass through it.
    pub fn deflate_level(&self) -> Option<u32> {
        let deflate = self.filters.iter().find(|filter| filter.id == Filter::DEFLATE)?;
        deflate.parameters.first().copied()
    }
}

/// An array with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// The name.
    pub name: String,
    /// The group that owns it.
    pub group: GroupId,
    /// The type of the elements.
    pub ty: Type,
    /// The dimensions, slowest first.
    pub dimensions: Vec<DimensionId>,
    /// The attributes, in order.
    pub attributes: Vec<Attribute>,
    /// What unwritten elements read as.
    pub fill: Fill,
    /// How it is stored in HDF5.
    pub storage: Storage,
    /// The byte order of the stored elements; classic files are always [`ByteOrder::Big`].
    pub order: ByteOrder,
    /// Whether the attribute `_FillValue` does not say what `fill` is: there is none, or it is not one element of `ty`. Files
    /// of other programs have that, and readers note it here. Written again, such an attribute stays one like any other, and
    /// HDF5 files get none where there was none; classic files get one, because they would lose the value.
    ///
    /// Writers refuse an attribute `_FillValue` that is not one element of `ty` where this is not set, as netCDF-C does.
    pub untold_fill: bool,
    /// How the values that are written are rounded; readers leave it to the attribute.
    pub quantization: Option<Quantization>,
}

impl Variable {
    /// Its shape where the dimensions have these lengths, by number.
    pub(crate) fn shape_of(&self, lengths: &[u64]) -> Vec<u64> {
        self.dimensions.iter().filter_map(|id| lengths.get(id.0).copied()).collect()
    }

    /// A variable of the root group, stored in one piece.
    pub fn new(name: impl Into<String>, ty: Type, dimensions: Vec<DimensionId>) -> Self {
        Variable {
            name: name.into(),
            group: GroupId::ROOT,
            ty,
            dimensions,
            attributes: Vec::new(),
            fill: Fill::Default,
            storage: Storage::default(),
            order: ByteOrder::Little,
            untold_fill: false,
            quantization: None,
        }
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes.iter().find(|a| a.name == name).map(|a| &a.value)
    }
}

/// A group: a name space of its own, with attributes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Group {
    /// The name; empty for the root.
    pub name: String,
    /// The group above; `None` for the root.
    pub parent: Option<GroupId>,
    /// The attributes, in order.
    pub attributes: Vec<Attribute>,
}

/// What a file has, and netCDF does not show.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hidden {
    /// The path of a variable or a link; of an attribute, that of its owner, and `@` before its name.
    pub path: String,
    /// Why it is not shown.
    pub reason: String,
    /// Whether the data model might have it: it could not be read, or lies in another file.
    pub unread: bool,
}

impl Hidden {
    /// What the data model has nothing like.
    pub(crate) fn without_like(path: String, reason: impl Into<String>) -> Self {
        Hidden { path, reason: reason.into(), unread: false }
    }

    /// What was not read.
    pub(crate) fn unread(path: String, reason: impl Into<String>) -> Self {
        Hidden { path, reason: reason.into(), unread: true }
    }
}

/// Everything a file declares.
#[derive(Debug, Clone, PartialEq)]
pub struct Schema {
    /// The kind of file.
    pub container: Container,
    /// All groups; the root comes first, every parent before its children.
    pub groups: Vec<Group>,
    /// All dimensions, in the order of their definition.
    pub dimensions: Vec<Dimension>,
    /// All variables, in the order of their definition.
    pub variables: Vec<Variable>,
    /// All user-defined types, in the order of their definition.
    pub types: Vec<Arc<UserType>>,
    /// What is left out, because the data model has nothing like it, or because it could not be read. Whoever must not lose
    /// anything looks here.
    pub hidden: Vec<Hidden>,
    /// How many bytes the header of a classic file can grow by without moving data: `h_minfree` of `nc__enddef`. Readers say 0.
    pub header_padding: u64,
}

impl Schema {
    /// An empty file of this kind.
    pub fn new(container: Container) -> Self {
        Schema {
            container,
            groups: vec![Group::default()],
            dimensions: Vec::new(),
            variables: Vec::new(),
            types: Vec::new(),
            hidden: Vec::new(),
            header_padding: 0,
        }
    }

    /// The length of the first unlimited dimension: the number of records of a classic file.
    pub(crate) fn records(&self) -> Option<u64> {
        self.dimensions.iter().find(|dimension| dimension.unlimited).map(|dimension| dimension.length)
    }

    /// The attributes of the root group.
    pub fn attributes(&self) -> &[Attribute] {
        self.groups.first().map(|root| root.attributes.as_slice()).unwrap_or_default()
    }

    /// The value of an attribute of the root group.
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes().iter().find(|a| a.name == name).map(|a| &a.value)
    }

    /// Adds or replaces an attribute of the root group.
    pub fn set_attribute(&mut self, name: &str, value: Value) {
        if let Some(root) = self.groups.first_mut() {
            match root.attributes.iter_mut().find(|a| a.name == name) {
                Some(found) => found.value = value,
                None => root.attributes.push(Attribute::new(name, value)),
            }
        }
    }

    /// Adds a dimension to the root group.
    pub fn add_dimension(&mut self, name: &str, length: u64, unlimited: bool) -> DimensionId {
        self.dimensions.push(Dimension { name: name.to_owned(), length, unlimited, group: GroupId::ROOT });
        DimensionId(self.dimensions.len() - 1)
    }

    /// Adds a variable.
    pub fn add_variable(&mut self, variable: Variable) -> VariableId {
        self.variables.push(variable);
        VariableId(self.variables.len() - 1)
    }

    /// A dimension of the root group, by name.
    pub fn find_dimension(&self, name: &str) -> Option<DimensionId> {
        self.dimensions.iter().position(|d| d.group == GroupId::ROOT && d.name == name).map(DimensionId)
    }

    /// A variable of the root group, by name.
    pub fn find_variable(&self, name: &str) -> Option<VariableId> {
        self.variables.iter().position(|v| v.group == GroupId::ROOT && v.name == name).map(VariableId)
    }

    /// The group at a path, such as `/a/b`.
    pub fn group_at(&self, path: &str) -> Option<GroupId> {
        path.split('/').filter(|name| !name.is_empty()).try_fold(GroupId::ROOT, |above, name| {
            let is_it = |group: &Group| group.parent == Some(above) && group.name == name;
            self.groups.iter().position(is_it).map(GroupId)
        })
    }

    /// The variable at a path, such as `/group/v`; the root's have no need of a slash.
    pub fn variable_at(&self, path: &str) -> Option<VariableId> {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let group = self.group_at(above)?;
        self.variables.iter().position(|v| v.group == group && v.name == name).map(VariableId)
    }

    /// The dimension at a path, such as `/group/d`; the root's have no need of a slash.
    pub fn dimension_at(&self, path: &str) -> Option<DimensionId> {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let group = self.group_at(above)?;
        self.dimensions.iter().position(|d| d.group == group && d.name == name).map(DimensionId)
    }

    /// The user-defined type at a path, such as `/group/t`; the root's have no need of a slash.
    pub fn type_at(&self, path: &str) -> Option<&Arc<UserType>> {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let group = self.group_at(above)?;
        self.types.iter().find(|user| user.group == group && user.name == name)
    }

    /// A dimension.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the identifier belongs to another schema.
    pub fn dimension(&self, id: DimensionId) -> Result<&Dimension> {
        self.dimensions.get(id.0).ok_or_else(|| Error::usage(format!("there is no dimension {}", id.0)))
    }

    /// A variable.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the identifier belongs to another schema.
    pub fn variable(&self, id: VariableId) -> Result<&Variable> {
        self.variables.get(id.0).ok_or_else(|| Error::usage(format!("there is no variable {}", id.0)))
    }

    /// The current shape of a variable.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the identifier belongs to another schema.
    pub fn shape(&self, id: VariableId) -> Result<Vec<u64>> {
        self.variable(id)?.dimensions.iter().map(|&d| Ok(self.dimension(d)?.length)).collect()
    }

    /// Whether the first dimension of a variable is unlimited: it has records.
    pub fn is_record(&self, variable: &Variable) -> bool {
        variable.dimensions.first().and_then(|d| self.dimensions.get(d.0)).is_some_and(|d| d.unlimited)
    }

    /// Adds to an error which variable it is of.
    pub(crate) fn place(&self, error: Error, id: VariableId) -> Error {
        match self.variables.get(id.0) {
            Some(variable) => error.in_object(self.path(variable)),
            None => error,
        }
    }

    /// The path of a variable, `/` first.
    pub fn path(&self, variable: &Variable) -> String {
        format!("{}/{}", self.group_path(variable.group).trim_end_matches('/'), variable.name)
    }

    /// Whether a group is another one, or above it.
    pub(crate) fn encloses(&self, outer: GroupId, inner: GroupId) -> bool {
        // Parents come before children, so this ends.
        std::iter::successors(Some(inner), |id| self.groups.get(id.0)?.parent).any(|id| id == outer)
    }

    /// The path of a group, `/` first.
    pub fn group_path(&self, group: GroupId) -> String {
        let mut path = String::new();
        let mut group = self.groups.get(group.0);
        // Parents come before children, so this ends.
        while let Some(Group { name, parent: Some(parent), .. }) = group {
            path.insert_str(0, &format!("/{name}"));
            group = self.groups.get(parent.0);
        }
        if path.is_empty() {
            "/".to_owned()
        } else {
            path
        }
    }
}
