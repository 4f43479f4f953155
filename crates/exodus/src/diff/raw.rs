//! Values as the file holds them: bytes of one type and order, decoded block by block.

use std::path::Path;
use std::sync::Arc;

use hyperslab::netcdf::{Array, Transform, Variable};
use hyperslab::{ByteOrder, Context, Error, NumberType, Result, Selection};

use super::model::Model;
use crate::data::{describe, Address, Data, Part};
use crate::model;

/// Numbers in any form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raw<'a> {
    pub bytes: &'a [u8],
    pub number: NumberType,
    pub order: ByteOrder,
}

/// Decodes with one branch for all elements.
macro_rules! decode {
    ($raw:expr, $bytes:expr, $target:expr, $($name:ident $t:ty;)*) => {
        match ($raw.number, $raw.order) {
            $(
                (NumberType::$name, ByteOrder::Little) => fill($bytes, $target, |b| <$t>::from_le_bytes(b) as f64),
                (NumberType::$name, ByteOrder::Big) => fill($bytes, $target, |b| <$t>::from_be_bytes(b) as f64),
            )*
        }
    };
}

#[inline(always)]
fn fill<const N: usize>(bytes: &[u8], target: &mut [f64], decode: impl Fn([u8; N]) -> f64) {
    let (elements, _) = bytes.as_chunks::<N>();
    target.iter_mut().zip(elements).for_each(|(target, &bytes)| *target = decode(bytes));
}

impl<'a> Raw<'a> {
    /// Numbers of this machine.
    pub fn native(bytes: &'a [u8]) -> Self {
        Raw { bytes, number: NumberType::F64, order: ByteOrder::NATIVE }
    }

    fn size(&self) -> usize {
        usize::try_from(self.number.size()).unwrap_or(8)
    }

    pub fn len(&self) -> usize {
        self.bytes.len() / self.size()
    }

    /// Some of the numbers; fewer where there are no more.
    pub fn part(&self, start: usize, len: usize) -> Raw<'a> {
        let size = self.size();
        let bytes = self.bytes.get(start.saturating_mul(size)..).unwrap_or_default();
        Raw { bytes: bytes.get(..len.saturating_mul(size)).unwrap_or(bytes), ..*self }
    }

    /// Fills `target` with the first numbers.
    #[allow(clippy::cast_precision_loss, clippy::cast_lossless)] // integers above 2^53 are no results
    pub fn decode(&self, target: &mut [f64]) {
        decode!(self, self.bytes, target,
            I8 i8; I16 i16; I32 i32; I64 i64; U8 u8; U16 u16; U32 u32; U64 u64; F32 f32; F64 f64;);
    }

    pub fn get(&self, index: usize) -> Option<f64> {
        let one = self.part(index, 1);
        let mut value = [0.0];
        one.decode(&mut value);
        let [value] = value;
        (!one.bytes.is_empty()).then_some(value)
    }

    /// Whether any exponent has all bits set: not-a-number or infinity. The sum of the exponent and its lowest bit
    /// then runs over into the bit above; all operations are ones that the oldest vector units have.
    pub fn is_suspicious(&self) -> bool {
        match (self.number, self.order) {
            (NumberType::F64, ByteOrder::Little) => {
                carries(self.bytes, u64::from_le_bytes, |w| (w & (0x7ff0 << 48)) + (0x10 << 48)) >> 63 != 0
            }
            // The two bytes of the exponent are the lowest ones, in the wrong order.
            (NumberType::F64, ByteOrder::Big) => {
                let carry = |w: u64| (((w << 8) & 0x7f00) | ((w >> 8) & 0xf0)) + 0x10;
                carries(self.bytes, u64::from_le_bytes, carry) & 0x8000 != 0
            }
            (NumberType::F32, ByteOrder::Little) => {
                carries(self.bytes, u32::from_le_bytes, |w| (w & (0x7f80 << 16)) + (0x80 << 16)) >> 31 != 0
            }
            (NumberType::F32, ByteOrder::Big) => {
                let carry = |w: u32| (((w << 8) & 0x7f00) | ((w >> 8) & 0x80)) + 0x80;
                carries(self.bytes, u32::from_le_bytes, carry) & 0x8000 != 0
            }
            _ => false,
        }
    }
}

/// All bits that `carry` sets in any element.
#[inline(always)]
fn carries<const N: usize, W: Default + std::ops::BitOr<Output = W>>(
    bytes: &[u8],
    word: impl Fn([u8; N]) -> W,
    carry: impl Fn(W) -> W,
) -> W {
    let (elements, _) = bytes.as_chunks::<N>();
    elements.iter().fold(W::default(), |all, &bytes| all | carry(word(bytes)))
}

/// Numbers as bytes of this machine.
pub(super) fn native_bytes(values: impl IntoIterator<Item = f64>) -> Vec<u8> {
    values.into_iter().flat_map(f64::to_ne_bytes).collect()
}

/// Where numbers come from.
#[derive(Debug, Clone, Copy)]
enum Source<'f> {
    /// A variable of a file: its bytes, as they are.
    Stored(&'f Array),
    /// A model that makes them.
    Made(&'f dyn model::Model),
}

/// An array of the model whose parts are read again and again.
#[derive(Debug, Clone)]
pub(super) struct Column<'f> {
    data: Data,
    source: Source<'f>,
    /// What its file is called in errors.
    name: Arc<Path>,
    /// The only component of its entries that is read.
    component: Option<u64>,
}

