//! Points in space, found by place.

use crate::diff::tolerance::{Mode, Tolerance};

/// The number of the last cell, which has all that is farther: beyond, neighbours in floating point are many cells apart.
const FARTHEST: f64 = (1u64 << 40) as f64;

/// How many points the cell of a point may have, on the average, before cells are made smaller.
const CROWD: usize = 64;

/// Points, sorted into cells that are at least as large as the tolerance reaches.
pub(super) struct Grid {
    axes: Vec<Vec<f64>>,
    origin: Vec<f64>,
    /// The length of the edges of a cell.
    size: f64,
    /// How far two coordinates that count as the same may be apart.
    reach: f64,
    tolerance: Tolerance,
    cells: Vec<([i64; 3], usize)>,
    /// For each place in `cells` one at or behind it that was not taken; the end if there is none.
    live: Vec<usize>,
}

impl Grid {
    /// Sorts points, given as one list for each axis; only those with these positions.
    pub fn new(axes: Vec<Vec<f64>>, positions: impl Iterator<Item = usize>, tolerance: Tolerance) -> Self {
        // Without a tolerance nothing could be found.
        let mode = if tolerance.mode == Mode::Ignore { Mode::Absolute } else { tolerance.mode };
        let tolerance = Tolerance { mode, ..tolerance };
        let folded = is_folded(mode);
        let values = || axes.iter().flatten().copied().filter(|value| value.is_finite());
        let largest = values().fold(0.0f64, |largest, value| largest.max(value.abs()));
        let origin: Vec<f64> = axes.iter().map(|axis| minimum(axis, folded)).collect();
        let reach = reach(&tolerance, largest);
        let size = axes.iter().map(|axis| spacing(axis)).fold(reach, f64::max).max(f64::MIN_POSITIVE);
        let mut grid = Grid { axes, origin, size, reach, tolerance, cells: Vec::new(), live: Vec::new() };
        grid.cells = positions.map(|position| ([0; 3], position)).collect();
        grid.sort();
        grid.live = (0..=grid.cells.len()).collect();
        grid
    }

    /// Sorts the points into cells, and into smaller ones while those that a search looks at are many: points on a line or
    /// in a plane crowd in cells that suit a cube.
    fn sort(&mut self) {
        let mut cells = std::mem::take(&mut self.cells);
        loop {
            cells.iter_mut().for_each(|(cell, position)| *cell = self.cell(self.coordinates(*position), 0.0));
            cells.sort_unstable();
            let looked_at = cells.chunk_by(|a, b| a.0 == b.0).map(|cell| cell.len().saturating_mul(cell.len()));
            let many = looked_at.fold(0, usize::saturating_add) / cells.len().max(1) > CROWD;
            if !many || self.size <= self.reach.max(f64::MIN_POSITIVE) {
                break;
            }
            self.size = (self.size / 8.0).max(self.reach).max(f64::MIN_POSITIVE);
        }
        self.cells = cells;
    }

    fn point(&self, position: usize) -> Vec<f64> {
        self.coordinates(position).collect()
    }

