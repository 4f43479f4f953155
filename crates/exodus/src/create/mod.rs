//! Creating files: declare a [`Mesh`], then put its data, step by step.

mod declare;

use std::collections::HashMap;
use std::path::Path;

use hyperslab::netcdf::{Container, Schema, VariableId, Writer};
use hyperslab::{Element, Error, Result, Selection};

use crate::kind::{EntityKind, Names};
use crate::mesh::Mesh;
use crate::names;
use crate::text;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreateOptions {
    /// The container.
    pub container: Container,
    /// Bytes of a floating-point number: 4 or 8.
    pub word_size: u8,
    /// Whether identifiers, maps and connectivity are 64-bit integers; needs CDF-5 or netCDF-4.
    pub int64: bool,
    /// The level of deflate compression, 1 to 9; needs netCDF-4.
    pub deflate: Option<u8>,
    /// Whether bytes of equal significance are brought together before compression.
    pub shuffle: bool,
    /// Whether an existing file is replaced.
    pub overwrite: bool,
}

impl Default for CreateOptions {
    fn default() -> Self {
        CreateOptions {
            container: Container::NetCdf4Classic,
            word_size: 8,
            int64: false,
            deflate: None,
            shuffle: false,
            overwrite: false,
        }
    }
}

/// A file being written. It appears, whole, when [`ExodusWriter::finish`] returns.
#[derive(Debug)]
pub struct ExodusWriter {
    writer: Writer,
    variables: HashMap<String, VariableId>,
}

