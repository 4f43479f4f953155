//! The names of registered filters, for errors about those that are not implemented.

use crate::hdf5::record::message::filter_pipeline::FilterDescription;

const NAMES: [(u16, &str); 36] = [
    (1, "deflate"),
    (2, "shuffle"),
    (3, "fletcher32"),
    (4, "szip"),
    (5, "nbit"),
    (6, "scaleoffset"),
    (305, "lzo"),
    (307, "bzip2"),
    (32000, "lzf"),
    (32001, "blosc"),
    (32002, "mafisc"),
    (32003, "snappy"),
    (32004, "lz4"),
    (32005, "apax"),
    (32006, "cbf"),
    (32007, "jpeg-xr"),
    (32008, "bitshuffle"),
    (32009, "spdp"),
    (32010, "lpc-rice"),
    (32011, "ccsds-123"),
    (32012, "jpeg-ls"),
    (32013, "zfp"),
    (32014, "fpzip"),
    (32015, "zstd"),
    (32016, "b3d"),
    (32017, "sz"),
    (32018, "fcidecomp"),
    (32019, "jpeg"),
    (32020, "vbz"),
    (32021, "fapec"),
    (32022, "bitgroom"),
    (32023, "granular bitround"),
    (32024, "sz3"),
    (32025, "delta-rice"),
    (32026, "blosc2"),
    (32027, "flac"),
];

/// The registered name of a number.
pub(super) fn registered(id: u16) -> Option<&'static str> {
    NAMES.iter().find(|(known, _)| *known == id).map(|(_, name)| *name)
}

/// The registered name of a filter, or the one in the message.
pub(super) fn name(filter: &FilterDescription) -> Option<String> {
    let stored = || filter.name.as_deref().map(crate::hdf5::datatype::name);
    registered(filter.id).map(str::to_owned).or_else(stored)
}

/// A filter as errors name it: `filter 32013 (zfp)`.
pub(super) fn describe(filter: &FilterDescription) -> String {
    match name(filter) {
        Some(name) => format!("filter {} ({name})", filter.id),
        None => format!("filter {}", filter.id),
    }
}
