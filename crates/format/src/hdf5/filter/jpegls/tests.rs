use proptest::prelude::*;

use super::*;
use crate::Kind;

/// The image that the standard works out, four by four, and its stream.
const IMAGE: [u8; 16] = [0, 0, 90, 74, 68, 50, 43, 205, 64, 145, 145, 145, 100, 145, 145, 145];
const FRAME: [u8; 15] = [0xff, 0xd8, 0xff, 0xf7, 0, 11, 8, 0, 4, 0, 4, 1, 1, 0x11, 0];
const SCAN: [u8; 10] = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0];
#[rustfmt::skip]
const CODES: [u8; 32] = [
    0xc0, 0, 0, 0x6c, 0x80, 0x20, 0x8e, 1, 0xc0, 0, 0, 0x57, 0x40, 0, 0, 0x6e,
    0xe6, 0, 0, 1, 0xbc, 0x18, 0, 0, 5, 0xd8, 0, 0, 0x91, 0x60, 0xff, 0xd9,
];

/// A stream with a segment before its scan.
fn stream(segment: &[u8]) -> Vec<u8> {
    [&FRAME, segment, &SCAN, &CODES].concat()
}

fn expand(input: &[u8], bound: usize) -> Result<Vec<u8>> {
    let mut out = vec![1; 3];
    decode(&[], input, bound, &mut out).map(|()| out)
}

fn error(segment: &[u8]) -> (Kind, String) {
    let error = expand(&stream(segment), 16).unwrap_err();
    (error.kind(), error.detail().to_string())
}

#[test]
fn a_worked_image() {
    assert_eq!(expand(&stream(&[]), 16).unwrap(), IMAGE);
    // A comment, ones before a marker, the usual presets, and no restarts.
    assert_eq!(expand(&stream(&[0xff, 0xfe, 0, 3, 7, 0xff, 0xff]), 16).unwrap(), IMAGE);
    let presets = [0xff, 0xf8, 0, 13, 1, 0, 255, 0, 3, 0, 7, 0, 21, 0, 64, 0xff, 0xdd, 0, 4, 0, 0];
    assert_eq!(expand(&stream(&presets), 16).unwrap(), IMAGE);
}

#[test]
fn what_is_cut_is_an_error() {
    let whole = stream(&[]);
    for len in 0..whole.len() - 1 {
        assert_eq!(expand(&whole[..len], 16).unwrap_err().kind(), Kind::Malformed, "{len}");
    }
    assert_eq!(expand(&whole, 15).unwrap_err().kind(), Kind::Malformed);
    let mut large = whole.clone();
    large[7..11].fill(0xff);
    assert_eq!(expand(&large, usize::MAX).unwrap_err().kind(), Kind::Malformed);
}

#[test]
fn what_is_not_read_is_named() {
    let unsupported = |what: &str| (Kind::Unsupported, format!("JPEG-LS with {what}"));
    assert_eq!(error(&[0xff, 0xdd, 0, 4, 0, 9]), unsupported("restarts"));
    assert_eq!(error(&[0xff, 0xe8, 0, 7, b'm', b'r', b'f', b'x', 1]), unsupported("a colour transform"));
    assert_eq!(error(&[0xff, 0xf8, 0, 3, 2]), unsupported("presets of kind 2"));
    assert_eq!(error(&[0xff, 0xf8, 0, 13, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20]), unsupported("a reset of 20"));
    assert_eq!(error(&[0xff, 0xc4, 0, 2]), unsupported("marker ffc4"));
    let change = |at: usize, byte| {
        let mut stream = stream(&[]);
        stream[at] = byte;
        let error = expand(&stream, 16).unwrap_err();
        (error.kind(), error.detail().to_string())
    };
    assert_eq!(change(8, 0), unsupported("a shape that is not in the frame"));
    assert_eq!(change(13, 0x21), unsupported("components of other sizes"));
    assert_eq!(change(21, 1), unsupported("samples that are shifted or mapped"));
    assert_eq!(change(24, 1), unsupported("samples that are shifted or mapped"));
    assert_eq!(change(22, 128).0, Kind::Malformed);
    assert_eq!(change(6, 17).0, Kind::Malformed);
    assert_eq!(change(19, 2).0, Kind::Malformed);
}

