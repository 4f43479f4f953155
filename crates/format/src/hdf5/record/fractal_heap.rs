//! Fractal heaps (section III.G): dense links and attributes, and shared messages.

use binrw::binrw;

use crate::wire::width::{encoded_size, Addr, Len, Uint, Widths};

/// Bit 1 of [`FractalHeapHeader::flags`]: direct blocks have a checksum.
pub(crate) const BLOCKS_CHECKSUMMED: u8 = 2;

/// The fractal heap header (section III.G.1), without its checksum.
#[binrw]
#[brw(little, magic = b"FRHP", import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FractalHeapHeader {
    #[br(assert(version == 0, "version {version} of a fractal heap"))]
    pub version: u8,
    /// Bytes of an object's identifier.
    pub id_length: u16,
    /// Bytes of the filter pipeline message at the end; 0 if the heap has no filters.
    pub filter_length: u16,
    /// Bit 0: identifiers of huge objects wrapped around; [`BLOCKS_CHECKSUMMED`].
    pub flags: u8,
    /// Objects above this many bytes are huge.
    pub max_managed: u32,
    /// The last identifier that was given to a huge object.
    #[brw(args_raw = w)]
    pub huge_id: Len,
    #[brw(args_raw = w)]
    pub huge_btree: Addr,
    #[brw(args_raw = w)]
    pub free_space: Len,
    #[brw(args_raw = w)]
    pub free_space_manager: Addr,
    #[brw(args_raw = w)]
    pub managed_space: Len,
    #[brw(args_raw = w)]
    pub allocated_space: Len,
    #[brw(args_raw = w)]
    pub iterator_offset: Len,
    #[brw(args_raw = w)]
    pub managed_objects: Len,
    #[brw(args_raw = w)]
    pub huge_size: Len,
    #[brw(args_raw = w)]
    pub huge_objects: Len,
    #[brw(args_raw = w)]
    pub tiny_size: Len,
    #[brw(args_raw = w)]
    pub tiny_objects: Len,
    #[brw(args_raw = w)]
    pub table: DoublingTable,
    #[br(if(filter_length > 0), args(w, filter_length))]
    #[bw(args(w, *filter_length))]
    pub filtered: Option<FilteredHeap>,
}

/// The doubling table: which blocks there are, and how large (section III.G).
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DoublingTable {
    /// Blocks in a row.
    pub width: u16,
    #[brw(args_raw = w)]
    pub starting_block_size: Len,
    #[brw(args_raw = w)]
    pub max_direct_size: Len,
    /// The number of bits of the largest offset in the heap.
    pub max_bits: u16,
    pub starting_rows: u16,
    /// Undefined while no object is managed.
    #[brw(args_raw = w)]
    pub root: Addr,
    /// Rows of the root indirect block; 0 where the root is a direct block.
    pub rows: u16,
}

/// What the header of a heap with filters has more (section III.G.1).
#[binrw]
#[brw(little)]
#[br(import(w: Widths, filter_length: u16))]
#[bw(import(w: Widths, _filter_length: u16))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FilteredHeap {
    /// The root direct block.
    #[brw(args_raw = w)]
    pub root: FilteredBlock,
    /// A filter pipeline message.
    #[br(count = filter_length)]
    pub pipeline: Vec<u8>,
}

/// What the filters left of a direct block (section III.G.3).
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FilteredBlock {
    #[brw(args_raw = w)]
    pub size: Len,
    pub mask: u32,
}

impl FractalHeapHeader {
    /// The number of bytes of a header with `filter_length` bytes of pipeline, its checksum included.
    pub fn size(w: Widths, filter_length: u16) -> u64 {
        let (o, l) = (u64::from(w.offset), u64::from(w.length));
        let filters = if filter_length > 0 { l + 4 + u64::from(filter_length) } else { 0 };
        26 + 12 * l + 3 * o + filters
    }

    /// The number of bytes of an offset in the heap.
    pub fn offset_size(&self) -> u8 {
        self.table.offset_size()
    }

    /// The number of bytes of the length of a managed object.
    pub fn length_size(&self) -> u8 {
        let direct = u8::try_from(log2(self.table.max_direct_size.0).div_ceil(8)).unwrap_or(8);
        direct.min(encoded_size(u64::from(self.max_managed)))
    }

