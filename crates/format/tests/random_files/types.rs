//! Datatypes of every class.

use hyperslab::hdf5::builder::Level;
use hyperslab::hdf5::{Datatype, FloatLayout, FloatOrder, IntegerLayout, Member, Normalization, Padding, StringType};
use hyperslab::{ByteOrder, NumberType};

use super::choices::Choices;

const NUMBERS: [NumberType; 10] = [
    NumberType::I8,
    NumberType::U8,
    NumberType::I16,
    NumberType::U16,
    NumberType::I32,
    NumberType::U32,
    NumberType::I64,
    NumberType::U64,
    NumberType::F32,
    NumberType::F64,
];
const ORDERS: [ByteOrder; 2] = [ByteOrder::Little, ByteOrder::Big];
const PADDINGS: [Padding; 3] = [Padding::NullTerminated, Padding::NullPadded, Padding::SpacePadded];

/// Any type of a level; those whose elements lead to a heap or to objects only where they may.
pub fn datatype(choices: &mut Choices, level: Level, depth: usize, addresses: bool) -> Datatype {
    let classes = if addresses { 14 } else { 10 };
    match choices.below(classes) {
        0..=2 => number(choices),
        3 => Datatype::Integer(integer(choices)),
        4 => Datatype::Float(float(choices)),
        5 => Datatype::BitField(IntegerLayout { signed: false, ..integer(choices) }),
        6 => {
            let size = 1 + choices.below(20) as u64;
            Datatype::String(text(choices, size))
        }
        7 => {
            Datatype::Opaque { size: 1 + choices.below(20) as u64, tag: choices.of(&["", "tag", "größe"]).to_owned() }
        }
        8 => enumeration(choices),
        9 if depth == 0 => number(choices),
        9 if level == Level::Latest && choices.chance(30) => Datatype::Complex(Box::new(Datatype::Number(
            choices.of(&[NumberType::F32, NumberType::F64]),
            choices.of(&ORDERS),
        ))),
        9 if choices.chance(40) => {
            let dims = (0..=choices.below(2)).map(|_| 1 + choices.below(3) as u64).collect();
            Datatype::Array { dims, base: Box::new(datatype(choices, level, depth - 1, addresses)) }
        }
        9 => compound(choices, level, depth, addresses),
        10 => Datatype::VariableString(text(choices, 16)),
        11 if depth > 0 => Datatype::Sequence { base: Box::new(datatype(choices, level, depth - 1, true)), size: 16 },
        11 => Datatype::VariableString(text(choices, 16)),
        12 => Datatype::Reference { kind: 0, size: 8 },
        _ => Datatype::Reference { kind: 1, size: 12 },
    }
}

pub fn number(choices: &mut Choices) -> Datatype {
    Datatype::Number(choices.of(&NUMBERS), choices.of(&ORDERS))
}

/// An integer whose bits do not fill its bytes.
fn integer(choices: &mut Choices) -> IntegerLayout {
    let size = choices.of(&[1, 2, 4, 8]);
    let offset = choices.below(4) as u16;
    let precision = 1 + choices.below(usize::from(8 * size as u16 - offset - 1)) as u16;
    IntegerLayout { size, order: choices.of(&ORDERS), signed: choices.chance(50), precision, offset }
}

fn float(choices: &mut Choices) -> FloatLayout {
    let half = FloatLayout {
        size: 2,
        order: choices.of(&[FloatOrder::Little, FloatOrder::Big]),
        precision: 16,
        offset: 0,
        sign: 15,
        exponent_position: 10,
        exponent_size: 5,
        mantissa_position: 0,
        mantissa_size: 10,
        bias: 15,
        normalization: Normalization::Implied,
    };
    let brain = FloatLayout { exponent_position: 7, exponent_size: 8, mantissa_size: 7, bias: 127, ..half };
    choices.of(&[half, brain])
}

fn text(choices: &mut Choices, size: u64) -> StringType {
    StringType { size, padding: choices.of(&PADDINGS), utf8: choices.chance(50) }
}

fn enumeration(choices: &mut Choices) -> Datatype {
    let number = choices.of(&[NumberType::I8, NumberType::I32, NumberType::U16]);
    let order = choices.of(&ORDERS);
    let value = |n: usize| {
        let mut bytes = vec![0; number.size() as usize];
        let low = if order == ByteOrder::Little { 0 } else { bytes.len() - 1 };
        bytes[low] = n as u8;
        bytes
    };
    let members = (0..=choices.below(4)).map(|n| (format!("{}{n}", ["on", "größe"][n % 2]), value(n))).collect();
    Datatype::Enumeration { base: Box::new(Datatype::Number(number, order)), members }
}

/// A compound with gaps.
fn compound(choices: &mut Choices, level: Level, depth: usize, addresses: bool) -> Datatype {
    let (mut members, mut offset) = (Vec::new(), 0);
    for n in 0..=choices.below(4) {
        offset += choices.below(3) as u64;
        let datatype = datatype(choices, level, depth - 1, addresses);
        let size = datatype.size();
        members.push(Member { name: format!("{}{n}", choices.of(&["m", "größe", "a b"])), offset, datatype });
        offset += size;
    }
    Datatype::Compound { size: offset + choices.below(3) as u64, members }
}
