//! The file being written: allocation and blocks.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;
use std::thread::{self, ThreadId};

use super::committed::Committed;
use super::heap::Room;
use super::options::FileOptions;
use super::pages::{Contents, Pages};
use super::space::{Extent, Space};
use super::superblock;
use crate::error::Result;
use crate::hdf5::object::header::ObjectHeader;
use crate::sink::Sink;
use crate::sync::lock;
use crate::wire::width::Widths;

pub(crate) use super::options::RAW_ALIGNMENT;

/// Tells the files of a process apart: an address means nothing in another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FileId(u64);

impl FileId {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        FileId(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// An HDF5 file without objects so far. All methods may be called by any thread.
#[derive(Debug)]
pub(crate) struct FileWriter {
    sink: Box<dyn Sink>,
    space: Space,
    /// Who gives out its space, if that is in pages.
    pages: Option<Mutex<Pages>>,
    /// How it is laid out.
    pub(in crate::hdf5) options: FileOptions,
    /// The thread whose allocations are noted, and those.
    taken: Mutex<Option<(ThreadId, Vec<Extent>)>>,
    /// The global heap collection that has room for more.
    heap: Mutex<Room>,
    id: FileId,
    /// The committed datatypes by the addresses of their headers.
    pub(super) committed: Mutex<BTreeMap<u64, Committed>>,
    /// How many hard links lead to each object.
    pub(super) links: Mutex<BTreeMap<u64, u32>>,
}

impl FileWriter {
    #[cfg(test)]
    pub fn new(sink: Box<dyn Sink>) -> Self {
        FileWriter::with(sink, FileOptions::default())
    }

    /// A file with choices of its own.
    pub fn with(sink: Box<dyn Sink>, options: FileOptions) -> Self {
        let room = superblock::room(options.level);
        let Some(pages) = options.pages else {
            return FileWriter { options, ..FileWriter::changing(sink, room) };
        };
        let front = options.front(pages);
        let pages = Some(Mutex::new(Pages::new(pages.page_size, room, front)));
        FileWriter { options, pages, ..FileWriter::changing(sink, front) }
    }

    /// A file of `len` bytes that is changed.
    pub fn changing(sink: Box<dyn Sink>, len: u64) -> Self {
        FileWriter {
            sink,
            space: Space::new(len),
            pages: None,
            options: FileOptions::default(),
            taken: Mutex::default(),
            heap: Mutex::default(),
            id: FileId::new(),
            committed: Mutex::default(),
            links: Mutex::default(),
        }
    }

    /// Which file it is.
    pub fn id(&self) -> FileId {
        self.id
    }

    /// Takes `len` bytes at a multiple of `alignment`.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when the file would exceed 2^63 bytes.
    pub fn allocate(&self, len: u64, alignment: u64) -> Result<u64> {
        let address = match &self.pages {
            Some(pages) => lock(pages).take(&self.space, Contents::Metadata, len, alignment)?,
            None => self.space.allocate(len, alignment)?,
        };
        if let Some((thread, taken)) = &mut *lock(&self.taken) {
            if *thread == thread::current().id() {
                taken.push(Extent { address, len });
            }
        }
        Ok(address)
    }

    /// Does work that this thread does alone, and returns what it allocated, which it shares with nothing else.
    ///
    /// # Errors
    /// Those of the work; what it allocated before is lost.
    pub fn taking<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<(T, Vec<Extent>)> {
        *lock(&self.taken) = Some((thread::current().id(), Vec::new()));
        let done = work();
        let taken = lock(&self.taken).take().map(|(_, taken)| taken).unwrap_or_default();
        done.map(|done| (done, taken))
    }

    /// Does work with the collection that has room for more.
    ///
    /// # Errors
    /// Those of the work.
    pub(super) fn in_heap<T>(&self, work: impl FnOnce(&mut Room) -> Result<T>) -> Result<T> {
        let is_alone = lock(&self.taken).as_ref().is_some_and(|(thread, _)| *thread == thread::current().id());
        match is_alone {
            true => work(&mut Room::default()),
            false => work(&mut lock(&self.heap)),
        }
    }

    /// Takes `len` bytes for raw data that nobody wrote, which are zeros, at the alignment of the file: some may never be
    /// written.
    ///
    /// # Errors
    /// As [`FileWriter::allocate`].
    pub fn allocate_raw(&self, len: u64) -> Result<u64> {
        match &self.pages {
            Some(pages) => lock(pages).take(&self.space, Contents::Raw, len, self.options.alignment),
            None => self.space.allocate_blank(len, self.options.alignment),
        }
    }

    /// Takes `len` bytes for a chunk that passed through filters.
    ///
    /// # Errors
    /// As [`FileWriter::allocate`].
    pub fn allocate_encoded(&self, len: u64) -> Result<u64> {
        match &self.pages {
            Some(pages) => lock(pages).take(&self.space, Contents::Raw, len, 1),
            None => self.allocate(len, 8),
        }
    }

    /// Gives back what nothing leads to any more.
    pub fn free(&self, extent: Extent) {
        self.space.free(extent);
    }

    /// The bytes that were given back, and that nobody has taken again.
    pub fn unused(&self) -> u64 {
        self.space.unused()
    }

    /// Where everything that was allocated ends.
    pub fn end(&self) -> u64 {
        self.space.end()
    }

    /// Makes everything that was written so far durable. Readers may know of it from then on: no collection gets more objects.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn barrier(&self) -> Result<()> {
        *lock(&self.heap) = Room::default();
        self.sink.barrier()
    }

    /// Notes that readers may reach everything that was allocated so far.
    pub fn keep(&self) {
        self.sink.keep(self.space.end());
    }

    /// Closes a file that was changed.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn close(self) -> Result<()> {
        self.sink.complete(self.space.end())
    }

    /// Asks the file system for room for everything that was allocated so far.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io) when there is none.
    pub fn reserve(&self) -> Result<()> {
        self.sink.reserve(self.space.end())
    }

    /// Has the file be as long as what was allocated, which may be read back then.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn fit(&self) -> Result<()> {
        let end = self.space.end();
        match self.sink.len()? < end {
            true => self.sink.set_len(end),
            false => Ok(()),
        }
    }

    /// Writes bytes at an address.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn write(&self, address: u64, bytes: &[u8]) -> Result<()> {
        self.sink.write_at(address, bytes)
    }

    /// Reads back bytes that were written.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn read(&self, address: u64, bytes: &mut [u8]) -> Result<()> {
        self.sink.read_at(address, bytes)
    }

    /// Writes a metadata block at the end of the file; returns its address.
    ///
    /// # Errors
    /// As [`FileWriter::allocate`] and [`FileWriter::write`].
    pub fn place(&self, block: &[u8]) -> Result<u64> {
        let address = self.allocate(block.len() as u64, 8)?;
        self.write(address, block)?;
        Ok(address)
    }

    /// Writes an object header to its place; what its first block cannot hold goes to the end of the file, before it.
    ///
    /// # Errors
    /// As [`FileWriter::place`], and those of [`ObjectHeader::pack`].
    pub fn write_header(&self, address: u64, header: &ObjectHeader) -> Result<()> {
        let packed = header.pack(Widths::WIDE, &mut |len| self.allocate(len, 8))?;
        if let Some((block, bytes)) = &packed.rest {
            self.write(block.address, bytes)?;
        }
        self.write(address, &packed.first)
    }
}
