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
