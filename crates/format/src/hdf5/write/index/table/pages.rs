//! Places of chunks by their numbers: a list with gaps.

use std::collections::btree_map::{BTreeMap, Entry};

use crate::error::{Error, Result};
use crate::hdf5::chunk::ChunkLocation;
use crate::limits;

/// Numbers that are listed together.
const PAGE: u64 = 64;

/// Where a chunk is. A size of 0 means nowhere.
#[derive(Debug, Clone, Copy, Default)]
struct Placed {
    address: u64,
    size: u32,
    mask: u32,
}

impl Placed {
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) for a chunk above 4 GiB.
    fn new(at: ChunkLocation) -> Result<Self> {
        let size = u32::try_from(at.size).map_err(|_| Error::limit("an encoded chunk above 4 GiB"))?;
        Ok(Placed { address: at.address, size, mask: at.mask })
    }

    fn location(self) -> Option<ChunkLocation> {
        let Placed { address, size, mask } = self;
        (size > 0).then_some(ChunkLocation { address, size: size.into(), mask })
    }
}

/// The places: 16 bytes each and a little for every page.
#[derive(Debug, Default)]
pub(super) struct Pages(BTreeMap<u64, Box<[Placed]>>);

impl Pages {
    /// The place with this number, if there is one.
    pub fn get(&self, number: u64) -> Option<ChunkLocation> {
        let page = self.0.get(&(number / PAGE))?;
        page.get(usize::try_from(number % PAGE).ok()?)?.location()
    }

    /// Puts a place; returns what had this number before.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) for a chunk above 4 GiB, or when there is no memory for the list.
    pub fn put(&mut self, number: u64, at: ChunkLocation) -> Result<Option<ChunkLocation>> {
        let placed = Placed::new(at)?;
        let page = match self.0.entry(number / PAGE) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(vacant) => {
                let mut page = Vec::new();
                limits::reserve(&mut page, limits::to_usize(PAGE)?)?;
                page.resize(limits::to_usize(PAGE)?, Placed::default());
                vacant.insert(page.into_boxed_slice())
            }
        };
        let slot = usize::try_from(number % PAGE).ok().and_then(|index| page.get_mut(index));
        let slot = slot.ok_or_else(|| Error::limit("too many chunks"))?;
        Ok(std::mem::replace(slot, placed).location())
    }

    /// The places from a number on, in the order of their numbers.
    pub fn from(&self, first: u64) -> impl Iterator<Item = (u64, ChunkLocation)> + '_ {
        let pages = self.0.range(first / PAGE..);
        let numbered = pages.flat_map(|(page, chunks)| (page * PAGE..).zip(chunks.iter()));
        let numbered = numbered.skip_while(move |(number, _)| *number < first);
        numbered.filter_map(|(number, placed)| Some((number, placed.location()?)))
    }

    /// The highest number that has a place.
    pub fn last(&self) -> Option<u64> {
        let (page, chunks) = self.0.last_key_value()?;
        (page * PAGE..).zip(chunks.iter()).filter(|(_, placed)| placed.location().is_some()).last().map(|(n, _)| n)
    }
}
