//! Attribute Info message, version 0 (section IV.A.2.v).

use binrw::binrw;

use crate::wire::width::{Addr, Widths};

/// Where dense attributes are, and whether their creation order is kept.
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AttributeInfo {
    #[br(assert(version == 0, "version {version} is unknown"))]
    pub version: u8,
    /// Bit 0: creation order tracked; bit 1: indexed.
    #[br(assert(flags & !3 == 0, "unknown flags {flags:#04x}"))]
    pub flags: u8,
    /// The next creation index, not the maximum.
    #[br(if(flags & 1 != 0))]
    pub next_index: Option<u16>,
    #[brw(args_raw = w)]
    pub fractal_heap: Addr,
    #[brw(args_raw = w)]
    pub name_index: Addr,
    #[br(if(flags & 2 != 0), args_raw = w)]
    #[bw(args_raw = w)]
    pub order_index: Option<Addr>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    proptest! {
        #[test]
        fn attribute_infos_round_trip((w, value) in (widths(), 0u8..4, any::<u16>()).prop_flat_map(|(w, flags, next)| {
            (addr(w), addr(w), addr(w)).prop_map(move |(fractal_heap, name_index, order)| {
                let next_index = (flags & 1 != 0).then_some(next);
                let order_index = (flags & 2 != 0).then_some(order);
                (w, AttributeInfo { version: 0, flags, next_index, fractal_heap, name_index, order_index })
            })
        })) {
            round_trip(&value, w)?;
        }
    }
}
