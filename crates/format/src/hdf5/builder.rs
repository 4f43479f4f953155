//! Writing an HDF5 file: raw data first, then the objects, then the root group.

use std::path::Path;

use super::datatype::Datatype;
use super::write::element_data::refuse_addresses;
use super::write::file::FileWriter;
use super::write::hard_links::Counted;
use super::write::records;
use crate::error::{Error, Result};
use crate::shape::{self, Selection};
use crate::sink::{Behind, InMemory, Memory, NewFile, Sink};

pub(crate) use super::record::message::dataspace::MAX_RANK;
pub(crate) use super::write::dataset::MAX_COMPACT;
pub(crate) use super::write::dataset_header::{DatasetHeader, WrittenDataset};
pub(crate) use super::write::object::Describe;

pub use super::selection::{DataspaceSelection, RegularBlocks, UNLIMITED};
pub use super::write::attributes::AttributeSpec;
pub use super::write::dataset::{DatasetSpec, LayoutSpec};
pub use super::write::element_data::ElementData;
pub use super::write::element_value::{ElementValue, RegionReference};
pub use super::write::external_data::ExternalPiece;
pub use super::write::fill::{AllocationTime, FillSpec, FillTime};
pub use super::write::group::{GroupSpec, LinkSpec, LinkTo};
pub use super::write::object::ObjectAddress;
pub use super::write::object_spec::{CreationOrder, ObjectSpec, Times};
pub use super::write::options::{FileOptions, Level, PagedSpace};
pub use super::write::raw::DatasetWriter;
pub use super::write::stored_type::StoredType;
pub use super::write::virtual_layout::VirtualMapping;

/// An HDF5 file being written. It becomes visible, whole, when [`Builder::finish`] returns; dropped before, it leaves
/// nothing.
///
/// Raw data may be written by any thread in any order. An object is described by its messages when its data are there, and
/// is named by links of groups, as many as it needs; so groups come after what they hold, and the root group comes last.
///
/// Text and sequences of any length, and references, are stored as addresses; bytes of such elements are refused. They are
/// given as values: [`ElementData::texts`], [`ElementData::objects`], [`ElementData::values`].
///
/// ```
/// use hyperslab::hdf5::builder::{AttributeSpec, Builder, DatasetSpec, GroupSpec, LayoutSpec, LinkSpec};
/// use hyperslab::hdf5::{Datatype, IndexKind};
/// use hyperslab::{ByteOrder, NumberType, Selection};
///
/// # fn main() -> hyperslab::Result<()> {
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.h5");
/// let builder = Builder::create(&path, false)?;
/// let double = Datatype::Number(NumberType::F64, ByteOrder::Little);
/// // Two of any number of rows of three.
/// let steps = builder.dataset(DatasetSpec {
///     max_shape: vec![u64::MAX, 3],
///     layout: LayoutSpec::Chunked { chunk: vec![1, 3], index: IndexKind::ExtensibleArray },
///     ..DatasetSpec::new(double, &[2, 3])
/// })?;
/// let values: Vec<u8> = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0f64].iter().flat_map(|v| v.to_le_bytes()).collect();
/// builder.write(&steps, &Selection::all(&[2, 3]), &values)?;
/// let units = AttributeSpec::scalar("units", Datatype::Number(NumberType::U8, ByteOrder::Little), vec![7]);
/// let kind = AttributeSpec::text("kind", "nodal");
/// let steps = builder.add_dataset(steps, &[2, 3], vec![units, kind])?;
/// let root = GroupSpec { links: vec![LinkSpec::hard("steps", steps)], ..GroupSpec::default() };
/// let root = builder.add_group(&root)?;
/// builder.finish(root)?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Builder {
    file: FileWriter,
}

impl Builder {
    /// Starts a file.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if `path` exists and may not be overwritten; [`Kind::Io`](crate::Kind::Io).
    pub fn create(path: impl AsRef<Path>, overwrite: bool) -> Result<Self> {
        Builder::create_with(path, overwrite, &FileOptions::default())
    }

    /// Starts a file that is laid out as the options have it.
    ///
    /// # Errors
    /// As [`Builder::create`], and [`Kind::Usage`](crate::Kind::Usage) for options that no file has.
    pub fn create_with(path: impl AsRef<Path>, overwrite: bool, options: &FileOptions) -> Result<Self> {
        options.check()?;
        Builder::with(Box::new(NewFile::create(path.as_ref(), overwrite)?), options)
    }

    /// Starts a file in memory.
    pub fn in_memory(place: &Memory) -> Self {
        Builder::new(Box::new(InMemory::new(place)))
    }

    /// Starts a file in memory that is laid out as the options have it.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for options that no file has.
    pub fn in_memory_with(place: &Memory, options: &FileOptions) -> Result<Self> {
        options.check()?;
        Builder::with(Box::new(InMemory::new(place)), options)
    }

