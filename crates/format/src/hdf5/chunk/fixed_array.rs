//! Chunks in a fixed array.

use binrw::Endian;

use super::element::{bit, check_header, Elements, Run};
use super::grid::LinearOrder;
use super::{ChunkGrid, ChunkLocation, Visit};
use crate::error::{Error, Result};
use crate::hdf5::record::fixed_array::{DataBlockHead, Header};
use crate::hdf5::space::AddressSpace;
use crate::wire::decode;

const HEADER: &str = "fixed array header";
const BLOCK: &str = "fixed array data block";
const PAGE: &str = "fixed array data block page";

/// A fixed array whose header was checked.
#[derive(Debug)]
pub(super) struct FixedArray {
    linear: LinearOrder,
    elements: Elements,
    count: u64,
    /// Elements of a page.
    page: u64,
    header: u64,
    data_block: Option<u64>,
}

impl FixedArray {
    pub fn open(space: &AddressSpace, address: u64, grid: &ChunkGrid, filtered: bool) -> Result<Self> {
        let (w, offset) = (space.widths, space.offset(address));
        let block = space.sealed(HEADER, address, Header::size(w))?;
        let (header, _) = decode::<Header>(HEADER, offset, &block, Endian::Little, w)?;
        let place = (HEADER, address);
        let elements =
            Elements::new(space, place, (header.client, header.element_size), grid.chunk_bytes()?, filtered)?;
        let bits = u32::from(header.page_bits);
        let page = 1u64.checked_shl(bits).ok_or_else(|| Error::malformed(HEADER, offset, "pages of 2^64 elements"))?;
        let bytes = header.elements.0.checked_mul(elements.size());
        if header.data_block.get().is_some_and(|block| bytes.is_none_or(|bytes| bytes > space.remaining(block))) {
            let detail = format!("{} elements reach beyond the end of the file", header.elements.0);
            return Err(Error::malformed(HEADER, offset, detail));
        }
        let (count, data_block) = (header.elements.0, header.data_block.get());
        Ok(FixedArray { linear: LinearOrder::fixed(grid), elements, count, page, header: address, data_block })
    }

    pub fn locate(&self, space: &AddressSpace, scaled: &[u64]) -> Result<Option<ChunkLocation>> {
        let Some(block) = self.data_block else { return Ok(None) };
        let number = self.linear.number(scaled).filter(|&number| number < self.count).ok_or_else(|| {
            let detail = format!("chunk {scaled:?} is not among {} elements", self.count);
            Error::malformed(BLOCK, space.offset(block), detail)
        })?;
        match self.run(space, block, number / self.page)? {
            Some(run) => self.elements.get(&run, number % self.page),
            None => Ok(None),
        }
    }

    pub fn visit(&self, space: &AddressSpace, f: &mut Visit) -> Result<()> {
        let Some(block) = self.data_block else { return Ok(()) };
        let mut scaled = vec![0; self.linear.rank()];
        for page in 0..self.count.div_ceil(self.page) {
            let Some(run) = self.run(space, block, page)? else { continue };
            self.elements.visit(&run, &mut |index, location| {
                self.linear.position(page * self.page + index, &mut scaled);
                f(&scaled, location)
            })?;
        }
        Ok(())
    }

    /// The elements of a page, or all where there are no pages; `None` where the page was never written.
    fn run(&self, space: &AddressSpace, address: u64, page: u64) -> Result<Option<Run>> {
        let (w, size) = (space.widths, self.elements.size());
        let head = DataBlockHead::size(w);
        let pages = self.count.div_ceil(self.page);
        let paged = self.count > self.page;
        let body = if paged { pages.div_ceil(8) } else { self.count.saturating_mul(size) };
        let block = space.sealed(BLOCK, address, body.saturating_add(head + 4))?;
        let (found, _) = decode::<DataBlockHead>(BLOCK, space.offset(address), &block, Endian::Little, w)?;
        check_header(space, (BLOCK, address), found.header, self.header)?;
        if !paged {
            let offset = space.offset(address);
            return Ok(Some(Run { record: BLOCK, block, offset, start: head, count: self.count }));
        }
        let bitmap = usize::try_from(head).ok().and_then(|head| block.get(head..)).unwrap_or_default();
        if !bit(bitmap, page) {
            return Ok(None);
        }
        // Only the last page is short. The header made sure that this product fits.
        let count = self.page.min(self.count.saturating_sub(page * self.page));
        let before = page.saturating_mul(self.page * size + 4);
        let at = address.saturating_add(head + body + 4).saturating_add(before);
        let block = space.sealed(PAGE, at, count * size + 4)?;
        Ok(Some(Run { record: PAGE, block, offset: space.offset(at), start: 0, count }))
    }
}
