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

impl FloatLayout {
    /// Whether it is one of binary16, binary32 and binary64, in little- or big-endian order.
    pub fn is_ieee(&self) -> bool {
        let fields = (self.sign, self.exponent_position, self.exponent_size, self.mantissa_size, self.bias);
        let standard = match self.size {
            2 => (15, 10, 5, 10, 15),
            4 => (31, 23, 8, 23, 127),
            8 => (63, 52, 11, 52, 1023),
            _ => return false,
        };
        fields == standard
            && self.mantissa_position == 0
            && self.offset == 0
            && u64::from(self.precision) == 8 * self.size
            && self.order != FloatOrder::Vax
    }
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
