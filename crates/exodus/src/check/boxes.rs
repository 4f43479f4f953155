//! Arrays cut into boxes.

use hyperslab::{Result, Selection};

/// Cuts an array into boxes of at most `piece` elements that follow each other.
///
/// # Errors
/// As `visit`, and for more elements than can be counted.
pub(super) fn for_each_box<B: Default>(
    shape: &[u64],
    piece: u64,
    visit: &mut impl FnMut(&Selection, u64, &mut B) -> Result<()>,
) -> Result<()> {
    let total = hyperslab::count(shape)?;
    // Whole rows below this axis fit into a piece.
    let below = |axis: usize| hyperslab::count(shape.get(axis + 1..).unwrap_or_default());
    let mut axis = 0;
    while axis + 1 < shape.len() && below(axis)? > piece {
        axis += 1;
    }
    let row = below(axis)?.max(1);
    let rows = (piece / row).max(1);
    let length = shape.get(axis).copied().unwrap_or(1);
    let (mut offset, mut buffer) = (0, B::default());
    while offset < total {
        let first = offset / row % length;
        let count = rows.min(length - first);
        let mut region = Selection::block(vec![0; shape.len()], vec![1; shape.len()]);
        let mut rest = offset / row / length;
        for (n, &length) in shape.iter().enumerate().rev() {
            let (start, len) = match n.cmp(&axis) {
                std::cmp::Ordering::Greater => (0, length),
                std::cmp::Ordering::Equal => (first, count),
                std::cmp::Ordering::Less => (rest % length, 1),
            };
            if n < axis {
                rest /= length;
            }
            if let (Some(at), Some(many)) = (region.start.get_mut(n), region.count.get_mut(n)) {
                (*at, *many) = (start, len);
            }
        }
        visit(&region, offset, &mut buffer)?;
        offset += count * row;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIECE: u64 = 1 << 16;

    /// The positions that the boxes of a shape visit, one after the other.
    fn pieces(shape: &[u64]) -> Vec<(Vec<u64>, Vec<u64>, u64)> {
        let mut list = Vec::new();
        for_each_box(shape, PIECE, &mut |region, offset, _: &mut ()| {
            list.push((region.start.clone(), region.count.clone(), offset));
            Ok(())
        })
        .unwrap();
        list
    }

    #[test]
    fn boxes_cover_arrays_in_order() {
        assert_eq!(pieces(&[]), [(vec![], vec![], 0)]);
        assert_eq!(pieces(&[0, 7]), []);
        assert_eq!(pieces(&[3, 7]), [(vec![0, 0], vec![3, 7], 0)]);
        let half = PIECE / 2;
        let rows = [(vec![0, 0], vec![2, half], 0), (vec![2, 0], vec![1, half], PIECE)];
        assert_eq!(pieces(&[3, half]), rows);
        let wide = PIECE + 5;
        let parts = [
            (vec![0, 0], vec![1, PIECE], 0),
            (vec![0, PIECE], vec![1, 5], PIECE),
            (vec![1, 0], vec![1, PIECE], wide),
            (vec![1, PIECE], vec![1, 5], wide + PIECE),
        ];
        assert_eq!(pieces(&[2, wide]), parts);
        for shape in [vec![3, 5, PIECE], vec![2, 3, PIECE / 2 + 1], vec![7, PIECE / 3, 5]] {
            let (mut next, mut largest) = (0, 0);
            for (_, count, offset) in pieces(&shape) {
                assert_eq!(offset, next);
                let len: u64 = count.iter().product();
                (next, largest) = (next + len, largest.max(len));
            }
            assert_eq!((next, largest <= PIECE), (shape.iter().product(), true));
        }
    }
}
