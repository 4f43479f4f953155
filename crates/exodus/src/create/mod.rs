//! Creating files: declare a [`Mesh`], then put its data, step by step.

mod builder;
mod declare;
mod options;
mod put;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use hyperslab::netcdf::{GroupId, Schema, VariableId, Writer};
use hyperslab::{Element, Error, NumberType, Result};

use crate::catalog::Catalog;
use crate::data::{describe, Address, Data, Part};
use crate::kind::EntityKind;
use crate::mesh::Mesh;

pub use builder::MeshBuilder;
pub(crate) use declare::schema;
pub use options::{CreateOptions, Int64};

/// A file being written, or one of the models in its groups. It appears, whole, when [`ExodusWriter::finish`] returns.
#[derive(Debug)]
pub struct ExodusWriter {
    writer: Arc<Writer>,
    catalog: Catalog,
    next_step: AtomicU64,
}

impl ExodusWriter {
    /// Starts a file and writes everything that the mesh itself says: identifiers, names, records, tables.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for an inconsistent mesh or an existing file,
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) if the container cannot hold it, [`Kind::Io`](crate::Kind::Io).
    pub fn create(path: impl AsRef<Path>, mesh: &Mesh, options: &CreateOptions) -> Result<Self> {
        Self::with_schema(path, mesh, declare::schema(mesh, options)?, options)
    }

    /// Starts a file with a schema that has at least what the mesh declares.
    pub(crate) fn with_schema(
        path: impl AsRef<Path>,
        mesh: &Mesh,
        schema: Schema,
        options: &CreateOptions,
    ) -> Result<Self> {
        let catalog = Catalog::new(&schema, GroupId::ROOT);
        let writer = Arc::new(Writer::create(path, schema, options.overwrite)?);
        let writer = ExodusWriter { writer, catalog, next_step: AtomicU64::new(0) };
        put::declared(&writer, mesh)?;
        for (name, mesh) in &mesh.groups {
            put::declared(&writer.group(name)?, mesh)?;
        }
        Ok(writer)
    }

    /// The writer of the model in a group. It must be gone before [`ExodusWriter::finish`].
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the mesh declares no such group.
    pub fn group(&self, name: &str) -> Result<ExodusWriter> {
        let schema = self.writer.schema();
        let found = schema.groups.iter().position(|group| group.parent.is_some() && group.name == name);
        let group = found.ok_or_else(|| Error::usage(format!("the mesh declares no group {name}")))?;
        let catalog = Catalog::new(schema, GroupId(group));
        Ok(ExodusWriter { writer: Arc::clone(&self.writer), catalog, next_step: AtomicU64::new(0) })
    }

    /// The netCDF writer below.
    pub(crate) fn netcdf(&self) -> &Writer {
        &self.writer
    }

    /// Whether the mesh declares an array.
    pub fn has(&self, data: Data) -> bool {
        self.place(data).is_some()
    }

    /// Puts a part of an array; a step or a range of steps that is not there yet is added.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the mesh declares no such array, for values that are too many or too few
    /// or do not fit, [`Kind::Io`](crate::Kind::Io).
    pub fn put<T: Element>(&self, part: impl Into<Part>, values: &[T]) -> Result<()> {
        let part = part.into();
        let (id, address) = self
            .place(part.data())
            .ok_or_else(|| Error::usage(format!("the mesh declares no {}", describe(part.data()))))?;
        let region = part.region(&address, &self.writer.schema().shape(id)?)?;
        self.writer.write(id, &region, values)?;
        if let (Data::Times, Some(start), Some(count)) = (part.data(), region.start.first(), region.count.first()) {
            self.next_step.fetch_max(start.saturating_add(*count), Ordering::Relaxed);
        }
        Ok(())
    }

    /// The lengths of an array, steps first (as many as there are so far); `None` if the mesh does not declare it.
    pub fn shape(&self, data: Data) -> Option<Vec<u64>> {
        let (id, address) = self.place(data)?;
        Some(address.shape(&self.writer.schema().shape(id).ok()?))
    }

    /// The type of the numbers of an array.
    pub(crate) fn number_type(&self, data: Data) -> Option<NumberType> {
        self.place(data).and_then(|(id, _)| self.writer.schema().variable(id).ok()?.ty.number())
    }

    fn place(&self, data: Data) -> Option<(VariableId, Address)> {
        let addresses = data.addresses(&|kind, index| self.catalog.number(kind, index));
        addresses.into_iter().find_map(|address| Some((self.catalog.variable(&address.name)?, address)))
    }

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
    /// As [`ExodusWriter::put_coords`].
    pub fn put_connectivity<T: Element>(&self, kind: EntityKind, index: usize, nodes: &[T]) -> Result<()> {
        self.put(Data::Connectivity(kind, index), nodes)
    }

    /// Puts the attributes of every entry of a block, entry by entry.
    ///
    /// # Errors
    /// As [`ExodusWriter::put_coords`].
    pub fn put_attributes<T: Element>(&self, kind: EntityKind, index: usize, values: &[T]) -> Result<()> {
        self.put(Data::Attributes(kind, index), values)
    }

    /// Puts the entries of a set, and the sides or orientations that belong to them (an empty slice for none).
    ///
    /// # Errors
    /// As [`ExodusWriter::put_coords`].
    pub fn put_set<T: Element>(&self, kind: EntityKind, index: usize, entries: &[T], extra: &[T]) -> Result<()> {
        self.put(Data::Members(kind, index), entries)?;
        match extra.is_empty() {
            true => Ok(()),
            false => self.put(Data::Sides(kind, index), extra),
        }
    }

    /// Puts the distribution factors of a set.
    ///
    /// # Errors
    /// As [`ExodusWriter::put_coords`].
    pub fn put_set_factors<T: Element>(&self, kind: EntityKind, index: usize, factors: &[T]) -> Result<()> {
        self.put(Data::Factors(kind, index), factors)
    }

    /// Puts the identifiers of nodes, edges, faces or elements.
    ///
    /// # Errors
    /// As [`ExodusWriter::put_coords`].
    pub fn put_id_map<T: Element>(&self, kind: EntityKind, ids: &[T]) -> Result<()> {
        self.put(Data::IdMap(kind), ids)
    }

    /// Puts a number map.
    ///
    /// # Errors
    /// As [`ExodusWriter::put_coords`].
    pub fn put_num_map<T: Element>(&self, kind: EntityKind, index: usize, numbers: &[T]) -> Result<()> {
        self.put(Data::NumMap(kind, index), numbers)
    }

    /// Puts the time of a step, counted from 0.
    ///
    /// # Errors
    /// As [`ExodusWriter::put_coords`].
    pub fn put_time(&self, step: u64, time: f64) -> Result<()> {
        let (id, _) = self.place(Data::Times).ok_or_else(|| Error::usage("the mesh declares no times"))?;
        match self.writer.schema().variable(id)?.ty.size() {
            4 => self.put(Data::Times.step(step), &[single(time)]),
            _ => self.put(Data::Times.step(step), &[time]),
        }
    }

    /// Puts the values of one variable on one entity at one step, counted from 0. A global variable has one value.
    ///
    /// # Errors
    /// As [`ExodusWriter::put_coords`]; a file of single precision takes `f32`, or `f64` that are exactly that.
    pub fn put_var<T: Element>(
        &self,
        step: u64,
        kind: EntityKind,
        variable: usize,
        entity: usize,
        values: &[T],
    ) -> Result<()> {
        self.put(Data::Variable(kind, variable, entity).step(step), values)
    }

    /// Starts the next step.
    ///
    /// # Errors
    /// As [`ExodusWriter::put_coords`].
    pub fn next_step(&self, time: f64) -> Result<StepWriter<'_>> {
        let step = self.next_step.load(Ordering::Relaxed);
        self.put_time(step, time)?;
        Ok(StepWriter { writer: self, step })
    }

    /// Completes the file, makes it durable and visible; returns its size.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) while writers of its groups are still there, [`Kind::Io`](crate::Kind::Io);
    /// then there is no file.
    pub fn finish(self) -> Result<u64> {
        let writer = Arc::try_unwrap(self.writer);
        writer.map_err(|_| Error::usage("the writers of groups must be gone before the file is finished"))?.finish()
    }
}

/// One step of a file being written.
#[derive(Debug)]
pub struct StepWriter<'w> {
    writer: &'w ExodusWriter,
    step: u64,
}

impl StepWriter<'_> {
    /// The step, counted from 0.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Puts the values of one variable on one entity. A global variable has one value.
    ///
    /// # Errors
    /// As [`ExodusWriter::put`].
    pub fn put<T: Element>(&self, kind: EntityKind, variable: usize, entity: usize, values: &[T]) -> Result<()> {
        self.writer.put(Data::Variable(kind, variable, entity).step(self.step), values)
    }

    /// Puts the values of all reduction variables of one entity; those of [`EntityKind::Global`] are the global
    /// variables.
    ///
    /// # Errors
    /// As [`ExodusWriter::put`].
    pub fn put_reductions<T: Element>(&self, kind: EntityKind, entity: usize, values: &[T]) -> Result<()> {
        self.writer.put(Data::Reductions(kind, entity).step(self.step), values)
    }
}

/// A number in single precision.
#[allow(clippy::cast_possible_truncation)] // rounding is what a file of single precision means
pub(crate) fn single(time: f64) -> f32 {
    time as f32
}
