//! What would be done, without doing it.

use std::path::Path;

use super::catalog::Entry;
use super::copying::Copying;
use super::data::check_size;
use super::moving::{is_full, planned};
use super::Repack;
use crate::error::Result;
use crate::hdf5::builder::{Builder, DatasetSpec, FileOptions, LayoutSpec, Level};
use crate::hdf5::dataset::Layout;
use crate::hdf5::file::File;
use crate::hdf5::filter::description::Filter;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::rechunk::bands;
use crate::hdf5::references::has_addresses;

/// What [`Repack::run`] would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepackPlan {
    /// The datasets that change.
    pub changes: Vec<DatasetChange>,
    /// How many groups, datasets and committed datatypes are copied as they are.
    pub kept: u64,
    /// The oldest library that reads the copy.
    pub level: Level,
    /// The bytes of a page, if the copy is laid out in pages.
    pub page_size: Option<u64>,
    /// Raw data start at multiples of so many bytes.
    pub alignment: u64,
}

/// A dataset that is stored in another way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetChange {
    /// The path of the dataset.
    pub dataset: String,
    /// The lengths of the dataset.
    pub shape: Vec<u64>,
    /// How it is stored, and how it will be.
    pub layout: (Layout, Layout),
    /// The filters that it has, and those that it will have.
    pub filters: (Vec<Filter>, Vec<Filter>),
    /// How the elements get there; nothing where they are few, or hold addresses, or chunks stay as they are.
    pub rechunk: Option<RechunkPlan>,
}

/// How the elements of one dataset get into other chunks. Every chunk is read and decoded once, and encoded and written once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RechunkPlan {
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
    /// What [`Repack::run`] would do. The same is decided, down to whether the output can be made, and nothing is left there.
    ///
    /// # Errors
    /// As [`Repack::run`], but for what is wrong with elements.
    pub fn plan(&self, file: &File, path: impl AsRef<Path>, overwrite: bool) -> Result<RepackPlan> {
        let path = path.as_ref();
        let create = |options: &FileOptions| Builder::create_with(path, overwrite, options);
        let ((changes, objects), _, options) = self
            .decided(file, &create, Some(path), |copying| Ok((copying.changes()?, copying.catalog.kept().count())))?;
        let FileOptions { level, alignment, pages, .. } = options;
        let kept = (objects as u64).saturating_sub(changes.len() as u64);
        Ok(RepackPlan { changes, kept, level, page_size: pages.map(|pages| pages.page_size), alignment })
    }
}

impl Copying<'_> {
    /// The datasets that change.
    fn changes(&self) -> Result<Vec<DatasetChange>> {
        let datasets = self.catalog.kept().filter(|entry| entry.kind == ObjectKind::Dataset);
        let changes = datasets.map(|entry| self.catalog.named(entry, || self.change(entry)));
        changes.filter_map(Result::transpose).collect()
    }

    /// What changes of a dataset, if anything does.
    fn change(&self, entry: &Entry) -> Result<Option<DatasetChange>> {
        let header = ObjectHeader::read(self.space, entry.address)?;
        if Dataset::is_virtual(self.space, &header) {
            return Ok(None);
        }
        let (from, path) = (self.dataset(&header)?, self.catalog.path(entry));
        let spec = self.spec(entry, &header, &from)?;
        let layout = (Layout::from(&from.storage), layout(&spec.layout));
        let is_encoded_anew = matches!(spec.layout, LayoutSpec::Chunked { .. }) && !spec.filters_set_up;
        if from.is_null || layout.0 == layout.1 && !is_encoded_anew {
            return Ok(None);
        }
        let held = match &from.storage {
            Storage::Chunked(chunked) => chunked.filters.filters.iter().map(Filter::from).collect(),
            _ => Vec::new(),
        };
        let rechunk = self.rechunk(&from, &spec)?;
        Ok(Some(DatasetChange { dataset: path, shape: from.shape, layout, filters: (held, spec.filters), rechunk }))
    }

    /// How the elements of a dataset get there, if they go through a plan.
    fn rechunk(&self, from: &Dataset, spec: &DatasetSpec) -> Result<Option<RechunkPlan>> {
        if matches!(from.storage, Storage::Chunked(_)) && (is_one_piece(spec) || has_addresses(&from.datatype)) {
            check_size(self.space, from)?;
        }
        if stays(from, spec) {
            return Ok(None);
        }
        let to = match &spec.layout {
            LayoutSpec::Chunked { chunk, .. } => chunk.clone(),
            _ => bands(&from.shape, from.datatype.size()),
        };
        let is_full = is_one_piece(spec) || is_full(self.space, from)?;
        let (shapes, plan) = planned(from, &to, self.choices.means(), is_full)?;
        let (tile, threads, memory, spill_bytes) = (plan.tile, plan.threads, plan.memory, plan.spill);
        let from = match &from.storage {
            Storage::Chunked(held) => {
                held.grid.chunk.iter().zip(&from.shape).map(|(&len, &all)| len.min(all)).collect()
            }
            _ => shapes.from,
        };
        Ok(Some(RechunkPlan { from, to, tile, threads, memory, spill_bytes }))
    }
}

fn layout(spec: &LayoutSpec) -> Layout {
    match spec {
        LayoutSpec::Compact => Layout::Compact,
        LayoutSpec::Contiguous => Layout::Contiguous,
        LayoutSpec::Chunked { chunk, index } => Layout::Chunked { chunk: chunk.clone(), index: *index },
        LayoutSpec::External(_) => Layout::External,
        LayoutSpec::Virtual(_) => Layout::Virtual,
    }
}

fn is_one_piece(spec: &DatasetSpec) -> bool {
    !matches!(spec.layout, LayoutSpec::Chunked { .. })
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
