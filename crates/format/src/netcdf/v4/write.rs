//! Writing netCDF-4 files.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::PoisonError;

use super::headers::Headers;
use super::placement::{Placement, Stored};
use crate::element::ByteOrder;
use crate::error::{Context, Error, Result};
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::heap;
use crate::limits;
use crate::netcdf::schema::{Container, Schema, VariableId};
use crate::netcdf::store::Store;
use crate::output::Output;
use crate::shape::Selection;

/// A netCDF-4 file being written.
#[derive(Debug)]
struct V4Store {
    file: FileWriter,
    schema: Schema,
    variables: Vec<Stored>,
    /// Current lengths of the dimensions.
    lengths: Vec<AtomicU64>,
}

/// Checks a schema and gives all data of known size a place.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for what cannot be written, [`Kind::Io`](crate::Kind::Io) when there is no room.
pub(crate) fn create(output: Output, schema: &Schema) -> Result<Box<dyn Store>> {
    if schema.container == Container::NetCdf4Classic {
        check_classic_model(schema)?;
    }
    let file = FileWriter::new(output);
    let mut variables = Vec::with_capacity(schema.variables.len());
    for variable in &schema.variables {
        variables.push(Stored::new(&file, schema, variable).in_object(&schema.path(variable))?);
    }
    place_records(&file, &variables)?;
    file.reserve()?;
    let lengths = schema.dimensions.iter().map(|d| AtomicU64::new(d.length)).collect();
    Ok(Box::new(V4Store { file, schema: schema.clone(), variables, lengths }))
}

/// What the classic model does not have.
fn check_classic_model(schema: &Schema) -> Result<()> {
    use crate::netcdf::schema::Type;
    if schema.groups.len() > 1 {
        return Err(Error::unsupported("groups in the classic model: netcdf4 has them"));
    }
    if schema.dimensions.iter().filter(|d| d.unlimited).count() > 1 {
        return Err(Error::unsupported("several unlimited dimensions in the classic model: netcdf4 has them"));
    }
    let classic =
        |ty: &Type| matches!(ty, Type::Byte | Type::Char | Type::Short | Type::Int | Type::Float | Type::Double);
    for variable in &schema.variables {
        if !classic(&variable.ty) {
            let detail = format!("the type {} in the classic model: netcdf4 has it", variable.ty.name());
            return Err(Error::unsupported(detail).in_object(schema.path(variable)));
        }
    }
    Ok(())
}

/// Gives the unfiltered chunks of known records their places, record by record: a step lies together in the file,
/// and the steps of a variable lie at a constant distance.
fn place_records(file: &FileWriter, variables: &[Stored]) -> Result<()> {
    let tables = variables.iter().filter(|v| v.filters.is_none()).filter_map(|v| match &v.placement {
        Placement::Chunked(table) if !v.shape.contains(&0) => Some((v, table)),
        _ => None,
    });
    let mut rows: Vec<_> = Vec::new();
    for (n, (variable, table)) in tables.enumerate() {
        let locked = table.lock().unwrap_or_else(PoisonError::into_inner);
        let (chunk, count) =
            (locked.chunk.first().copied().unwrap_or(1), locked.rows(variable.shape.first().copied().unwrap_or(0)));
        drop(locked);
        rows.push((n, chunk, count, table));
    }
    let mut next = std::collections::BinaryHeap::new();
    for &(n, _, count, _) in &rows {
        if count > 0 {
            next.push(std::cmp::Reverse((0u64, n, 0u64)));
        }
    }
    while let Some(std::cmp::Reverse((_, n, row))) = next.pop() {
        let Some(&(_, chunk, count, table)) = rows.get(n) else { break };
        table.lock().unwrap_or_else(PoisonError::into_inner).place_row(file, row)?;
        if row + 1 < count {
            next.push(std::cmp::Reverse(((row + 1).saturating_mul(chunk), n, row + 1)));
        }
    }
    Ok(())
}

