//! Datasets: shape, type, storage, and the raw data of any selection.

use std::cell::RefCell;

use super::parallel::Cut;
use crate::copy::{self, Side};
use crate::element::NotBorrowable;
use crate::error::{Error, Result};
use crate::grid::{for_each_part, Part};
use crate::hdf5::chunk::{ChunkGrid, ChunkIndex};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::filter::Pipeline;
use crate::hdf5::record::message::dataspace::Dataspace;
use crate::hdf5::record::message::datatype::DatatypeMessage;
use crate::hdf5::record::message::fill_value::{write_time, FillValue, OldFillValue};
use crate::hdf5::record::message::filter_pipeline::FilterPipeline;
use crate::hdf5::record::message::layout::{Chunked as StoredChunks, DataLayout, Storage as Layout};
use crate::hdf5::record::message::MessageType;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::object::ObjectHeader;
use crate::limits;
use crate::shape::{self, Selection};

/// A dataset with everything that its header says.
#[derive(Debug)]
pub(crate) struct Dataset {
    pub datatype: Datatype,
    /// Current lengths.
    pub shape: Vec<u64>,
    /// Maximum lengths; `u64::MAX` is unlimited.
    pub max_shape: Vec<u64>,
    pub fill: FillStatus,
    pub storage: Storage,
}

/// What unwritten elements are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FillStatus {
    /// One element; `None` is zero bytes.
    pub value: Option<Vec<u8>>,
    /// Whether it is never written, so that unwritten elements are anything.
    pub never_written: bool,
}

/// Where the raw data are.
#[derive(Debug)]
pub(crate) enum Storage {
    Compact(Vec<u8>),
    /// The address, unless nothing was ever written.
    Contiguous(Option<u64>),
    Chunked(Box<Chunked>),
    /// A layout that is legal but not implemented.
    Other(&'static str),
}

/// Chunked storage.
#[derive(Debug)]
pub(crate) struct Chunked {
    pub index: ChunkIndex,
    pub grid: ChunkGrid,
    pub filters: FilterPipeline,
    pub pipeline: Option<Pipeline>,
}

/// The largest buffer that a thread keeps.
const KEPT_BYTES: usize = 64 << 20;

thread_local! {
    /// Buffers that decoding reuses, so that no chunk costs a fresh, zeroed allocation.
    static SCRATCH: RefCell<Scratch> = const { RefCell::new(Scratch::new()) };
}

impl Dataset {
    /// Takes a dataset out of its object header.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when a message is missing or contradicts another.
    pub fn from_header(space: &AddressSpace, header: &ObjectHeader) -> Result<Self> {
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
        let datatype = Datatype::from_message(&datatype);
        // A null dataspace has no element, not even one: an array of length 0 says the same.
        let shape: Vec<u64> = match dataspace.is_null() {
            true => vec![0],
            false => dataspace.dims.iter().map(|dim| dim.0).collect(),
        };
        let max_shape =
            dataspace.max_dims.as_ref().map_or_else(|| shape.clone(), |dims| dims.iter().map(|dim| dim.0).collect());
        shape::bytes(&shape, datatype.size())?;
        let storage = Storage::from_header(space, header, &shape, &max_shape, &datatype)?;
        let fill = FillStatus::from_header(space, header)?;
        Ok(Dataset { datatype, shape, max_shape, fill, storage })
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
                Ok(one_run(&self.shape, region)?.and_then(|first| slice(bytes, first, &region.count, size)))
            }
            Storage::Contiguous(None) => Ok(Err(NotBorrowable::NotAllocated)),
            Storage::Contiguous(Some(address)) => match one_run(&self.shape, region)? {
                Ok(first) => borrow_at(space, *address, first, &region.count, size),
                Err(reason) => Ok(Err(reason)),
            },
            Storage::Chunked(chunked) => chunked.borrow(space, region),
            Storage::Other(_) => Ok(Err(NotBorrowable::Scattered)),
        }
    }

    /// Fills `target` with the stored bytes of a region, in C order.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the data are broken, [`Kind::Unsupported`](crate::Kind::Unsupported) for a layout or filter that is not implemented.
    pub fn read(&self, space: &AddressSpace, region: &Selection, target: &mut [u8]) -> Result<()> {
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
            Storage::Chunked(chunked) => chunked.read(space, &self.fill, region, target),
            Storage::Other(name) => Err(Error::unsupported(format!("{name} layout"))),
        }
    }
}

