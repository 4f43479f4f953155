//! Extensible arrays (section VII.C): the chunks of a dataset that grows along one dimension.

use binrw::binrw;

use crate::wire::width::{Addr, Len, Uint, Widths};

/// The header (section VII.C), without its checksum.
#[binrw]
#[brw(little, magic = b"EAHD", import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    #[br(assert(version == 0, "version {version} of an extensible array"))]
    pub version: u8,
    /// As in [`fixed_array::Header`](super::fixed_array::Header).
    pub client: u8,
    pub element_size: u8,
    /// Bits of the largest index.
    pub max_bits: u8,
    /// Elements in the index block itself.
    pub index_elements: u8,
    /// Elements of the smallest data block.
    pub min_elements: u8,
    /// Data block addresses of the smallest super block.
    pub min_pointers: u8,
    /// log2 of the elements of a page.
    pub page_bits: u8,
    #[brw(args_raw = w)]
    pub super_blocks: Len,
    #[brw(args_raw = w)]
    pub super_block_bytes: Len,
    #[brw(args_raw = w)]
    pub data_blocks: Len,
    #[brw(args_raw = w)]
    pub data_block_bytes: Len,
    /// The highest index that was ever set, plus one: what lies beyond is missing.
    #[brw(args_raw = w)]
    pub max_index: Len,
    #[brw(args_raw = w)]
    pub realized_elements: Len,
    /// Undefined while there is no chunk.
    #[brw(args_raw = w)]
    pub index_block: Addr,
}

impl Header {
    /// The number of bytes of the header, its checksum included.
    pub fn size(w: Widths) -> u64 {
        16 + 6 * u64::from(w.length) + u64::from(w.offset)
    }
}

/// The start of the index block (section VII.C). The elements follow, the addresses of data blocks, those of super blocks,
/// and the checksum.
#[binrw]
#[brw(little, magic = b"EAIB", import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IndexBlockHead {
    #[br(assert(version == 0, "version {version} of an extensible array index block"))]
    pub version: u8,
    pub client: u8,
    #[brw(args_raw = w)]
    pub header: Addr,
}

/// The start of a super block (section VII.C). Where its data blocks have pages, a bitmap of the pages follows, most
/// significant bit first; then the addresses of the data blocks, and the checksum.
#[binrw]
#[brw(little, magic = b"EASB", import(w: Widths, offset_size: u8))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SuperBlockHead {
    #[br(assert(version == 0, "version {version} of an extensible array super block"))]
    pub version: u8,
    pub client: u8,
    #[brw(args_raw = w)]
    pub header: Addr,
    /// The first element of the block, without those of the index block.
    #[brw(args_raw = offset_size)]
    pub block_offset: Uint,
}

/// The start of a data block (section VII.C). The elements and the checksum follow, or the checksum and pages, each with a
/// checksum of its own.
#[binrw]
#[brw(little, magic = b"EADB", import(w: Widths, offset_size: u8))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DataBlockHead {
    #[br(assert(version == 0, "version {version} of an extensible array data block"))]
    pub version: u8,
    pub client: u8,
    #[brw(args_raw = w)]
    pub header: Addr,
    /// The first element of the block, without those of the index block. The library writes another number where the index
    /// block holds the address, and nobody reads it.
    #[brw(args_raw = offset_size)]
    pub block_offset: Uint,
}

/// The number of bytes of an [`IndexBlockHead`].
pub(crate) fn index_head_size(w: Widths) -> u64 {
    6 + u64::from(w.offset)
}

/// Where the data blocks are: the numbers that follow from the header (section VII.C).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Geometry {
    /// Bytes of a block offset.
    pub offset_size: u8,
    /// Elements in the index block.
    pub index_elements: u64,
    pub min_elements: u64,
    /// Super blocks whose data blocks hang off the index block.
    pub direct_super_blocks: u32,
    /// Addresses of data blocks in the index block.
    pub direct_data_blocks: u64,
    /// Addresses of super blocks in the index block.
    pub super_blocks: u64,
    /// Elements of a page.
    pub page_elements: u64,
    max_bits: u32,
}

/// Which data block holds an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Counts all super blocks, those that do not exist as blocks included.
    pub super_block: u32,
    /// The data block, counted in the super block.
    pub block: u64,
    /// The element, counted in the data block.
    pub element: u64,
}

impl Geometry {
    /// The geometry, or `None` where the numbers of the header make none.
    pub fn new(header: &Header) -> Option<Self> {
        let (min_elements, min_pointers) = (u64::from(header.min_elements), u64::from(header.min_pointers));
        let max_bits = u32::from(header.max_bits);
        if !min_elements.is_power_of_two() || !min_pointers.is_power_of_two() || min_pointers < 2 || max_bits > 64 {
            return None;
        }
        let all = (1 + max_bits).checked_sub(min_elements.ilog2())?;
        let direct_super_blocks = 2 * min_pointers.ilog2();
        Some(Geometry {
            offset_size: u8::try_from(max_bits.div_ceil(8)).ok()?,
            index_elements: u64::from(header.index_elements),
            min_elements,
            direct_super_blocks,
            direct_data_blocks: 2 * (min_pointers - 1),
            super_blocks: u64::from(all.checked_sub(direct_super_blocks)?),
            page_elements: 1u64.checked_shl(u32::from(header.page_bits))?,
            max_bits,
        })
    }

