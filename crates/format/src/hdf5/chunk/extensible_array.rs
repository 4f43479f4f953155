//! Chunks in an extensible array.

use std::sync::{Arc, Mutex};

use binrw::Endian;

use super::element::{bit, check_header, Elements, Run};
use super::grid::LinearOrder;
use super::{ChunkGrid, ChunkLocation, Visit};
use crate::error::{Error, Result};
use crate::hdf5::record::extensible_array::{
    index_head_size, DataBlockHead, Geometry, Header, IndexBlockHead, Place, SuperBlockHead,
};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::walk::visited::Visited;
use crate::limits::to_usize;
use crate::sync::lock;
use crate::wire::decode;
use crate::wire::width::Addr;

const HEADER: &str = "extensible array header";
const INDEX: &str = "extensible array index block";
const SUPER: &str = "extensible array super block";
const BLOCK: &str = "extensible array data block";
const PAGE: &str = "extensible array data block page";

/// An extensible array whose header was checked.
#[derive(Debug)]
pub(super) struct ExtensibleArray {
    linear: LinearOrder,
    elements: Elements,
    geometry: Geometry,
    /// What lies beyond is missing.
    max_index: u64,
    header: u64,
    index_block: Option<u64>,
    /// Where an element was found last: the next one is often its neighbour.
    recent: Mutex<Option<Numbered>>,
}

/// Some elements, and the number of the first one.
#[derive(Debug)]
struct Numbered {
    first: u64,
    run: Run,
}

impl Numbered {
    /// Where an element is in the run, if it is.
    fn index_of(&self, number: u64) -> Option<u64> {
        number.checked_sub(self.first).filter(|&index| index < self.run.count)
    }
}

/// A data block, and which of its pages were written.
struct DataBlock {
    address: u64,
    super_block: u32,
    /// The super block that has the bitmap, and the number of the first page in it.
    pages: Option<(Arc<[u8]>, u64)>,
}

impl ExtensibleArray {
    pub fn open(space: &AddressSpace, address: u64, grid: &ChunkGrid, filtered: bool) -> Result<Self> {
        let (w, offset) = (space.widths, space.offset(address));
        let block = space.sealed(HEADER, address, Header::size(w))?;
        let (header, _) = decode::<Header>(HEADER, offset, &block, Endian::Little, w)?;
        let place = (HEADER, address);
        let elements =
            Elements::new(space, place, (header.client, header.element_size), grid.chunk_bytes()?, filtered)?;
        let bad = |detail: &'static str| Error::malformed(HEADER, offset, detail);
        let geometry = Geometry::new(&header).ok_or_else(|| bad("the sizes of blocks make no array"))?;
        let linear = LinearOrder::growing(grid).ok_or_else(|| bad("no dimension of the dataset is unlimited"))?;
        let (max_index, index_block) = (header.max_index.0, header.index_block.get());
        Ok(ExtensibleArray {
            linear,
            elements,
            geometry,
            max_index,
            header: address,
            index_block,
            recent: Mutex::default(),
        })
    }

    pub fn locate(&self, space: &AddressSpace, scaled: &[u64]) -> Result<Option<ChunkLocation>> {
        let Some(index_block) = self.index_block else { return Ok(None) };
        let number = self.linear.number(scaled).filter(|&number| number < self.max_index);
        let Some(number) = number else { return Ok(None) };
        let Some(beyond) = number.checked_sub(self.geometry.index_elements) else {
            return self.elements.get(&self.index_run(space, index_block)?, number);
        };
        if let Some(location) = self.remembered(number) {
            return location;
        }
        // It is read without the lock: readers in parallel do not wait for each other.
        let Some(found) = self.numbered(space, index_block, beyond)? else { return Ok(None) };
        let location = found.index_of(number).map_or(Ok(None), |index| self.elements.get(&found.run, index));
        *lock(&self.recent) = Some(found);
        location
    }

    /// The element, if it is among those that were met last.
    fn remembered(&self, number: u64) -> Option<Result<Option<ChunkLocation>>> {
        let recent = lock(&self.recent);
        let found = recent.as_ref()?;
        Some(self.elements.get(&found.run, found.index_of(number)?))
    }

