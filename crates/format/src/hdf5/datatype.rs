//! Datatypes as users see them, projected from the stored message and built into it.

use super::record::message::datatype::{BitRange, Class, DatatypeMessage, FloatFields, Member as StoredMember};
use crate::element::{ByteOrder, NumberType};
use crate::error::Result;
use crate::limits;

/// What the elements of a dataset or an attribute are (section IV.A.2.d).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Datatype {
    /// A number of a standard type.
    Number(NumberType, ByteOrder),
    /// Text of a fixed size.
    String(StringType),
    /// Text of any length, in a global heap.
    VariableString(StringType),
    /// A list of any length, in a global heap.
    Sequence(Box<Datatype>),
    /// Named integers.
    Enumeration { base: Box<Datatype>, members: Vec<(String, Vec<u8>)> },
    /// A record.
    Compound { size: u64, members: Vec<Member> },
    /// A small array as one element.
    Array { dims: Vec<u64>, base: Box<Datatype> },
    /// Bytes with a tag.
    Opaque { size: u64, tag: String },
    /// A reference to an object (kind 0) or a region of one.
    Reference { kind: u8, size: u64 },
    /// Legal, but with no meaning here; the name says which.
    Other { name: &'static str, size: u64 },
}

/// Size, padding and character set of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StringType {
    /// Bytes of one element; what a heap reference takes for text of any length.
    pub size: u64,
    /// 0 NUL-terminated, 1 NUL-padded, 2 space-padded.
    pub padding: u8,
    pub utf8: bool,
}

/// A member of a compound type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub name: String,
    pub offset: u64,
    pub datatype: Datatype,
}

impl Datatype {
    /// The text type of netCDF characters: `size` bytes, NUL-terminated, ASCII.
    pub fn ascii(size: u64) -> Self {
        Datatype::String(StringType { size, padding: 0, utf8: false })
    }

    /// The number type, if the elements are standard numbers.
    pub fn number(&self) -> Option<(NumberType, ByteOrder)> {
        match self {
            Datatype::Number(number, order) => Some((*number, *order)),
            Datatype::Enumeration { base, .. } => base.number(),
            _ => None,
        }
    }

    /// Bytes of one element in the file.
    pub fn size(&self) -> u64 {
        match self {
            Datatype::Number(number, _) => number.size(),
            Datatype::String(text) | Datatype::VariableString(text) => text.size,
            Datatype::Sequence(_) => 16,
            Datatype::Enumeration { base, .. } => base.size(),
            Datatype::Compound { size, .. }
            | Datatype::Opaque { size, .. }
            | Datatype::Reference { size, .. }
            | Datatype::Other { size, .. } => *size,
            Datatype::Array { dims, base } => dims.iter().fold(base.size(), |size, dim| size.saturating_mul(*dim)),
        }
    }

    /// The meaning of a stored message.
    pub fn from_message(message: &DatatypeMessage) -> Self {
        let size = u64::from(message.size);
        let other = |name| Datatype::Other { name, size };
        match &message.class {
            Class::FixedPoint(range) => {
                integer(message, *range).unwrap_or_else(|| other("integer of unusual precision"))
            }
            Class::FloatingPoint(range, fields) => {
                float(message, *range, *fields).unwrap_or_else(|| other("float of unusual layout"))
            }
            Class::Time { .. } => other("time"),
            Class::String => Datatype::String(text(message.bits, 0, size)),
            Class::BitField(_) => other("bit field"),
            Class::Opaque { tag } => Datatype::Opaque { size, tag: name(tag) },
            Class::Compound(members) => {
                Datatype::Compound { size, members: members.iter().map(Member::from_message).collect() }
            }
            Class::Reference => Datatype::Reference { kind: low_byte(message.bits) & 0x0f, size },
            Class::Enumeration { base, names, values } => enumeration(base, names, values),
            Class::VariableLength(_) if message.bits & 0x0f == 1 => {
                Datatype::VariableString(text(message.bits, 4, size))
            }
            Class::VariableLength(base) => Datatype::Sequence(Box::new(Self::from_message(base))),
            Class::Array { dims, base } => {
                let dims = dims.iter().map(|&dim| u64::from(dim)).collect();
                Datatype::Array { dims, base: Box::new(Self::from_message(base)) }
            }
            Class::Complex(_) => other("complex number"),
        }
    }

