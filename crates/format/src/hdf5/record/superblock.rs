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
    matches!(size, 2 | 4 | 8)
}

fn widths(offset: impl Borrow<u8>, length: impl Borrow<u8>) -> Widths {
    Widths { offset: *offset.borrow(), length: *length.borrow() }
}
