//! Leaves of torn chunk indexes that nothing leads to any more: version 1 B-trees have no checksums, but their keys say which
//! chunks of which grid they are of.

use std::collections::{BTreeMap, HashSet};

use crate::error::{Error, Result};
use crate::hdf5::chunk::{ChunkLocation, IndexKind};
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::read::chunked::Chunked;
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::repack::catalog::Entry;
use crate::hdf5::space::AddressSpace;

/// The most pairs of a leaf and a dataset that are tried.
const MOST_PAIRS: usize = 1 << 22;

/// The leaves that belong to datasets, by the addresses of those.
pub(in crate::hdf5::repack) type Leaves = BTreeMap<u64, Vec<u64>>;

/// A dataset of chunks in a version 1 B-tree.
struct Indexed {
    address: u64,
    chunked: Box<Chunked>,
    is_torn: bool,
}

/// Whether a chunk index of the objects cannot be walked.
///
/// # Errors
/// Those that are none of the file.
pub(in crate::hdf5::repack) fn any_torn(space: &AddressSpace, entries: &[Entry]) -> Result<bool> {
    Ok(indexed(space, entries)?.iter().any(|dataset| dataset.is_torn))
}

/// Gives leaves to the one torn dataset that they fit, unless an index leads to them.
///
/// # Errors
/// Those that are none of the file.
pub(in crate::hdf5::repack) fn assigned(space: &AddressSpace, entries: &[Entry], leaves: &[u64]) -> Result<Leaves> {
    let (datasets, mut assigned) = (indexed(space, entries)?, Leaves::new());
    let has_torn = datasets.iter().any(|dataset| dataset.is_torn);
    if !has_torn || leaves.len().saturating_mul(datasets.len()) > MOST_PAIRS {
        return Ok(assigned);
    }
    for &leaf in leaves {
        let fitting: Vec<&Indexed> =
            datasets.iter().filter(|dataset| dataset.fits(space, leaf).unwrap_or(false)).collect();
        let is_led_to = fitting.iter().any(|dataset| dataset.leads_to(space, leaf).unwrap_or(false));
        let mut torn = fitting.iter().filter(|dataset| dataset.is_torn);
        if let (false, Some(dataset), None) = (is_led_to, torn.next(), torn.next()) {
            assigned.entry(dataset.address).or_default().push(leaf);
        }
    }
    Ok(assigned)
}

/// The positions of the chunks in leaves that are whole.
pub(super) fn chunks(space: &AddressSpace, chunked: &Chunked, leaves: &[u64]) -> HashSet<Vec<u64>> {
    let mut found = HashSet::new();
    let is_whole = |chunk: ChunkLocation| chunk.size <= space.remaining(chunk.address);
    for &leaf in leaves {
        // What was read until a key cannot be read counts.
        let _ = chunked.index.visit_leaf(space, &chunked.grid, leaf, &mut |scaled, location| {
            if chunked.index.check(space, &chunked.grid, scaled, location).is_ok_and(is_whole) {
                found.insert(scaled.to_vec());
            }
            Ok(())
        });
    }
    found
}

fn indexed(space: &AddressSpace, entries: &[Entry]) -> Result<Vec<Indexed>> {
    let mut found = Vec::new();
    for entry in entries.iter().filter(|entry| entry.kind == ObjectKind::Dataset) {
        let header = ObjectHeader::read(space, entry.address)?;
        if Dataset::is_virtual(space, &header) {
            continue;
        }
        let Storage::Chunked(chunked) = Dataset::from_header(space, &header)?.storage else { continue };
        if chunked.index.kind() != IndexKind::BTreeV1 {
            continue;
        }
        let walked = chunked.index.visit(space, &chunked.grid, &mut |_, _| Ok(()));
        match walked {
            Err(error) if !error.is_of_file() => return Err(error),
            walked => found.push(Indexed { address: entry.address, chunked, is_torn: walked.is_err() }),
        }
    }
    Ok(found)
}

impl Indexed {
    /// Whether all keys of a leaf are of chunks of this dataset.
    fn fits(&self, space: &AddressSpace, leaf: u64) -> Result<bool> {
        let (Chunked { index, grid, pipeline, .. }, mut fits) = (&*self.chunked, false);
        let whole = grid.chunk_bytes()?;
        index.visit_leaf(space, grid, leaf, &mut |scaled, chunk| {
            let size = match pipeline {
                None => chunk.size == whole && chunk.mask == 0,
                Some(_) => chunk.size > 0 && chunk.size / 2 <= whole.saturating_add(1 << 10),
            };
            fits = size && grid.contains(scaled) && chunk.address > 0;
            if fits {
                Ok(())
            } else {
                Err(Error::malformed_data("chunk", "of another dataset"))
            }
        })?;
        Ok(fits)
    }

    /// Whether the index finds the first chunk of a leaf where the leaf has it.
    fn leads_to(&self, space: &AddressSpace, leaf: u64) -> Result<bool> {
        let (Chunked { index, grid, .. }, mut first) = (&*self.chunked, None);
        index.visit_leaf(space, grid, leaf, &mut |scaled, chunk| {
            first.get_or_insert_with(|| (scaled.to_vec(), chunk));
            Ok(())
        })?;
        let Some((scaled, chunk)) = first else { return Ok(false) };
        Ok(index.locate(space, grid, &scaled)?.is_some_and(|found| found.address == chunk.address))
    }
}
