//! Open HDF5 files.

use std::path::Path;
use std::sync::Arc;

use super::object::{missing, Object};
use super::read::open;
use super::space::{AddressSpace, ExternalFile};
use super::walk::path;
use crate::error::{Context, Result};
use crate::options::OpenOptions;
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
/// assert_eq!(x.shape(), [2]);
/// assert_eq!(x.read_all::<f64>()?, [1.0, 2.0]);
/// # Ok(())
/// # }
/// ```
///
/// It is a handle: clones are cheap, go to any thread, and are the same file; so are the objects that it gives.
#[derive(Debug, Clone)]
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
        Self::open_with(path, &OpenOptions::new())
    }

    /// Opens a file as the options have it: mapped, within other bounds, with the files that it names.
    ///
    /// # Errors
    /// As [`File::open`], and [`Kind::Limit`](crate::Kind::Limit).
    pub fn open_with(path: impl AsRef<Path>, options: &OpenOptions) -> Result<Self> {
        options.open(path.as_ref(), Self::of)
    }

    /// Opens what a source holds: a memory map, a file, or memory.
    ///
    /// # Errors
    /// As [`File::open`].
    pub fn from_source(source: Source) -> Result<Self> {
        Self::from_source_with(source, &OpenOptions::new())
    }

    /// Opens what a source holds, as the options have it.
    ///
    /// # Errors
    /// As [`File::open_with`].
    pub fn from_source_with(source: Source, options: &OpenOptions) -> Result<Self> {
        Self::of(source, options, None)
    }

    /// Opens a file in memory, from which everything can be borrowed.
    ///
    /// # Errors
    /// As [`File::open`].
    pub fn from_bytes(bytes: impl Into<Arc<[u8]>>) -> Result<Self> {
        Self::from_source(Source::from_bytes(bytes))
    }

    fn of(source: Source, options: &OpenOptions, path: Option<&Path>) -> Result<Self> {
        let base = open::find(&source)?.ok_or_else(|| open::none(&source, "not an HDF5 file"))?;
        Ok(File { space: Arc::new(options.space(source, base, path)?) })
    }

    /// Opens what is left of a torn file.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) without a superblock, or a root group; [`Kind::Io`](crate::Kind::Io).
    pub(crate) fn torn(source: Source, options: &OpenOptions) -> Result<Self> {
        let mut space = open::torn(source, options.limits.clone())?;
        space.threads = options.threads;
        Ok(File { space: Arc::new(space) })
    }

    /// Bytes behind the end that a torn file says to have: whoever wrote it had not come to say more.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub(crate) fn bytes_behind_end(&self) -> Result<u64> {
        match open::told_end(&self.space.source) {
            Err(error) if error.kind() == crate::Kind::Io => Err(error),
            // Without a superblock there is no end to be behind.
            end => Ok(end.ok().flatten().map_or(0, |end| self.size().saturating_sub(end))),
        }
    }

    /// The file that an external link of this file names; `None` if there is none.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) where it may not be opened: by default none may, see [`External`](crate::External).
    /// Otherwise what is wrong with it.
    pub fn neighbour(&self, name: &str) -> Result<Option<File>> {
        let found = self.space().external.file(name.as_bytes(), &self.space().limits)?;
        Ok(found.map(|neighbour| match neighbour {
            ExternalFile::Own => File { space: self.space.clone() },
            ExternalFile::Other(space) => File { space },
        }))
    }

    pub(super) fn space(&self) -> &Arc<AddressSpace> {
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

    /// The bytes of a page, of a file whose space is given out in pages.
    pub fn page_size(&self) -> Option<u64> {
        self.space.page_size
    }

    /// The size of the file in bytes.
    pub fn size(&self) -> u64 {
        self.space().source.len()
    }

    /// Widths of addresses and lengths in bytes.
    pub fn widths(&self) -> (u8, u8) {
        (self.space().widths.offset, self.space().widths.length)
    }

    /// Where the bytes come from.
    pub fn source(&self) -> &Source {
        &self.space.source
    }

    /// The root group.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it is broken.
    pub fn root(&self) -> Result<Object> {
        Object::new(&self.space, self.space.root, "/")
    }

    /// The object whose header is at an address, such as a hard link or a reference holds.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when there is none.
    pub fn at(&self, address: u64) -> Result<Object> {
        Object::new(&self.space, address, "")
    }

    /// The object at a path from the root. Soft links are followed, and external ones into files that may be opened.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) when there is none, [`Kind::Unsupported`](crate::Kind::Unsupported) for a link
    /// into a file that may not be opened.
    pub fn object(&self, path: &str) -> Result<Object> {
        self.find(path)?.ok_or_else(|| missing(path))
    }

    /// The object at a path from the root, such as `/group/v`; `None` if a link is missing on the way, or leads nowhere.
    ///
    /// # Errors
    /// As [`File::object`], but for an object that is not there.
    pub fn find(&self, path: &str) -> Result<Option<Object>> {
        let whole = format!("/{}", path.trim_matches('/'));
        let place = path::follow(self.space(), path.as_bytes()).in_object(&whole)?;
        place.map(|place| Object::in_place(&self.space, &place, &whole)).transpose()
    }
}

impl Object {
    /// The file it is in.
    pub fn file(&self) -> File {
        File { space: self.space.clone() }
    }
}
