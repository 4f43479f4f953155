//! Opening: from HDF5 groups and datasets to the netCDF data model.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::data::V4Array;
use super::dimensions::{Axes, Scales, User};
use super::user::Types;
use super::{names, shown};
use crate::error::{Context, Error, Kind, Result};
use crate::hdf5::datatype;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::read::dataset::Dataset;
use crate::hdf5::read::elements::Elements;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::attributes::{self, Attribute as StoredAttribute};
use crate::hdf5::walk::links::{self, LinkTarget};
use crate::hdf5::walk::path::{self, Place};
use crate::limits::{self, Allowance};
use crate::netcdf::fill;
use crate::netcdf::ids::{DimensionId, GroupId, VariableId};
use crate::netcdf::schema::{Container, Group, Hidden, Schema, Variable};
use crate::netcdf::store::Opened;
use crate::netcdf::types::UserType;
use crate::options::OpenOptions;
use crate::source::Source;

/// Opens a netCDF-4 file, or any HDF5 file as netCDF-C would see it.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed), [`Kind::Unsupported`](crate::Kind::Unsupported) or [`Kind::Limit`](crate::Kind::Limit), with the object's path.
pub(crate) fn open(source: Source, base: u64, options: &OpenOptions, path: Option<&Path>) -> Result<Opened> {
    let space = options.space(source, base, path)?;
    let mut walk = Walk::new(&space);
    walk.group(space.root, GroupId::ROOT, "")?;
    let (schema, datasets, _) = walk.finish()?;
    let (schema, space) = (Arc::new(schema), Arc::new(space));
    let reader = |(n, dataset)| Ok(Arc::new(V4Array::new(&space, dataset, &schema, VariableId(n))?) as _);
    let readers = datasets.into_iter().enumerate().map(reader).collect::<Result<Vec<_>>>()?;
    let source = space.source.clone();
    // A file shorter than its superblock says does not open.
    Ok(Opened { schema, readers, source, truncated: None })
}

/// Where the things of a schema are in a file, each in the order of the schema.
#[derive(Debug, Clone, Default)]
pub(super) struct Objects {
    /// The headers of the groups.
    pub groups: Vec<u64>,
    /// The headers of the datasets of variables.
    pub variables: Vec<u64>,
    /// The headers of the datasets that stand for dimensions, and what the file calls those; none for a dimension that the file
    /// says nothing of.
    pub dimensions: Vec<Option<(u64, u64)>>,
    /// The committed datatypes, and the headers of those.
    pub types: Vec<(Arc<UserType>, u64)>,
}

/// What an HDF5 file declares as netCDF sees it, and where that is.
///
/// # Errors
/// As [`open`].
pub(super) fn objects(space: &AddressSpace) -> Result<(Schema, Objects)> {
    let mut walk = Walk::new(space);
    walk.group(space.root, GroupId::ROOT, "")?;
    walk.finish().map(|(schema, _, objects)| (schema, objects))
}

/// What an object costs beside its messages: more than it takes of a file, and less than it takes of memory.
const OBJECT: u64 = 512;
/// How much more of a file links may lead to than anything else: many names of one dataset are honest, and a link takes some
/// thirty bytes where what it leads to takes some hundred.
const LINKED: u64 = 4;

/// A variable whose dimensions and attributes are still to be found.
pub(super) struct Pending {
    pub variable: Variable,
    pub dataset: Dataset,
    pub axes: Axes,
    pub stored: Vec<StoredAttribute>,
    /// Where its header is.
    pub address: u64,
}

impl Pending {
    fn user(&self) -> User<'_> {
        User { axes: &self.axes, dataset: &self.dataset, group: self.variable.group }
    }
}

