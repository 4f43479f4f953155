//! Numbers of one type into numbers of another, as the HDF5 library converts them: integers are clamped, fractions are
//! cut off, floats are rounded to the nearest.

use crate::element::{ByteOrder, Element, Number, NumberType};
use crate::error::{Error, Result};
use crate::hdf5::datatype::Datatype;

/// A standard number as it is stored.
type Stored = (NumberType, ByteOrder);

/// A conversion between two standard numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Conversion {
    from: Stored,
    to: Stored,
}

impl Conversion {
    /// What turns elements of one type into those of another; `None` if they are the same.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) naming both types.
    pub fn between(from: &Datatype, to: &Datatype) -> Result<Option<Self>> {
        if from == to {
            return Ok(None);
        }
        match (from.number(), to.number()) {
            (Some(from), Some(to)) if from == to => Ok(None),
            (Some(from), Some(to)) => Ok(Some(Conversion { from, to })),
            _ => Err(Error::unsupported(format!("a virtual dataset of {to:?} whose source is of {from:?}"))),
        }
    }

    /// Converts as many elements as both have.
    pub fn apply(self, source: &[u8], target: &mut [u8]) {
        let size = |(number, _): Stored| usize::try_from(number.size()).unwrap_or(8);
        let elements = source.chunks_exact(size(self.from)).zip(target.chunks_exact_mut(size(self.to)));
        if self.from.0 == self.to.0 {
            return elements.for_each(|(from, to)| to.iter_mut().rev().zip(from).for_each(|(to, from)| *to = *from));
        }
        elements.for_each(|(from, to)| store(load(from, self.from), to, self.to));
    }
}

/// Whether elements are references, which mean something only in the file that holds them.
pub(super) fn leads_elsewhere(datatype: &Datatype) -> bool {
    match datatype {
        Datatype::VariableString(_) | Datatype::Sequence(_) | Datatype::Reference { .. } => true,
        Datatype::Array { base, .. } => leads_elsewhere(base),
        Datatype::Compound { members, .. } => members.iter().any(|member| leads_elsewhere(&member.datatype)),
        _ => false,
    }
}

/// Calls a function with the type that a number type stands for.
macro_rules! with_type {
    ($number:expr, $function:ident($($argument:expr),*)) => {
        match $number {
            NumberType::I8 => $function::<i8>($($argument),*),
            NumberType::I16 => $function::<i16>($($argument),*),
            NumberType::I32 => $function::<i32>($($argument),*),
            NumberType::I64 => $function::<i64>($($argument),*),
            NumberType::U8 => $function::<u8>($($argument),*),
            NumberType::U16 => $function::<u16>($($argument),*),
            NumberType::U32 => $function::<u32>($($argument),*),
            NumberType::U64 => $function::<u64>($($argument),*),
            NumberType::F32 => $function::<f32>($($argument),*),
            NumberType::F64 => $function::<f64>($($argument),*),
        }
    };
}

fn load(bytes: &[u8], (number, order): Stored) -> Number {
    with_type!(number, load_as(bytes, order))
}

fn load_as<T: Element>(bytes: &[u8], order: ByteOrder) -> Number {
    let native = bytemuck::try_pod_read_unaligned::<T>(bytes).unwrap_or_default();
    (if order == ByteOrder::NATIVE { native } else { native.swap_bytes() }).to_number()
}

fn store(value: Number, bytes: &mut [u8], (number, order): Stored) {
    with_type!(number, store_as(value, bytes, order));
}

fn store_as<T: Element + Nearest>(value: Number, bytes: &mut [u8], order: ByteOrder) {
    let native = T::nearest(value);
    let value = if order == ByteOrder::NATIVE { native } else { native.swap_bytes() };
    bytes.copy_from_slice(bytemuck::bytes_of(&value));
}

/// A type that has a nearest value for every number.
trait Nearest {
    fn nearest(number: Number) -> Self;
}

macro_rules! nearest {
    ($($t:ty)*, $clamp:expr) => {$(
        impl Nearest for $t {
            #[allow(clippy::cast_possible_truncation)] // `as` saturates from floats, and rounds to them
            fn nearest(number: Number) -> Self {
                match number {
                    Number::Integer(value) => $clamp(value, <$t>::MIN as i128, <$t>::MAX as i128) as $t,
                    Number::Float(value) => value as $t,
                }
            }
        }
    )*};
}

nearest!(i8 i16 i32 i64 u8 u16 u32 u64, i128::clamp);
nearest!(f32 f64, |value, _, _| value);

#[cfg(test)]
mod tests {
    use super::*;

    fn converted<A: Element, B: Element>(values: &[A], orders: [ByteOrder; 2]) -> Vec<B> {
        let [from, to] = orders;
        let swapped = |bytes: &mut [u8], size, order| {
            if order != ByteOrder::NATIVE {
                bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
            }
        };
        let mut source = bytemuck::cast_slice(values).to_vec();
        swapped(&mut source, size_of::<A>(), from);
        let mut target = vec![0; values.len() * size_of::<B>()];
        let (from, to) = (Datatype::Number(A::TYPE, from), Datatype::Number(B::TYPE, to));
        match Conversion::between(&from, &to).unwrap() {
            Some(conversion) => conversion.apply(&source, &mut target),
            None => target.copy_from_slice(&source),
        }
        swapped(&mut target, size_of::<B>(), orders[1]);
        target.chunks_exact(size_of::<B>()).map(bytemuck::pod_read_unaligned).collect()
    }

    #[test]
    fn numbers_are_clamped_cut_and_rounded_in_any_order() {
        use ByteOrder::{Big, Little};
        for orders in [[Little, Little], [Little, Big], [Big, Little], [Big, Big]] {
            assert_eq!(converted::<i32, i8>(&[300, -129, -1], orders), [127, -128, -1]);
            assert_eq!(converted::<i32, u8>(&[300, -1, 7], orders), [255, 0, 7]);
            assert_eq!(converted::<f64, i32>(&[1e10, -1.9, f64::INFINITY], orders), [i32::MAX, -1, i32::MAX]);
            assert_eq!(converted::<i32, f32>(&[16_777_217, -3], orders), [16_777_216.0, -3.0]);
            assert_eq!(converted::<u64, f64>(&[u64::MAX], orders), [18_446_744_073_709_551_615.0]);
            assert_eq!(converted::<f64, f32>(&[1e300, -0.5], orders), [f32::INFINITY, -0.5]);
            assert_eq!(converted::<f32, f64>(&[1.5, -0.0], orders), [1.5, -0.0]);
            assert_eq!(converted::<i16, i16>(&[1, -2, 300], orders), [1, -2, 300]);
        }
    }

    #[test]
    fn other_types_are_refused_by_name() {
        let text = Datatype::ascii(4);
        let number = Datatype::Number(NumberType::I32, ByteOrder::Little);
        let e = Conversion::between(&text, &number).unwrap_err();
        assert!(e.to_string().contains("I32") && e.to_string().contains("String"), "{e}");
        assert_eq!(Conversion::between(&text, &text).unwrap(), None);
    }
}
