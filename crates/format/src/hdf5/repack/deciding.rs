//! What a dataset is in the copy, as the choices have it.

use super::choices::{LayoutChoice, Repack};
use crate::error::{Error, Result};
use crate::hdf5::builder::{DatasetSpec, FillSpec, LayoutSpec, Level, ObjectSpec, StoredType, MAX_COMPACT};
use crate::hdf5::chunk::IndexKind;
use crate::hdf5::filter::description::Filter;
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::read::fill::FillStatus;
use crate::shape;

/// Datasets of fewer bytes stay as they are, unless they are named.
const SMALLEST: u64 = 1024;
/// About the bytes of a chunk that nobody chose.
const CHUNK: u64 = 1 << 20;

impl Repack {
    /// What a dataset is in the copy.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a layout that is not written; [`Kind::Usage`](crate::Kind::Usage) for
    /// chunks that do not fit the dataset.
    pub(super) fn spec(&self, from: &Dataset, path: Option<&str>, datatype: StoredType) -> Result<DatasetSpec> {
        let as_it_is = as_it_is(from, datatype)?;
        let is_small = shape::bytes(&from.shape, from.datatype.size())? < SMALLEST;
        let takes_all = !(from.is_null || from.shape.is_empty() || is_small);
        let layout = chosen(&self.layouts, path, takes_all);
        let layout = layout.filter(|(_, named)| *named || !from.shape.is_empty());
        let filters = chosen(&self.filters, path, takes_all);
        let spec = self.with(from, as_it_is.clone(), layout, filters)?;
        if spec.takes_its_filters()? {
            return Ok(spec);
        }
        // What is for all is for those that can have it.
        let spec = self.with(from, as_it_is.clone(), layout, only_named(filters))?;
        match spec.takes_its_filters()? {
            true => Ok(spec),
            false => self.with(from, as_it_is, only_named(layout), only_named(filters)),
        }
    }

    /// A dataset as it was, but for what is chosen.
    fn with(
        &self,
        from: &Dataset,
        mut spec: DatasetSpec,
        layout: Option<Chosen<LayoutChoice>>,
        filters: Option<Chosen<Vec<Filter>>>,
    ) -> Result<DatasetSpec> {
        let before = spec.layout.clone();
        if let Some((layout, named)) = layout {
            spec.layout = self.layout_of(from, layout, named, &spec)?;
        }
        if let Some((filters, _)) = filters {
            if !filters.is_empty() && !matches!(spec.layout, LayoutSpec::Chunked { .. }) {
                spec.layout = chunks_of(from, &suitable(from));
            }
            spec.filters = filters.clone();
            spec.filters_set_up = false;
        }
        check_chunks(from, &spec.layout)?;
        let same = |chunk: &Vec<u64>| matches!(&from.storage, Storage::Chunked(old) if old.grid.chunk == *chunk);
        match &spec.layout {
            LayoutSpec::Chunked { chunk, .. } => spec.filters_set_up &= same(chunk),
            _ => (spec.filters, spec.filters_set_up) = (Vec::new(), false),
        }
        if self.level == Some(Level::Earliest) {
            if let LayoutSpec::Chunked { index, .. } = &mut spec.layout {
                *index = IndexKind::BTreeV1;
            }
        }
        if std::mem::discriminant(&spec.layout) != std::mem::discriminant(&before) {
            spec.fill.allocation = None;
        }
        Ok(spec)
    }

    fn layout_of(&self, from: &Dataset, chosen: &LayoutChoice, named: bool, spec: &DatasetSpec) -> Result<LayoutSpec> {
        let grows = from.max_shape != from.shape;
        Ok(match chosen {
            LayoutChoice::Chunks(lengths) if lengths.len() == from.shape.len() => {
                let bounded = lengths.iter().zip(&from.max_shape).map(|(&chunk, &most)| chunk.min(most).max(1));
                chunks_of(from, &bounded.collect::<Vec<_>>())
            }
            LayoutChoice::Chunks(lengths) if named => {
                let detail =
                    format!("chunks of {lengths:?} for a dataset of {:?}: one length for each dimension", from.shape);
                return Err(Error::usage(detail));
            }
            LayoutChoice::Chunked if !matches!(spec.layout, LayoutSpec::Chunked { .. }) => {
                chunks_of(from, &suitable(from))
            }
            LayoutChoice::Compact | LayoutChoice::Contiguous if grows && named => {
                return Err(Error::usage("a dataset that can grow needs chunks"))
            }
            LayoutChoice::Compact if !grows && (named || is_short(from)?) => LayoutSpec::Compact,
            LayoutChoice::Contiguous if !grows => LayoutSpec::Contiguous,
            _ => spec.layout.clone(),
        })
    }
}

