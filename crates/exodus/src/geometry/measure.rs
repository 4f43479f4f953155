//! Lengths, areas, volumes and centroids of elements and their sides.

use std::sync::{LazyLock, OnceLock};

use super::patch::{Point, Quadrature};
use super::vector::{add, cross, dot, mean, norm, scale, sub, unit, Vector};
use crate::topology::{Shape, Side, Topology};

/// How large something is, and where its centroid is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Measure {
    /// Length, area or volume, in powers of the unit of the coordinates; 0 for points. Negative for solids, and for flat
    /// elements in two dimensions, that are inside out.
    pub size: f64,
    /// The centre of mass at constant density; the mean of the nodes where there is no size.
    pub centroid: [f64; 3],
}

impl Measure {
    /// All parts together.
    pub fn sum(parts: &[Measure]) -> Measure {
        let mut sum = Sums::default();
        let origin = mean(&parts.iter().map(|part| part.centroid).collect::<Vec<_>>());
        parts.iter().for_each(|part| sum.add(part.size, sub(part.centroid, origin)));
        sum.measure(origin)
    }
}

/// A side: how large it is, and where it looks.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SideMeasure {
    /// Area of a face, length of an edge; 0 for points.
    pub area: f64,
    /// The mean normal that points out of the element, of length 1; zero for points and where the area is zero. The normal of an
    /// edge lies in the plane of its element.
    pub normal: [f64; 3],
    /// The centre of the side.
    pub centroid: [f64; 3],
}

/// The rules for an element type.
#[derive(Debug)]
struct Rules {
    /// For the element itself, unless it is a solid.
    own: Option<Quadrature>,
    sides: Vec<Quadrature>,
}

/// The rules of all element types, each made when it is first needed.
static RULES: LazyLock<Vec<OnceLock<Rules>>> = LazyLock::new(|| Topology::all().map(|_| OnceLock::new()).collect());

impl Rules {
    /// Those of an element type; all types there are come from [`Topology::all`].
    fn of(topology: &Topology) -> Option<&'static Self> {
        RULES.get(topology.position()).map(|rules| rules.get_or_init(|| Rules::new(topology)))
    }

    fn new(topology: &Topology) -> Self {
        let own: Option<&Side> = match topology.shape() {
            Shape::Line => topology.edges().first(),
            Shape::Triangle | Shape::Quad => topology.faces().first(),
            _ => None,
        };
        Rules { own: own.map(Quadrature::new), sides: topology.sides().iter().map(Quadrature::new).collect() }
    }
}

/// Zeroth and first moments.
#[derive(Default)]
struct Sums {
    size: f64,
    moment: Vector,
}

impl Sums {
    fn add(&mut self, size: f64, place: Vector) {
        self.size += size;
        self.moment = add(self.moment, scale(place, size));
    }

    fn measure(&self, origin: Vector) -> Measure {
        let centre = if self.size == 0.0 { [0.0; 3] } else { scale(self.moment, 1.0 / self.size) };
        Measure { size: self.size, centroid: add(origin, centre) }
    }
}

/// A point of a side with its two tangents.
fn evaluate(quadrature: &Quadrature, point: &Point, nodes: &[Vector], origin: Vector) -> [Vector; 3] {
    let mut jet = [[0.0; 3]; 3];
    for (&node, function) in quadrature.nodes.iter().zip(&point.functions) {
        let place = nodes.get(usize::from(node)).map_or([0.0; 3], |&place| sub(place, origin));
        for (sum, &factor) in jet.iter_mut().zip(function) {
            *sum = add(*sum, scale(place, factor));
        }
    }
    jet
}

/// The size and the centroid of an element.
///
/// `nodes` are the coordinates of its nodes, in their order; missing ones count as the origin, and so do missing
/// coordinates. Flat elements have a signed area in two dimensions (`num_dim` = 2), and the area of a shell in three: what looks
/// against the mean normal is taken away, so that a plane element that is not convex is measured right; that of a curved one
/// which is folded is what is left after that.
///
/// ```
/// use exodus_rs::geometry::measure;
/// use exodus_rs::topology::{Form, Shape, Topology};
/// let wedge = Topology::find(Shape::Wedge, 6, Form::Plain).unwrap();
/// let found = measure(wedge, &wedge.reference_coords().unwrap(), 3);
/// assert!((found.size - 0.5).abs() < 1e-15 && (found.centroid[2] - 0.5).abs() < 1e-15);
/// ```
pub fn measure(topology: &Topology, nodes: &[[f64; 3]], num_dim: usize) -> Measure {
    let origin = mean(nodes);
    let Some(rules) = Rules::of(topology) else { return Measure { size: 0.0, centroid: origin } };
    let mut sums = Sums::default();
    match &rules.own {
        Some(rule) => {
            let facing = vector_area(rule, nodes);
            for point in &rule.points {
                let [place, tangent, other] = evaluate(rule, point, nodes, origin);
                let size = match topology.shape() {
                    Shape::Line => norm(tangent),
                    _ if num_dim == 3 => size_along(cross(tangent, other), facing),
                    _ => dot(cross(tangent, other), [0.0, 0.0, 1.0]),
                };
                sums.add(size * point.weight, place);
            }
        }
        None if topology.dimension() == 3 => {
            rules.sides.iter().for_each(|rule| enclose(&mut sums, rule, nodes, origin))
        }
        None => {}
    }
    sums.measure(origin)
}

