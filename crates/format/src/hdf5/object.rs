//! Objects of a file: groups, datasets and committed datatypes, with their attributes and links.

pub(crate) mod creation;
pub(crate) mod header;
pub(crate) mod message;
mod pack;

use std::sync::Arc;
use std::vec;

use super::attribute::Attribute;
use super::dataset::Dataset;
use super::datatype::{text, Datatype};
use super::record::message::link::LinkTarget;
use super::space::AddressSpace;
use super::walk::path::{self, Place};
use super::walk::{attributes, links};

use self::header::{ObjectHeader, ObjectKind};
pub use super::walk::links::LinkStorage;
use crate::error::{Context, Error, Kind, Result};

/// A group, a dataset or a committed datatype.
///
/// It is a handle that keeps the file open: clones are cheap, and go to any thread.
///
/// ```
/// # fn main() -> hyperslab::Result<()> {
/// # use hyperslab::netcdf::{Container, Schema, Type, Variable, Writer};
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.nc");
/// # let mut schema = Schema::new(Container::NetCdf4);
/// # let node = schema.add_dimension("node", 2, false);
/// # let x = schema.add_variable(Variable::new("x", Type::Double, vec![node]));
/// # let writer = Writer::create(&path, schema, false)?;
/// # writer.write(x, &hyperslab::Selection::all(&[2]), &[1.0, 2.0])?;
/// # writer.finish()?;
/// let file = hyperslab::hdf5::File::open(&path)?;
/// let mut names = Vec::new();
/// for child in file.root()?.children()? {
///     let child = child?;
///     names.push(format!("{} is a {}", child.path(), child.kind().name()));
/// }
/// assert_eq!(names, ["/node is a dataset", "/x is a dataset"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Object {
    pub(super) space: Arc<AddressSpace>,
    header: Arc<ObjectHeader>,
    kind: ObjectKind,
    path: String,
}

/// A named link of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The name; bytes that are not UTF-8 appear as `\xNN`.
    pub name: String,
    /// The name as stored.
    pub raw_name: Vec<u8>,
    /// Its number in the order of creation, where the group tracks it.
    pub creation_order: Option<i64>,
    /// Where it leads.
    pub target: Target,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The object whose header is at this address.
    Hard(u64),
    /// A path.
    Soft(String),
    /// A path in another file.
    External {
        /// The name of the file.
        file: String,
        /// The path in it.
        path: String,
    },
    /// A type code above 64, and data that only its inventor understands.
    User(u8, Vec<u8>),
}

impl Object {
    /// The object at an address that a path led to; an empty path is none.
    pub(super) fn new(space: &Arc<AddressSpace>, address: u64, path: &str) -> Result<Self> {
        let header = Arc::new(ObjectHeader::read(space, address).in_object(path)?);
        let unknown = || {
            let offset = space.offset(header.address);
            Error::malformed("object header", offset, "neither a group nor a dataset nor a datatype").in_object(path)
        };
        let kind = header.kind().ok_or_else(unknown)?;
        Ok(Object { space: space.clone(), header, kind, path: path.to_owned() })
    }

    /// The object at a place that a path led to, in this file or another one.
    pub(super) fn in_place(space: &Arc<AddressSpace>, Place { file, address }: &Place, path: &str) -> Result<Self> {
        Object::new(file.as_ref().unwrap_or(space), *address, path)
    }

    pub(super) fn header(&self) -> &ObjectHeader {
        &self.header
    }

    /// The path that led to it; empty for an object that was asked for by its address.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The last name of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The path of what this group has under a name.
    fn path_of(&self, name: &str) -> String {
        match name.starts_with('/') {
            true => name.to_owned(),
            false => format!("{}/{name}", self.path.trim_end_matches('/')),
        }
    }

    /// What it is.
    pub fn kind(&self) -> ObjectKind {
        self.kind
    }

    /// The address of its header, which identifies the object in its file.
    pub fn address(&self) -> u64 {
        self.header.address
    }

    /// Its attributes: in creation order where that is tracked, in stored order otherwise.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) with the structure that is broken.
    pub fn attributes(&self) -> Result<Vec<Attribute>> {
        let stored = attributes::attributes(&self.space, &self.header).in_object(&self.path)?;
        Ok(stored.into_iter().map(|stored| Attribute { space: self.space.clone(), stored }).collect())
    }

    /// The attribute of this name.
    ///
    /// # Errors
    /// As [`Object::attributes`].
    pub fn attribute(&self, name: &str) -> Result<Option<Attribute>> {
        Ok(self.attributes()?.into_iter().find(|attribute| attribute.name() == name))
    }