impl FillStatus {
    fn from_header(space: &AddressSpace, header: &ObjectHeader) -> Result<Self> {
        if let Some(message) = header.resolved(space, MessageType::FILL_VALUE)? {
            let fill = message.decode::<FillValue>("fill value message", ())?;
            return Ok(FillStatus { value: fill.value, never_written: fill.write_time == write_time::NEVER });
        }
        let old = header.resolved(space, MessageType::OLD_FILL_VALUE)?;
        let value = old.map(|message| message.decode::<OldFillValue>("old fill value message", ())).transpose()?;
        Ok(FillStatus { value: value.map(|old| old.value).filter(|value| !value.is_empty()), never_written: false })
    }

    /// Repeats the value over `target`, whose elements have `size` bytes.
    pub fn fill(&self, target: &mut [u8], size: u64) {
        match &self.value {
            Some(value) if value.len() as u64 == size => {
                for element in target.chunks_exact_mut(value.len()) {
                    element.copy_from_slice(value);
                }
            }
            _ => target.fill(0),
        }
    }
}

impl Storage {
    fn from_header(
        space: &AddressSpace,
        header: &ObjectHeader,
        shape: &[u64],
        max_shape: &[u64],
        datatype: &Datatype,
    ) -> Result<Self> {
        let Some(message) = header.find(MessageType::LAYOUT) else {
            let offset = space.offset(header.address);
            return Err(Error::malformed("object header", offset, "a dataset without a layout message"));
        };
        if header.find(MessageType::EXTERNAL_FILES).is_some() {
            return Ok(Storage::Other("external file"));
        }
        let layout = message.decode::<DataLayout>("data layout message", space.widths)?;
        let bytes = shape::bytes(shape, datatype.size())?;
        match &layout.storage {
            Layout::Compact { data, .. } => {
                if (data.len() as u64) < bytes {
                    let detail = format!("{bytes} bytes are declared, and {} are there", data.len());
                    return Err(Error::malformed("data layout message", message.offset, detail));
                }
                Ok(Storage::Compact(data.clone()))
            }
            Layout::Contiguous { address, .. } => match address.get() {
                Some(address) if bytes > space.remaining(address) => {
                    let detail = format!("{bytes} bytes of data reach beyond the end of the file");
                    Err(Error::malformed("data layout message", message.offset, detail))
                }
                address => Ok(Storage::Contiguous(address)),
            },
            Layout::Virtual { .. } => Ok(Storage::Other("virtual")),
            Layout::Chunked(stored) => Chunked::new(space, header, (&layout, stored), (shape, max_shape), datatype)
                .map(|chunked| Storage::Chunked(Box::new(chunked))),
        }
    }
}

impl Chunked {
    fn new(
        space: &AddressSpace,
        header: &ObjectHeader,
        (layout, stored): (&DataLayout, &StoredChunks),
        (shape, max_shape): (&[u64], &[u64]),
        datatype: &Datatype,
    ) -> Result<Self> {
        let filters = match header.resolved(space, MessageType::FILTER_PIPELINE)? {
            Some(message) => message.decode::<FilterPipeline>("filter pipeline message", ())?,
            None => FilterPipeline { version: 2, filters: Vec::new() },
        };
        // The last length of a stored chunk is the size of an element.
        let chunk = stored.dimensions.split_last().map(|(_, chunk)| chunk.to_vec()).unwrap_or_default();
        let grid =
            ChunkGrid { shape: shape.to_vec(), max_shape: max_shape.to_vec(), chunk, element_size: datatype.size() };
        limits::check("bytes of a chunk", grid.chunk_bytes()?, space.limits.chunk_bytes)?;
        let filtered = !filters.filters.is_empty();
        let pipeline = filtered.then(|| Pipeline::new(&filters)).transpose()?;
        let index = ChunkIndex::open(space, layout, &grid, filtered)?;
        Ok(Chunked { index, grid, filters, pipeline })
    }

    /// The filters a chunk really passed through.
    fn pipeline_of(&self, scaled: &[u64]) -> Option<&Pipeline> {
        self.pipeline.as_ref().filter(|_| !self.index.is_unfiltered_edge(&self.grid, scaled))
    }