pub(super) struct Walk<'s> {
    pub space: &'s AddressSpace,
    groups: Vec<Group>,
    /// The attributes of each group.
    stored: Vec<Vec<StoredAttribute>>,
    found: Objects,
    /// The group that is read, and those above it.
    open_groups: HashSet<u64>,
    pub scales: Scales,
    pub variables: Vec<Pending>,
    pub types: Types,
    pub hidden: Vec<Hidden>,
    /// What takes apart attributes of variable length.
    pub elements: Elements<'s>,
    objects: usize,
    /// For everything that links lead to: hard links may lead to the same objects again and again.
    allowance: Allowance,
}

impl<'s> Walk<'s> {
    fn new(space: &'s AddressSpace) -> Self {
        Walk {
            space,
            groups: vec![Group::default()],
            stored: Vec::new(),
            found: Objects::default(),
            open_groups: HashSet::new(),
            scales: Scales::default(),
            variables: Vec::new(),
            types: Types::default(),
            hidden: Vec::new(),
            elements: Elements::new(space),
            objects: 0,
            allowance: Allowance::of_file(
                space.source.len().saturating_mul(LINKED),
                "links lead to the same objects too often",
            ),
        }
    }

    /// Reads a group: its attributes, its datasets, then the groups below.
    fn group(&mut self, address: u64, id: GroupId, path: &str) -> Result<()> {
        limits::check("groups inside groups", self.open_groups.len() as u64, self.space.limits.depth as u64)?;
        self.open_groups.insert(address);
        let name = if path.is_empty() { "/" } else { path };
        let header = ObjectHeader::read(self.space, address).in_object(name)?;
        if header.kind() != Some(ObjectKind::Group) {
            return Err(Error::malformed("object header", self.space.offset(address), "it is no group").in_object(name));
        }
        let stored = self.attributes(&header).in_object(name)?;
        self.stored.push(stored);
        self.found.groups.push(address);
        let links = links::links(self.space, &header).in_object(name)?;
        let mut below = Vec::new();
        for link in links {
            let name = datatype::text(&link.name);
            let path = format!("{path}/{name}");
            if let Some(child) = self.object(&link.target, &header, (&name, &path), id).in_object(&path)? {
                below.push((child, name, path));
            }
        }
        for (child, name, path) in below {
            if self.open_groups.contains(&child) {
                self.hidden.push(Hidden::without_like(path, "the group contains itself"));
                continue;
            }
            self.groups.push(Group { name, parent: Some(id), attributes: Vec::new() });
            self.group(child, GroupId(self.groups.len() - 1), &path)?;
        }
        self.open_groups.remove(&address);
        Ok(())
    }

    /// Reads what a link leads to; the address of a group is returned instead.
    fn object(
        &mut self,
        target: &LinkTarget,
        group: &ObjectHeader,
        (name, path): (&str, &str),
        id: GroupId,
    ) -> Result<Option<u64>> {
        self.objects += 1;
        limits::check("objects", self.objects as u64, self.space.limits.objects as u64)?;
        self.allowance.spend(OBJECT.saturating_add(path.len() as u64))?;
        let address = match self.follow(target, group, path)? {
            Ok(address) => address,
            Err(hidden) => {
                self.hidden.push(hidden);
                return Ok(None);
            }
        };
        let header = ObjectHeader::read(self.space, address)?;
        self.allowance.spend(header.messages.iter().map(|message| message.body.len() as u64).sum())?;
        match header.kind() {
            Some(ObjectKind::Group) => return Ok(Some(address)),
            Some(ObjectKind::Dataset) => self.dataset(&header, (name, path), id)?,
            Some(ObjectKind::Datatype) => self.datatype(&header, name, id)?,
            None => return Err(Error::malformed("object header", self.space.offset(address), "it is no object")),
        }
        Ok(None)
    }

