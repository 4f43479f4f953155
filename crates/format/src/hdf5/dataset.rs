//! Datasets: what they declare, and their elements.

use ndarray::{ArrayD, IxDyn};

use super::convert::{self, Conversion};
use super::datatype::Datatype;
use super::filter::description::Filter;
use super::object::header::ObjectHeader;
use super::read::dataset::{Dataset as Raw, Storage};
use super::read::elements::{Elements, Visitor};
use super::read::fill::FillStatus;
use super::space::AddressSpace;
use crate::element::{self, Borrowable, ByteOrder, Element, NotBorrowable, Values};
use crate::error::{Error, Result};
use crate::limits;
use crate::shape::{self, Selection};
use crate::stored::ChunkInfo;

pub use super::chunk::IndexKind;

/// Bytes of one block, where elements are taken through block by block.
const BLOCK: u64 = 1 << 20;

/// A dataset.
///
/// As in [`netcdf::Array`](crate::netcdf::Array) there are three ways to numbers, in this order of preference:
/// [`Dataset::view`] borrows where the bytes allow it, [`Dataset::read_into`] fills a buffer of yours, [`Dataset::read`]
/// allocates. Elements of every type are taken apart by [`Dataset::visit`].
#[derive(Debug)]
pub struct Dataset<'f> {
    space: &'f AddressSpace,
    raw: Raw,
}

/// How a dataset stores its elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// In the object header.
    Compact,
    /// In one block.
    Contiguous,
    /// In blocks of this shape.
    Chunked {
        /// The shape of each.
        chunk: Vec<u64>,
        /// What finds them.
        index: IndexKind,
    },
    /// In other datasets.
    Virtual,
    /// In files without a format of their own.
    External,
}

/// What elements are that were never written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fill {
    /// Zero bytes.
    Default,
    /// Anything; this library gives zero bytes.
    Undefined,
    /// This element, as stored.
    Value(Vec<u8>),
}

impl<'f> Dataset<'f> {
    pub(super) fn new(space: &'f AddressSpace, header: &ObjectHeader) -> Result<Self> {
        Ok(Dataset { space, raw: Raw::from_header(space, header)? })
    }

    /// The type of the elements.
    pub fn datatype(&self) -> &Datatype {
        &self.raw.datatype
    }

    /// The current lengths; `None` for a null dataspace, which has no elements, and empty for a single element.
    pub fn shape(&self) -> Option<&[u64]> {
        (!self.raw.is_null).then_some(&self.raw.shape)
    }

    /// The lengths that it may grow to; `None` is unlimited.
    pub fn max_shape(&self) -> Vec<Option<u64>> {
        self.raw.max_shape.iter().map(|&length| Some(length).filter(|&length| length != u64::MAX)).collect()
    }

    /// The number of elements.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when it does not fit 64 bits.
    pub fn len(&self) -> Result<u64> {
        shape::count(&self.raw.shape)
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.raw.shape.contains(&0)
    }

    /// Everything.
    pub fn all(&self) -> Selection {
        Selection::all(&self.raw.shape)
    }

    /// How the elements are stored.
    pub fn layout(&self) -> Layout {
        match &self.raw.storage {
            Storage::Compact(_) => Layout::Compact,
            Storage::Contiguous(_) => Layout::Contiguous,
            Storage::Chunked(chunked) => {
                Layout::Chunked { chunk: chunked.grid.chunk.clone(), index: chunked.index.kind() }
            }
            Storage::Virtual(_) => Layout::Virtual,
            Storage::External(_) => Layout::External,
        }
    }

    /// The filters that chunks pass through when they are written, in this order.
    pub fn filters(&self) -> Vec<Filter> {
        match &self.raw.storage {
            Storage::Chunked(chunked) => chunked.filters.filters.iter().map(Filter::from).collect(),
            _ => Vec::new(),
        }
    }

    /// What elements are that were never written.
    pub fn fill(&self) -> Fill {
        match &self.raw.fill {
            FillStatus { undefined: true, .. } => Fill::Undefined,
            FillStatus { value: Some(value), .. } => Fill::Value(value.clone()),
            _ => Fill::Default,
        }
    }

    /// The number of bytes that the elements take in the file.
    ///
    /// # Errors
    /// What is wrong with the index of the chunks.
    pub fn stored_size(&self) -> Result<u64> {
        if let Storage::Compact(bytes) = &self.raw.storage {
            return Ok(bytes.len() as u64);
        }
        let mut size = 0u64;
        self.for_each_chunk(&mut |chunk| {
            size = size.saturating_add(chunk.size);
            Ok(())
        })?;
        Ok(size)
    }

    /// Calls `visit` with every piece of the data that is in the file, in the order of the index: the chunks, or contiguous
    /// data as one. What was never written has no piece, nor have compact data.
    ///
    /// # Errors
    /// What is wrong with the index of the chunks; the errors of `visit`.
    pub fn for_each_chunk(&self, visit: &mut dyn FnMut(&ChunkInfo) -> Result<()>) -> Result<()> {
        self.raw.visit_chunks(self.space, visit)
    }

