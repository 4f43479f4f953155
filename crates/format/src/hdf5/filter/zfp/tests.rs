use proptest::prelude::*;

use super::header::Mode;
use super::*;
use crate::Kind;

const MAGIC: u32 = 0x0570_667a;
const ANY: Mode = Mode { least_bits: 1, most_bits: 16_658, precision: 64, exponent: -1074 };

fn header(mode: u32) -> Header {
    Header::parse(&[0x1010_5111, MAGIC, 0x3000_0036, mode]).unwrap()
}

#[test]
fn heads_of_all_modes() {
    let rate = header(0x07f0_0000);
    assert_eq!((rate.shape, rate.rank, rate.is_float, rate.is_long), ([4, 4, 1, 1], 2, true, false));
    assert_eq!(rate.mode, Mode { least_bits: 128, most_bits: 128, ..ANY });
    assert_eq!(header(0x80b0_0000).mode, Mode { precision: 12, ..ANY });
    assert_eq!(header(0xcac0_0000).mode, Mode { exponent: -7, ..ANY });
    assert!(header(0x8800_0000).mode.is_reversible() && !header(0x07f0_0000).mode.is_reversible());
    let long = Header::parse(&[0x1010_5111, MAGIC, 0x3000_0076, 0xfff0_0000, 0xe088_8000, 0x0007_87af]).unwrap();
    assert_eq!((long.shape, long.mode), ([8, 4, 1, 1], ANY));
    let words = [MAGIC, 0x3000_0036, 0x07f0_0000].map(u32::swap_bytes);
    let swapped = Header::parse(&[&[0][..], &words].concat()).unwrap();
    assert_eq!(swapped, Header { is_swapped: true, ..rate });
}

#[test]
fn broken_heads() {
    let kind = |words: &[u32]| Header::parse(words).unwrap_err().kind();
    assert_eq!(kind(&[]), Kind::Malformed);
    assert_eq!(kind(&[1]), Kind::Malformed);
    assert_eq!(kind(&[1, 2, 3, 4]), Kind::Malformed);
    assert_eq!(kind(&[1, MAGIC, 0x3000_0036]), Kind::Malformed);
    assert_eq!(kind(&[1, MAGIC, 0x3000_0036, 0xfff0_0000, 0xe088_8000]), Kind::Malformed);
    assert_eq!(kind(&[1, MAGIC, 0x3000_0036, 0xfff0_0000, 0x7fff, 0x0007_87af]), Kind::Malformed);
    let e = Header::parse(&[1, 0x0470_667a, 0x3000_0036, 0x07f0_0000]).unwrap_err();
    assert_eq!((e.kind(), e.detail()), (Kind::Unsupported, "version 4 of the zfp codec"));
}

/// Numbers along one dimension, in the reversible mode.
fn reversible(kind: u32, count: u32) -> [u32; 4] {
    [0, MAGIC, kind | (count - 1) << 4, 0x8800_0000]
}

fn expand(parameters: &[u32], input: &[u8], bound: usize) -> Result<Vec<u8>> {
    let mut out = vec![1; 3];
    decode(parameters, input, bound, &mut out).map(|()| out)
}

#[test]
fn blocks_of_zeros() {
    // Two blocks, one bit each.
    assert_eq!(expand(&reversible(2, 5), &[0], 20).unwrap(), [0; 20]);
    assert_eq!(expand(&reversible(3, 5), &[0], 40).unwrap(), [0; 40]);
    assert_eq!(expand(&reversible(2, 5), &[0], 19).unwrap_err().kind(), Kind::Malformed);
    assert_eq!(expand(&reversible(2, 5), &[], 20).unwrap_err().kind(), Kind::Malformed);
    assert_eq!(expand(&reversible(2, 33), &[0], 200).unwrap_err().kind(), Kind::Malformed);
}

#[test]
fn numbers_in_the_order_of_the_writer() {
    // All 32 planes: 31 of zeros, and one where only the first coefficient has a one, which the sums hand on.
    let little = reversible(0, 4);
    let stored = [0x1f, 0, 0, 0, 0x30];
    assert_eq!(expand(&little, &stored, 16).unwrap(), [1u32; 4].map(u32::to_le_bytes).concat());
    assert_eq!(expand(&little.map(u32::swap_bytes), &stored, 16).unwrap(), [1u32; 4].map(u32::to_be_bytes).concat());
}

proptest! {
    #[test]
    fn arbitrary_streams_are_errors_or_numbers(
        head in prop::collection::vec(any::<u32>(), 0..5),
        small in any::<bool>(),
        input in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let mut parameters = [vec![0, MAGIC], head].concat();
        if let Some(word) = parameters.get_mut(2).filter(|_| small) {
            *word &= 0x0030_0f3f;
        }
        match expand(&parameters, &input, 3000) {
            Ok(out) => prop_assert!(out.len() <= 3000),
            Err(e) => prop_assert_eq!(e.kind(), Kind::Malformed),
        }
    }
}
