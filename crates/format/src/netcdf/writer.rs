//! Writing a file from its schema.

use std::path::Path;
use std::sync::Mutex;

use super::file::File;
use super::ids::VariableId;
use super::numbers::{self, NumberForm, Precision};
use super::quantize::Quantizer;
use super::schema::Schema;
use super::store::{Finished, Store};
use super::value::Value;
use super::{chunking, classic, plan, v4};
use crate::element::{ByteOrder, Element};
use crate::error::{Context, Error, Kind, Result};
use crate::grid::for_each_part;
use crate::hdf5::write::assemble::{Assembler, Dataset};
use crate::limits;
use crate::options::OpenOptions;
use crate::shape::{self, Selection};
use crate::sink::{InMemory, InPlace, Memory, NewFile, Sink};
use crate::source::Source;
use crate::sync::lock;

/// Bytes of numbers that are brought into their stored form at a time.
const PIECE: u64 = 256 << 10;

/// A file being written. It becomes visible, whole, when [`Writer::finish`] returns; dropped before, it leaves nothing.
///
/// Unlimited dimensions grow with what is written. Any thread may write. Filtered data are encoded on all cores while the
/// program goes on: an error can come with a later call, and names the variable that it is of.
///
/// ```
/// # fn main() -> hyperslab::Result<()> {
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.nc");
/// use hyperslab::hdf5::Filter;
/// use hyperslab::netcdf::{Container, Layout, Schema, Type, Variable, Writer};
/// let mut schema = Schema::new(Container::NetCdf4);
/// let time = schema.add_dimension("time", 0, true);
/// let nodes = schema.add_dimension("nodes", 3, false);
/// let mut u = Variable::new("u", Type::Double, vec![time, nodes]);
/// u.storage.layout = Layout::Chunked(vec![1, 3]);
/// u.storage.filters = vec![Filter::shuffle(), Filter::deflate(4)];
/// let u = schema.add_variable(u);
/// let writer = Writer::create(&path, schema, false)?;
/// writer.write(u, &hyperslab::Selection::block(vec![0, 0], vec![1, 3]), &[1.0, 2.0, 3.0])?;
/// writer.finish()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Writer {
    schema: Schema,
    store: Box<dyn Store>,
    /// Chunks of filtered variables that are not complete yet.
    chunks: Assembler,
    /// Boxes whose writing the operating system refused: what they hold is unknown until they are written again.
    torn: Mutex<Vec<(VariableId, Selection)>>,
}

impl Writer {
    /// Starts a file. Every declaration is checked before the target is touched: what is accepted here can fail later only
    /// by the operating system.
    ///
    /// # Errors
    /// [`Kind::Usage`] if `path` exists and may not be overwritten, or the schema contradicts itself;
    /// [`Kind::Unsupported`] if the container cannot hold it, both with the object; [`Kind::Io`].
    pub fn create(path: impl AsRef<Path>, schema: Schema, overwrite: bool) -> Result<Self> {
        let path = path.as_ref();
        let schema = plan::complete(schema).in_file(path)?;
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
        let schema = plan::complete(schema)?;
        Self::on(Box::new(InMemory::new(place)), schema)
    }

    /// Goes on with a file that is there, locked against other writers: unlimited dimensions may grow. Nothing that readers
    /// can reach is written over; what is new becomes part of the file when [`Writer::publish`] or [`Writer::finish`] says so,
    /// all of it at once. A crash, a full disk or a writer that is dropped leaves what was published last. Records of a classic
    /// file that were written and not counted are written over: [`uncounted_records`](crate::recover::uncounted_records) tells of them.
    ///
    /// ```
    /// # fn main() -> hyperslab::Result<()> {
    /// # use hyperslab::netcdf::{Container, File, Schema, Type, Variable, Writer};
    /// # use hyperslab::Selection;
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.nc");
    /// # let mut schema = Schema::new(Container::Cdf5);
    /// # let time = schema.add_dimension("time", 0, true);
    /// # let t = schema.add_variable(Variable::new("t", Type::Double, vec![time]));
    /// # Writer::create(&path, schema, false)?.finish()?;
    /// let writer = Writer::append(&path)?;
    /// let t = writer.schema().find_variable("t").unwrap();
    /// writer.write(t, &Selection::block(vec![0], vec![2]), &[0.5, 1.0])?;
    /// writer.publish()?;
    /// assert_eq!(File::open(&path)?.find("t").unwrap().read_all::<f64>()?, [0.5, 1.0]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Kind::Io`] if it cannot be opened or another program writes to it; [`Kind::Malformed`](crate::Kind::Malformed) when it
    /// is broken or cut off; [`Kind::Unsupported`] for an HDF5 file that cannot be changed where it is.
    pub fn append(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let open = || {
            let sink = Box::new(InPlace::open(path)?);
            Self::going_on(sink, Source::open(path)?)
        };
        open().in_file(path)
    }

