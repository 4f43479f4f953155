use proptest::prelude::*;

use super::*;
use crate::hdf5::record::testing::hex;
use crate::Kind;

/// A chunk of 128 zeros.
const ZEROS: &str = "02010001 80000000 80000000 23000000 14000000 0b000000 2300000000e07103010000";

/// A Zstandard dictionary by `zstd --train`, a frame by `zstd -D`, and what it holds.
const DICTIONARY: &str =
    "37a430ec 48f3116b 1710e80a d3010000 00004059 244929a5 9452c624 82134202 03040000 00a8538c 36000000 04208602
    000b87c5 030101c0 81800100 004089c1 c907c020 00004048 1598ca00 00000000 000000f4 47a68625 21728424 01000000
    00000000 00000000 01000000 04000000 08000000 34393a20 33323320 6b656c76 696e3b20 74656d70 31323a20 3138206b
    656c7669 6e3b2074 656d7065 72617475 7265206f 66206e6f 64652035 32353a20 32323720 6b656c76 696e6620 6e6f6465
    20383838 3a203233 36206b65 6c76696e 3b207465 6d706572 61747572 65206f66 206e6f64 65203930 313a2039 66206e6f
    64652036 39313a20 33343520 6b656c76 696e3b20 74656d70 65726174 75726520 6f66206e 6f646520 3730343a 2031353a
    20313434 206b656c 76696e3b 2074656d 70657261 74757265 206f6620 6e6f6465";
const FRAME: &str =
    "28b52ffd 2348f311 6b502d01 00c87420 31323a20 33303020 3937373a 20323170 72657373 75726503 f0c7e25a 9501f3f8
    0b05";
const TEXT: &[u8; 80] = b"temperature of node 12: 300 kelvin; temperature of node 977: 21 kelvin; pressure";

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

/// A chunk of one block of 80 bytes that needs a dictionary.
fn chunk_with(dictionary: &[u8], codec: u8, stream: &[u8]) -> Vec<u8> {
    let place = u32::try_from(32 + 8 + dictionary.len()).unwrap();
    let lengths = [dictionary, stream].map(|bytes| u32::try_from(bytes.len()).unwrap().to_le_bytes());
    let body = [&place.to_le_bytes(), &lengths[0], dictionary, &lengths[1], stream].concat();
    long([5, 1, 0x15 | codec << 5, 1], [80, 80], &[], 1, &body)
}

#[test]
fn dictionaries() {
    assert_eq!(expand(&chunk_with(&hex(DICTIONARY), 4, &hex(FRAME)), 80).unwrap(), TEXT);
    let words = b"temperature of node kelvin; ";
    assert_eq!(expand(&chunk_with(words, 1, &lz4_flex::block::compress_with_dict(TEXT, words)), 80).unwrap(), TEXT);
    assert_eq!(expand(&chunk_with(words, 4, &hex(FRAME)), 80).unwrap_err().kind(), Kind::Malformed);
    let cut = chunk_with(&hex(DICTIONARY), 4, &hex(FRAME));
    assert_eq!(expand(&[&cut[..36], &[0xff; 4], &cut[40..]].concat(), 80).unwrap_err().kind(), Kind::Malformed);
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
    fn broken_dictionaries_are_errors(places in prop::collection::vec((8usize..382, any::<u8>()), 1..4)) {
        let mut chunk = chunk_with(&hex(DICTIONARY), 4, &hex(FRAME));
        for (at, byte) in places {
            chunk[32 + at] = byte;
        }
        // The text may also come out wrong, or unharmed.
        if let Err(e) = expand(&chunk, 80) {
            prop_assert_eq!(e.kind(), Kind::Malformed);
        }
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
