//! Metadata cache images: blocks of metadata that the library left here instead of at their addresses. The specification
//! does not have them.

use binrw::binrw;

use super::message::bytes;
use crate::wire::width::{Addr, Len, Widths};

/// Metadata Cache Image message, in the superblock extension.
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CacheImageMessage {
    #[br(assert(version == 0, "version {version} is unknown"))]
    pub version: u8,
    #[brw(args_raw = w)]
    pub address: Addr,
    #[brw(args_raw = w)]
    pub size: Len,
}

/// The start of the image; as many entries follow, and the checksum.
#[binrw]
#[brw(little, magic = b"MDCI", import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CacheImageHead {
    #[br(assert(version == 0, "version {version} of a metadata cache image"))]
    pub version: u8,
    pub flags: u8,
    #[brw(args_raw = w)]
    pub size: Len,
    pub entries: u32,
}

/// A block of metadata.
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CacheImageEntry {
    pub kind: u8,
    pub flags: u8,
    pub ring: u8,
    pub age: u8,
    /// Flush dependencies: children, dirty children.
    pub children: [u16; 2],
    #[br(temp)]
    #[bw(try_calc = u16::try_from(parents.len()))]
    parent_count: u16,
    pub rank: i32,
    #[brw(args_raw = w)]
    pub address: Addr,
    /// Bytes of the block.
    #[brw(args_raw = w)]
    pub size: Len,
    #[br(args { count: usize::from(parent_count), inner: w })]
    #[bw(args_raw = w)]
    pub parents: Vec<Addr>,
    #[br(parse_with = bytes, args(size.0))]
    pub block: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    proptest! {
        #[test]
        fn images_round_trip(
            (w, address, size, parents) in widths().prop_flat_map(|w| {
                (Just(w), addr(w), len(w), prop::collection::vec(addr(w), 0..3))
            }),
            block in prop::collection::vec(any::<u8>(), 0..200),
            rank: i32,
        ) {
            round_trip(&CacheImageMessage { version: 0, address, size }, w)?;
            round_trip(&CacheImageHead { version: 0, flags: 0, size, entries: 4 }, w)?;
            let size = Len(block.len() as u64);
            let entry = CacheImageEntry {
                kind: 1, flags: 3, ring: 1, age: 0, children: [2, 1], rank, address, size, parents, block,
            };
            round_trip(&entry, w)?;
        }
    }
}
