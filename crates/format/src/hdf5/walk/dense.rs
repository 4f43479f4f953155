//! Objects of a fractal heap that the records of an index lead to: the dense form of links and attributes.

use std::collections::HashSet;

use super::fractal_heap::FractalHeap;
use crate::error::{Error, Result};
use crate::hdf5::space::AddressSpace;

/// A heap whose objects are each wanted once.
#[derive(Debug)]
pub(super) struct DenseObjects {
    heap: FractalHeap,
    /// The identifiers that were met: a small file could lead to one large object a great many times.
    met: HashSet<Vec<u8>>,
}

impl DenseObjects {
    /// The objects of the heap at an address.
    ///
    /// # Errors
    /// As [`FractalHeap::open`].
    pub fn open(space: &AddressSpace, heap: u64) -> Result<Self> {
        Ok(DenseObjects { heap: FractalHeap::open(space, heap)?, met: HashSet::new() })
    }

    /// The object that a `record` at `offset` leads to.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when another record leads to it, too; otherwise as [`FractalHeap::get`].
    pub fn take(&mut self, space: &AddressSpace, (record, offset): (&'static str, u64), id: &[u8]) -> Result<Vec<u8>> {
        if !self.met.insert(id.to_vec()) {
            return Err(Error::malformed(record, offset, "two records lead to the same object of the heap"));
        }
        self.heap.get(space, id)
    }
}
