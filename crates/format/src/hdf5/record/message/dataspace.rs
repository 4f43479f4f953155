//! Dataspace message, versions 1 and 2 (section IV.A.2.b).

use binrw::binrw;

use crate::wire::width::{Len, Widths};

/// The largest rank that the library knows.
pub(crate) const MAX_RANK: u8 = 32;

/// The extent of a dataset or an attribute.
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dataspace {
    #[br(assert(version == 1 || version == 2, "version {version} is unknown"))]
    pub version: u8,
    #[br(assert(rank <= MAX_RANK, "rank {rank} is above {MAX_RANK}"))]
    pub rank: u8,
    /// Bit 0: maximum lengths are stored. (Bit 1, a permutation, was never used.)
    pub flags: u8,
    /// Version 2: 0 scalar, 1 simple, 2 null. Version 1 has a reserved byte here.
    #[br(assert(version == 1 || kind <= 2, "type {kind} is unknown"))]
    #[br(pad_after = if version == 1 { 4 } else { 0 })]
    #[bw(pad_after = if *version == 1 { 4 } else { 0 })]
    pub kind: u8,
    #[br(args { count: usize::from(rank), inner: w })]
    #[bw(args_raw = w)]
    pub dims: Vec<Len>,
    #[br(if(flags & 1 != 0), args { count: usize::from(rank), inner: w })]
    #[bw(args_raw = w)]
    pub max_dims: Option<Vec<Len>>,
}

impl Dataspace {
    /// Whether there is no element at all, not even one.
    pub fn is_null(&self) -> bool {
        self.version == 2 && self.kind == 2
    }
}