    /// The address of the object that a link leads to, or why there is nothing to show.
    fn follow(&self, target: &LinkTarget, group: &ObjectHeader, path: &str) -> Result<Result<u64, Hidden>> {
        let nowhere = || Hidden::without_like(path.to_owned(), "the link leads nowhere");
        let unread = |reason: &str| Hidden::unread(path.to_owned(), reason);
        Ok(match target {
            LinkTarget::Hard(address) => address.get().ok_or_else(nowhere),
            LinkTarget::Soft(target) => match path::follow_from(self.space, group, target) {
                Err(error) if matches!(error.kind(), Kind::Unsupported | Kind::Limit) => {
                    Err(unread(&format!("the link cannot be followed: {error}")))
                }
                followed => match followed? {
                    None => Err(nowhere()),
                    Some(Place { file: Some(_), .. }) => Err(unread("the link leads to another file")),
                    Some(Place { file: None, address }) => Ok(address),
                },
            },
            LinkTarget::External { .. } => Err(unread("the link leads to another file")),
            LinkTarget::Other(..) => Err(unread("the link is of a type that the user defines")),
        })
    }

    /// The attributes of an object.
    pub fn attributes(&mut self, header: &ObjectHeader) -> Result<Vec<StoredAttribute>> {
        let stored = attributes::attributes(self.space, header)?;
        self.allowance.spend(stored.iter().map(|a| (a.name.len() + a.data.len()) as u64).sum())?;
        Ok(stored)
    }

    fn datatype(&mut self, header: &ObjectHeader, name: &str, group: GroupId) -> Result<()> {
        if let Some(datatype) = header.datatype(self.space)? {
            let user = self.types.commit(&datatype, name, group);
            self.found.types.extend(user.map(|user| (user, header.address)));
        }
        Ok(())
    }

    /// Finds every dimension and attribute, now that all scales and types are known, and puts the schema together.
    fn finish(mut self) -> Result<(Schema, Vec<Dataset>, Objects)> {
        let users: Vec<User> = self.variables.iter().map(Pending::user).collect();
        let (scales, axes) = self.scales.resolve(&users, &self.groups);
        self.found.dimensions = scales.iter().map(|scale| Some((scale.address?, scale.id))).collect();
        self.found.variables = self.variables.iter().map(|variable| variable.address).collect();
        let dimensions = scales.into_iter().map(|scale| scale.dimension).collect();
        let classic = self.stored.first().is_some_and(|root| root.iter().any(|a| a.name == names::NC3_STRICT));
        let container = if classic { Container::NetCdf4Classic } else { Container::NetCdf4 };
        let mut schema = Schema { dimensions, groups: self.groups, hidden: self.hidden, ..Schema::new(container) };
        for (at, stored) in self.stored.iter().enumerate() {
            let path = schema.group_path(GroupId(at));
            let visible = shown::attributes(&mut self.elements, &self.types, stored, &path, &mut schema.hidden)?;
            if let Some(group) = schema.groups.get_mut(at) {
                group.attributes = visible;
            }
        }
        // The lengths of unlimited dimensions are what their variables reach.
        schema.dimensions.iter_mut().filter(|d| d.unlimited).for_each(|d| d.length = 0);
        let mut datasets = Vec::with_capacity(self.variables.len());
        for (Pending { mut variable, dataset, stored, .. }, axes) in self.variables.into_iter().zip(axes) {
            let path = schema.path(&variable);
            variable.attributes =
                shown::attributes(&mut self.elements, &self.types, &stored, &path, &mut schema.hidden)?;
            variable.untold_fill = fill::is_untold(&variable);
            variable.dimensions = axes.into_iter().map(DimensionId).collect();
            for (id, &length) in variable.dimensions.iter().zip(&dataset.shape) {
                if let Some(dimension) = schema.dimensions.get_mut(id.0).filter(|d| d.unlimited) {
                    dimension.length = dimension.length.max(length);
                }
            }
            schema.variables.push(variable);
            datasets.push(dataset);
        }
        schema.types = self.types.shown;
        schema.fit_chunks();
        Ok((schema, datasets, self.found))
    }
}
