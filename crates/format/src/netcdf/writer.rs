//! Writing a file from its schema.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::schema::{Schema, Variable, VariableId};
use super::store::Store;
use super::value::Type;
use super::{classic, v4};
use crate::copy::{self, Side};
use crate::element::{self, ByteOrder, Element};
use crate::error::{Context, Error, Result};
use crate::grid::{for_each_part, Part};
use crate::limits;
use crate::shape::{self, Selection};
use crate::sink::{InMemory, Memory, NewFile, Sink};
use crate::written::repeat;

/// A file being written. It becomes visible, whole, when [`Writer::finish`] returns; dropped before, it leaves nothing.
///
/// Unlimited dimensions grow with what is written.
#[derive(Debug)]
pub struct Writer {
    schema: Schema,
    store: Box<dyn Store>,
    /// Chunks of filtered variables that are not complete yet.
    partial: Mutex<BTreeMap<(VariableId, Vec<u64>), Partial>>,
}

/// A chunk that waits for the rest of its elements.
#[derive(Debug)]
struct Partial {
    bytes: Vec<u8>,
    /// Too low where elements were written twice; then the chunk is taken up again when the others come.
    missing: u64,
    extent: Vec<u64>,
}

impl Writer {
    /// Starts a file; every declaration is checked before the first byte is written.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if `path` exists and may not be overwritten, or the schema is inconsistent;
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) if the container cannot hold it; [`Kind::Io`](crate::Kind::Io).
    pub fn create(path: impl AsRef<Path>, schema: Schema, overwrite: bool) -> Result<Self> {
        let path = path.as_ref();
        check(&schema).in_file(path)?;
        Self::on(Box::new(NewFile::create(path, overwrite)?), schema).in_file(path)
    }

    /// Starts a file in memory: `place` has it when [`Writer::finish`] returns.
    ///
    /// ```
    /// use hyperslab::netcdf::{Container, File, Schema, Writer};
    /// use hyperslab::{Memory, Source};
    ///
    /// # fn main() -> hyperslab::Result<()> {
    /// let place = Memory::new();
    /// Writer::create_in_memory(&place, Schema::new(Container::NetCdf4))?.finish()?;
    /// let bytes = place.take().unwrap();
    /// assert!(File::from_source(Source::from_bytes(bytes))?.schema().variables.is_empty());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Writer::create`]; [`Kind::Limit`](crate::Kind::Limit) where there is not enough memory, also when writing.
    pub fn create_in_memory(place: &Memory, schema: Schema) -> Result<Self> {
        check(&schema)?;
        Self::on(Box::new(InMemory::new(place)), schema)
    }

    /// Starts a file whose bytes go wherever the caller says.
    pub(crate) fn on(sink: Box<dyn Sink>, schema: Schema) -> Result<Self> {
        let store = match schema.container.is_hdf5() {
            true => v4::write::create(sink, &schema)?,
            false => classic::create(sink, &schema)?,
        };
        Ok(Writer { schema, store, partial: Mutex::default() })
    }

    /// What the file declares, with the lengths it was created with.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    pub(super) fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// Writes numbers into a box of a variable; other numeric types are converted if they fit exactly.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a box outside of the variable or values that do not fit, [`Kind::Io`](crate::Kind::Io).
    pub fn write<T: Element>(&self, id: VariableId, region: &Selection, values: &[T]) -> Result<()> {
        let variable = self.schema.variable(id)?;
        let path = self.schema.path(variable);
        let number = variable
            .ty
            .number()
            .ok_or_else(|| Error::usage(format!("{} is no number", variable.ty.name())).in_object(&path))?;
        let order = self.store.order(id);
        if number == T::TYPE && order == ByteOrder::NATIVE {
            return self.write_stored(id, region, bytemuck::cast_slice(values));
        }
        if number == T::TYPE {
            let mut swapped = values.to_vec();
            element::to_native(&mut swapped, order);
            return self.write_stored(id, region, bytemuck::cast_slice(&swapped));
        }
        let mut stored = Vec::with_capacity(values.len().saturating_mul(limits::to_usize(number.size())?));
        for value in values {
            let bytes = element::number_bytes(number, value.to_number(), order);
            stored.extend(
                bytes.ok_or_else(|| Error::usage(format!("{value:?} does not fit {number:?}")).in_object(&path))?,
            );
        }
        self.write_stored(id, region, &stored)
    }

    /// Writes text, or elements of any other type as they are stored, into a box of a variable.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub fn write_stored(&self, id: VariableId, region: &Selection, stored: &[u8]) -> Result<()> {
        let variable = self.schema.variable(id)?;
        let path = self.schema.path(variable);
        self.check_region(variable, region).in_object(&path)?;
        if shape::bytes(&region.count, variable.ty.size())? != stored.len() as u64 {
            return Err(
                Error::usage(format!("{} bytes for a box of {:?}", stored.len(), region.count)).in_object(&path)
            );
        }
        match self.store.is_filtered(id) {
            false => self.store.write(id, region, stored).in_object(&path),
            true => self.write_chunks(id, variable.ty.size(), region, stored).in_object(&path),
        }
    }

    /// Writes strings into a box of a variable of type string.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub fn write_strings(&self, id: VariableId, region: &Selection, values: &[Vec<u8>]) -> Result<()> {
        let variable = self.schema.variable(id)?;
        let path = self.schema.path(variable);
        if variable.ty != Type::String || shape::count(&region.count)? != values.len() as u64 {
            return Err(Error::usage("the values do not fit the variable").in_object(&path));
        }
        self.check_region(variable, region).in_object(&path)?;
        self.store.write_strings(id, region, values).in_object(&path)
    }

    /// Completes the file, makes it durable and visible; returns its size.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io); then there is no file, or the message says where it is.
    pub fn finish(self) -> Result<u64> {
        let partial = self.partial.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut spare = Vec::new();
        for ((id, chunk), mut part) in partial {
            let mask = self.store.encode(id, &mut part.bytes, &mut spare)?;
            self.store.append(id, &chunk, &part.extent, &part.bytes, mask)?;
        }
        self.store.finish()
    }

    /// Checks a box against the lengths that cannot grow.
    fn check_region(&self, variable: &Variable, region: &Selection) -> Result<()> {
        if !region.is_box() || region.count.len() != variable.dimensions.len() {
            return Err(Error::usage("not a box of the variable"));
        }
        let mut shape = Vec::with_capacity(region.count.len());
        for ((&id, &start), &count) in variable.dimensions.iter().zip(&region.start).zip(&region.count) {
            let dimension = self.schema.dimension(id)?;
            let end = start.checked_add(count).ok_or_else(|| Error::usage("a box beyond 2^64"))?;
            shape.push(if dimension.unlimited { end } else { dimension.length });
        }
        region.check(&shape)
    }

    /// Collects the parts of chunks, and passes on each chunk that is complete.
    fn write_chunks(&self, id: VariableId, size: u64, region: &Selection, stored: &[u8]) -> Result<()> {
        let chunk = self.store.chunk(id).ok_or_else(|| Error::usage("a filtered variable without chunks"))?;
        let variable = self.schema.variable(id)?;
        let mut partial = self.partial.lock().unwrap_or_else(PoisonError::into_inner);
        for_each_part(region, chunk, &mut |part| {
            let key = (id, part.scaled.clone());
            let mut open = match partial.remove(&key) {
                Some(open) => open,
                None => self.open_chunk(id, variable, part, (chunk, size))?,
            };
            let from = Side { shape: &region.count, start: &part.target, stride: &[] };
            let to = Side { shape: chunk, start: &part.inside, stride: &[] };
            copy::copy((stored, from), (&mut open.bytes, to), &part.count, size)?;
            open.missing = open.missing.saturating_sub(shape::count(&part.count)?);
            for ((extent, &start), &count) in open.extent.iter_mut().zip(&part.start).zip(&part.count) {
                *extent = (*extent).max(start.saturating_add(count));
            }
            if open.missing > 0 {
                partial.insert(key, open);
                return Ok(());
            }
            let mask = self.store.encode(id, &mut open.bytes, &mut Vec::new())?;
            self.store.append(id, &part.scaled, &open.extent, &open.bytes, mask)
        })
    }

    /// A chunk that gets its first part; or, where it was complete before, one of its parts anew.
    fn open_chunk(
        &self,
        id: VariableId,
        variable: &Variable,
        part: &Part,
        (chunk, size): (&[u64], u64),
    ) -> Result<Partial> {
        let extent = vec![0; chunk.len()];
        let whole = part.count == chunk;
        if let Some(bytes) = if whole { None } else { self.store.reload(id, &part.scaled)? } {
            return Ok(Partial { bytes, missing: 0, extent });
        }
        let mut bytes = limits::buffer(shape::bytes(chunk, size)?)?;
        if let Some(fill) = self.store.fill(id).filter(|_| !whole) {
            repeat(fill, &mut bytes);
        }
        let missing = shape::count(&self.chunk_count(variable, &part.scaled, chunk)?)?;
        Ok(Partial { bytes, missing, extent })
    }

    /// How many elements of a chunk lie inside the variable along each dimension.
    fn chunk_count(&self, variable: &Variable, scaled: &[u64], chunk: &[u64]) -> Result<Vec<u64>> {
        let axes = variable.dimensions.iter().zip(scaled).zip(chunk);
        axes.map(|((&id, &at), &length)| {
            let dimension = self.schema.dimension(id)?;
            let inside = dimension.length.saturating_sub(at.saturating_mul(length));
            Ok(if dimension.unlimited { length } else { length.min(inside) })
        })
        .collect()
    }
}

/// What no container can hold.
fn check(schema: &Schema) -> Result<()> {
    for variable in &schema.variables {
        for &id in &variable.dimensions {
            schema.dimension(id)?;
        }
        if variable.name.is_empty() || variable.name.contains('/') {
            return Err(Error::usage(format!("a variable named {:?}", variable.name)));
        }
    }
    Ok(())
}
