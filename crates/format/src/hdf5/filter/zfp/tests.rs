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
fn what_loses_digits_is_not_written() {
    let lossy = [0x1010_5111, MAGIC, 0x3000_0036, 0x07f0_0000];
    assert_eq!(encode(&lossy, &[0; 64], &mut Vec::new()).unwrap_err().kind(), Kind::Unsupported);
    assert_eq!(encode(&reversible(2, 5), &[0; 19], &mut Vec::new()).unwrap_err().kind(), Kind::Usage);
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

/// Numbers of all kinds: of few bits, of few places of significance, and any.
fn numbers() -> impl Strategy<Value = Vec<u8>> {
    let float = prop_oneof![any::<i8>().prop_map(f32::from), any::<f32>(), Just(-0.0), Just(1e-40), Just(f32::NAN)];
    let one = prop_oneof![any::<i8>().prop_map(i32::from), any::<i32>(), float.prop_map(|x| x.to_bits().cast_signed())];
    let mixed = prop::collection::vec(one, 0..800);
    let even = prop::collection::vec(any::<i8>().prop_map(|x| (f32::from(x) / 8.0).to_bits().cast_signed()), 0..800);
    prop_oneof![mixed, even].prop_map(|all| all.into_iter().flat_map(i32::to_le_bytes).collect())
}

/// The head of chunks of a shape, the fastest dimension first.
fn head(kind: u64, shape: &[u64]) -> Vec<u32> {
    let width = 48 / shape.len();
    let lengths = shape.iter().rev().fold(0, |bits, len| bits << width | (len - 1));
    let bits = kind | (shape.len() as u64 - 1) << 2 | lengths << 4 | 2176 << 52;
    [vec![0, MAGIC], bits.to_le_bytes().as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect()].concat()
}

proptest! {
    #[test]
    fn what_is_coded_comes_back(
        kind in 0u64..4,
        shape in prop::collection::vec(1u64..10, 1..=4),
        numbers in numbers(),
    ) {
        let len = shape.iter().product::<u64>() * (4 + kind % 2 * 4);
        let input: Vec<u8> = numbers.iter().copied().chain(std::iter::repeat(0)).take(usize::try_from(len).unwrap()).collect();
        let mut stored = vec![7];
        let head = head(kind, &shape);
        encode(&head, &input, &mut stored).unwrap();
        prop_assert_eq!(expand(&head, &stored, input.len()).unwrap(), input.clone());
        let swapped: Vec<u32> = head.iter().map(|word| word.swap_bytes()).collect();
        encode(&swapped, &input, &mut stored).unwrap();
        prop_assert_eq!(expand(&swapped, &stored, input.len()).unwrap(), input);
    }

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
