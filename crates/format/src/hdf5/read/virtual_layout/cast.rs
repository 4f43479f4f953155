//! Numbers of a source as numbers of the virtual dataset, converted as the HDF5 library does: to the nearest.

use crate::element::{ByteOrder, Conversion, Element, NumberType};
use crate::error::{Error, Result};
use crate::hdf5::convert;
use crate::hdf5::datatype::Datatype;
use crate::limits;

/// Elements that are converted at once.
const BATCH: usize = 1024;

/// What turns elements of one type into numbers of another.
#[derive(Debug, Clone)]
pub(super) struct Cast<'d> {
    from: &'d Datatype,
    to: (NumberType, ByteOrder),
}

impl<'d> Cast<'d> {
    /// What turns elements of one type into those of another; `None` if they are the same.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) naming both types.
    pub fn between(from: &'d Datatype, to: &Datatype) -> Result<Option<Self>> {
        match (from, to) {
            _ if from == to => Ok(None),
            (_, Datatype::Number(number, order)) if is_number(from) => Ok(Some(Cast { from, to: (*number, *order) })),
            _ => Err(Error::unsupported(format!("a virtual dataset of type {to} whose source is of type {from}"))),
        }
    }

    /// Converts as many elements as both have.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for integers of more than 16 bytes.
    pub fn apply(&self, source: &[u8], target: &mut [u8]) -> Result<()> {
        let size = limits::to_usize(self.to.0.size())?;
        match self.from {
            Datatype::Number(number, order) if *number == self.to.0 && *order != self.to.1 => {
                let elements = source.chunks_exact(size).zip(target.chunks_exact_mut(size));
                elements.for_each(|(from, to)| to.iter_mut().rev().zip(from).for_each(|(to, from)| *to = *from));
                Ok(())
            }
            _ => match self.to.0 {
                NumberType::I8 => self.to::<i8>(source, target),
                NumberType::I16 => self.to::<i16>(source, target),
                NumberType::I32 => self.to::<i32>(source, target),
                NumberType::I64 => self.to::<i64>(source, target),
                NumberType::U8 => self.to::<u8>(source, target),
                NumberType::U16 => self.to::<u16>(source, target),
                NumberType::U32 => self.to::<u32>(source, target),
                NumberType::U64 => self.to::<u64>(source, target),
                NumberType::F32 => self.to::<f32>(source, target),
                NumberType::F64 => self.to::<f64>(source, target),
            },
        }
    }

    fn to<T: Element>(&self, source: &[u8], target: &mut [u8]) -> Result<()> {
        let batch = limits::to_usize(self.from.size())?.max(1).saturating_mul(BATCH);
        let mut values = [T::default(); BATCH];
        for (source, target) in source.chunks(batch).zip(target.chunks_mut(BATCH * size_of::<T>())) {
            let there = target.len() / size_of::<T>();
            let values = values.get_mut(..there).unwrap_or_default();
            convert::numbers(self.from, Conversion::Nearest, source, values)?;
            if self.to.1 != ByteOrder::NATIVE {
                values.iter_mut().for_each(|value| *value = value.swap_bytes());
            }
            target.iter_mut().zip(bytemuck::cast_slice::<T, u8>(values)).for_each(|(to, from)| *to = *from);
        }
        Ok(())
    }
}

/// Whether the library converts such elements into numbers.
fn is_number(datatype: &Datatype) -> bool {
    match datatype {
        Datatype::Number(..) => true,
        // Above that there is no conversion, and a file may claim elements of gigabytes.
        Datatype::Integer(_) | Datatype::Float(_) => datatype.size() <= 16,
        Datatype::Enumeration { base, .. } => is_number(base),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast<A: Element, B: Element>(values: &[A], [from, to]: [ByteOrder; 2]) -> Vec<B> {
        let swap = |bytes: &mut [u8], size, order| {
            if order != ByteOrder::NATIVE {
                bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
            }
        };
        let mut source = bytemuck::cast_slice(values).to_vec();
        swap(&mut source, size_of::<A>(), from);
        let mut target = vec![0; values.len() * size_of::<B>()];
        let types = (Datatype::Number(A::TYPE, from), Datatype::Number(B::TYPE, to));
        match Cast::between(&types.0, &types.1).unwrap() {
            Some(cast) => cast.apply(&source, &mut target).unwrap(),
            None => target.copy_from_slice(&source),
        }
        swap(&mut target, size_of::<B>(), to);
        target.chunks_exact(size_of::<B>()).map(bytemuck::pod_read_unaligned).collect()
    }

    #[test]
    fn numbers_are_clamped_cut_and_rounded_in_any_order() {
        use ByteOrder::{Big, Little};
        for orders in [[Little, Little], [Little, Big], [Big, Little], [Big, Big]] {
            assert_eq!(cast::<i32, i8>(&[300, -129, -1], orders), [127, -128, -1]);
            assert_eq!(cast::<i32, u8>(&[300, -1, 7], orders), [255, 0, 7]);
            assert_eq!(cast::<f64, i32>(&[1e10, -1.9, f64::INFINITY], orders), [i32::MAX, -1, i32::MAX]);
            assert_eq!(cast::<i32, f32>(&[16_777_217, -3], orders), [16_777_216.0, -3.0]);
            assert_eq!(cast::<u64, f64>(&[u64::MAX], orders), [18_446_744_073_709_551_615.0]);
            assert_eq!(cast::<f64, f32>(&[1e300, -0.5], orders), [f32::INFINITY, -0.5]);
            assert_eq!(cast::<i16, i16>(&[1, -2, 300], orders), [1, -2, 300]);
            let many: Vec<i16> = (0..10_000).collect();
            assert_eq!(cast::<i16, f64>(&many, orders), many.iter().map(|&n| f64::from(n)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn other_types_are_refused_by_name() {
        let text = Datatype::ascii(4);
        let number = Datatype::Number(NumberType::I32, ByteOrder::Little);
        let e = Cast::between(&text, &number).unwrap_err();
        assert!(e.to_string().contains("i32le") && e.to_string().contains("str4"), "{e}");
        assert!(Cast::between(&text, &text).unwrap().is_none());
    }
}