    /// The message that every library since 1.8 reads.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when a size does not fit 32 bits.
    pub fn to_message(&self) -> Result<DatatypeMessage> {
        let size = u32::try_from(self.size()).map_err(|_| crate::Error::limit("a datatype above 4 GiB"))?;
        let message = |version, bits, class| DatatypeMessage { version, bits, size, class };
        Ok(match self {
            Datatype::Number(number, order) => number_message(*number, *order),
            Datatype::String(text) => message(1, text.bits(), Class::String),
            Datatype::VariableString(text) => {
                let base = Box::new(number_message(NumberType::U8, ByteOrder::Little));
                message(1, 1 | text.bits() << 4, Class::VariableLength(base))
            }
            Datatype::Sequence(base) => message(1, 0, Class::VariableLength(Box::new(base.to_message()?))),
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
            Datatype::Reference { kind, .. } => message(1, u32::from(*kind), Class::Reference),
            Datatype::Other { name, .. } => return Err(crate::Error::unsupported(format!("writing the type {name}"))),
        })
    }
}

impl StringType {
    fn bits(self) -> u32 {
        u32::from(self.padding) | u32::from(self.utf8) << 4
    }
}

impl Member {
    fn from_message(member: &StoredMember) -> Self {
        let datatype = Datatype::from_message(&member.datatype);
        let datatype = match member.dims.is_empty() {
            true => datatype,
            false => {
                Datatype::Array { dims: member.dims.iter().map(|&d| u64::from(d)).collect(), base: Box::new(datatype) }
            }
        };
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

/// The text before the first NUL.
pub(crate) fn name(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.split(|&b| b == 0).next().unwrap_or_default()).into_owned()
}

fn low_byte(bits: u32) -> u8 {
    let [low, ..] = bits.to_le_bytes();
    low
}

fn text(bits: u32, shift: u32, size: u64) -> StringType {
    let low = low_byte(bits >> shift);
    StringType { size, padding: low & 0x0f, utf8: low >> 4 == 1 }
}

fn order(bits: u32) -> ByteOrder {
    if bits & 1 == 0 {
        ByteOrder::Little
    } else {
        ByteOrder::Big
    }
}

/// A standard integer: all bits of its bytes count.
fn integer(message: &DatatypeMessage, range: BitRange) -> Option<Datatype> {
    if range.offset != 0 || u32::from(range.precision) != message.size.checked_mul(8)? {
        return None;
    }
    let signed = message.bits & 0x08 != 0;
    let number = match (message.size, signed) {
        (1, true) => NumberType::I8,
        (2, true) => NumberType::I16,
        (4, true) => NumberType::I32,
        (8, true) => NumberType::I64,
        (1, false) => NumberType::U8,
        (2, false) => NumberType::U16,
        (4, false) => NumberType::U32,
        (8, false) => NumberType::U64,
        _ => return None,
    };
    Some(Datatype::Number(number, order(message.bits)))
}

const BINARY32: FloatFields =
    FloatFields { exponent_position: 23, exponent_size: 8, mantissa_position: 0, mantissa_size: 23, bias: 127 };
const BINARY64: FloatFields =
    FloatFields { exponent_position: 52, exponent_size: 11, mantissa_position: 0, mantissa_size: 52, bias: 1023 };

/// IEEE binary32 or binary64.
fn float(message: &DatatypeMessage, range: BitRange, fields: FloatFields) -> Option<Datatype> {
    let implied_leading_one = message.bits & 0x30 == 0x20;
    let vax = message.bits & 0x40 != 0 && message.version >= 3;
    let sign = message.bits >> 8 & 0xff;
    let number = match (message.size, fields, sign) {
        (4, BINARY32, 31) => NumberType::F32,
        (8, BINARY64, 63) => NumberType::F64,
        _ => return None,
    };
    let whole = range == BitRange { offset: 0, precision: if message.size == 4 { 32 } else { 64 } };
    (implied_leading_one && !vax && whole).then(|| Datatype::Number(number, order(message.bits)))
}

fn number_message(number: NumberType, order: ByteOrder) -> DatatypeMessage {
    let size = u32::try_from(number.size()).unwrap_or(8);
    let range = BitRange { offset: 0, precision: u16::try_from(8 * size).unwrap_or(64) };
    let order = u32::from(order == ByteOrder::Big);
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

fn enumeration(base: &DatatypeMessage, names: &[Vec<u8>], values: &[u8]) -> Datatype {
    let size = usize::try_from(base.size).unwrap_or(usize::MAX);
    let members = names.iter().map(|n| name(n)).zip(values.chunks(size).map(<[u8]>::to_vec)).collect();
    Datatype::Enumeration { base: Box::new(Datatype::from_message(base)), members }
}
