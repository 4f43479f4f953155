//! Numbers that no standard type describes: which of their bits mean what.

use crate::element::ByteOrder;

/// An integer, or a bit field, inside its bytes. Bits count from the least significant one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IntegerLayout {
    /// Bytes.
    pub size: u64,
    /// Byte order.
    pub order: ByteOrder,
    /// Two's complement; otherwise without a sign.
    pub signed: bool,
    /// The number of bits that count.
    pub precision: u16,
    /// The first bit that counts.
    pub offset: u16,
}

/// A floating-point number inside its bytes. Bits count from the least significant one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FloatLayout {
    /// Bytes.
    pub size: u64,
    /// Byte order.
    pub order: FloatOrder,
    /// The number of bits that count.
    pub precision: u16,
    /// The first bit that counts.
    pub offset: u16,
    /// The sign bit.
    pub sign: u8,
    /// The first bit of the exponent.
    pub exponent_position: u8,
    /// Bits of the exponent.
    pub exponent_size: u8,
    /// The first bit of the mantissa.
    pub mantissa_position: u8,
    /// Bits of the mantissa.
    pub mantissa_size: u8,
    /// What is added to the exponent.
    pub bias: u32,
    /// What the first bit of the mantissa is.
    pub normalization: Normalization,
}

/// Byte orders of floating-point numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FloatOrder {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
    /// Words of two bytes, the most significant word first, in each the least significant byte.
    Vax,
}

/// What is known about the most significant bit of a mantissa.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Normalization {
    /// Nothing; it is stored.
    None,
    /// It is one, and stored.
    Set,
    /// It is one, and not stored.
    Implied,
}

impl From<ByteOrder> for FloatOrder {
    fn from(order: ByteOrder) -> Self {
        match order {
            ByteOrder::Little => FloatOrder::Little,
            ByteOrder::Big => FloatOrder::Big,
        }
    }
}