    /// The piece of the data that holds an element, if it was written.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for an element outside of the dataset; what is wrong with the index.
    pub fn chunk_at(&self, element: &[u64]) -> Result<Option<ChunkInfo>> {
        self.check(&Selection::boxed(element.to_vec(), vec![1; element.len()]))?;
        self.raw.chunk_at(self.space, element)
    }

    /// The bytes of a piece of the data as they are in the file: filtered, unless its mask says otherwise.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when they leave the file.
    pub fn chunk_bytes(&self, chunk: &ChunkInfo) -> Result<std::borrow::Cow<'f, [u8]>> {
        self.space.source.bytes(chunk.offset, chunk.size)
    }

    /// A region as a plain slice of the file, or the exact reason why not.
    ///
    /// # Errors
    /// [`NotBorrowable`] inside, where the bytes do not allow it; outside, where the file is broken, or
    /// [`Kind::Usage`](crate::Kind::Usage) for a region outside of the dataset.
    pub fn borrow<T: Element>(&self, region: &Selection) -> Result<Result<&[T], NotBorrowable>> {
        let Some((number, order)) = self.datatype().number() else { return Ok(Err(NotBorrowable::Type)) };
        if number != T::TYPE {
            return Ok(Err(NotBorrowable::Type));
        }
        let bytes = match self.stored(region)? {
            Ok(bytes) => bytes,
            Err(reason) => return Ok(Err(reason)),
        };
        if order != ByteOrder::NATIVE && size_of::<T>() > 1 {
            return Ok(Err(NotBorrowable::ByteOrder));
        }
        Ok(bytemuck::try_cast_slice(bytes).map_err(|_| NotBorrowable::Misaligned))
    }

    /// The stored bytes of a region that lies in one piece of the file.
    ///
    /// # Errors
    /// As [`Dataset::borrow`].
    pub fn stored(&self, region: &Selection) -> Result<Result<&[u8], NotBorrowable>> {
        self.check(region)?;
        self.raw.borrow(self.space, region)
    }

    /// How a region can be borrowed. Elements that are no numbers are borrowed as bytes.
    ///
    /// # Errors
    /// As [`Dataset::borrow`].
    pub fn borrowable(&self, region: &Selection) -> Result<Borrowable> {
        let datatype = self.datatype();
        let (size, order) = match datatype.number() {
            Some((number, order)) => (number.size(), order),
            None if datatype.is_variable() => (0, ByteOrder::NATIVE),
            None => (1, ByteOrder::NATIVE),
        };
        Ok(Borrowable::of(self.stored(region)?, size, order))
    }

    /// A region without a copy wherever the file's bytes allow it, in any byte order and at any address.
    ///
    /// # Errors
    /// As [`Dataset::read_into`].
    pub fn view<T: Element>(&self, region: &Selection) -> Result<Values<'_, T>> {
        if let Some((_, order)) = self.datatype().number().filter(|(number, _)| *number == T::TYPE) {
            if let Ok(bytes) = self.stored(region)? {
                if let Some(values) = Values::borrowed(bytes, order) {
                    return Ok(values);
                }
            }
        }
        self.read(region).map(Values::Owned)
    }

    /// Fills `target` with the numbers of a region, in C order. Any stored number is converted if `T` holds every value
    /// exactly.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a region outside of the dataset, a target of another length, elements that
    /// are no numbers, or a number that `T` cannot hold; otherwise what is wrong with the file.
    pub fn read_into<T: Element>(&self, region: &Selection, target: &mut [T]) -> Result<()> {
        self.convert_into(region, target, Conversion::Exact)
    }

    /// [`Dataset::read_into`], with a rule for numbers that `T` cannot hold.
    ///
    /// # Errors
    /// As [`Dataset::read_into`].
    pub fn convert_into<T: Element>(&self, region: &Selection, target: &mut [T], conversion: Conversion) -> Result<()> {
        self.check(region)?;
        if shape::count(&region.count)? != target.len() as u64 {
            let detail = format!("a target of {} elements for a region of {:?}", target.len(), region.count);
            return Err(Error::usage(detail));
        }
        match self.datatype().number() {
            Some((number, order)) if number == T::TYPE => {
                self.raw.read(self.space, region, bytemuck::cast_slice_mut(target))?;
                element::to_native(target, order);
                Ok(())
            }
            _ => convert::numbers(self.datatype(), conversion, &self.read_bytes(region)?, target),
        }
    }

    /// The numbers of a region, in C order.
    ///
    /// # Errors
    /// As [`Dataset::read_into`], and [`Kind::Limit`](crate::Kind::Limit) when there is no memory for them.
    pub fn read<T: Element>(&self, region: &Selection) -> Result<Vec<T>> {
        self.check(region)?;
        self.space.admit(shape::bytes(&region.count, size_of::<T>() as u64)?)?;
        let mut values = crate::source::zeroed(shape::count(&region.count)?)?;
        self.read_into(region, &mut values)?;
        Ok(values)
    }

    /// All numbers.
    ///
    /// # Errors
    /// As [`Dataset::read`].
    pub fn read_all<T: Element>(&self) -> Result<Vec<T>> {
        self.read(&self.all())
    }

    /// The numbers of a region as an array of its shape.
    ///
    /// # Errors
    /// As [`Dataset::read`].
    pub fn read_array<T: Element>(&self, region: &Selection) -> Result<ArrayD<T>> {
        let shape = region.count.iter().map(|&n| limits::to_usize(n)).collect::<Result<Vec<_>>>()?;
        ArrayD::from_shape_vec(IxDyn(&shape), self.read(region)?).map_err(|e| Error::usage(e.to_string()))
    }

    /// The elements of a region as stored, in C order.
    ///
    /// # Errors
    /// As [`Dataset::read`], without the conversion.
    pub fn read_bytes(&self, region: &Selection) -> Result<Vec<u8>> {
        self.check(region)?;
        let len = shape::bytes(&region.count, self.datatype().size())?;
        self.space.admit(len)?;
        let mut bytes = limits::buffer(len)?;
        self.raw.read(self.space, region, &mut bytes)?;
        Ok(bytes)
    }

    /// The numbers of single elements, in the order of the points. Points in the same chunk cost its decoding once.
    ///
    /// # Errors
    /// As [`Dataset::read`].
    pub fn read_points<T: Element>(&self, points: &[Vec<u64>]) -> Result<Vec<T>> {
        let bytes = self.raw.read_points(self.space, points)?;
        let mut values = crate::source::zeroed(points.len() as u64)?;
        convert::numbers(self.datatype(), Conversion::Exact, &bytes, &mut values)?;
        Ok(values)
    }

    /// The numbers of one member of a compound, in C order; members of members are separated by dots.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) when there is no such member; otherwise as [`Dataset::read`].
    pub fn read_member<T: Element>(&self, member: &str, region: &Selection) -> Result<Vec<T>> {
        let (datatype, bytes) = self.read_member_bytes(member, region)?;
        let mut values = crate::source::zeroed(bytes.len() as u64 / datatype.size().max(1))?;
        convert::numbers(&datatype, Conversion::Exact, &bytes, &mut values)?;
        Ok(values)
    }

    /// One member of a compound as stored, in C order, with its type.
    ///
    /// # Errors
    /// As [`Dataset::read_member`].
    pub fn read_member_bytes(&self, member: &str, region: &Selection) -> Result<(Datatype, Vec<u8>)> {
        let (offset, datatype) = self.member(member)?;
        self.check(region)?;
        let (whole, size) = (limits::to_usize(self.datatype().size())?, limits::to_usize(datatype.size())?);
        let mut bytes = Vec::new();
        let len = shape::bytes(&region.count, datatype.size())?;
        self.space.admit(len)?;
        limits::reserve(&mut bytes, limits::to_usize(len)?)?;
        let lost = || Error::malformed_data("datatype message", "a member extends outside its compound type");
        self.for_each_block(region, &mut |block| {
            for element in block.chunks_exact(whole) {
                bytes.extend_from_slice(element.get(offset..).and_then(|rest| rest.get(..size)).ok_or_else(lost)?);
            }
            Ok(())
        })?;
        Ok((datatype, bytes))
    }

    /// Takes the elements of a region apart, whatever their type, in bounded memory.
    ///
    /// # Errors
    /// What is wrong with the file; the errors of the visitor.
    pub fn visit(&self, region: &Selection, visitor: &mut dyn Visitor) -> Result<()> {
        let mut elements = Elements::new(self.space);
        self.check(region)?;
        self.for_each_block(region, &mut |block| elements.visit(self.datatype(), block, visitor))
    }

    /// Calls `visit` with the stored bytes of a region, block by block, in C order.
    fn for_each_block(&self, region: &Selection, visit: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        if let Ok(bytes) = self.raw.borrow(self.space, region)? {
            return visit(bytes);
        }
        let mut buffer = Vec::new();
        self.raw.blocks(region, BLOCK, &mut |part| {
            let len = limits::to_usize(shape::bytes(&part.count, self.datatype().size())?)?;
            let more = len.saturating_sub(buffer.len());
            limits::reserve(&mut buffer, more)?;
            buffer.resize(len, 0);
            self.raw.read(self.space, part, &mut buffer)?;
            visit(&buffer)
        })
    }

    /// Where a member is, and its type.
    fn member(&self, path: &str) -> Result<(usize, Datatype)> {
        let (mut offset, mut datatype) = (0u64, self.datatype());
        for name in path.split('.') {
            let member = datatype.member(name);
            let member = member.ok_or_else(|| Error::not_found(format!("there is no member {name} in {datatype}")))?;
            offset = offset.saturating_add(member.offset);
            datatype = &member.datatype;
        }
        Ok((limits::to_usize(offset)?, datatype.clone()))
    }

    fn check(&self, region: &Selection) -> Result<()> {
        region.check(&self.raw.shape)
    }
}
