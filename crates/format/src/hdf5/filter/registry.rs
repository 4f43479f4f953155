//! Every filter that is implemented: one line each.

use super::chunks::{keep, Setup};
use super::{
    bitshuffle, blosc, blosc2, codec, deflate, fletcher32, jpegls, lz4, lzf, nbit, scaleoffset, shuffle, szip,
};
use super::{zfp, zstd};
use crate::error::Result;

/// Replaces `out` by what the filter was given: the parameters, the input, and the most bytes that `out` may get. A stream
/// that goes on after so many may be cut there.
pub(super) type Decode = fn(&[u32], &[u8], usize, &mut Vec<u8>) -> Result<()>;
/// Replaces `out` by what the filter makes of the input: the parameters, and the input.
pub(super) type Encode = fn(&[u32], &[u8], &mut Vec<u8>) -> Result<()>;

/// Fills a place with what the filter was given, as far as it reaches: the parameters, the input, and the place. Returns
/// how many bytes it has.
pub(super) type DecodeInto = fn(&[u32], &[u8], &mut [u8]) -> Result<usize>;

/// A filter that is implemented.
pub(super) struct Implementation {
    pub id: u16,
    pub decode: Decode,
    /// `None` where it needs a buffer of its own.
    pub decode_into: Option<DecodeInto>,
    pub write: Write,
    pub growth: Growth,
    /// Whether it takes chunks of whole elements only: no other filter may have changed their length before.
    pub takes_elements: bool,
}

/// What writing through a filter takes.
#[derive(Clone, Copy)]
pub(super) struct Write {
    /// Completes the parameters when a dataset is created.
    pub setup: Setup,
    pub encode: Encode,
}

/// How many bytes a filter makes of some number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Growth {
    /// So many more.
    By(usize),
    /// Any number; fewer is the purpose.
    Any,
}

impl Implementation {
    const fn new(id: u16, decode: Decode, encode: Encode, setup: Setup) -> Self {
        Implementation {
            id,
            decode,
            decode_into: None,
            write: Write { setup, encode },
            growth: Growth::Any,
            takes_elements: false,
        }
    }

    const fn growing(mut self, by: usize) -> Self {
        self.growth = Growth::By(by);
        self
    }

    const fn straight(mut self, decode_into: DecodeInto) -> Self {
        self.decode_into = Some(decode_into);
        self
    }

    const fn of_elements(mut self) -> Self {
        self.takes_elements = true;
        self
    }
}

static REGISTRY: &[Implementation] = &[
    Implementation::new(1, deflate::decode, deflate::encode, deflate::setup).straight(deflate::decode_into),
    Implementation::new(2, shuffle::decode, shuffle::encode, shuffle::setup).growing(0).straight(shuffle::decode_into),
    Implementation::new(3, fletcher32::decode, fletcher32::encode, keep).growing(4),
    Implementation::new(4, szip::decode, szip::encode, szip::setup).of_elements(),
    Implementation::new(5, nbit::decode, nbit::encode, nbit::setup).of_elements(),
    Implementation::new(6, scaleoffset::decode, scaleoffset::encode, scaleoffset::setup).of_elements(),
    Implementation::new(307, codec::bzip2::decode, codec::bzip2::encode, codec::bzip2::setup),
    Implementation::new(32000, lzf::decode, lzf::encode, lzf::setup),
    Implementation::new(32001, blosc::decode, blosc::encode, blosc::setup),
    Implementation::new(32004, lz4::decode, lz4::encode, codec::lz4::setup),
    Implementation::new(32008, bitshuffle::decode, bitshuffle::encode, bitshuffle::setup).of_elements(),
    Implementation::new(32013, zfp::decode, zfp::encode, zfp::setup).of_elements(),
    Implementation::new(32015, zstd::decode, zstd::encode, codec::zstd::setup),
    Implementation::new(32018, jpegls::decode, jpegls::encode, jpegls::setup).of_elements(),
    Implementation::new(32026, blosc2::decode, blosc2::encode, blosc2::setup),
];

/// The filter with this number.
pub(super) fn find(id: u16) -> Option<&'static Implementation> {
    REGISTRY.iter().find(|filter| filter.id == id)
}
