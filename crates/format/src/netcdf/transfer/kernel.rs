//! The inner loops: stored bytes in, transformed stored bytes out, in one pass.

#[cfg(feature = "simd")]
use multiversion::multiversion;

use super::Transform;
use crate::element::{ByteOrder, Element, Number, NumberType};
use crate::error::Result;
use crate::limits;
use crate::netcdf::numbers::{self, Change, Fit, NumberForm, Term};
use crate::shape::Selection;

/// Stored elements and their byte order.
type Bytes<'b> = (&'b [u8], ByteOrder);
type BytesMut<'b> = (&'b mut [u8], ByteOrder);

/// How elements are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// The numeric type; text and user types have none.
    pub number: Option<NumberType>,
    pub size: u64,
    pub order: ByteOrder,
}

impl Form {
    fn numbers(self) -> Option<NumberForm> {
        self.number.map(|number| NumberForm { number, order: self.order })
    }
}

/// Fills `to` with the elements of `from`, transformed, but for those that stand for missing ones. `region` says which box of
/// the output they are.
pub(super) fn transform(
    (stored, from): (&[u8], Form),
    to: (&mut Vec<u8>, Form),
    (transform, missing, fit): (&Transform, &[Number], Fit),
    region: &Selection,
) -> Result<()> {
    let (out, to) = to;
    let size = limits::to_usize(from.size)?;
    let count = stored.len().checked_div(size).unwrap_or(0);
    out.resize(count.saturating_mul(limits::to_usize(to.size)?), 0);
    let source = (stored, from);
    match transform {
        Transform::Identity => map(source, (out, to), Err(fit)),
        Transform::Affine { scale, offset } => {
            let term = Term { scale: *scale, offset: *offset };
            map(source, (out, to), changed(Some(term), missing, fit))
        }
        Transform::Along { axis, terms } => along(source, (out, to), *axis, (terms, missing, fit), region),
    }
}

/// Applies one term to each run of elements that share an index of `axis`.
fn along(
    (stored, from): (&[u8], Form),
    (out, to): (&mut [u8], Form),
    axis: usize,
    (terms, missing, fit): (&[(f64, f64)], &[Number], Fit),
    region: &Selection,
) -> Result<()> {
    let run = region.count.iter().skip(axis + 1).product::<u64>();
    let first = region.start.get(axis).copied().unwrap_or(0);
    let length = region.count.get(axis).copied().unwrap_or(1).max(1);
    let piece = |form: Form| limits::to_usize(run.saturating_mul(form.size).max(1));
    let pieces = stored.chunks(piece(from)?).zip(out.chunks_mut(piece(to)?));
    for (n, (stored, out)) in (0u64..).zip(pieces) {
        let index = usize::try_from(first + n % length).ok();
        let term = index.and_then(|index| terms.get(index)).map(|&(scale, offset)| Term { scale, offset });
        map((stored, from), (out, to), changed(term, missing, fit))?;
    }
    Ok(())
}

/// What happens to numbers, if anything does.
fn changed(term: Option<Term>, missing: &[Number], fit: Fit) -> Result<Change<'_>, Fit> {
    let term = term.filter(|&term| term != Term { scale: 1.0, offset: 0.0 }).ok_or(fit)?;
    Ok(Change { term, missing })
}

/// Changes all elements; without a change, and of anything but numbers, only the form is another.
fn map((stored, from): (&[u8], Form), (out, to): (&mut [u8], Form), change: Result<Change, Fit>) -> Result<()> {
    match (from.numbers(), to.numbers(), change) {
        (Some(a), Some(b), Ok(change)) if a.number == b.number && change.missing.len() <= KEPT => match a.number {
            NumberType::F64 => affine_f64((stored, from.order), (out, to.order), change),
            NumberType::F32 => affine_f32((stored, from.order), (out, to.order), change),
            _ => return numbers::convert(stored, a, out, b, Ok(change)),
        },
        (Some(a), Some(b), change) if a.number != b.number || change.is_ok() => {
            return numbers::convert(stored, a, out, b, change)
        }
        _ => reorder((stored, from.order), (out, to.order), from.size),
    }
    Ok(())
}

/// How many values that stand for missing ones the loops know: a fill value and a `missing_value`.
const KEPT: usize = 2;

/// They as floating-point numbers; not-a-number, which equals nothing, in the place of those that there are not.
fn kept<T: Element>(missing: &[Number]) -> [T; KEPT] {
    let mut missing = missing.iter();
    [(); KEPT].map(|()| T::nearest(missing.next().copied().unwrap_or(Number::Float(f64::NAN))))
}

