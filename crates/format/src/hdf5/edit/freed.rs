//! What the elements of datasets took that are gone, or were written anew as a whole.

use std::collections::HashSet;

use super::Editor;
use crate::error::Result;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::write::space::Extent;
use crate::shape;

impl Editor {
    /// The bytes of the file in which nothing lies any more since this editor changed it. What it writes next goes there; when it is
    /// closed, they stay where they are, and a copy of the file ([`Repack`](crate::hdf5::Repack)) does not have them. Chunk
    /// indexes and heaps of what is gone are not among them. A file that is written anew has none.
    pub fn unused(&self) -> u64 {
        match self.is_rewritten() {
            true => 0,
            false => self.file.unused(),
        }
    }

    /// Where the elements lie of datasets that the file has had so far and will have no more, or elsewhere.
    pub(super) fn gone(&mut self, dropped: &HashSet<u64>) -> Vec<Extent> {
        let space = self.session.space().clone();
        let objects = dropped.iter().chain(&self.reshaped).filter(|&&object| object < space.source.len());
        // What cannot be found stays unused.
        let extents = objects.flat_map(|&object| elements(&space, object).unwrap_or_default());
        let is_inside = |extent: &Extent| {
            extent.address.checked_add(extent.len).is_some_and(|end| extent.address > 0 && end <= space.source.len())
        };
        extents.filter(is_inside).collect()
    }
}

/// Where the elements of an object lie, if it is a dataset.
fn elements(space: &AddressSpace, object: u64) -> Result<Vec<Extent>> {
    let header = ObjectHeader::read(space, object)?;
    if header.kind() != Some(ObjectKind::Dataset) {
        return Ok(Vec::new());
    }
    let dataset = Dataset::from_header(space, &header)?;
    let mut extents = Vec::new();
    match &dataset.storage {
        Storage::Contiguous(Some(address)) => {
            let len = shape::bytes(&dataset.shape, dataset.datatype.size())?;
            extents.push(Extent { address: *address, len });
        }
        Storage::Chunked(chunked) => chunked.index.visit(space, &chunked.grid, &mut |_, at| {
            extents.push(Extent { address: at.address, len: at.size });
            Ok(())
        })?,
        _ => {}
    }
    Ok(extents)
}