    /// The elements around the one that is so far beyond the index block; `None` if they were never written.
    fn numbered(&self, space: &AddressSpace, index_block: u64, beyond: u64) -> Result<Option<Numbered>> {
        let Some(place) = self.geometry.place(beyond) else { return Ok(None) };
        let Some(block) = self.data_block(space, index_block, place)? else { return Ok(None) };
        let page = place.element / self.geometry.page_elements;
        let Some(run) = self.run(space, &block, page)? else { return Ok(None) };
        let element = match block.pages {
            None => place.element,
            Some(_) => place.element % self.geometry.page_elements,
        };
        let number = beyond.saturating_add(self.geometry.index_elements);
        Ok(Some(Numbered { first: number.saturating_sub(element), run }))
    }

    pub fn visit(&self, space: &AddressSpace, f: &mut Visit) -> Result<()> {
        let Some(index_block) = self.index_block else { return Ok(()) };
        let mut scaled = vec![0; self.linear.rank()];
        let mut emit = |number: u64, location: ChunkLocation| {
            if number >= self.max_index {
                return Ok(());
            }
            self.linear.position(number, &mut scaled);
            f(&scaled, location)
        };
        self.elements.visit(&self.index_run(space, index_block)?, &mut emit)?;
        let all = u64::from(self.geometry.direct_super_blocks).saturating_add(self.geometry.super_blocks);
        let (mut first, mut visited) = (self.geometry.index_elements, Visited::default());
        for super_block in 0..u32::try_from(all).unwrap_or(0) {
            if first >= self.max_index || !self.has_blocks(space, index_block, super_block)? {
                first = first.saturating_add(self.covered(super_block));
                continue;
            }
            for block in 0..self.geometry.blocks(super_block) {
                let place = Place { super_block, block, element: 0 };
                if let Some(block) = self.data_block(space, index_block, place)? {
                    visited.enter(space, BLOCK, block.address)?;
                    self.visit_block(space, &block, first, &mut emit)?;
                }
                first = first.saturating_add(self.geometry.elements(super_block));
            }
        }
        Ok(())
    }

    /// The elements of a super block.
    fn covered(&self, super_block: u32) -> u64 {
        self.geometry.blocks(super_block).saturating_mul(self.geometry.elements(super_block))
    }

    /// Whether the data blocks of a super block are worth looking at one by one.
    fn has_blocks(&self, space: &AddressSpace, index_block: u64, super_block: u32) -> Result<bool> {
        match super_block.checked_sub(self.geometry.direct_super_blocks) {
            None => Ok(true),
            Some(indirect) => Ok(self.super_address(space, index_block, indirect)?.is_some()),
        }
    }

    fn visit_block(
        &self,
        space: &AddressSpace,
        block: &DataBlock,
        first: u64,
        emit: &mut dyn FnMut(u64, ChunkLocation) -> Result<()>,
    ) -> Result<()> {
        let pages = if block.pages.is_some() { self.geometry.pages(block.super_block) } else { 1 };
        for page in 0..pages {
            if let Some(run) = self.run(space, block, page)? {
                let start = first.saturating_add(page * self.geometry.page_elements);
                self.elements.visit(&run, &mut |index, location| emit(start.saturating_add(index), location))?;
            }
        }
        Ok(())
    }

    /// The elements in the index block itself.
    fn index_run(&self, space: &AddressSpace, address: u64) -> Result<Run> {
        let block = self.index(space, address)?;
        let (offset, start) = (space.offset(address), index_head_size(space.widths));
        Ok(Run { record: INDEX, block, offset, start, count: self.geometry.index_elements })
    }

    fn index(&self, space: &AddressSpace, address: u64) -> Result<Arc<[u8]>> {
        let w = space.widths;
        let addresses = self.geometry.direct_data_blocks.saturating_add(self.geometry.super_blocks);
        let size = self.data_blocks_at(space).saturating_add(addresses * u64::from(w.offset)).saturating_add(4);
        let block = space.sealed(INDEX, address, size)?;
        let (head, _) = decode::<IndexBlockHead>(INDEX, space.offset(address), &block, Endian::Little, w)?;
        check_header(space, (INDEX, address), head.header, self.header)?;
        Ok(block)
    }

    /// Where the addresses of the data blocks start in the index block.
    fn data_blocks_at(&self, space: &AddressSpace) -> u64 {
        index_head_size(space.widths) + self.geometry.index_elements * self.elements.size()
    }