impl<'f> Column<'f> {
    /// The array, if the file has it.
    pub fn find(model: &Model<'f>, data: Data) -> Option<Self> {
        let stored =
            model.file.stored(data).filter(|stored| stored.rows.is_none() && stored.transform == Transform::Identity);
        let source = match stored {
            Some(stored) => Source::Stored(stored.array),
            None => model.file.number_type(data).map(|_| Source::Made(model.file))?,
        };
        Some(Column { data, source, name: Arc::clone(&model.name), component: None })
    }

    /// How many values each entry has at a step.
    pub fn components(&self) -> u64 {
        let made;
        let shape = match self.source {
            Source::Stored(array) => array.shape(),
            Source::Made(model) => {
                made = model.shape(self.data).unwrap_or_default();
                &made
            }
        };
        let axes = shape.get(2..).filter(|_| matches!(self.data, Data::Variable(..)));
        axes.unwrap_or_default().iter().fold(1, |all, axis| all.saturating_mul(*axis))
    }

    /// The variable of a file that the numbers come from, if it is known.
    pub fn origin(&self) -> Option<&Variable> {
        match self.source {
            Source::Stored(array) => Some(array.variable()),
            Source::Made(model) => model.origin(self.data),
        }
    }

    /// The column of one component.
    pub fn component(&self, component: u64) -> Self {
        Column { component: Some(component), ..self.clone() }
    }

    /// The values at one step (all, if they do not change), borrowed where the file allows it, else in `buffer`.
    pub fn step<'b>(&self, step: u64, buffer: &'b mut Vec<u8>) -> Result<Raw<'b>>
    where
        'f: 'b,
    {
        let part = if self.data.is_stepwise() { self.data.step(step) } else { Part::from(self.data) };
        let part = self.component.iter().fold(part, |part, &component| part.component(component));
        match self.source {
            Source::Stored(array) => {
                let address = Address { name: String::new(), shared: None };
                let region = part.region(&address, array.shape());
                let region = region.map_err(|error| error.known_as(describe(self.data)));
                region.and_then(|region| stored(array, &region, buffer))
            }
            Source::Made(model) => model.numbers(&part).map(|numbers| {
                buffer.clear();
                numbers.append_to(buffer);
                Raw { bytes: buffer, number: numbers.number_type(), order: ByteOrder::NATIVE }
            }),
        }
        .in_file(&self.name)
    }
}

/// The stored bytes of a region, borrowed where the file allows it, else in `buffer`.
fn stored<'b>(array: &'b Array, region: &Selection, buffer: &'b mut Vec<u8>) -> Result<Raw<'b>> {
    let ty = &array.variable().ty;
    let number = ty.number().ok_or_else(|| {
        Error::usage(format!("{} is no number", ty.name())).in_object(format!("/{}", array.variable().name))
    })?;
    let order = array.order();
    if let Ok(bytes) = array.borrow_bytes_now(region) {
        return Ok(Raw { bytes, number, order });
    }
    array.read_bytes_again(region, buffer)?;
    Ok(Raw { bytes: buffer, number, order })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBERS: [f64; 6] = [0.0, -1.5, 3e38, -3e38, 1e-40, 2.0];

    /// The numbers in every form of floating point.
    fn forms(values: &[f64]) -> Vec<(NumberType, ByteOrder, Vec<u8>)> {
        let bytes = |of: &dyn Fn(f64) -> Vec<u8>| values.iter().flat_map(|&value| of(value)).collect();
        #[allow(clippy::cast_possible_truncation)]
        let single = |value: f64| value as f32;
        vec![
            (NumberType::F64, ByteOrder::Little, bytes(&|v| v.to_le_bytes().to_vec())),
            (NumberType::F64, ByteOrder::Big, bytes(&|v| v.to_be_bytes().to_vec())),
            (NumberType::F32, ByteOrder::Little, bytes(&|v| single(v).to_le_bytes().to_vec())),
            (NumberType::F32, ByteOrder::Big, bytes(&|v| single(v).to_be_bytes().to_vec())),
        ]
    }

    #[test]
    fn numbers_of_every_form_are_decoded() {
        for (number, order, bytes) in forms(&NUMBERS) {
            let raw = Raw { bytes: &bytes, number, order };
            assert_eq!(raw.len(), 6);
            for (n, value) in NUMBERS.into_iter().enumerate() {
                let found = raw.get(n).unwrap();
                assert!((found - value).abs() <= value.abs() * 1e-6 + 1e-44, "{number:?} {order:?} {found} {value}");
            }
            assert_eq!(raw.get(6), None);
            assert_eq!(raw.part(4, 9).len(), 2);
        }
        let bytes = [0xff, 0xfe];
        assert_eq!(Raw { bytes: &bytes, number: NumberType::I16, order: ByteOrder::Big }.get(0), Some(-2.0));
    }

    #[test]
    fn only_what_is_not_finite_is_suspicious() {
        for (number, order, bytes) in forms(&NUMBERS) {
            assert!(!Raw { bytes: &bytes, number, order }.is_suspicious(), "{number:?} {order:?}");
        }
        for wrong in [f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            for place in 0..NUMBERS.len() {
                let mut values = NUMBERS;
                values[place] = wrong;
                for (number, order, bytes) in forms(&values) {
                    assert!(Raw { bytes: &bytes, number, order }.is_suspicious(), "{number:?} {order:?} {wrong}");
                }
            }
        }
    }
}
