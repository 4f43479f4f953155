//! What a dataset is that is written, and what contradicts itself.

use super::external_data::{self, ExternalPiece};
use super::fill::{AllocationTime, FillSpec};
use super::object_spec::ObjectSpec;
use super::options::Level;
use super::stored_type::{message_of, StoredType};
use super::virtual_layout::VirtualMapping;
use crate::error::{Error, Result};
use crate::hdf5::chunk::IndexKind;
use crate::hdf5::filter::chunks::Chunks;
use crate::hdf5::filter::setup::{fits, setup};
use crate::hdf5::record::message::dataspace::Dataspace;
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
    /// Whether the filters are those of another file with chunks of this shape and elements of this type: their parameters
    /// are complete, and chunks that passed through them may come as they are, also where nobody here knows the filter.
    pub filters_set_up: bool,
    /// What else there is of it.
    pub object: ObjectSpec,
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
    /// In other datasets, also of other files: what no mapping has is the fill value. From [`Level::V110`] on.
    Virtual(Vec<VirtualMapping>),
    /// In files without a format of their own, one piece after the other. Nothing is written to them.
    External(Vec<ExternalPiece>),
}

impl LayoutSpec {
    /// Chunks of this shape, with the index that every library reads; it grows along any dimension.
    pub fn chunked(chunk: Vec<u64>) -> Self {
        LayoutSpec::Chunked { chunk, index: IndexKind::BTreeV1 }
    }
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
            filters_set_up: false,
            object: ObjectSpec::default(),
        }
    }

    /// The same dataset in chunks, with the index that the library would choose for it in a file of this level.
    ///
    /// ```
    /// use hyperslab::hdf5::builder::{DatasetSpec, LayoutSpec, Level};
    /// use hyperslab::hdf5::{Datatype, IndexKind};
    /// use hyperslab::{ByteOrder, NumberType};
    ///
    /// let double = Datatype::Number(NumberType::F64, ByteOrder::Little);
    /// let grows = DatasetSpec { max_shape: vec![u64::MAX], ..DatasetSpec::new(double, &[2]) };
    /// let layout = grows.in_chunks(vec![8], Level::V110).layout;
    /// assert_eq!(layout, LayoutSpec::Chunked { chunk: vec![8], index: IndexKind::ExtensibleArray });
    /// ```
    #[must_use]
    pub fn in_chunks(self, chunk: Vec<u64>, level: Level) -> Self {
        let growing = self.max_shape.iter().filter(|&&most| most == u64::MAX).count();
        let is_whole = self.lengths() == chunk && self.max_shape == chunk;
        let early = self.fill.allocation == Some(AllocationTime::Early);
        let index = match growing {
            _ if level == Level::Earliest => IndexKind::BTreeV1,
            0 if is_whole => IndexKind::Single,
            0 if self.filters.is_empty() && early => IndexKind::Implicit,
            0 => IndexKind::FixedArray,
            1 => IndexKind::ExtensibleArray,
            _ => IndexKind::BTreeV2,
        };
        DatasetSpec { layout: LayoutSpec::Chunked { chunk, index }, ..self }
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
    pub(super) fn check(&self, level: Level) -> Result<()> {
        let size = self.datatype.datatype().size();
        let shape = self.lengths();
        message_of(self.datatype.datatype(), level)?;
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
        let may_grow = chunk.is_some() || matches!(self.layout, LayoutSpec::Virtual(_) | LayoutSpec::External(_));
        if grows && !may_grow || chunk.is_none() && !self.filters.is_empty() {
            return wrong("a dataset that grows or has filters, without chunks");
        }
        if chunk.is_some_and(|chunk| chunk.len() != shape.len() || chunk.is_empty() || chunk.contains(&0)) {
            return wrong("a chunk shape that does not fit the dataset");
        }
        if self.layout == LayoutSpec::Compact && shape::bytes(shape, size)? > MAX_COMPACT {
            return wrong("more elements than fit an object header");
        }
        if let LayoutSpec::External(pieces) = &self.layout {
            let most = shape::bytes(&self.max_shape, size).ok().filter(|_| !self.max_shape.contains(&u64::MAX));
            external_data::check(pieces, most)?;
        }
        self.fill.check(&self.layout, size)
    }

    /// Whether chunks of this shape with these elements can pass through the filters.
    ///
    /// # Errors
    /// What no chunks can pass through.
    pub(in crate::hdf5) fn takes_its_filters(&self) -> Result<bool> {
        match &self.layout {
            LayoutSpec::Chunked { chunk, .. } if !self.filters_set_up => {
                let fill = self.fill.value.as_deref();
                fits(&self.filters, &Chunks { datatype: self.datatype.datatype(), shape: chunk, fill })
            }
            _ => Ok(true),
        }
    }

    /// The filters as a message, set up for the type, the chunks and the fill value.
    pub(in crate::hdf5) fn pipeline(&self) -> Result<Option<FilterPipeline>> {
        let LayoutSpec::Chunked { chunk, .. } = &self.layout else { return Ok(None) };
        if self.filters.is_empty() {
            return Ok(None);
        }
        if self.filters_set_up {
            return Ok(Some(FilterPipeline {
                version: 2,
                filters: self.filters.iter().map(Filter::describe).collect(),
            }));
        }
        let fill = self.fill.value.as_deref();
        setup(&self.filters, &Chunks { datatype: self.datatype.datatype(), shape: chunk, fill }).map(Some)
    }
}
