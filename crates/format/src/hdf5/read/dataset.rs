//! Datasets: shape, type, storage, and the raw data of any selection.

use std::sync::Arc;

use super::chunk_reader::ChunkReader;
use super::chunked::Chunked;
use super::external_data::ExternalData;
use super::fill::FillStatus;
use super::lengths::Lengths;
use super::nesting::{Budget, Nesting, SourceDataset};
use super::parallel;
use super::pieces::{borrow_at, copy_out, slice};
use super::virtual_layout::{Virtual, VirtualElements};
use crate::copy::{self, Side};
use crate::element::NotBorrowable;
use crate::error::{Error, Result};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::record::message::dataspace::Dataspace;
use crate::hdf5::record::message::datatype::DatatypeMessage;
use crate::hdf5::record::message::layout::{DataLayout, Storage as Layout};
use crate::hdf5::record::message::MessageType;
use crate::hdf5::space::AddressSpace;
use crate::shape::{self, Selection};

/// A dataset with everything that its header says.
#[derive(Debug)]
pub(crate) struct Dataset {
    pub datatype: Datatype,
    /// Whether there are no elements, not even one: the dataspace is null.
    pub is_null: bool,
    /// Current lengths.
    pub shape: Vec<u64>,
    /// Maximum lengths; `u64::MAX` is unlimited.
    pub max_shape: Vec<u64>,
    pub fill: FillStatus,
    pub storage: Storage,
}

/// Where the raw data are.
#[derive(Debug)]
pub(crate) enum Storage {
    Compact(Vec<u8>),
    /// The address, unless nothing was ever written.
    Contiguous(Option<u64>),
    Chunked(Box<Chunked>),
    /// In other files.
    External(ExternalData),
    /// In other datasets.
    Virtual(Virtual),
}

impl Dataset {
    /// Whether the header is that of a virtual dataset, whose elements are those of other ones.
    pub fn is_virtual(space: &AddressSpace, header: &ObjectHeader) -> bool {
        let layout =
            header.find(MessageType::LAYOUT).map(|message| message.decode::<DataLayout>("data layout", space.widths));
        matches!(layout, Some(Ok(DataLayout { storage: Layout::Virtual { .. }, .. })))
    }

    /// Takes a dataset out of its object header.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when a message is missing or contradicts another; why the extent of a virtual
    /// dataset that grows with its sources is not known.
    pub fn from_header(space: &AddressSpace, header: &ObjectHeader) -> Result<Self> {
        Self::from_header_below(space, header, &Nesting::new(&Budget::new(0), open_source))
    }

    /// [`Dataset::from_header`] for the source of a virtual dataset.
    ///
    /// # Errors
    /// As [`Dataset::from_header`].
    pub fn from_header_below(space: &AddressSpace, header: &ObjectHeader, nesting: &Nesting) -> Result<Self> {
        let offset = space.offset(header.address);
        let required = |kind, name: &str| {
            let found = header.resolved(space, kind)?;
            found
                .ok_or_else(|| Error::malformed("object header", offset, format!("a dataset without a {name} message")))
        };
        let dataspace =
            required(MessageType::DATASPACE, "dataspace")?.decode::<Dataspace>("dataspace message", space.widths)?;
        let datatype =
            required(MessageType::DATATYPE, "datatype")?.decode::<DatatypeMessage>("datatype message", ())?;
        let datatype = Datatype::from_message(&datatype, space.widths);
        // A null dataspace has no element, not even one: an array of length 0 says the same.
        let shape: Vec<u64> = match dataspace.is_null() {
            true => vec![0],
            false => dataspace.dims.iter().map(|dim| dim.0).collect(),
        };
        let max_shape =
            dataspace.max_dims.as_ref().map_or_else(|| shape.clone(), |dims| dims.iter().map(|dim| dim.0).collect());
        shape::bytes(&shape, datatype.size())?;
        let lengths = Lengths { current: &shape, max: &max_shape };
        let storage = Storage::from_header(space, header, lengths, &datatype, nesting)?;
        let shape = match &storage {
            Storage::Virtual(layout) => layout.shape().map_or(shape, <[u64]>::to_vec),
            _ => shape,
        };
        shape::bytes(&shape, datatype.size())?;
        let fill = FillStatus::from_header(space, header)?;
        Ok(Dataset { datatype, is_null: dataspace.is_null(), shape, max_shape, fill, storage })
    }

