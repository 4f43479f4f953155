use proptest::prelude::*;

use super::*;
use crate::wire::width::Widths;

fn order() -> impl Strategy<Value = ByteOrder> {
    prop_oneof![Just(ByteOrder::Little), Just(ByteOrder::Big)]
}

fn padding() -> impl Strategy<Value = Padding> {
    prop_oneof![Just(Padding::NullTerminated), Just(Padding::NullPadded), Just(Padding::SpacePadded)]
}

fn integer() -> impl Strategy<Value = IntegerLayout> {
    (1u64..=16, order(), any::<bool>(), 1u16..128, 1u16..8)
        .prop_map(|(size, order, signed, precision, offset)| IntegerLayout { size, order, signed, precision, offset })
}

fn text_type() -> impl Strategy<Value = StringType> {
    (1u64..40, padding(), any::<bool>()).prop_map(|(size, padding, utf8)| StringType { size, padding, utf8 })
}

fn leaf() -> impl Strategy<Value = Datatype> {
    let float = (prop_oneof![Just(2u64), Just(3), Just(16)], 0u8..3, 0u8..3, 1u16..128, any::<[u8; 4]>(), any::<u32>())
        .prop_map(|(size, order, normalization, precision, fields, bias)| FloatLayout {
            size,
            order: [FloatOrder::Little, FloatOrder::Big, FloatOrder::Vax][usize::from(order)],
            precision,
            offset: 0,
            sign: fields[0],
            exponent_position: fields[1],
            exponent_size: fields[2],
            mantissa_position: fields[3],
            mantissa_size: 7,
            bias,
            normalization: [Normalization::None, Normalization::Set, Normalization::Implied]
                [usize::from(normalization)],
        });
    prop_oneof![
        order().prop_map(|order| Datatype::Number(NumberType::I16, order)),
        order().prop_map(|order| Datatype::Number(NumberType::F64, order)),
        integer().prop_map(Datatype::Integer),
        integer().prop_map(|layout| Datatype::BitField(IntegerLayout { signed: false, ..layout })),
        float.prop_map(Datatype::Float),
        (1u64..9, order(), any::<u16>()).prop_map(|(size, order, precision)| Datatype::Time { size, order, precision }),
        text_type().prop_map(Datatype::String),
        text_type().prop_map(|text| Datatype::VariableString(StringType { size: 16, ..text })),
        (1u64..40, "[a-z]{0,12}").prop_map(|(size, tag)| Datatype::Opaque { size, tag }),
        (0u8..3).prop_map(|kind| Datatype::Reference { kind, size: [8, 12, 18][usize::from(kind)] }),
        order().prop_map(|order| Datatype::Complex(Box::new(Datatype::Number(NumberType::F32, order)))),
        order().prop_map(|order| Datatype::Enumeration {
            base: Box::new(Datatype::Number(NumberType::I16, order)),
            members: vec![("A".into(), vec![1, 0]), ("B".into(), vec![2, 0])],
        }),
    ]
}

fn datatype() -> impl Strategy<Value = Datatype> {
    leaf().prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|base| Datatype::Sequence { base: Box::new(base), size: 16 }),
            (prop::collection::vec(1u64..5, 1..3), inner.clone())
                .prop_map(|(dims, base)| Datatype::Array { dims, base: Box::new(base) }),
            prop::collection::vec(inner, 1..4).prop_map(|types| {
                let mut size = 0;
                let mut members = Vec::new();
                for (index, datatype) in types.into_iter().enumerate() {
                    let offset = size;
                    size += datatype.size();
                    members.push(Member { name: format!("m{index}"), offset, datatype });
                }
                Datatype::Compound { size, members }
            }),
        ]
    })
}

proptest! {
    #[test]
    fn every_type_survives_its_message(datatype in datatype()) {
        let message = datatype.to_message().unwrap();
        prop_assert_eq!(Datatype::from_message(&message, Widths::WIDE), datatype);
    }
}

#[test]
fn names_that_are_not_utf8_stay_different() {
    assert_eq!(name(b"a\xffb\0c"), "a\\xffb");
    assert_eq!(text("gr\u{fc}n".as_bytes()), "gr\u{fc}n");
}

#[test]
fn enumerations_are_shown_with_their_numbers() {
    let shown = |base: Datatype, values: [Vec<u8>; 2]| {
        let members = ["A", "B"].map(String::from).into_iter().zip(values).collect();
        Datatype::Enumeration { base: Box::new(base), members }.to_string()
    };
    let big = Datatype::Number(NumberType::U64, ByteOrder::Big);
    assert_eq!(shown(big, [vec![0, 0, 0, 0, 0, 0, 1, 2], vec![0xff; 8]]), "enum<u64be>{A=258,B=9223372036854775807}");
    // Among padding bits.
    let layout = IntegerLayout { size: 2, order: ByteOrder::Little, signed: true, precision: 12, offset: 2 };
    assert_eq!(shown(Datatype::Integer(layout), [vec![7, 0], vec![0xf8, 0x7f]]), "enum<i16lep12o2>{A=1,B=-2}");
}
