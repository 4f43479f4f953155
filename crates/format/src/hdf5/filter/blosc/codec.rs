//! The five codecs inside Blosc.

use std::cell::RefCell;

use ruzstd::decoding::{Dictionary, FrameDecoder};

use super::chunk::malformed;
use super::lz;
use crate::error::{Error, Result};
use crate::hdf5::filter::deflate;

/// The largest window that any frame may ask for, if the stream itself is not longer.
const WINDOW: usize = 8 << 20;

thread_local! {
    /// Its tables are large, and a chunk has many blocks.
    static ZSTD: RefCell<FrameDecoder> = RefCell::new(FrameDecoder::new());
}

/// A codec with what it keeps from stream to stream.
pub(super) enum Codec<'a> {
    BloscLz,
    Lz4(&'a [u8]),
    Snappy,
    Zlib,
    /// With a decoder of its own if there is a dictionary.
    Zstd(Option<Box<FrameDecoder>>),
}

impl<'a> Codec<'a> {
    /// The codec with this number.
    pub fn new(number: u8, dictionary: Option<&'a [u8]>) -> Result<Self> {
        match number {
            0 => Ok(Codec::BloscLz),
            1 => Ok(Codec::Lz4(dictionary.unwrap_or_default())),
            2 => Ok(Codec::Snappy),
            3 => Ok(Codec::Zlib),
            4 => Ok(Codec::Zstd(dictionary.map(with_dictionary).transpose()?)),
            other => Err(Error::unsupported(format!("blosc codec {other}"))),
        }
    }

    /// Expands one stream, which has as many bytes as `out`.
    pub fn expand(&mut self, stream: &[u8], out: &mut [u8]) -> Result<()> {
        let len = match self {
            Codec::BloscLz => lz::expand(stream, out).ok_or_else(|| malformed("a blosclz stream is broken"))?,
            Codec::Lz4(dictionary) => lz4_flex::block::decompress_into_with_dict(stream, out, dictionary)
                .map_err(|e| malformed(format!("an LZ4 stream: {e}")))?,
            Codec::Snappy => snap::raw::Decoder::new()
                .decompress(stream, out)
                .map_err(|e| malformed(format!("a snappy stream: {e}")))?,
            Codec::Zlib => deflate::inflate(stream, out)?,
            Codec::Zstd(Some(decoder)) => zstd(decoder, stream, out)?,
            Codec::Zstd(None) => ZSTD.with_borrow_mut(|decoder| zstd(decoder, stream, out))?,
        };
        if len != out.len() {
            return Err(malformed(format!("a stream has {len} bytes where {} are expected", out.len())));
        }
        Ok(())
    }
}

fn with_dictionary(bytes: &[u8]) -> Result<Box<FrameDecoder>> {
    let mut decoder = FrameDecoder::new();
    let added = Dictionary::decode_dict(bytes).map(|dictionary| decoder.add_dict(dictionary));
    match added {
        Ok(Ok(())) => Ok(Box::new(decoder)),
        Ok(Err(e)) => Err(malformed(format!("the dictionary: {e}"))),
        Err(e) => Err(malformed(format!("the dictionary: {e}"))),
    }
}

fn zstd(decoder: &mut FrameDecoder, stream: &[u8], out: &mut [u8]) -> Result<usize> {
    decoder.set_max_window_size(out.len().max(WINDOW) as u64);
    decoder.decode_all(stream, out).map_err(|e| malformed(format!("a Zstandard stream: {e}")))
}
