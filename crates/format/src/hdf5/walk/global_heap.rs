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
    /// Of a torn file, why there are no objects behind these.
    end: Option<String>,
}

/// Where a collection is, and how much of it.
#[derive(Debug, Clone, Copy)]
struct Extent {
    address: u64,
    /// Bytes of it that are there.
    len: u64,
    /// Bytes that it says it has.
    told: u64,
    /// Where its objects start.
    start: usize,
}

impl Extent {
    /// Reads the head of the collection at `address`. Of a torn file it may cross the end.
    fn of(space: &AddressSpace, address: u64) -> Result<Self> {
        let (w, offset) = (space.widths, space.offset(address));
        let head = space.block(RECORD, address, CollectionHead::size(w))?;
        let (head, start) = decode::<CollectionHead>(RECORD, offset, &head, Endian::Little, w)?;
        let told = head.size.0;
        let len = if space.is_torn { told.min(space.remaining(address)) } else { told };
        Ok(Extent { address, len, told, start })
    }
}

impl Collection {
    /// Reads the collection at `address`. Of a torn file it has the objects before what is cut or damaged.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it contradicts the format.
    pub fn open(space: &AddressSpace, address: u64) -> Result<Self> {
        Self::read(space, Extent::of(space, address)?)
    }

    fn read(space: &AddressSpace, Extent { address, len, told, start }: Extent) -> Result<Self> {
        let block = space.block(RECORD, address, len)?;
        let cut = || format!("its last {} of {told} bytes lie behind the end of the file", told.saturating_sub(len));
        let end = (len < told).then(cut);
        let mut collection = Collection { block, address, objects: HashMap::new(), end };
        match collection.scan(space, start) {
            Err(error) if space.is_torn => {
                collection.end.get_or_insert_with(|| error.to_string());
            }
            scanned => scanned?,
        }
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
        range.and_then(|range| self.block.get(range.clone())).ok_or_else(|| {
            let detail = match &self.end {
                Some(end) => end.clone(),
                None => format!("there is no object {index}"),
            };
            Error::malformed(RECORD, space.offset(self.address), detail)
        })
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
            let extent = Extent::of(space, collection)?;
            // Before it is read: of a torn file others are asked for after an error.
            self.allowance.spend(extent.len.saturating_sub(SMALL))?;
            let opened = Collection::read(space, extent)?;
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
    fn of_a_torn_file_a_collection_has_the_objects_before_the_cut() {
        let objects: [(u16, &[u8]); 3] = [(1, b"first"), (2, b"second"), (3, b"third")];
        let mut image = Image::default();
        image.put(&collection(&objects, &[0; 40], 16 + 3 * 24 + 40));
        let objects_of = |len: u64, damage: Option<usize>| {
            let mut image = image.clone();
            damage.into_iter().for_each(|at| image.0[at] = 200);
            image.cut(len);
            let mut space = image.space();
            let whole = object(&space, 0, 1);
            space.is_torn = true;
            let mut collections = Collections::new(&space);
            let mut get = |index| collections.object(&space, 0, index).map(<[u8]>::to_vec);
            ([1, 2, 3].map(|index| get(index).is_ok()), get(3).map_err(|error| error.to_string()), whole.is_ok())
        };
        assert_eq!(objects_of(127, None), ([true; 3], Ok(b"third".to_vec()), false));
        let (found, error, _) = objects_of(16 + 24 + 20, None);
        assert_eq!(found, [true, false, false]);
        assert!(error.unwrap_err().contains("its last 68 of 128 bytes lie behind the end"));
        // The size of the second object leaves the collection.
        let (found, error, whole) = objects_of(128, Some(16 + 24 + 8));
        assert_eq!((found, whole), ([true, false, false], false));
        assert!(error.unwrap_err().contains("200 bytes leave the collection"));
        assert_eq!(objects_of(10, None).0, [false; 3]);
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
