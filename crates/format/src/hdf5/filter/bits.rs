//! Bit shuffle: the bits of all elements, first the lowest ones of their first bytes, then the next ones.

use super::shuffle::{load, shuffle, store, swap, transpose_8, unshuffle};
use crate::error::Result;
use crate::limits;

/// Elements that are taken at once: their bits are one cache line in each row of bits.
const TILE: usize = 512;

/// From rows of bits to elements of `size` bytes; both slices are as long. The last elements, up to seven, and what
/// is no element stay as they are.
pub(super) fn bit_unshuffle(size: usize, input: &[u8], out: &mut [u8]) -> Result<()> {
    let size = size.max(1);
    let (row, tile_len) = (out.len() / 8 / size, size.saturating_mul(TILE));
    let whole = row * 8 * size;
    let (rows, rest) = input.split_at(whole);
    let (elements, end) = out.split_at_mut(whole);
    end.copy_from_slice(rest);
    let mut tile = limits::buffer(whole.min(tile_len) as u64)?;
    for (at, elements) in elements.chunks_mut(tile_len).enumerate() {
        let count = elements.len() / size;
        let planes = tile.get_mut(..elements.len()).unwrap_or_default();
        for (plane, rows) in planes.chunks_exact_mut(count).zip(rows.chunks_exact(8 * row)) {
            gather(rows, row, at * TILE / 8, plane);
        }
        unshuffle(size, planes, elements);
    }
    Ok(())
}

/// From elements of `size` bytes to rows of bits.
pub(super) fn bit_shuffle(size: usize, input: &[u8], out: &mut [u8]) -> Result<()> {
    let size = size.max(1);
    let (row, tile_len) = (input.len() / 8 / size, size.saturating_mul(TILE));
    let whole = row * 8 * size;
    let (elements, rest) = input.split_at(whole);
    let (rows, end) = out.split_at_mut(whole);
    end.copy_from_slice(rest);
    let mut tile = limits::buffer(whole.min(tile_len) as u64)?;
    for (at, elements) in elements.chunks(tile_len).enumerate() {
        let count = elements.len() / size;
        let planes = tile.get_mut(..elements.len()).unwrap_or_default();
        shuffle(size, elements, planes);
        for (plane, rows) in planes.chunks_exact(count).zip(rows.chunks_exact_mut(8 * row)) {
            scatter(plane, at * TILE / 8, row, rows);
        }
    }
    Ok(())
}

/// A plane of bytes out of its eight rows of `row` bytes, from the byte `at` of each.
fn gather(rows: &[u8], row: usize, at: usize, plane: &mut [u8]) {
    let mut starts = rows.chunks_exact(row).map(|row| row.get(at..).unwrap_or_default());
    let mut rows = [(); 8].map(|()| starts.next().unwrap_or_default());
    for bytes in plane.chunks_mut(64) {
        let words = rows.each_mut().map(|row| {
            let (word, rest) = row.split_at(row.len().min(8));
            *row = rest;
            padded(word)
        });
        store(bytes, transpose_8(transpose_bits(words)));
    }
}

/// The opposite of [`gather`].
fn scatter(plane: &[u8], at: usize, row: usize, rows: &mut [u8]) {
    for (group, bytes) in plane.chunks(64).enumerate() {
        let words = transpose_bits(transpose_8(load(bytes)));
        for (row, word) in rows.chunks_exact_mut(row).zip(words) {
            let row = row.get_mut(at + 8 * group..).unwrap_or_default();
            for (to, from) in row.iter_mut().zip(word.to_le_bytes()) {
                *to = from;
            }
        }
    }
}

/// Up to eight bytes as a word.
pub(super) fn padded(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(word) => u64::from_le_bytes(*word),
        None => bytes.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte)),
    }
}

/// Transposes the 8 x 8 bits that the words have at each byte; its own opposite.
fn transpose_bits([a, b, c, d, e, f, g, h]: [u64; 8]) -> [u64; 8] {
    const FOURS: u64 = 0x0f0f_0f0f_0f0f_0f0f;
    const PAIRS: u64 = 0x3333_3333_3333_3333;
    const BITS: u64 = 0x5555_5555_5555_5555;
    let ([a, e], [b, f]) = (swap::<4>(FOURS, a, e), swap::<4>(FOURS, b, f));
    let ([c, g], [d, h]) = (swap::<4>(FOURS, c, g), swap::<4>(FOURS, d, h));
    let ([a, c], [b, d]) = (swap::<2>(PAIRS, a, c), swap::<2>(PAIRS, b, d));
    let ([e, g], [f, h]) = (swap::<2>(PAIRS, e, g), swap::<2>(PAIRS, f, h));
    let ([a, b], [c, d]) = (swap::<1>(BITS, a, b), swap::<1>(BITS, c, d));
    let ([e, f], [g, h]) = (swap::<1>(BITS, e, f), swap::<1>(BITS, g, h));
    [a, b, c, d, e, f, g, h]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As the definition says it, bit by bit.
    fn oracle(size: usize, input: &[u8]) -> Vec<u8> {
        let row = input.len() / size / 8;
        let mut out = input.to_vec();
        out[..row * 8 * size].fill(0);
        for element in 0..row * 8 {
            for bit in 0..size * 8 {
                let value = input[element * size + bit / 8] >> (bit % 8) & 1;
                out[bit * row + element / 8] |= value << (element % 8);
            }
        }
        out
    }

    proptest! {
        #[test]
        fn bits_are_where_the_definition_puts_them(
            size in prop_oneof![1usize..20, Just(255)],
            count in 0usize..1700,
            rest in 0usize..9,
            seed in any::<u64>(),
        ) {
            let mut state = seed;
            let mut next = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                state.to_le_bytes()[7]
            };
            let input: Vec<u8> = (0..count * size + rest % size).map(|_| next()).collect();
            let (mut stored, mut back) = (vec![1; input.len()], vec![2; input.len()]);
            bit_shuffle(size, &input, &mut stored).unwrap();
            prop_assert_eq!(&stored, &oracle(size, &input));
            bit_unshuffle(size, &stored, &mut back).unwrap();
            prop_assert_eq!(back, input);
        }
    }

    #[test]
    fn ten_numbers() {
        let numbers: Vec<u8> = (0u16..10).flat_map(u16::to_le_bytes).collect();
        let mut stored = vec![0; 20];
        bit_shuffle(2, &numbers, &mut stored).unwrap();
        let expected = crate::hdf5::record::testing::hex("aaccf0 00000000000000000000000000 08000900");
        assert_eq!(stored, expected);
    }
}
