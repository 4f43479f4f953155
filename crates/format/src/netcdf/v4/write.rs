//! Writing netCDF-4 files.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{MutexGuard, PoisonError};

use super::headers::Headers;
use super::placement::{Placement, Stored};
use crate::element::ByteOrder;
use crate::error::{Context, Error, Result};
use crate::hdf5::write::chunks::{ChunkTable, Rows};
use crate::hdf5::write::file::{FileWriter, RAW_ALIGNMENT};
use crate::hdf5::write::heap;
use crate::limits;
use crate::netcdf::schema::{Container, Schema, VariableId};
use crate::netcdf::store::Store;
use crate::shape::Selection;
use crate::sink::Sink;

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
pub(crate) fn create(sink: Box<dyn Sink>, schema: &Schema) -> Result<Box<dyn Store>> {
    if schema.container == Container::NetCdf4Classic {
        check_classic_model(schema)?;
    }
    if let Some(user) = schema.types.first() {
        return Err(Error::unsupported(format!("writing user-defined types, like {}", user.name)));
    }
    let file = FileWriter::new(sink);
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
    use crate::netcdf::value::Type;
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
/// and the steps of a variable lie at a constant distance. Variables with other numbers of indices a chunk have a
/// place of their own: between the steps they would spoil the distance.
fn place_records(file: &FileWriter, variables: &[Stored]) -> Result<()> {
    let mut bands: BTreeMap<(u64, u64), Vec<MutexGuard<ChunkTable>>> = BTreeMap::new();
    for variable in variables.iter().filter(|v| v.filters.is_none() && !v.shape.contains(&0)) {
        let Placement::Chunked(table) = &variable.placement else { continue };
        let table = table.lock().unwrap_or_else(PoisonError::into_inner);
        let count = table.rows(variable.shape.first().copied().unwrap_or(0));
        let chunk = table.chunk.first().copied().unwrap_or(1);
        bands.entry((chunk, count)).or_default().push(table);
    }
    bands.into_iter().try_for_each(|((_, count), tables)| place_band(file, count, tables))
}

/// Gives the rows of several tables their places: a row of each, then the next row of each.
fn place_band(file: &FileWriter, count: u64, tables: Vec<MutexGuard<ChunkTable>>) -> Result<()> {
    let overflow = || Error::limit("the records would exceed 2^64 bytes");
    let mut distance = 0u64;
    let mut starts = Vec::with_capacity(tables.len());
    for table in &tables {
        starts.push(distance);
        distance = distance.checked_add(table.row_bytes()?).ok_or_else(overflow)?;
    }
    let first = file.allocate(distance.checked_mul(count).ok_or_else(overflow)?, RAW_ALIGNMENT)?;
    for (mut table, start) in tables.into_iter().zip(starts) {
        table.place_rows(Rows { first: first.checked_add(start).ok_or_else(overflow)?, distance, count });
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
        let texts: Vec<Option<&[u8]>> = values.iter().map(|text| Some(text.as_slice())).collect();
        let references = heap::write_objects(&self.file, &texts, 1)?;
        self.write(variable, region, &references)
    }

    fn finish(self: Box<Self>) -> Result<u64> {
        self.variables.iter().try_for_each(|variable| variable.fill_gaps(&self.file))?;
        let lengths: Vec<u64> = self.lengths.iter().map(|length| length.load(Ordering::Relaxed)).collect();
        let root = Headers::new(&self.file, &self.schema, &self.variables, &lengths)?.write()?;
        self.file.finish(root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::netcdf::{File, Layout, Type, Variable, Writer};

    /// Declares `declared` steps and writes `written`, of chunks of one and of three steps.
    fn steps(declared: u64, written: u64) -> File {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.nc");
        let mut schema = Schema::new(Container::NetCdf4);
        let time = schema.add_dimension("time", declared, true);
        let nodes = schema.add_dimension("nodes", 7, false);
        for (name, chunk) in [("one", [1, 4]), ("three", [3, 7]), ("other", [1, 7])] {
            let mut variable = Variable::new(name, Type::Short, vec![time, nodes]);
            variable.storage.layout = Layout::Chunked(chunk.to_vec());
            schema.add_variable(variable);
        }
        let writer = Writer::create(&path, schema, false).unwrap();
        for id in (0..3).map(VariableId) {
            let values: Vec<i16> = (0..).take(usize::try_from(written).unwrap() * 7).map(|n| n + 1).collect();
            writer.write(id, &Selection::boxed(vec![0, 0], vec![written, 7]), &values).unwrap();
        }
        writer.finish().unwrap();
        File::from_source(crate::Source::from_bytes(std::fs::read(path).unwrap())).unwrap()
    }

    #[test]
    fn known_steps_have_places_and_others_find_some() {
        for (declared, written) in [(0, 5), (4, 4), (4, 9), (7, 3)] {
            let file = steps(declared, written);
            for id in (0..3).map(VariableId) {
                let array = file.array(id).unwrap();
                assert_eq!(array.shape(), [declared.max(written), 7]);
                let read: Vec<i16> = array.read(&Selection::rows(array.shape(), 0..written)).unwrap();
                assert!(read.iter().zip(1..).all(|(&value, expected)| value == expected), "{declared} {written}");
            }
        }
    }
}
