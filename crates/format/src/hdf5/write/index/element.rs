//! Chunks as the elements of fixed and extensible arrays.

use binrw::Endian;

use crate::error::{Error, Result};
use crate::hdf5::chunk::ChunkLocation;
use crate::hdf5::record::fixed_array::{Element, ElementArgs, FilteredElement, CHUNKS, FILTERED_CHUNKS};
use crate::wire;
use crate::wire::width::{Addr, Uint, Widths};

/// How large the elements are.
#[derive(Debug, Clone, Copy)]
pub(super) struct ElementSize {
    args: ElementArgs,
}

impl ElementSize {
    /// The elements for chunks of so many bytes before filters. Version 4 of the layout message leaves room for chunks
    /// that the filters made larger.
    pub fn of_chunks(chunk_bytes: u64, filtered: bool) -> Self {
        let bits = chunk_bytes.max(1).ilog2();
        let width = u8::try_from(1 + (bits + 8) / 8).unwrap_or(8).min(8);
        ElementSize { args: ElementArgs { widths: Widths::WIDE, size_width: filtered.then_some(width) } }
    }

    /// The bytes of an element.
    pub fn bytes(self) -> u64 {
        self.args.size()
    }

    /// The bytes of an element, as headers have them.
    pub fn stored(self) -> u8 {
        u8::try_from(self.args.size()).unwrap_or(u8::MAX)
    }

    /// Bytes of the stored size; `None` without filters.
    pub fn size_width(self) -> Option<u8> {
        self.args.size_width
    }

    /// What the array is of.
    pub fn client(self) -> u8 {
        if self.args.size_width.is_some() {
            FILTERED_CHUNKS
        } else {
            CHUNKS
        }
    }

    /// Adds an element; `None` is a chunk that was never written.
    pub fn encode(self, target: &mut Vec<u8>, chunk: Option<ChunkLocation>) -> Result<()> {
        let (size, mask) = chunk.map_or((0, 0), |chunk| (chunk.size, chunk.mask));
        let address = chunk.map_or(Addr::UNDEFINED, |chunk| Addr(chunk.address));
        let filtered = self.args.size_width.map(|_| FilteredElement { size: Uint(size), mask });
        target.extend(wire::encode(&Element { address, filtered }, Endian::Little, self.args)?);
        Ok(())
    }
}

/// Chunks with their numbers in an array, in its order.
pub(super) struct Numbered(Vec<(u64, ChunkLocation)>);

impl Numbered {
    /// Takes chunks in any order.
    pub fn new(mut chunks: Vec<(u64, ChunkLocation)>) -> Self {
        chunks.sort_unstable_by_key(|chunk| chunk.0);
        Numbered(chunks)
    }

    /// The highest number and one, 0 where there is no chunk.
    pub fn end(&self) -> u64 {
        self.0.last().map_or(0, |chunk| chunk.0.saturating_add(1))
    }

    fn from(&self, first: u64) -> &[(u64, ChunkLocation)] {
        self.0.get(self.0.partition_point(|chunk| chunk.0 < first)..).unwrap_or_default()
    }

    /// Whether there is a chunk among the `count` elements from `first` on.
    pub fn any(&self, first: u64, count: u64) -> bool {
        self.from(first).first().is_some_and(|chunk| chunk.0 - first < count)
    }

    /// The `count` elements from `first` on.
    pub fn elements(&self, size: ElementSize, first: u64, count: u64) -> Result<Vec<u8>> {
        let mut chunks = self.from(first).iter().peekable();
        let mut target = Vec::new();
        for number in (first..).zip(0..count).map(|(number, _)| number) {
            let chunk = chunks.next_if(|chunk| chunk.0 == number);
            size.encode(&mut target, chunk.map(|chunk| chunk.1))?;
        }
        Ok(target)
    }
}

/// Sets a bit, most significant bit of the first byte first.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for a bit beyond the bitmap.
pub(super) fn set_bit(bitmap: &mut [u8], number: u64) -> Result<()> {
    let byte = usize::try_from(number / 8).ok().and_then(|index| bitmap.get_mut(index));
    *byte.ok_or_else(|| Error::usage("a page beyond its bitmap"))? |= 0x80 >> (number % 8);
    Ok(())
}