    /// The links of a group: in creation order where that is tracked, by name otherwise.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if it is no group, [`Kind::Malformed`](crate::Kind::Malformed) with the structure
    /// that is broken.
    pub fn links(&self) -> Result<Vec<Link>> {
        self.require(ObjectKind::Group)?;
        links::links(&self.space, &self.header)?.into_iter().map(|link| Link::new(self, link)).collect()
    }

    /// How a group stores its links.
    ///
    /// # Errors
    /// As [`Object::links`].
    pub fn link_storage(&self) -> Result<LinkStorage> {
        self.require(ObjectKind::Group)?;
        links::storage(&self.space, &self.header)
    }

    /// The objects of a group, one by one, in the order of [`Object::links`]. Soft links are followed; those that lead nowhere
    /// or into another file are left out.
    ///
    /// # Errors
    /// As [`Object::links`].
    pub fn children(&self) -> Result<Children<'_>> {
        Ok(Children { group: self, links: self.links()?.into_iter() })
    }

    /// The object that a link of this group leads to, if it leads to one in a file that may be opened.
    fn child(&self, link: &Link, path: &str) -> Result<Option<Object>> {
        match &link.target {
            Target::Hard(address) => Object::new(&self.space, *address, path).map(Some),
            Target::Soft(_) => match self.follow(&link.raw_name, path) {
                Err(error) if error.kind() == Kind::Unsupported => Ok(None),
                found => found,
            },
            Target::External { .. } | Target::User(..) => Ok(None),
        }
    }

    /// The object that a path leads to, from this group.
    ///
    /// # Errors
    /// As [`File::object`](super::File::object).
    pub fn object(&self, path: &str) -> Result<Object> {
        let whole = self.path_of(path);
        self.follow(path.as_bytes(), &whole)?.ok_or_else(|| missing(&whole))
    }

    /// What a path leads to from this group, if to anything; `whole` is its path from the root.
    fn follow(&self, path: &[u8], whole: &str) -> Result<Option<Object>> {
        let place = path::follow_from(&self.space, &self.header, path).in_object(whole)?;
        place.map(|place| Object::in_place(&self.space, &place, whole)).transpose()
    }

    /// The dataset that it is.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if it is none; otherwise what is wrong with it.
    pub fn dataset(&self) -> Result<Dataset> {
        self.require(ObjectKind::Dataset)?;
        Dataset::new(&self.space, &self.header, &self.path)
    }

    /// The datatype of a dataset, or the committed datatype that it is.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a group; otherwise what is wrong with it.
    pub fn datatype(&self) -> Result<Datatype> {
        self.header.datatype(&self.space)?.ok_or_else(|| Error::usage("a group has no datatype"))
    }

    fn require(&self, kind: ObjectKind) -> Result<()> {
        if self.kind == kind {
            return Ok(());
        }
        let error = Error::usage(format!("it is a {}, not a {}", self.kind.name(), kind.name()));
        Err(error.in_object(self.path.as_str()))
    }
}

/// The objects of a group, one by one.
#[derive(Debug, Clone)]
pub struct Children<'g> {
    group: &'g Object,
    links: vec::IntoIter<Link>,
}

impl Iterator for Children<'_> {
    type Item = Result<Object>;

    fn next(&mut self) -> Option<Result<Object>> {
        loop {
            let link = self.links.next()?;
            let path = self.group.path_of(&link.name);
            if let Some(found) = self.group.child(&link, &path).transpose() {
                return Some(found);
            }
        }
    }
}

impl Link {
    fn new(group: &Object, link: super::record::message::link::Link) -> Result<Self> {
        let target = match link.target {
            LinkTarget::Hard(address) => Target::Hard(address.0),
            LinkTarget::Soft(path) => Target::Soft(text(&path)),
            LinkTarget::External { file, path } => Target::External { file: text(&file), path: text(&path) },
            LinkTarget::Other(64, _) => {
                let offset = group.space.offset(group.header.address);
                return Err(Error::malformed("link message", offset, "an external link without its two names"));
            }
            LinkTarget::Other(kind, value) => Target::User(kind, value),
        };
        Ok(Link { name: text(&link.name), raw_name: link.name, creation_order: link.creation_order, target })
    }
}

impl ObjectKind {
    /// The kind in a word.
    pub fn name(self) -> &'static str {
        match self {
            ObjectKind::Group => "group",
            ObjectKind::Dataset => "dataset",
            ObjectKind::Datatype => "datatype",
        }
    }
}

/// What is said of an object that is not there.
pub(super) fn missing(path: &str) -> Error {
    Error::not_found(format!("there is no {}", path.trim_matches('/'))).in_object(path)
}

#[cfg(test)]
mod tests;
