//! Chunks in an extensible array (section VII.C), which grows along one dimension.

use binrw::Endian;

use super::element::{set_bit, ElementSize, Numbered};
use super::table::ChunkTable;
use super::Written;
use crate::error::{Error, Result};
use crate::hdf5::record::extensible_array::{DataBlockHead, Geometry, Header, IndexBlockHead, SuperBlockHead};
use crate::hdf5::record::message::layout::{ChunkIndexing, ExtensibleArrayParameters};
use crate::hdf5::write::file::FileWriter;
use crate::limits;
use crate::wire::width::{Addr, Len, Uint, Widths};
use crate::wire::{self, checksum};

const W: Widths = Widths::WIDE;
/// The library's defaults.
const PARAMETERS: ExtensibleArrayParameters =
    ExtensibleArrayParameters { max_bits: 32, index_elements: 4, min_pointers: 4, min_elements: 16, page_bits: 10 };
const CHECKSUM: u64 = 4;

/// Writes the array; returns what leads to it.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io), [`Kind::Limit`](crate::Kind::Limit) for more chunks than the array can count.
pub(super) fn write(file: &FileWriter, table: &ChunkTable, size: ElementSize) -> Result<Written> {
    let indexing = ChunkIndexing::ExtensibleArray(PARAMETERS);
    let growing = table.growing().next().unwrap_or(0);
    let numbered = table.iter().map(|(at, chunk)| Some((number(&at, table.counts(), growing)?, chunk)));
    let too_many = || Error::limit(format!("more chunks than 2^{} in an extensible array", PARAMETERS.max_bits));
    let chunks = Numbered::new(numbered.collect::<Option<_>>().ok_or_else(too_many)?);
    if chunks.end() == 0 {
        return Ok(Written::nowhere(indexing));
    }
    let mut header = empty(size);
    let geometry = Geometry::new(&header).ok_or_else(|| Error::usage("the parameters make no extensible array"))?;
    if chunks.end().checked_shr(PARAMETERS.max_bits.into()) != Some(0) {
        return Err(too_many());
    }
    header.max_index = Len(chunks.end());
    let address = file.allocate(Header::size(W), 8)?;
    let mut array = Array { file, address, size, chunks, geometry, header };
    array.header.index_block = array.index_block()?;
    let mut block = wire::encode(&array.header, Endian::Little, W)?;
    checksum::seal(&mut block);
    file.write(address, &block)?;
    Ok(Written { indexing, address: Addr(address) })
}

/// The number of a chunk, where the dimension that grows is the slowest.
fn number(position: &[u64], counts: &[u64], growing: usize) -> Option<u64> {
    let first = position.get(growing).copied()?;
    let others = position.iter().zip(counts).enumerate().filter(|(axis, _)| *axis != growing);
    others.into_iter().try_fold(first, |number, (_, (&at, &count))| number.checked_mul(count)?.checked_add(at))
}

fn empty(size: ElementSize) -> Header {
    Header {
        version: 0,
        client: size.client(),
        element_size: size.stored(),
        max_bits: PARAMETERS.max_bits,
        index_elements: PARAMETERS.index_elements,
        min_elements: PARAMETERS.min_elements,
        min_pointers: PARAMETERS.min_pointers,
        page_bits: PARAMETERS.page_bits,
        super_blocks: Len(0),
        super_block_bytes: Len(0),
        data_blocks: Len(0),
        data_block_bytes: Len(0),
        max_index: Len(0),
        realized_elements: Len(u64::from(PARAMETERS.index_elements)),
        index_block: Addr::UNDEFINED,
    }
}

struct Array<'f> {
    file: &'f FileWriter,
    /// Of the header.
    address: u64,
    size: ElementSize,
    chunks: Numbered,
    geometry: Geometry,
    header: Header,
}

