//! Local heaps (section III.D): the names of a symbol table group.

use binrw::binrw;

use crate::wire::width::{Addr, Len, Widths};

/// The header of a local heap (section III.D).
#[binrw]
#[brw(little, magic = b"HEAP", import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LocalHeapHeader {
    #[br(assert(version == 0, "version {version} of a local heap"))]
    #[brw(pad_after = 3)]
    pub version: u8,
    #[brw(args_raw = w)]
    pub data_size: Len,
    /// Where the first free block starts in the data segment; 1 if there is none (the
    /// specification says undefined, the library writes and expects 1).
    #[brw(args_raw = w)]
    pub free_list: Len,
    #[brw(args_raw = w)]
    pub data_address: Addr,
}

impl LocalHeapHeader {
    /// The number of bytes of the header.
    pub fn size(w: Widths) -> u64 {
        8 + 2 * u64::from(w.length) + u64::from(w.offset)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    proptest! {
        #[test]
        fn headers_round_trip((w, value) in widths().prop_flat_map(|w| {
            (len(w), len(w), addr(w)).prop_map(move |(data_size, free_list, data_address)| {
                (w, LocalHeapHeader { version: 0, data_size, free_list, data_address })
            })
        })) {
            round_trip(&value, w)?;
        }
    }
}
