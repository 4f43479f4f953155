use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::description::*;
use super::pipeline::Pipeline;
use super::*;
use crate::hdf5::record::message::filter_pipeline::{FilterDescription, FilterPipeline};
use crate::hdf5::record::testing::hex;
use crate::Kind;

#[cfg(not(all(feature = "bzip2", feature = "lz4", feature = "zstd")))]
mod absent;
#[cfg(all(feature = "bzip2", feature = "lz4", feature = "snappy", feature = "zstd"))]
mod fixtures;
#[cfg(all(feature = "bzip2", feature = "lz4", feature = "snappy", feature = "zstd"))]
mod packed;
#[cfg(all(feature = "bzip2", feature = "lz4", feature = "snappy", feature = "zstd"))]
mod setup;
#[cfg(all(feature = "bzip2", feature = "lz4", feature = "snappy", feature = "zstd"))]
mod vectors;

fn pipeline(filters: &[(u16, &[u32])]) -> Pipeline {
    flagged(filters, 0)
}

fn flagged(filters: &[(u16, &[u32])], flags: u16) -> Pipeline {
    let filters = filters.iter().map(|&(id, parameters)| FilterDescription {
        id,
        flags,
        name: None,
        parameters: parameters.to_vec(),
    });
    Pipeline::new(&FilterPipeline { version: 2, filters: filters.collect() }).unwrap()
}

fn encode(pipeline: &Pipeline, data: &[u8]) -> Vec<u8> {
    let mut stored = data.to_vec();
    pipeline.encode(&mut stored, &mut Vec::new()).unwrap();
    stored
}

fn decode(pipeline: &Pipeline, mask: u32, stored: &[u8], len: usize) -> crate::Result<Vec<u8>> {
    let mut out = vec![1; 7];
    let decoded = pipeline.decode(mask, stored, len, &mut out, &mut vec![2; 3]).map(|()| out);
    // Into a place of its own it is the same.
    let mut place = vec![3; len];
    let straight = pipeline.decode_into(mask, stored, &mut place, &mut vec![4; 5], &mut Vec::new());
    assert_eq!(straight.ok().map(|()| &place), decoded.as_ref().ok());
    decoded
}

fn any_pipeline() -> impl Strategy<Value = Pipeline> {
    let filter = prop_oneof![
        (0u32..12).prop_map(|level| (1u16, vec![level])),
        (1u32..20).prop_map(|size| (2, vec![size])),
        Just((3, vec![])),
    ];
    prop::collection::vec(filter, 0..4).prop_map(|filters| {
        pipeline(&filters.iter().map(|(id, parameters)| (*id, parameters.as_slice())).collect::<Vec<_>>())
    })
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(
        pipeline in any_pipeline(),
        data in prop::collection::vec(any::<u8>(), 0..3000),
    ) {
        let stored = encode(&pipeline, &data);
        prop_assert_eq!(decode(&pipeline, 0, &stored, data.len()).unwrap(), data);
    }

    #[test]
    fn shuffle_is_what_its_definition_says(size in 1u32..40, data in prop::collection::vec(any::<u8>(), 0..2000)) {
        let stored = encode(&pipeline(&[(2, &[size])]), &data);
        prop_assert_eq!(stored, shuffle::oracle::shuffle(size as usize, &data));
    }

    #[test]
    fn shuffle_of_common_sizes(wide in any::<bool>(), data in prop::collection::vec(any::<u8>(), 0..700)) {
        let size = if wide { 8 } else { 4 };
        let shuffle = pipeline(&[(2, &[size])]);
        let stored = encode(&shuffle, &data);
        prop_assert_eq!(&stored, &shuffle::oracle::shuffle(size as usize, &data));
        prop_assert_eq!(decode(&shuffle, 0, &stored, data.len()).unwrap(), data);
    }

    #[test]
    fn arbitrary_bytes_are_errors_or_chunks(
        pipeline in any_pipeline(),
        mask in any::<u32>(),
        stored in prop::collection::vec(any::<u8>(), 0..300),
        len in 0usize..600,
    ) {
        match decode(&pipeline, mask, &stored, len) {
            Ok(out) => prop_assert_eq!(out.len(), len),
            Err(e) => prop_assert_eq!(e.kind(), Kind::Malformed),
        }
    }
}

