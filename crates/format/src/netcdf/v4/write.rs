//! Writing netCDF-4 files.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::append::Existing;
use super::committed::CommittedTypes;
use super::headers::Headers;
use super::{encode, placement};
use crate::element::ByteOrder;
use crate::error::{Context, Error, Result};
use crate::hdf5::builder::{Builder, DatasetWriter};
use crate::hdf5::write::assemble::{ChangingStore, ChunkEncoder, ChunkStore, EncodedChunk};
use crate::netcdf::ids::VariableId;
use crate::netcdf::schema::Schema;
use crate::netcdf::store::{Finished, Store};
use crate::netcdf::value::Value;
use crate::shape::Selection;
use crate::sink::Sink;
use crate::source::Source;
use crate::sync::lock;
use crate::written::repeat;

/// A netCDF-4 file being written.
#[derive(Debug)]
struct V4Store {
    builder: Builder,
    schema: Schema,
    types: CommittedTypes,
    variables: Vec<DatasetWriter>,
    /// Current lengths of the dimensions.
    lengths: Vec<AtomicU64>,
    /// Their lengths with all boxes that were admitted.
    admitted: Mutex<Vec<u64>>,
    /// What there was before, if it goes on.
    existing: Option<Mutex<Existing>>,
}

/// Gives all data of known size a place. The schema was checked.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for what cannot be written, [`Kind::Io`](crate::Kind::Io) when there is no room.
pub(crate) fn create(sink: Box<dyn Sink>, schema: &Schema) -> Result<Box<dyn Store>> {
    let builder = Builder::new(sink);
    let types = CommittedTypes::commit(&builder, schema)?;
    let mut variables = Vec::with_capacity(schema.variables.len());
    for variable in &schema.variables {
        variables.push(placement::create(builder.file(), &types, schema, variable).in_object(&schema.path(variable))?);
    }
    builder.place_rows(variables.iter())?;
    builder.reserve()?;
    let lengths: Vec<u64> = schema.dimensions.iter().map(|d| d.length).collect();
    let admitted = Mutex::new(lengths.clone());
    let lengths = lengths.into_iter().map(AtomicU64::new).collect();
    Ok(Box::new(V4Store { builder, schema: schema.clone(), types, variables, lengths, admitted, existing: None }))
}

/// Goes on with a file that is there.
///
/// # Errors
/// What is wrong with the file; [`Kind::Unsupported`](crate::Kind::Unsupported) for one that cannot be changed where it is.
pub(crate) fn append(sink: Box<dyn Sink>, source: Source, schema: &Schema) -> Result<Box<dyn Store>> {
    let builder = Builder::changing(sink, source.len());
    let existing = Existing::open(source, schema)?;
    let variables = existing.datasets(builder.file(), schema)?;
    let lengths: Vec<u64> = schema.dimensions.iter().map(|d| d.length).collect();
    Ok(Box::new(V4Store {
        builder,
        schema: schema.clone(),
        types: CommittedTypes::default(),
        variables,
        admitted: Mutex::new(lengths.clone()),
        lengths: lengths.into_iter().map(AtomicU64::new).collect(),
        existing: Some(Mutex::new(existing)),
    }))
}

impl V4Store {
    fn dataset(&self, variable: VariableId) -> Result<&DatasetWriter> {
        self.variables.get(variable.0).ok_or_else(|| Error::usage(format!("there is no variable {}", variable.0)))
    }

    /// Adds which variable an error is of: chunks wait, and are written while others are on.
    fn name<T>(&self, dataset: usize, done: Result<T>) -> Result<T> {
        done.map_err(|error| self.place(dataset, error))
    }

    /// Gives unwritten elements of a variable their values.
    fn fill_elements(&self, variable: VariableId, target: &mut [u8]) -> Result<()> {
        let spec = self.dataset(variable)?.spec();
        match placement::own_fill(self.schema.variable(variable)?) {
            Some(value) => placement::fill_each(self.builder.file(), spec.datatype.datatype(), &value, target)?,
            None => repeat(spec.fill.value.as_deref().unwrap_or_default(), target),
        }
        Ok(())
    }

