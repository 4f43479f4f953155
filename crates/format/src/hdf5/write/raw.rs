//! The raw data of a dataset that is written: where it lies, and boxes and chunks of it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard};

use super::assemble::ChunkEncoder;
use super::dataset::{DatasetSpec, LayoutSpec};
use super::file::{FileId, FileWriter};
use super::index::table::ChunkTable;
use super::index::ChunkIndexWriter;
use super::options::Level;
use super::space::Extent;
use super::virtual_layout;
use crate::copy::{self, Side};
use crate::error::{Error, Result};
use crate::grid::for_each_part;
use crate::hdf5::chunk::{ChunkLocation, IndexKind};
use crate::hdf5::filter::pipeline::Pipeline;
use crate::hdf5::record::message::fill_value::FillTime;
use crate::hdf5::record::message::layout::{self, DataLayout};
use crate::limits;
use crate::shape::{self, Selection};
use crate::sync::lock;
use crate::wire::width::{Addr, Len};
use crate::written::{repeat, Written};

/// A dataset whose raw data are being written. Any thread may write.
#[derive(Debug)]
pub struct DatasetWriter {
    pub(in crate::hdf5) spec: DatasetSpec,
    /// The file that it belongs to.
    file: FileId,
    pub(in crate::hdf5) element_size: u64,
    pub(in crate::hdf5) storage: Storage,
    pipeline: Option<Arc<Pipeline>>,
    /// What was written, where it matters.
    pub(in crate::hdf5) written: Written,
    /// Of a dataset that was there before: what of it readers cannot reach.
    pub(in crate::hdf5) growth: Option<Mutex<Growth>>,
}

/// What is new of a dataset that was there before. What readers can reach is not written over.
#[derive(Debug, Default)]
pub(in crate::hdf5) struct Growth {
    /// The places of chunks that nobody can reach before the file is published.
    fresh: HashSet<u64>,
    /// Chunks that others have taken the place of: nobody reaches them once the file is published.
    replaced: Vec<Extent>,
    /// Whether anything has been written since.
    pub(in crate::hdf5) is_changed: bool,
}

impl Growth {
    /// Notes that a chunk has another place; returns what is free at once.
    pub(in crate::hdf5) fn put(&mut self, address: u64, old: Option<ChunkLocation>) -> Option<Extent> {
        self.fresh.insert(address);
        self.is_changed = true;
        let old = old.map(|old| Extent { address: old.address, len: old.size })?;
        match self.fresh.remove(&old.address) {
            true => Some(old),
            false => {
                self.replaced.push(old);
                None
            }
        }
    }

    /// The places of chunks that nobody can reach yet, in order.
    pub(super) fn fresh(&self) -> Vec<u64> {
        let mut fresh: Vec<u64> = self.fresh.iter().copied().collect();
        fresh.sort_unstable();
        fresh
    }

    /// Everything can be reached now, but for what is free.
    pub(in crate::hdf5) fn publish(&mut self) -> Vec<Extent> {
        self.fresh.clear();
        self.is_changed = false;
        std::mem::take(&mut self.replaced)
    }
}

/// Where the elements are.
#[derive(Debug)]
pub(in crate::hdf5) enum Storage {
    Compact(Mutex<Vec<u8>>),
    /// Nowhere, if there are none.
    Contiguous(Option<u64>),
    Chunked(Box<Mutex<ChunkIndexWriter>>),
    /// Not in the file: the layout says where.
    Elsewhere(DataLayout),
}

impl DatasetWriter {
    /// Gives the data of a dataset a place, if their size is fixed.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type or a filter that is not written, and for chunks of 4 GiB or
    /// more; [`Kind::Usage`](crate::Kind::Usage) for lengths, a layout and filters that do not fit each other.
    pub(crate) fn new(file: &FileWriter, spec: DatasetSpec) -> Result<Self> {
        let writer = Self::unwritten(file, spec)?;
        let bytes = shape::bytes(writer.spec.lengths(), writer.element_size)?;
        let storage = match (&writer.storage, bytes) {
            (Storage::Contiguous(_), 1..) => Storage::Contiguous(Some(file.allocate_raw(bytes)?)),
            (Storage::Chunked(index), _) => {
                lock(index).place_all(file)?;
                return Ok(writer);
            }
            _ => return Ok(writer),
        };
        Ok(DatasetWriter { storage, ..writer })
    }

