//! Symbol table nodes and entries (sections III.B and III.C).

use binrw::binrw;

use crate::wire::width::{Addr, Len, Widths};

/// The bytes of a symbol table node before its entries (section III.B).
#[binrw]
#[brw(little, magic = b"SNOD")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SymbolNodeHead {
    #[br(temp, assert(version == 1, "version {version} of a symbol table node"))]
    #[bw(calc = 1)]
    #[brw(pad_after = 1)]
    version: u8,
    pub entries: u16,
}

/// A symbol table node (section III.B), without the unused bytes at its end.
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SymbolNode {
    #[br(temp)]
    #[bw(try_calc = u16::try_from(entries.len()).map(|entries| SymbolNodeHead { entries }))]
    head: SymbolNodeHead,
    #[br(count = head.entries, args { inner: w })]
    #[bw(args_raw = w)]
    pub entries: Vec<SymbolTableEntry>,
}

/// The bytes of a symbol table node before its entries.
pub(crate) const SYMBOL_NODE_HEAD: u64 = 8;

/// A symbol table entry (section III.C).
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SymbolTableEntry {
    /// Where the name starts in the local heap. The specification says that its size is that of offsets; it is that
    /// of lengths.
    #[brw(args_raw = w)]
    pub name_offset: Len,
    /// Undefined for a symbolic link.
    #[brw(args_raw = w)]
    pub object_header: Addr,
    /// What the scratch-pad space holds: 0 nothing, 1 a group, 2 a symbolic link.
    #[brw(pad_after = 4)]
    #[br(assert(cache_type <= 2, "cache type {cache_type} of a symbol table entry"))]
    pub cache_type: u32,
    #[brw(args(cache_type, w), pad_size_to = 16)]
    pub scratch: ScratchPad,
}

/// The scratch-pad space of a symbol table entry (section III.C).
#[binrw]
#[brw(little)]
#[br(import(cache_type: u32, w: Widths))]
#[bw(import(cache_type: &u32, w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ScratchPad {
    /// Also a group whose addresses do not fit.
    #[br(pre_assert(cache_type == 0 || cache_type == 1 && w.offset > 8))]
    Nothing,
    /// The B-tree and the local heap of a group.
    #[br(pre_assert(cache_type == 1 && w.offset <= 8))]
    Group {
        #[brw(args_raw = w)]
        btree: Addr,
        #[brw(args_raw = w)]
        heap: Addr,
    },
    /// Where the value of a symbolic link starts in the local heap.
    #[br(pre_assert(cache_type == 2))]
    SymbolicLink { value_offset: u32 },
}

impl SymbolTableEntry {
    /// The number of bytes of an entry.
    pub fn size(w: Widths) -> u64 {
        24 + u64::from(w.length) + u64::from(w.offset)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::*;

    fn scratch(w: Widths) -> impl Strategy<Value = (u32, ScratchPad)> {
        prop_oneof![
            Just((0, ScratchPad::Nothing)),
            (addr(w), addr(w)).prop_map(move |(btree, heap)| match w.offset {
                16.. => (1, ScratchPad::Nothing),
                _ => (1, ScratchPad::Group { btree, heap }),
            }),
            any::<u32>().prop_map(|value_offset| (2, ScratchPad::SymbolicLink { value_offset })),
        ]
    }

    fn entry(w: Widths) -> impl Strategy<Value = SymbolTableEntry> {
        (len(w), addr(w), scratch(w)).prop_map(|(name_offset, object_header, (cache_type, scratch))| SymbolTableEntry {
            name_offset,
            object_header,
            cache_type,
            scratch,
        })
    }

    proptest! {
        #[test]
        fn nodes_round_trip((w, value) in widths().prop_flat_map(|w| {
            prop::collection::vec(entry(w), 0..5).prop_map(move |entries| (w, SymbolNode { entries }))
        })) {
            round_trip(&value, w)?;
        }

        #[test]
        fn entries_have_the_size_they_say((w, value) in widths().prop_flat_map(|w| (Just(w), entry(w)))) {
            let bytes = crate::wire::encode(&value, binrw::Endian::Little, w).unwrap();
            prop_assert_eq!(bytes.len() as u64, SymbolTableEntry::size(w));
        }
    }
}
