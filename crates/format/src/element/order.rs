//! Byte orders, and numbers in one of them at any address.

use bytemuck::{Pod, Zeroable};

use super::Element;

/// The order of the bytes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// Least significant byte first.
    Little,
    /// Most significant byte first.
    Big,
}

impl ByteOrder {
    /// The order of this machine.
    pub const NATIVE: ByteOrder = if cfg!(target_endian = "little") { ByteOrder::Little } else { ByteOrder::Big };
}

/// A number stored with its least significant byte first, at any address.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(transparent)]
pub struct Le<B>(B);

/// A number stored with its most significant byte first, at any address.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(transparent)]
pub struct Be<B>(B);

impl<B: Copy> Le<B> {
    /// The number.
    pub fn get<T: Element<Bytes = B>>(self) -> T {
        T::from_le(self.0)
    }
}

impl<B: Copy> Be<B> {
    /// The number.
    pub fn get<T: Element<Bytes = B>>(self) -> T {
        T::from_be(self.0)
    }
}

/// Brings the elements of `target`, filled with stored bytes, into this machine's order.
pub(crate) fn to_native<T: Element>(target: &mut [T], order: ByteOrder) {
    if order != ByteOrder::NATIVE && size_of::<T>() > 1 {
        target.iter_mut().for_each(|value| *value = value.swap_bytes());
    }
}
