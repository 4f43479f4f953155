//! One line of text for every datatype.

use std::fmt;

use super::{Datatype, FloatLayout, FloatOrder, IntegerLayout, Normalization, StringType};
use crate::element::{ByteOrder, Element, NumberType};

/// `i32le`, `f64be`, `u16lep12o2`, `str8:nullterm:ascii`, `vstr:nullterm:utf8`, `enum<u8>{A=0,B=1}`,
/// `compound16{x@0:f64le,y@8:f64le}`, `array[2,3]<i32le>`, `vlen<i32le>`, `opaque4:tag`, `ref:obj`, `complex<f64le>`.
///
/// Sizes and offsets in compounds are those of the C library's form in memory, in which texts and lists of any length
/// are pointers, so that they do not depend on the widths of a file.
impl fmt::Display for Datatype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Datatype::Number(number, order) => {
                let bits = number.size() * 8;
                write!(f, "{}{bits}{}", number_letter(*number), byte_order(*order, number.size()))
            }
            Datatype::Integer(layout) => integer(f, if layout.signed { 'i' } else { 'u' }, layout),
            Datatype::BitField(layout) => integer(f, 'b', layout),
            Datatype::Float(layout) => float(f, layout),
            Datatype::Time { size, order, .. } => write!(f, "time{}{}", size * 8, byte_order(*order, 2)),
            Datatype::String(text) => write!(f, "str{}:{}", text.size, kind(*text)),
            Datatype::VariableString(text) => write!(f, "vstr:{}", kind(*text)),
            Datatype::Sequence { base, .. } => write!(f, "vlen<{base}>"),
            Datatype::Enumeration { base, members } => {
                write!(f, "enum<{base}>")?;
                list(f, members, |f, (name, value)| write!(f, "{name}={}", enumerated(base, value)))
            }
            Datatype::Compound { members, .. } => {
                write!(f, "compound{}", self.memory_size())?;
                let offsets = memory_offsets(members);
                let members: Vec<_> = members.iter().zip(offsets).collect();
                list(f, &members, |f, (member, offset)| write!(f, "{}@{offset}:{}", member.name, member.datatype))
            }
            Datatype::Array { dims, base } => {
                let dims: Vec<String> = dims.iter().map(u64::to_string).collect();
                write!(f, "array[{}]<{base}>", dims.join(","))
            }
            Datatype::Opaque { size, tag } => write!(f, "opaque{size}:{tag}"),
            Datatype::Reference { kind: 0, .. } => f.write_str("ref:obj"),
            Datatype::Reference { kind: 1, .. } => f.write_str("ref:reg"),
            Datatype::Reference { .. } => f.write_str("ref:std"),
            Datatype::Complex(base) => write!(f, "complex<{base}>"),
        }
    }
}

fn list<T>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    show: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    f.write_str("{")?;
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            f.write_str(",")?;
        }
        show(f, item)?;
    }
    f.write_str("}")
}

fn number_letter(number: NumberType) -> char {
    match number {
        NumberType::I8 | NumberType::I16 | NumberType::I32 | NumberType::I64 => 'i',
        NumberType::U8 | NumberType::U16 | NumberType::U32 | NumberType::U64 => 'u',
        NumberType::F32 | NumberType::F64 => 'f',
    }
}

/// Single bytes have no order.
fn byte_order(order: ByteOrder, size: u64) -> &'static str {
    match order {
        _ if size < 2 => "",
        ByteOrder::Little => "le",
        ByteOrder::Big => "be",
    }
}

fn integer(f: &mut fmt::Formatter<'_>, letter: char, layout: &IntegerLayout) -> fmt::Result {
    write!(f, "{letter}{}{}", layout.size * 8, byte_order(layout.order, layout.size))?;
    if u64::from(layout.precision) == layout.size * 8 && layout.offset == 0 {
        return Ok(());
    }
    write!(f, "p{}o{}", layout.precision, layout.offset)
}

fn float(f: &mut fmt::Formatter<'_>, layout: &FloatLayout) -> fmt::Result {
    let order = match layout.order {
        _ if layout.size < 2 => "",
        FloatOrder::Little => "le",
        FloatOrder::Big => "be",
        FloatOrder::Vax => "vax",
    };
    write!(f, "f{}{order}", layout.size * 8)?;
    if layout.is_ieee() {
        return Ok(());
    }
    let normalization = match layout.normalization {
        Normalization::Implied => 0,
        Normalization::Set => 1,
        Normalization::None => 2,
    };
    let FloatLayout { precision, offset, sign, exponent_position, exponent_size, mantissa_position, .. } = layout;
    write!(
        f,
        "p{precision}o{offset}s{sign}e{exponent_position}:{exponent_size}b{}m{mantissa_position}:{}n{normalization}",
        layout.bias, layout.mantissa_size
    )
}

fn kind(text: StringType) -> String {
    format!("{}:{}", text.padding, if text.utf8 { "utf8" } else { "ascii" })
}

/// The number of a member, in 64 bits with a sign.
fn enumerated(base: &Datatype, value: &[u8]) -> i64 {
    base.integer().map_or(0, |layout| i64::nearest(layout.value(value)))
}

impl Datatype {
    /// The size of one element in the memory of the C library.
    pub(crate) fn memory_size(&self) -> u64 {
        match self {
            Datatype::VariableString(_) | Datatype::Reference { kind: 0, .. } => 8,
            Datatype::Sequence { .. } => 16,
            Datatype::Reference { kind: 1, .. } => 12,
            Datatype::Reference { .. } => 64,
            Datatype::Array { dims, base } => {
                dims.iter().fold(base.memory_size(), |size, &dim| size.saturating_mul(dim))
            }
            Datatype::Compound { size, members } => members.iter().fold(*size, |size, member| {
                size.saturating_add(member.datatype.memory_size()).saturating_sub(member.datatype.size())
            }),
            _ => self.size(),
        }
    }
}

/// Where the members are in the memory of the C library: members that grow push those behind them.
fn memory_offsets(members: &[super::Member]) -> Vec<u64> {
    let moved = |offset: u64| {
        members.iter().filter(|other| other.offset < offset).fold(offset, |at, other| {
            at.saturating_add(other.datatype.memory_size()).saturating_sub(other.datatype.size())
        })
    };
    members.iter().map(|member| moved(member.offset)).collect()
}
