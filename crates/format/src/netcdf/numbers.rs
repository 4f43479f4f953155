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

/// What happens to numbers on their way: a term, which leaves those alone that stand for missing ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change<'m> {
    pub term: Term,
    pub missing: &'m [Number],
}

impl Change<'_> {
    /// The nearest number of a floating-point type, or exactly that of an integer type.
    fn apply<T: Element>(self, number: Number) -> Option<T> {
        if self.missing.contains(&number) {
            return T::from_number(number).or_else(|| rounds::<T>().then(|| T::nearest(number)));
        }
        let changed = Number::Float(self.term.apply(f64::from_number(number)?));
        if rounds::<T>() {
            Some(T::nearest(changed))
        } else {
            T::from_number(changed)
        }
    }
}

fn rounds<T: Element>() -> bool {
    matches!(T::TYPE, NumberType::F32 | NumberType::F64)
}

/// How exactly a type has to hold numbers that are put into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precision {
    /// Exactly.
    Exact,
    /// Floating-point numbers to the digits of a narrower floating-point type, everything else exactly.
    Rounded,
}

impl Precision {
    fn fit<T: Element>(self, number: Number) -> Option<T> {
        T::from_number(number).or_else(|| {
            let is_float = matches!(number, Number::Float(_)) && rounds::<T>();
            let rounded = (is_float && self == Precision::Rounded).then(|| T::nearest(number))?;
            // A number beyond the largest one is no matter of digits.
            Some(rounded).filter(|value| matches!(value.to_number(), Number::Float(value) if value.is_finite()))
        })
    }
}

/// How numbers have to fit another type, where nothing changes them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fit {
    pub precision: Precision,
    /// The default fill value of the one type, which stands for no value, and that of the other.
    pub default: Option<(Number, Number)>,
}

impl From<Precision> for Fit {
    fn from(precision: Precision) -> Self {
        Fit { precision, default: None }
    }
}

impl Fit {
    fn fit<T: Element>(self, number: Number) -> Option<T> {
        match self.default {
            Some((from, to)) if number == from => T::from_number(to),
            _ => self.precision.fit(number),
        }
    }
}

/// Fills `out` with the stored numbers of `stored` in another form. Without a change every value must fit as precisely as is said. With one,
/// values are computed in double precision and rounded once to a floating-point type, and must be integers exactly where
/// those are wanted.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for the first value that does not fit.
pub(crate) fn convert(
    stored: &[u8],
    from: NumberForm,
    out: &mut [u8],
    to: NumberForm,
    change: Result<Change, Fit>,
) -> Result<()> {
    with_number!(from.number, S => with_number!(to.number, T => pairs::<S, T>(stored, from.order, out, to.order, change)))
}

fn pairs<S: Element, T: Element>(
    stored: &[u8],
    from: ByteOrder,
    out: &mut [u8],
    to: ByteOrder,
    change: Result<Change, Fit>,
) -> Result<()> {
    for (stored, out) in stored.chunks_exact(size_of::<S>()).zip(out.chunks_exact_mut(size_of::<T>())) {
        let value: S = native(bytemuck::pod_read_unaligned(stored), from);
        let number = value.to_number();
        let converted = match change {
            Ok(change) => change.apply(number),
            Err(fit) => fit.fit(number),
        };
        let converted: T = converted.ok_or_else(|| misfit(value, T::TYPE, change.ok().map(|change| change.term)))?;
        out.copy_from_slice(bytemuck::bytes_of(&native(converted, to)));
    }
    Ok(())
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
        Some(Term { scale, offset }) => {
            let offset = if offset == 0.0 { String::new() } else { format!(" + {offset:?}") };
            Error::usage(format!("{value:?} * {scale:?}{offset} does not fit {}", to.name()))
        }
        None => Error::usage(format!("{value:?} does not fit {}", to.name())),
    }
}

/// Refuses values of which a type does not hold every one as exactly as it has to.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for the first one.
pub(crate) fn check<S: Element>(values: &[S], to: NumberType, precision: Precision) -> Result<()> {
    fn first<S: Element, T: Element>(values: &[S], precision: Precision) -> Option<&S> {
        values.iter().find(|value| precision.fit::<T>(value.to_number()).is_none())
    }
    match with_number!(to, T => first::<S, T>(values, precision)) {
        Some(&value) => Err(misfit(value, to, None)),
        None => Ok(()),
    }
}

/// Makes `out` the stored form of `values`.
///
/// # Errors
/// As [`check`].
pub(crate) fn encode<S: Element>(values: &[S], to: NumberForm, precision: Precision, out: &mut Vec<u8>) -> Result<()> {
    fn each<S: Element, T: Element>(
        values: &[S],
        order: ByteOrder,
        precision: Precision,
        out: &mut [u8],
    ) -> Result<()> {
        for (&value, out) in values.iter().zip(out.chunks_exact_mut(size_of::<T>())) {
            let stored: T = precision.fit(value.to_number()).ok_or_else(|| misfit(value, T::TYPE, None))?;
            out.copy_from_slice(bytemuck::bytes_of(&native(stored, order)));
        }
        Ok(())
    }
    out.resize(values.len().saturating_mul(limits::to_usize(to.number.size())?), 0);
    if S::TYPE == to.number {
        for (&value, out) in values.iter().zip(out.chunks_exact_mut(size_of::<S>())) {
            out.copy_from_slice(bytemuck::bytes_of(&native(value, to.order)));
        }
        return Ok(());
    }
    with_number!(to.number, T => each::<S, T>(values, to.order, precision, out))
}
