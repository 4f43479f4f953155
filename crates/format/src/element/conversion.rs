//! Numbers of one type as numbers of another: exactly, or the nearest.

use super::{with_number, ByteOrder, Element, Number, NumberType};
use crate::error::{Error, Result};
use crate::limits;

/// What to do with a number that the wanted type cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Conversion {
    /// An error: no value is ever changed.
    #[default]
    Exact,
    /// The nearest number: floating-point numbers are rounded to even, fractions cut off, what is out of range becomes the
    /// largest or smallest number (or infinity), not-a-number becomes 0 in integers.
    Nearest,
}

impl Conversion {
    /// A number in another type; `exact` says that it is the number meant, and not the nearest that we have.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a number that `T` cannot hold, where that matters.
    #[inline]
    pub(crate) fn apply<T: Element>(self, number: Number, exact: bool) -> Result<T> {
        match (T::from_number(number), self) {
            (Some(value), Conversion::Nearest) => Ok(value),
            (Some(value), Conversion::Exact) if exact => Ok(value),
            (_, Conversion::Nearest) => Ok(T::nearest(number)),
            (_, Conversion::Exact) => {
                Err(Error::usage(format!("{number} cannot be held exactly by {}", T::TYPE.name())))
            }
        }
    }
}

/// Converts stored numbers into `target`, exactly.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for the first number that `T` cannot hold.
pub(crate) fn convert<T: Element>(stored: NumberType, order: ByteOrder, bytes: &[u8], target: &mut [T]) -> Result<()> {
    convert_by(Conversion::Exact, stored, order, bytes, target)
}

/// Converts stored numbers into `target`.
///
/// # Errors
/// As [`Conversion::apply`].
pub(crate) fn convert_by<T: Element>(
    conversion: Conversion,
    stored: NumberType,
    order: ByteOrder,
    bytes: &[u8],
    target: &mut [T],
) -> Result<()> {
    fn each<S: Element, T: Element>(
        conversion: Conversion,
        order: ByteOrder,
        bytes: &[u8],
        target: &mut [T],
    ) -> Result<()> {
        for (stored, value) in bytes.chunks_exact(size_of::<S>()).zip(target) {
            let number: S = bytemuck::pod_read_unaligned(stored);
            let number = if order == ByteOrder::NATIVE { number } else { number.swap_bytes() };
            *value = conversion.apply(number.to_number(), true)?;
        }
        Ok(())
    }
    with_number!(stored, S => each::<S, T>(conversion, order, bytes, target))
}

/// A stored number, and whether it is that number exactly.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decoded {
    pub number: Number,
    pub exact: bool,
}

/// What makes a number of one stored element.
pub(crate) type Decoder<'d> = Box<dyn Fn(&[u8]) -> Decoded + 'd>;

/// Converts elements of `size` bytes that are decoded one by one.
///
/// # Errors
/// As [`Conversion::apply`].
pub(crate) fn decoded<T: Element>(
    decode: &Decoder<'_>,
    size: u64,
    conversion: Conversion,
    stored: &[u8],
    target: &mut [T],
) -> Result<()> {
    for (element, value) in stored.chunks_exact(limits::to_usize(size)?.max(1)).zip(target) {
        let Decoded { number, exact } = decode(element);
        *value = conversion.apply(number, exact)?;
    }
    Ok(())
}
