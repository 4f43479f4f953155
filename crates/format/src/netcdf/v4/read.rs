//! Opening: from HDF5 groups and datasets to the netCDF data model.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::data::V4Data;
use super::dimensions::{Axes, Scales, User};
use super::{names, types};
use crate::error::{Context, Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::read::dataset::{Dataset, Storage as DatasetStorage};
use crate::hdf5::read::elements::{Elements, Visitor};
use crate::hdf5::read::open::{self, Opened};
use crate::hdf5::record::message::link::LinkTarget;
use crate::hdf5::record::message::shared::SharedMessage;
use crate::hdf5::record::message::{flags, MessageType};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::attributes::{self, Attribute as StoredAttribute};
use crate::hdf5::walk::links;
use crate::hdf5::walk::object::{ObjectHeader, ObjectKind};
use crate::limits::{self, Limits};
use crate::netcdf::schema::{
    Container, Dimension, DimensionId, Fill, Group, GroupId, Layout, Schema, Storage, Variable,
};
use crate::netcdf::value::{Attribute, Type, Value};
use crate::source::Source;
use crate::wire::width::read_uint;

/// Opens a netCDF-4 file, or any HDF5 file as netCDF-C would see it.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed), [`Kind::Unsupported`](crate::Kind::Unsupported) or [`Kind::Limit`](crate::Kind::Limit), with the object's path.
pub(crate) fn open(source: Source, base: u64, limits: &Limits) -> Result<(Schema, V4Data)> {
    let Opened { space, root, .. } = open::open(source, base, limits.clone())?;
    let mut walk = Walk::new(&space, root);
    walk.group(root, GroupId::ROOT, "")?;
    let (schema, datasets) = walk.finish();
    Ok((schema, V4Data { space, datasets }))
}

/// A variable whose dimensions are still to be found.
struct Pending {
    variable: Variable,
    dataset: Dataset,
    axes: Axes,
    /// The address of its committed datatype.
    committed: Option<u64>,
}

impl Pending {
    fn user(&self) -> User<'_> {
        User { axes: &self.axes, dataset: &self.dataset, group: self.variable.group }
    }
}

struct Walk<'s> {
    space: &'s AddressSpace,
    root: u64,
    classic: bool,
    groups: Vec<Group>,
    open_groups: HashSet<u64>,
    scales: Scales,
    variables: Vec<Pending>,
    types: HashMap<u64, String>,
    objects: usize,
}

impl<'s> Walk<'s> {
    fn new(space: &'s AddressSpace, root: u64) -> Self {
        Walk {
            space,
            root,
            classic: false,
            groups: vec![Group::default()],
            open_groups: HashSet::new(),
            scales: Scales::default(),
            variables: Vec::new(),
            types: HashMap::new(),
            objects: 0,
        }
    }

    /// Reads a group: its attributes, its datasets, then the groups below.
    fn group(&mut self, address: u64, id: GroupId, path: &str) -> Result<()> {
        limits::check("groups inside groups", self.open_groups.len() as u64, self.space.limits.depth as u64)?;
        if !self.open_groups.insert(address) {
            return Err(Error::malformed("group", self.space.offset(address), "it contains itself").in_object(path));
        }
        let name = if path.is_empty() { "/" } else { path };
        let header = ObjectHeader::read(self.space, address).in_object(name)?;
        if header.kind() != Some(ObjectKind::Group) {
            return Err(Error::malformed("object header", self.space.offset(address), "it is no group").in_object(name));
        }
        self.group_attributes(&header, id).in_object(name)?;
        let links = links::links(self.space, &header).in_object(name)?;
        let mut below = Vec::new();
        for link in links {
            let name = String::from_utf8_lossy(&link.name).into_owned();
            let path = format!("{path}/{name}");
            if let Some(child) = self.object(&link.target, address, &name, id).in_object(&path)? {
                below.push((child, name, path));
            }
        }
        for (child, name, path) in below {
            self.groups.push(Group { name, parent: Some(id), attributes: Vec::new() });
            self.group(child, GroupId(self.groups.len() - 1), &path)?;
        }
        self.open_groups.remove(&address);
        Ok(())
    }

    fn group_attributes(&mut self, header: &ObjectHeader, id: GroupId) -> Result<()> {
        let stored = attributes::attributes(self.space, header)?;
        if id == GroupId::ROOT {
            self.classic = stored.iter().any(|a| a.name == names::NC3_STRICT);
        }
        let visible = self.visible(&stored)?;
        if let Some(group) = self.groups.get_mut(id.0) {
            group.attributes = visible;
        }
        Ok(())
    }

    fn visible(&self, stored: &[StoredAttribute]) -> Result<Vec<Attribute>> {
        let shown = stored.iter().filter(|a| !names::is_hidden(&a.name));
        shown
            .filter_map(|a| types::attribute(self.space, a).in_object(&format!("attribute {}", a.name)).transpose())
            .collect()
    }

