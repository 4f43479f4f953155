//! Shuffle, filter 2: the bytes of all elements, first all first bytes, then all second ones.

use super::buffer::fit;
use super::chunks::Chunks;
use crate::error::{Error, Result};

/// Elements that are transposed at once: as many as a word has bytes.
const LANES: usize = 8;

/// The size of an element.
pub(super) fn setup(_: &[u32], chunks: &Chunks) -> Result<Vec<u32>> {
    Ok(vec![chunks.element_size()?])
}

/// Puts the bytes of each element together again.
pub(super) fn decode(parameters: &[u32], input: &[u8], bound: usize, out: &mut Vec<u8>) -> Result<()> {
    check_bound(input, bound)?;
    fit(out, input.len())?;
    unshuffle(element_size(parameters)?, input, out);
    Ok(())
}

/// [`decode`] into the start of a place; returns how far it reaches.
pub(super) fn decode_into(parameters: &[u32], input: &[u8], place: &mut [u8]) -> Result<usize> {
    check_bound(input, place.len())?;
    if let Some(place) = place.get_mut(..input.len()) {
        unshuffle(element_size(parameters)?, input, place);
    }
    Ok(input.len())
}

fn check_bound(input: &[u8], bound: usize) -> Result<()> {
    if input.len() <= bound {
        return Ok(());
    }
    Err(Error::malformed_data("shuffled chunk", format!("{} bytes where at most {bound} were given", input.len())))
}

/// Takes the bytes of each element apart.
pub(super) fn encode(parameters: &[u32], input: &[u8], out: &mut Vec<u8>) -> Result<()> {
    fit(out, input.len())?;
    shuffle(element_size(parameters)?, input, out);
    Ok(())
}

fn element_size(parameters: &[u32]) -> Result<usize> {
    let size = parameters.first().copied().filter(|&size| size > 0);
    let size = size.and_then(|size| usize::try_from(size).ok());
    size.ok_or_else(|| Error::malformed_data("shuffle filter", "elements without bytes"))
}

/// From planes of bytes to elements; both slices are as long.
pub(super) fn unshuffle(size: usize, input: &[u8], out: &mut [u8]) {
    let count = input.len() / size;
    if size <= 1 || count <= 1 {
        return out.copy_from_slice(input);
    }
    // Incomplete elements stay where they are, at the end.
    let (planes, rest) = input.split_at(count * size);
    let (elements, end) = out.split_at_mut(planes.len());
    end.copy_from_slice(rest);
    match size {
        4 => unshuffle_4(count, planes, elements),
        8 => unshuffle_8(count, planes, elements),
        _ => unshuffle_any(count, size, planes, elements),
    }
}

/// From elements to planes of bytes; both slices are as long.
pub(super) fn shuffle(size: usize, input: &[u8], out: &mut [u8]) {
    let count = input.len() / size;
    if size <= 1 || count <= 1 {
        return out.copy_from_slice(input);
    }
    let (elements, rest) = input.split_at(count * size);
    let (planes, end) = out.split_at_mut(elements.len());
    end.copy_from_slice(rest);
    match size {
        4 => shuffle_4(count, elements, planes),
        8 => shuffle_8(count, elements, planes),
        _ => shuffle_any(count, size, elements, planes),
    }
}

/// The planes as words of [`LANES`] elements, and what is left of each plane.
pub(super) fn rows<const N: usize>(count: usize, planes: &[u8]) -> ([&[[u8; LANES]]; N], [&[u8]; N]) {
    let mut planes = planes.chunks_exact(count);
    let split = [(); N].map(|()| planes.next().unwrap_or_default().as_chunks());
    (split.map(|(words, _)| words), split.map(|(_, rest)| rest))
}

/// As [`rows`], to write.
pub(super) fn rows_mut<const N: usize>(count: usize, planes: &mut [u8]) -> ([&mut [[u8; LANES]]; N], [&mut [u8]; N]) {
    let mut planes = planes.chunks_exact_mut(count);
    let (mut words, mut rests) = ([(); N].map(|()| Default::default()), [(); N].map(|()| Default::default()));
    for (word, rest) in words.iter_mut().zip(&mut rests) {
        (*word, *rest) = planes.next().unwrap_or_default().as_chunks_mut();
    }
    (words, rests)
}

fn unshuffle_4(count: usize, planes: &[u8], elements: &mut [u8]) {
    let ([a, b, c, d], rest) = rows::<4>(count, planes);
    let (blocks, tail) = elements.as_chunks_mut::<32>();
    for ((((block, a), b), c), d) in blocks.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        let [a, b, c, d] = transpose_4([a, b, c, d].map(|row| u64::from_le_bytes(*row)));
        let words = [low(a) | b << 32, low(c) | d << 32, a >> 32 | high(b), c >> 32 | high(d)];
        store(block, words);
    }
    unshuffle_tail(4, &rest, tail);
}

fn shuffle_4(count: usize, elements: &[u8], planes: &mut [u8]) {
    let (blocks, tail) = elements.as_chunks::<32>();
    let ([a, b, c, d], mut rest) = rows_mut::<4>(count, planes);
    for ((((block, to_a), to_b), to_c), to_d) in blocks.iter().zip(a).zip(b).zip(c).zip(d) {
        let [a, b, c, d] = load(block);
        let [a, b, c, d] = transpose_4([low(a) | c << 32, a >> 32 | high(c), low(b) | d << 32, b >> 32 | high(d)]);
        (*to_a, *to_b, *to_c, *to_d) = (a.to_le_bytes(), b.to_le_bytes(), c.to_le_bytes(), d.to_le_bytes());
    }
    shuffle_tail(4, tail, &mut rest);
}

