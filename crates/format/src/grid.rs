//! Regions cut at the borders of chunks.

use crate::error::Result;
use crate::shape::Selection;

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