    /// Starts a file in a sink that is open, with a user block, if it has one.
    pub(crate) fn with(sink: Box<dyn Sink>, options: &FileOptions) -> Result<Self> {
        let base = options.base();
        sink.write_at(0, &options.user_block)?;
        let sink = if base == 0 { sink } else { Box::new(Behind::new(sink, base)) };
        Ok(Builder { file: FileWriter::with(sink, options.clone()) })
    }

    /// Starts a file in a sink that is open.
    pub(crate) fn new(sink: Box<dyn Sink>) -> Self {
        Builder { file: FileWriter::with(sink, FileOptions::default()) }
    }

    /// Goes on with a file of `len` bytes.
    pub(crate) fn changing(sink: Box<dyn Sink>, len: u64) -> Self {
        Builder { file: FileWriter::changing(sink, len) }
    }

    /// Closes a file that was changed; returns its size.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub(crate) fn close(self) -> Result<u64> {
        let end = self.file.end();
        self.file.close()?;
        Ok(end)
    }

    /// Where bytes go that elements refer to.
    pub(crate) fn file(&self) -> &FileWriter {
        &self.file
    }

    /// Gives a datatype an object header of its own, so that datasets and attributes can refer to it. A group should link
    /// to its address.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type that cannot be written.
    pub fn commit_datatype(&self, datatype: Datatype) -> Result<StoredType> {
        self.file.commit_datatype(datatype, Vec::new(), ObjectSpec::default())
    }

    /// Gives a datatype an object header of its own, as [`Builder::commit_datatype`] does, with attributes and more.
    ///
    /// # Errors
    /// As [`Builder::commit_datatype`]; [`Kind::Usage`](crate::Kind::Usage) for attributes whose data are not of their type.
    pub fn commit_datatype_with(
        &self,
        datatype: Datatype,
        attributes: Vec<AttributeSpec>,
        object: ObjectSpec,
    ) -> Result<StoredType> {
        self.file.commit_datatype(datatype, attributes, object)
    }

    /// Gives the data of a dataset a place, if their size is fixed.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a description that contradicts itself;
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type or a filter that is not written, for the fill value of a type
    /// that holds addresses, and for chunks of 4 GiB or more.
    pub fn dataset(&self, spec: DatasetSpec) -> Result<DatasetWriter> {
        if spec.fill.value.is_some() {
            refuse_addresses(spec.datatype.datatype())?;
        }
        DatasetWriter::new(&self.file, spec)
    }

    /// Gives the unfiltered chunks of the rows that datasets have from the start their places, row by row: what belongs to
    /// one step lies together, and the steps of a dataset lie at a constant distance. Datasets of which a chunk was written
    /// already are left alone.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for datasets of another builder; [`Kind::Limit`](crate::Kind::Limit) when the file
    /// would exceed 2^63 bytes.
    pub fn place_rows<'d>(&self, datasets: impl Iterator<Item = &'d DatasetWriter>) -> Result<()> {
        let datasets = datasets.map(|dataset| dataset.check_file(&self.file).map(|()| dataset));
        records::place(&self.file, datasets.collect::<Result<Vec<_>>>()?.into_iter())
    }

    /// Asks the file system for room for everything that has a place.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io) when there is none.
    pub fn reserve(&self) -> Result<()> {
        self.file.reserve()
    }

    /// Writes a box of an unfiltered dataset: its elements as they are stored, in C order. The box may lie beyond the
    /// lengths of dimensions that can grow.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for another number of bytes, a filtered dataset, one of another builder, or a box
    /// beyond what can grow; [`Kind::Unsupported`](crate::Kind::Unsupported) for elements that hold addresses;
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn write(&self, dataset: &DatasetWriter, region: &Selection, elements: &[u8]) -> Result<()> {
        let spec = self.takes_bytes(dataset)?;
        if box_bytes(dataset, region)? != elements.len() as u64 {
            return Err(Error::usage(format!(
                "{} bytes for {:?} of {}",
                elements.len(),
                region.count,
                spec.datatype.datatype()
            )));
        }
        dataset.write(&self.file, region, elements)
    }

    /// Writes a box of an unfiltered dataset, as [`Builder::write`] does, from elements of any kind. What those lead to that
    /// are overwritten stays in the file.
    ///
    /// # Errors
    /// As [`Builder::write`], and for elements that are not of the type.
    pub fn write_elements(&self, dataset: &DatasetWriter, region: &Selection, elements: &ElementData) -> Result<()> {
        dataset.check_file(&self.file)?;
        let (datatype, len) = (dataset.spec().datatype.datatype(), box_bytes(dataset, region)?);
        dataset.write(&self.file, region, &elements.stored(datatype, len, Some(&self.file))?)
    }

    /// Passes a whole chunk through the filters and writes it, in place of the one that was there. `position` counts
    /// chunks; chunks that cross the end of the dataset are whole, too.
    ///
    /// # Errors
    /// As [`Builder::write`], for a chunk that the dataset cannot have; [`Kind::Limit`](crate::Kind::Limit) for an encoded
    /// chunk above 4 GiB.
    pub fn write_chunk(&self, dataset: &DatasetWriter, position: &[u64], elements: Vec<u8>) -> Result<()> {
        let spec = self.takes_bytes(dataset)?;
        if chunk_bytes(dataset, position)? != elements.len() as u64 {
            return Err(Error::usage(format!("{} bytes for a chunk of {:?}", elements.len(), spec.layout)));
        }
        self.write_stored(dataset, position, elements)
    }

    /// Writes a whole chunk, as [`Builder::write_chunk`] does, from elements of any kind.
    ///
    /// # Errors
    /// As [`Builder::write_chunk`], and for elements that are not of the type.
    pub fn write_chunk_elements(
        &self,
        dataset: &DatasetWriter,
        position: &[u64],
        elements: &ElementData,
    ) -> Result<()> {
        dataset.check_file(&self.file)?;
        let (datatype, len) = (dataset.spec().datatype.datatype(), chunk_bytes(dataset, position)?);
        self.write_stored(dataset, position, elements.stored(datatype, len, Some(&self.file))?)
    }

    /// Writes a chunk as it is stored before the filters.
    fn write_stored(&self, dataset: &DatasetWriter, position: &[u64], mut elements: Vec<u8>) -> Result<()> {
        let Some(pipeline) = dataset.pipeline() else {
            let chunk = dataset.chunk().unwrap_or_default();
            let start = position.iter().zip(chunk).map(|(&at, &length)| at.saturating_mul(length)).collect();
            return dataset.write(&self.file, &Selection::block(start, chunk.to_vec()), &elements);
        };
        pipeline.encode(&mut elements, &mut Vec::new())?;
        dataset.put_chunk(&self.file, position, &elements, 0)
    }

    /// What a dataset is, if it is one of this file whose elements may be given as bytes.
    fn takes_bytes<'d>(&self, dataset: &'d DatasetWriter) -> Result<&'d DatasetSpec> {
        dataset.check_file(&self.file)?;
        refuse_addresses(dataset.spec().datatype.datatype())?;
        Ok(dataset.spec())
    }

    /// Describes a dataset, whose data are all written, with the lengths that it has now (`[0]` without a dataspace); returns
    /// its address, for links.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a dataset of another builder, and for lengths that it cannot have or beyond which
    /// there are chunks; [`Kind::Unsupported`](crate::Kind::Unsupported) for attributes that cannot be written;
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn add_dataset(
        &self,
        dataset: DatasetWriter,
        shape: &[u64],
        attributes: Vec<AttributeSpec>,
    ) -> Result<ObjectAddress> {
        dataset.check_file(&self.file)?;
        dataset.check_extent(shape)?;
        let written = dataset.complete(&self.file)?;
        self.add(&DatasetHeader { dataset: &written, shape: shape.to_vec(), attributes })
    }

    /// Writes a group; returns its address, for links.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for links that nobody finds or that lead to objects of another builder;
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for attributes that cannot be written; [`Kind::Io`](crate::Kind::Io).
    pub fn add_group(&self, group: &GroupSpec) -> Result<ObjectAddress> {
        self.add(group)
    }

    fn add(&self, object: &dyn Describe) -> Result<ObjectAddress> {
        self.file.add_object(&Counted(object))
    }

    /// Completes the file with its root group, makes it durable and visible; returns its size.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a root that is no group of this builder, [`Kind::Io`](crate::Kind::Io); then there
    /// is no file.
    pub fn finish(self, root: ObjectAddress) -> Result<u64> {
        self.file.finish(root)
    }
}

/// The bytes of a box of an unfiltered dataset.
fn box_bytes(dataset: &DatasetWriter, region: &Selection) -> Result<u64> {
    let spec = dataset.spec();
    if !region.is_box() || dataset.pipeline().is_some() {
        return Err(Error::usage("only boxes of unfiltered datasets are written at once"));
    }
    region.check(&spec.max_shape)?;
    shape::bytes(&region.count, spec.datatype.datatype().size())
}

/// The bytes of the chunk at a position, before any filter.
fn chunk_bytes(dataset: &DatasetWriter, position: &[u64]) -> Result<u64> {
    let chunk = dataset.chunk().ok_or_else(|| Error::usage("the dataset is not chunked"))?;
    if position.len() != chunk.len() {
        return Err(Error::usage(format!("the position {position:?} of a chunk of {chunk:?}")));
    }
    shape::bytes(chunk, dataset.spec().datatype.datatype().size())
}
