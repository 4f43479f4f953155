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