impl ExodusWriter {
    /// Starts a file and writes everything that the mesh itself says: identifiers, names, records, tables.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for an inconsistent mesh or an existing file,
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) if the container cannot hold it, [`Kind::Io`](crate::Kind::Io).
    pub fn create(path: impl AsRef<Path>, mesh: &Mesh, options: &CreateOptions) -> Result<Self> {
        let schema = declare::schema(mesh, options)?;
        let variables = index(&schema);
        let writer = Writer::create(path, schema, options.overwrite)?;
        let writer = ExodusWriter { writer, variables };
        writer.put_declared(mesh)?;
        Ok(writer)
    }

    /// Puts the coordinates: one slice for each spatial dimension.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for slices of another length than there are nodes, [`Kind::Io`](crate::Kind::Io).
    pub fn put_coords<T: Element>(&self, axes: &[&[T]]) -> Result<()> {
        axes.iter().zip(names::COORDS).try_for_each(|(values, name)| self.put_all(name, values))
    }

    /// Puts the nodes of every entry of a block, numbered from 1.
    ///
    /// # Errors
    /// As [`ExodusWriter::put_coords`].
    pub fn put_connectivity<T: Element>(&self, kind: EntityKind, index: usize, nodes: &[T]) -> Result<()> {
        self.put_all(&names::numbered(row(kind)?.entries, index), nodes)
    }

    /// Puts the attributes of every entry of a block, entry by entry.
    ///
    /// # Errors
    /// As [`ExodusWriter::put_coords`].
    pub fn put_attributes<T: Element>(&self, kind: EntityKind, index: usize, values: &[T]) -> Result<()> {
        let [_, prefix, _] =
            row(kind)?.attributes.ok_or_else(|| Error::usage(format!("a {} has no attributes", kind.label())))?;
        self.put_all(&names::numbered(prefix, index), values)
    }

    /// Puts the entries of a set, and the sides or orientations that belong to them (an empty slice for none).
    ///
    /// # Errors
    /// As [`ExodusWriter::put_coords`].
    pub fn put_set<T: Element>(&self, kind: EntityKind, index: usize, entries: &[T], extra: &[T]) -> Result<()> {
        let row = row(kind)?;
        self.put_all(&names::numbered(row.entries, index), entries)?;
        match row.extra {
            Some(prefix) if !extra.is_empty() => self.put_all(&names::numbered(prefix, index), extra),
            _ => Ok(()),
        }
    }

    /// Puts the distribution factors of a set.
    ///
    /// # Errors
    /// As [`ExodusWriter::put_coords`].
    pub fn put_set_factors<T: Element>(&self, kind: EntityKind, index: usize, factors: &[T]) -> Result<()> {
        let prefix = row(kind)?
            .factors
            .ok_or_else(|| Error::usage(format!("a {} has no distribution factors", kind.label())))?;
        self.put_all(&names::numbered(prefix, index), factors)
    }

    /// Puts the identifiers of nodes, edges, faces or elements.
    ///
    /// # Errors
    /// As [`ExodusWriter::put_coords`].
    pub fn put_id_map<T: Element>(&self, kind: EntityKind, ids: &[T]) -> Result<()> {
        self.put_all(declare::id_map(kind)?, ids)
    }

    /// Puts a number map.
    ///
    /// # Errors
    /// As [`ExodusWriter::put_coords`].
    pub fn put_num_map<T: Element>(&self, kind: EntityKind, index: usize, numbers: &[T]) -> Result<()> {
        self.put_all(&names::numbered(row(kind)?.entries, index), numbers)
    }

    /// Puts the time of a step, counted from 0.
    ///
    /// # Errors
    /// As [`ExodusWriter::put_coords`].
    pub fn put_time(&self, step: u64, time: f64) -> Result<()> {
        let id = self.id(names::TIME_WHOLE)?;
        let region = Selection::boxed(vec![step], vec![1]);
        match self.writer.schema().variable(id)?.ty.size() {
            4 => self.writer.write(id, &region, &[single(time)]),
            _ => self.writer.write(id, &region, &[time]),
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
        let row = kind.variables().ok_or_else(|| Error::usage(format!("a {} carries no variables", kind.label())))?;
        let (name, start) = match kind {
            EntityKind::Global => (names::VALS_GLO_VAR.to_owned(), variable as u64),
            EntityKind::Nodal => (names::numbered(row.values, variable), 0),
            _ => (names::values(row.values, variable, row.suffix, entity), 0),
        };
        let id = self.id(&name)?;
        self.writer.write(id, &Selection::boxed(vec![step, start], vec![1, values.len() as u64]), values)
    }

    /// Completes the file, makes it durable and visible; returns its size.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io); then there is no file.
    pub fn finish(self) -> Result<u64> {
        self.writer.finish()
    }

    fn id(&self, name: &str) -> Result<VariableId> {
        self.variables.get(name).copied().ok_or_else(|| Error::usage(format!("the mesh declares no {name}")))
    }

    /// Writes a whole variable.
    fn put_all<T: Element>(&self, name: &str, values: &[T]) -> Result<()> {
        let id = self.id(name)?;
        let shape = self.writer.schema().shape(id)?;
        self.writer.write(id, &Selection::all(&shape), values)
    }

    /// Writes rows of text, each cut to fit.
    fn put_names<'n>(&self, name: &str, rows: impl Iterator<Item = &'n str>) -> Result<()> {
        let Some(&id) = self.variables.get(name) else {
            return Ok(());
        };
        let shape = self.writer.schema().shape(id)?;
        let width = shape.last().and_then(|&width| usize::try_from(width).ok()).unwrap_or(1);
        let mut bytes = Vec::new();
        for row in rows {
            bytes.extend(
                text::row(row, width)
                    .ok_or_else(|| Error::usage(format!("{row:?} is longer than {} bytes", width - 1)))?,
            );
        }
        self.writer.write_stored(id, &Selection::all(&shape), &bytes)
    }

    fn put_declared(&self, mesh: &Mesh) -> Result<()> {
        for kind in EntityKind::BLOCKS.into_iter().chain(EntityKind::SETS).chain(EntityKind::MAPS) {
            let (Some(row), entities) = (kind.names(), mesh.entities(kind)) else { continue };
            if entities.is_empty() {
                continue;
            }
            self.put_all(row.ids, &entities.iter().map(|entity| entity.0).collect::<Vec<_>>())?;
            if let Some(status) = row.status {
                self.put_all(status, &entities.iter().map(|entity| i32::from(entity.2 > 0)).collect::<Vec<_>>())?;
            }
            self.put_names(row.names, entities.iter().map(|entity| entity.1))?;
        }
        for (kind, index, block) in declare::numbered_blocks(mesh) {
            if let Some([_, _, names]) = kind.names().and_then(|row| row.attributes) {
                self.put_names(&names::numbered(names, index), block.attributes.iter().map(String::as_str))?;
            }
        }
        self.put_names(names::COOR_NAMES, declare::coord_names(mesh).iter().map(String::as_str))?;
        self.put_names(names::INFO_RECORDS, mesh.info_records.iter().map(String::as_str))?;
        let qa = mesh.qa_records.iter().flat_map(|qa| [&qa.code, &qa.version, &qa.date, &qa.time]);
        self.put_names(names::QA_RECORDS, qa.map(String::as_str))?;
        mesh.variables.iter().try_for_each(|(&kind, list)| self.put_variables(mesh, kind, list))
    }

    fn put_variables(&self, mesh: &Mesh, kind: EntityKind, list: &[String]) -> Result<()> {
        let Some(row) = kind.variables() else { return Ok(()) };
        self.put_names(row.names, list.iter().map(String::as_str))?;
        let Some(table) = row.table.filter(|table| self.variables.contains_key(*table)) else { return Ok(()) };
        let entities = mesh.entities(kind).len();
        let cells = (0..entities).flat_map(|entity| (0..list.len()).map(move |variable| (entity, variable)));
        let cells: Vec<i32> =
            cells.map(|(entity, variable)| i32::from(mesh.has_variable(kind, entity, variable))).collect();
        self.put_all(table, &cells)
    }
}

/// A time in single precision.
#[allow(clippy::cast_possible_truncation)] // rounding is what a file of single precision means
fn single(time: f64) -> f32 {
    time as f32
}

fn row(kind: EntityKind) -> Result<&'static Names> {
    kind.names().ok_or_else(|| Error::usage(format!("{} is no kind of entity", kind.label())))
}

fn index(schema: &Schema) -> HashMap<String, VariableId> {
    schema.variables.iter().enumerate().map(|(n, variable)| (variable.name.clone(), VariableId(n))).collect()
}