#[test]
fn fletcher32_vectors() {
    let filter = pipeline(&[(3, &[])]);
    let cases = [
        ("f5", "00f500f5"),
        ("3e1346", "138426c2"),
        ("0102030405060708", "1410281e"),
        ("0001020304050607", "100c1e14"),
    ];
    for (data, sum) in cases {
        let (data, stored) = (hex(data), hex(&format!("{data}{sum}")));
        assert_eq!(encode(&filter, &data), stored);
        assert_eq!(decode(&filter, 0, &stored, data.len()).unwrap(), data);
    }
    let stored = encode(&filter, &[0xff; 2000]);
    assert_eq!(stored[2000..], [0xff; 4]);
    let old = hex("0001020304050607 0c10141e");
    assert_eq!(decode(&filter, 0, &old, 8).unwrap(), old[..8]);
    assert_eq!(decode(&filter, 0, &hex("0001020304050607 1e140c10"), 8).unwrap_err().kind(), Kind::Malformed);
    assert_eq!(decode(&filter, 0, &[1, 2, 3], 0).unwrap_err().kind(), Kind::Malformed);
}

#[test]
fn incomplete_elements_stay_at_the_end() {
    let filters = pipeline(&[(3, &[]), (2, &[3])]);
    let stored = hex("616467 95 626568 fa 636669 81 dc");
    assert_eq!(decode(&filters, 0, &stored, 9).unwrap(), b"abcdefghi");
    assert_eq!(encode(&filters, b"abcdefghi"), stored);
    assert_eq!(decode(&pipeline(&[(2, &[0])]), 0, b"abc", 3).unwrap_err().kind(), Kind::Malformed);
}

