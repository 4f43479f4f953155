//! Zstandard, filter 32015: a chunk is one frame.

use std::cell::RefCell;

use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::FrameDecoder;
use ruzstd::encoding::{CompressionLevel, FrameCompressor};

use super::fit;
use crate::error::{Error, Result};
use crate::limits;

const RECORD: &str = "zstd stream";
/// The most bytes that one byte of a stream can stand for: a block of 128 KiB has at least four.
pub(super) const EXPANSION: usize = 32 << 10;
/// A window that decoders should support (RFC 8878), whatever the chunk.
const WINDOW: usize = 8 << 20;
/// The largest content whose buffers are kept.
const KEPT: usize = 64 << 20;
/// Magic number, descriptor and window, as the encoder writes them.
const HEAD: usize = 6;
/// Bits of the descriptor: four, or eight, bytes say how long the content is.
const FOUR_BYTES: u8 = 2 << 6;
const EIGHT_BYTES: u8 = 3 << 6;

thread_local! {
    /// Tables and window are large, and a dataset has thousands of chunks.
    static DECODER: RefCell<FrameDecoder> = RefCell::new(FrameDecoder::new());
}

/// Decodes all frames, until there is a whole chunk.
pub(super) fn decode(_: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    let room = bound.min(input.len().saturating_mul(EXPANSION));
    fit(out, room)?;
    out.truncate(room);
    let len = decompress(RECORD, input, out)?;
    out.truncate(len);
    Ok(())
}

/// Decodes into `out`, and returns how many bytes there are; a surplus does not count.
pub(super) fn decompress(record: &'static str, input: &[u8], out: &mut [u8]) -> Result<usize> {
    DECODER.with_borrow_mut(|decoder| {
        decoder.set_max_window_size(out.len().max(WINDOW) as u64);
        let done = decoder.decode_all(input, out);
        let sums = (decoder.get_checksum_from_data(), decoder.get_calculated_checksum());
        if out.len() > KEPT {
            *decoder = FrameDecoder::new();
        }
        match (done, sums) {
            (Ok(_), (Some(stored), Some(computed))) if stored != computed => {
                let detail = format!("checksum {stored:#010x} where the bytes give {computed:#010x}");
                Err(Error::malformed_data(record, detail))
            }
            (Ok(len), _) => Ok(len),
            (Err(FrameDecoderError::TargetTooSmall), _) => Ok(out.len()),
            (Err(e), _) => Err(Error::malformed_data(record, e.to_string())),
        }
    })
}

/// Compresses a chunk; there is only one level.
pub(super) fn encode(_: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    out.clear();
    limits::reserve(out, input.len() + input.len() / 128 + 64)?;
    compress(input, out)
}

/// Appends a frame. Others want to know in advance how long its content is, which the encoder does not write.
pub(super) fn compress(input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let start = out.len();
    let mut encoder = FrameCompressor::new(CompressionLevel::Fastest);
    encoder.set_source(input);
    encoder.set_drain(&mut *out);
    encoder.compress();
    let head = out.get(start..start + HEAD).and_then(|head| <[u8; HEAD]>::try_from(head).ok());
    let Some([a, b, c, d, descriptor, window]) = head else {
        return Err(Error::usage("zstd: a frame without a head"));
    };
    let len = input.len() as u64;
    let (flag, len) = match u32::try_from(len) {
        Ok(len) => (FOUR_BYTES, len.to_le_bytes().to_vec()),
        Err(_) => (EIGHT_BYTES, len.to_le_bytes().to_vec()),
    };
    let head = [a, b, c, d, descriptor | flag, window].into_iter().chain(len);
    out.splice(start..start + HEAD, head);
    Ok(())
}
