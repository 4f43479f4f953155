//! What a dataset is that is written, and what contradicts itself.

use super::stored_type::{message_of, StoredType};
use crate::error::{Error, Result};
use crate::hdf5::chunk::IndexKind;
use crate::hdf5::filter::chunks::Chunks;
use crate::hdf5::filter::setup::setup;
use crate::hdf5::record::message::dataspace::Dataspace;
use crate::hdf5::record::message::fill_value::{allocate, write_time, FillValue};
use crate::hdf5::record::message::filter_pipeline::FilterPipeline;
use crate::hdf5::Filter;
use crate::shape;

/// The largest value that fits into a layout message.
pub(crate) const MAX_COMPACT: u64 = 65_000;

/// A dataset to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetSpec {
    /// What the elements are.
    pub datatype: StoredType,
    /// Lengths at creation, slowest first; none for a single element. `None` for a null dataspace: no element at all.
    pub shape: Option<Vec<u64>>,
    /// How far each dimension may grow; `u64::MAX` is unlimited. `[0]` for a null dataspace.
    pub max_shape: Vec<u64>,
    /// Where the elements lie.
    pub layout: LayoutSpec,
    /// What elements are that were never written.
    pub fill: FillSpec,
    /// The filters of chunks, in the order of writing.
    pub filters: Vec<Filter>,
}

/// Where the elements of a dataset lie (section IV.A.2.i of the format specification).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayoutSpec {
    /// In the object header.
    Compact,
    /// In one piece.
    Contiguous,
    /// In chunks of one shape.
    Chunked {
        /// The lengths of a chunk.
        chunk: Vec<u64>,
        /// What finds the chunks. [`IndexKind::BTreeV1`] is the one that HDF5 before 1.10 reads.
        index: IndexKind,
    },
}

impl LayoutSpec {
    /// Chunks of this shape, with the index that every library reads; it grows along any dimension.
    pub fn chunked(chunk: Vec<u64>) -> Self {
        LayoutSpec::Chunked { chunk, index: IndexKind::BTreeV1 }
    }
}

/// What elements are that were never written (section IV.A.2.f).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FillSpec {
    /// One element as stored, of a type without addresses; zeros where there is none.
    pub value: Option<Vec<u8>>,
    /// Whether the library leaves such elements as they happen to be.
    pub never_written: bool,
}

impl DatasetSpec {
    /// A dataset that does not grow, in one piece, without filters.
    pub fn new(datatype: impl Into<StoredType>, shape: &[u64]) -> Self {
        DatasetSpec {
            datatype: datatype.into(),
            shape: Some(shape.to_vec()),
            max_shape: shape.to_vec(),
            layout: LayoutSpec::Contiguous,
            fill: FillSpec::default(),
            filters: Vec::new(),
        }
    }

    /// A dataset without elements: a null dataspace.
    pub fn null(datatype: impl Into<StoredType>) -> Self {
        DatasetSpec { shape: None, ..DatasetSpec::new(datatype, &[0]) }
    }

    /// The lengths at creation; `[0]` of a null dataspace.
    pub(crate) fn lengths(&self) -> &[u64] {
        self.shape.as_deref().unwrap_or(&[0])
    }

    /// Refuses lengths in the end that the dataset cannot have.
    pub(super) fn check_extent(&self, extent: &[u64]) -> Result<()> {
        let fits = |((&extent, &created), &most): ((&u64, &u64), &u64)| {
            (created..=most).contains(&extent) && extent != u64::MAX
        };
        let axes = extent.iter().zip(self.lengths()).zip(&self.max_shape);
        match extent.len() == self.max_shape.len() && axes.into_iter().all(fits) {
            true => shape::bytes(extent, self.datatype.datatype().size()).map(drop),
            false => Err(Error::usage(format!(
                "lengths {extent:?} for a dataset of {:?} that grows to {:?}",
                self.lengths(),
                self.max_shape
            ))),
        }
    }

    /// Refuses what contradicts itself.
    pub(super) fn check(&self) -> Result<()> {
        let size = self.datatype.datatype().size();
        let shape = self.lengths();
        message_of(self.datatype.datatype())?;
        Dataspace::simple(shape, Some(&self.max_shape))?;
        let grows = shape != self.max_shape;
        let chunk = match &self.layout {
            LayoutSpec::Chunked { chunk, .. } => Some(chunk),
            _ => None,
        };
        let wrong = |what: &'static str| Err(Error::usage(what));
        if shape.len() != self.max_shape.len() || shape.iter().zip(&self.max_shape).any(|(now, most)| now > most) {
            return wrong("maximum lengths that the lengths exceed");
        }
        if shape.contains(&u64::MAX) {
            return wrong("an unlimited length: only the maximum may be that");
        }
        if self.shape.is_none() && self.layout != LayoutSpec::Contiguous {
            return wrong("a dataset without elements that is not contiguous");
        }
        if chunk.is_none() && (grows || !self.filters.is_empty()) {
            return wrong("a dataset that grows or has filters, without chunks");
        }
        if chunk.is_some_and(|chunk| chunk.len() != shape.len() || chunk.is_empty() || chunk.contains(&0)) {
            return wrong("a chunk shape that does not fit the dataset");
        }
        if self.layout == LayoutSpec::Compact && shape::bytes(shape, size)? > MAX_COMPACT {
            return wrong("more elements than fit an object header");
        }
        if self.fill.value.as_ref().is_some_and(|fill| fill.len() as u64 != size) {
            return wrong("a fill value of another size than the elements");
        }
        Ok(())
    }

    /// The filters as a message, set up for the type, the chunks and the fill value.
    pub(in crate::hdf5) fn pipeline(&self) -> Result<Option<FilterPipeline>> {
        let LayoutSpec::Chunked { chunk, .. } = &self.layout else { return Ok(None) };
        if self.filters.is_empty() {
            return Ok(None);
        }
        let fill = self.fill.value.as_deref();
        setup(&self.filters, &Chunks { datatype: self.datatype.datatype(), shape: chunk, fill }).map(Some)
    }

    /// The message of the fill value.
    pub(super) fn fill_message(&self) -> FillValue {
        let allocation_time = match &self.layout {
            LayoutSpec::Compact | LayoutSpec::Chunked { index: IndexKind::Implicit, .. } => allocate::EARLY,
            LayoutSpec::Contiguous => allocate::LATE,
            LayoutSpec::Chunked { .. } => allocate::INCREMENTAL,
        };
        let write_time = if self.fill.never_written { write_time::NEVER } else { write_time::IF_SET };
        FillValue { version: 3, allocation_time, write_time, undefined: false, value: self.fill.value.clone() }
    }
}