/// A head with some bits, components, near and interleave.
fn head([bits, count, near, interleave]: [u8; 4]) -> Vec<u8> {
    let mut head = vec![0xff, 0xd8, 0xff, 0xf7, 0, 8 + 3 * count, bits, 0, 9, 0, 40, count];
    head.extend((0..count).flat_map(|id| [id, 0x11, 0]));
    let scanned = if interleave == 0 { 1 } else { count };
    head.extend([0xff, 0xda, 0, 6 + 2 * scanned, scanned]);
    head.extend((0..scanned).flat_map(|id| [id, 0]));
    head.extend([near, interleave, 0]);
    head
}

#[test]
fn the_worked_image_is_written_as_it_is_in_the_standard() {
    let mut out = vec![5];
    encode(&[1, 1, 4, 4, 8, 1, 0, 0, 0, 0, 0, 0, 0], &IMAGE, &mut out).unwrap();
    let mut worked = stream(&[]);
    // The plug-in counts components from one, the example from zero or one.
    worked[12..15].copy_from_slice(&[1, 0x11, 0]);
    assert_eq!(out, worked);
}

#[test]
fn samples_have_only_the_bits_that_are_said() {
    let five = [1, 1, 4, 4, 5, 1, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(encode(&five, &IMAGE, &mut Vec::new()).unwrap_err().kind(), Kind::Usage);
    assert_eq!(encode(&five, &IMAGE[1..], &mut Vec::new()).unwrap_err().kind(), Kind::Usage);
    let mut out = Vec::new();
    encode(&five, &IMAGE.map(|sample| sample % 32), &mut out).unwrap();
    assert_eq!(expand(&out, 16).unwrap(), IMAGE.map(|sample| sample % 32));
}

proptest! {
    #[test]
    fn what_is_coded_comes_back(
        (bits, count, height, width) in (2u32..=16, 1u32..=4, 1u32..12, 1u32..90),
        steps in prop::collection::vec((any::<u16>(), 1usize..30), 0..300),
        quiet in 0u32..16,
    ) {
        let steps = steps.iter().flat_map(|&(step, times)| std::iter::repeat_n(step >> quiet, times));
        let samples = steps.chain(std::iter::repeat(3)).take((count * height * width) as usize);
        let samples = samples.map(|sample| u16::try_from(u32::from(sample) & ((1 << bits) - 1)).unwrap());
        let size = bits.div_ceil(8) as usize;
        let input: Vec<u8> = samples.flat_map(|sample| sample.to_le_bytes().into_iter().take(size)).collect();
        let mut stored = Vec::new();
        encode(&[bits.div_ceil(8), count, height, width, bits, count, 0, 0], &input, &mut stored).unwrap();
        prop_assert_eq!(expand(&stored, input.len()).unwrap(), input);
    }

    #[test]
    fn arbitrary_streams_are_errors_or_samples(
        (bits, count, near, interleave) in (2u8..=16, 1u8..=4, 0u8..5, 0u8..3),
        input in prop::collection::vec(any::<u8>(), 0..3000),
        has_few_ones in any::<bool>(),
    ) {
        let input = input.iter().map(|byte| if has_few_ones { byte & 0x5f } else { *byte });
        let stream = head([bits, count, near, interleave]).into_iter().chain(input).chain([0xff, 0xd9]);
        match expand(&stream.collect::<Vec<_>>(), 3000) {
            Ok(out) => prop_assert!(out.len() <= 3000),
            Err(e) => prop_assert!(matches!(e.kind(), Kind::Malformed | Kind::Unsupported)),
        }
    }
}
