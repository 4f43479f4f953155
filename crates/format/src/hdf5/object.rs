//! Objects of a file: groups, datasets and committed datatypes, with their attributes and links.

pub(crate) mod header;
pub(crate) mod message;
mod pack;

use super::attribute::Attribute;
use super::dataset::Dataset;
use super::datatype::{text, Datatype};
use super::file::File;
use super::record::message::link::LinkTarget;
use super::walk::{attributes, links};

use self::header::{ObjectHeader, ObjectKind};
pub use super::walk::links::LinkStorage;
use crate::error::{Error, Result};

/// A group, a dataset or a committed datatype.
#[derive(Debug, Clone)]
pub struct Object<'f> {
    file: &'f File,
    header: ObjectHeader,
    kind: ObjectKind,
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

impl<'f> Object<'f> {
    pub(super) fn new(file: &'f File, header: ObjectHeader) -> Result<Self> {
        let unknown = || {
            let offset = file.space().offset(header.address);
            Error::malformed("object header", offset, "neither a group nor a dataset nor a datatype")
        };
        let kind = header.kind().ok_or_else(unknown)?;
        Ok(Object { file, header, kind })
    }

    /// What it is.
    pub fn kind(&self) -> ObjectKind {
        self.kind
    }

    /// The address of its header, which identifies the object in its file.
    pub fn address(&self) -> u64 {
        self.header.address
    }

    /// The file it is in.
    pub fn file(&self) -> &'f File {
        self.file
    }

    /// Its attributes: in creation order where that is tracked, in stored order otherwise.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) with the structure that is broken.
    pub fn attributes(&self) -> Result<Vec<Attribute<'f>>> {
        let stored = attributes::attributes(self.file.space(), &self.header)?;
        Ok(stored.into_iter().map(|stored| Attribute { space: self.file.space(), stored }).collect())
    }

    /// The attribute of this name.
    ///
    /// # Errors
    /// As [`Object::attributes`].
    pub fn attribute(&self, name: &str) -> Result<Option<Attribute<'f>>> {
        Ok(self.attributes()?.into_iter().find(|attribute| attribute.name() == name))
    }

    /// The links of a group: in creation order where that is tracked, by name otherwise.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if it is no group, [`Kind::Malformed`](crate::Kind::Malformed) with the structure
    /// that is broken.
    pub fn links(&self) -> Result<Vec<Link>> {
        self.require(ObjectKind::Group)?;
        links::links(self.file.space(), &self.header)?.into_iter().map(|link| Link::new(self, link)).collect()
    }

    /// How a group stores its links.
    ///
    /// # Errors
    /// As [`Object::links`].
    pub fn link_storage(&self) -> Result<LinkStorage> {
        self.require(ObjectKind::Group)?;
        links::storage(self.file.space(), &self.header)
    }

    /// The object that a path leads to, from this group.
    ///
    /// # Errors
    /// As [`File::object`].
    pub fn object(&self, path: &str) -> Result<Object<'f>> {
        self.file.at(self.file.follow(self.header.address, path)?)
    }

    /// The dataset that it is.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if it is none; otherwise what is wrong with it.
    pub fn dataset(&self) -> Result<Dataset<'f>> {
        self.require(ObjectKind::Dataset)?;
        Dataset::new(self.file.space(), &self.header)
    }

    /// The datatype of a dataset, or the committed datatype that it is.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a group; otherwise what is wrong with it.
    pub fn datatype(&self) -> Result<Datatype> {
        self.header.datatype(self.file.space())?.ok_or_else(|| Error::usage("a group has no datatype"))
    }

    fn require(&self, kind: ObjectKind) -> Result<()> {
        if self.kind == kind {
            return Ok(());
        }
        Err(Error::usage(format!("it is a {}, not a {}", self.kind.name(), kind.name())))
    }
}

impl Link {
    fn new(group: &Object, link: super::record::message::link::Link) -> Result<Self> {
        let target = match link.target {
            LinkTarget::Hard(address) => Target::Hard(address.0),
            LinkTarget::Soft(path) => Target::Soft(text(&path)),
            LinkTarget::External { file, path } => Target::External { file: text(&file), path: text(&path) },
            LinkTarget::Other(64, _) => {
                let offset = group.file.space().offset(group.header.address);
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

#[cfg(test)]
mod tests;
