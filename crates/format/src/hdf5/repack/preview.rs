//! What would be done, without doing it.

use super::catalog::Catalog;
use super::moving::planned;
use super::Repack;
use crate::error::Result;
use crate::hdf5::builder::{DatasetSpec, LayoutSpec};
use crate::hdf5::file::File;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::rechunk::bands;
use crate::hdf5::references::has_addresses;

/// How the elements of one dataset get into other chunks. Every chunk is read and decoded once, and encoded and written once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RechunkPlan {
    /// The path of the dataset.
    pub dataset: String,
    /// The lengths of the dataset.
    pub shape: Vec<u64>,
    /// The lengths of what is read at once: a chunk, or rows of a dataset in one piece.
    pub from: Vec<u64>,
    /// The lengths of what is written at once.
    pub to: Vec<u64>,
    /// The lengths of a tile: what is finished before the next begins.
    pub tile: Vec<u64>,
    /// How many threads work.
    pub threads: usize,
    /// Bytes that are held at most.
    pub memory: u64,
    /// Bytes that wait in a temporary file, each written and read once; 0 where the data are passed through memory alone.
    pub spill_bytes: u64,
}

impl Repack {
    /// What [`Repack::run`] would do with the datasets whose chunks or filters change.
    ///
    /// # Errors
    /// As [`Repack::run`], but for what is wrong with elements.
    pub fn plan(&self, file: &File) -> Result<Vec<RechunkPlan>> {
        let space = file.space();
        let catalog = Catalog::read(space)?;
        let mut plans = Vec::new();
        for entry in catalog.entries.iter().filter(|entry| entry.kind == ObjectKind::Dataset) {
            let plan = catalog.named(entry, || {
                let header = ObjectHeader::read(space, entry.address)?;
                if Dataset::is_virtual(space, &header) {
                    return Ok(None);
                }
                let from = Dataset::from_header(space, &header)?;
                let path = catalog.path(entry);
                let spec = self.spec(&from, Some(&path), from.datatype.clone().into())?;
                if stays(&from, &spec) {
                    return Ok(None);
                }
                let to = match &spec.layout {
                    LayoutSpec::Chunked { chunk, .. } => chunk.clone(),
                    _ => bands(&from.shape, from.datatype.size()),
                };
                let (shapes, plan) = planned(&from, &to, self.means())?;
                Ok(Some(RechunkPlan {
                    dataset: path,
                    shape: shapes.array,
                    from: shapes.from,
                    to,
                    tile: plan.tile,
                    threads: plan.threads,
                    memory: plan.memory,
                    spill_bytes: plan.spill,
                }))
            })?;
            plans.extend(plan);
        }
        Ok(plans)
    }
}

/// Whether a dataset is copied as it is, or element by element.
fn stays(from: &Dataset, spec: &DatasetSpec) -> bool {
    let is_same = match (&from.storage, &spec.layout) {
        (Storage::Chunked(_), LayoutSpec::Chunked { .. }) => spec.filters_set_up,
        (Storage::Compact(_), LayoutSpec::Compact | LayoutSpec::Contiguous) => true,
        (Storage::Contiguous(None), _) | (Storage::External(_), LayoutSpec::External(_)) => true,
        _ => false,
    };
    is_same || from.is_null || from.shape.is_empty() || from.shape.contains(&0) || has_addresses(&from.datatype)
}
