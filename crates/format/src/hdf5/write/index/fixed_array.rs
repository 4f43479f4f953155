//! Chunks in a fixed array (section VII.B): all that the largest extent has.

use binrw::Endian;

use super::element::{set_bit, ElementSize, Numbered};
use super::table::ChunkTable;
use super::Written;
use crate::error::{Error, Result};
use crate::hdf5::record::fixed_array::{DataBlockHead, Header};
use crate::hdf5::record::message::layout::ChunkIndexing;
use crate::hdf5::write::file::FileWriter;
use crate::limits;
use crate::wire::width::{Addr, Len, Widths};
use crate::wire::{self, checksum};

const W: Widths = Widths::WIDE;
/// log2 of the elements of a page: the library's default.
const PAGE_BITS: u8 = 10;
const PAGE: u64 = 1 << PAGE_BITS;
const CHECKSUM: u64 = 4;

/// Writes the array; returns what leads to it.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io), [`Kind::Limit`](crate::Kind::Limit) for more than 2^64 chunks.
pub(super) fn write(file: &FileWriter, table: &ChunkTable, size: ElementSize) -> Result<Written> {
    let indexing = ChunkIndexing::FixedArray { page_bits: PAGE_BITS };
    let count = table.counts().iter().try_fold(1u64, |all, &count| all.checked_mul(count));
    let count = count.ok_or_else(|| Error::limit("more than 2^64 chunks"))?;
    let chunks = Numbered::new(table.iter().map(|(at, chunk)| (number(&at, table.counts()), chunk)).collect());
    if chunks.end() == 0 {
        return Ok(Written::nowhere(indexing));
    }
    let address = file.allocate(Header::size(W), 8)?;
    let array = Array { file, address, size, chunks, count };
    let data_block = if count > PAGE { array.paged()? } else { array.unpaged()? };
    let (client, element_size) = (size.client(), size.stored());
    let header = Header { version: 0, client, element_size, page_bits: PAGE_BITS, elements: Len(count), data_block };
    let mut block = wire::encode(&header, Endian::Little, W)?;
    checksum::seal(&mut block);
    file.write(address, &block)?;
    Ok(Written { indexing, address: Addr(address) })
}

/// The number of a chunk in C order.
fn number(position: &[u64], counts: &[u64]) -> u64 {
    position.iter().zip(counts).fold(0, |number, (&at, &count)| number * count + at)
}

struct Array<'f> {
    file: &'f FileWriter,
    /// Of the header.
    address: u64,
    size: ElementSize,
    chunks: Numbered,
    count: u64,
}

impl Array<'_> {
    fn head(&self) -> Result<Vec<u8>> {
        let head = DataBlockHead { version: 0, client: self.size.client(), header: Addr(self.address) };
        wire::encode(&head, Endian::Little, W)
    }

    /// All elements in the data block itself.
    fn unpaged(&self) -> Result<Addr> {
        let mut block = self.head()?;
        block.extend(self.chunks.elements(self.size, 0, self.count)?);
        checksum::seal(&mut block);
        self.file.place(&block).map(Addr)
    }

    /// The elements in pages behind the data block, which says which of them were written.
    fn paged(&self) -> Result<Addr> {
        let mut block = self.head()?;
        let (start, pages) = (block.len(), self.count.div_ceil(PAGE));
        let bitmap = limits::to_usize(pages.div_ceil(8))?;
        limits::reserve(&mut block, bitmap)?;
        block.resize(start + bitmap, 0);
        let first_page = block.len() as u64 + CHECKSUM;
        let overflow = || Error::limit("a fixed array above 2^64 bytes");
        let elements = self.count.checked_mul(self.size.bytes()).ok_or_else(overflow)?;
        let all = elements.checked_add(first_page + pages * CHECKSUM).ok_or_else(overflow)?;
        let address = self.file.allocate(all, 8)?;
        for page in 0..pages {
            let first = page * PAGE;
            if !self.chunks.any(first, PAGE) {
                continue;
            }
            let mut elements = self.chunks.elements(self.size, first, PAGE.min(self.count - first))?;
            checksum::seal(&mut elements);
            set_bit(block.get_mut(start..).unwrap_or_default(), page)?;
            self.file.write(address + first_page + page * (PAGE * self.size.bytes() + CHECKSUM), &elements)?;
        }
        checksum::seal(&mut block);
        self.file.write(address, &block)?;
        Ok(Addr(address))
    }
}