    /// The number of bytes of a direct block before its objects.
    pub fn overhead(&self, w: Widths) -> u64 {
        let checksum = if self.flags & BLOCKS_CHECKSUMMED == 0 { 0 } else { 4 };
        5 + u64::from(w.offset) + u64::from(self.offset_size()) + checksum
    }
}

/// Where a byte of the heap is, inside one indirect block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    pub row: u32,
    /// Counts the blocks of the indirect block in order.
    pub index: u64,
    /// The size of the block.
    pub size: u64,
    /// How far the byte is into the block.
    pub within: u64,
}

impl DoublingTable {
    /// The number of bytes of an offset in the heap.
    pub fn offset_size(&self) -> u8 {
        u8::try_from(self.max_bits.div_ceil(8)).unwrap_or(u8::MAX)
    }

    /// Whether the sizes are what every formula relies on: powers of two, in order, and not absurd.
    pub fn is_sound(&self) -> bool {
        let (width, start, max) = (self.width, self.starting_block_size.0, self.max_direct_size.0);
        width.is_power_of_two()
            && start.is_power_of_two()
            && max.is_power_of_two()
            && start <= max
            && self.max_bits <= 64
            && log2(start) + log2(u64::from(width)) <= u32::from(self.max_bits)
    }

    /// The rows whose blocks are direct.
    pub fn direct_rows(&self) -> u32 {
        log2(self.max_direct_size.0).saturating_sub(log2(self.starting_block_size.0)) + 2
    }

    /// The rows of an indirect block that covers `size` bytes. The specification forgets the width.
    pub fn rows_of(&self, size: u64) -> u32 {
        (log2(size) + 1).saturating_sub(self.row_bits())
    }

    /// The size of the blocks of a row.
    pub fn row_size(&self, row: u32) -> Option<u64> {
        self.starting_block_size.0.checked_mul(1u64.checked_shl(row.saturating_sub(1))?)
    }

    /// Where a byte is, `offset` bytes into what an indirect block covers.
    pub fn slot(&self, offset: u64) -> Option<Slot> {
        let first_row = 1u64.checked_shl(self.row_bits())?;
        let (row, into) = if offset < first_row {
            (0, offset)
        } else {
            let bits = log2(offset);
            (bits + 1 - self.row_bits(), offset - (1u64 << bits))
        };
        let size = self.row_size(row)?;
        let column = into / size;
        let index = u64::from(row).checked_mul(u64::from(self.width))?.checked_add(column)?;
        Some(Slot { row, index, size, within: into % size })
    }

    /// log2 of the bytes of the first row.
    fn row_bits(&self) -> u32 {
        log2(self.starting_block_size.0) + log2(u64::from(self.width))
    }
}

/// The start of a direct block (section III.G.2); its objects follow.
#[binrw]
#[brw(little, magic = b"FHDB", import(w: Widths, offset_size: u8, checksummed: bool))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DirectBlockHead {
    #[br(assert(version == 0, "version {version} of a direct block"))]
    pub version: u8,
    #[brw(args_raw = w)]
    pub header: Addr,
    /// Where the block starts in the heap.
    #[brw(args_raw = offset_size)]
    pub block_offset: Uint,
    /// Of the whole block, with zero here.
    #[br(if(checksummed))]
    pub checksum: Option<u32>,
}

/// The start of an indirect block (section III.G.3). The direct children follow, the indirect ones, and the checksum.
#[binrw]
#[brw(little, magic = b"FHIB", import(w: Widths, offset_size: u8))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IndirectBlockHead {
    #[br(assert(version == 0, "version {version} of an indirect block"))]
    pub version: u8,
    #[brw(args_raw = w)]
    pub header: Addr,
    /// Where the block starts in the heap.
    #[brw(args_raw = offset_size)]
    pub block_offset: Uint,
}

/// A child of an indirect block (section III.G.3); undefined where there is none.
#[binrw]
#[brw(little, import(w: Widths, filtered: bool))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChildBlock {
    #[brw(args_raw = w)]
    pub address: Addr,
    /// For direct blocks of a heap with filters.
    #[br(if(filtered), args_raw = w)]
    #[bw(args_raw = w)]
    pub filtered: Option<FilteredBlock>,
}

fn log2(value: u64) -> u32 {
    value.checked_ilog2().unwrap_or(0)
}

#[cfg(test)]
mod tests;