    fn coordinates(&self, position: usize) -> impl Iterator<Item = f64> + '_ {
        self.axes.iter().map(move |axis| axis.get(position).copied().unwrap_or(f64::NAN))
    }

    /// The cell of a point that is moved along all axes.
    #[allow(clippy::cast_possible_truncation)] // it was brought into bounds
    fn cell(&self, point: impl Iterator<Item = f64>, by: f64) -> [i64; 3] {
        let mut cell = [0; 3];
        let folded = is_folded(self.tolerance.mode);
        for ((index, value), origin) in cell.iter_mut().zip(point).zip(&self.origin) {
            let value = if folded { value.abs() } else { value };
            // Eighths: no sum runs over where its neighbour does not.
            let [value, by, origin, size] = [value, by, *origin, self.size].map(|number| number / 8.0);
            *index = ((value + by - origin) / size).floor().clamp(-FARTHEST, FARTHEST) as i64;
        }
        cell
    }

    /// Whether two points are the same, as the tolerance has it.
    pub fn same(&self, a: impl Iterator<Item = f64>, b: impl Iterator<Item = f64>) -> bool {
        a.zip(b).all(|(a, b)| !self.tolerance.differs(a, b))
    }

    /// Whether a point of the grid is at a place.
    fn is_at(&self, position: usize, point: &[f64]) -> bool {
        self.same(point.iter().copied(), self.coordinates(position))
    }

    /// The cells that points at the same place may be in: each with the first place of it in the list.
    fn around(&self, point: &[f64]) -> impl Iterator<Item = ([i64; 3], usize)> + '_ {
        let end = |by| self.cell(point.iter().copied(), by);
        let ([x0, y0, z0], [x1, y1, z1]) = (end(-self.reach), end(self.reach));
        let cells = (x0..=x1).flat_map(move |x| (y0..=y1).map(move |y| (x, y)));
        let cells = cells.flat_map(move |(x, y)| (z0..=z1).map(move |z| [x, y, z]));
        cells.map(|cell| (cell, self.cells.partition_point(|(other, _)| *other < cell)))
    }

    /// The positions of points at the same place, at most so many.
    pub fn find(&self, point: &[f64], limit: usize) -> Vec<usize> {
        let inside = |(cell, from): ([i64; 3], usize)| {
            let cells = self.cells.get(from..).unwrap_or_default();
            cells.iter().take_while(move |(other, _)| *other == cell).map(|&(_, position)| position)
        };
        let all = self.around(point).flat_map(inside);
        let mut found: Vec<usize> = all.filter(|&n| self.is_at(n, point)).take(limit).collect();
        found.sort_unstable();
        found
    }

    /// The position of a point at the same place that was not taken before.
    pub fn take(&mut self, point: &[f64]) -> Option<usize> {
        let around: Vec<_> = self.around(point).collect();
        for (cell, from) in around {
            let mut at = self.next_live(from);
            while let Some(&(_, position)) = self.cells.get(at).filter(|(other, _)| *other == cell) {
                if self.is_at(position, point) {
                    if let Some(live) = self.live.get_mut(at) {
                        *live = at + 1;
                    }
                    return Some(position);
                }
                at = self.next_live(at + 1);
            }
        }
        None
    }

    /// The first place from `at` on that was not taken; the ways there become shorter.
    fn next_live(&mut self, at: usize) -> usize {
        let mut end = at;
        while let Some(&next) = self.live.get(end).filter(|&&next| next != end) {
            end = next;
        }
        let mut step = at;
        while let Some(next) = self.live.get_mut(step).filter(|next| **next != end && step != end) {
            step = std::mem::replace(next, end);
        }
        end
    }
}

