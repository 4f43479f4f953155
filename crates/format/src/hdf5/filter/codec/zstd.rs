//! Frames of Zstandard.

use std::cell::RefCell;

use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{self, FrameDecoder};
use ruzstd::encoding::{CompressionLevel, FrameCompressor};

use crate::error::{Error, Result};
use crate::hdf5::filter::error::Record;

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

/// Decodes into `out`, and returns how many bytes there are; a surplus does not count.
pub fn decompress(record: Record, input: &[u8], out: &mut [u8]) -> Result<usize> {
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
                Err(record.malformed(detail))
            }
            (Ok(len), _) => Ok(len),
            (Err(FrameDecoderError::TargetTooSmall), _) => Ok(out.len()),
            (Err(e), _) => Err(record.malformed(e.to_string())),
        }
    })
}

/// Appends a frame. Others want to know in advance how long its content is, which the encoder does not write.
pub fn compress(input: &[u8], out: &mut Vec<u8>) -> Result<()> {
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

/// A decoder of frames that were made with a dictionary.
pub struct Dictionary(Box<FrameDecoder>);

impl Dictionary {
    /// Takes the dictionary.
    pub fn new(record: Record, bytes: &[u8]) -> Result<Self> {
        let broken = |e: &dyn std::fmt::Display| record.malformed(format!("the dictionary: {e}"));
        let dictionary = decoding::Dictionary::decode_dict(bytes).map_err(|e| broken(&e))?;
        let mut decoder = FrameDecoder::new();
        decoder.add_dict(dictionary).map_err(|e| broken(&e))?;
        Ok(Dictionary(Box::new(decoder)))
    }

    /// As [`decompress`].
    pub fn decompress(&mut self, record: Record, input: &[u8], out: &mut [u8]) -> Result<usize> {
        self.0.set_max_window_size(out.len().max(WINDOW) as u64);
        self.0.decode_all(input, out).map_err(|e| record.malformed(format!("a Zstandard stream: {e}")))
    }
}
