//! Curves and surfaces through the nodes of a side, and how to integrate over them.

use crate::topology::{Shape, Side};

/// A function of the nodes: the value, and the derivatives along both parameters.
type Jet = [f64; 3];

/// Where and with which weight a side is evaluated.
#[derive(Debug)]
pub(crate) struct Quadrature {
    /// Positions of the side's nodes in the element.
    pub nodes: Vec<u8>,
    pub points: Vec<Point>,
}

/// A point of a quadrature.
#[derive(Debug)]
pub(crate) struct Point {
    pub weight: f64,
    /// The shape function of each node.
    pub functions: Vec<Jet>,
}

/// Abscissae and weights on [0, 1].
const GAUSS2: &[[f64; 2]] = &[[0.211_324_865_405_187_13, 0.5], [0.788_675_134_594_812_9, 0.5]];
const GAUSS4: &[[f64; 2]] = &[
    [0.069_431_844_202_973_71, 0.173_927_422_568_726_93],
    [0.330_009_478_207_571_87, 0.326_072_577_431_273_07],
    [0.669_990_521_792_428_1, 0.326_072_577_431_273_07],
    [0.930_568_155_797_026_3, 0.173_927_422_568_726_93],
];
const GAUSS6: &[[f64; 2]] = &[
    [0.033_765_242_898_423_99, 0.085_662_246_189_585_17],
    [0.169_395_306_766_867_74, 0.180_380_786_524_069_3],
    [0.380_690_406_958_401_54, 0.233_956_967_286_345_52],
    [0.619_309_593_041_598_5, 0.233_956_967_286_345_52],
    [0.830_604_693_233_132_3, 0.180_380_786_524_069_3],
    [0.966_234_757_101_576, 0.085_662_246_189_585_17],
];

impl Quadrature {
    /// The rule for a side; exact for the first moments of what it bounds.
    pub fn new(side: &Side) -> Self {
        let nodes = side.nodes().to_vec();
        let order = side.edges.iter().map(Vec::len).max().unwrap_or(0);
        let rule = match (side.shape(), order, side.interior.len()) {
            (Shape::Point, ..) => &[],
            // Planes and bilinear surfaces.
            (Shape::Triangle | Shape::Quad, 0, 0) => GAUSS2,
            (Shape::Triangle, 1, 0) | (Shape::Quad, 0 | 1, _) => GAUSS4,
            _ => GAUSS6,
        };
        let points = match side.shape() {
            Shape::Point => vec![Point { weight: 1.0, functions: vec![[1.0, 0.0, 0.0]] }],
            Shape::Line => {
                rule.iter().map(|&[t, weight]| Point { weight, functions: functions(side, t, 0.0) }).collect()
            }
            _ => rule.iter().flat_map(|&u| rule.iter().map(move |&v| point(side, u, v))).collect(),
        };
        Quadrature { nodes, points }
    }
}

/// A point of the product of two rules; triangles are squares with one edge drawn together.
fn point(side: &Side, [u, wu]: [f64; 2], [v, wv]: [f64; 2]) -> Point {
    match side.shape() {
        Shape::Triangle => Point { weight: wu * wv * u, functions: functions(side, u * (1.0 - v), u * v) },
        _ => Point { weight: wu * wv, functions: functions(side, u, v) },
    }
}

/// The shape functions of all nodes of a side, in the order of [`Side::nodes`], at a point.
pub(crate) fn functions(side: &Side, u: f64, v: f64) -> Vec<Jet> {
    let mut sum = Sum { side, functions: vec![[0.0; 3]; side.nodes().len()] };
    for (&corner, value) in side.corners().iter().zip(barycentric(side.shape(), u, v)) {
        sum.add(corner, value);
    }
    let corners = side.corners();
    let next = corners.iter().cycle().skip(1);
    for (n, ((&from, &to), between)) in corners.iter().zip(next).zip(&side.edges).enumerate() {
        for (&node, (along, bump)) in between.iter().zip(bumps(side.shape(), n, between.len(), u, v)) {
            sum.add(node, bump);
            sum.add(from, scaled(bump, along - 1.0));
            sum.add(to, scaled(bump, -along));
        }
    }
    inner(side, &mut sum, u, v);
    sum.functions
}

struct Sum<'s> {
    side: &'s Side,
    functions: Vec<Jet>,
}

impl Sum<'_> {
    fn add(&mut self, node: u8, value: Jet) {
        if let Some((_, sum)) = self.side.nodes().iter().zip(&mut self.functions).find(|(&n, _)| n == node) {
            *sum = plus(*sum, value);
        }
    }
}

fn plus(a: Jet, b: Jet) -> Jet {
    let ([a0, a1, a2], [b0, b1, b2]) = (a, b);
    [a0 + b0, a1 + b1, a2 + b2]
}

fn scaled([a, au, av]: Jet, factor: f64) -> Jet {
    [a * factor, au * factor, av * factor]
}

/// The product rule.
fn times([a, au, av]: Jet, [b, bu, bv]: Jet) -> Jet {
    [a * b, au * b + a * bu, av * b + a * bv]
}