impl Array<'_> {
    /// Writes the index block and everything below it.
    fn index_block(&mut self) -> Result<Addr> {
        let head = IndexBlockHead { version: 0, client: self.size.client(), header: Addr(self.address) };
        let mut block = wire::encode(&head, Endian::Little, W)?;
        block.extend(self.chunks.elements(self.size, 0, self.geometry.index_elements)?);
        let (mut first, direct) = (self.geometry.index_elements, self.geometry.direct_super_blocks);
        for super_block in 0..direct {
            for _ in 0..self.geometry.blocks(super_block) {
                let (address, _) = self.data_block(super_block, first)?;
                block.extend(encode_address(address)?);
                first = first.saturating_add(self.geometry.elements(super_block));
            }
        }
        let indirect = u32::try_from(self.geometry.super_blocks).unwrap_or(u32::MAX);
        for super_block in (direct..).zip(0..indirect).map(|(number, _)| number) {
            block.extend(encode_address(self.super_block(super_block, first)?)?);
            let covered = self.geometry.blocks(super_block).saturating_mul(self.geometry.elements(super_block));
            first = first.saturating_add(covered);
        }
        checksum::seal(&mut block);
        self.file.place(&block).map(Addr)
    }

    /// Writes a super block and its data blocks; undefined where there is no chunk. `first` is its first element.
    fn super_block(&mut self, super_block: u32, first: u64) -> Result<Addr> {
        if first >= self.chunks.end() {
            return Ok(Addr::UNDEFINED);
        }
        let (blocks, pages) = (self.geometry.blocks(super_block), self.geometry.pages(super_block));
        let mut bitmap = limits::buffer(blocks.saturating_mul(pages.div_ceil(8)))?;
        let mut addresses = Vec::new();
        for block in 0..blocks {
            let start = first.saturating_add(block.saturating_mul(self.geometry.elements(super_block)));
            let (address, written) = self.data_block(super_block, start)?;
            addresses.extend(encode_address(address)?);
            written.into_iter().try_for_each(|page| set_bit(&mut bitmap, block * pages + page))?;
        }
        let block_offset = Uint(first - self.geometry.index_elements);
        let head = SuperBlockHead { version: 0, client: self.size.client(), header: Addr(self.address), block_offset };
        let mut block = wire::encode(&head, Endian::Little, (W, self.geometry.offset_size))?;
        block.extend(bitmap);
        block.extend(addresses);
        checksum::seal(&mut block);
        self.header.super_blocks.0 += 1;
        self.header.super_block_bytes.0 += block.len() as u64;
        self.file.place(&block).map(Addr)
    }

    /// Writes a data block; undefined where there is no chunk. Returns the pages that it has, if it has pages, too.
    fn data_block(&mut self, super_block: u32, first: u64) -> Result<(Addr, Vec<u64>)> {
        let count = self.geometry.elements(super_block);
        let pages = self.geometry.pages(super_block);
        if !self.chunks.any(first, count) {
            return Ok((Addr::UNDEFINED, Vec::new()));
        }
        let block_offset = Uint(first - self.geometry.index_elements);
        let head = DataBlockHead { version: 0, client: self.size.client(), header: Addr(self.address), block_offset };
        let mut block = wire::encode(&head, Endian::Little, (W, self.geometry.offset_size))?;
        if pages == 0 {
            block.extend(self.chunks.elements(self.size, first, count)?);
        }
        checksum::seal(&mut block);
        let all = block.len() as u64 + pages * self.page_bytes();
        let address = self.file.allocate(all, 8)?;
        self.file.write(address, &block)?;
        let written = (0..pages).filter_map(|page| {
            let place = address + block.len() as u64 + page * self.page_bytes();
            self.page(first + page * self.geometry.page_elements, place).map(|w| w.then_some(page)).transpose()
        });
        let written = written.collect::<Result<Vec<_>>>()?;
        self.header.data_blocks.0 += 1;
        self.header.data_block_bytes.0 += all;
        self.header.realized_elements.0 += count;
        Ok((Addr(address), written))
    }

    fn page_bytes(&self) -> u64 {
        self.geometry.page_elements * self.size.bytes() + CHECKSUM
    }

    /// Writes a page, unless it has no chunk.
    fn page(&self, first: u64, address: u64) -> Result<bool> {
        if !self.chunks.any(first, self.geometry.page_elements) {
            return Ok(false);
        }
        let mut elements = self.chunks.elements(self.size, first, self.geometry.page_elements)?;
        checksum::seal(&mut elements);
        self.file.write(address, &elements)?;
        Ok(true)
    }
}

fn encode_address(address: Addr) -> Result<Vec<u8>> {
    wire::encode(&address, Endian::Little, W)
}
