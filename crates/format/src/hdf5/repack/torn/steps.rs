//! Steps of a torn file: datasets that share the scale of an unlimited dimension end together, where the last step is whole in
//! all of them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::leaves::chunks;
use crate::error::Result;
use crate::grid::for_each_part;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::read::chunked::Chunked;
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::references::{has_addresses, Parts};
use crate::hdf5::repack::catalog::{Catalog, Entry};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::attributes;
use crate::limits::{self, Allowance};
use crate::shape::{self, Selection};

/// What dimension scales are called, and what leads to them.
pub(super) const CLASS: &str = "CLASS";
pub(super) const SCALE: &[u8] = b"DIMENSION_SCALE";
pub(super) const SCALES: &str = "DIMENSION_LIST";
/// The number of a dimension of netCDF.
pub(super) const NUMBER: &str = "_Netcdf4Dimid";
/// The most chunks that are looked for.
const MOST_CHUNKS: u64 = 1 << 20;

/// The steps along one unlimited dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Steps {
    /// The dimension scale, or the first dataset along it where that is lost.
    pub dimension: String,
    /// How many the longest dataset says there are, or one of a newer state of the file that is lost.
    pub told: u64,
    /// How many there are up to the last one that is whole.
    pub kept: u64,
    /// The datasets of which more is lost.
    pub torn: Vec<String>,
    /// The datasets of which nothing is whole.
    pub blank: Vec<String>,
}

/// All steps of a file, and the new lengths of the datasets that become shorter.
#[derive(Debug, Default)]
pub(in crate::hdf5::repack) struct Cuts {
    pub steps: Vec<Steps>,
    lengths: HashMap<u64, u64>,
}

/// A dataset along an unlimited dimension.
struct Along {
    address: u64,
    path: String,
    length: u64,
    /// Up to the last row that is whole.
    whole: u64,
}

impl Cuts {
    /// Looks at the last rows of all datasets along unlimited dimensions that have a scale.
    ///
    /// # Errors
    /// Those that are none of the file.
    pub fn of(space: &Arc<AddressSpace>, catalog: &Catalog) -> Result<Self> {
        let mut effort = Effort {
            chunks: MOST_CHUNKS,
            stored: Allowance::of_file(space.source.len(), "the datasets of the file share their bytes too often"),
            found: HashSet::new(),
        };
        let (mut scales, mut newer): (BTreeMap<u64, Vec<Along>>, Vec<Newer>) = (BTreeMap::new(), Vec::new());
        for entry in catalog.kept().filter(|entry| entry.kind == ObjectKind::Dataset) {
            // What was found stands for itself.
            if catalog.is_found(&catalog.path(entry)) {
                newer.extend(catalog.states.is_older.then(|| Newer::of(space, entry.address)).flatten());
                continue;
            }
            match along(space, (catalog, entry), &mut effort) {
                Err(error) if !error.is_of_file() => return Err(error),
                Ok(Some((scale, along))) => scales.entry(scale).or_default().push(along),
                _ => {}
            }
        }
        let (mut cuts, count) = (Cuts::default(), scales.len());
        for (scale, along) in scales {
            let number = dimension_number(space, scale);
            let is_same = |newer: &&Newer| newer.is_along(scale, number.as_deref(), count == 1);
            let newer = newer.iter().filter(is_same).map(|newer| newer.length).max();
            // A dimension alone tells of no steps: what lies along it may have lost what leads here.
            let is_alone = along.iter().all(|dataset| dataset.address == scale && dataset.length == 0);
            if !is_alone || newer.is_some() {
                cuts.add(catalog.path_at(scale), &along, newer.unwrap_or(0));
            }
        }
        Ok(cuts)
    }

