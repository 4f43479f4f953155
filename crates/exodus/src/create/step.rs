//! Steps that are written: each exists once its values do.

use hyperslab::{Element, Result};

use super::ModelWriter;
use crate::data::Data;
use crate::ids::Which;
use crate::kind::EntityType;

/// One step of a file being written.
#[derive(Debug)]
pub struct StepWriter<'w> {
    writer: &'w ModelWriter,
    step: u64,
}

impl<'w> StepWriter<'w> {
    pub(super) fn new(writer: &'w ModelWriter, step: u64) -> Self {
        StepWriter { writer, step }
    }

    /// The step, counted from 0.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Puts the values of one variable on one entity. A global variable has one value.
    ///
    /// # Errors
    /// As [`ModelWriter::put`]; [`Kind::NotFound`](crate::Kind::NotFound) for a variable or an entity that there is not.
    pub fn put<'v, 'e, T: Element>(
        &self,
        kind: EntityType,
        variable: impl Into<Which<'v>>,
        entity: impl Into<Which<'e>>,
        values: &[T],
    ) -> Result<()> {
        self.put_data(self.writer.variable(kind, variable, entity)?, values)
    }

    /// Puts the values of a nodal variable on all nodes.
    ///
    /// # Errors
    /// As [`StepWriter::put`].
    pub fn put_nodal<'v, T: Element>(&self, variable: impl Into<Which<'v>>, values: &[T]) -> Result<()> {
        self.put(EntityType::Nodal, variable, 0, values)
    }

    /// Puts the value of a global variable.
    ///
    /// # Errors
    /// As [`StepWriter::put`].
    pub fn put_global<'v, T: Element>(&self, variable: impl Into<Which<'v>>, value: T) -> Result<()> {
        self.put(EntityType::Global, variable, 0, &[value])
    }

    /// Puts the values of all reduction variables of one entity; those of [`EntityType::Global`] are the global
    /// variables.
    ///
    /// # Errors
    /// As [`ModelWriter::put`].
    pub fn put_reductions<'e, T: Element>(
        &self,
        kind: EntityType,
        entity: impl Into<Which<'e>>,
        values: &[T],
    ) -> Result<()> {
        self.put_data(Data::Reductions(kind, self.writer.mesh().position(kind, entity)?), values)
    }

    fn put_data<T: Element>(&self, data: Data, values: &[T]) -> Result<()> {
        self.writer.put(data.step(self.step), values)
    }
}
