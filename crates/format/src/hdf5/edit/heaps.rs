//! What attributes refer to lies in heaps, which all attributes that are written together share: one for each would be 4 KiB.

use std::sync::Arc;

use super::attributes::Attribute;
use super::node::Node;
use crate::error::Result;
use crate::hdf5::write::elements::{Elements, Encoded};
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::space::Extent;

/// What an attribute has as long as it leads to a heap.
pub(super) type InUse = Arc<()>;

/// Heaps that were written, and who leads to them.
#[derive(Debug, Default)]
pub(super) struct Heaps(Vec<(InUse, Vec<Extent>)>);

impl Heaps {
    /// Writes what attributes lead to, of those for which it was not written yet; their messages say where it is.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn place<'n>(&mut self, file: &FileWriter, nodes: impl Iterator<Item = &'n mut Node>) -> Result<()> {
        let mut waiting: Vec<&mut Attribute> = nodes.flat_map(|node| node.attributes.waiting()).collect();
        let (mut objects, mut encoded, mut ends) = (Elements::default(), Encoded::default(), Vec::new());
        for attribute in &waiting {
            attribute.encode(&mut objects, &mut encoded)?;
            ends.push(encoded.len());
        }
        let (stored, taken) = file.taking(|| objects.place(file, encoded))?;
        let (in_use, mut start) = (InUse::default(), 0);
        for (attribute, end) in waiting.iter_mut().zip(ends) {
            attribute.placed(stored.get(start..end).unwrap_or_default(), &in_use)?;
            start = end;
        }
        self.0.push((in_use, taken));
        Ok(())
    }

    /// Forgets the heaps that nothing leads to any more; returns where they are.
    pub fn unused(&mut self) -> Vec<Extent> {
        let (kept, unused) =
            std::mem::take(&mut self.0).into_iter().partition(|(in_use, _)| InUse::strong_count(in_use) > 1);
        self.0 = kept;
        let unused: Vec<(InUse, Vec<Extent>)> = unused;
        unused.into_iter().flat_map(|(_, extents)| extents).collect()
    }
}
