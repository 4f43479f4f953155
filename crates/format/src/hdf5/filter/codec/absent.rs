//! What stands in for compressors that were left out: errors that name the feature.
#![cfg_attr(any(feature = "bzip2", feature = "lz4", feature = "snappy", feature = "zstd"), allow(unused))]

use crate::error::Error;

fn missing(feature: &str) -> Error {
    Error::unsupported(format!("{feature}: hyperslab was built without its feature \"{feature}\""))
}

pub(in crate::hdf5::filter) mod bzip2 {
    use crate::error::Result;
    use crate::hdf5::filter::chunks::Chunks;

    pub fn setup(_: &[u32], _: &Chunks) -> Result<Vec<u32>> {
        Err(super::missing("bzip2"))
    }

    pub fn decode(_: &[u32], _: &[u8], _: usize, _: &mut Vec<u8>) -> Result<()> {
        Err(super::missing("bzip2"))
    }

    pub fn encode(_: &[u32], _: &[u8], _: &mut Vec<u8>) -> Result<()> {
        Err(super::missing("bzip2"))
    }
}

pub(in crate::hdf5::filter) mod lz4 {
    use crate::error::Result;
    use crate::hdf5::filter::chunks::Chunks;
    use crate::hdf5::filter::error::Record;

    pub fn setup(_: &[u32], _: &Chunks) -> Result<Vec<u32>> {
        Err(super::missing("lz4"))
    }

    pub fn decompress(_: Record, _: &[u8], _: &mut [u8]) -> Result<()> {
        Err(super::missing("lz4"))
    }

    pub fn decompress_with(_: &[u8], _: Record, _: &[u8], _: &mut [u8]) -> Result<()> {
        Err(super::missing("lz4"))
    }

    pub fn compress(_: &[u8], _: &mut Vec<u8>) -> Result<()> {
        Err(super::missing("lz4"))
    }
}

pub(in crate::hdf5::filter) mod snappy {
    use crate::error::Result;
    use crate::hdf5::filter::error::Record;

    pub fn decompress(_: Record, _: &[u8], _: &mut [u8]) -> Result<usize> {
        Err(super::missing("snappy"))
    }
}

pub(in crate::hdf5::filter) mod zstd {
    use crate::error::Result;
    use crate::hdf5::filter::chunks::Chunks;
    use crate::hdf5::filter::error::Record;

    pub fn setup(_: &[u32], _: &Chunks) -> Result<Vec<u32>> {
        Err(super::missing("zstd"))
    }

    /// Never made.
    pub struct Dictionary;

    impl Dictionary {
        pub fn new(_: Record, _: &[u8]) -> Result<Self> {
            Err(super::missing("zstd"))
        }

        pub fn decompress(&mut self, _: Record, _: &[u8], _: &mut [u8]) -> Result<usize> {
            Err(super::missing("zstd"))
        }
    }

    pub fn decompress(_: Record, _: &[u8], _: &mut [u8]) -> Result<usize> {
        Err(super::missing("zstd"))
    }

    pub fn compress(_: &[u8], _: &mut Vec<u8>) -> Result<()> {
        Err(super::missing("zstd"))
    }
}
