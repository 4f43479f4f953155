//! What is nearest to a point.

use std::cmp::Ordering;

use super::vector::{dot, sub, Vector};

/// A point that was found: its position and how far it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearest {
    /// The position among the points, from 0.
    pub index: usize,
    /// The distance.
    pub distance: f64,
}

/// Points in an order in which the nearest to any place is found fast: a k-d tree without pointers. Each range of points is
/// split by its middle one, along the axis on which it is longest.
#[derive(Debug, Clone)]
pub struct PointTree {
    points: Vec<Place>,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    point: Vector,
    index: usize,
    /// Along which the range is split of which this is the middle.
    axis: usize,
}

/// Ranges below this are searched from end to end.
const LEAF: usize = 8;

impl PointTree {
    /// Sorts points into a tree, in O(n log n). Points with coordinates that are no numbers are never found.
    ///
    /// ```
    /// use exodus_rs::geometry::PointTree;
    /// let tree = PointTree::new(&[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 5.0, 0.0]]);
    /// let found = tree.nearest([0.0, 3.0, 0.0]).unwrap();
    /// assert_eq!((found.index, found.distance), (2, 2.0));
    /// ```
    pub fn new(points: &[[f64; 3]]) -> Self {
        let usable = |(index, &point): (usize, &Vector)| {
            point.iter().all(|x| x.is_finite()).then_some(Place { point, index, axis: 0 })
        };
        let mut points: Vec<Place> = points.iter().enumerate().filter_map(usable).collect();
        let mut waiting = vec![points.as_mut_slice()];
        while let Some(range) = waiting.pop() {
            if range.len() > LEAF {
                let axis = longest(range);
                let (low, middle, high) = range.select_nth_unstable_by(range.len() / 2, |a, b| order(a, b, axis));
                middle.axis = axis;
                waiting.extend([low, high]);
            }
        }
        PointTree { points }
    }

    /// The nearest point; the first of those at equal distances. `None` if there is none, or the place is no place.
    pub fn nearest(&self, place: [f64; 3]) -> Option<Nearest> {
        let mut best = Best { place, found: None };
        let mut waiting = vec![(self.points.as_slice(), 0.0)];
        while let Some((range, least)) = waiting.pop() {
            if best.found.is_some_and(|(distance, _)| least > distance) {
                continue;
            }
            if range.len() <= LEAF {
                range.iter().for_each(|point| best.consider(point));
                continue;
            }
            let (low, rest) = range.split_at(range.len() / 2);
            let Some((middle, high)) = rest.split_first() else { continue };
            best.consider(middle);
            let beyond = component(place, middle.axis) - component(middle.point, middle.axis);
            let (near, far) = if beyond < 0.0 { (low, high) } else { (high, low) };
            waiting.push((far, least.max(beyond * beyond)));
            waiting.push((near, least));
        }
        best.found.map(|(square, index)| Nearest { index, distance: square.sqrt() })
    }
}

/// The best so far: the square of its distance, and its position.
struct Best {
    place: Vector,
    found: Option<(f64, usize)>,
}

impl Best {
    fn consider(&mut self, &Place { point, index, .. }: &Place) {
        let difference = sub(point, self.place);
        let square = dot(difference, difference);
        if !square.is_nan() && self.found.is_none_or(|best| (square, index) < best) {
            self.found = Some((square, index));
        }
    }
}

/// The nearest of some points without a tree: for one question.
pub fn nearest(points: &[[f64; 3]], place: [f64; 3]) -> Option<Nearest> {
    let mut best = Best { place, found: None };
    points.iter().enumerate().for_each(|(index, &point)| best.consider(&Place { point, index, axis: 0 }));
    best.found.map(|(square, index)| Nearest { index, distance: square.sqrt() })
}

fn component(point: Vector, axis: usize) -> f64 {
    point.get(axis).copied().unwrap_or_default()
}

fn order(a: &Place, b: &Place, axis: usize) -> Ordering {
    component(a.point, axis).total_cmp(&component(b.point, axis))
}

/// The axis along which a range of points is longest.
fn longest(range: &[Place]) -> usize {
    let Some(first) = range.first() else { return 0 };
    let (mut low, mut high) = (first.point, first.point);
    for place in range {
        low.iter_mut().zip(place.point).for_each(|(low, x)| *low = low.min(x));
        high.iter_mut().zip(place.point).for_each(|(high, x)| *high = high.max(x));
    }
    let lengths = sub(high, low);
    (0..3).max_by(|&a, &b| component(lengths, a).total_cmp(&component(lengths, b))).unwrap_or(0)
}
