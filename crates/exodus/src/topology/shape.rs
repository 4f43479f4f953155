//! The shapes of elements: where their corners are, and how edges and faces join them.

/// The shape of an element, whatever its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shape {
    /// One node: spheres and circles.
    Point,
    /// Bars, trusses, edges and beams.
    Line,
    /// Triangles, flat or as shells.
    Triangle,
    /// Quadrilaterals, flat or as shells.
    Quad,
    /// Tetrahedra.
    Tet,
    /// Pyramids on a quadrilateral.
    Pyramid,
    /// Wedges: prisms on a triangle.
    Wedge,
    /// Hexahedra.
    Hex,
}

/// The linear element of a shape. Corners count from 0.
pub(super) struct Linear {
    pub name: &'static str,
    pub dimension: usize,
    /// Reference coordinates.
    pub corners: &'static [[f64; 3]],
    /// In the order in which the nodes between corners are numbered, each in its direction.
    pub edges: &'static [[u8; 2]],
    /// The sides of a solid, in their order, seen from outside; the element itself in two dimensions.
    pub faces: &'static [&'static [u8]],
}

impl Shape {
    /// The number of dimensions an element of this shape has.
    pub fn dimension(self) -> usize {
        self.linear().dimension
    }

    /// The number of corners.
    pub fn num_corners(self) -> usize {
        self.linear().corners.len()
    }

    pub(super) fn linear(self) -> &'static Linear {
        match self {
            Shape::Point => &POINT,
            Shape::Line => &LINE,
            Shape::Triangle => &TRIANGLE,
            Shape::Quad => &QUAD,
            Shape::Tet => &TET,
            Shape::Pyramid => &PYRAMID,
            Shape::Wedge => &WEDGE,
            Shape::Hex => &HEX,
        }
    }
}

const POINT: Linear = Linear { name: "SPHERE", dimension: 0, corners: &[[0.0; 3]], edges: &[], faces: &[] };

const LINE: Linear =
    Linear { name: "BAR", dimension: 1, corners: &[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]], edges: &[[0, 1]], faces: &[] };

const TRIANGLE: Linear = Linear {
    name: "TRI",
    dimension: 2,
    corners: &[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
    edges: &[[0, 1], [1, 2], [2, 0]],
    faces: &[&[0, 1, 2]],
};

const QUAD: Linear = Linear {
    name: "QUAD",
    dimension: 2,
    corners: &[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0]],
    edges: &[[0, 1], [1, 2], [2, 3], [3, 0]],
    faces: &[&[0, 1, 2, 3]],
};

const TET: Linear = Linear {
    name: "TET",
    dimension: 3,
    corners: &[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    edges: &[[0, 1], [1, 2], [2, 0], [0, 3], [1, 3], [2, 3]],
    faces: &[&[0, 1, 3], &[1, 2, 3], &[0, 3, 2], &[0, 2, 1]],
};

const PYRAMID: Linear = Linear {
    name: "PYRAMID",
    dimension: 3,
    corners: &[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5, 1.0]],
    edges: &[[0, 1], [1, 2], [2, 3], [3, 0], [0, 4], [1, 4], [2, 4], [3, 4]],
    faces: &[&[0, 1, 4], &[1, 2, 4], &[2, 3, 4], &[0, 4, 3], &[0, 3, 2, 1]],
};

const WEDGE: Linear = Linear {
    name: "WEDGE",
    dimension: 3,
    corners: &[[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 1.0], [0.0, 1.0, 1.0]],
    edges: &[[0, 1], [1, 2], [2, 0], [0, 3], [1, 4], [2, 5], [3, 4], [4, 5], [5, 3]],
    faces: &[&[0, 1, 4, 3], &[1, 2, 5, 4], &[0, 3, 5, 2], &[0, 2, 1], &[3, 4, 5]],
};

const HEX: Linear = Linear {
    name: "HEX",
    dimension: 3,
    corners: &[
        [0.0, 0.0, 0.0],
        [1.0, 0.0, 0.0],
        [1.0, 1.0, 0.0],
        [0.0, 1.0, 0.0],
        [0.0, 0.0, 1.0],
        [1.0, 0.0, 1.0],
        [1.0, 1.0, 1.0],
        [0.0, 1.0, 1.0],
    ],
    edges: &[[0, 1], [1, 2], [2, 3], [3, 0], [0, 4], [1, 5], [2, 6], [3, 7], [4, 5], [5, 6], [6, 7], [7, 4]],
    faces: &[&[0, 1, 5, 4], &[1, 2, 6, 5], &[2, 3, 7, 6], &[0, 4, 7, 3], &[0, 3, 2, 1], &[4, 5, 6, 7]],
};
