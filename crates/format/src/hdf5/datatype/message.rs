//! Datatypes projected from the stored message, and built into it.

use super::{name, Datatype, FloatLayout, FloatOrder, IntegerLayout, Member, Normalization, Padding, StringType};
use crate::element::{ByteOrder, NumberType};
use crate::error::Result;
use crate::hdf5::record::message::datatype::{BitRange, Class, DatatypeMessage, FloatFields, Member as StoredMember};
use crate::limits;
use crate::wire::width::Widths;

const BINARY32: FloatFields =
    FloatFields { exponent_position: 23, exponent_size: 8, mantissa_position: 0, mantissa_size: 23, bias: 127 };
const BINARY64: FloatFields =
    FloatFields { exponent_position: 52, exponent_size: 11, mantissa_position: 0, mantissa_size: 52, bias: 1023 };

impl Datatype {
    /// The meaning of a stored message. The sizes of what refers to other places follow from the widths: messages do not
    /// always have them (the base of a variable-length type keeps the size that it had in memory).
    pub(crate) fn from_message(message: &DatatypeMessage, widths: Widths) -> Self {
        let size = u64::from(message.size);
        let (bits, order) = (message.bits, order(message.bits));
        let nested = |base: &DatatypeMessage| Box::new(Self::from_message(base, widths));
        let heap_reference = 8 + u64::from(widths.offset);
        match &message.class {
            Class::FixedPoint(range) => integer(size, order, bits & 0x08 != 0, *range),
            Class::FloatingPoint(range, fields) => float(message, *range, *fields),
            Class::Time { precision } => Datatype::Time { size, order, precision: *precision },
            Class::String => Datatype::String(text(bits, 0, size)),
            Class::BitField(range) => Datatype::BitField(layout(size, order, false, *range)),
            Class::Opaque { tag } => Datatype::Opaque { size, tag: name(tag) },
            Class::Compound(members) => {
                let members = members.iter().map(|member| Member::from_message(member, widths)).collect();
                Datatype::Compound { size, members }
            }
            Class::Reference => reference(low_byte(bits) & 0x0f, widths),
            Class::Enumeration { base, names, values } => enumeration(nested(base), names, values),
            Class::VariableLength(_) if bits & 0x0f == 1 => Datatype::VariableString(text(bits, 4, heap_reference)),
            Class::VariableLength(base) => Datatype::Sequence { base: nested(base), size: heap_reference },
            Class::Array { dims, base } => {
                Datatype::Array { dims: dims.iter().map(|&dim| u64::from(dim)).collect(), base: nested(base) }
            }
            Class::Complex(base) => Datatype::Complex(nested(base)),
        }
    }

