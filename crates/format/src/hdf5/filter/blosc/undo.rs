//! The filters before the codec, undone block by block.

use crate::error::{Error, Result};
use crate::hdf5::filter::bits::bit_unshuffle;
use crate::hdf5::filter::shuffle::unshuffle;

/// A filter and the bytes of the elements it works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Bytes(usize),
    Bits(usize),
    /// As [`Step::Bits`], but blocks whose number of elements is no multiple of 8 stay as they are.
    EvenBits(usize),
    /// Exclusive or with the element before, or with the same element of the first block.
    Delta(usize),
    /// Differences from byte to byte within each plane of bytes.
    Differences(usize),
}

impl Step {
    /// The filter with this number, if there is anything to undo.
    pub fn new(number: u8, meta: u8, type_size: usize, version: u8) -> Result<Option<Self>> {
        let size = if meta == 0 { type_size } else { meta.into() };
        let step = match number {
            // None, and those that only made the data simpler.
            0 | 4 | 36 => return Ok(None),
            1 => Step::Bytes(size),
            2 if version < 3 => Step::EvenBits(type_size),
            2 => Step::Bits(type_size),
            3 => Step::Delta(word(type_size)),
            35 => Step::Differences(size),
            other => return Err(Error::unsupported(format!("blosc2 filter {other}"))),
        };
        Ok(Some(step))
    }

    /// Undoes the filter in `block`; `first` is the first block of the chunk, if it is not this one.
    pub fn undo(self, first: Option<&[u8]>, block: &mut Vec<u8>, other: &mut Vec<u8>) -> Result<()> {
        match self {
            Step::Bytes(size) => unshuffle(size, block, other),
            Step::Bits(size) => bit_unshuffle(size, block, other)?,
            Step::EvenBits(size) if (block.len() / size).is_multiple_of(8) => bit_unshuffle(size, block, other)?,
            Step::EvenBits(_) => return Ok(()),
            Step::Delta(word) => {
                undo_delta(word, first, block);
                return Ok(());
            }
            Step::Differences(size) => {
                undo_differences(size, block);
                return Ok(());
            }
        }
        std::mem::swap(block, other);
        Ok(())
    }
}

/// The bytes that [`Step::Delta`] takes together.
fn word(type_size: usize) -> usize {
    match type_size {
        1 | 2 | 4 | 8 => type_size,
        size if size % 8 == 0 => 8,
        _ => 1,
    }
}

fn undo_delta(word: usize, first: Option<&[u8]>, block: &mut [u8]) {
    let mut before = [0; 8];
    let mut first = first.map(|first| first.chunks_exact(word));
    for word in block.chunks_exact_mut(word) {
        match &mut first {
            Some(first) => {
                let first = first.next().unwrap_or_default();
                word.iter_mut().zip(first).for_each(|(to, from)| *to ^= from);
            }
            None => word.iter_mut().zip(&mut before).for_each(|(to, before)| {
                *to ^= *before;
                *before = *to;
            }),
        }
    }
}

fn undo_differences(size: usize, block: &mut [u8]) {
    let plane = block.len() / size;
    for plane in block.chunks_exact_mut(plane.max(1)).take(size) {
        plane.iter_mut().fold(0u8, |sum, byte| {
            *byte = byte.wrapping_add(sum);
            *byte
        });
    }
}
