//! Fixed arrays (section VII.B): the chunks of a dataset that cannot grow. Their elements are those of extensible arrays.

use binrw::binrw;

use crate::wire::width::{Addr, Len, Uint, Widths};

/// [`Header::client`] of chunks without filters.
pub(crate) const CHUNKS: u8 = 0;
/// [`Header::client`] of chunks with filters.
pub(crate) const FILTERED_CHUNKS: u8 = 1;

/// The header (section VII.B), without its checksum.
#[binrw]
#[brw(little, magic = b"FAHD", import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    #[br(assert(version == 0, "version {version} of a fixed array"))]
    pub version: u8,
    pub client: u8,
    pub element_size: u8,
    /// log2 of the elements of a page.
    pub page_bits: u8,
    #[brw(args_raw = w)]
    pub elements: Len,
    /// Undefined while there is no chunk.
    #[brw(args_raw = w)]
    pub data_block: Addr,
}

impl Header {
    /// The number of bytes of the header, its checksum included.
    pub fn size(w: Widths) -> u64 {
        12 + u64::from(w.length) + u64::from(w.offset)
    }
}

/// The start of the data block (section VII.B). Without pages the elements and the checksum follow; with pages a bitmap,
/// most significant bit first, and the checksum, and then the pages, each with a checksum of its own.
#[binrw]
#[brw(little, magic = b"FADB", import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DataBlockHead {
    #[br(assert(version == 0, "version {version} of a fixed array data block"))]
    pub version: u8,
    pub client: u8,
    #[brw(args_raw = w)]
    pub header: Addr,
}

impl DataBlockHead {
    /// The number of bytes of the head.
    pub fn size(w: Widths) -> u64 {
        6 + u64::from(w.offset)
    }
}

/// One chunk of a fixed or extensible array (sections VII.B and VII.C).
#[binrw]
#[brw(little, import_raw(args: ElementArgs))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Element {
    /// Undefined where there is no chunk.
    #[brw(args_raw = args.widths)]
    pub address: Addr,
    #[br(if(args.size_width.is_some()), args_raw = args)]
    #[bw(args_raw = args)]
    pub filtered: Option<FilteredElement>,
}

/// What the filters left of a chunk (sections VII.B and VII.C).
#[binrw]
#[brw(little, import_raw(args: ElementArgs))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FilteredElement {
    #[brw(args_raw = args.size_width.unwrap_or(0))]
    pub size: Uint,
    pub mask: u32,
}

/// The sizes of the fields of an [`Element`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ElementArgs {
    pub widths: Widths,
    /// Bytes of the stored size; absent without filters.
    pub size_width: Option<u8>,
}

impl ElementArgs {
    /// The number of bytes of an element.
    pub fn size(self) -> u64 {
        u64::from(self.widths.offset) + self.size_width.map_or(0, |width| u64::from(width) + 4)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;
    use crate::wire::checksum::verify;

    proptest! {
        #[test]
        fn records_round_trip((w, elements, address, fields, filtered) in widths().prop_flat_map(|w| {
            let filtered = prop::option::of((1u8..=8).prop_flat_map(|width| (Just(width), uint(width), any::<u32>())));
            (Just(w), len(w), addr(w), any::<[u8; 3]>(), filtered)
        })) {
            let [client, element_size, page_bits] = fields;
            round_trip(&Header { version: 0, client, element_size, page_bits, elements, data_block: address }, w)?;
            round_trip(&DataBlockHead { version: 0, client, header: address }, w)?;
            let args = ElementArgs { widths: w, size_width: filtered.map(|(width, ..)| width) };
            let filtered = filtered.map(|(_, size, mask)| FilteredElement { size: Uint(size), mask });
            let element = Element { address, filtered };
            round_trip(&element, args)?;
            prop_assert_eq!(crate::wire::encode(&element, binrw::Endian::Little, args).unwrap().len() as u64, args.size());
        }
    }

    #[test]
    fn worked_headers() {
        let plain = hex("464148440000080a 0a00000000000000 f000000000000000 6b9e286f");
        let header: Header = worked(verify("header", 0, &plain).unwrap(), Widths::WIDE);
        assert_eq!((header.client, header.element_size, header.page_bits, header.elements), (CHUNKS, 8, 10, Len(10)));
        let filtered = hex("4641484400010e0a 0200000000000000 8000000000000000 7a742bc6");
        let header: Header = worked(verify("header", 0, &filtered).unwrap(), Widths::WIDE);
        assert_eq!((header.client, header.data_block), (FILTERED_CHUNKS, Addr(0x80)));
        assert_eq!(ElementArgs { widths: Widths::WIDE, size_width: Some(2) }.size(), u64::from(header.element_size));
    }
}
