//! Global heap collections for elements of variable length (section III.E).

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

/// How many objects of these sizes go into the next collection: at least one.
pub(crate) fn fitting(lens: &[usize]) -> usize {
    let mut used = HEAD;
    let mut count = 0usize;
    for len in lens {
        used = used.saturating_add(HEAD).saturating_add(len.next_multiple_of(8));
        if count > 0 && used > FULL {
            break;
        }
        count += 1;
    }
    count.min(usize::from(u16::MAX))
}

/// One collection with all objects, numbered from 1.
#[derive(Debug)]
pub(crate) struct Collection {
    pub block: Vec<u8>,
    /// Where in the block each object starts.
    pub starts: Vec<usize>,
}

impl Collection {
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when there is no memory for it.
    pub fn new(objects: &[&[u8]]) -> Result<Self> {
        let used = objects.iter().map(|object| HEAD + object.len().next_multiple_of(8)).sum::<usize>() + HEAD;
        let mut size = used.max(MIN_COLLECTION);
        // A tail too small for the head of the free object cannot be described by one.
        if (1..HEAD).contains(&(size - used)) {
            size = used + HEAD;
        }
        let (mut block, mut starts) = (Vec::new(), Vec::with_capacity(objects.len()));
        limits::reserve(&mut block, size)?;
        let head = CollectionHead { version: 1, size: Len(size as u64) };
        block.extend(wire::encode(&head, Endian::Little, Widths::WIDE)?);
        for (object, index) in objects.iter().zip(1u16..) {
            block.extend(object_head(index, object.len())?);
            starts.push(block.len());
            block.extend_from_slice(object);
            block.resize(block.len().next_multiple_of(8), 0);
        }
        if size > used {
            // Object 0 is the free space; its size includes its head.
            block.extend(object_head(0, size - used)?);
            block.resize(size, 0);
        }
        Ok(Collection { block, starts })
    }
}

fn object_head(index: u16, size: usize) -> Result<Vec<u8>> {
    let head = ObjectHead { index, references: 0, size: Len(size as u64) };
    wire::encode(&head, Endian::Little, Widths::WIDE)
}