    fn borrow<'s>(&self, space: &'s AddressSpace, region: &Selection) -> Result<Result<&'s [u8], NotBorrowable>> {
        let Some((scaled, inside)) = self.single_chunk(region) else {
            return Ok(Err(NotBorrowable::Scattered));
        };
        if self.pipeline_of(&scaled).is_some() {
            return Ok(Err(NotBorrowable::Filtered));
        }
        match (self.index.locate(space, &self.grid, &scaled)?, one_run(&self.grid.chunk, &inside)?) {
            (None, _) => Ok(Err(NotBorrowable::NotAllocated)),
            (_, Err(reason)) => Ok(Err(reason)),
            (Some(chunk), Ok(first)) => borrow_at(space, chunk.address, first, &region.count, self.grid.element_size),
        }
    }

    /// The one chunk that holds a region, and the region inside it.
    fn single_chunk(&self, region: &Selection) -> Option<(Vec<u64>, Selection)> {
        let mut inside = region.clone();
        let mut scaled = Vec::with_capacity(region.start.len());
        let axes = inside.start.iter_mut().zip(&region.count).zip(&region.stride).zip(&self.grid.chunk);
        for (((start, &count), &stride), &chunk) in axes {
            let first = start.checked_div(chunk)?;
            let last = start.checked_add(count.checked_sub(1)?.checked_mul(stride)?)?;
            if last.checked_div(chunk)? != first {
                return None;
            }
            *start -= first * chunk;
            scaled.push(first);
        }
        Some((scaled, inside))
    }

    fn read(&self, space: &AddressSpace, fill: &FillStatus, region: &Selection, target: &mut [u8]) -> Result<()> {
        match Cut::new(self, region) {
            Some(cut) => cut.read(space, (self, fill), region, target),
            None => SCRATCH.with_borrow_mut(|scratch| {
                let read = self.read_here(space, fill, region, target, scratch);
                scratch.release();
                read
            }),
        }
    }

    /// Reads a region chunk by chunk in this thread.
    pub(super) fn read_here(
        &self,
        space: &AddressSpace,
        fill: &FillStatus,
        region: &Selection,
        target: &mut [u8],
        scratch: &mut Scratch,
    ) -> Result<()> {
        for_each_part(region, &self.grid.chunk, &mut |part| {
            let to = Side { shape: &region.count, start: &part.target, stride: &[] };
            let ready = self.decode(space, part, scratch)?;
            self.copy_part((space, fill), ready, (part, region), (target, to))
        })
    }

    /// Finds a chunk, and undoes its filters.
    pub(super) fn decode<'s>(&self, space: &AddressSpace, part: &Part, scratch: &'s mut Scratch) -> Result<Ready<'s>> {
        let Scratch { decoded, spare, stored } = scratch;
        let located = self.index.locate(space, &self.grid, &part.scaled)?;
        match (located, self.pipeline_of(&part.scaled)) {
            (None, _) => Ok(Ready::Missing),
            (Some(chunk), None) => Ok(Ready::Raw(chunk.address)),
            (Some(chunk), Some(pipeline)) => {
                let expected = limits::to_usize(self.grid.chunk_bytes()?)?;
                let offset = space.offset(chunk.address);
                let input = match space.source.borrow(offset, chunk.size)? {
                    Some(bytes) => bytes,
                    None => {
                        grow(stored, chunk.size)?;
                        space.source.read_into(offset, stored)?;
                        stored
                    }
                };
                pipeline.decode(chunk.mask, input, expected, decoded, spare).map_err(|e| e.at_offset(offset))?;
                Ok(Ready::Decoded(decoded))
            }
        }
    }

    /// Copies what one chunk holds of a region into the target.
    pub(super) fn copy_part(
        &self,
        (space, fill): (&AddressSpace, &FillStatus),
        ready: Ready,
        (part, region): (&Part, &Selection),
        (target, to): (&mut [u8], Side),
    ) -> Result<()> {
        let size = self.grid.element_size;
        let from = Side { shape: &self.grid.chunk, start: &part.inside, stride: &region.stride };
        match ready {
            Ready::Missing => copy::runs(to, to, &part.count, |run| {
                let place = slot(target, run.to, run.len, size)?;
                fill.fill(place, size);
                Ok(())
            }),
            Ready::Raw(address) => copy_out(space, address, (from, to), &part.count, size, target),
            Ready::Decoded(bytes) => copy::copy((bytes, from), (target, to), &part.count, size),
        }
    }
}