    /// Data blocks of a super block.
    pub fn blocks(&self, super_block: u32) -> u64 {
        1u64.checked_shl(super_block / 2).unwrap_or(0)
    }

    /// Elements of each data block of a super block.
    pub fn elements(&self, super_block: u32) -> u64 {
        1u64.checked_shl(super_block.div_ceil(2)).and_then(|n| n.checked_mul(self.min_elements)).unwrap_or(u64::MAX)
    }

    /// Pages of each data block of a super block; 0 where they have none.
    pub fn pages(&self, super_block: u32) -> u64 {
        let elements = self.elements(super_block);
        if elements > self.page_elements {
            elements / self.page_elements
        } else {
            0
        }
    }

    /// Where an element is that is not in the index block; `index` does not count those that are.
    pub fn place(&self, index: u64) -> Option<Place> {
        if self.max_bits < 64 && index >> self.max_bits != 0 {
            return None;
        }
        let super_block = (index / self.min_elements).checked_add(1)?.ilog2();
        let start = ((1u64 << super_block) - 1).checked_mul(self.min_elements)?;
        let (within, elements) = (index.checked_sub(start)?, self.elements(super_block));
        Some(Place { super_block, block: within / elements, element: within % elements })
    }

    /// The number of the first data block of a super block, for those that hang off the index block.
    pub fn first_block(&self, super_block: u32) -> u64 {
        (0..super_block).map(|earlier| self.blocks(earlier)).fold(0, u64::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;
    use crate::wire::checksum::verify;

    fn header(w: Widths) -> impl Strategy<Value = Header> {
        (any::<[u8; 7]>(), prop::collection::vec(len(w), 6), addr(w)).prop_map(|(bytes, lengths, index_block)| {
            let [client, element_size, max_bits, index_elements, min_elements, min_pointers, page_bits] = bytes;
            Header {
                version: 0,
                client,
                element_size,
                max_bits,
                index_elements,
                min_elements,
                min_pointers,
                page_bits,
                super_blocks: lengths[0],
                super_block_bytes: lengths[1],
                data_blocks: lengths[2],
                data_block_bytes: lengths[3],
                max_index: lengths[4],
                realized_elements: lengths[5],
                index_block,
            }
        })
    }

    proptest! {
        #[test]
        fn headers_round_trip((w, value) in widths().prop_flat_map(|w| (Just(w), header(w)))) {
            round_trip(&value, w)?;
            // Whatever the numbers are, they make a geometry or none.
            if let Some(geometry) = Geometry::new(&value) {
                geometry.place(u64::from(u32::MAX));
            }
        }

        #[test]
        fn blocks_round_trip((w, size, client, header, offset) in (widths(), 1u8..=8).prop_flat_map(|(w, size)| {
            (Just(w), Just(size), any::<u8>(), addr(w), uint(size))
        })) {
            let block_offset = Uint(offset);
            round_trip(&IndexBlockHead { version: 0, client, header }, w)?;
            round_trip(&SuperBlockHead { version: 0, client, header, block_offset }, (w, size))?;
            round_trip(&DataBlockHead { version: 0, client, header, block_offset }, (w, size))?;
        }
    }

    #[test]
    fn a_header_with_its_geometry() {
        let block = hex("4541484400000820 0410040a00000000 0000000000000000 0000000001000000 0000000096000000 \
             0000000005000000 0000000014000000 0000000060010000 00000000c64db469");
        assert_eq!(block.len() as u64, Header::size(Widths::WIDE));
        let header: Header = worked(verify("header", 0, &block).unwrap(), Widths::WIDE);
        assert_eq!((header.min_elements, header.min_pointers, header.max_index), (16, 4, Len(5)));
        let geometry = Geometry::new(&header).unwrap();
        assert_eq!((geometry.direct_data_blocks, geometry.super_blocks, geometry.offset_size), (6, 25, 4));
        let expected = [(1, 16), (1, 32), (2, 32), (2, 64), (4, 64), (4, 128), (8, 128)];
        let mut start = 0;
        for (super_block, (blocks, elements)) in (0u32..).zip(expected) {
            assert_eq!((geometry.blocks(super_block), geometry.elements(super_block)), (blocks, elements));
            assert_eq!(geometry.place(start), Some(Place { super_block, block: 0, element: 0 }));
            start += blocks * elements;
            let last = Place { super_block, block: blocks - 1, element: elements - 1 };
            assert_eq!(geometry.place(start - 1), Some(last));
        }
        assert_eq!((geometry.pages(12), geometry.pages(13)), (0, 2));
        let index = hex("4541494200003000 0000000000007800 0000000000008800");
        let head: IndexBlockHead = worked(&index[..14], Widths::WIDE);
        assert_eq!(head.header, Addr(0x30));
    }
}
