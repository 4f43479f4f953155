//! Stored numbers as those of another type and byte order, in one pass and without a buffer between.

use crate::element::{with_number, ByteOrder, Element, Number, NumberType};
use crate::error::{Error, Result};
use crate::limits;

/// How numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NumberForm {
    pub number: NumberType,
    pub order: ByteOrder,
}

/// `value * scale + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Term {
    pub scale: f64,
    pub offset: f64,
}

impl Term {
    /// Computed in double precision. An offset of 0 is not added: it would turn -0 into 0.
    pub fn apply(self, value: f64) -> f64 {
        if self.offset == 0.0 {
            value * self.scale
        } else {
            value * self.scale + self.offset
        }
    }
}

/// Fills `out` with the stored numbers of `stored` in another form. Without a term every value must fit exactly. With one,
/// floating-point values are computed in double precision and rounded once to a floating-point type, and must become
/// integers exactly where those are wanted; integers only change their form.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for the first value that does not fit.
pub(crate) fn convert(
    stored: &[u8],
    from: NumberForm,
    out: &mut [u8],
    to: NumberForm,
    term: Option<Term>,
) -> Result<()> {
    with_number!(from.number, S => with_number!(to.number, T => pairs::<S, T>(stored, from.order, out, to.order, term)))
}

fn pairs<S: Element, T: Element>(
    stored: &[u8],
    from: ByteOrder,
    out: &mut [u8],
    to: ByteOrder,
    term: Option<Term>,
) -> Result<()> {
    for (stored, out) in stored.chunks_exact(size_of::<S>()).zip(out.chunks_exact_mut(size_of::<T>())) {
        let value: S = native(bytemuck::pod_read_unaligned(stored), from);
        let number = value.to_number();
        let converted: Option<T> = match (term, number) {
            (Some(term), Number::Float(value)) => transformed(term.apply(value)),
            _ => T::from_number(number),
        };
        let converted = converted.ok_or_else(|| misfit(value, T::TYPE, term))?;
        out.copy_from_slice(bytemuck::bytes_of(&native(converted, to)));
    }
    Ok(())
}

/// The number nearest to `value`, where the type rounds at all.
fn transformed<T: Element>(value: f64) -> Option<T> {
    match T::TYPE {
        NumberType::F32 | NumberType::F64 => Some(T::nearest(Number::Float(value))),
        _ => T::from_number(Number::Float(value)),
    }
}

fn native<T: Element>(value: T, order: ByteOrder) -> T {
    if order == ByteOrder::NATIVE {
        value
    } else {
        value.swap_bytes()
    }
}

fn misfit<S: Element>(value: S, to: NumberType, term: Option<Term>) -> Error {
    match term {
        Some(Term { scale, offset }) => Error::usage(format!("{value:?} * {scale} + {offset} does not fit {to:?}")),
        None => Error::usage(format!("{value:?} does not fit {to:?}")),
    }
}

/// Refuses values of which a type does not hold every one exactly.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for the first one.
pub(crate) fn check<S: Element>(values: &[S], to: NumberType) -> Result<()> {
    fn first<S: Element, T: Element>(values: &[S]) -> Option<&S> {
        values.iter().find(|value| T::from_number(value.to_number()).is_none())
    }
    match with_number!(to, T => first::<S, T>(values)) {
        Some(&value) => Err(misfit(value, to, None)),
        None => Ok(()),
    }
}

/// Makes `out` the stored form of `values`.
///
/// # Errors
/// As [`convert`].
pub(crate) fn encode<S: Element>(values: &[S], to: NumberForm, out: &mut Vec<u8>) -> Result<()> {
    out.resize(values.len().saturating_mul(limits::to_usize(to.number.size())?), 0);
    convert(bytemuck::cast_slice(values), NumberForm { number: S::TYPE, order: ByteOrder::NATIVE }, out, to, None)
}