fn unshuffle_8(count: usize, planes: &[u8], elements: &mut [u8]) {
    let (words, rest) = rows::<8>(count, planes);
    let (blocks, tail) = elements.as_chunks_mut::<64>();
    for (at, block) in blocks.iter_mut().enumerate() {
        let mut row = [0; 8];
        for (word, plane) in row.iter_mut().zip(&words) {
            *word = plane.get(at).map_or(0, |&word| u64::from_le_bytes(word));
        }
        store(block, transpose_8(row));
    }
    unshuffle_tail(8, &rest, tail);
}

fn shuffle_8(count: usize, elements: &[u8], planes: &mut [u8]) {
    let (blocks, tail) = elements.as_chunks::<64>();
    let (mut words, mut rest) = rows_mut::<8>(count, planes);
    for (at, block) in blocks.iter().enumerate() {
        let columns = transpose_8(load(block));
        for (plane, column) in words.iter_mut().zip(&columns) {
            if let Some(word) = plane.get_mut(at) {
                *word = column.to_le_bytes();
            }
        }
    }
    shuffle_tail(8, tail, &mut rest);
}

/// Less than [`LANES`] elements, byte by byte.
fn unshuffle_tail(size: usize, planes: &[&[u8]], elements: &mut [u8]) {
    for (index, element) in elements.chunks_exact_mut(size).enumerate() {
        for (byte, plane) in element.iter_mut().zip(planes) {
            *byte = plane.get(index).copied().unwrap_or(0);
        }
    }
}

fn shuffle_tail(size: usize, elements: &[u8], planes: &mut [&mut [u8]]) {
    for (index, element) in elements.chunks_exact(size).enumerate() {
        for (byte, plane) in element.iter().zip(planes.iter_mut()) {
            if let Some(to) = plane.get_mut(index) {
                *to = *byte;
            }
        }
    }
}

/// Elements of any size: a block of elements at a time, so that what is written stays in the cache.
fn unshuffle_any(count: usize, size: usize, planes: &[u8], elements: &mut [u8]) {
    let lanes = (4096 / size).max(1);
    for (block, elements) in elements.chunks_mut(lanes * size).enumerate() {
        for (at, plane) in planes.chunks_exact(count).enumerate() {
            let bytes = plane.get(block * lanes..).unwrap_or_default();
            for (element, &byte) in elements.chunks_exact_mut(size).zip(bytes) {
                if let Some(to) = element.get_mut(at) {
                    *to = byte;
                }
            }
        }
    }
}

fn shuffle_any(count: usize, size: usize, elements: &[u8], planes: &mut [u8]) {
    let lanes = (4096 / size).max(1);
    for (block, elements) in elements.chunks(lanes * size).enumerate() {
        for (at, plane) in planes.chunks_exact_mut(count).enumerate() {
            let bytes = plane.get_mut(block * lanes..).unwrap_or_default();
            for (element, byte) in elements.chunks_exact(size).zip(bytes) {
                *byte = element.get(at).copied().unwrap_or(0);
            }
        }
    }
}

/// Transposes the 8 x 8 bytes of eight words.
#[inline(always)]
pub(super) fn transpose_8([a, b, c, d, e, f, g, h]: [u64; 8]) -> [u64; 8] {
    const HALVES: u64 = 0x0000_0000_ffff_ffff;
    let ([a, e], [b, f], [c, g], [d, h]) =
        (swap::<32>(HALVES, a, e), swap::<32>(HALVES, b, f), swap::<32>(HALVES, c, g), swap::<32>(HALVES, d, h));
    let [a, b, c, d] = transpose_4([a, b, c, d]);
    let [e, f, g, h] = transpose_4([e, f, g, h]);
    [a, b, c, d, e, f, g, h]
}

/// Transposes the 4 x 4 bytes of the lower halves of four words, and those of the upper halves.
#[inline(always)]
fn transpose_4([a, b, c, d]: [u64; 4]) -> [u64; 4] {
    const PAIRS: u64 = 0x0000_ffff_0000_ffff;
    const BYTES: u64 = 0x00ff_00ff_00ff_00ff;
    let ([a, c], [b, d]) = (swap::<16>(PAIRS, a, c), swap::<16>(PAIRS, b, d));
    let ([a, b], [c, d]) = (swap::<8>(BYTES, a, b), swap::<8>(BYTES, c, d));
    [a, b, c, d]
}

/// Exchanges the upper parts of `a` with the lower parts of `b`; `mask` has the lower ones.
#[inline(always)]
pub(super) fn swap<const SHIFT: u32>(mask: u64, a: u64, b: u64) -> [u64; 2] {
    let difference = (a >> SHIFT ^ b) & mask;
    [a ^ difference << SHIFT, b ^ difference]
}

fn low(word: u64) -> u64 {
    word & 0xffff_ffff
}

fn high(word: u64) -> u64 {
    word & 0xffff_ffff_0000_0000
}

// Loops over slices: iterators of arrays by value are calls of their own, which took longer than the work.
#[inline(always)]
pub(super) fn store<const N: usize>(block: &mut [u8], words: [u64; N]) {
    for (to, word) in block.as_chunks_mut::<8>().0.iter_mut().zip(&words) {
        *to = word.to_le_bytes();
    }
}

#[inline(always)]
pub(super) fn load<const N: usize>(block: &[u8]) -> [u64; N] {
    let mut words = [0; N];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks::<8>().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    words
}

#[cfg(test)]
pub(super) mod oracle {
    /// Shuffle as its definition says it.
    pub fn shuffle(size: usize, input: &[u8]) -> Vec<u8> {
        let count = input.len() / size;
        if size <= 1 || count <= 1 {
            return input.to_vec();
        }
        let mut out = input.to_vec();
        for element in 0..count {
            for byte in 0..size {
                out[byte * count + element] = input[element * size + byte];
            }
        }
        out
    }
}
