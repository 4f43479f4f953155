//! The guard against addresses that lead back to where they came from.

use std::collections::HashSet;

use crate::error::{Error, Result};
use crate::hdf5::space::AddressSpace;

/// The nodes that a walk has seen. A walk that meets each at most once costs no more than the file has bytes.
#[derive(Debug, Default)]
pub(crate) struct Visited(HashSet<u64>);

impl Visited {
    /// Marks `address` as seen.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it was seen before.
    pub fn enter(&mut self, space: &AddressSpace, record: &'static str, address: u64) -> Result<()> {
        if self.0.insert(address) {
            return Ok(());
        }
        Err(Error::malformed(record, space.offset(address), "is reached twice"))
    }
}