    /// A dataset of which nothing is whole says nothing of the others; a newer state may have told of more than all of them.
    fn add(&mut self, dimension: Option<String>, along: &[Along], newer: u64) {
        let longest = along.iter().map(|dataset| dataset.length).max().unwrap_or(0);
        let torn = || along.iter().filter(|dataset| dataset.whole > 0 && dataset.whole < dataset.length);
        let kept = torn().map(|dataset| dataset.whole).min().unwrap_or(longest);
        let longer = along.iter().filter(|dataset| dataset.length > kept);
        self.lengths.extend(longer.map(|dataset| (dataset.address, kept)));
        let first = along.first().map(|dataset| dataset.path.clone());
        self.steps.push(Steps {
            dimension: dimension.or(first).unwrap_or_default(),
            told: longest.max(newer),
            kept,
            torn: torn().map(|dataset| dataset.path.clone()).collect(),
            blank: along
                .iter()
                .filter(|dataset| dataset.whole == 0 && dataset.length > 0)
                .map(|dataset| dataset.path.clone())
                .collect(),
        });
    }

    /// Has a dataset end where its steps do.
    pub fn cut(&self, address: u64, dataset: &mut Dataset) {
        let Some(&rows) = self.lengths.get(&address) else { return };
        dataset.shape.first_mut().into_iter().for_each(|length| *length = rows);
        if let Storage::Chunked(chunked) = &mut dataset.storage {
            chunked.grid.shape.first_mut().into_iter().for_each(|length| *length = rows);
        }
    }
}

/// A dataset along an unlimited dimension of a state that is newer than the one that is copied.
struct Newer {
    length: u64,
    scale: Option<u64>,
    /// What netCDF calls the dimension of its scale.
    number: Option<Vec<u8>>,
}

impl Newer {
    fn of(space: &Arc<AddressSpace>, address: u64) -> Option<Self> {
        let header = ObjectHeader::read(space, address).ok()?;
        let dataset = Dataset::from_header(space, &header).ok()?;
        let (Some(&length), Some(&u64::MAX)) = (dataset.shape.first(), dataset.max_shape.first()) else { return None };
        let scale = scale(space, &header, dataset.shape.len()).ok().flatten();
        Some(Newer { length, scale, number: scale.and_then(|scale| dimension_number(space, scale)) })
    }

    /// Whether its steps are those of a scale. Where its own one is lost, they are of the only one that there is.
    fn is_along(&self, scale: u64, number: Option<&[u8]>, is_only: bool) -> bool {
        match self.number.as_deref() {
            Some(own) => Some(own) == number,
            None => self.scale == Some(scale) || is_only,
        }
    }
}

/// The number that netCDF gives to the dimension of a scale.
fn dimension_number(space: &Arc<AddressSpace>, scale: u64) -> Option<Vec<u8>> {
    let header = ObjectHeader::read(space, scale).ok()?;
    let attributes = attributes::readable(space, &header, &mut |_| Ok(())).ok()?;
    attributes.into_iter().find(|attribute| attribute.name == NUMBER).map(|attribute| attribute.data)
}

/// What may be spent on looking for the last whole rows.
struct Effort {
    chunks: u64,
    stored: Allowance,
    /// The chunks of the dataset that leaves have to which nothing leads.
    found: HashSet<Vec<u64>>,
}

/// A dataset whose first dimension is unlimited, and the scale of that.
fn along(
    space: &Arc<AddressSpace>,
    (catalog, entry): (&Catalog, &Entry),
    effort: &mut Effort,
) -> Result<Option<(u64, Along)>> {
    let header = ObjectHeader::read(space, entry.address)?;
    if Dataset::is_virtual(space, &header) {
        return Ok(None);
    }
    let dataset = Dataset::from_header(space, &header)?;
    let (Some(&length), Some(&u64::MAX)) = (dataset.shape.first(), dataset.max_shape.first()) else { return Ok(None) };
    let Storage::Chunked(chunked) = &dataset.storage else { return Ok(None) };
    // A chunk that comes to lie at the end would be taken for one without filters.
    if chunked.index.has_unfiltered_edges() {
        return Ok(None);
    }
    let Some(scale) = scale(space, &header, dataset.shape.len())? else { return Ok(None) };
    effort.found = chunks(space, chunked, catalog.leaves.get(&entry.address).map(Vec::as_slice).unwrap_or_default());
    let whole = whole_rows(space, &dataset, chunked, effort)?;
    Ok(Some((scale, Along { address: entry.address, path: catalog.path(entry), length, whole })))
}

