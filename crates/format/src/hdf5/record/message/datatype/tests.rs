use proptest::prelude::*;

use super::*;
use crate::hdf5::record::testing::*;

/// Some of the bits of an element.
fn bit_range(size: u32) -> impl Strategy<Value = BitRange> {
    let bits = u16::try_from(8 * size).unwrap();
    (0..bits).prop_flat_map(move |offset| (1..=bits - offset).prop_map(move |precision| BitRange { offset, precision }))
}

fn float_fields() -> impl Strategy<Value = FloatFields> {
    (any::<[u8; 4]>(), any::<u32>()).prop_map(|([a, b, c, d], bias)| FloatFields {
        exponent_position: a,
        exponent_size: b,
        mantissa_position: c,
        mantissa_size: d,
        bias,
    })
}

fn name() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(1u8.., 0..18)
}

/// The 24 bits, the low ones of which count something.
fn counting(bits: u32, mask: u32, count: usize) -> u32 {
    (bits & 0x00ff_ffff & !mask) | u32::try_from(count).unwrap()
}

fn leaf() -> impl Strategy<Value = DatatypeMessage> {
    // Small sizes, because the values of enumerations repeat them.
    (1u32..17).prop_flat_map(leaf_of_size)
}

fn leaf_of_size(size: u32) -> impl Strategy<Value = DatatypeMessage> {
    let class = prop_oneof![
        bit_range(size).prop_map(Class::FixedPoint),
        (bit_range(size), float_fields()).prop_map(|(range, fields)| Class::FloatingPoint(range, fields)),
        any::<u16>().prop_map(|precision| Class::Time { precision }),
        Just(Class::String),
        bit_range(size).prop_map(Class::BitField),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(|tag| Class::Opaque { tag }),
        Just(Class::Reference),
    ];
    (1u8..=5, 0u32..1 << 24, class).prop_map(move |(version, bits, class)| {
        let bits = match &class {
            Class::Opaque { tag } => counting(bits, 0xff, tag.len()),
            _ => bits,
        };
        DatatypeMessage { version, bits, size, class }
    })
}

fn member(version: u8, size: u32, datatype: DatatypeMessage) -> impl Strategy<Value = Member> {
    let bound = match version {
        1 | 2 => u64::from(u32::MAX),
        _ => u64::MAX >> (64 - 8 * u32::from(encoded_size(u64::from(size)))),
    };
    let dims = prop::collection::vec(any::<u32>(), if version == 1 { 0..5 } else { 0..1 });
    (name(), 0..=u32::try_from(bound).unwrap(), dims).prop_map(move |(name, offset, dims)| Member {
        name,
        offset,
        dims,
        datatype: datatype.clone(),
    })
}

fn compound(inner: Vec<DatatypeMessage>) -> impl Strategy<Value = DatatypeMessage> {
    let size = prop_oneof![1u32..300, 65_530u32..65_540, Just(u32::MAX)];
    (1u8..=5, any::<u32>(), size).prop_flat_map(move |(version, bits, size)| {
        let members: Vec<_> = inner.iter().map(|datatype| member(version, size, datatype.clone())).collect();
        members.prop_map(move |members| DatatypeMessage {
            version,
            bits: counting(bits, 0xffff, members.len()),
            size,
            class: Class::Compound(members),
        })
    })
}

fn enumeration(base: DatatypeMessage) -> impl Strategy<Value = DatatypeMessage> {
    let names = prop::collection::vec(name(), 0..5);
    (1u8..=5, any::<u32>(), 1u32.., names).prop_flat_map(move |(version, bits, size, names)| {
        // Nested types can be huge; their values are not needed.
        let names = if base.size > 64 { Vec::new() } else { names };
        let base = Box::new(base.clone());
        let bytes = names.len() * usize::try_from(base.size).unwrap();
        let bytes = if names.is_empty() { 0 } else { bytes };
        prop::collection::vec(any::<u8>(), bytes).prop_map(move |values| DatatypeMessage {
            version,
            bits: counting(bits, 0xffff, names.len()),
            size,
            class: Class::Enumeration { base: base.clone(), names: names.clone(), values },
        })
    })
}

