//! File Space Info message, version 1 (section IV.A.2.x).

use binrw::binrw;

use crate::wire::width::{Addr, Len, Widths};

/// How the library gives out the space of a file.
#[binrw]
#[brw(little, import_raw(w: Widths))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileSpaceInfo {
    #[br(assert(version == 1, "version {version} is unknown"))]
    pub version: u8,
    /// See [`PAGED`].
    pub strategy: u8,
    /// Whether the free space is kept in the file; addresses of its managers follow then, which are not read.
    pub persists: u8,
    /// Pieces of at least so many bytes are used again.
    #[brw(args_raw = w)]
    pub threshold: Len,
    #[brw(args_raw = w)]
    pub page_size: Len,
    /// Pieces of at most so many bytes at the end of a page of metadata are forgotten.
    pub page_end_threshold: u16,
    /// Where the file ended before its managers were written.
    #[brw(args_raw = w)]
    pub end: Addr,
}

/// The strategy of pages: metadata and raw data in pages of their own.
pub(crate) const PAGED: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hdf5::record::testing::*;

    #[test]
    fn what_the_library_writes() {
        let bytes = hex("01 01 00 0100000000000000 0010000000000000 0000 ffffffffffffffff");
        let info: FileSpaceInfo = worked(&bytes, Widths::WIDE);
        assert_eq!((info.strategy, info.page_size, info.end), (PAGED, Len(4096), Addr::UNDEFINED));
    }
}
