//! What every model gives: coordinates, connectivity, sets, variables, by position, identifier or name.

mod coords;
mod entries;
mod places;
mod sets;
mod stream;
mod variable;

use std::ops::Range;

use hyperslab::{Element, Error, Result, Values};
use ndarray::Array2;

use super::Model;
use crate::data::{describe, Data, Part};
use crate::ids::{ElementId, NodeId, Which};
use crate::kind::EntityType;
use crate::mesh::{Block, Set};

pub use coords::{Connectivity, Coords};
pub use entries::Entries;
pub use sets::{NodeSet, SideSet};
pub use stream::{PieceValues, Pieces, StepValues, Steps};
pub use variable::Variable;

/// What can be asked of every [`Model`]: each has it. Blocks, sets and variables are given by position, identifier or name
/// ([`Which`]), numbers come in any type that holds them exactly. They are those that the file stores: packed ones are not unpacked,
/// and what stands for missing values is among them ([`Model::missing`], [`Model::origin`]).
pub trait ModelExt: Model {
    /// Whether the model has an array.
    fn has(&self, data: Data) -> bool {
        self.number_type(data).is_some()
    }

    /// A part of an array, borrowed where the bytes allow it.
    ///
    /// # Errors
    /// As [`Model::numbers`]; [`Kind::Usage`](crate::Kind::Usage) for a number that `T` does not hold exactly.
    fn view<T: Element>(&self, part: impl Into<Part>) -> Result<Values<'_, T>> {
        let part = part.into();
        // A file reads numbers as another type in one pass.
        if let Some(file) = self.as_file() {
            return file.view(part);
        }
        let numbers = self.numbers(&part)?;
        numbers.into_values().map_err(|error| error.known_as(places::described(self, part.data())))
    }

    /// Fills `target` with a part of an array.
    ///
    /// # Errors
    /// As [`ModelExt::view`], and if `target` has another length.
    fn read_into<T: Element>(&self, part: impl Into<Part>, target: &mut [T]) -> Result<()> {
        let part = part.into();
        let (data, values) = (part.data(), self.view::<T>(part)?);
        if values.len() != target.len() {
            let detail = format!("{} values for a target of {}", values.len(), target.len());
            return Err(Error::usage(detail).known_as(places::described(self, data)));
        }
        values.copy_to(target)
    }

    /// The time of every step.
    ///
    /// # Errors
    /// When they cannot be read.
    fn times(&self) -> Result<Vec<f64>> {
        match self.has(Data::Times) {
            true => self.numbers(&Data::Times.into())?.to_f64(),
            false => Ok(Vec::new()),
        }
    }

    /// A block.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none; [`Kind::Usage`](crate::Kind::Usage) if `kind` is no kind of block.
    fn block<'w>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<&Block> {
        let found = self.mesh()?.blocks.of(kind).get(places::of(self, kind, which, &EntityType::BLOCKS, "block")?);
        found.ok_or_else(|| Error::not_found(format!("there is no {}", kind.label())))
    }

    /// A set.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none; [`Kind::Usage`](crate::Kind::Usage) if `kind` is no kind of set.
    fn set<'w>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<&Set> {
        let found = self.mesh()?.sets.of(kind).get(places::of(self, kind, which, &EntityType::SETS, "set")?);
        found.ok_or_else(|| Error::not_found(format!("there is no {}", kind.label())))
    }

    /// The coordinates of all nodes: one list for each spatial dimension.
    ///
    /// # Errors
    /// When they are not there or cannot be read, or one does not fit `T` exactly (`f64` always fits).
    fn coords<T: Element>(&self) -> Result<Coords<'_, T>> {
        self.partial_coords(0..self.mesh()?.num_nodes)
    }

    /// The coordinates of a range of nodes.
    ///
    /// # Errors
    /// As [`ModelExt::coords`]; [`Kind::Usage`](crate::Kind::Usage) for a range outside of the model.
    fn partial_coords<T: Element>(&self, nodes: Range<u64>) -> Result<Coords<'_, T>> {
        let axes = 0..usize::try_from(self.mesh()?.num_dim.min(3)).unwrap_or(3);
        Ok(Coords { axes: axes.map(|axis| self.coord(axis, nodes.clone())).collect::<Result<_>>()? })
    }

    /// One coordinate of a range of nodes. A model without nodes needs none.
    ///
    /// # Errors
    /// As [`ModelExt::partial_coords`], and if the model has no such coordinate.
    fn coord<T: Element>(&self, axis: usize, nodes: Range<u64>) -> Result<Values<'_, T>> {
        match self.mesh()?.num_nodes == 0 && nodes.is_empty() {
            true => Ok(Values::owned(Vec::new())),
            false => self.view(Data::Coordinate(axis).entries(nodes)),
        }
    }

    /// The coordinates as one array of nodes x dimensions, copied.
    ///
    /// # Errors
    /// As [`ModelExt::coords`].
    fn coords_array<T: Element>(&self) -> Result<Array2<T>> {
        coords::array(self)
    }

    /// The nodes of every entry of a block, one entry after the other, numbered from 1; of polygons one list of all their nodes.
    ///
    /// # Errors
    /// As [`ModelExt::block`]; [`Kind::NotFound`](crate::Kind::NotFound) if the block has no nodes; [`Kind::Usage`](crate::Kind::Usage)
    /// if a number does not fit `T` (`i64` always fits); otherwise when they cannot be read.
    fn connectivity<'w, T: Element>(
        &self,
        kind: EntityType,
        which: impl Into<Which<'w>>,
    ) -> Result<Connectivity<'_, T>> {
        coords::connectivity(self, kind, places::of(self, kind, which, &EntityType::BLOCKS, "block")?)
    }

    /// The nodes of every entry of a block as an array of entries x nodes, copied.
    ///
    /// # Errors
    /// As [`ModelExt::connectivity`]; [`Kind::Usage`](crate::Kind::Usage) for polygons, whose entries differ in their nodes: see
    /// [`ModelExt::entries_of`].
    fn connectivity_array<'w, T: Element>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<Array2<T>> {
        let block = places::of(self, kind, which, &EntityType::BLOCKS, "block")?;
        coords::connectivity_array(self, kind, block)
    }

    /// The entries of a block one by one: the nodes of each, also of polygons, and the faces of polyhedra. Of what differs in length
    /// the counts are read here, once, and then no more than the entry that is asked for.
    ///
    /// ```
    /// # fn main() -> exodus_rs::Result<()> {
    /// use exodus_rs::prelude::*;
    /// # use exodus_rs::{Block, CreateOptions, MeshBuilder};
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.exo");
    /// # let polygons = Block::polygons(EntityType::ElementBlock, 1, 2, 7);
    /// # let mesh = MeshBuilder::new("a house").nodes(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.5, 1.5]]);
    /// # let writer = mesh.any_block(polygons, &[1, 2, 3, 4, 4, 3, 5]).create(&path, &CreateOptions::default())?;
    /// # writer.put(Data::Counts(EntityType::ElementBlock, 0), &[4, 3])?;
    /// # writer.finish()?;
    /// let file = ExodusFile::open(&path)?;
    /// let polygons = file.entries_of(EntityType::ElementBlock, 0)?;
    /// assert_eq!(polygons.len(), 2);
    /// assert_eq!(polygons.get(1)?.into_vec(), [4, 3, 5]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`ModelExt::connectivity`]; [`Kind::Usage`](crate::Kind::Usage) for counts that exceed the numbers there are.
    fn entries_of<'w>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<Entries<'_, Self>> {
        Entries::of(self, kind, places::of(self, kind, which, &EntityType::BLOCKS, "block")?)
    }

    /// The attributes of every entry of a block or set, as an array of entries x attributes; with
    /// [`EntityType::Nodal`] those of the nodes.
    ///
    /// # Errors
    /// When there is no such entity, or they cannot be read; [`Kind::Usage`](crate::Kind::Usage) if entries of `kind` have none.
    fn attributes_array<'w>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<Array2<f64>> {
        kind.must_have_attributes()?;
        coords::attributes(self, kind, self.mesh()?.position(kind, which)?)
    }

    /// The nodes of a node set, and their distribution factors.
    ///
    /// # Errors
    /// As [`ModelExt::set`], and when they cannot be read.
    fn node_set<'w>(&self, which: impl Into<Which<'w>>) -> Result<NodeSet<'_>> {
        sets::nodes(self, places::of(self, EntityType::NodeSet, which, &EntityType::SETS, "set")?)
    }

    /// The elements and sides of a side set, and the distribution factors.
    ///
    /// # Errors
    /// As [`ModelExt::set`], and when they cannot be read.
    fn side_set<'w>(&self, which: impl Into<Which<'w>>) -> Result<SideSet<'_>> {
        sets::sides(self, places::of(self, EntityType::SideSet, which, &EntityType::SETS, "set")?)
    }

    /// The entries of a set: nodes, edges, faces or elements, numbered from 1; empty for an empty set.
    ///
    /// # Errors
    /// As [`ModelExt::set`]; when they cannot be read, or a number does not fit `T` (`i64` always fits).
    fn set_entries<'w, T: Element>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<Values<'_, T>> {
        sets::list(self, Data::Members(kind, places::of(self, kind, which, &EntityType::SETS, "set")?))
    }

    /// The sides of a side set's elements, numbered from 1, or the orientations of edges and faces; empty if there are none.
    ///
    /// # Errors
    /// As [`ModelExt::set_entries`].
    fn set_extra<'w, T: Element>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<Values<'_, T>> {
        sets::list(self, Data::Sides(kind, places::of(self, kind, which, &EntityType::SETS, "set")?))
    }

    /// The distribution factors of a set; empty if there are none, which means 1.0 everywhere.
    ///
    /// # Errors
    /// As [`ModelExt::set`]; when they cannot be read, or a factor does not fit `T` (`f64` always fits).
    fn set_factors<'w, T: Element>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<Values<'_, T>> {
        sets::list(self, Data::Factors(kind, places::of(self, kind, which, &EntityType::SETS, "set")?))
    }

    /// A number map that users gave.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    fn num_map<'w>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<Vec<i64>> {
        let map = places::of(self, kind, which, &EntityType::MAPS, "map")?;
        self.numbers(&Data::NumMap(kind, map).into())?.to()
    }

    /// The position of a node, counted from 0. Reads the identifiers of the nodes.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none of this identifier.
    fn node(&self, id: NodeId) -> Result<u64> {
        places::number(self, EntityType::NodeMap, id.0)
    }

    /// The positions of an element's block and of the element there, counted from 0. Reads the identifiers of the elements.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none of this identifier.
    fn element(&self, id: ElementId) -> Result<(usize, u64)> {
        places::element(self, id)
    }

    /// A variable of a kind: its steps, histories, ranges.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none.
    fn variable<'w>(&self, kind: EntityType, which: impl Into<Which<'w>>) -> Result<Variable<'_, Self>> {
        Variable::find(self, kind, which.into())
    }

    /// The values of one variable on one entity at one step, borrowed where the bytes allow it.
    ///
    /// For [`EntityType::Nodal`] and [`EntityType::Global`] the entity is 0; a global variable has one value.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if the entity does not have the variable, [`Kind::Usage`](crate::Kind::Usage) if
    /// there is no such step; otherwise when the values cannot be read.
    fn var<'v, 'e>(
        &self,
        step: u64,
        kind: EntityType,
        variable: impl Into<Which<'v>>,
        entity: impl Into<Which<'e>>,
    ) -> Result<Values<'_, f64>> {
        self.var_as(step, kind, variable, entity)
    }

    /// [`ModelExt::var`] in another type: `f32` borrows from files of single precision.
    ///
    /// # Errors
    /// As [`ModelExt::var`], and if a value does not fit `T` exactly.
    fn var_as<'v, 'e, T: Element>(
        &self,
        step: u64,
        kind: EntityType,
        variable: impl Into<Which<'v>>,
        entity: impl Into<Which<'e>>,
    ) -> Result<Values<'_, T>> {
        self.view(places::variable(self, kind, variable, entity)?.step(step))
    }

    /// One entry (a node, an element) of one variable through a range of steps.
    ///
    /// # Errors
    /// As [`ModelExt::var_as`].
    fn var_time_series<'v, 'e, T: Element>(
        &self,
        steps: Range<u64>,
        kind: EntityType,
        variable: impl Into<Which<'v>>,
        entity: impl Into<Which<'e>>,
        entry: u64,
    ) -> Result<Vec<T>> {
        let data = places::variable(self, kind, variable, entity)?;
        Ok(self.view(data.steps(steps).entries(entry..=entry))?.into_vec())
    }

    /// Iterates over the steps of an array that has them, without holding more than one.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if the model has no such array, or it has no steps.
    fn steps_of<T: Element>(&self, data: Data) -> Result<Steps<'_, T, Self>> {
        Steps::of(self, data)
    }

    /// Iterates over an array, or over one step of it, in ranges of at most so many entries: for meshes that are larger
    /// than the memory.
    ///
    /// ```
    /// # fn main() -> exodus_rs::Result<()> {
    /// # use exodus_rs::{CreateOptions, Data, ExodusFile, MeshBuilder};
    /// use exodus_rs::ModelExt;
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.exo");
    /// # MeshBuilder::new("nodes").nodes(&[[1.0], [2.0], [4.0], [8.0], [16.0]])
    /// #     .create(&path, &CreateOptions::default())?.finish()?;
    /// let file = ExodusFile::open(&path)?;
    /// let mut sum = 0.0;
    /// for piece in file.pieces::<f64>(Data::Coordinate(0), 2)? {
    ///     let piece = piece?;
    ///     assert!(piece.values.len() <= 2);
    ///     sum += piece.values.iter().sum::<f64>();
    /// }
    /// assert_eq!(sum, 31.0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if the model has no such array.
    fn pieces<T: Element>(&self, part: impl Into<Part>, entries: u64) -> Result<Pieces<'_, T, Self>> {
        Pieces::of(self, part.into(), entries)
    }
}

impl<M: Model + ?Sized> ModelExt for M {}

/// That a model has no such array.
fn missing<M: Model + ?Sized>(model: &M, data: Data) -> Error {
    Error::not_found(format!(
        "the model has no {}",
        model.mesh().map_or_else(|_| describe(data), |mesh| mesh.describe(data))
    ))
}