impl V4Store {
    fn stored(&self, variable: VariableId) -> Result<&Stored> {
        self.variables.get(variable.0).ok_or_else(|| Error::usage(format!("there is no variable {}", variable.0)))
    }

    /// Notes how far the data of a variable reach.
    fn grow(&self, variable: VariableId, ends: impl Iterator<Item = u64>) -> Result<()> {
        for (&id, end) in self.schema.variable(variable)?.dimensions.iter().zip(ends) {
            if let (true, Some(length)) = (self.schema.dimension(id)?.unlimited, self.lengths.get(id.0)) {
                length.fetch_max(end, Ordering::Relaxed);
            }
        }
        Ok(())
    }
}

impl Store for V4Store {
    fn order(&self, variable: VariableId) -> ByteOrder {
        self.stored(variable).map_or(ByteOrder::Little, |stored| stored.order)
    }

    fn chunk(&self, variable: VariableId) -> Option<&[u64]> {
        self.stored(variable).ok()?.chunk.as_deref()
    }

    fn is_filtered(&self, variable: VariableId) -> bool {
        self.stored(variable).is_ok_and(|stored| stored.filters.is_some())
    }

    fn fill(&self, variable: VariableId) -> Option<&[u8]> {
        self.stored(variable).ok()?.fill.as_deref()
    }

    fn write(&self, variable: VariableId, region: &Selection, bytes: &[u8]) -> Result<()> {
        self.stored(variable)?.write(&self.file, region, bytes)?;
        self.grow(variable, region.start.iter().zip(&region.count).map(|(&start, &count)| start.saturating_add(count)))
    }

    fn encode(&self, variable: VariableId, chunk: &mut Vec<u8>, spare: &mut Vec<u8>) -> Result<u32> {
        match &self.stored(variable)?.filters {
            Some((_, pipeline)) => pipeline.encode(chunk, spare),
            None => Ok(0),
        }
    }

    fn append(&self, variable: VariableId, chunk: &[u64], extent: &[u64], encoded: &[u8], mask: u32) -> Result<()> {
        let Placement::Chunked(table) = &self.stored(variable)?.placement else {
            return Err(Error::usage("the variable is not chunked"));
        };
        let address = self.file.allocate(encoded.len() as u64, 8)?;
        self.file.write(address, encoded)?;
        table.lock().unwrap_or_else(PoisonError::into_inner).put(chunk, address, encoded.len(), mask)?;
        self.grow(variable, extent.iter().copied())
    }

    fn reload(&self, variable: VariableId, chunk: &[u64]) -> Result<Option<Vec<u8>>> {
        let stored = self.stored(variable)?;
        let (Placement::Chunked(table), Some((_, pipeline))) = (&stored.placement, &stored.filters) else {
            return Ok(None);
        };
        let table = table.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((address, size, mask)) = table.find(chunk)? else { return Ok(None) };
        let mut encoded = limits::buffer(u64::from(size))?;
        self.file.read(address, &mut encoded)?;
        let (mut decoded, mut spare) = (Vec::new(), Vec::new());
        pipeline.decode(mask, &encoded, limits::to_usize(table.chunk_bytes())?, &mut decoded, &mut spare)?;
        Ok(Some(decoded))
    }

    fn write_strings(&self, variable: VariableId, region: &Selection, values: &[Vec<u8>]) -> Result<()> {
        let references = heap::write_objects(&self.file, values, 1)?;
        self.write(variable, region, &references)
    }

    fn finish(self: Box<Self>) -> Result<u64> {
        self.variables.iter().try_for_each(|variable| variable.fill_gaps(&self.file))?;
        let lengths: Vec<u64> = self.lengths.iter().map(|length| length.load(Ordering::Relaxed)).collect();
        let root = Headers::new(&self.file, &self.schema, &self.variables, &lengths)?.write()?;
        self.file.finish(root)
    }
}