/// Compiles the loops once for each set of vector instructions; the best one is chosen as the program runs. Reversing
/// bytes takes one instruction for 32 bytes with AVX2, and a dozen for 16 without.
macro_rules! affine {
    ($name:ident, $real:ty) => {
        #[cfg_attr(feature = "simd", multiversion(targets("x86_64+avx2", "x86_64+ssse3")))]
        #[allow(clippy::cast_possible_truncation, clippy::float_cmp)] // the one rounding; these very values
        fn $name((stored, from): Bytes, (out, to): BytesMut, change: Change) {
            let Term { scale, offset } = change.term;
            let kept: [$real; KEPT] = kept(change.missing);
            let offset = Some(offset).filter(|&offset| offset != 0.0);
            let apply = |value: $real| {
                let changed = match offset {
                    Some(offset) => (f64::from(value) * scale + offset) as $real,
                    None => (f64::from(value) * scale) as $real,
                };
                let [a, b] = kept;
                if value == a || value == b {
                    value
                } else {
                    changed
                }
            };
            // One loop for each pair of orders: the test is outside, so that each vectorises.
            match (from == ByteOrder::NATIVE, to == ByteOrder::NATIVE) {
                (true, true) => each::<$real>(stored, out, apply),
                (true, false) => each::<$real>(stored, out, |v| Element::swap_bytes(apply(v))),
                (false, true) => each::<$real>(stored, out, |v| apply(Element::swap_bytes(v))),
                (false, false) => each::<$real>(stored, out, |v| Element::swap_bytes(apply(Element::swap_bytes(v)))),
            }
        }
    };
}

affine!(affine_f64, f64);
affine!(affine_f32, f32);

#[inline(always)]
fn each<T: Element>(stored: &[u8], out: &mut [u8], change: impl Fn(T) -> T) {
    let size = size_of::<T>();
    for (from, to) in stored.chunks_exact(size).zip(out.chunks_exact_mut(size)) {
        to.copy_from_slice(bytemuck::bytes_of(&change(bytemuck::pod_read_unaligned(from))));
    }
}

/// Copies elements into another byte order.
fn reorder((stored, from): Bytes, (out, to): BytesMut, size: u64) {
    if from == to {
        out.copy_from_slice(stored);
    } else {
        reverse(stored, out, size);
    }
}