    /// The stored bytes of a region that lies in one piece.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the data leave the file.
    pub fn borrow<'s>(
        &'s self,
        space: &'s AddressSpace,
        region: &Selection,
    ) -> Result<Result<&'s [u8], NotBorrowable>> {
        let size = self.datatype.size();
        match &self.storage {
            Storage::Compact(bytes) => {
                Ok(one_run(&self.shape, region).and_then(|first| slice(bytes, first, &region.count, size)))
            }
            Storage::Contiguous(None) => Ok(Err(NotBorrowable::NotAllocated)),
            Storage::Contiguous(Some(address)) => match one_run(&self.shape, region) {
                Ok(first) => borrow_at(space, *address, first, &region.count, size),
                Err(reason) => Ok(Err(reason)),
            },
            Storage::Chunked(chunked) => chunked.borrow(space, region),
            Storage::External(_) | Storage::Virtual(_) => Ok(Err(NotBorrowable::Scattered)),
        }
    }

    /// Fills `target` with the stored bytes of a region, in C order.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the data are broken, [`Kind::Unsupported`](crate::Kind::Unsupported) for a layout or filter that is not implemented.
    pub fn read(&self, space: &AddressSpace, region: &Selection, target: &mut [u8]) -> Result<()> {
        let budget = Budget::new(shape::count(&region.count)?);
        self.read_below(space, region, target, &Nesting::new(&budget, open_source))
    }
}

impl SourceDataset for Dataset {
    fn shape(&self) -> &[u64] {
        &self.shape
    }

    fn datatype(&self) -> &Datatype {
        &self.datatype
    }

    fn read_below(&self, space: &AddressSpace, region: &Selection, target: &mut [u8], nesting: &Nesting) -> Result<()> {
        let size = self.datatype.size();
        let from = Side { shape: &self.shape, start: &region.start, stride: &region.stride };
        let to = Side { shape: &region.count, start: &vec![0; region.count.len()], stride: &[] };
        match &self.storage {
            Storage::Compact(bytes) => copy::copy((bytes, from), (target, to), &region.count, size),
            Storage::Contiguous(None) => {
                self.fill.fill(target, size);
                Ok(())
            }
            Storage::Contiguous(Some(address)) => copy_out(space, *address, (from, to), &region.count, size, target),
            Storage::Chunked(chunked) => {
                parallel::read(ChunkReader { space, chunked, fill: &self.fill }, region, target)
            }
            Storage::External(data) => data.read(space, (from, to), &region.count, size, target),
            Storage::Virtual(layout) => {
                let Dataset { shape, datatype, fill, .. } = self;
                layout.read(space, VirtualElements { shape, datatype, fill }, region, target, nesting)
            }
        }
    }
}

/// Opens the dataset at an address as the source of a virtual one.
fn open_source(space: &AddressSpace, address: u64, nesting: &Nesting) -> Result<Arc<dyn SourceDataset>> {
    let header = ObjectHeader::read(space, address)?;
    match header.kind() {
        Some(ObjectKind::Dataset) => Ok(Arc::new(Dataset::from_header_below(space, &header, nesting)?)),
        _ => Err(Error::malformed("object header", space.offset(address), "a virtual dataset needs a dataset here")),
    }
}

/// The first element of a region whose elements are neighbours in an array of this shape.
fn one_run(shape: &[u64], region: &Selection) -> Result<u64, NotBorrowable> {
    copy::single_run(shape, region).ok_or(NotBorrowable::Scattered)
}

impl Storage {
    fn from_header(
        space: &AddressSpace,
        header: &ObjectHeader,
        lengths: Lengths,
        datatype: &Datatype,
        nesting: &Nesting,
    ) -> Result<Self> {
        let Some(message) = header.find(MessageType::LAYOUT) else {
            let offset = space.offset(header.address);
            return Err(Error::malformed("object header", offset, "a dataset without a layout message"));
        };
        if let Some(files) = header.find(MessageType::EXTERNAL_FILES) {
            return ExternalData::from_message(space, files).map(Storage::External);
        }
        let layout = message.decode::<DataLayout>("data layout message", space.widths)?;
        let bytes = shape::bytes(lengths.current, datatype.size())?;
        match &layout.storage {
            Layout::Compact { data, .. } => {
                if (data.len() as u64) < bytes {
                    let detail = format!("{bytes} bytes are declared, and {} are there", data.len());
                    return Err(Error::malformed("data layout message", message.offset, detail));
                }
                Ok(Storage::Compact(data.clone()))
            }
            Layout::Contiguous { address, .. } => match address.get() {
                Some(address) if bytes > space.remaining(address) && !space.is_torn => {
                    let detail = format!("{bytes} bytes of data reach beyond the end of the file");
                    Err(Error::malformed("data layout message", message.offset, detail))
                }
                address => Ok(Storage::Contiguous(address)),
            },
            Layout::Virtual { collection, index } => {
                Virtual::from_layout(space, (*collection, *index), lengths, nesting).map(Storage::Virtual)
            }
            Layout::Chunked(stored) => Chunked::new(space, header, (&layout, stored), lengths, datatype)
                .map(|chunked| Storage::Chunked(Box::new(chunked))),
        }
    }
}