/// The least distance of two points; 0 if there are fewer than two.
pub(super) fn closest_pair(axes: Vec<Vec<f64>>) -> f64 {
    let count = axes.first().map_or(0, Vec::len);
    let at = |point: usize| axes.iter().map(move |axis| axis.get(point).copied().unwrap_or(f64::NAN));
    let distance = |a: usize, b: usize| at(a).zip(at(b)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
    // Neighbours in the order of one coordinate, and in that of the file, are close already.
    let mut order: Vec<usize> = (0..count).collect();
    // A total order: NaN has its place too.
    let by_place = |a: usize, b: usize| at(a).zip(at(b)).map(|(a, b)| a.total_cmp(&b)).find(|order| order.is_ne());
    order.sort_by(|&a, &b| by_place(a, b).unwrap_or(std::cmp::Ordering::Equal));
    let neighbours = order.iter().zip(order.iter().skip(1)).map(|(&a, &b)| distance(a, b));
    let first = neighbours.chain((1..count).map(|n| distance(n - 1, n))).fold(f64::INFINITY, f64::min);
    if !first.is_finite() || first == 0.0 {
        return 0.0;
    }
    let grid = Grid::new(axes.clone(), 0..count, Tolerance::new(Mode::Absolute, first));
    let mut least = first;
    for point in 0..count {
        let others = grid.find(&grid.point(point), usize::MAX).into_iter().filter(|&other| other > point);
        least = others.map(|other| distance(point, other)).fold(least, f64::min);
    }
    least
}

/// Whether signs do not matter.
fn is_folded(mode: Mode) -> bool {
    matches!(mode, Mode::EigenRelative | Mode::EigenAbsolute | Mode::EigenCombined)
}

fn minimum(axis: &[f64], folded: bool) -> f64 {
    let values = axis.iter().map(|value| if folded { value.abs() } else { *value });
    let least = values.filter(|value| value.is_finite()).fold(f64::INFINITY, f64::min);
    if least.is_finite() {
        least
    } else {
        0.0
    }
}

/// How far apart neighbours would be if the middle half of the points were spread evenly; points far out do not matter.
#[allow(clippy::cast_precision_loss)]
fn spacing(axis: &[f64]) -> f64 {
    let mut values: Vec<f64> = axis.iter().copied().filter(|value| value.is_finite()).collect();
    let count = values.len();
    let mut quartile = |n: usize| match n < count {
        true => *values.select_nth_unstable_by(n, f64::total_cmp).1,
        false => 0.0,
    };
    let width = quartile(count / 4 * 3) - quartile(count / 4);
    if count > 0 && width.is_finite() {
        2.0 * width / (count as f64).cbrt()
    } else {
        0.0
    }
}

/// How far apart two coordinates may be and be the same, if one of them is at most `largest`; rather too far.
fn reach(tolerance: &Tolerance, largest: f64) -> f64 {
    // The other one may be larger, and the difference is measured by that one.
    let relative = |share: f64| if share < 1.0 { share / (1.0 - share) } else { f64::INFINITY };
    let by_mode = match tolerance.mode {
        Mode::Relative | Mode::EigenRelative => relative(tolerance.value) * largest,
        Mode::Absolute | Mode::EigenAbsolute | Mode::Ignore => tolerance.value,
        Mode::Combined | Mode::EigenCombined => relative(tolerance.value) * largest.max(1.0),
        Mode::UlpsFloat => relative((tolerance.value + 1.0) * f64::from(f32::EPSILON)) * largest,
        Mode::UlpsDouble => relative(tolerance.value * f64::EPSILON) * largest,
    };
    1.001 * by_mode.max(2.0 * tolerance.floor) + 4.0 * f64::EPSILON * largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_on_a_line_and_in_a_plane_do_not_crowd() {
        let points = |at: &dyn Fn(u32) -> f64| (0..20_000).map(at).collect::<Vec<_>>();
        let line = vec![points(&|n| f64::from(n)), points(&|_| 0.5), points(&|_| 0.5)];
        let plane = vec![points(&|n| f64::from(n % 100)), points(&|n| f64::from(n / 100)), points(&|_| 0.5)];
        for axes in [line, plane] {
            let grid = Grid::new(axes, 0..20_000, Tolerance::new(Mode::Absolute, 1e-6));
            let largest = grid.cells.chunk_by(|a, b| a.0 == b.0).map(<[_]>::len).max();
            assert!(largest <= Some(2 * CROWD), "{largest:?}");
        }
    }

    #[test]
    fn points_are_taken_once() {
        let axes = vec![vec![1.0, 0.0, 0.0, 1.0, 0.0, 1e30]];
        let mut grid = Grid::new(axes, [0, 1, 2, 4, 5].into_iter(), Tolerance::new(Mode::Absolute, 1e-6));
        assert_eq!([0; 4].map(|_| grid.take(&[0.0])), [Some(1), Some(2), Some(4), None]);
        assert_eq!([0; 2].map(|_| grid.take(&[1.0])), [Some(0), None]);
        assert_eq!(grid.take(&[1e30]), Some(5));
    }

    #[test]
    fn many_points_at_one_place_are_no_trouble() {
        let mut grid = Grid::new(vec![vec![0.0; 200_000]], 0..200_000, Tolerance::new(Mode::Absolute, 1e-6));
        assert!((0..200_000).all(|n| grid.take(&[0.0]) == Some(n)));
        assert_eq!(closest_pair(vec![vec![0.0; 200_000]]), 0.0);
    }

    #[test]
    fn nodes_that_are_nowhere_are_close_to_nothing() {
        for count in [3, 27, 30, 64] {
            let mut axis: Vec<f64> = (0..count).map(|n| f64::from(n * 7 % (count + 1))).collect();
            axis[1] = f64::NAN;
            let mut places: Vec<f64> = axis.iter().copied().filter(|place| !place.is_nan()).collect();
            places.sort_by(f64::total_cmp);
            let least = places.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
            assert_eq!(closest_pair(vec![axis]), least, "{count}");
        }
    }

    #[test]
    fn the_closest_pair_is_the_closest_of_all() {
        let points: Vec<[f64; 2]> = (0..60u32).map(|n| [f64::from(n * 37 % 61), f64::from(n * n % 59)]).collect();
        let axes: Vec<Vec<f64>> = (0..2).map(|axis| points.iter().map(|point| point[axis]).collect()).collect();
        let mut least = f64::INFINITY;
        for (n, a) in points.iter().enumerate() {
            for b in &points[n + 1..] {
                least = least.min((a[0] - b[0]).hypot(a[1] - b[1]));
            }
        }
        assert!((closest_pair(axes) - least).abs() < 1e-12);
        assert_eq!(closest_pair(vec![vec![1.0]]), 0.0);
    }

    #[test]
    fn points_are_found_wherever_a_search_through_all_finds_them() {
        // A regular lattice with some of its points doubled, and points beside it.
        let lattice = |n: usize| [n % 7, n / 7 % 7, n / 49].map(|i| i as f64 * 0.5 - 1.0);
        let mut points: Vec<[f64; 3]> = (0..343).map(lattice).collect();
        points.extend((0..40).map(|n| lattice(n * 8).map(|value| value + 4e-4)));
        let axes: Vec<Vec<f64>> = (0..3).map(|axis| points.iter().map(|point| point[axis]).collect()).collect();
        for mode in Mode::ALL.into_iter().filter(|&mode| mode != Mode::Ignore) {
            for value in [0.0, 1e-3, 0.6, 1e6] {
                let tolerance = Tolerance::new(mode, value).with_floor(1e-5);
                let grid = Grid::new(axes.clone(), 0..points.len(), tolerance);
                for shift in [0.0, 5e-4, -9e-4, 0.3] {
                    let point = points[100].map(|value| value + shift);
                    let all = (0..points.len())
                        .filter(|&n| grid.same(point.into_iter(), points[n].into_iter()))
                        .collect::<Vec<_>>();
                    assert_eq!(grid.find(&point, usize::MAX), all, "{mode:?} {value} {shift}");
                    assert_eq!(grid.find(&point, 2).len(), all.len().min(2));
                }
            }
        }
    }

    #[test]
    fn far_away_the_cells_around_a_point_are_few() {
        let tolerance = Tolerance::new(Mode::Absolute, 1e-6);
        let powers = (-300..=308).map(|exponent| 10f64.powi(exponent));
        for far in powers.chain([0.5 * f64::MAX, 0.9 * f64::MAX, f64::MAX]) {
            for axis in [vec![0.0, 1e-6, 1.0], vec![-far, 0.0, far], vec![-0.8 * far, 0.2 * far, 0.1 * far]] {
                let mut grid = Grid::new(vec![axis.clone(); 3], 0..axis.len(), tolerance);
                for value in [far, -far, 0.7 * far, 1.0 - far] {
                    let around = grid.around(&[value; 3]).take(100).count();
                    assert!(around <= 64, "{around} cells around {value}");
                }
                assert!(grid.take(&[axis[2]; 3]).is_some(), "{axis:?}");
            }
        }
    }
}
