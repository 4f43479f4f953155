//! Steps that are written: each exists once its values do.

use std::collections::HashMap;

use hyperslab::{Element, Error, Result};

use super::ModelWriter;
use crate::data::Data;
use crate::ids::Which;
use crate::kind::EntityType;
use crate::mesh::Mesh;

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
        self.writer.put(data.step(self.step), values)?;
        self.writer.put_of_step(self.step, data, values.len() as u64)
    }
}

/// A step that waits for values.
#[derive(Debug)]
pub(super) struct Pending {
    step: u64,
    time: f64,
    /// How many values of what are still to come.
    missing: HashMap<Data, u64>,
}

impl Pending {
    /// A step that has to have arrays of these shapes, steps first.
    pub fn new(step: u64, time: f64, arrays: impl Iterator<Item = (Data, Vec<u64>)>) -> Self {
        let count = |shape: &[u64]| shape.iter().skip(1).product::<u64>();
        let missing = arrays.map(|(data, shape)| (data, count(&shape))).filter(|(_, count)| *count > 0);
        Pending { step, time, missing: missing.collect() }
    }

    pub fn step(&self) -> u64 {
        self.step
    }

    pub fn time(&self) -> f64 {
        self.time
    }

    pub fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    pub fn put(&mut self, data: Data, values: u64) {
        let data = data.whole();
        if let Some(count) = self.missing.get_mut(&data) {
            *count = count.saturating_sub(values);
            if *count == 0 {
                self.missing.remove(&data);
            }
        }
    }

    /// The error of whoever goes on without the rest.
    pub fn incomplete(&self, mesh: &Mesh) -> Error {
        let first = self.missing.keys().map(|&data| mesh.describe(data)).min().unwrap_or_default();
        let others = match self.missing.len() {
            0 | 1 => String::new(),
            n => format!(", and {} more", n - 1),
        };
        Error::usage(format!("step {} is not complete: nothing was put for {first}{others}", self.step + 1))
    }
}
