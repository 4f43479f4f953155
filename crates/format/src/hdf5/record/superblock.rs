//! Superblock, versions 0 to 3 (section II.A).

use std::borrow::Borrow;

use binrw::binrw;

use crate::wire::width::{Addr, Widths};

/// The signature that every superblock starts with.
pub(crate) const SIGNATURE: [u8; 8] = *b"\x89HDF\r\n\x1a\n";

/// A superblock of any version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Superblock {
    Old(SuperblockV0),
    New(SuperblockV2),
}

/// Versions 0 and 1: the root group is a symbol table entry.
#[binrw]
#[brw(little, magic = b"\x89HDF\r\n\x1a\n")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SuperblockV0 {
    #[br(assert(version <= 1, "version {version} is unknown"))]
    pub version: u8,
    pub free_space_version: u8,
    pub root_entry_version: u8,
    #[brw(pad_before = 1)]
    pub shared_header_version: u8,
    #[br(assert(is_width(offset_size), "offsets of {offset_size} bytes"))]
    pub offset_size: u8,
    #[br(assert(is_width(length_size), "lengths of {length_size} bytes"))]
    pub length_size: u8,
    #[brw(pad_before = 1)]
    pub group_leaf_k: u16,
    pub group_internal_k: u16,
    pub consistency_flags: u32,
    /// Version 1 only: the chunk K, and a reserved field.
    #[br(if(version == 1))]
    pub chunk_k: Option<[u16; 2]>,
    #[brw(args_raw = widths(offset_size, length_size))]
    pub base_address: Addr,
    #[brw(args_raw = widths(offset_size, length_size))]
    pub free_space_address: Addr,
    #[brw(args_raw = widths(offset_size, length_size))]
    pub end_of_file: Addr,
    #[brw(args_raw = widths(offset_size, length_size))]
    pub driver_info: Addr,
    /// The link name offset of the root's symbol table entry; always 0.
    #[brw(args_raw = widths(length_size, length_size))]
    pub root_name_offset: Addr,
    #[brw(args_raw = widths(offset_size, length_size))]
    pub root_header: Addr,
    pub root_cache_type: u32,
    #[brw(pad_before = 4)]
    pub root_scratch: [u8; 16],
}

/// Versions 2 and 3; the checksum follows.
#[binrw]
#[brw(little, magic = b"\x89HDF\r\n\x1a\n")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SuperblockV2 {
    #[br(assert(version == 2 || version == 3, "version {version} is unknown"))]
    pub version: u8,
    #[br(assert(is_width(offset_size), "offsets of {offset_size} bytes"))]
    pub offset_size: u8,
    #[br(assert(is_width(length_size), "lengths of {length_size} bytes"))]
    pub length_size: u8,
    pub consistency_flags: u8,
    #[brw(args_raw = widths(offset_size, length_size))]
    pub base_address: Addr,
    #[brw(args_raw = widths(offset_size, length_size))]
    pub extension: Addr,
    #[brw(args_raw = widths(offset_size, length_size))]
    pub end_of_file: Addr,
    #[brw(args_raw = widths(offset_size, length_size))]
    pub root_header: Addr,
}

fn is_width(size: u8) -> bool {
    matches!(size, 2 | 4 | 8 | 16 | 32)
}

fn widths(offset: impl Borrow<u8>, length: impl Borrow<u8>) -> Widths {
    Widths { offset: *offset.borrow(), length: *length.borrow() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hdf5::record::testing::{self, *};
    use crate::wire::checksum::verify;

    fn old() -> impl Strategy<Value = SuperblockV0> {
        (0u8..=1, testing::widths()).prop_flat_map(|(version, w)| {
            let chunk_k = prop::collection::vec(any::<[u16; 2]>(), usize::from(version));
            let addresses = prop::collection::vec(addr(w), 5);
            let name = addr(Widths { offset: w.length, ..w });
            let small = (any::<[u8; 3]>(), any::<[u16; 2]>(), any::<[u32; 2]>(), any::<[u8; 16]>());
            (chunk_k, addresses, name, small).prop_map(move |(chunk_k, a, root_name_offset, (v, k, n, scratch))| {
                SuperblockV0 {
                    version,
                    free_space_version: v[0],
                    root_entry_version: v[1],
                    shared_header_version: v[2],
                    offset_size: w.offset,
                    length_size: w.length,
                    group_leaf_k: k[0],
                    group_internal_k: k[1],
                    consistency_flags: n[0],
                    chunk_k: chunk_k.first().copied(),
                    base_address: a[0],
                    free_space_address: a[1],
                    end_of_file: a[2],
                    driver_info: a[3],
                    root_name_offset,
                    root_header: a[4],
                    root_cache_type: n[1],
                    root_scratch: scratch,
                }
            })
        })
    }

    fn new() -> impl Strategy<Value = SuperblockV2> {
        (2u8..=3, testing::widths(), any::<u8>()).prop_flat_map(|(version, w, consistency_flags)| {
            prop::collection::vec(addr(w), 4).prop_map(move |a| SuperblockV2 {
                version,
                offset_size: w.offset,
                length_size: w.length,
                consistency_flags,
                base_address: a[0],
                extension: a[1],
                end_of_file: a[2],
                root_header: a[3],
            })
        })
    }

    proptest! {
        #[test]
        fn old_superblocks_round_trip(value in old()) {
            round_trip(&value, ())?;
        }

        #[test]
        fn new_superblocks_round_trip(value in new()) {
            round_trip(&value, ())?;
        }
    }

    #[test]
    fn a_superblock_of_version_3() {
        let bytes = hex("894844460d0a1a0a 0308080000000000 00000000ffffffff ffffffff40020000 \
             0000000008020000 000000000b5c5b02");
        let value: SuperblockV2 = worked(verify("superblock", 0, &bytes).unwrap(), ());
        assert_eq!((value.version, value.offset_size, value.length_size), (3, 8, 8));
        assert_eq!((value.base_address, value.extension), (Addr(0), Addr::UNDEFINED));
        assert_eq!((value.end_of_file, value.root_header), (Addr(0x240), Addr(0x208)));
    }

    #[test]
    fn widths_that_do_not_exist() {
        let bytes =
            hex("894844460d0a1a0a 0303080000000000 00000000ffffffff ffffffff40020000 0000000008020000 00000000");
        assert!(crate::wire::decode::<SuperblockV2>("superblock", 0, &bytes, binrw::Endian::Little, ()).is_err());
    }
}
