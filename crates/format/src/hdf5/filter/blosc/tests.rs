use proptest::prelude::*;

use super::*;
use crate::hdf5::record::testing::hex;
use crate::Kind;

/// A chunk of 128 zeros.
const ZEROS: &str = "02010001 80000000 80000000 23000000 14000000 0b000000 2300000000e07103010000";

fn expand(chunk: &[u8], bound: usize) -> Result<Vec<u8>> {
    let mut out = vec![1; 3];
    decode(&[], chunk, bound, &mut out).map(|()| out)
}

/// A chunk of Blosc2 with a long head: its first four bytes, its lengths, filters and second flags, and what follows.
fn long(first: [u8; 4], lengths: [u32; 2], filters: &[u8], second: u8, body: &[u8]) -> Vec<u8> {
    let stored = u32::try_from(32 + body.len()).unwrap();
    let lengths = [lengths[0], lengths[1], stored].map(u32::to_le_bytes).concat();
    let mut filters = filters.to_vec();
    filters.resize(15, 0);
    [&first[..], &lengths, &filters, &[second], body].concat()
}

#[test]
fn zeros() {
    let chunk = hex(ZEROS);
    assert_eq!(expand(&chunk, 128).unwrap(), [0; 128]);
    assert_eq!(expand(&[&chunk[..], b"more"].concat(), 128).unwrap(), [0; 128]);
    assert_eq!(expand(&chunk, 127).unwrap_err().kind(), Kind::Malformed);
    for len in 0..chunk.len() {
        assert_eq!(expand(&chunk[..len], 128).unwrap_err().kind(), Kind::Malformed);
    }
    let unknown = |at: usize, byte| expand(&[&chunk[..at], &[byte], &chunk[at + 1..]].concat(), 128).unwrap_err();
    assert_eq!(unknown(0, 1).detail(), "version 1 of blosc chunks");
    assert_eq!(unknown(2, 0xa0).detail(), "blosc codec 5");
}

#[test]
fn copies_and_special_values() {
    assert_eq!(expand(&hex("02010204 05000000 05000000 15000000 0102030405"), 5).unwrap(), [1, 2, 3, 4, 5]);
    let special = |second: u8, size: u8, body: &[u8]| expand(&long([5, 1, 5, size], [8, 8], &[], second, body), 8);
    assert_eq!(special(0x10, 4, &[]).unwrap(), [0; 8]);
    assert_eq!(special(0x20, 8, &[]).unwrap(), f64::NAN.to_le_bytes());
    assert_eq!(special(0x20, 4, &[]).unwrap(), [f32::NAN.to_le_bytes(); 2].concat());
    assert_eq!(special(0x30, 2, &[1, 2]).unwrap(), [1, 2, 1, 2, 1, 2, 1, 2]);
    assert_eq!(special(0x40, 2, &[]).unwrap(), [0; 8]);
    for (second, size, body) in [(0x20, 2, &[][..]), (0x30, 2, &[]), (0x30, 3, &[1, 2, 3]), (0x50, 1, &[])] {
        assert_eq!(special(second, size, body).unwrap_err().kind(), Kind::Malformed);
    }
    assert_eq!(special(8, 1, &[]).unwrap_err().kind(), Kind::Unsupported);
}

#[test]
fn streams_of_blosc2_may_be_one_byte_and_blocks_may_not_overlap() {
    // Two streams for the two bytes of an element: one of a value, one of zeros.
    let streams = hex("24000000 fdffffff 01 00000000");
    assert_eq!(expand(&long([5, 1, 5, 2], [8, 8], &[], 0, &streams), 8).unwrap(), [3, 3, 3, 3, 0, 0, 0, 0]);
    let shuffled = long([5, 1, 5, 2], [8, 8], &[0, 0, 0, 0, 0, 1], 0, &streams);
    assert_eq!(expand(&shuffled, 8).unwrap(), [3, 0, 3, 0, 3, 0, 3, 0]);
    let token = hex("24000000 fdffffff 02 00000000");
    assert_eq!(expand(&long([5, 1, 5, 2], [8, 8], &[], 0, &token), 8).unwrap_err().kind(), Kind::Malformed);
    // All blocks are the same stream, which is most of the chunk.
    let mut shared: Vec<u8> = [32u32 + 4 * 16].iter().flat_map(|n| n.to_le_bytes()).cycle().take(4 * 16).collect();
    shared.extend(100u32.to_le_bytes());
    shared.extend([7; 100]);
    let e = expand(&long([5, 1, 0x15, 1], [1600, 100], &[], 0, &shared), 1600).unwrap_err();
    assert_eq!(e.detail(), "blocks overlap");
}

#[test]
fn filters_of_blosc2() {
    let expand = |filters: &[u8], bytes: &[u8]| {
        let len = u32::try_from(bytes.len()).unwrap();
        let body = [&36u32.to_le_bytes()[..], &len.to_le_bytes(), bytes].concat();
        expand(&long([5, 1, 0x15, 2], [len, len], filters, 0, &body), bytes.len())
    };
    assert_eq!(expand(&[3], &[1, 2, 3, 4, 5, 6, 7]).unwrap(), [1, 2, 2, 6, 7, 0, 7]);
    assert_eq!(expand(&[35], &[1, 2, 3, 4, 5, 255, 7]).unwrap(), [1, 3, 6, 4, 9, 8, 7]);
    assert_eq!(expand(&[0, 4, 0, 36, 0, 0], &[1, 2, 3]).unwrap(), [1, 2, 3]);
    // Shuffle in groups of another size than the elements.
    assert_eq!(expand(&[0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3], &[1, 2, 3, 4, 5, 6]).unwrap(), [1, 3, 5, 2, 4, 6]);
    for filter in [5, 32, 33, 34, 160, 255] {
        assert_eq!(expand(&[filter], &[1, 2]).unwrap_err().kind(), Kind::Unsupported);
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        size in prop_oneof![0u32..20, Just(300)],
        level in 0u32..10,
        shuffle in 0u32..3,
        codec in 0u32..7,
        data in prop::collection::vec(0u8..6, 0..3000),
        times in prop_oneof![9 => Just(1usize), 1 => Just(300)],
    ) {
        let data = data.repeat(times);
        let mut stored = Vec::new();
        encode(&[2, 2, size, 0, level, shuffle, codec], &data, &mut stored).unwrap();
        prop_assert_eq!(expand(&stored, data.len()).unwrap(), data);
    }

    #[test]
    fn arbitrary_chunks_are_errors_or_bytes(
        first in (2u8..7, any::<u8>(), any::<u8>(), 0u8..9),
        lengths in (0u32..300, 0u32..100),
        filters in prop::collection::vec(prop_oneof![0u8..5, Just(35), any::<u8>()], 0..15),
        second in prop_oneof![Just(0), Just(1), any::<u8>()],
        places in prop::collection::vec(30u32..90, 0..5),
        body in prop::collection::vec(prop_oneof![Just(0), Just(255), 0u8..20, any::<u8>()], 0..200),
    ) {
        let body = [places.into_iter().flat_map(u32::to_le_bytes).collect(), body].concat();
        let (a, b, c, d) = first;
        let chunk = long([a, b, c, d], [lengths.0, lengths.1], &filters, second, &body);
        match expand(&chunk, 250) {
            Ok(out) => prop_assert!(out.len() <= 250),
            Err(e) => prop_assert!(matches!(e.kind(), Kind::Malformed | Kind::Unsupported)),
        }
    }
}