    /// The lengths of the dimensions with all that was written.
    fn current(&self) -> Vec<u64> {
        self.lengths.iter().map(|length| length.load(Ordering::Relaxed)).collect()
    }

    /// Puts an encoded chunk into the file.
    fn put_chunk(&self, variable: VariableId, chunk: &EncodedChunk) -> Result<()> {
        self.dataset(variable)?.put_chunk(self.builder.file(), &chunk.scaled, &chunk.bytes, chunk.mask)?;
        self.grow(variable, chunk.extent.iter().copied())
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

    /// Refuses lengths of the dimensions with which a variable would be larger than a file can be.
    fn check_sizes(&self, lengths: &[u64]) -> Result<()> {
        for (n, variable) in self.schema.variables.iter().enumerate() {
            let shape = variable.shape_of(lengths);
            if shape.contains(&0) {
                continue;
            }
            let growing =
                variable.dimensions.iter().filter(|id| self.schema.dimensions.get(id.0).is_some_and(|d| d.unlimited));
            // Chunks are counted in a grid whose sides are up to twice as long where it grows.
            let spare = growing.fold(1u128, |spare, _| spare.saturating_mul(2));
            let size = u128::from(self.size(VariableId(n))).saturating_mul(spare);
            let bytes = shape.iter().fold(size, |bytes, &length| bytes.saturating_mul(length.into()));
            if bytes > i64::MAX.unsigned_abs().into() {
                let detail =
                    format!("a shape of {shape:?}, with room to double where it grows, is more than a file can hold");
                return Err(Error::limit(detail).in_object(self.schema.path(variable)));
            }
        }
        Ok(())
    }

    /// Gives unwritten elements that lead to a heap their fill values.
    fn fill_own(&self, lengths: &[u64]) -> Result<()> {
        for (n, (variable, dataset)) in self.schema.variables.iter().zip(&self.variables).enumerate() {
            let Some(value) = placement::own_fill(variable) else { continue };
            let (file, datatype) = (self.builder.file(), dataset.spec().datatype.datatype());
            let fill = |elements: &mut [u8]| placement::fill_each(file, datatype, &value, elements);
            let filled = dataset.fill_gaps(file, &fill);
            self.name(n, filled.and_then(|()| dataset.fill_chunks(file, &variable.shape_of(lengths), &fill)))?;
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

    fn size(&self, variable: VariableId) -> u64 {
        self.dataset(variable).map_or(0, |dataset| dataset.spec().datatype.datatype().size())
    }

    fn chunks(&self, variable: VariableId) -> Option<&dyn ChangingStore> {
        self.dataset(variable).ok()?.pipeline().map(|_| self as &dyn ChangingStore)
    }

    fn admit(&self, variable: VariableId, region: &Selection) -> Result<()> {
        if region.count.contains(&0) {
            return Ok(());
        }
        let mut admitted = lock(&self.admitted);
        let mut grown: Option<Vec<u64>> = None;
        for (&id, end) in self.schema.variable(variable)?.dimensions.iter().zip(region.ends()) {
            let is_longer = admitted.get(id.0).is_some_and(|&length| length < end);
            if is_longer && self.schema.dimension(id)?.unlimited {
                let lengths = grown.get_or_insert_with(|| admitted.clone());
                lengths.get_mut(id.0).into_iter().for_each(|length| *length = end);
            }
        }
        if let Some(grown) = grown {
            self.check_sizes(&grown)?;
            *admitted = grown;
        }
        Ok(())
    }

    fn write(&self, variable: VariableId, region: &Selection, bytes: &[u8]) -> Result<()> {
        self.dataset(variable)?.write(self.builder.file(), region, bytes)?;
        self.grow(variable, region.ends())
    }

    fn encode_values(&self, variable: VariableId, values: &Value) -> Result<Vec<u8>> {
        encode::stored(self.builder.file(), self.dataset(variable)?.spec().datatype.datatype(), values)
    }

    fn publish(&self) -> Result<()> {
        let Some(existing) = &self.existing else { return Ok(()) };
        let lengths = self.current();
        self.fill_own(&lengths)?;
        lock(existing).publish(self.builder.file(), &self.schema, &self.variables, &lengths)
    }

    fn finish(self: Box<Self>) -> Result<Finished> {
        if let Some(existing) = &self.existing {
            self.variables.iter().for_each(DatasetWriter::settle);
            self.publish()?;
            let unused = lock(existing).unused(self.builder.file());
            return Ok(Finished { size: self.builder.close()?, unused });
        }
        let lengths = self.current();
        self.fill_own(&lengths)?;
        let root = Headers::new(&self.builder, &self.schema, &self.types, &self.variables, &lengths)?.write()?;
        Ok(Finished { size: self.builder.finish(root)?, unused: 0 })
    }
}

impl ChunkStore for V4Store {
    fn fill(&self, dataset: usize, target: &mut [u8]) -> Result<()> {
        self.name(dataset, self.fill_elements(VariableId(dataset), target))
    }

    fn encoder(&self, dataset: usize) -> Option<Arc<dyn ChunkEncoder>> {
        self.variables.get(dataset)?.encoder()
    }

    fn place(&self, dataset: usize, error: Error) -> Error {
        self.schema.place(error, VariableId(dataset))
    }

    fn put(&self, dataset: usize, chunk: &EncodedChunk) -> Result<()> {
        self.name(dataset, self.put_chunk(VariableId(dataset), chunk))
    }
}

impl ChangingStore for V4Store {
    fn reload(&self, dataset: usize, scaled: &[u64]) -> Result<Option<Vec<u8>>> {
        self.name(dataset, self.dataset(VariableId(dataset))?.chunk_back(self.builder.file(), scaled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hdf5::Filter;
    use crate::netcdf::{Container, File, Layout, Type, Variable, Writer};
    use crate::sink::faulty::{Fault, Faulty};
    use crate::{Kind, Memory};

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
            writer.write(id, &Selection::block(vec![0, 0], vec![written, 7]), &values).unwrap();
        }
        writer.finish().unwrap();
        File::from_source(crate::Source::from_bytes(std::fs::read(path).unwrap())).unwrap()
    }

    #[test]
    fn a_waiting_chunk_that_cannot_be_written_names_its_variable() {
        let mut schema = Schema::new(Container::NetCdf4);
        let x = schema.add_dimension("x", 8, false);
        for name in ["first", "second"] {
            let mut variable = Variable::new(name, Type::Short, vec![x]);
            variable.storage.layout = Layout::Chunked(vec![8]);
            variable.storage.filters = vec![Filter::deflate(1)];
            schema.add_variable(variable);
        }
        let calls = Arc::default();
        let writer = |call| {
            let fault = Fault { call, lasting: true, torn: false, errno: 28 };
            Writer::on(Box::new(Faulty::new(&Memory::new(), fault, &calls)), schema.clone()).unwrap()
        };
        drop(writer(usize::MAX));
        let created = calls.swap(0, Ordering::SeqCst);
        let writer = writer(created);
        writer.write(VariableId(1), &Selection::block(vec![0], vec![4]), &[1i16; 4]).unwrap();
        let error = writer.finish().unwrap_err();
        assert!(error.kind() == Kind::Io && error.to_string().contains("second: "), "{error}");
    }

    #[test]
    fn known_steps_have_places_and_others_find_some() {
        for (declared, written) in [(0, 5), (4, 4), (4, 9), (7, 3)] {
            let file = steps(declared, written);
            for id in (0..3).map(VariableId) {
                let array = file.array(id).unwrap();
                assert_eq!(array.shape(), [declared.max(written), 7]);
                let read: Vec<i16> = array.read(Selection::rows(array.shape(), 0..written)).unwrap();
                assert!(read.iter().zip(1..).all(|(&value, expected)| value == expected), "{declared} {written}");
            }
        }
    }
}