    /// Reads what a link leads to; the address of a group is returned instead.
    fn object(&mut self, target: &LinkTarget, group: u64, name: &str, id: GroupId) -> Result<Option<u64>> {
        self.objects += 1;
        limits::check("objects", self.objects as u64, self.space.limits.objects as u64)?;
        let address = match target {
            LinkTarget::Hard(address) => address.get(),
            LinkTarget::Soft(path) => self.follow(path, group, 0)?,
            LinkTarget::External { .. } => return Err(Error::unsupported("an external link")),
            LinkTarget::Other(kind, _) => {
                return Err(Error::unsupported(format!("a user-defined link of type {kind}")))
            }
        };
        let lost = || Error::malformed("link", self.space.offset(group), "it leads nowhere");
        let address = address.ok_or_else(lost)?;
        let header = ObjectHeader::read(self.space, address)?;
        match header.kind() {
            Some(ObjectKind::Group) => return Ok(Some(address)),
            Some(ObjectKind::Dataset) => self.dataset(&header, name, id)?,
            Some(ObjectKind::Datatype) => drop(self.types.insert(address, name.to_owned())),
            None => return Err(Error::malformed("object header", self.space.offset(address), "it is no object")),
        }
        Ok(None)
    }

    /// Resolves a soft link: from the root if it starts with a slash, from its group otherwise.
    fn follow(&self, path: &[u8], group: u64, depth: u64) -> Result<Option<u64>> {
        limits::check("soft links to soft links", depth, 16)?;
        let mut at = if path.starts_with(b"/") { self.root } else { group };
        for part in path.split(|&b| b == b'/').filter(|part| !part.is_empty() && *part != b".") {
            let header = ObjectHeader::read(self.space, at)?;
            let link = links::links(self.space, &header)?.into_iter().find(|link| link.name == part);
            let next = match link.map(|link| link.target) {
                Some(LinkTarget::Hard(address)) => address.get(),
                Some(LinkTarget::Soft(path)) => self.follow(&path, at, depth + 1)?,
                _ => None,
            };
            match next {
                Some(address) => at = address,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }

    fn dataset(&mut self, header: &ObjectHeader, name: &str, group: GroupId) -> Result<()> {
        let dataset = Dataset::from_header(self.space, header)?;
        let stored = attributes::attributes(self.space, header)?;
        let own_id =
            if is_scale(&stored) { Some(self.scale(header.address, &dataset, &stored, name, group)) } else { None };
        if own_id.is_some() && is_placeholder(&stored) {
            return Ok(());
        }
        let axes = self.axes(&dataset, &stored, own_id)?;
        let ty = types::of_variable(&dataset.datatype, None);
        let variable = Variable {
            name: name.strip_prefix(names::NON_COORDINATE).unwrap_or(name).to_owned(),
            group,
            dimensions: Vec::new(),
            attributes: self.visible(&stored)?,
            fill: fill(&dataset),
            storage: storage(&dataset),
            order: types::order(&dataset.datatype),
            ty,
        };
        self.variables.push(Pending { variable, axes, committed: committed(self.space, header)?, dataset });
        Ok(())
    }

    /// Adds the dimension that a scale stands for; returns its identifier.
    fn scale(
        &mut self,
        address: u64,
        dataset: &Dataset,
        stored: &[StoredAttribute],
        name: &str,
        group: GroupId,
    ) -> u64 {
        let given = integers(stored, names::DIMID).and_then(|ids| ids.first().copied());
        let length = dataset.shape.first().copied().unwrap_or(0);
        let unlimited = dataset.max_shape.first() == Some(&u64::MAX) || length == 0;
        self.scales.add(address, given, Dimension { name: name.to_owned(), length, unlimited, group })
    }

    fn axes(&self, dataset: &Dataset, stored: &[StoredAttribute], own_id: Option<u64>) -> Result<Axes> {
        let rank = dataset.shape.len();
        if let Some(ids) = integers(stored, names::COORDINATES).filter(|ids| ids.len() == rank) {
            return Ok(Axes::Ids(ids));
        }
        if let (Some(id), 1) = (own_id, rank) {
            return Ok(Axes::Ids(vec![id]));
        }
        match stored.iter().find(|a| a.name == names::DIMENSION_LIST) {
            Some(list) => Ok(self.dimension_list(list, rank).map_or(Axes::Anonymous, Axes::Scales)),
            None => Ok(Axes::Anonymous),
        }
    }

    /// The first scale of each dimension; `None` if any is missing.
    fn dimension_list(&self, list: &StoredAttribute, rank: usize) -> Option<Vec<u64>> {
        let mut scales = FirstScales(Vec::with_capacity(rank));
        Elements::new(self.space).visit(&list.datatype, &list.data, &mut scales).ok()?;
        let scales: Option<Vec<u64>> = scales.0.into_iter().collect();
        scales.filter(|scales| scales.len() == rank)
    }

    /// Finds every dimension and puts the schema together.
    fn finish(self) -> (Schema, Vec<Dataset>) {
        let users: Vec<User> = self.variables.iter().map(Pending::user).collect();
        let (mut dimensions, axes) = self.scales.resolve(&users);
        // The lengths of unlimited dimensions are what their variables reach.
        dimensions.iter_mut().filter(|d| d.unlimited).for_each(|d| d.length = 0);
        let container = if self.classic { Container::NetCdf4Classic } else { Container::NetCdf4 };
        let mut schema =
            Schema { container, groups: self.groups, dimensions, variables: Vec::new(), types: Vec::new() };
        let mut datasets = Vec::with_capacity(self.variables.len());
        for (pending, axes) in self.variables.into_iter().zip(axes) {
            let Pending { mut variable, dataset, committed, .. } = pending;
            if let (Type::User(user), Some(known)) = (&mut variable.ty, committed.and_then(|at| self.types.get(&at))) {
                Arc::make_mut(user).name.clone_from(known);
            }
            variable.dimensions = axes.into_iter().map(DimensionId).collect();
            for (id, &length) in variable.dimensions.iter().zip(&dataset.shape) {
                if let Some(dimension) = schema.dimensions.get_mut(id.0).filter(|d| d.unlimited) {
                    dimension.length = dimension.length.max(length);
                }
            }
            schema.variables.push(variable);
            datasets.push(dataset);
        }
        (schema, datasets)
    }
}

/// The first of the references in each element of a `DIMENSION_LIST`.
struct FirstScales(Vec<Option<u64>>);

impl Visitor for FirstScales {
    fn begin(&mut self, _: &Datatype, _: u64) -> Result<()> {
        self.0.push(None);
        Ok(())
    }

    fn leaves(&mut self, datatype: &Datatype, stored: &[u8]) -> Result<()> {
        let width = u8::try_from(datatype.size()).unwrap_or(u8::MAX);
        if let Some(scale) = self.0.last_mut().filter(|scale| scale.is_none()) {
            *scale = read_uint(&mut &*stored, width).ok();
        }
        Ok(())
    }

    fn text(&mut self, _: Option<&[u8]>) -> Result<()> {
        Ok(())
    }
}

fn text(stored: &[StoredAttribute], name: &str) -> Option<String> {
    stored.iter().find(|a| a.name == name).map(|a| crate::hdf5::datatype::name(&a.data))
}

fn is_scale(stored: &[StoredAttribute]) -> bool {
    text(stored, names::CLASS).as_deref() == Some(names::DIMENSION_SCALE)
}

/// Whether a scale stands for a dimension only.
fn is_placeholder(stored: &[StoredAttribute]) -> bool {
    text(stored, names::NAME).is_some_and(|name| name.starts_with(names::NOT_A_VARIABLE))
}

/// The elements of an attribute of non-negative integers.
fn integers(stored: &[StoredAttribute], name: &str) -> Option<Vec<u64>> {
    let attribute = stored.iter().find(|a| a.name == name)?;
    let (number, order) = attribute.datatype.number()?;
    let one = |bytes: &[u8]| u64::try_from(Value::from_bytes(&types::number(number), bytes, order).as_i64()?).ok();
    let size = usize::try_from(number.size()).ok()?;
    attribute.data.chunks_exact(size).map(one).collect()
}

fn fill(dataset: &Dataset) -> Fill {
    match &dataset.fill.value {
        _ if dataset.fill.never_written => Fill::None,
        Some(value) => Fill::Value(value.clone()),
        None => Fill::None,
    }
}

fn storage(dataset: &Dataset) -> Storage {
    let mut storage = Storage::default();
    match &dataset.storage {
        DatasetStorage::Compact(_) => storage.layout = Layout::Compact,
        DatasetStorage::Contiguous(_) | DatasetStorage::External(_) | DatasetStorage::Virtual(_) => {}
        DatasetStorage::Chunked(chunked) => {
            storage.layout = Layout::Chunked(chunked.grid.chunk.clone());
            for filter in &chunked.filters.filters {
                match (filter.id, filter.parameters.first()) {
                    (1, level) => storage.deflate = Some(level.and_then(|&l| u8::try_from(l).ok()).unwrap_or(6).min(9)),
                    (2, _) => storage.shuffle = true,
                    (3, _) => storage.fletcher32 = true,
                    _ => storage.other_filters.push((filter.id, filter.parameters.clone())),
                }
            }
        }
    }
    storage
}

/// The address of the committed datatype of a dataset.
fn committed(space: &AddressSpace, header: &ObjectHeader) -> Result<Option<u64>> {
    let Some(message) = header.find(MessageType::DATATYPE).filter(|m| m.flags & flags::SHARED != 0) else {
        return Ok(None);
    };
    Ok(match message.decode::<SharedMessage>("shared message", space.widths)? {
        SharedMessage::Committed { address, .. } | SharedMessage::Header(address) => address.get(),
        SharedMessage::Heap(_) => None,
    })
}
