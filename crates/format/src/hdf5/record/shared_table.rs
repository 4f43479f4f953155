//! Shared object header message table (section III.G).

use binrw::binrw;

use crate::wire::width::{Addr, Widths};

/// Shared Message Table message (section IV.A.2.p), in the superblock extension.
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SharedTableMessage {
    #[br(assert(version == 0, "version {version} is unknown"))]
    pub version: u8,
    #[brw(args_raw = w)]
    pub table: Addr,
    #[br(assert(count <= 8, "{count} indexes"))]
    pub count: u8,
}

/// The table, without its checksum. The number of its indexes is in the message.
#[binrw]
#[brw(little, magic = b"SMTB")]
#[br(import(w: Widths, count: u8))]
#[bw(import(w: Widths, _count: u8))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SharedTable {
    #[br(args { count: usize::from(count), inner: w })]
    #[bw(args_raw = w)]
    pub indexes: Vec<SharedIndex>,
}

/// What is shared, and where.
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SharedIndex {
    #[br(assert(version == 0, "version {version} of a shared message index"))]
    pub version: u8,
    /// 0 a list, 1 a B-tree.
    pub kind: u8,
    /// Bit n stands for messages of type n. (The specification numbers them otherwise.)
    pub types: u16,
    pub smallest: u32,
    pub list_cutoff: u16,
    pub btree_cutoff: u16,
    pub messages: u16,
    #[brw(args_raw = w)]
    pub index: Addr,
    #[brw(args_raw = w)]
    pub heap: Addr,
}

impl SharedTable {
    /// The number of bytes of the table, its checksum included.
    pub fn size(w: Widths, count: u8) -> u64 {
        8 + u64::from(count) * (14 + 2 * u64::from(w.offset))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    proptest! {
        #[test]
        fn tables_round_trip((w, addresses) in widths().prop_flat_map(|w| (Just(w), prop::collection::vec(addr(w), 0..8)))) {
            let index = |heap: &Addr| SharedIndex {
                version: 0, kind: 1, types: 0x1000, smallest: 50, list_cutoff: 50, btree_cutoff: 40, messages: 7,
                index: Addr(96), heap: *heap,
            };
            let indexes: Vec<_> = addresses.iter().map(index).collect();
            let count = u8::try_from(indexes.len()).unwrap();
            let table = SharedTable { indexes };
            round_trip(&table, (w, count))?;
            let bytes = crate::wire::encode(&table, binrw::Endian::Little, (w, count)).unwrap();
            prop_assert_eq!(bytes.len() as u64 + 4, SharedTable::size(w, count));
            round_trip(&SharedTableMessage { version: 0, table: Addr(48), count }, w)?;
        }
    }
}
