//! Writing netCDF-4 files.

use std::sync::atomic::{AtomicU64, Ordering};

use super::headers::Headers;
use super::placement;
use crate::element::ByteOrder;
use crate::error::{Context, Error, Result};
use crate::hdf5::builder::{Builder, DatasetWriter};
use crate::hdf5::write::heap;
use crate::netcdf::schema::{Container, Schema, VariableId};
use crate::netcdf::store::Store;
use crate::shape::Selection;
use crate::sink::Sink;

/// A netCDF-4 file being written.
#[derive(Debug)]
struct V4Store {
    builder: Builder,
    schema: Schema,
    variables: Vec<DatasetWriter>,
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
    let builder = Builder::new(sink);
    let mut variables = Vec::with_capacity(schema.variables.len());
    for variable in &schema.variables {
        variables.push(placement::create(&builder, schema, variable).in_object(&schema.path(variable))?);
    }
    builder.place_rows(variables.iter())?;
    builder.reserve()?;
    let lengths = schema.dimensions.iter().map(|d| AtomicU64::new(d.length)).collect();
    Ok(Box::new(V4Store { builder, schema: schema.clone(), variables, lengths }))
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

impl V4Store {
    fn dataset(&self, variable: VariableId) -> Result<&DatasetWriter> {
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
        self.schema.variable(variable).map_or(ByteOrder::Little, |variable| variable.order)
    }

    fn chunk(&self, variable: VariableId) -> Option<&[u64]> {
        self.dataset(variable).ok()?.chunk()
    }

    fn is_filtered(&self, variable: VariableId) -> bool {
        self.dataset(variable).is_ok_and(|dataset| dataset.pipeline().is_some())
    }

    fn fill(&self, variable: VariableId) -> Option<&[u8]> {
        self.dataset(variable).ok()?.spec().fill.value.as_deref()
    }

    fn write(&self, variable: VariableId, region: &Selection, bytes: &[u8]) -> Result<()> {
        self.dataset(variable)?.write(self.builder.file(), region, bytes)?;
        self.grow(variable, region.start.iter().zip(&region.count).map(|(&start, &count)| start.saturating_add(count)))
    }

    fn encode(&self, variable: VariableId, chunk: &mut Vec<u8>, spare: &mut Vec<u8>) -> Result<u32> {
        match self.dataset(variable)?.pipeline() {
            Some(pipeline) => pipeline.encode(chunk, spare),
            None => Ok(0),
        }
    }

    fn append(&self, variable: VariableId, chunk: &[u64], extent: &[u64], encoded: &[u8], mask: u32) -> Result<()> {
        self.dataset(variable)?.put_chunk(self.builder.file(), chunk, encoded, mask)?;
        self.grow(variable, extent.iter().copied())
    }

    fn reload(&self, variable: VariableId, chunk: &[u64]) -> Result<Option<Vec<u8>>> {
        self.dataset(variable)?.chunk_back(self.builder.file(), chunk)
    }

    fn write_strings(&self, variable: VariableId, region: &Selection, values: &[Vec<u8>]) -> Result<()> {
        let texts: Vec<Option<&[u8]>> = values.iter().map(|text| Some(text.as_slice())).collect();
        let references = heap::write_objects(self.builder.file(), &texts, 1)?;
        self.write(variable, region, &references)
    }

    fn finish(self: Box<Self>) -> Result<u64> {
        let lengths: Vec<u64> = self.lengths.iter().map(|length| length.load(Ordering::Relaxed)).collect();
        let root = Headers::new(&self.builder, &self.schema, &self.variables, &lengths)?.write()?;
        self.builder.finish(root)
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
