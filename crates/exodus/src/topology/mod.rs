//! Element types, and what follows from them: the nodes of sides, edges and faces, the skin of a mesh.
//!
//! A [`Topology`] knows where the nodes of an element are; positions among them count from 0. [`ElementType::parse`] finds
//! it by the name that a block has. [`Derived::side_set_nodes`](crate::model::Derived::side_set_nodes) uses it for all sides
//! of a side set.
//!
//! Sides list their nodes as libexodus does: corners, then nodes on edges, then the one in the middle. Where libexodus has
//! no list, or a wrong one, the same rule fills the gap: 4-node triangles as shells, 2-node shells, 14- and 15-node
//! tetrahedra, hexahedra of 12 and 16 nodes, and all cubic elements.

mod cells;
mod kind;
mod layout;
mod mirror;
mod rows;
mod shape;
mod side_sets;
mod skin;
mod table;
#[cfg(test)]
mod tests;
mod vtk;

pub(crate) use cells::Lists;
pub use cells::{Cells, Faces};
pub use kind::ElementType;
pub use layout::{Form, Side, Topology};
pub(crate) use rows::Rows;
pub use shape::Shape;
pub(crate) use side_sets::find_side;
pub use side_sets::{ElementNumbers, SideList, SideNodes};
pub use skin::{edges, shared_sides, skin};
pub use vtk::VtkCell;