    /// The message that every library since 1.8 reads, but for complex numbers, which need 2.0.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when a size does not fit 32 bits.
    pub(crate) fn to_message(&self) -> Result<DatatypeMessage> {
        let size = u32::try_from(self.size()).map_err(|_| crate::Error::limit("a datatype above 4 GiB"))?;
        let message = |version, bits, class| DatatypeMessage { version, bits, size, class };
        Ok(match self {
            Datatype::Number(number, order) => number_message(*number, *order),
            Datatype::Integer(layout) => {
                message(1, order_bit(layout.order) | u32::from(layout.signed) << 3, Class::FixedPoint(layout.range()))
            }
            Datatype::BitField(layout) => message(1, order_bit(layout.order), Class::BitField(layout.range())),
            Datatype::Float(layout) => layout.to_message(size),
            Datatype::Time { order, precision, .. } => {
                message(1, order_bit(*order), Class::Time { precision: *precision })
            }
            Datatype::String(text) => message(1, text.bits(), Class::String),
            Datatype::VariableString(text) => {
                let base = Box::new(number_message(NumberType::U8, ByteOrder::Little));
                message(1, 1 | text.bits() << 4, Class::VariableLength(base))
            }
            Datatype::Sequence { base, .. } => message(1, 0, Class::VariableLength(Box::new(base.to_message()?))),
            Datatype::Enumeration { base, members } => {
                let names = members.iter().map(|(name, _)| name.as_bytes().to_vec()).collect::<Vec<_>>();
                let count = u32::try_from(names.len()).unwrap_or(u32::MAX);
                let values = members.iter().flat_map(|(_, value)| value.iter().copied()).collect();
                message(3, count, Class::Enumeration { base: Box::new(base.to_message()?), names, values })
            }
            Datatype::Compound { members, .. } => {
                let count = u32::try_from(members.len()).unwrap_or(u32::MAX);
                let members = members.iter().map(Member::to_message).collect::<Result<_>>()?;
                message(3, count, Class::Compound(members))
            }
            Datatype::Array { dims, base } => {
                let dims = dims.iter().map(|&dim| u32::try_from(dim).unwrap_or(u32::MAX)).collect();
                message(3, 0, Class::Array { dims, base: Box::new(base.to_message()?) })
            }
            Datatype::Opaque { tag, .. } => {
                let mut tag = tag.as_bytes().to_vec();
                tag.resize(tag.len().div_ceil(8) * 8, 0);
                message(1, u32::try_from(tag.len()).unwrap_or(u32::MAX), Class::Opaque { tag })
            }
            Datatype::Reference { kind: kind @ 0..=1, .. } => message(1, u32::from(*kind), Class::Reference),
            Datatype::Reference { kind, .. } => message(4, u32::from(*kind) | 1 << 4, Class::Reference),
            Datatype::Complex(base) => message(5, 1, Class::Complex(Box::new(base.to_message()?))),
        })
    }
}

impl StringType {
    fn bits(self) -> u32 {
        let padding = match self.padding {
            Padding::NullTerminated => 0,
            Padding::NullPadded => 1,
            Padding::SpacePadded => 2,
        };
        padding | u32::from(self.utf8) << 4
    }
}

impl IntegerLayout {
    fn range(&self) -> BitRange {
        BitRange { offset: self.offset, precision: self.precision }
    }
}

impl FloatLayout {
    fn to_message(self, size: u32) -> DatatypeMessage {
        let fields = FloatFields {
            exponent_position: self.exponent_position,
            exponent_size: self.exponent_size,
            mantissa_position: self.mantissa_position,
            mantissa_size: self.mantissa_size,
            bias: self.bias,
        };
        let (version, order) = match self.order {
            FloatOrder::Little => (1, 0),
            FloatOrder::Big => (1, 1),
            FloatOrder::Vax => (3, 0x41),
        };
        let normalization = match self.normalization {
            Normalization::None => 0,
            Normalization::Set => 1,
            Normalization::Implied => 2,
        };
        let bits = order | normalization << 4 | u32::from(self.sign) << 8;
        let range = BitRange { offset: self.offset, precision: self.precision };
        DatatypeMessage { version, bits, size, class: Class::FloatingPoint(range, fields) }
    }
}

impl Member {
    fn from_message(member: &StoredMember, widths: Widths) -> Self {
        let mut datatype = Datatype::from_message(&member.datatype, widths);
        if !member.dims.is_empty() {
            let dims = member.dims.iter().map(|&dim| u64::from(dim)).collect();
            datatype = Datatype::Array { dims, base: Box::new(datatype) };
        }
        Member { name: name(&member.name), offset: u64::from(member.offset), datatype }
    }

    fn to_message(&self) -> Result<StoredMember> {
        let offset = u32::try_from(limits::to_usize(self.offset)?).unwrap_or(u32::MAX);
        Ok(StoredMember {
            name: self.name.as_bytes().to_vec(),
            offset,
            dims: Vec::new(),
            datatype: self.datatype.to_message()?,
        })
    }
}

fn low_byte(bits: u32) -> u8 {
    let [low, ..] = bits.to_le_bytes();
    low
}

fn text(bits: u32, shift: u32, size: u64) -> StringType {
    let low = low_byte(bits >> shift);
    let padding = match low & 0x0f {
        1 => Padding::NullPadded,
        2 => Padding::SpacePadded,
        _ => Padding::NullTerminated,
    };
    StringType { size, padding, utf8: low >> 4 == 1 }
}

