//! Derived quantities: lengths, areas, volumes, centroids, normals, and what is nearest.
//!
//! Elements of any order are measured by what bounds them. The volume of a solid and its centroid are integrals over its
//! faces, and a face with straight or curved edges is integrated by Gauss quadrature that is exact for its polynomials. So
//! every solid has the volume and the centroid of its isoparametric map up to rounding, linear hexahedra and rational
//! pyramids included. Areas of curved or warped faces and lengths of curved lines hold a square root and are approximate to
//! quadrature; flat and straight ones are exact.
//!
//! A 16-node quadrilateral has its inner nodes at the thirds. Nothing documents where the four inner nodes of cubic
//! triangles lie (13-node triangles, the faces of TET40 and WEDGE52); there the edges alone say how the face runs.

mod elements;
mod measure;
mod nearest;
mod orient;
mod patch;
#[cfg(test)]
mod tests;
pub(crate) mod vector;

pub use elements::bounding_box;
pub(crate) use elements::Points;
pub use measure::{measure, measure_polygon, measure_polyhedron, measure_side, Measure, SideMeasure};
pub use nearest::{nearest, Nearest, PointTree};
