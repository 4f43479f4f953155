//! Finding the objects of global heap collections.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use binrw::Endian;

use crate::error::{Error, Result};
use crate::hdf5::record::global_heap::{CollectionHead, ObjectHead, ALIGNMENT};
use crate::hdf5::space::AddressSpace;
use crate::limits::to_usize;
use crate::wire::decode;

const RECORD: &str = "global heap collection";
const OBJECT: &str = "global heap object";

/// Bytes of collections that [`Collections`] keeps.
const KEPT_BYTES: usize = 16 << 20;

/// The data of one object. For many objects, [`Collections`] scans each collection only once.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) when there is no such object.
pub(crate) fn object(space: &AddressSpace, collection: u64, index: u32) -> Result<Vec<u8>> {
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

/// The collections that a reader of variable-length data has met.
#[derive(Debug, Default)]
pub(crate) struct Collections {
    by_address: HashMap<u64, Collection>,
    bytes: usize,
}

impl Collections {
    /// The data of one object.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when there is no such object.
    pub fn object(&mut self, space: &AddressSpace, collection: u64, index: u32) -> Result<&[u8]> {
        if !self.by_address.contains_key(&collection) {
            let opened = Collection::open(space, collection)?;
            if self.bytes.saturating_add(opened.block.len()) > KEPT_BYTES {
                *self = Collections::default();
            }
            self.bytes = self.bytes.saturating_add(opened.block.len());
            self.by_address.insert(collection, opened);
        }
        let missing = || Error::malformed(RECORD, space.offset(collection), "is not there");
        self.by_address.get(&collection).ok_or_else(missing)?.get(space, index)
    }
}