fn wrapped(base: DatatypeMessage) -> impl Strategy<Value = DatatypeMessage> {
    let dims = prop::collection::vec(any::<u32>(), 0..5);
    (1u8..=5, 0u32..1 << 24, 1u32.., 0u8..3, dims).prop_map(move |(version, bits, size, which, dims)| {
        let base = Box::new(base.clone());
        let class = match which {
            0 => Class::VariableLength(base),
            1 => Class::Array { dims, base },
            _ => Class::Complex(base),
        };
        DatatypeMessage { version, bits, size, class }
    })
}

fn datatype() -> impl Strategy<Value = DatatypeMessage> {
    leaf().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_flat_map(compound),
            inner.clone().prop_flat_map(enumeration),
            inner.prop_flat_map(wrapped),
        ]
    })
}

proptest! {
    #[test]
    fn datatypes_round_trip(value in datatype()) {
        round_trip(&value, ())?;
    }
}

#[test]
fn worked_floats() {
    let cases = [
        ("11 200f00 02000000 0000 1000 0a 05 00 0a 0f000000", 2, 15, [10, 5, 0, 10], 15),
        ("11 201f00 04000000 0000 2000 17 08 00 17 7f000000", 4, 31, [23, 8, 0, 23], 127),
        ("11 203f00 08000000 0000 4000 34 0b 00 34 ff030000", 8, 63, [52, 11, 0, 52], 1023),
        ("11 200f00 02000000 0000 1000 07 08 00 07 7f000000", 2, 15, [7, 8, 0, 7], 127),
        ("11 200700 01000000 0000 0800 03 04 00 03 07000000", 1, 7, [3, 4, 0, 3], 7),
        ("11 200700 01000000 0000 0800 02 05 00 02 0f000000", 1, 7, [2, 5, 0, 2], 15),
        ("11 004f00 10000000 0000 5000 40 0f 00 40 ff3f0000", 16, 79, [64, 15, 0, 64], 16383),
    ];
    for (text, size, sign, fields, bias) in cases {
        let value: DatatypeMessage = worked(&hex(text), ());
        assert_eq!((value.version, value.size, value.bits >> 8 & 0xff), (1, size, sign), "{text}");
        let Class::FloatingPoint(range, found) = value.class else { panic!("{text}") };
        assert_eq!((range.offset, u32::from(range.precision)), (0, sign + 1), "{text}");
        let [exponent_position, exponent_size, mantissa_position, mantissa_size] = fields;
        let fields = FloatFields { exponent_position, exponent_size, mantissa_position, mantissa_size, bias };
        assert_eq!(found, fields, "{text}");
    }
}

#[test]
fn worked_others() {
    let boolean: DatatypeMessage =
        worked(&hex("38 020000 01000000  10080000 01000000 0000 0800  46414c534500 5452554500  00 01"), ());
    let Class::Enumeration { names, values, .. } = boolean.class else { panic!("no enumeration") };
    assert_eq!((names, values), (vec![b"FALSE".to_vec(), b"TRUE".to_vec()], vec![0, 1]));
    let reference: DatatypeMessage = worked(&hex("47 120000 12000000"), ());
    assert_eq!((reference.version, reference.size, reference.class), (4, 18, Class::Reference));
}

#[test]
fn offsets_of_members_are_as_wide_as_the_size_needs() {
    for (size, width) in [(255u32, 1usize), (256, 2), (65_535, 2), (65_536, 3)] {
        let class = Class::FixedPoint(BitRange { offset: 0, precision: 8 });
        let datatype = DatatypeMessage { version: 1, bits: 0, size: 1, class };
        let member = Member { name: b"m".to_vec(), offset: 1, dims: Vec::new(), datatype };
        let value = DatatypeMessage { version: 3, bits: 1, size, class: Class::Compound(vec![member]) };
        let bytes = crate::wire::encode(&value, Endian::Little, ()).unwrap();
        assert_eq!(bytes.len(), 8 + 2 + width + 12);
    }
}

#[test]
fn nesting_ends() {
    // Variable-length types within each other, and nothing in the innermost.
    let bytes = hex("19 000000 10000000").repeat(1000);
    assert!(crate::wire::decode::<DatatypeMessage>("datatype", 0, &bytes, Endian::Little, ()).is_err());
}
