//! Link Info message, version 0 (section IV.A.2.c), and Group Info message, version 0 (section IV.A.2.k).

use binrw::binrw;

use crate::wire::width::{Addr, Widths};

/// Where dense links are, and whether their creation order is kept.
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LinkInfo {
    #[br(assert(version == 0, "version {version} is unknown"))]
    pub version: u8,
    /// Bit 0: creation order tracked; bit 1: indexed.
    #[br(assert(flags & !3 == 0, "unknown flags {flags:#04x}"))]
    pub flags: u8,
    /// The next creation index, not the maximum.
    #[br(if(flags & 1 != 0))]
    pub next_index: Option<u64>,
    #[brw(args_raw = w)]
    pub fractal_heap: Addr,
    #[brw(args_raw = w)]
    pub name_index: Addr,
    #[br(if(flags & 2 != 0), args_raw = w)]
    #[bw(args_raw = w)]
    pub order_index: Option<Addr>,
}

/// When links become dense, and what to expect of them.
#[binrw]
#[brw(little)]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct GroupInfo {
    #[br(assert(version == 0, "version {version} is unknown"))]
    pub version: u8,
    pub flags: u8,
    /// Maximum of compact and minimum of dense links.
    #[br(if(flags & 1 != 0))]
    pub phase_change: Option<[u16; 2]>,
    /// Estimated number of entries and length of their names.
    #[br(if(flags & 2 != 0))]
    pub estimate: Option<[u16; 2]>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    proptest! {
        #[test]
        fn link_infos_round_trip((w, value) in (widths(), 0u8..4, any::<u64>()).prop_flat_map(|(w, flags, next)| {
            (addr(w), addr(w), addr(w)).prop_map(move |(fractal_heap, name_index, order)| {
                let next_index = (flags & 1 != 0).then_some(next);
                let order_index = (flags & 2 != 0).then_some(order);
                (w, LinkInfo { version: 0, flags, next_index, fractal_heap, name_index, order_index })
            })
        })) {
            round_trip(&value, w)?;
        }

        #[test]
        fn group_infos_round_trip(flags: u8, phase_change: [u16; 2], estimate: [u16; 2]) {
            let phase_change = (flags & 1 != 0).then_some(phase_change);
            let estimate = (flags & 2 != 0).then_some(estimate);
            round_trip(&GroupInfo { version: 0, flags, phase_change, estimate }, ())?;
        }
    }
}