    /// The address of a super block, counted in the index block.
    fn super_address(&self, space: &AddressSpace, index_block: u64, number: u32) -> Result<Option<u64>> {
        let before = self.geometry.direct_data_blocks.saturating_add(u64::from(number));
        let at = before * u64::from(space.widths.offset) + self.data_blocks_at(space);
        address_at(space, INDEX, &self.index(space, index_block)?, at)
    }

    /// The data block of `place`; `None` if it does not exist.
    fn data_block(&self, space: &AddressSpace, index_block: u64, place: Place) -> Result<Option<DataBlock>> {
        let super_block = place.super_block;
        let Some(indirect) = super_block.checked_sub(self.geometry.direct_super_blocks) else {
            let number = self.geometry.first_block(super_block).saturating_add(place.block);
            let at = number * u64::from(space.widths.offset) + self.data_blocks_at(space);
            let address = address_at(space, INDEX, &self.index(space, index_block)?, at)?;
            return Ok(address.map(|address| DataBlock { address, super_block, pages: None }));
        };
        if u64::from(indirect) >= self.geometry.super_blocks {
            return Ok(None);
        }
        let Some(address) = self.super_address(space, index_block, indirect)? else { return Ok(None) };
        let (w, offset_size) = (space.widths, self.geometry.offset_size);
        let (blocks, pages) = (self.geometry.blocks(super_block), self.geometry.pages(super_block));
        let head = index_head_size(w) + u64::from(offset_size);
        let bitmap = blocks.saturating_mul(pages.div_ceil(8));
        let addresses = blocks.saturating_mul(u64::from(w.offset));
        let block = space.sealed(SUPER, address, bitmap.saturating_add(addresses).saturating_add(head + 4))?;
        let (found, _) =
            decode::<SuperBlockHead>(SUPER, space.offset(address), &block, Endian::Little, (w, offset_size))?;
        check_header(space, (SUPER, address), found.header, self.header)?;
        let found = address_at(space, SUPER, &block, place.block * u64::from(w.offset) + head + bitmap)?;
        // The bits of all data blocks follow each other, without regard to bytes.
        let pages = (pages > 0).then(|| (block, place.block.saturating_mul(pages)));
        Ok(found.map(|address| DataBlock { address, super_block, pages }))
    }

    fn check_block(&self, space: &AddressSpace, block: &DataBlock, bytes: &[u8]) -> Result<()> {
        let args = (space.widths, self.geometry.offset_size);
        let (head, _) = decode::<DataBlockHead>(BLOCK, space.offset(block.address), bytes, Endian::Little, args)?;
        check_header(space, (BLOCK, block.address), head.header, self.header)
    }

    /// The elements of a page, or all where there are no pages; `None` where the page was never written.
    fn run(&self, space: &AddressSpace, block: &DataBlock, page: u64) -> Result<Option<Run>> {
        let (w, offset_size, size) = (space.widths, self.geometry.offset_size, self.elements.size());
        let head = index_head_size(w) + u64::from(offset_size);
        let in_block = self.geometry.elements(block.super_block);
        let offset = space.offset(block.address);
        let Some((super_block, first_page)) = &block.pages else {
            let bytes = in_block.saturating_mul(size).saturating_add(head + 4);
            let bytes = space.sealed(BLOCK, block.address, bytes)?;
            self.check_block(space, block, &bytes)?;
            return Ok(Some(Run { record: BLOCK, block: bytes, offset, start: head, count: in_block }));
        };
        let bitmap = super_block.get(to_usize(head)?..).unwrap_or_default();
        if !bit(bitmap, first_page.saturating_add(page)) {
            return Ok(None);
        }
        let bytes = space.sealed(BLOCK, block.address, head + 4)?;
        self.check_block(space, block, &bytes)?;
        let count = self.geometry.page_elements;
        let page_bytes = count.saturating_mul(size).saturating_add(4);
        let at = block.address.saturating_add(head + 4).saturating_add(page.saturating_mul(page_bytes));
        let bytes = space.sealed(PAGE, at, page_bytes)?;
        Ok(Some(Run { record: PAGE, block: bytes, offset: space.offset(at), start: 0, count }))
    }
}

/// The address stored `at` bytes into a block; `None` if it is undefined.
fn address_at(space: &AddressSpace, record: &'static str, block: &[u8], at: u64) -> Result<Option<u64>> {
    let bytes = block.get(to_usize(at)?..).unwrap_or_default();
    let (address, _) = decode::<Addr>(record, at, bytes, Endian::Little, space.widths)?;
    Ok(address.get())
}
