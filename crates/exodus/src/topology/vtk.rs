//! Elements as cells of VTK: its types, and the order in which it wants their nodes.

use Shape::{Hex, Line, Point, Pyramid, Quad, Tet, Triangle, Wedge};

use super::layout::{Form, Topology};
use super::shape::Shape;

/// An element as VTK sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VtkCell {
    /// The number of the cell type, such as 12 for `VTK_HEXAHEDRON`.
    pub cell_type: u8,
    /// The position in the element of each node of the cell, from 0.
    pub order: Vec<u8>,
}

/// Shape, nodes, cell type, and the order where it is not the same.
const CELLS: &[(Shape, u8, u8, &[u8])] = &[
    (Point, 1, 1, &[]),
    (Line, 2, 3, &[]),
    (Line, 3, 21, &[]),
    (Line, 4, 35, &[]),
    (Triangle, 3, 5, &[]),
    (Triangle, 6, 22, &[]),
    (Triangle, 7, 34, &[]),
    (Quad, 4, 9, &[]),
    (Quad, 6, 30, &[]),
    (Quad, 8, 23, &[]),
    (Quad, 9, 28, &[]),
    (Quad, 16, 70, &[0, 1, 2, 3, 4, 5, 6, 7, 9, 8, 11, 10, 12, 13, 15, 14]),
    (Tet, 4, 10, &[]),
    (Tet, 10, 24, &[]),
    (Tet, 15, 71, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 11, 12, 14]),
    (Pyramid, 5, 14, &[]),
    (Pyramid, 13, 27, &[]),
    (Pyramid, 19, 37, &[]),
    (Wedge, 6, 13, &[]),
    (Wedge, 12, 31, &[]),
    (Wedge, 15, 26, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 9, 10, 11]),
    (Wedge, 18, 32, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 9, 10, 11, 15, 16, 17]),
    (Wedge, 21, 73, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 9, 10, 11, 16, 17, 20, 18, 19, 15]),
    (Hex, 8, 12, &[]),
    (Hex, 20, 25, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19, 12, 13, 14, 15]),
    (Hex, 27, 29, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19, 12, 13, 14, 15, 23, 24, 25, 26, 21, 22, 20]),
    (Hex, 64, 72, HEX64),
];

const HEX64: &[u8] = &[
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 12, 15, 14, 24, 25, 26, 27, 29, 28, 31, 30, 16, 20, 17, 21, 18, 22, 19,
    23, 43, 42, 55, 54, 38, 39, 50, 51, 36, 37, 48, 49, 41, 40, 53, 52, 32, 33, 35, 34, 60, 61, 63, 62, 44, 45, 47, 46,
    56, 57, 59, 58,
];

impl Topology {
    /// The cell of VTK for elements of this type. VTK has none for some; then it is that of the largest type whose nodes come
    /// first in this one, in the same places, and the others are left out.
    ///
    /// ```
    /// use exodus_rs::topology::{Form, Shape, Topology};
    /// let wedge = Topology::find(Shape::Wedge, 15, Form::Plain).unwrap().vtk();
    /// // VTK has the edges of the upper triangle before the upright ones.
    /// assert_eq!((wedge.cell_type, &wedge.order[9..]), (26, &[12, 13, 14, 9, 10, 11][..]));
    /// let hex = Topology::find(Shape::Hex, 9, Form::Plain).unwrap().vtk();
    /// assert_eq!((hex.cell_type, hex.order.len()), (12, 8));
    /// ```
    pub fn vtk(&self) -> VtkCell {
        let places = self.reference_coords().unwrap_or_else(|| self.shape().linear().corners.to_vec());
        let begins_with = |nodes: u8| {
            let smaller = Topology::find(self.shape(), usize::from(nodes), Form::Plain);
            smaller.and_then(Topology::reference_coords).is_some_and(|coords| places.starts_with(&coords))
        };
        let fitting = CELLS.iter().rev().find(|(shape, nodes, ..)| *shape == self.shape() && begins_with(*nodes));
        let (cell_type, order) = fitting.map_or((0, Vec::new()), |&(_, nodes, cell_type, order)| {
            (cell_type, if order.is_empty() { (0..nodes).collect() } else { order.to_vec() })
        });
        VtkCell { cell_type, order }
    }
}
