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
    /// Objects of a torn file that cannot be read, and why the first cannot.
    lost: u64,
    why: Option<Error>,
}

impl DenseObjects {
    /// The objects of the heap at an address.
    ///
    /// # Errors
    /// As [`FractalHeap::open`].
    pub fn open(space: &AddressSpace, heap: u64) -> Result<Self> {
        Ok(DenseObjects { heap: FractalHeap::open(space, heap)?, met: HashSet::new(), lost: 0, why: None })
    }

    /// The object that a `record` at `offset` leads to; none where it is lost with a part of a torn file.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when another record leads to it, too; otherwise as [`FractalHeap::get`].
    pub fn take(
        &mut self,
        space: &AddressSpace,
        (record, offset): (&'static str, u64),
        id: &[u8],
    ) -> Result<Option<Vec<u8>>> {
        if !self.met.insert(id.to_vec()) {
            return Err(Error::malformed(record, offset, "two records lead to the same object of the heap"));
        }
        let object = self.heap.get(space, id);
        self.bear(space, object)
    }

    /// Counts what is wrong with an object of a torn file.
    ///
    /// # Errors
    /// That of another file, and of reading.
    pub fn bear<T>(&mut self, space: &AddressSpace, read: Result<T>) -> Result<Option<T>> {
        match read {
            Err(error) if space.bears(&error) => {
                self.lost += 1;
                self.why.get_or_insert(error);
                Ok(None)
            }
            read => read.map(Some),
        }
    }

    /// What is told of the objects that are lost, which are called `what`, and of those that nothing proves.
    pub fn losses(self, what: &str) -> impl Iterator<Item = Error> {
        let (unchecked, lost) = (self.heap.take_unchecked(), self.lost);
        let lost = self.why.map(|why| why.in_object(format!("{lost} of its {what}")));
        lost.into_iter().chain(unchecked)
    }
}
