//! Putting coordinates, connectivity, sets and maps: blocks and sets by position, identifier or name.

use hyperslab::{Element, Result};

use super::ModelWriter;
use crate::data::Data;
use crate::ids::Which;
use crate::kind::EntityType;

impl ModelWriter {
    /// Puts the coordinates: one slice for each spatial dimension.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for slices of another length than there are nodes, [`Kind::Io`](crate::Kind::Io).
    pub fn put_coords<T: Element>(&self, axes: &[&[T]]) -> Result<()> {
        let mut axes = axes.iter().enumerate();
        axes.try_for_each(|(axis, values)| self.put(Data::Coordinate(axis), values))
    }

    /// Puts the nodes of every entry of a block, numbered from 1.
    ///
    /// # Errors
    /// As [`ModelWriter::put_coords`].
    pub fn put_connectivity<'w, T: Element>(
        &self,
        kind: EntityType,
        which: impl Into<Which<'w>>,
        nodes: &[T],
    ) -> Result<()> {
        self.put(Data::Connectivity(kind, self.mesh.position(kind, which)?), nodes)
    }

    /// Puts the attributes of every entry of a block, entry by entry.
    ///
    /// # Errors
    /// As [`ModelWriter::put_coords`].
    pub fn put_attributes<'w, T: Element>(
        &self,
        kind: EntityType,
        which: impl Into<Which<'w>>,
        values: &[T],
    ) -> Result<()> {
        self.put(Data::Attributes(kind, self.mesh.position(kind, which)?), values)
    }

    /// Puts the entries of a set, and the sides or orientations that belong to them (an empty slice for none).
    ///
    /// # Errors
    /// As [`ModelWriter::put_coords`].
    pub fn put_set<'w, T: Element>(
        &self,
        kind: EntityType,
        which: impl Into<Which<'w>>,
        entries: &[T],
        extra: &[T],
    ) -> Result<()> {
        let index = self.mesh.position(kind, which)?;
        self.put(Data::Members(kind, index), entries)?;
        match extra.is_empty() {
            true => Ok(()),
            false => self.put(Data::Sides(kind, index), extra),
        }
    }

    /// Puts the distribution factors of a set.
    ///
    /// # Errors
    /// As [`ModelWriter::put_coords`].
    pub fn put_set_factors<'w, T: Element>(
        &self,
        kind: EntityType,
        which: impl Into<Which<'w>>,
        factors: &[T],
    ) -> Result<()> {
        self.put(Data::Factors(kind, self.mesh.position(kind, which)?), factors)
    }

    /// Puts the identifiers of nodes, edges, faces or elements.
    ///
    /// # Errors
    /// As [`ModelWriter::put_coords`].
    pub fn put_id_map<T: Element>(&self, kind: EntityType, ids: &[T]) -> Result<()> {
        self.put(Data::IdMap(kind), ids)
    }

    /// Puts a number map.
    ///
    /// # Errors
    /// As [`ModelWriter::put_coords`].
    pub fn put_num_map<'w, T: Element>(
        &self,
        kind: EntityType,
        which: impl Into<Which<'w>>,
        numbers: &[T],
    ) -> Result<()> {
        self.put(Data::NumMap(kind, self.mesh.position(kind, which)?), numbers)
    }

    /// Puts the time of a step, counted from 0.
    ///
    /// # Errors
    /// As [`ModelWriter::put_coords`].
    pub fn put_time(&self, step: u64, time: f64) -> Result<()> {
        self.put(Data::Times.step(step), &[time])
    }

    /// Puts the values of one variable on one entity at one step, counted from 0. A global variable has one value.
    ///
    /// # Errors
    /// As [`ModelWriter::put_coords`].
    pub fn put_var<'v, 'e, T: Element>(
        &self,
        step: u64,
        kind: EntityType,
        variable: impl Into<Which<'v>>,
        entity: impl Into<Which<'e>>,
        values: &[T],
    ) -> Result<()> {
        self.put(self.variable(kind, variable, entity)?.step(step), values)
    }
}