/// A choice for a dataset, and whether it names the dataset.
type Chosen<'c, T> = (&'c T, bool);

/// The last choice for a dataset, or for all.
fn chosen<'c, T>(choices: &'c [(Option<String>, T)], path: Option<&str>, takes_all: bool) -> Option<Chosen<'c, T>> {
    let named = choices.iter().rev().find(|(name, _)| name.is_some() && name.as_deref() == path);
    let general = || choices.iter().rev().find(|(name, _)| name.is_none()).filter(|_| takes_all);
    named.map(|(_, choice)| (choice, true)).or_else(|| general().map(|(_, choice)| (choice, false)))
}

fn only_named<T>(choice: Option<Chosen<T>>) -> Option<Chosen<T>> {
    choice.filter(|(_, named)| *named)
}

/// Whether an object header has room for the elements.
fn is_short(from: &Dataset) -> Result<bool> {
    Ok(shape::bytes(&from.shape, from.datatype.size())? <= MAX_COMPACT)
}

/// Refuses chunks where there is nothing to cut.
fn check_chunks(from: &Dataset, layout: &LayoutSpec) -> Result<()> {
    match layout {
        LayoutSpec::Chunked { .. } if from.is_null => {
            Err(Error::usage("no elements, which have no chunks and no filters"))
        }
        LayoutSpec::Chunked { .. } if from.shape.is_empty() => {
            Err(Error::usage("a single element, which has no chunks and no filters"))
        }
        _ => Ok(()),
    }
}

/// What unwritten elements are.
pub(super) fn fill(fill: &FillStatus) -> FillSpec {
    let FillStatus { value, undefined, time, allocation } = fill;
    FillSpec { value: value.clone(), undefined: *undefined, time: *time, allocation: *allocation }
}

/// A dataset as it is.
fn as_it_is(from: &Dataset, datatype: StoredType) -> Result<DatasetSpec> {
    let (mut filters, mut filters_set_up) = (Vec::new(), false);
    let layout = match &from.storage {
        _ if from.is_null => LayoutSpec::Contiguous,
        Storage::Compact(_) => LayoutSpec::Compact,
        Storage::Contiguous(_) => LayoutSpec::Contiguous,
        Storage::Chunked(chunked) => {
            filters = chunked.filters.filters.iter().map(Filter::from).collect();
            filters_set_up = true;
            LayoutSpec::Chunked { chunk: chunked.grid.chunk.clone(), index: chunked.index.kind() }
        }
        Storage::External(pieces) => LayoutSpec::External(pieces.declared()?),
        Storage::Virtual(_) => return Err(Error::usage("a virtual dataset has no elements of its own")),
    };
    Ok(DatasetSpec {
        datatype,
        shape: (!from.is_null).then(|| from.shape.clone()),
        max_shape: from.max_shape.clone(),
        layout,
        fill: fill(&from.fill),
        filters,
        filters_set_up,
        object: ObjectSpec::default(),
    })
}

/// Chunks with the index that the library would choose.
fn chunks_of(from: &Dataset, chunk: &[u64]) -> LayoutSpec {
    let unlimited = from.max_shape.iter().filter(|&&length| length == u64::MAX).count();
    let is_one = from.max_shape.iter().zip(chunk).all(|(most, chunk)| most <= chunk);
    let old = matches!(&from.storage, Storage::Chunked(chunked) if chunked.index.kind() == IndexKind::BTreeV1);
    let index = match unlimited {
        _ if old => IndexKind::BTreeV1,
        0 if is_one && from.shape == from.max_shape => IndexKind::Single,
        0 => IndexKind::FixedArray,
        1 => IndexKind::ExtensibleArray,
        _ => IndexKind::BTreeV2,
    };
    LayoutSpec::Chunked { chunk: chunk.to_vec(), index }
}

/// The lengths of chunks of about a megabyte: the longest dimensions are cut first.
fn suitable(from: &Dataset) -> Vec<u64> {
    let mut chunk: Vec<u64> = from.shape.iter().map(|&length| length.max(1)).collect();
    let size = from.datatype.size();
    while shape::bytes(&chunk, size).unwrap_or(u64::MAX) > CHUNK {
        match chunk.iter_mut().max() {
            Some(longest) if *longest > 1 => *longest = longest.div_ceil(2),
            _ => break,
        }
    }
    chunk
}
