//! What follows from the numbers of any model: the sides of its elements, its skin, lengths, areas and volumes.

mod cells;
mod measures;
mod sides;

use hyperslab::Result;

use super::Model;
use crate::geometry::{nearest, Measure, Nearest, SideMeasure};
use crate::ids::Which;
use crate::kind::EntityType;
use crate::topology::{skin, Cells, ElementNumbers, SideList, SideNodes};

pub(crate) use cells::of_block as block_cells;
pub(crate) use sides::side_node_counts;

/// What can be derived of a model: every [`Model`] has it. Blocks and sets are given by position, identifier or name ([`Which`]).
pub trait Derived: Model {
    /// The elements of an element block.
    ///
    /// # Errors
    /// When there is no such block, or its lists cannot be read or contradict each other.
    fn cells<'w>(&self, block: impl Into<Which<'w>>) -> Result<Cells> {
        self.cells_of(EntityType::ElementBlock, block)
    }

    /// The entries of a block of any kind: faces and edges are elements of two dimensions and of one. Also polygons and polyhedra
    /// are found entry by entry.
    ///
    /// # Errors
    /// As [`Derived::cells`].
    fn cells_of<'w>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<Cells> {
        let block = self.mesh()?.position(kind, which)?;
        cells::of_block(self, kind, block, &mut None)
    }

    /// The elements of all blocks.
    ///
    /// # Errors
    /// As [`Derived::cells`].
    fn all_cells(&self) -> Result<Vec<Cells>> {
        cells::all(self)
    }

    /// How the numbers of elements go through the element blocks.
    ///
    /// # Errors
    /// As [`Model::mesh`].
    fn element_numbers(&self) -> Result<&ElementNumbers> {
        Ok(self.mesh()?.element_numbers())
    }

    /// The sides of elements that no other element shares; see [`skin`](crate::topology::skin). [`Derived::side_nodes`] gives their nodes.
    ///
    /// # Errors
    /// As [`skin`](crate::topology::skin), and when the elements cannot be read.
    fn skin(&self) -> Result<SideList> {
        skin(&self.all_cells()?)
    }

    /// The sides of a side set.
    ///
    /// # Errors
    /// When they cannot be read.
    fn side_list<'w>(&self, set: impl Into<Which<'w>>) -> Result<SideList> {
        sides::list(self, self.mesh()?.position(EntityType::SideSet, set)?)
    }

    /// The nodes of every side of a side set.
    ///
    /// # Errors
    /// As [`Derived::side_nodes`].
    fn side_set_nodes<'w>(&self, set: impl Into<Which<'w>>) -> Result<SideNodes> {
        self.side_nodes(&self.side_list(set)?)
    }

    /// The nodes of every side of a list.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for an element that is in no block or a side it does not have;
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type without sides, which is named; otherwise when the
    /// elements cannot be read.
    fn side_nodes(&self, list: &SideList) -> Result<SideNodes> {
        sides::nodes(self, list)
    }

    /// The side of each element on which some nodes lie: the inverse of [`Derived::side_nodes`], as
    /// `ex_cvt_nodes_to_sides` gives it. The nodes of a side may come in any order, and its corners are enough; only the
    /// order tells the back of a shell from its front.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) when the nodes of an element are on none of its sides; otherwise as
    /// [`Derived::side_nodes`].
    fn sides_of_nodes(&self, elements: &[i64], nodes: &SideNodes) -> Result<SideList> {
        sides::of_nodes(self, elements, nodes)
    }

    /// The coordinates of all nodes; those beyond the spatial dimensions are 0.
    ///
    /// # Errors
    /// When they cannot be read.
    fn points(&self) -> Result<Vec<[f64; 3]>> {
        let nodes = self.mesh()?.num_nodes;
        measures::points(self, 0..nodes)
    }

    /// The lowest and the highest corner of the box around all nodes, of their coordinates as they are stored; `None` if there are none.
    ///
    /// # Errors
    /// When the coordinates cannot be read.
    fn bounding_box(&self) -> Result<Option<[[f64; 3]; 2]>> {
        Ok(crate::geometry::bounding_box(&self.points()?))
    }

    /// Length, area or volume, and centroid of every element of a block; see [`geometry`](crate::geometry).
    ///
    /// # Errors
    /// As [`Cells::measures`], and when the model cannot be read.
    fn element_measures<'w>(&self, block: impl Into<Which<'w>>) -> Result<Vec<Measure>> {
        measures::elements(self, self.mesh()?.position(EntityType::ElementBlock, block)?)
    }

    /// Length, area or volume of a block as a whole, and its centroid.
    ///
    /// # Errors
    /// As [`Derived::element_measures`].
    fn block_measure<'w>(&self, block: impl Into<Which<'w>>) -> Result<Measure> {
        Ok(Measure::sum(&self.element_measures(block)?))
    }

    /// Area, outward normal and centroid of every side of a list.
    ///
    /// # Errors
    /// As [`Derived::side_nodes`].
    fn side_measures(&self, list: &SideList) -> Result<Vec<SideMeasure>> {
        measures::sides(self, list)
    }

    /// The node nearest to a place; positions count from 0. For many places, make a [`PointTree`](crate::geometry::PointTree)
    /// of [`Derived::points`].
    ///
    /// # Errors
    /// When the coordinates cannot be read.
    fn nearest_node(&self, place: [f64; 3]) -> Result<Option<Nearest>> {
        Ok(nearest(&self.points()?, place))
    }

    /// The centroids of the elements of all blocks, in the order of their numbers. For the nearest elements to many places,
    /// make a [`PointTree`](crate::geometry::PointTree) of them.
    ///
    /// # Errors
    /// As [`Derived::element_measures`]; [`Kind::Usage`](crate::Kind::Usage) if a block has no connectivity.
    fn centroids(&self) -> Result<Vec<[f64; 3]>> {
        measures::centroids(self)
    }

    /// The element whose centroid is nearest to a place; positions count from 0 through all blocks.
    ///
    /// # Errors
    /// As [`Derived::centroids`].
    fn nearest_element(&self, place: [f64; 3]) -> Result<Option<Nearest>> {
        Ok(nearest(&self.centroids()?, place))
    }
}

impl<M: Model + ?Sized> Derived for M {}