    /// Goes on with the file in a sink, whose bytes a source has.
    pub(crate) fn going_on(sink: Box<dyn Sink>, source: Source) -> Result<Self> {
        let options = OpenOptions::new();
        let file = File::from_source_with(source.clone(), &options)?;
        file.check_complete()?;
        let (schema, store) = match file.schema().container.is_hdf5() {
            true => (file.schema().clone(), v4::write::append(sink, source, file.schema())?),
            false => classic::append(sink, &source, &options)?,
        };
        Ok(Writer { schema, store, chunks: Assembler::in_background(), torn: Mutex::default() })
    }

    /// Starts a file whose bytes go wherever the caller says.
    pub(crate) fn on(sink: Box<dyn Sink>, schema: Schema) -> Result<Self> {
        let store = match schema.container.is_hdf5() {
            true => v4::write::create(sink, &schema)?,
            false => classic::create(sink, &schema)?,
        };
        Ok(Writer { schema, store, chunks: Assembler::in_background(), torn: Mutex::default() })
    }

    /// What the file declares, with the lengths it was created with, and the attributes of [fill values](super::Fill).
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    pub(super) fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// Writes numbers into a box of a variable, in C order; other numeric types are converted if they fit exactly.
    ///
    /// # Errors
    /// [`Kind::Usage`] for a box outside of the variable or values that do not fit, of which none is written then;
    /// [`Kind::Io`]. Whatever was written before is kept; after [`Kind::Io`] the box must be written again, or
    /// [`Writer::finish`] fails.
    pub fn write<T: Element>(&self, id: VariableId, region: &Selection, values: &[T]) -> Result<()> {
        self.numbers(id, region, values).map_err(|error| self.place(error, id))
    }

