//! The five codecs inside Blosc.

use super::lz;
use crate::error::{Error, Result};
use crate::hdf5::filter::codec::{lz4, snappy, zstd};
use crate::hdf5::filter::deflate;
use crate::hdf5::filter::error::Record;

pub(super) const RECORD: Record = Record("blosc chunk");

/// A codec with what it keeps from stream to stream.
pub(super) enum Codec<'a> {
    BloscLz,
    Lz4(&'a [u8]),
    Snappy,
    Zlib,
    /// With a decoder of its own if there is a dictionary.
    Zstd(Option<zstd::Dictionary>),
}

impl<'a> Codec<'a> {
    /// The codec with this number.
    pub fn new(number: u8, dictionary: Option<&'a [u8]>) -> Result<Self> {
        match number {
            0 => Ok(Codec::BloscLz),
            1 => Ok(Codec::Lz4(dictionary.unwrap_or_default())),
            2 => Ok(Codec::Snappy),
            3 => Ok(Codec::Zlib),
            4 => Ok(Codec::Zstd(dictionary.map(|bytes| zstd::Dictionary::new(RECORD, bytes)).transpose()?)),
            other => Err(Error::unsupported(format!("blosc codec {other}"))),
        }
    }

    /// Expands one stream, which has as many bytes as `out`.
    pub fn expand(&mut self, stream: &[u8], out: &mut [u8]) -> Result<()> {
        let len = match self {
            Codec::BloscLz => lz::expand(stream, out).ok_or_else(|| RECORD.malformed("a blosclz stream is broken"))?,
            Codec::Lz4(dictionary) => {
                lz4::decompress_with(dictionary, RECORD, stream, out)?;
                out.len()
            }
            Codec::Snappy => snappy::decompress(RECORD, stream, out)?,
            Codec::Zlib => deflate::inflate(stream, out)?,
            Codec::Zstd(Some(dictionary)) => dictionary.decompress(RECORD, stream, out)?,
            Codec::Zstd(None) => zstd::decompress(RECORD, stream, out)?,
        };
        if len != out.len() {
            return Err(RECORD.malformed(format!("a stream has {len} bytes where {} are expected", out.len())));
        }
        Ok(())
    }
}
