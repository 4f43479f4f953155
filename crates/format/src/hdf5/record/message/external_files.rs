//! External Data Files message, version 1 (section IV.A.2.h).

use binrw::binrw;

use crate::wire::width::{Addr, Len, Widths};

/// The files that hold the raw data of a dataset, one after the other.
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExternalFiles {
    #[br(assert(version == 1, "version {version} is unknown"))]
    #[brw(pad_after = 3)]
    pub version: u8,
    pub allocated: u16,
    #[br(temp, assert(used <= allocated, "{used} of {allocated} slots are used"))]
    #[bw(try_calc = u16::try_from(slots.len()))]
    used: u16,
    /// The local heap of the names.
    #[brw(args_raw = w)]
    pub heap: Addr,
    #[br(args { count: usize::from(used), inner: w })]
    #[bw(args_raw = w)]
    pub slots: Vec<ExternalSlot>,
}

/// A piece of the raw data (section IV.A.2.h).
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExternalSlot {
    /// Where the name starts in the heap.
    #[brw(args_raw = w)]
    pub name: Len,
    /// Where the data start in the file.
    #[brw(args_raw = w)]
    pub offset: Len,
    /// Bytes of data; the last slot may be unlimited.
    #[brw(args_raw = w)]
    pub size: Len,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    fn files() -> impl Strategy<Value = (Widths, ExternalFiles)> {
        widths().prop_flat_map(|w| {
            let slot = (len(w), len(w), len(w)).prop_map(|(name, offset, size)| ExternalSlot { name, offset, size });
            (prop::collection::vec(slot, 0..6), 0u16..4, addr(w)).prop_map(move |(slots, spare, heap)| {
                let allocated = u16::try_from(slots.len()).unwrap() + spare;
                (w, ExternalFiles { version: 1, allocated, heap, slots })
            })
        })
    }

    proptest! {
        #[test]
        fn external_files_round_trip((w, value) in files()) {
            round_trip(&value, w)?;
        }
    }

    #[test]
    fn what_is_refused() {
        for head in ["02 000000 0100 0100", "01 000000 0100 0200"] {
            let bytes = [hex(head), vec![0; 64]].concat();
            let e = binrw::Endian::Little;
            assert!(crate::wire::decode::<ExternalFiles>("external files", 0, &bytes, e, Widths::WIDE).is_err());
        }
    }
}