#[cfg_attr(feature = "simd", multiversion(targets("x86_64+avx2", "x86_64+ssse3")))]
fn reverse(stored: &[u8], out: &mut [u8], size: u64) {
    match size {
        2 => each::<u16>(stored, out, u16::swap_bytes),
        4 => each::<u32>(stored, out, u32::swap_bytes),
        8 => each::<u64>(stored, out, u64::swap_bytes),
        _ => out.copy_from_slice(stored),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element;
    use crate::netcdf::numbers::Precision;

    fn form(number: NumberType, order: ByteOrder) -> Form {
        Form { number: Some(number), size: number.size(), order }
    }

    fn run(values: &[f64], order: ByteOrder, to: ByteOrder, change: &Transform, region: &Selection) -> Vec<f64> {
        let mut stored = values.to_vec();
        element::to_native(&mut stored, order);
        let mut out = Vec::new();
        let bytes: &[u8] = bytemuck::cast_slice(&stored);
        transform(
            (bytes, form(NumberType::F64, order)),
            (&mut out, form(NumberType::F64, to)),
            (change, &[], Precision::Exact.into()),
            region,
        )
        .unwrap();
        let mut result: Vec<f64> = out.chunks_exact(8).map(bytemuck::pod_read_unaligned).collect();
        element::to_native(&mut result, to);
        result
    }

    #[test]
    fn all_orders_give_the_same_values() {
        let values = [1.0, -2.5, 1e300, 0.1];
        let region = Selection::all(&[4]);
        for from in [ByteOrder::Little, ByteOrder::Big] {
            for to in [ByteOrder::Little, ByteOrder::Big] {
                let scaled = run(&values, from, to, &Transform::Affine { scale: 1.5, offset: -2.0 }, &region);
                assert_eq!(scaled, values.map(|v| v * 1.5 - 2.0));
                assert_eq!(run(&values, from, to, &Transform::Identity, &region), values);
            }
        }
    }

    /// One element after another, by the definition.
    fn expected(values: &[f64], to: NumberType, term: Term) -> Option<Vec<f64>> {
        let apply = |&value: &f64| {
            let real = value * term.scale + term.offset;
            match to {
                NumberType::F64 => Some(real),
                NumberType::F32 => Some(f64::from(f32::nearest(element::Number::Float(real)))),
                _ => i32::from_number(element::Number::Float(real)).map(f64::from),
            }
        };
        values.iter().map(apply).collect()
    }

    #[test]
    fn a_transform_is_applied_whatever_the_types() {
        let values = [1.0, -2.0, 4.0, 100.0];
        let floats = [NumberType::F32, NumberType::F64];
        let targets = [NumberType::F32, NumberType::F64, NumberType::I32];
        let term = Term { scale: 0.5, offset: 10.0 };
        for (from, to) in floats.into_iter().flat_map(|from| targets.map(|to| (from, to))) {
            for (a, b) in [(ByteOrder::Little, ByteOrder::Big), (ByteOrder::Big, ByteOrder::Little)] {
                for change in [
                    Transform::Affine { scale: term.scale, offset: term.offset },
                    Transform::Along { axis: 0, terms: vec![(term.scale, term.offset); 4] },
                ] {
                    let mut stored = Vec::new();
                    let number = NumberForm { number: from, order: a };
                    numbers::encode(&values, number, numbers::Precision::Exact, &mut stored).unwrap();
                    let mut out = Vec::new();
                    let done = transform(
                        (&stored, form(from, a)),
                        (&mut out, form(to, b)),
                        (&change, &[], Precision::Exact.into()),
                        &Selection::all(&[4]),
                    );
                    match expected(&values, to, term) {
                        None => assert_eq!(done.unwrap_err().kind(), crate::Kind::Usage, "{from:?} {to:?}"),
                        Some(expected) => {
                            done.unwrap();
                            let mut read = vec![0.0f64; 4];
                            element::convert(to, b, &out, &mut read).unwrap();
                            assert_eq!(read, expected, "{from:?} {to:?}");
                        }
                    }
                }
            }
        }
        // 1 * 0.5 + 10 is no integer.
        assert_eq!(expected(&values, NumberType::I32, term), None);
        assert_eq!(expected(&values[1..], NumberType::I32, term), Some(vec![9.0, 12.0, 60.0]));
    }

    #[test]
    fn transformed_values_become_integers_exactly_or_not_at_all() {
        let mut out = Vec::new();
        let stored: &[u8] = bytemuck::cast_slice(&[-2.0f64, 4.0, 100.0]);
        let native = ByteOrder::NATIVE;
        let change = Transform::Affine { scale: 0.5, offset: 10.0 };
        let to = (&mut out, form(NumberType::I32, native));
        transform(
            (stored, form(NumberType::F64, native)),
            to,
            (&change, &[], Precision::Exact.into()),
            &Selection::all(&[3]),
        )
        .unwrap();
        assert_eq!(bytemuck::cast_slice::<u8, i32>(&out), [9, 12, 60]);
    }

    #[test]
    fn integers_are_transformed_exactly_or_not_at_all() {
        let native = ByteOrder::NATIVE;
        let run = |values: &[i64], scale: f64| {
            let mut out = Vec::new();
            let (stored, change) = (bytemuck::cast_slice(values), Transform::Affine { scale, offset: 0.0 });
            let to = (&mut out, form(NumberType::I64, native));
            transform(
                (stored, form(NumberType::I64, native)),
                to,
                (&change, &[], Precision::Exact.into()),
                &Selection::all(&[2]),
            )?;
            Ok::<_, crate::Error>(bytemuck::cast_slice::<u8, i64>(&out).to_vec())
        };
        assert_eq!(run(&[2, -4], 1.5).unwrap(), [3, -6]);
        assert_eq!(run(&[2, 3], 1.5).unwrap_err().to_string(), "3 * 1.5 does not fit int64");
        // 2^53 + 1 is no number of double precision.
        assert!(run(&[0, (1 << 53) + 1], 2.0).is_err());
        assert_eq!(run(&[0, (1 << 53) + 1], 1.0).unwrap(), [0, (1 << 53) + 1]);
    }

    #[test]
    fn missing_values_stay() {
        let native = ByteOrder::NATIVE;
        let values = [1.0f32, -9999.0, f32::NAN, 9.969_21e36, 1e30];
        let missing = [-9999.0, 9.969_21e36f32, 1e30].map(|value| Number::Float(value.into()));
        for change in
            [Transform::Affine { scale: 2.0, offset: 1.0 }, Transform::Along { axis: 0, terms: vec![(2.0, 1.0); 5] }]
        {
            for (number, known) in [(NumberType::F32, 2), (NumberType::F32, 3), (NumberType::F64, 2)] {
                let mut out = Vec::new();
                let source = (bytemuck::cast_slice(&values), form(NumberType::F32, native));
                let to = (&mut out, form(number, native));
                transform(source, to, (&change, &missing[..known], Precision::Exact.into()), &Selection::all(&[5]))
                    .unwrap();
                let mut read = [0.0f32; 5];
                element::convert(number, native, &out, &mut read).unwrap();
                let last = if known == 3 { 1e30 } else { 2e30 };
                assert_eq!((&read[..2], &read[3..]), (&[3.0, -9999.0][..], &[9.969_21e36, last][..]), "{number:?}");
                assert!(read[2].is_nan());
            }
        }
    }

    #[test]
    fn zero_keeps_its_sign_without_an_offset() {
        let out = run(
            &[-0.0],
            ByteOrder::Little,
            ByteOrder::Little,
            &Transform::Affine { scale: 2.0, offset: 0.0 },
            &Selection::all(&[1]),
        );
        assert!(out[0].is_sign_negative());
    }

    #[test]
    fn terms_follow_their_axis() {
        let change = Transform::Along { axis: 1, terms: vec![(1.0, 10.0), (2.0, 0.0)] };
        let region = Selection::block(vec![0, 0, 0], vec![2, 3, 2]);
        let values: Vec<f64> = (0..12).map(f64::from).collect();
        let out = run(&values, ByteOrder::Big, ByteOrder::Little, &change, &region);
        assert_eq!(out, [10., 11., 4., 6., 4., 5., 16., 17., 16., 18., 10., 11.]);
    }
}
