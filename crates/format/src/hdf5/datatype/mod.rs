//! Datatypes as users see them: what the elements of a dataset or an attribute are (section IV.A.2.d).

mod layout;
mod message;
mod notation;
#[cfg(test)]
mod tests;
mod value;

use std::fmt;

use crate::element::{ByteOrder, NumberType};

pub(crate) use crate::text::{name, shown as text};
pub use layout::{FloatLayout, FloatOrder, IntegerLayout, Normalization};
pub(crate) use value::{whole, word};

/// What the elements of a dataset or an attribute are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Datatype {
    /// A number of a standard type: all bits of its bytes count, floating-point numbers are binary32 and binary64.
    Number(NumberType, ByteOrder),
    /// An integer of another width, or whose bits do not fill its bytes.
    Integer(IntegerLayout),
    /// A floating-point number of another layout: half precision, bfloat16, extended, VAX and the like.
    Float(FloatLayout),
    /// Bits without a numeric meaning.
    BitField(IntegerLayout),
    /// The time class, which nothing defines further.
    Time {
        /// Bytes.
        size: u64,
        /// Byte order.
        order: ByteOrder,
        /// Significant bits.
        precision: u16,
    },
    /// Text of a fixed size.
    String(StringType),
    /// Text of any length, in a global heap.
    VariableString(StringType),
    /// A list of any length, in a global heap.
    Sequence {
        /// The type of its elements.
        base: Box<Datatype>,
        /// Bytes of the reference to it.
        size: u64,
    },
    /// Named integers.
    Enumeration {
        /// The integer type.
        base: Box<Datatype>,
        /// Names and values, the values as stored in the base type.
        members: Vec<(String, Vec<u8>)>,
    },
    /// A record.
    Compound {
        /// Bytes, gaps included.
        size: u64,
        /// The fields, in the order of declaration.
        members: Vec<Member>,
    },
    /// A small array as one element.
    Array {
        /// The lengths, slowest first.
        dims: Vec<u64>,
        /// The type of its elements.
        base: Box<Datatype>,
    },
    /// Bytes with a tag.
    Opaque {
        /// Bytes.
        size: u64,
        /// What they are, for those who know.
        tag: String,
    },
    /// A reference to an object, a region of a dataset, or an attribute.
    Reference {
        /// 0 object, 1 region (both of old), 2 and above those of HDF5 1.12.
        kind: u8,
        /// Bytes.
        size: u64,
    },
    /// A complex number: real part, imaginary part.
    Complex(Box<Datatype>),
}

/// Size, padding and character set of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StringType {
    /// Bytes of one element; what a heap reference takes for text of any length.
    pub size: u64,
    /// What follows text that is shorter.
    pub padding: Padding,
    /// UTF-8; otherwise ASCII.
    pub utf8: bool,
}

/// What follows text that is shorter than its element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Padding {
    /// The text ends at the first NUL.
    NullTerminated,
    /// NULs up to the end.
    NullPadded,
    /// Spaces up to the end.
    SpacePadded,
}

/// A member of a compound type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Member {
    /// The name.
    pub name: String,
    /// Bytes before it in the record.
    pub offset: u64,
    /// Its type.
    pub datatype: Datatype,
}

impl Datatype {
    /// The text type of netCDF characters: `size` bytes, NUL-terminated, ASCII.
    pub(crate) fn ascii(size: u64) -> Self {
        Datatype::String(StringType { size, padding: Padding::NullTerminated, utf8: false })
    }

    /// The number type, if the elements are standard numbers or enumerations of them.
    pub fn number(&self) -> Option<(NumberType, ByteOrder)> {
        match self {
            Datatype::Number(number, order) => Some((*number, *order)),
            Datatype::Enumeration { base, .. } => base.number(),
            _ => None,
        }
    }

    /// Where the bits of an integer are.
    fn integer(&self) -> Option<IntegerLayout> {
        match self {
            Datatype::Integer(layout) => Some(*layout),
            Datatype::Number(number, order) if !matches!(number, NumberType::F32 | NumberType::F64) => {
                let (size, signed) = (number.size(), number.is_signed());
                let precision = u16::try_from(8 * size).unwrap_or(u16::MAX);
                Some(IntegerLayout { size, order: *order, signed, precision, offset: 0 })
            }
            _ => None,
        }
    }

    /// Bytes of one element in the file.
    pub fn size(&self) -> u64 {
        match self {
            Datatype::Number(number, _) => number.size(),
            Datatype::Integer(layout) | Datatype::BitField(layout) => layout.size,
            Datatype::Float(layout) => layout.size,
            Datatype::String(text) | Datatype::VariableString(text) => text.size,
            Datatype::Enumeration { base, .. } => base.size(),
            Datatype::Compound { size, .. }
            | Datatype::Sequence { size, .. }
            | Datatype::Opaque { size, .. }
            | Datatype::Time { size, .. }
            | Datatype::Reference { size, .. } => *size,
            Datatype::Array { dims, base } => dims.iter().fold(base.size(), |size, dim| size.saturating_mul(*dim)),
            Datatype::Complex(base) => base.size().saturating_mul(2),
        }
    }

    /// Whether elements lead to a global heap: text or lists of any length, alone or inside.
    pub fn is_variable(&self) -> bool {
        self.any(&|part| matches!(part, Datatype::VariableString(_) | Datatype::Sequence { .. }))
    }

    /// Whether elements are, or contain, references.
    pub fn has_references(&self) -> bool {
        self.any(&|part| matches!(part, Datatype::Reference { .. }))
    }

    /// Whether the type, or any type that it is made of, is such a one.
    pub(crate) fn any(&self, is: &impl Fn(&Datatype) -> bool) -> bool {
        is(self)
            || match self {
                Datatype::Compound { members, .. } => members.iter().any(|member| member.datatype.any(is)),
                Datatype::Sequence { base, .. }
                | Datatype::Enumeration { base, .. }
                | Datatype::Array { base, .. }
                | Datatype::Complex(base) => base.any(is),
                _ => false,
            }
    }

    /// A member of a compound type by its name, with where it lies.
    pub fn member(&self, name: &str) -> Option<&Member> {
        match self {
            Datatype::Compound { members, .. } => members.iter().find(|member| member.name == name),
            _ => None,
        }
    }

    /// The class, in a word.
    pub fn class_name(&self) -> &'static str {
        match self {
            Datatype::Number(NumberType::F32 | NumberType::F64, _) | Datatype::Float(_) => "float",
            Datatype::Number(..) | Datatype::Integer(_) => "integer",
            Datatype::BitField(_) => "bitfield",
            Datatype::Time { .. } => "time",
            Datatype::String(_) => "string",
            Datatype::VariableString(_) => "vlen-string",
            Datatype::Sequence { .. } => "vlen",
            Datatype::Enumeration { .. } => "enum",
            Datatype::Compound { .. } => "compound",
            Datatype::Array { .. } => "array",
            Datatype::Opaque { .. } => "opaque",
            Datatype::Reference { .. } => "reference",
            Datatype::Complex(_) => "complex",
        }
    }
}

impl fmt::Display for Padding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Padding::NullTerminated => "nullterm",
            Padding::NullPadded => "nullpad",
            Padding::SpacePadded => "spacepad",
        })
    }
}