/// A chunk that can be copied from.
pub(super) enum Ready<'s> {
    /// It was never written.
    Missing,
    /// Without filters, at this address.
    Raw(u64),
    Decoded(&'s [u8]),
}

/// Buffers that decoding reuses.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    decoded: Vec<u8>,
    spare: Vec<u8>,
    stored: Vec<u8>,
}

impl Scratch {
    const fn new() -> Self {
        Scratch { decoded: Vec::new(), spare: Vec::new(), stored: Vec::new() }
    }

    /// Gives back what one giant chunk needed.
    fn release(&mut self) {
        for buffer in [&mut self.decoded, &mut self.spare, &mut self.stored] {
            if buffer.capacity() > KEPT_BYTES {
                *buffer = Vec::new();
            }
        }
    }
}

/// Gives a reused buffer a length without zeroing what it held.
fn grow(buffer: &mut Vec<u8>, len: u64) -> Result<()> {
    let len = limits::to_usize(len)?;
    if len > buffer.capacity() {
        limits::reserve(buffer, len - buffer.len())?;
    }
    buffer.resize(len, 0);
    Ok(())
}

/// Copies runs of contiguous data at `address` into the target.
fn copy_out(
    space: &AddressSpace,
    address: u64,
    (from, to): (Side, Side),
    count: &[u64],
    size: u64,
    target: &mut [u8],
) -> Result<()> {
    let base = space.offset(address);
    copy::runs(from, to, count, |run| {
        let overflow = || Error::limit("a position in the file exceeds 64 bits");
        let offset = run.from.checked_mul(size).and_then(|far| far.checked_add(base)).ok_or_else(overflow)?;
        space.source.read_into(offset, slot(target, run.to, run.len, size)?)
    })
}

/// The bytes of a run of elements of the target.
fn slot(target: &mut [u8], first: u64, len: u64, size: u64) -> Result<&mut [u8]> {
    let start = limits::to_usize(first.saturating_mul(size))?;
    let len = limits::to_usize(len.saturating_mul(size))?;
    let slot = target.get_mut(start..).and_then(|rest| rest.get_mut(..len));
    slot.ok_or_else(|| Error::usage("a selection leaves its buffer"))
}

/// The first element of a region that is one run of an array of this shape.
fn one_run(shape: &[u64], region: &Selection) -> Result<Result<u64, NotBorrowable>> {
    let whole = shape::count(&region.count)?;
    let side = Side { shape, start: &region.start, stride: &region.stride };
    let to = Side { shape: &region.count, start: &vec![0; shape.len()], stride: &[] };
    let mut first = None;
    let mut pieces = 0u32;
    // Stop at the second run: there may be millions.
    let walked = copy::runs(side, to, &region.count, |run| {
        pieces += 1;
        first.get_or_insert(run.from);
        if pieces > 1 || run.len != whole {
            return Err(Error::usage("scattered"));
        }
        Ok(())
    });
    Ok(match (walked, first) {
        (Ok(()), Some(first)) => Ok(first),
        (Ok(()), None) => Ok(0),
        (Err(_), _) => Err(NotBorrowable::Scattered),
    })
}

fn slice<'b>(bytes: &'b [u8], first: u64, count: &[u64], size: u64) -> Result<&'b [u8], NotBorrowable> {
    let range = || {
        let start = usize::try_from(first.checked_mul(size)?).ok()?;
        let len = usize::try_from(shape::bytes(count, size).ok()?).ok()?;
        bytes.get(start..start.checked_add(len)?)
    };
    range().ok_or(NotBorrowable::NotAllocated)
}

fn borrow_at<'s>(
    space: &'s AddressSpace,
    address: u64,
    first: u64,
    count: &[u64],
    size: u64,
) -> Result<Result<&'s [u8], NotBorrowable>> {
    let overflow = || Error::limit("a position in the file exceeds 64 bits");
    let offset = first.checked_mul(size).and_then(|far| far.checked_add(space.offset(address))).ok_or_else(overflow)?;
    let bytes = space.source.borrow(offset, shape::bytes(count, size)?)?;
    Ok(bytes.ok_or(NotBorrowable::NotMapped))
}