    /// A dataset of which no element is ever written: it gets no place.
    ///
    /// # Errors
    /// As [`DatasetWriter::new`].
    pub(crate) fn unwritten(file: &FileWriter, spec: DatasetSpec) -> Result<Self> {
        if let Some(address) = spec.datatype.address() {
            file.offset_of(address)?;
        }
        spec.check(file.options.level)?;
        let element_size = spec.datatype.datatype().size();
        let pipeline = spec.pipeline()?.map(|message| Pipeline::new(&message).map(Arc::new)).transpose()?;
        let storage = match &spec.layout {
            LayoutSpec::Compact => {
                let mut held = limits::buffer(shape::bytes(spec.lengths(), element_size)?)?;
                repeat(spec.fill.value.as_deref().unwrap_or_default(), &mut held);
                Storage::Compact(Mutex::new(held))
            }
            LayoutSpec::Contiguous => Storage::Contiguous(None),
            LayoutSpec::Chunked { chunk, index } => {
                // Without an index, chunks are counted as if the dataset were as large as it can become.
                let created = if *index == IndexKind::Implicit { &spec.max_shape } else { spec.lengths() };
                if *index != IndexKind::BTreeV1 {
                    file.options.level.needs(Level::V110, "a chunk index other than a version 1 B-tree")?;
                }
                let table = ChunkTable::new(chunk, created, &spec.max_shape, element_size)?;
                let index = ChunkIndexWriter::new(*index, table, element_size, pipeline.is_some())?;
                Storage::Chunked(Box::new(Mutex::new(index)))
            }
            LayoutSpec::Virtual(mappings) => {
                Storage::Elsewhere(virtual_layout::write(file, mappings, spec.lengths().len())?)
            }
            LayoutSpec::External(_) => {
                let size = Some(Len(shape::bytes(spec.lengths(), element_size)?));
                let (address, dimensions) = (Addr::UNDEFINED, Vec::new());
                let storage = layout::Storage::Contiguous { address, size, dimensions };
                Storage::Elsewhere(DataLayout { version: 3, storage })
            }
        };
        let written = Written::default();
        Ok(DatasetWriter { spec, file: file.id(), element_size, storage, pipeline, written, growth: None })
    }

    /// Refuses another file than the one that it belongs to.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage).
    pub(crate) fn check_file(&self, file: &FileWriter) -> Result<()> {
        match self.file == file.id() {
            true => Ok(()),
            false => Err(Error::usage("a dataset of another file")),
        }
    }

    /// What the dataset is.
    pub(crate) fn spec(&self) -> &DatasetSpec {
        &self.spec
    }

    /// Has the library fill in what is not written, where it would not have.
    pub(crate) fn fill_if_set(&mut self) {
        if self.spec.fill.time == FillTime::Never {
            self.spec.fill.time = FillTime::IfSet;
        }
    }

    /// The lengths of a chunk, if the dataset is chunked.
    pub(crate) fn chunk(&self) -> Option<&[u64]> {
        match &self.spec.layout {
            LayoutSpec::Chunked { chunk, .. } => Some(chunk),
            _ => None,
        }
    }

    /// The filters, if there are any; then the dataset is written chunk by chunk.
    pub(crate) fn pipeline(&self) -> Option<&Pipeline> {
        self.pipeline.as_deref()
    }

    /// The same for threads of their own.
    pub(crate) fn encoder(&self) -> Option<Arc<dyn ChunkEncoder>> {
        self.pipeline.clone().map(|pipeline| pipeline as Arc<dyn ChunkEncoder>)
    }

