//! What the tests of all records share: round trips, and values that fit every width.

use binrw::{BinRead, BinWrite, Endian};
use proptest::prelude::*;

use crate::wire::width::{Addr, Len, Widths};
use crate::wire::{decode, encode};

/// Every pair of widths that the specification knows.
pub(crate) fn widths() -> impl Strategy<Value = Widths> {
    let width = || prop::sample::select(vec![2u8, 4, 8, 16, 32]);
    (width(), width()).prop_map(|(offset, length)| Widths { offset, length })
}

/// An integer of `width` bytes, never all ones.
pub(crate) fn uint(width: u8) -> impl Strategy<Value = u64> + Clone {
    0..u64::MAX >> (64 - 8 * u32::from(width.min(8)))
}

/// An address, sometimes undefined.
pub(crate) fn addr(w: Widths) -> impl Strategy<Value = Addr> + Clone {
    prop_oneof![4 => uint(w.offset).prop_map(Addr), 1 => Just(Addr::UNDEFINED)]
}

/// A length, sometimes unlimited.
pub(crate) fn len(w: Widths) -> impl Strategy<Value = Len> + Clone {
    prop_oneof![4 => uint(w.length).prop_map(Len), 1 => Just(Len(u64::MAX))]
}

/// Encodes and decodes `value`: the same value, from all bytes, and every shorter prefix is an error.
pub(crate) fn round_trip<T, A>(value: &T, args: A) -> Result<(), TestCaseError>
where
    A: Copy,
    T: for<'a> BinRead<Args<'a> = A> + for<'a> BinWrite<Args<'a> = A> + PartialEq + std::fmt::Debug,
{
    let bytes = encode(value, Endian::Little, args).unwrap();
    let (back, used) = decode::<T>("record", 0, &bytes, Endian::Little, args).unwrap();
    prop_assert_eq!((&back, used), (value, bytes.len()));
    for shorter in 0..bytes.len() {
        let decoded = decode::<T>("record", 0, &bytes[..shorter], Endian::Little, args);
        // Padding at the end is passed over, not read.
        prop_assert!(decoded.map_or(true, |(_, used)| used > shorter));
    }
    Ok(())
}

/// Decodes worked bytes, and checks that encoding gives them again.
pub(crate) fn worked<T, A>(bytes: &[u8], args: A) -> T
where
    A: Copy,
    T: for<'a> BinRead<Args<'a> = A> + for<'a> BinWrite<Args<'a> = A>,
{
    let (value, used) = decode::<T>("record", 0, bytes, Endian::Little, args).unwrap();
    assert_eq!(encode(&value, Endian::Little, args).unwrap(), &bytes[..used]);
    assert_eq!(used, bytes.len());
    value
}

/// Bytes from hexadecimal digits; blanks do not count.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}
