//! The table of element types: which nodes each has besides its corners, and where.
//!
//! The orders are those of the Exodus documentation. It says nothing of cubic elements; theirs are those of IOSS, the
//! library of the same house: two nodes on every edge, in its direction, the upright edges of wedges and hexahedra in two
//! layers; then the nodes inside of faces. The exact places of the four nodes inside of cubic triangles are not documented.
//!
//! For 15-node tetrahedra the documentation contradicts itself: its figure has node 11 in the middle of the volume and 12 to
//! 15 in faces 4, 2, 3 and 1. Here they are as libexodus and IOSS have them, faces first, like those of 14-node tetrahedra.

use Shape::{Hex, Line, Point, Pyramid, Quad, Tet, Triangle, Wedge};

use super::shape::Shape;

/// An element type.
pub(super) struct Row {
    pub shape: Shape,
    /// All nodes. Those that are neither corners nor on edges nor in faces are inside of the volume.
    pub nodes: u8,
    /// The edge of each node that follows the corners: `a` is the first of the shape, `b` the second … The second node of
    /// an edge is farther along its direction.
    pub edges: &'static str,
    /// The nodes inside of each face, from 0; four of a quadrilateral lie near its corners, in their order.
    pub faces: &'static [&'static [u8]],
}

const fn row(shape: Shape, nodes: u8, edges: &'static str, faces: &'static [&'static [u8]]) -> Row {
    Row { shape, nodes, edges, faces }
}

const TET_FACES: &[&[u8]] = &[&[13], &[11], &[12], &[10]];
const PYRAMID_FACES: &[&[u8]] = &[&[14], &[15], &[16], &[17], &[13]];
const WEDGE20_FACES: &[&[u8]] = &[&[19], &[17], &[18], &[15], &[16]];
const WEDGE21_FACES: &[&[u8]] = &[&[20], &[18], &[19], &[16], &[17]];
const HEX27_FACES: &[&[u8]] = &[&[25], &[24], &[26], &[23], &[21], &[22]];
const TET40_FACES: &[&[u8]] = &[&[20, 21, 31, 30], &[22, 23, 33, 32], &[24, 34, 35, 25], &[19, 18, 17, 16]];
const WEDGE52_FACES: &[&[u8]] =
    &[&[28, 29, 39, 38], &[30, 31, 41, 40], &[33, 43, 42, 32], &[27, 26, 25, 24], &[48, 49, 50, 51]];
const HEX64_FACES: &[&[u8]] =
    &[&[36, 37, 49, 48], &[38, 39, 51, 50], &[40, 41, 53, 52], &[43, 55, 54, 42], &[32, 35, 34, 33], &[60, 61, 62, 63]];

pub(super) const TABLE: &[Row] = &[
    row(Point, 1, "", &[]),
    row(Line, 2, "", &[]),
    row(Line, 3, "a", &[]),
    row(Line, 4, "aa", &[]),
    row(Triangle, 3, "", &[]),
    row(Triangle, 4, "", &[&[3]]),
    row(Triangle, 6, "abc", &[]),
    row(Triangle, 7, "abc", &[&[6]]),
    row(Triangle, 9, "aabbcc", &[]),
    row(Triangle, 13, "aabbcc", &[&[9, 10, 11, 12]]),
    row(Quad, 4, "", &[]),
    row(Quad, 5, "", &[&[4]]),
    row(Quad, 6, "ac", &[]),
    row(Quad, 8, "abcd", &[]),
    row(Quad, 9, "abcd", &[&[8]]),
    row(Quad, 12, "aabbccdd", &[]),
    row(Quad, 16, "aabbccdd", &[&[12, 13, 14, 15]]),
    row(Tet, 4, "", &[]),
    row(Tet, 5, "", &[]),
    row(Tet, 8, "", &[&[4], &[5], &[7], &[6]]),
    row(Tet, 10, "abcdef", &[]),
    row(Tet, 11, "abcdef", &[]),
    row(Tet, 14, "abcdef", TET_FACES),
    row(Tet, 15, "abcdef", TET_FACES),
    row(Tet, 16, "aabbccdefdef", &[]),
    row(Tet, 40, "aabbccdefdef", TET40_FACES),
    row(Pyramid, 5, "", &[]),
    row(Pyramid, 13, "abcdefgh", &[]),
    row(Pyramid, 14, "abcdefgh", &[&[], &[], &[], &[], &[13]]),
    row(Pyramid, 18, "abcdefgh", PYRAMID_FACES),
    row(Pyramid, 19, "abcdefgh", PYRAMID_FACES),
    row(Wedge, 6, "", &[]),
    row(Wedge, 12, "abcghi", &[]),
    row(Wedge, 15, "abcdefghi", &[]),
    row(Wedge, 16, "abcdefghi", &[]),
    row(Wedge, 18, "abcdefghi", &[&[15], &[16], &[17]]),
    row(Wedge, 20, "abcdefghi", WEDGE20_FACES),
    row(Wedge, 21, "abcdefghi", WEDGE21_FACES),
    row(Wedge, 24, "aabbccdefdefgghhii", &[]),
    row(Wedge, 52, "aabbccdefdefgghhii", WEDGE52_FACES),
    row(Hex, 8, "", &[]),
    row(Hex, 9, "", &[]),
    row(Hex, 12, "efgh", &[]),
    row(Hex, 16, "abcdijkl", &[]),
    row(Hex, 20, "abcdefghijkl", &[]),
    row(Hex, 27, "abcdefghijkl", HEX27_FACES),
    row(Hex, 32, "aabbccddefghefghiijjkkll", &[]),
    row(Hex, 64, "aabbccddefghefghiijjkkll", HEX64_FACES),
];

/// Sides whose nodes have an order of their own: shape, nodes, side and list, all from 0.
pub(super) const IRREGULAR: &[(Shape, u8, usize, &[u8])] =
    &[(Wedge, 12, 2, &[0, 3, 5, 2, 8, 11]), (Hex, 16, 3, &[3, 0, 4, 7, 11, 15])];