/// The scale of the first dimension: the first reference of as many as there are dimensions, or the dataset itself.
fn scale(space: &Arc<AddressSpace>, header: &ObjectHeader, rank: usize) -> Result<Option<u64>> {
    let attributes =
        attributes::readable(space, header, &mut |error| if error.is_of_file() { Ok(()) } else { Err(error) })?;
    let find = |name: &str| attributes.iter().find(|attribute| attribute.name == name);
    if find(CLASS).is_some_and(|class| class.data.starts_with(SCALE)) {
        return Ok(Some(header.address));
    }
    let Some(list) = find(SCALES).filter(|list| has_addresses(&list.datatype)) else { return Ok(None) };
    let targets = Parts::of(space, &list.datatype, &list.data)?.targets();
    Ok(targets.first().copied().filter(|&scale| targets.len() == rank && scale != 0))
}

/// The number of rows up to the last one that is whole.
fn whole_rows(space: &AddressSpace, dataset: &Dataset, chunked: &Chunked, effort: &mut Effort) -> Result<u64> {
    let length = dataset.shape.first().copied().unwrap_or(0);
    let rows = chunked.grid.chunk.first().copied().unwrap_or(1);
    let mut end = length;
    while end > 0 && effort.chunks > 0 {
        let band = (end - 1) / rows.max(1);
        let start = band.saturating_mul(rows);
        let whole = rows_of_band(space, dataset, (chunked, band), effort)?.min(end - start);
        if whole > 0 {
            return Ok(start.saturating_add(whole));
        }
        end = start;
    }
    Ok(end)
}

/// The first rows of a band of chunks that are whole in all of them.
fn rows_of_band(
    space: &AddressSpace,
    dataset: &Dataset,
    (chunked, band): (&Chunked, u64),
    effort: &mut Effort,
) -> Result<u64> {
    let mut across = Selection::all(&chunked.grid.chunks());
    across.start.first_mut().into_iter().for_each(|start| *start = band);
    across.count.first_mut().into_iter().for_each(|count| *count = 1);
    let mut whole = u64::MAX;
    if shape::count(&across.count)? > effort.chunks {
        effort.chunks = 0;
        return Ok(whole);
    }
    for_each_part(&across, &vec![1; across.count.len()], &mut |part| {
        if whole > 0 {
            effort.chunks -= 1;
            match rows_of_chunk(space, dataset, (chunked, &part.start), effort) {
                Err(error) if !error.is_of_file() => return Err(error),
                rows => whole = whole.min(rows.unwrap_or(0)),
            }
        }
        Ok(())
    })?;
    Ok(whole)
}

/// The first rows of a chunk that are there, or all where none of it was ever written; an error where none can be decoded.
fn rows_of_chunk(
    space: &AddressSpace,
    dataset: &Dataset,
    (chunked, scaled): (&Chunked, &[u64]),
    effort: &mut Effort,
) -> Result<u64> {
    let located = match chunked.index.locate(space, &chunked.grid, scaled) {
        Err(_) if effort.found.contains(scaled) => None,
        located => located?,
    };
    let Some(location) = located else { return Ok(u64::MAX) };
    let there = space.remaining(location.address);
    if location.size > there {
        let row = shape::bytes(chunked.grid.chunk.get(1..).unwrap_or_default(), dataset.datatype.size())?;
        return Ok(if has_addresses(&dataset.datatype) { 0 } else { there / row.max(1) });
    }
    if let Some(pipeline) = &chunked.pipeline {
        effort.stored.spend(location.size)?;
        let stored = space.source.copy(space.offset(location.address), location.size)?;
        let expected = limits::to_usize(chunked.grid.chunk_bytes()?)?;
        let (mut decoded, mut spare) = (Vec::new(), Vec::new());
        match pipeline.decode(location.mask, &stored, expected, &mut decoded, &mut spare) {
            Err(error) if error.kind() != crate::Kind::Unsupported => return Err(error),
            _ => {}
        }
    }
    Ok(u64::MAX)
}