    /// The index of a chunked dataset, for those who place many at once.
    pub(in crate::hdf5) fn index(&self) -> Option<MutexGuard<'_, ChunkIndexWriter>> {
        match &self.storage {
            Storage::Chunked(index) => Some(lock(index)),
            _ => None,
        }
    }

    /// Writes a box of an unfiltered dataset.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io); [`Kind::Usage`](crate::Kind::Usage) for a box beyond what can grow.
    pub(crate) fn write(&self, file: &FileWriter, region: &Selection, bytes: &[u8]) -> Result<()> {
        let zero = vec![0; region.count.len()];
        let whole = Side { shape: &region.count, start: &zero, stride: &[] };
        let to = Side { shape: self.spec.lengths(), start: &region.start, stride: &[] };
        match &self.storage {
            Storage::Contiguous(address) if self.is_reachable(*address) => {
                Err(Error::unsupported("values that are there already, changed in place"))
            }
            Storage::Compact(held) => {
                self.growth.iter().for_each(|growth| lock(growth).is_changed = true);
                let mut held = lock(held);
                copy::copy((bytes, whole), (&mut held, to), &region.count, self.element_size)
            }
            Storage::Contiguous(None) => Ok(()),
            Storage::Elsewhere(_) => Err(Error::usage("the elements lie in other datasets or files")),
            Storage::Contiguous(Some(address)) => self.write_runs(file, *address, (bytes, whole), to, &region.count),
            Storage::Chunked(index) => {
                let chunk = self.chunk().unwrap_or_default();
                for_each_part(region, chunk, &mut |part| {
                    let address = self.address(file, &mut lock(index), &part.scaled)?;
                    let from = Side { start: &part.target, ..whole };
                    let to = Side { shape: chunk, start: &part.inside, stride: &[] };
                    self.write_runs(file, address, (bytes, from), to, &part.count)
                })
            }
        }
    }

    fn write_runs(
        &self,
        file: &FileWriter,
        address: u64,
        (bytes, from): (&[u8], Side),
        to: Side,
        count: &[u64],
    ) -> Result<()> {
        copy::runs(from, to, count, |run| {
            let start = limits::to_usize(run.from.saturating_mul(self.element_size))?;
            let len = limits::to_usize(run.len.saturating_mul(self.element_size))?;
            let part = bytes.get(start..).and_then(|rest| rest.get(..len));
            let part = part.ok_or_else(|| Error::usage("a box larger than its bytes"))?;
            let offset = address.saturating_add(run.to.saturating_mul(self.element_size));
            file.write(offset, part)?;
            if self.gap_fill().is_some() {
                self.written.add(offset..offset.saturating_add(len as u64));
            }
            Ok(())
        })
    }

    /// Whether readers may be at elements that lie in one piece: those of a dataset that was there before.
    pub(in crate::hdf5) fn is_reachable(&self, address: Option<u64>) -> bool {
        let is_fresh = |growth: &Mutex<Growth>| address.is_some_and(|address| lock(growth).fresh.contains(&address));
        self.growth.as_ref().is_some_and(|growth| !is_fresh(growth))
    }

    /// Writes an encoded chunk in place of the one that was there.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io); [`Kind::Usage`](crate::Kind::Usage) if the dataset has no such chunk.
    pub(crate) fn put_chunk(&self, file: &FileWriter, scaled: &[u64], encoded: &[u8], mask: u32) -> Result<()> {
        let Storage::Chunked(index) = &self.storage else {
            return Err(Error::usage("the dataset is not chunked"));
        };
        let size = encoded.len() as u64;
        let address = file.allocate_encoded(size)?;
        file.write(address, encoded)?;
        let old = lock(index).insert(scaled, ChunkLocation { address, size, mask })?;
        self.replace(file, address, old);
        Ok(())
    }

    /// Gives back the place that a chunk had, when nobody reaches it.
    fn replace(&self, file: &FileWriter, address: u64, old: Option<ChunkLocation>) {
        let free = match &self.growth {
            Some(growth) => lock(growth).put(address, old),
            None => old.map(|old| Extent { address: old.address, len: old.size }),
        };
        free.into_iter().for_each(|extent| file.free(extent));
    }

    /// The address of an unfiltered chunk, which gets one if it has none, and another one if readers reach it.
    fn address(&self, file: &FileWriter, index: &mut ChunkIndexWriter, scaled: &[u64]) -> Result<u64> {
        let old = index.table().locate(scaled);
        let is_reachable =
            |at: &ChunkLocation| self.growth.as_ref().is_some_and(|g| !lock(g).fresh.contains(&at.address));
        if let Some(chunk) = old.as_ref().filter(|at| !is_reachable(at)) {
            return Ok(chunk.address);
        }
        let size = index.table().chunk_bytes();
        let address = file.allocate_raw(size)?;
        if let Some(old) = &old {
            let mut held = limits::buffer(size)?;
            file.read(old.address, &mut held)?;
            file.write(address, &held)?;
            self.written.add(address..address.saturating_add(size));
        }
        index.insert(scaled, ChunkLocation { address, size, mask: 0 })?;
        self.replace(file, address, old);
        Ok(address)
    }

    /// Gives an unfiltered chunk a place, if it has none.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when the file would exceed 2^63 bytes.
    pub(crate) fn give_place(&self, file: &FileWriter, scaled: &[u64]) -> Result<()> {
        self.index().map_or(Ok(()), |mut index| self.address(file, &mut index, scaled).map(|_| ()))
    }

    /// Whether a chunk has a place.
    pub(crate) fn has_chunk(&self, scaled: &[u64]) -> bool {
        self.index().is_some_and(|index| index.table().locate(scaled).is_some())
    }

    /// Reads back a filtered chunk that was written before, decoded.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub(crate) fn chunk_back(&self, file: &FileWriter, scaled: &[u64]) -> Result<Option<Vec<u8>>> {
        let (Storage::Chunked(index), Some(pipeline)) = (&self.storage, &self.pipeline) else { return Ok(None) };
        let (found, len) = {
            let index = lock(index);
            (index.table().locate(scaled), index.table().chunk_bytes())
        };
        let Some(ChunkLocation { address, size, mask }) = found else { return Ok(None) };
        let mut encoded = limits::buffer(size)?;
        file.read(address, &mut encoded)?;
        let (mut decoded, mut spare) = (Vec::new(), Vec::new());
        pipeline.decode(mask, &encoded, limits::to_usize(len)?, &mut decoded, &mut spare)?;
        Ok(Some(decoded))
    }
}
