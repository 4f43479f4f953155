//! Frames of Zstandard.

use std::cell::RefCell;
use std::io::{self, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{self, BlockDecodingStrategy, FrameDecoder};
use ruzstd::encoding::{CompressionLevel, FrameCompressor};

use crate::error::{Error, Result};
use crate::hdf5::filter::buffer::most_surplus;
pub(in crate::hdf5::filter) use crate::hdf5::filter::chunks::keep as setup;
use crate::hdf5::filter::error::Record;

/// A window that decoders should support (RFC 8878), whatever the chunk.
const WINDOW: usize = 8 << 20;
/// The largest content whose buffers are kept.
const KEPT: usize = 64 << 20;
/// Bytes that are decoded at a time.
const PIECE: usize = 1 << 20;
/// Magic number, descriptor and window, as the encoder writes them.
const HEAD: usize = 6;
/// Bits of the descriptor: four, or eight, bytes say how long the content is.
const FOUR_BYTES: u8 = 2 << 6;
const EIGHT_BYTES: u8 = 3 << 6;

thread_local! {
    /// Tables and window are large, and a dataset has thousands of chunks.
    static DECODER: RefCell<FrameDecoder> = RefCell::new(FrameDecoder::new());
}

/// Decodes into `out`, and returns how many bytes there are. What there is beyond is not kept, but the checksum must be right.
pub fn decompress(record: Record, input: &[u8], out: &mut [u8]) -> Result<usize> {
    DECODER.with_borrow_mut(|decoder| {
        let done = frames(decoder, record, input, out);
        if out.len() > KEPT {
            *decoder = FrameDecoder::new();
        }
        done
    })
}

/// Decodes frame after frame until `out` is full.
fn frames(decoder: &mut FrameDecoder, record: Record, mut input: &[u8], out: &mut [u8]) -> Result<usize> {
    decoder.set_max_window_size(out.len().max(WINDOW) as u64);
    let (mut made, mut is_first) = (0, true);
    while is_first || !input.is_empty() && made < out.len() {
        is_first = false;
        match decoder.init(&mut input) {
            Ok(()) => made += frame(decoder, record, &mut input, out.get_mut(made..).unwrap_or_default())?,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                input = usize::try_from(length).ok().and_then(|len| input.get(len..)).ok_or_else(|| record.broken())?;
            }
            Err(e) => return Err(record.malformed(e.to_string())),
        }
    }
    Ok(made)
}

/// Decodes one frame to its end, and checks its checksum.
fn frame(decoder: &mut FrameDecoder, record: Record, input: &mut &[u8], out: &mut [u8]) -> Result<usize> {
    let broken = |e: &dyn std::fmt::Display| record.malformed(e.to_string());
    let (mut made, mut surplus) = (0, 0);
    while !decoder.is_finished() {
        decoder.decode_blocks(&mut *input, BlockDecodingStrategy::UptoBytes(PIECE)).map_err(|e| broken(&e))?;
        made += decoder.read(out.get_mut(made..).unwrap_or_default()).map_err(|e| broken(&e))?;
        if made == out.len() {
            surplus += decoder.collect_to_writer(io::sink()).map_err(|e| broken(&e))?;
        }
        if surplus > most_surplus(out.len()) {
            return Err(record.goes_on(out.len()));
        }
    }
    match (decoder.get_checksum_from_data(), decoder.get_calculated_checksum()) {
        (Some(stored), Some(computed)) if stored != computed => {
            Err(record.malformed(format!("checksum {stored:#010x} where the bytes give {computed:#010x}")))
        }
        _ => Ok(made),
    }
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
        frames(&mut self.0, record, input, out)
    }
}
