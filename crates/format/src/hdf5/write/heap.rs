//! Global heap collections for elements of variable length (section III.E).

use binrw::Endian;

use super::file::FileWriter;
use crate::error::{Error, Result};
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

/// Writes objects into new collections; returns the stored reference of each: count, collection, index.
///
/// Each object is a list of elements of `element_size` bytes; `None` is stored as a null reference.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io), or [`Kind::Limit`](crate::Kind::Limit) for an object above 4 GiB.
pub(crate) fn write_objects(file: &FileWriter, objects: &[Option<&[u8]>], element_size: usize) -> Result<Vec<u8>> {
    let mut references = Vec::new();
    limits::reserve(&mut references, objects.len().saturating_mul(REFERENCE))?;
    let mut rest = objects;
    while !rest.is_empty() {
        let count = fitting(rest);
        let (now, later) = rest.split_at(count);
        rest = later;
        let block = collection(now)?;
        let address = file.place(&block)?;
        let mut index = 0u32;
        for object in now {
            let Some(object) = object else {
                references.extend_from_slice(&[0; REFERENCE]);
                continue;
            };
            let len = u32::try_from(object.len() / element_size.max(1))
                .map_err(|_| Error::limit("an element above 4 GiB"))?;
            index += 1;
            references.extend_from_slice(&len.to_le_bytes());
            references.extend_from_slice(&address.to_le_bytes());
            references.extend_from_slice(&index.to_le_bytes());
        }
    }
    Ok(references)
}

/// How many objects go into the next collection: at least one.
fn fitting(objects: &[Option<&[u8]>]) -> usize {
    let mut used = HEAD;
    let mut count = 0usize;
    for object in objects {
        let object = object.unwrap_or_default();
        used = used.saturating_add(HEAD).saturating_add(object.len().next_multiple_of(8));
        if count > 0 && used > FULL {
            break;
        }
        count += 1;
    }
    count.min(usize::from(u16::MAX))
}

/// One collection with all objects, numbered from 1.
fn collection(objects: &[Option<&[u8]>]) -> Result<Vec<u8>> {
    let objects = || objects.iter().copied().flatten();
    let used = objects().map(|object| HEAD + object.len().next_multiple_of(8)).sum::<usize>() + HEAD;
    let mut size = used.max(MIN_COLLECTION);
    // A tail too small for the head of the free object cannot be described by one.
    if (1..HEAD).contains(&(size - used)) {
        size = used + HEAD;
    }
    let mut block = Vec::new();
    limits::reserve(&mut block, size)?;
    let head = CollectionHead { version: 1, size: Len(size as u64) };
    block.extend(wire::encode(&head, Endian::Little, Widths::WIDE)?);
    for (object, index) in objects().zip(1u16..) {
        block.extend(object_head(index, object.len())?);
        block.extend_from_slice(object);
        block.resize(block.len().next_multiple_of(8), 0);
    }
    if size > used {
        // Object 0 is the free space; its size includes its head.
        block.extend(object_head(0, size - used)?);
        block.resize(size, 0);
    }
    Ok(block)
}

fn object_head(index: u16, size: usize) -> Result<Vec<u8>> {
    let head = ObjectHead { index, references: 0, size: Len(size as u64) };
    wire::encode(&head, Endian::Little, Widths::WIDE)
}