fn order(bits: u32) -> ByteOrder {
    if bits & 1 == 0 {
        ByteOrder::Little
    } else {
        ByteOrder::Big
    }
}

fn order_bit(order: ByteOrder) -> u32 {
    u32::from(order == ByteOrder::Big)
}

fn layout(size: u64, order: ByteOrder, signed: bool, range: BitRange) -> IntegerLayout {
    IntegerLayout { size, order, signed, precision: range.precision, offset: range.offset }
}

/// A standard integer, all bits of whose bytes count, or another one.
fn integer(size: u64, order: ByteOrder, signed: bool, range: BitRange) -> Datatype {
    let number = match (size, signed) {
        (1, true) => NumberType::I8,
        (2, true) => NumberType::I16,
        (4, true) => NumberType::I32,
        (8, true) => NumberType::I64,
        (1, false) => NumberType::U8,
        (2, false) => NumberType::U16,
        (4, false) => NumberType::U32,
        (8, false) => NumberType::U64,
        _ => return Datatype::Integer(layout(size, order, signed, range)),
    };
    if range.offset == 0 && u64::from(range.precision) == 8 * size {
        return Datatype::Number(number, order);
    }
    Datatype::Integer(layout(size, order, signed, range))
}

/// IEEE binary32 or binary64, or another layout.
fn float(message: &DatatypeMessage, range: BitRange, fields: FloatFields) -> Datatype {
    let size = u64::from(message.size);
    // Bit 6 had no meaning before version 3.
    let vax = message.bits & 0x40 != 0 && message.version >= 3;
    let sign = low_byte(message.bits >> 8);
    let normalization = match message.bits >> 4 & 3 {
        0 => Normalization::None,
        1 => Normalization::Set,
        _ => Normalization::Implied,
    };
    let standard = match (size, fields, sign) {
        (4, BINARY32, 31) => Some(NumberType::F32),
        (8, BINARY64, 63) => Some(NumberType::F64),
        _ => None,
    };
    let whole = range.offset == 0 && u64::from(range.precision) == 8 * size;
    match standard {
        Some(number) if whole && !vax && normalization == Normalization::Implied => {
            Datatype::Number(number, order(message.bits))
        }
        _ => Datatype::Float(FloatLayout {
            size,
            order: if vax { FloatOrder::Vax } else { order(message.bits).into() },
            precision: range.precision,
            offset: range.offset,
            sign,
            exponent_position: fields.exponent_position,
            exponent_size: fields.exponent_size,
            mantissa_position: fields.mantissa_position,
            mantissa_size: fields.mantissa_size,
            bias: fields.bias,
            normalization,
        }),
    }
}

fn number_message(number: NumberType, order: ByteOrder) -> DatatypeMessage {
    let size = u32::try_from(number.size()).unwrap_or(8);
    let range = BitRange { offset: 0, precision: u16::try_from(8 * size).unwrap_or(64) };
    let order = order_bit(order);
    let (bits, class) = match number {
        NumberType::F32 => (order | 0x1f20, Class::FloatingPoint(range, BINARY32)),
        NumberType::F64 => (order | 0x3f20, Class::FloatingPoint(range, BINARY64)),
        NumberType::I8 | NumberType::I16 | NumberType::I32 | NumberType::I64 => {
            (order | 0x08, Class::FixedPoint(range))
        }
        _ => (order, Class::FixedPoint(range)),
    };
    DatatypeMessage { version: 1, bits, size, class }
}

/// References to objects are addresses, those to regions lie in a global heap, those of 1.12 have a head of their own.
fn reference(kind: u8, widths: Widths) -> Datatype {
    let address = u64::from(widths.offset);
    let size = match kind {
        0 => address,
        1 => address + 4,
        _ => address + 10,
    };
    Datatype::Reference { kind, size }
}

fn enumeration(base: Box<Datatype>, names: &[Vec<u8>], values: &[u8]) -> Datatype {
    let size = usize::try_from(base.size().max(1)).unwrap_or(usize::MAX);
    let members = names.iter().map(|n| name(n)).zip(values.chunks(size).map(<[u8]>::to_vec)).collect();
    Datatype::Enumeration { base, members }
}
