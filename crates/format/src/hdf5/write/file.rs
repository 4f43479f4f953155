//! The file being written: allocation and blocks.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;
use std::thread::{self, ThreadId};

use super::space::{Extent, Space};
use crate::error::Result;
use crate::hdf5::datatype::Datatype;
use crate::hdf5::object::header::ObjectHeader;
use crate::sink::Sink;
use crate::sync::lock;
use crate::wire::width::Widths;

/// Raw data start at multiples of this, so that they can be borrowed as slices of any element and SIMD lane.
pub(crate) const RAW_ALIGNMENT: u64 = 64;

/// Bytes kept free at the start for the superblock.
const SUPERBLOCK_ROOM: u64 = 64;

/// Tells the files of a process apart: an address means nothing in another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FileId(u64);

impl FileId {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        FileId(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// A datatype with an object header of its own.
#[derive(Debug)]
pub(crate) struct Committed {
    pub(super) datatype: Datatype,
    /// The datasets and attributes of this type. The library keeps the type as long as it has users or links.
    pub(super) users: u32,
}

/// An HDF5 file without objects so far. All methods may be called by any thread.
#[derive(Debug)]
pub(crate) struct FileWriter {
    sink: Box<dyn Sink>,
    space: Space,
    /// The thread whose allocations are noted, and those.
    taken: Mutex<Option<(ThreadId, Vec<Extent>)>>,
    id: FileId,
    /// The committed datatypes by the addresses of their headers.
    pub(super) committed: Mutex<BTreeMap<u64, Committed>>,
    /// How many hard links lead to each object.
    pub(super) links: Mutex<BTreeMap<u64, u32>>,
}

impl FileWriter {
    pub fn new(sink: Box<dyn Sink>) -> Self {
        FileWriter::changing(sink, SUPERBLOCK_ROOM)
    }

    /// A file of `len` bytes that is changed.
    pub fn changing(sink: Box<dyn Sink>, len: u64) -> Self {
        let (committed, links) = (Mutex::default(), Mutex::default());
        FileWriter { sink, space: Space::new(len), taken: Mutex::default(), id: FileId::new(), committed, links }
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
        let address = self.space.allocate(len, alignment)?;
        if let Some((thread, taken)) = &mut *lock(&self.taken) {
            if *thread == thread::current().id() {
                taken.push(Extent { address, len });
            }
        }
        Ok(address)
    }

    /// Does work that this thread does alone, and returns what it allocated.
    ///
    /// # Errors
    /// Those of the work; what it allocated before is lost.
    pub fn taking<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<(T, Vec<Extent>)> {
        *lock(&self.taken) = Some((thread::current().id(), Vec::new()));
        let done = work();
        let taken = lock(&self.taken).take().map(|(_, taken)| taken).unwrap_or_default();
        done.map(|done| (done, taken))
    }

    /// Takes `len` bytes that nobody wrote, which are zeros: for data of which some may never be written.
    ///
    /// # Errors
    /// As [`FileWriter::allocate`].
    pub fn allocate_blank(&self, len: u64, alignment: u64) -> Result<u64> {
        self.space.allocate_blank(len, alignment)
    }

    /// Gives back what nothing leads to any more.
    pub fn free(&self, extent: Extent) {
        self.space.free(extent);
    }

    /// Where everything that was allocated ends.
    pub fn end(&self) -> u64 {
        self.space.end()
    }

    /// Makes everything that was written so far durable.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn barrier(&self) -> Result<()> {
        self.sink.barrier()
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