    /// As [`Writer::write`], but that floating-point numbers are rounded to the digits of a narrower floating-point type. What
    /// lies beyond its largest number does not fit.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub fn write_rounded<T: Element>(&self, id: VariableId, region: &Selection, values: &[T]) -> Result<()> {
        self.to_precision(id, region, values, Precision::Rounded).map_err(|error| self.place(error, id))
    }

    fn numbers<T: Element>(&self, id: VariableId, region: &Selection, values: &[T]) -> Result<()> {
        self.to_precision(id, region, values, Precision::Exact)
    }

    fn to_precision<T: Element>(
        &self,
        id: VariableId,
        region: &Selection,
        values: &[T],
        precision: Precision,
    ) -> Result<()> {
        let variable = self.schema.variable(id)?;
        let ty = &variable.ty;
        let number = ty.number().ok_or_else(|| Error::usage(format!("{} is no number", ty.name())))?;
        let form = NumberForm { number, order: self.store.order(id) };
        if number == T::TYPE && (form.order == ByteOrder::NATIVE || size_of::<T>() == 1) {
            return self.check_and_put(id, region, bytemuck::cast_slice(values));
        }
        self.check(id, region, values.len() as u64)?;
        if number != T::TYPE {
            numbers::check(values, number, precision)?;
        }
        self.store.admit(id, region)?;
        let quantizer = Quantizer::of(variable);
        // The slowest dimensions are cut first, so that the values of a piece are neighbours.
        let piece = chunking::bounded(region.count.clone(), number.size(), PIECE);
        let (mut rest, mut stored) = (values, Vec::new());
        let mut put = |values: &[T], before: usize, region: &Selection| {
            numbers::encode(values, form, precision, &mut stored)?;
            if let Some(quantizer) = &quantizer {
                quantizer.apply(&mut stored, before as u64);
            }
            self.put(id, region, &stored)
        };
        if piece == region.count {
            return put(values, 0, region);
        }
        for_each_part(&Selection::all(&region.count), &piece, &mut |part| {
            let count = limits::to_usize(shape::count(&part.count)?)?;
            let (now, later) =
                rest.split_at_checked(count).ok_or_else(|| Error::usage("a box larger than its values"))?;
            rest = later;
            let before = values.len().saturating_sub(now.len()).saturating_sub(rest.len());
            let start = region.start.iter().zip(&part.target).map(|(&start, &at)| start.saturating_add(at)).collect();
            put(now, before, &Selection::block(start, part.count.clone()))
        })
    }

    /// Writes text, or elements of any other type of fixed size as they are stored, into a box of a variable.
    ///
    /// # Errors
    /// As [`Writer::write`]; [`Kind::Usage`] for elements of variable length, alone or inside, whose stored form says where
    /// in the file they are: [`Writer::write_values`] writes them.
    pub fn write_stored(&self, id: VariableId, region: &Selection, stored: &[u8]) -> Result<()> {
        let stored = match self.schema.variable(id)? {
            variable if variable.ty.is_variable() => {
                Err(Error::usage(format!("elements of the type {} have no stored form", variable.ty.name())))
            }
            _ => self.check_and_put(id, region, stored),
        };
        stored.map_err(|error| self.place(error, id))
    }

    /// Writes elements of any type into a box of a variable, in C order: the mirror of
    /// [`Array::read_values`](super::Array::read_values).
    ///
    /// Numbers are converted if they fit exactly; values of other types must be of the variable's type, whose
    /// group may be another one.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub fn write_values(&self, id: VariableId, region: &Selection, values: &Value) -> Result<()> {
        let done = match values {
            Value::Byte(list) => self.numbers(id, region, list),
            Value::Short(list) => self.numbers(id, region, list),
            Value::Int(list) => self.numbers(id, region, list),
            Value::Float(list) => self.numbers(id, region, list),
            Value::Double(list) => self.numbers(id, region, list),
            Value::UByte(list) => self.numbers(id, region, list),
            Value::UShort(list) => self.numbers(id, region, list),
            Value::UInt(list) => self.numbers(id, region, list),
            Value::Int64(list) => self.numbers(id, region, list),
            Value::UInt64(list) => self.numbers(id, region, list),
            Value::Char(_) | Value::String(_) | Value::User(..) => self.others(id, region, values),
        };
        done.map_err(|error| self.place(error, id))
    }

    fn others(&self, id: VariableId, region: &Selection, values: &Value) -> Result<()> {
        let variable = self.schema.variable(id)?;
        if !values.ty().is_like(&variable.ty) {
            return Err(Error::usage(format!("{} for {}", values.ty().name(), variable.ty.name())));
        }
        self.check(id, region, values.len() as u64)?;
        let stored = self.store.encode_values(id, values)?;
        self.store.admit(id, region)?;
        self.put(id, region, &stored)
    }

    /// Writes strings into a box of a variable of type string.
    ///
    /// # Errors
    /// As [`Writer::write`].
    pub fn write_strings(&self, id: VariableId, region: &Selection, values: &[Vec<u8>]) -> Result<()> {
        self.write_values(id, region, &Value::String(values.iter().cloned().map(Some).collect()))
    }

    /// Completes the file, makes it durable and visible; returns its size.
    ///
    /// # Errors
    /// [`Kind::Io`]: also where a box could not be written and was not written again. Then there is no file, or the message
    /// says where it is.
    pub fn finish(self) -> Result<u64> {
        self.close().map(|finished| finished.size)
    }

    /// As [`Writer::finish`]; says also how much of a file that was there before ([`Writer::append`]) is not used any more.
    ///
    /// # Errors
    /// As [`Writer::finish`].
    pub fn close(self) -> Result<Finished> {
        self.complete_chunks()?;
        self.store.finish()
    }

    /// Makes everything that was written so far part of a file that was there before ([`Writer::append`]): durable first, then
    /// reachable, all of it at once. What other threads are writing meanwhile may become part of it or not. A new file is
    /// published as a whole, by [`Writer::finish`].
    ///
    /// # Errors
    /// As [`Writer::finish`]; then the file is as it was published last.
    pub fn publish(&self) -> Result<()> {
        self.complete_chunks()?;
        self.store.publish()
    }

    /// Writes the chunks that are incomplete; refuses to go on without what could not be written.
    fn complete_chunks(&self) -> Result<()> {
        if let Some((id, region)) = lock(&self.torn).first() {
            let error = std::io::Error::other(format!("the box at {:?} was not written", region.start));
            return Err(self.place(Error::io("cannot complete", error), *id));
        }
        for id in (0..self.schema.variables.len()).map(VariableId) {
            if let Some(store) = self.store.chunks(id) {
                return self.chunks.finish(store);
            }
        }
        Ok(())
    }

    /// Checks and writes stored elements.
    fn check_and_put(&self, id: VariableId, region: &Selection, stored: &[u8]) -> Result<()> {
        let size = self.store.size(id);
        self.check(id, region, (stored.len() as u64).checked_div(size).unwrap_or(0))?;
        if shape::bytes(&region.count, size)? != stored.len() as u64 {
            return Err(Error::usage(format!("{} bytes for a box of {:?}", stored.len(), region.count)));
        }
        self.store.admit(id, region)?;
        match Quantizer::of(self.schema.variable(id)?) {
            None => self.put(id, region, stored),
            Some(quantizer) => {
                let mut rounded = limits::buffer(stored.len() as u64)?;
                rounded.copy_from_slice(stored);
                quantizer.apply(&mut rounded, 0);
                self.put(id, region, &rounded)
            }
        }
    }

    /// Writes stored elements of a box that was checked and admitted.
    fn put(&self, id: VariableId, region: &Selection, stored: &[u8]) -> Result<()> {
        if stored.is_empty() {
            return Ok(());
        }
        let Some(store) = self.store.chunks(id) else { return self.put_unfiltered(id, region, stored) };
        let lengths = self.lengths(id)?;
        self.chunks.write(store, self.dataset(id, &lengths)?, region, stored)
    }

    /// Writes a box of a variable that is not filtered, and that fits.
    pub(super) fn put_unfiltered(&self, id: VariableId, region: &Selection, stored: &[u8]) -> Result<()> {
        let written = self.store.write(id, region, stored);
        self.note(id, region, &written);
        written
    }

    /// Writes the chunks of a variable that wait for more of their elements: whoever puts whole chunks into the file comes
    /// after them.
    pub(super) fn flush(&self, id: VariableId) -> Result<()> {
        self.store.chunks(id).map_or(Ok(()), |store| self.chunks.flush(store, &|dataset| dataset == id.0))
    }

    /// The lengths of a variable, `u64::MAX` where it grows.
    pub(super) fn lengths(&self, id: VariableId) -> Result<Vec<u64>> {
        let length = |&id| self.schema.dimension(id).map(|d| if d.unlimited { u64::MAX } else { d.length });
        self.schema.variable(id)?.dimensions.iter().map(length).collect()
    }

    /// A chunked variable, as the assembler of chunks sees it.
    pub(super) fn dataset<'d>(&'d self, id: VariableId, lengths: &'d [u64]) -> Result<Dataset<'d>> {
        let chunk = self.store.chunk(id).ok_or_else(|| Error::usage("a filtered variable without chunks"))?;
        Ok(Dataset { number: id.0, chunk, lengths, size: self.store.size(id) })
    }

    /// Remembers a box that is torn; forgets those that are whole again.
    fn note(&self, id: VariableId, region: &Selection, written: &Result<()>) {
        let mut torn = lock(&self.torn);
        match written {
            Ok(()) => torn.retain(|(other, old)| *other != id || !covers(region, old)),
            Err(error) if error.kind() == Kind::Io => torn.push((id, region.clone())),
            Err(_) => {}
        }
    }

    /// Adds where the error happened.
    fn place(&self, error: Error, id: VariableId) -> Error {
        self.schema.place(error, id)
    }

    /// Checks a box and the number of its values against the lengths that cannot grow.
    fn check(&self, id: VariableId, region: &Selection, count: u64) -> Result<()> {
        let variable = self.schema.variable(id)?;
        if !region.is_box() || region.count.len() != variable.dimensions.len() {
            return Err(Error::usage("not a box of the variable"));
        }
        let mut shape = Vec::with_capacity(region.count.len());
        for ((&id, &start), &count) in variable.dimensions.iter().zip(&region.start).zip(&region.count) {
            let dimension = self.schema.dimension(id)?;
            let end = start.checked_add(count).ok_or_else(|| Error::usage("a box beyond 2^64"))?;
            shape.push(if dimension.unlimited { end } else { dimension.length });
        }
        region.check(&shape)?;
        match shape::count(&region.count)? == count {
            true => Ok(()),
            false => Err(Error::usage(format!("{count} values for a box of {:?}", region.count))),
        }
    }
}

/// Whether a box holds all of another one.
fn covers(outer: &Selection, inner: &Selection) -> bool {
    let axes = outer.start.iter().zip(&outer.count).zip(inner.start.iter().zip(&inner.count));
    axes.into_iter().all(|((&start, &count), (&other, &others))| {
        start <= other && other.saturating_add(others) <= start.saturating_add(count)
    })
}
