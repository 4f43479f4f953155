//! Finding the objects of global heap collections.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use binrw::Endian;

use crate::error::{Error, Result};
use crate::hdf5::record::global_heap::{CollectionHead, ObjectHead, ALIGNMENT};
use crate::hdf5::space::AddressSpace;
use crate::limits::{to_usize, Allowance};
use crate::wire::decode;

const RECORD: &str = "global heap collection";
const OBJECT: &str = "global heap object";

/// Bytes of collections that [`Collections`] keeps.
const KEPT_BYTES: usize = 16 << 20;

/// The data of one object.
#[cfg(test)]
fn object(space: &AddressSpace, collection: u64, index: u32) -> Result<Vec<u8>> {
    Ok(Collection::open(space, collection)?.get(space, index)?.to_vec())
}

/// A collection with the places of its objects.
#[derive(Debug)]
pub(crate) struct Collection {
    block: Arc<[u8]>,
    address: u64,
    objects: HashMap<u16, Range<usize>>,
}

impl Collection {
    /// Reads the collection at `address`.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it contradicts the format.
    pub fn open(space: &AddressSpace, address: u64) -> Result<Self> {
        let (w, offset) = (space.widths, space.offset(address));
        let head = space.block(RECORD, address, CollectionHead::size(w))?;
        let (head, start) = decode::<CollectionHead>(RECORD, offset, &head, Endian::Little, w)?;
        let block = space.block(RECORD, address, head.size.0)?;
        let mut collection = Collection { block, address, objects: HashMap::new() };
        collection.scan(space, start)?;
        Ok(collection)
    }

    /// Finds the objects, which end with the free space, or where no more head fits.
    fn scan(&mut self, space: &AddressSpace, start: usize) -> Result<()> {
        let (w, head_size) = (space.widths, to_usize(ObjectHead::size(space.widths))?);
        let mut at = start;
        while let Some(bytes) = self.block.get(at..).filter(|rest| rest.len() >= head_size) {
            let offset = space.offset(self.address).saturating_add(at as u64);
            let (head, _) = decode::<ObjectHead>(OBJECT, offset, bytes, Endian::Little, w)?;
            // A zeroed tail looks like free space without bytes; the library never leaves it.
            if head.index == 0 {
                break;
            }
            let from = at + head_size;
            let size = usize::try_from(head.size.0).ok();
            let end = size.and_then(|size| from.checked_add(size)).filter(|&end| end <= self.block.len());
            let end = end.ok_or_else(|| {
                Error::malformed(OBJECT, offset, format!("{} bytes leave the collection", head.size.0))
            })?;
            // Numbers are unique, so that there are less than 2^16 objects.
            if self.objects.insert(head.index, from..end).is_some() {
                return Err(Error::malformed(OBJECT, offset, format!("there are two objects {}", head.index)));
            }
            at = end.saturating_add(from.wrapping_sub(end) % to_usize(ALIGNMENT)?);
        }
        Ok(())
    }

    /// The data of the object `index`.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when there is no such object.
    pub fn get(&self, space: &AddressSpace, index: u32) -> Result<&[u8]> {
        let range = u16::try_from(index).ok().and_then(|index| self.objects.get(&index));
        range
            .and_then(|range| self.block.get(range.clone()))
            .ok_or_else(|| Error::malformed(RECORD, space.offset(self.address), format!("there is no object {index}")))
    }
}

/// Bytes of a collection whose reading costs nothing: whoever wants elements in any order comes again for them.
const SMALL: u64 = 64 << 10;

/// The collections that a reader of variable-length data has met.
#[derive(Debug)]
pub(crate) struct Collections {
    by_address: HashMap<u64, Collection>,
    bytes: usize,
    /// For large collections that are read again and again because others took their place.
    allowance: Allowance,
}

impl Collections {
    pub fn new(space: &AddressSpace) -> Self {
        let reason = "elements of variable length lead from one large collection to another too often";
        Collections { by_address: HashMap::new(), bytes: 0, allowance: Allowance::of_file(space.source.len(), reason) }
    }

    /// The data of one object.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when there is no such object,
    /// [`Kind::Limit`](crate::Kind::Limit) when the collections that were read exceed the file by far.
    pub fn object(&mut self, space: &AddressSpace, collection: u64, index: u32) -> Result<&[u8]> {
        if !self.by_address.contains_key(&collection) {
            let opened = Collection::open(space, collection)?;
            self.allowance.spend((opened.block.len() as u64).saturating_sub(SMALL))?;
            if self.bytes.saturating_add(opened.block.len()) > KEPT_BYTES {
                self.by_address.clear();
                self.bytes = 0;
            }
            self.bytes = self.bytes.saturating_add(opened.block.len());
            self.by_address.insert(collection, opened);
        }
        let missing = || Error::malformed(RECORD, space.offset(collection), "is not there");
        self.by_address.get(&collection).ok_or_else(missing)?.get(space, index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hdf5::walk::testing::{bytes, Image, W};
    use crate::wire::width::Len;

    fn collection(objects: &[(u16, &[u8])], tail: &[u8], size: u64) -> Vec<u8> {
        let mut block = bytes(&CollectionHead { version: 1, size: Len(size) }, W);
        for (index, data) in objects {
            block.extend(bytes(&ObjectHead { index: *index, references: 0, size: Len(data.len() as u64) }, W));
            block.extend_from_slice(data);
            block.resize(block.len().next_multiple_of(8), 0);
        }
        block.extend_from_slice(tail);
        block
    }

    fn get(block: &[u8], index: u32) -> Result<Vec<u8>> {
        let mut image = Image::default();
        image.put(block);
        let space = image.space();
        let alone = object(&space, 0, index);
        assert_eq!(Collections::new(&space).object(&space, 0, index).ok(), alone.as_deref().ok());
        alone
    }

    #[test]
    fn objects_are_found_in_any_order_and_before_any_tail() {
        let objects: [(u16, &[u8]); 3] = [(7, b"seven"), (65534, b""), (1, b"exactly8")];
        let free = bytes(&ObjectHead { index: 0, references: 0, size: Len(24) }, W);
        for tail in [&[][..], &[0; 8], &[0; 32], &[&free[..], &[0; 8]].concat()] {
            let size = 16 + 24 + 16 + 24 + tail.len() as u64;
            let block = collection(&objects, tail, size);
            assert_eq!(block.len() as u64, size);
            assert_eq!(get(&block, 7).unwrap(), b"seven");
            assert_eq!(get(&block, 65534).unwrap(), b"");
            assert_eq!(get(&block, 1).unwrap(), b"exactly8");
            for missing in [0, 2, 65536 + 7, u32::MAX] {
                assert_eq!(get(&block, missing).unwrap_err().kind(), crate::Kind::Malformed);
            }
        }
    }

    #[test]
    fn contradictions_are_refused() {
        let twice = collection(&[(1, b"a"), (1, b"b")], &[], 64);
        let mut beyond = collection(&[(1, b"a")], &[], 40);
        beyond[24] = 200;
        let too_large = collection(&[(1, b"a")], &[], 4096);
        let too_small = collection(&[(1, b"a")], &[], 0);
        for block in [twice, beyond, too_large, too_small, b"GCOL".to_vec()] {
            assert_eq!(get(&block, 1).unwrap_err().kind(), crate::Kind::Malformed);
        }
    }
}
