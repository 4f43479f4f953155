//! The compressors that other crates bring, each behind a feature. Where one is left out, its functions say so.

#[cfg(not(all(feature = "bzip2", feature = "lz4", feature = "snappy", feature = "zstd")))]
mod absent;
#[cfg(feature = "bzip2")]
pub(super) mod bzip2;
#[cfg(feature = "lz4")]
pub(super) mod lz4;
#[cfg(feature = "snappy")]
pub(super) mod snappy;
#[cfg(feature = "zstd")]
pub(super) mod zstd;

#[cfg(not(feature = "bzip2"))]
pub(super) use absent::bzip2;
#[cfg(not(feature = "lz4"))]
pub(super) use absent::lz4;
#[cfg(not(feature = "snappy"))]
pub(super) use absent::snappy;
#[cfg(not(feature = "zstd"))]
pub(super) use absent::zstd;
