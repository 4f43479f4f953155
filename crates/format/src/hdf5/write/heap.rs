//! Global heap collections for elements of variable length (section III.E), which the objects of a file share.

use binrw::Endian;

use crate::error::Result;
use crate::hdf5::record::global_heap::{CollectionHead, ObjectHead};
use crate::limits;
use crate::wire;
use crate::wire::width::{Len, Widths};

/// The smallest collection that every library reads.
const MIN_COLLECTION: usize = 4096;
/// Collections are closed when they exceed this.
const FULL: usize = 60 << 10;
/// Bytes before the first object, and before the data of each object.
const HEAD: usize = 16;
/// Bytes of one stored reference.
pub(crate) const REFERENCE: usize = 16;

/// What an object of the global heap is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ObjectId {
    /// The address of its collection.
    pub collection: u64,
    /// Its number there, from 1 on.
    pub index: u32,
}

impl ObjectId {
    /// The part of a stored reference after the length.
    pub fn to_bytes(self) -> [u8; REFERENCE - 4] {
        let mut bytes = [0; REFERENCE - 4];
        let (address, index) = bytes.split_at_mut(8);
        address.copy_from_slice(&self.collection.to_le_bytes());
        index.copy_from_slice(&self.index.to_le_bytes());
        bytes
    }
}

/// What an object of so many bytes takes in a collection.
fn stored(len: usize) -> usize {
    len.saturating_add(HEAD).next_multiple_of(8)
}

/// A collection in the file, which has room for more objects at its end.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Room {
    address: u64,
    /// Where in the collection the next object goes; 0 before there is anything.
    at: usize,
    /// Bytes of the collection.
    end: usize,
    /// Objects that are there.
    count: u16,
}

/// A part of a collection to write.
#[derive(Debug)]
pub(crate) struct Part {
    pub address: u64,
    pub block: Vec<u8>,
    /// Where in the block each object starts, and what it is called.
    pub objects: Vec<(usize, ObjectId)>,
}

impl Room {
    /// A collection that holds at least the first of objects of these sizes, and no more than fill it; `allocate` gives it a place.
    ///
    /// # Errors
    /// Those of `allocate`.
    pub fn new(lens: impl Iterator<Item = usize>, allocate: impl FnOnce(u64) -> Result<u64>) -> Result<Self> {
        let mut used = HEAD;
        for stored in lens.map(stored) {
            if used > HEAD && used.saturating_add(stored) > FULL {
                break;
            }
            used = used.saturating_add(stored);
        }
        let mut end = used.max(MIN_COLLECTION);
        // A tail too small for the head of the free object cannot be described by one.
        if (1..HEAD).contains(&(end - used)) {
            end = used + HEAD;
        }
        Ok(Room { address: allocate(end as u64)?, at: 0, end, count: 0 })
    }

    /// How many of the next objects it has room for.
    pub fn fitting(&self, lens: impl Iterator<Item = usize>) -> usize {
        let mut at = self.at.max(HEAD);
        let fits = |&len: &usize| {
            at = at.saturating_add(stored(len));
            at == self.end || at.saturating_add(HEAD) <= self.end
        };
        lens.take(usize::from(u16::MAX - self.count)).take_while(fits).count()
    }

    /// Whether more fits into it than into another one, or it is the other one, with more objects.
    pub fn follows(&self, other: &Room) -> bool {
        self.address == other.address || self.end - self.at > other.end - other.at
    }

    /// Adds objects that fit.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when there is no memory for them.
    pub fn add(&mut self, objects: &[&[u8]]) -> Result<Part> {
        let (is_new, start) = (self.at == 0, self.at);
        let mut part = Part { address: self.address + start as u64, block: Vec::new(), objects: Vec::new() };
        let taken = objects.iter().map(|object| stored(object.len())).sum::<usize>();
        limits::reserve(&mut part.block, if is_new { self.end } else { taken + HEAD })?;
        if is_new {
            let head = CollectionHead { version: 1, size: Len(self.end as u64) };
            part.block.extend(wire::encode(&head, Endian::Little, Widths::WIDE)?);
        }
        for object in objects {
            self.count = self.count.saturating_add(1);
            part.block.extend(object_head(self.count, object.len())?);
            let id = ObjectId { collection: self.address, index: self.count.into() };
            part.objects.push((part.block.len(), id));
            part.block.extend_from_slice(object);
            part.block.resize(part.block.len().next_multiple_of(8), 0);
        }
        self.at = start + part.block.len();
        if self.end > self.at {
            // Object 0 is the free space; its size includes its head.
            part.block.extend(object_head(0, self.end - self.at)?);
        }
        if is_new {
            part.block.resize(self.end, 0);
        }
        Ok(part)
    }
}

fn object_head(index: u16, size: usize) -> Result<Vec<u8>> {
    let head = ObjectHead { index, references: 0, size: Len(size as u64) };
    wire::encode(&head, Endian::Little, Widths::WIDE)
}