/// The linear functions of the corners.
fn barycentric(shape: Shape, u: f64, v: f64) -> Vec<Jet> {
    let (pu, pv) = ([u, 1.0, 0.0], [v, 0.0, 1.0]);
    let (qu, qv) = ([1.0 - u, -1.0, 0.0], [1.0 - v, 0.0, -1.0]);
    match shape {
        Shape::Line => vec![qu, pu],
        Shape::Triangle => vec![[1.0 - u - v, -1.0, -1.0], pu, pv],
        _ => vec![times(qu, qv), times(pu, qv), times(pu, pv), times(qu, pv)],
    }
}

/// What a node on edge `n` adds: how far along the edge it is, and a function that is 1 there and 0 on the other edges and
/// at the other nodes.
fn bumps(shape: Shape, n: usize, nodes: usize, u: f64, v: f64) -> Vec<(f64, Jet)> {
    let linear = barycentric(shape, u, v);
    let (pu, pv) = ([u, 1.0, 0.0], [v, 0.0, 1.0]);
    let (qu, qv) = ([1.0 - u, -1.0, 0.0], [1.0 - v, 0.0, -1.0]);
    // The weights of both ends, and what fades the curve out towards the opposite edge.
    let (from, to, fade) = match (shape, n) {
        (Shape::Quad, 0) => (qu, pu, qv),
        (Shape::Quad, 1) => (qv, pv, pu),
        (Shape::Quad, 2) => (pu, qu, pv),
        (Shape::Quad, _) => (pv, qv, qu),
        _ => {
            let at = |n: usize| linear.iter().cycle().nth(n).copied().unwrap_or_default();
            (at(n), at(n + 1), [1.0, 0.0, 0.0])
        }
    };
    let bump = times(times(from, to), fade);
    let near = |end: Jet| scaled(times(bump, plus(scaled(end, 3.0), [-1.0, 0.0, 0.0])), 4.5);
    match nodes {
        0 => Vec::new(),
        1 => vec![(0.5, scaled(bump, 4.0))],
        _ => vec![(1.0 / 3.0, near(from)), (2.0 / 3.0, near(to))],
    }
}

/// Adds the functions of nodes inside of a face, each less what the others already say of its place.
fn inner(side: &Side, sum: &mut Sum, u: f64, v: f64) {
    let outer = side.without_interior();
    let correct = |sum: &mut Sum, bubble: Jet, node: Option<u8>, u: f64, v: f64| {
        if let Some(node) = node {
            sum.add(node, bubble);
            for (&other, [value, ..]) in outer.nodes().iter().zip(functions(&outer, u, v)) {
                sum.add(other, scaled(bubble, -value));
            }
        }
    };
    let (first, cubic) = (side.interior.first().copied(), side.edges.iter().any(|e| e.len() == 2));
    match (side.shape(), side.interior.len()) {
        (Shape::Triangle, _) if cubic => cubic_triangle(side, sum, u, v),
        (Shape::Triangle, 1) => correct(sum, bubble(side, u, v), first, 1.0 / 3.0, 1.0 / 3.0),
        (Shape::Quad, 1) => correct(sum, bubble(side, u, v), first, 0.5, 0.5),
        (Shape::Quad, 4) => {
            for (&node, (bubble, u, v)) in side.interior.iter().zip(thirds(u, v)) {
                correct(sum, bubble, Some(node), u, v);
            }
        }
        _ => {}
    }
}

/// The functions of the four nodes near the corners of a cubic quadrilateral, and their places.
fn thirds(u: f64, v: f64) -> [(Jet, f64, f64); 4] {
    let (pu, pv) = ([u, 1.0, 0.0], [v, 0.0, 1.0]);
    let (qu, qv) = ([1.0 - u, -1.0, 0.0], [1.0 - v, 0.0, -1.0]);
    let near = |end: Jet, other: Jet| scaled(times(times(end, other), plus(scaled(end, 3.0), [-1.0, 0.0, 0.0])), 4.5);
    let (low, high) = (1.0 / 3.0, 2.0 / 3.0);
    [
        (times(near(qu, pu), near(qv, pv)), low, low),
        (times(near(pu, qu), near(qv, pv)), high, low),
        (times(near(pu, qu), near(pv, qv)), high, high),
        (times(near(qu, pu), near(pv, qv)), low, high),
    ]
}

/// The function that is 1 in the middle of a face and 0 on its edges.
fn bubble(side: &Side, u: f64, v: f64) -> Jet {
    let linear = barycentric(side.shape(), u, v);
    let product = linear.iter().copied().take(3).reduce(times).unwrap_or_default();
    match side.shape() {
        Shape::Triangle => scaled(product, 27.0),
        _ => {
            let (x, y) = (times([u, 1.0, 0.0], [1.0 - u, -1.0, 0.0]), times([v, 0.0, 1.0], [1.0 - v, 0.0, -1.0]));
            scaled(times(x, y), 16.0)
        }
    }
}

/// The middle of a cubic triangle, so that quadratic functions come out exactly: a quarter of the nodes on edges less a sixth
/// of the corners.
fn cubic_triangle(side: &Side, sum: &mut Sum, u: f64, v: f64) {
    let bubble = bubble(side, u, v);
    // Without this the middle is the mean of the corners.
    side.edges.iter().flatten().for_each(|&node| sum.add(node, scaled(bubble, 0.25)));
    side.corners().iter().for_each(|&corner| sum.add(corner, scaled(bubble, -0.5)));
}