/// Adds what a face contributes to the moments of the solid below it, by the theorem of Gauss.
fn enclose(sums: &mut Sums, rule: &Quadrature, nodes: &[Vector], origin: Vector) {
    for point in &rule.points {
        let [place, tangent, other] = evaluate(rule, point, nodes, origin);
        let normal = scale(cross(tangent, other), point.weight);
        sums.size += dot(place, normal) / 3.0;
        let ([x, y, z], [a, b, c]) = (place, normal);
        sums.moment = add(sums.moment, scale([x * x * a, y * y * b, z * z * c], 0.5));
    }
}

/// The area, the outward normal and the centroid of a side of an element; the side counts from 0. `None` if there is no such
/// side. `nodes` are as in [`measure`].
pub fn measure_side(topology: &Topology, side: usize, nodes: &[[f64; 3]]) -> Option<SideMeasure> {
    let rules = Rules::of(topology)?;
    let rule = rules.sides.get(side)?;
    let shape = topology.sides().get(side)?.shape();
    let plane = rules.own.as_ref().map_or([0.0; 3], |own| vector_area(own, nodes));
    let (mut sums, mut total) = (Sums::default(), [0.0; 3]);
    let origin = mean(nodes);
    let facing = vector_area(rule, nodes);
    for point in &rule.points {
        let [place, tangent, other] = evaluate(rule, point, nodes, origin);
        let normal = match shape {
            Shape::Point => [0.0; 3],
            // A beam is its own side and has no plane.
            Shape::Line if topology.shape() == Shape::Line => [0.0; 3],
            Shape::Line => cross(tangent, unit(plane)),
            _ => cross(tangent, other),
        };
        let size = if shape == Shape::Line { norm(tangent) } else { size_along(normal, facing) };
        sums.add(size * point.weight, place);
        total = add(total, scale(normal, point.weight));
        if shape == Shape::Point {
            sums.moment = place;
        }
    }
    let Measure { size, centroid } = sums.measure(origin);
    let centroid = if shape == Shape::Point { add(origin, sums.moment) } else { centroid };
    Some(SideMeasure { area: size, normal: unit(total), centroid })
}

/// The size of a piece of a surface: below 0 where it looks against the surface as a whole.
fn size_along(normal: Vector, facing: Vector) -> f64 {
    norm(normal) * dot(normal, facing).signum()
}

/// The integral of the normals of a surface.
fn vector_area(rule: &Quadrature, nodes: &[Vector]) -> Vector {
    let normal = |point: &Point| {
        let [_, tangent, other] = evaluate(rule, point, nodes, [0.0; 3]);
        scale(cross(tangent, other), point.weight)
    };
    rule.points.iter().map(normal).fold([0.0; 3], add)
}

/// The area and the centroid of a polygon; signed in two dimensions. Polygons that are not plane are taken as the triangles
/// around the mean of their nodes.
pub fn measure_polygon(nodes: &[[f64; 3]], num_dim: usize) -> Measure {
    let origin = mean(nodes);
    let mut sums = Sums::default();
    let up = if num_dim == 3 { polygon_normal(nodes) } else { [0.0, 0.0, 1.0] };
    for [a, b] in fan(nodes, origin) {
        // What a polygon that is not convex covers twice is taken away again.
        sums.add(0.5 * dot(cross(a, b), up), scale(add(a, b), 1.0 / 3.0));
    }
    sums.measure(origin)
}

/// The mean normal of a polygon, of length 1.
pub(super) fn polygon_normal(nodes: &[Vector]) -> Vector {
    unit(fan(nodes, mean(nodes)).map(|[a, b]| cross(a, b)).fold([0.0; 3], add))
}

/// The edges of a polygon relative to a point: each makes a triangle with it.
fn fan(nodes: &[Vector], centre: Vector) -> impl Iterator<Item = [Vector; 2]> + '_ {
    let next = nodes.iter().cycle().skip(1);
    nodes.iter().zip(next).map(move |(&a, &b)| [sub(a, centre), sub(b, centre)])
}

/// The volume and the centroid of a polyhedron from the nodes of its faces, which may run in any direction: neighbours are
/// brought to agree by the edges that they share. The volume is positive.
pub fn measure_polyhedron(faces: &[Vec<[f64; 3]>]) -> Measure {
    let turned = super::orient::turned(faces);
    let centres: Vec<Vector> = faces.iter().map(|face| mean(face)).collect();
    let origin = mean(&centres);
    let mut sums = Sums::default();
    for ((face, turned), &centre) in faces.iter().zip(turned).zip(&centres) {
        let apex = sub(centre, origin);
        let sign = if turned { -1.0 } else { 1.0 };
        for [a, b] in fan(face, origin) {
            let volume = sign * dot(apex, cross(a, b)) / 6.0;
            sums.add(volume, scale(add(apex, add(a, b)), 0.25));
        }
    }
    let Measure { size, centroid } = sums.measure(origin);
    Measure { size: size.abs(), centroid }
}
