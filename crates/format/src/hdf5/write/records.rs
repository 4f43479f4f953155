//! Where the chunks of known records go: a step lies together in the file.

use std::collections::{BTreeMap, HashSet};
use std::sync::MutexGuard;

use super::file::FileWriter;
use super::index::table::Rows;
use super::index::ChunkIndexWriter;
use super::raw::DatasetWriter;
use crate::error::{Error, Result};

/// Gives the unfiltered chunks of known records their places, record by record: a step lies together in the file,
/// and the steps of a dataset lie at a constant distance. Datasets with other numbers of indices a chunk have a
/// place of their own: between the steps they would spoil the distance.
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit) when the file would exceed 2^63 bytes.
pub(crate) fn place<'d>(file: &FileWriter, datasets: impl Iterator<Item = &'d DatasetWriter>) -> Result<()> {
    let mut bands: BTreeMap<(u64, u64), Vec<MutexGuard<ChunkIndexWriter>>> = BTreeMap::new();
    let mut seen = HashSet::new();
    let has_rows = |dataset: &&DatasetWriter| dataset.pipeline().is_none() && !dataset.spec().lengths().contains(&0);
    for dataset in datasets.filter(has_rows) {
        // The lock of one that is named twice is held already; chunks that were written keep their places.
        let index = seen.insert(std::ptr::from_ref(dataset)).then(|| dataset.index()).flatten();
        let Some(index) = index.filter(|index| index.table().len() == 0) else { continue };
        let chunk = index.table().chunk().first().copied().unwrap_or(1);
        bands.entry((chunk, index.table().created_rows())).or_default().push(index);
    }
    bands.into_iter().try_for_each(|((_, count), indexes)| place_band(file, count, indexes))
}

/// Gives the rows of several datasets their places: a row of each, then the next row of each.
fn place_band(file: &FileWriter, count: u64, indexes: Vec<MutexGuard<ChunkIndexWriter>>) -> Result<()> {
    let overflow = || Error::limit("the records would exceed 2^64 bytes");
    let mut distance = 0u64;
    let mut starts = Vec::with_capacity(indexes.len());
    for index in &indexes {
        starts.push(distance);
        let row = index.table().row_bytes(index.table().aligned_bytes())?;
        distance = distance.checked_add(row).ok_or_else(overflow)?;
    }
    let first = file.allocate_raw(distance.checked_mul(count).ok_or_else(overflow)?)?;
    for (mut index, start) in indexes.into_iter().zip(starts) {
        let (first, step) = (first.checked_add(start).ok_or_else(overflow)?, index.table().aligned_bytes());
        index.place_rows(Rows { first, distance, step, count });
    }
    Ok(())
}
