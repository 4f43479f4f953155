//! Open HDF5 files.

use std::path::Path;
use std::sync::Arc;

use super::external::External;
use super::object::header::ObjectHeader;
use super::object::Object;
use super::read::open;
use super::space::{AddressSpace, Neighbour};
use super::walk::path::{self, Place};
use crate::error::{Context, Error, Result};
use crate::limits::Limits;
use crate::source::Source;

/// An open HDF5 file.
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
/// let x = file.object("/x")?.dataset()?;
/// assert_eq!(x.shape(), Some(&[2][..]));
/// assert_eq!(x.read_all::<f64>()?, [1.0, 2.0]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct File {
    space: Arc<AddressSpace>,
}

impl File {
    /// Opens a file with positioned reads: safe whatever others do to it, and nothing is borrowed.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io) when it cannot be read, [`Kind::Malformed`](crate::Kind::Malformed) when it is no HDF5
    /// file or a broken one, [`Kind::Unsupported`](crate::Kind::Unsupported) for a feature that is not implemented.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        Self::from_source(Source::open(path)?).in_file(path)
    }

    /// Opens what a source holds: a memory map, a file, or memory.
    ///
    /// # Errors
    /// As [`File::open`].
    pub fn from_source(source: Source) -> Result<Self> {
        Self::with_limits(source, &Limits::default())
    }

    /// Opens what a source holds, within bounds of the caller's.
    ///
    /// # Errors
    /// As [`File::open`], and [`Kind::Limit`](crate::Kind::Limit).
    pub fn with_limits(source: Source, limits: &Limits) -> Result<Self> {
        Self::with_external(source, limits, External::default())
    }

    /// Opens what a source holds, and allows to open what it names: external raw data, sources of virtual datasets, files
    /// behind external links.
    ///
    /// # Errors
    /// As [`File::with_limits`].
    pub fn with_external(source: Source, limits: &Limits, external: External) -> Result<Self> {
        let base = open::find(&source)?.ok_or_else(|| Error::malformed("file", 0, "not an HDF5 file"))?;
        let mut space = open::open(source, base, limits.clone())?;
        space.neighbours = Arc::new(external);
        Ok(File { space: Arc::new(space) })
    }

    /// The file that an external link of this file names; `None` if there is none.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) where it may not be opened: by default none may, see [`External`].
    /// Otherwise what is wrong with it.
    pub fn neighbour(&self, name: &str) -> Result<Option<File>> {
        let found = self.space().neighbours.file(name.as_bytes(), &self.space().limits)?;
        Ok(found.map(|neighbour| match neighbour {
            Neighbour::Own => File { space: self.space.clone() },
            Neighbour::Other(space) => File { space },
        }))
    }

    pub(super) fn space(&self) -> &AddressSpace {
        &self.space
    }

    /// Whether a source holds an HDF5 file: whether there is a superblock at 0, 512, 1024, 2048 and so on.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io) when it cannot be read.
    pub fn is_hdf5(source: &Source) -> Result<bool> {
        Ok(open::find(source)?.is_some())
    }

    /// The version of the superblock.
    pub fn superblock_version(&self) -> u8 {
        self.space.version
    }

    /// Bytes before the superblock that belong to the user.
    pub fn user_block(&self) -> u64 {
        self.space().base
    }

    /// The size of the file in bytes.
    pub fn size(&self) -> u64 {
        self.space().source.len()
    }

    /// Widths of addresses and lengths in bytes.
    pub fn widths(&self) -> (u8, u8) {
        (self.space().widths.offset, self.space().widths.length)
    }

    /// The root group.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it is broken.
    pub fn root(&self) -> Result<Object<'_>> {
        self.at(self.space.root).in_object("/")
    }

    /// The object whose header is at an address, such as a hard link or a reference holds.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when there is none.
    pub fn at(&self, address: u64) -> Result<Object<'_>> {
        Object::new(self, ObjectHeader::read(self.space(), address)?)
    }

    /// The object at a path from the root. Soft links are followed.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) when there is none, [`Kind::Unsupported`](crate::Kind::Unsupported) for a link into
    /// another file.
    pub fn object(&self, path: &str) -> Result<Object<'_>> {
        let address = self.follow(self.space.root, path).in_object(path)?;
        self.at(address).in_object(path)
    }

    /// The address of what a path leads to, from the group at `from` unless it starts with a slash.
    pub(super) fn follow(&self, from: u64, path: &str) -> Result<u64> {
        let found = path::follow(self.space(), from, path.as_bytes())?;
        match found.ok_or_else(|| Error::not_found(format!("there is no {}", path.trim_matches('/'))))? {
            Place { file: None, address } => Ok(address),
            Place { file: Some(_), .. } => Err(Error::unsupported("a path through an external link")),
        }
    }
}