#[test]
fn a_stream_that_expands_beyond_the_chunk_costs_no_memory() {
    let bomb = encode(&pipeline(&[(1, &[9])]), &vec![0; 64 << 20]);
    assert!(bomb.len() < 100_000);
    let start = Instant::now();
    for filters in [&[(1, &[9][..])][..], &[(2, &[4]), (1, &[9])], &[(1, &[1]), (1, &[9])]] {
        let (mut out, mut spare) = (Vec::new(), Vec::new());
        let error = pipeline(filters).decode(0, &bomb, 1000, &mut out, &mut spare).unwrap_err();
        assert_eq!(error.kind(), Kind::Malformed, "{error}");
        assert!(out.capacity() < 1 << 20 && spare.capacity() < 1 << 20);
    }
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[test]
fn streams_may_go_on_but_not_be_cut() {
    let filter = pipeline(&[(1, &[6])]);
    let data: Vec<u8> = (0..5000u32).map(|i| ((i * i) >> 3).to_le_bytes()[0]).collect();
    let stored = encode(&filter, &data);
    assert_eq!(decode(&filter, 0, &[&stored[..], b"rest"].concat(), data.len()).unwrap(), data);
    for cut in [0, 1, 2, 10, stored.len() - 4, stored.len() - 1] {
        assert_eq!(decode(&filter, 0, &stored[..cut], data.len()).unwrap_err().kind(), Kind::Malformed);
    }
    assert_eq!(decode(&filter, 0, &stored, data.len() + 1).unwrap_err().kind(), Kind::Malformed);
    for surplus in [1, 7, 2000, data.len()] {
        let len = data.len() - surplus;
        assert_eq!(decode(&filter, 0, &stored, len).unwrap(), data[..len]);
    }
    // Other filters would make something else of a part.
    for (first, data) in [(2, &data[..]), (3, &encode(&pipeline(&[(3, &[])]), &data))] {
        let stored = encode(&filter, data);
        let filters = pipeline(&[(first, &[4][..]), (1, &[6])]);
        assert_eq!(decode(&filters, 0, &stored, 4000).unwrap_err().kind(), Kind::Malformed);
    }
}

#[test]
fn a_stream_with_a_wrong_bit_is_no_chunk() {
    let data: Vec<u8> = (0..3000u32).map(|i| ((i * i) >> 3).to_le_bytes()[0]).collect();
    let mut filters = vec![1];
    if cfg!(feature = "bzip2") {
        filters.push(307);
    }
    for filter in filters.into_iter().map(|id| pipeline(&[(id, &[6])])) {
        let mut stored = encode(&filter, &data);
        // The whole chunk, and a shorter one, which the stream goes beyond.
        for len in [data.len(), data.len() - 700] {
            for at in 0..stored.len() {
                for bit in [1, 8, 64] {
                    stored[at] ^= bit;
                    if let Ok(found) = decode(&filter, 0, &stored, len) {
                        assert_eq!(found, data[..len], "bit {bit} of byte {at}");
                    }
                    stored[at] ^= bit;
                }
            }
        }
    }
}

#[test]
fn chunks_of_filters_that_the_library_may_skip_have_another_length() {
    // Literals and copies in all proportions.
    let data = |random: usize| -> Vec<u8> {
        (0..64usize).map(|n| if n < random { (n * 73 + n * n * 29).to_le_bytes()[0] } else { 5 }).collect()
    };
    let mut filters: Vec<(u16, &[u32])> = vec![(4, &[169, 8, 32, 16]), (4, &[141, 8, 8, 16]), (32000, &[4, 261, 64])];
    if cfg!(feature = "lz4") {
        filters.push((32001, &[2, 2, 8, 64, 5, 1, 1]));
    }
    filters.push((32001, &[2, 2, 1, 64, 5, 0, 4]));
    for (id, parameters) in filters {
        let filter = pipeline(&[(id, parameters)]);
        for random in 0..=64 {
            let stored = encode(&filter, &data(random));
            assert_ne!(stored.len(), 64, "filter {id} with {random}");
            assert_eq!(decode(&filter, 0, &stored, 64).unwrap(), data(random));
        }
    }
}

#[test]
fn filters_that_are_not_implemented_matter_only_when_they_were_used() {
    let sz = pipeline(&[(32017, &[])]);
    let e = decode(&sz, 0, b"abcd", 4).unwrap_err();
    assert_eq!((e.kind(), e.detail()), (Kind::Unsupported, "filter 32017 (sz)"));
    assert_eq!(decode(&sz, 1, b"abcd", 4).unwrap(), b"abcd");
    assert_eq!(sz.encode(&mut vec![1], &mut Vec::new()).unwrap_err().kind(), Kind::Unsupported);
}

#[cfg(all(feature = "bzip2", feature = "lz4", feature = "snappy", feature = "zstd"))]
#[test]
fn no_filter_is_skipped_because_a_chunk_grows() {
    let noise: Vec<u8> = (0..64u32).map(|n| (n.wrapping_mul(0x9E37_79B1) >> 24).to_le_bytes()[0]).collect();
    let all: [(u16, &[u32]); 9] = [
        (1, &[9]),
        (4, &[169, 8, 32, 16]),
        (6, &[2, 0, 16, 0, 4, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        (307, &[9]),
        (32000, &[4, 261, 64]),
        (32001, &[2, 2, 4, 64, 5, 1, 1]),
        (32004, &[0]),
        (32008, &[0, 4, 4, 0, 2]),
        (32015, &[3]),
    ];
    for (id, parameters) in all {
        for flags in [0, OPTIONAL] {
            let filters = flagged(&[(id, parameters)], flags);
            let stored = encode(&filters, &noise);
            assert!(stored.len() > noise.len(), "filter {id}");
            assert_eq!(decode(&filters, 0, &stored, noise.len()).unwrap(), noise, "filter {id}");
        }
    }
}
