//! Small messages: Continuation, Symbol Table, Object Modification Time, B-tree K Values, Reference Count.

use binrw::binrw;

use crate::wire::width::{Addr, Len, Widths};

/// Object Header Continuation (section IV.A.2.q).
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Continuation {
    #[brw(args_raw = w)]
    pub address: Addr,
    #[brw(args_raw = w)]
    pub length: Len,
}

/// Symbol Table (section IV.A.2.r).
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SymbolTable {
    #[brw(args_raw = w)]
    pub btree: Addr,
    #[brw(args_raw = w)]
    pub local_heap: Addr,
}

/// Object Modification Time (section IV.A.2.s).
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ModificationTime {
    #[br(assert(version == 1, "version {version} is unknown"))]
    #[brw(pad_after = 3)]
    pub version: u8,
    /// Since 1970.
    pub seconds: u32,
}

/// B-tree K Values (section IV.A.2.t).
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BTreeK {
    #[br(assert(version == 0, "version {version} is unknown"))]
    pub version: u8,
    pub chunk: u16,
    pub group_internal: u16,
    pub group_leaf: u16,
}

/// Reference Count (section IV.A.2.w).
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReferenceCount {
    #[br(assert(version == 0, "version {version} is unknown"))]
    pub version: u8,
    pub count: u32,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    proptest! {
        #[test]
        fn pairs_round_trip((w, address, other, length) in widths().prop_flat_map(|w| (Just(w), addr(w), addr(w), len(w)))) {
            round_trip(&Continuation { address, length }, w)?;
            round_trip(&SymbolTable { btree: address, local_heap: other }, w)?;
        }

        #[test]
        fn numbers_round_trip(k: [u16; 3], count: u32) {
            round_trip(&BTreeK { version: 0, chunk: k[0], group_internal: k[1], group_leaf: k[2] }, ())?;
            round_trip(&ReferenceCount { version: 0, count }, ())?;
        }
    }
}
