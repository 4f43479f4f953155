//! The filter pipeline: a static registry, one file a filter, decode and encode side by side.

mod bit_planes;
mod bits;
mod bitshuffle;
mod blosc;
mod blosc2;
mod buffer;
pub(crate) mod chunks;
mod codec;
mod deflate;
pub(crate) mod description;
mod error;
mod fletcher32;
mod jpegls;
mod lz4;
mod lzf;
mod names;
mod nbit;
pub(crate) mod pipeline;
mod registry;
mod scaleoffset;
pub(crate) mod setup;
mod shuffle;
mod spelling;
mod szip;
mod zfp;
mod zstd;

#[cfg(test)]
#[cfg(all(feature = "bzip2", feature = "lz4", feature = "snappy", feature = "zstd"))]
mod plugins;
#[cfg(test)]
mod tests;
