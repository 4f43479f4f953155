//! Regions cut: at the borders of chunks, and into blocks of bounded size.

use crate::error::Result;
use crate::shape::{self, Selection};

/// What one chunk holds of a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The position of the chunk in the grid of chunks.
    pub scaled: Vec<u64>,
    /// First index in the whole array.
    pub start: Vec<u64>,
    /// First index inside the chunk.
    pub inside: Vec<u64>,
    /// First index inside the region.
    pub target: Vec<u64>,
    /// Number of indices along each dimension.
    pub count: Vec<u64>,
}

/// Cuts the slowest dimensions until a chunk has at most about `bound` bytes.
pub(crate) fn bounded(mut chunk: Vec<u64>, size: u64, bound: u64) -> Vec<u64> {
    for axis in 0..chunk.len() {
        let inner = chunk.iter().skip(axis + 1).fold(size, |bytes, &n| bytes.saturating_mul(n));
        if let Some(length) = chunk.get_mut(axis) {
            if inner.saturating_mul(*length) <= bound {
                break;
            }
            *length = (bound / inner.max(1)).clamp(1, *length);
        }
    }
    chunk
}

/// Calls `visit` with every chunk of the shape `chunk` that a region touches, in C order.
///
/// # Errors
/// Whatever `visit` returns.
pub(crate) fn for_each_part(
    region: &Selection,
    chunk: &[u64],
    visit: &mut dyn FnMut(&Part) -> Result<()>,
) -> Result<()> {
    if region.count.contains(&0) {
        return Ok(());
    }
    let rank = region.count.len();
    let zero = vec![0; rank];
    let mut part = Part {
        scaled: zero.clone(),
        start: region.start.clone(),
        inside: zero.clone(),
        target: zero,
        count: vec![1; rank],
    };
    descend(region, chunk, 0, &mut part, visit)
}

/// Splits dimension `axis`, then the next one.
fn descend(
    region: &Selection,
    chunk: &[u64],
    axis: usize,
    part: &mut Part,
    visit: &mut dyn FnMut(&Part) -> Result<()>,
) -> Result<()> {
    let of = |list: &[u64]| list.get(axis).copied();
    let (Some(start), Some(count), Some(stride), Some(length)) =
        (of(&region.start), of(&region.count), of(&region.stride), of(chunk))
    else {
        return visit(part);
    };
    let (length, stride) = (length.max(1), stride.max(1));
    let mut done = 0;
    while done < count {
        let at = start.saturating_add(done.saturating_mul(stride));
        let scaled = at / length;
        let inside = at % length;
        let fits = (length - inside).div_ceil(stride).min(count - done);
        let fields = [
            (&mut part.scaled, scaled),
            (&mut part.start, at),
            (&mut part.inside, inside),
            (&mut part.target, done),
            (&mut part.count, fits),
        ];
        for (list, value) in fields {
            if let Some(entry) = list.get_mut(axis) {
                *entry = value;
            }
        }
        descend(region, chunk, axis + 1, part, visit)?;
        done += fits;
    }
    Ok(())
}

/// Cuts a region along one dimension; where one index is too much already, along the next one. Elements have `size` bytes,
/// blocks about `bytes`, and whole chunks where they can.
///
/// # Errors
/// Those of `visit`.
pub(crate) fn cut(
    region: &Selection,
    axis: usize,
    (size, bytes, chunk): (u64, u64, &[u64]),
    visit: &mut dyn FnMut(&Selection) -> Result<()>,
) -> Result<()> {
    let inner = region.count.get(axis + 1..).unwrap_or_default();
    let one = shape::bytes(inner, size)?.max(1);
    let of = |list: &[u64]| list.get(axis).copied();
    let (Some(start), Some(count), Some(stride)) = (of(&region.start), of(&region.count), of(&region.stride)) else {
        return visit(region);
    };
    let length = of(chunk).unwrap_or(1).max(1);
    let rows = length.div_ceil(stride.max(1));
    // A row of chunks is taken at once, as far as memory is sane.
    let unit = if one.saturating_mul(rows) <= bytes.saturating_mul(64) { rows } else { 1 };
    let step = (bytes / one / unit).max(1) * unit;
    let too_much = one > bytes && (unit == 1 || one > bytes.saturating_mul(64));
    // The first block ends where a chunk does, so that all others start with a whole one.
    let mut now = step - (start % length / stride.max(1)).min(step - 1);
    let mut done = 0;
    while done < count {
        now = now.min(count - done);
        let mut part = region.clone();
        set(&mut part.start, axis, start + done * stride);
        set(&mut part.count, axis, if too_much { 1 } else { now });
        done += if too_much { 1 } else { now };
        match too_much {
            true => cut(&part, axis + 1, (size, bytes, chunk), visit)?,
            false => visit(&part)?,
        }
        now = step;
    }
    Ok(())
}

fn set(list: &mut [u64], axis: usize, value: u64) {
    if let Some(slot) = list.get_mut(axis) {
        *slot = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_cover_every_element_once(dims in prop::collection::vec((0u64..9, 0u64..9, 1u64..4, 1u64..5), 1..4)) {
            let column = |f: fn(&(u64, u64, u64, u64)) -> u64| dims.iter().map(f).collect::<Vec<_>>();
            let region = Selection { start: column(|d| d.0), count: column(|d| d.1), stride: column(|d| d.2) };
            let chunk = column(|d| d.3);
            let mut seen = 0;
            for_each_part(&region, &chunk, &mut |part| {
                seen += part.count.iter().product::<u64>();
                for (axis, &chunk) in chunk.iter().enumerate() {
                    let first = region.start[axis] + part.target[axis] * region.stride[axis];
                    let last = first + (part.count[axis] - 1) * region.stride[axis];
                    assert_eq!(first, part.start[axis]);
                    assert_eq!(first, part.scaled[axis] * chunk + part.inside[axis]);
                    assert_eq!(last / chunk, part.scaled[axis]);
                }
                Ok(())
            }).unwrap();
            prop_assert_eq!(seen, region.count.iter().product::<u64>());
        }
    }
}
