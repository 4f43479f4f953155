//! Elements of datasets that are changed. What readers can reach stays where it is: elements in one piece are copied first, and
//! so are chunks.

use std::collections::btree_map::Entry;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;

use super::detached::{now, Detached};
use super::Editor;
use crate::copy::{self, Side};
use crate::error::{Context, Error, Result};
use crate::grid::{bounded, for_each_part, Part};
use crate::hdf5::builder::{DatasetWriter, ElementData, LayoutSpec};
use crate::hdf5::chunk::ChunkLocation;
use crate::hdf5::datatype::Datatype;
use crate::hdf5::file::File;
use crate::hdf5::filter::pipeline::Pipeline;
use crate::hdf5::object::message::Message;
use crate::hdf5::read::dataset::Dataset;
use crate::hdf5::record::message::dataspace::Dataspace;
use crate::hdf5::record::message::layout::DataLayout;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::raw::Storage;
use crate::limits;
use crate::shape::{self, Selection};
use crate::sync::{available_threads, lock, together};
use crate::wire::width::Widths;
use crate::written::repeat;

/// Bytes that are copied at a time.
const PIECE: u64 = 1 << 20;

impl Editor {
    /// Writes elements into a box of a dataset, in C order. The box may lie beyond the lengths of dimensions that can grow.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) without such an object; [`Kind::Usage`](crate::Kind::Usage) for one that is no dataset,
    /// for a box beyond what can grow, and for elements that are not of the type;
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for data in other files or datasets, for bytes of elements that hold addresses,
    /// and for filters that are not written; [`Kind::Io`](crate::Kind::Io).
    pub fn write(&mut self, dataset: &str, region: &Selection, elements: &ElementData) -> Result<()> {
        let write = |editor: &mut Self| {
            let object = editor.session.graph().find(dataset)?;
            let datatype = editor.dataset_of(object)?.spec().datatype.datatype().clone();
            let len = shape::bytes(&region.count, datatype.size())?;
            let stored = elements.stored(&datatype, len, Some(&editor.file))?;
            editor.write_in(object, region, &stored)
        };
        write(self).in_object(dataset).in_file(&self.path)
    }

    /// Gives a dataset other lengths, none of them shorter than it was.
    ///
    /// # Errors
    /// As [`Editor::write`], for lengths that it cannot have.
    pub fn extend(&mut self, dataset: &str, lengths: &[u64]) -> Result<()> {
        let extend = |editor: &mut Self| {
            let object = editor.session.graph().find(dataset)?;
            editor.extend_of(object, lengths)
        };
        extend(self).in_object(dataset).in_file(&self.path)
    }

    /// As [`Editor::extend`].
    pub(crate) fn extend_of(&mut self, object: u64, lengths: &[u64]) -> Result<()> {
        self.dataset_of(object)?.check_extent(lengths)?;
        let (_, shape) = self.datasets.get_mut(&object).ok_or_else(|| Error::usage("no dataset"))?;
        match shape.iter().zip(lengths).all(|(old, new)| old <= new) {
            true => shape.copy_from_slice(lengths),
            false => return Err(Error::unsupported("making a dataset shorter")),
        }
        Ok(())
    }

    /// The datatype of a dataset.
    ///
    /// # Errors
    /// As [`Editor::write`].
    pub(crate) fn datatype_of(&mut self, object: u64) -> Result<Datatype> {
        Ok(self.dataset_of(object)?.spec().datatype.datatype().clone())
    }

    /// Writes stored elements of a dataset.
    ///
    /// # Errors
    /// As [`Editor::write`].
    pub(crate) fn write_in(&mut self, object: u64, region: &Selection, stored: &[u8]) -> Result<()> {
        self.dataset_of(object)?;
        let Some((dataset, lengths)) = self.datasets.get_mut(&object) else { return Err(Error::usage("no dataset")) };
        if !region.is_box() {
            return Err(Error::usage("only boxes of neighbours can be written"));
        }
        region.check(&dataset.spec().max_shape)?;
        if shape::bytes(&region.count, dataset.element_size)? != stored.len() as u64 {
            return Err(Error::usage(format!("{} bytes for a box of {:?}", stored.len(), region.count)));
        }
        if region.count.contains(&0) {
            return Ok(());
        }
        dataset.change(&self.file, region, stored)?;
        lengths.iter_mut().zip(region.ends()).for_each(|(length, end)| *length = (*length).max(end));
        Ok(())
    }

    /// Gives a dataset other lengths, which it cannot have as it is: its elements are written anew. Those beyond the new lengths are
    /// gone, and those beyond the old ones get the fill value.
    ///
    /// # Errors
    /// As [`Editor::write`].
    pub(crate) fn reshape_of(&mut self, object: u64, lengths: &[u64]) -> Result<()> {
        self.settle()?;
        let header = self.session.legible(object)?;
        let file = written(&self.file, self.detached.as_ref(), &self.path)?;
        let held = Dataset::from_header(file.space(), &header)?;
        let mut spec = DatasetWriter::existing(&self.file, file.space(), &header)?.spec().clone();
        let most = spec.max_shape.iter().zip(lengths);
        spec.max_shape = most.map(|(&most, &now)| if most == u64::MAX { most } else { now }).collect();
        spec.shape = Some(lengths.to_vec());
        if let LayoutSpec::Chunked { chunk, .. } = &spec.layout {
            // Chunks are no longer than what cannot grow, and the index is one for any number of them.
            let cut = |(&chunk, &most): (&u64, &u64)| chunk.min(most.max(1));
            spec.layout = LayoutSpec::chunked(chunk.iter().zip(&spec.max_shape).map(cut).collect());
        }
        let mut dataset = DatasetWriter::new(&self.file, spec)?;
        let kept = Selection::all(&held.shape.iter().zip(lengths).map(|(&old, &new)| old.min(new)).collect::<Vec<_>>());
        let piece = bounded(kept.count.clone(), dataset.element_size, PIECE);
        for_each_part(&kept, &piece, &mut |part| {
            let region = Selection::block(part.start.clone(), part.count.clone());
            let mut bytes = limits::buffer(shape::bytes(&region.count, dataset.element_size)?)?;
            held.read(file.space(), &region, &mut bytes)?;
            dataset.change(&self.file, &region, &bytes)
        })?;
        let layout = dataset.flush(&self.file)?;
        let mut messages =
            reshaped(self.session.header(object)?.messages.clone(), &dataset.spec().max_shape, lengths, &layout)?;
        if let Some(pipeline) = dataset.spec().pipeline()? {
            let new = Message::new(MessageType::FILTER_PIPELINE, 0, &pipeline, ())?;
            messages.iter_mut().filter(|old| old.kind == new.kind).for_each(|old| old.clone_from(&new));
        }
        self.session.change(object, messages)?;
        self.datasets.remove(&object);
        self.reshaped.insert(object);
        Ok(())
    }

    /// The dataset that an object is, with what has changed so far.
    pub(super) fn dataset_of(&mut self, object: u64) -> Result<&DatasetWriter> {
        match self.datasets.entry(object) {
            Entry::Occupied(entry) => Ok(&entry.into_mut().0),
            Entry::Vacant(entry) => {
                let header = self.session.legible(object)?;
                let file = written(&self.file, self.detached.as_ref(), &self.path)?;
                let dataset = DatasetWriter::existing(&self.file, file.space(), &header)?;
                let lengths = dataset.spec().lengths().to_vec();
                Ok(&entry.insert((dataset, lengths)).0)
            }
        }
    }

    /// Has the headers of all datasets say where their elements are now.
    pub(super) fn settle(&mut self) -> Result<()> {
        for (&object, (dataset, lengths)) in &self.datasets {
            let messages = &self.session.header(object)?.messages;
            if let Some(messages) = dataset.grown(&self.file, messages, lengths)? {
                self.session.change(object, messages)?;
            }
        }
        Ok(())
    }
}

/// The file with what was written since it was opened, which nothing leads to yet.
fn written(file: &FileWriter, copy: Option<&Detached>, path: &Path) -> Result<File> {
    file.fit()?;
    File::from_source(now(copy, path)?)
}

/// The messages of a dataset that has other lengths, and lies elsewhere.
fn reshaped(mut messages: Vec<Message>, most: &[u64], lengths: &[u64], layout: &DataLayout) -> Result<Vec<Message>> {
    let space = Dataspace::simple(lengths, Some(most))?;
    let space = Message::new(MessageType::DATASPACE, 0, &space, Widths::WIDE)?;
    let layout = Message::new(MessageType::LAYOUT, 0, layout, Widths::WIDE)?;
    messages.iter_mut().filter(|old| old.kind == MessageType::DATASPACE).for_each(|old| *old = space.clone());
    messages.iter_mut().filter(|old| old.kind == MessageType::LAYOUT).for_each(|old| *old = layout.clone());
    Ok(messages)
}

impl DatasetWriter {
    /// Writes stored elements into a box, whatever the layout.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io); [`Kind::Usage`](crate::Kind::Usage) for a box beyond what can grow.
    pub(in crate::hdf5) fn change(&mut self, file: &FileWriter, region: &Selection, stored: &[u8]) -> Result<()> {
        self.copy_first(file)?;
        match self.pipeline() {
            None => self.write(file, region, stored),
            Some(pipeline) => self.write_filtered(file, pipeline, region, stored),
        }
    }

    /// Gives elements that lie in one piece, where readers are, another place.
    fn copy_first(&mut self, file: &FileWriter) -> Result<()> {
        let Storage::Contiguous(old) = self.storage else { return Ok(()) };
        let len = shape::bytes(self.spec.lengths(), self.element_size)?;
        if !self.is_reachable(old) || len == 0 {
            return Ok(());
        }
        let address = file.allocate_raw(len)?;
        let mut done = 0;
        while let (Some(old), true) = (old, done < len) {
            let mut piece = limits::buffer(PIECE.min(len - done))?;
            file.read(old.saturating_add(done), &mut piece)?;
            file.write(address.saturating_add(done), &piece)?;
            done += piece.len() as u64;
        }
        self.written.add(address..address.saturating_add(done));
        let old = old.map(|address| ChunkLocation { address, size: len, mask: 0 });
        self.growth.iter().for_each(|growth| {
            let _ = lock(growth).put(address, old);
        });
        self.storage = Storage::Contiguous(Some(address));
        Ok(())
    }

    /// Changes chunks that pass through filters, on all cores.
    fn write_filtered(&self, file: &FileWriter, pipeline: &Pipeline, region: &Selection, stored: &[u8]) -> Result<()> {
        let mut parts = Vec::new();
        for_each_part(region, self.chunk().unwrap_or_default(), &mut |part| {
            parts.push(part.clone());
            Ok(())
        })?;
        let (next, failed) = (AtomicUsize::new(0), Mutex::new(None));
        together(available_threads().min(parts.len()), || {
            while let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Err(error) = self.write_chunk(file, pipeline, part, (&region.count, stored)) {
                    next.store(parts.len(), Ordering::Relaxed);
                    lock(&failed).get_or_insert(error);
                }
            }
        });
        let failed = lock(&failed).take();
        failed.map_or(Ok(()), Err)
    }

    fn write_chunk(&self, file: &FileWriter, pipeline: &Pipeline, part: &Part, from: (&[u64], &[u8])) -> Result<()> {
        let chunk = self.chunk().unwrap_or_default();
        let held = if part.count == chunk { None } else { self.chunk_back(file, &part.scaled)? };
        let mut bytes = match held {
            Some(held) => held,
            None => {
                let mut blank = limits::buffer(shape::bytes(chunk, self.element_size)?)?;
                repeat(self.spec.fill.value.as_deref().unwrap_or_default(), &mut blank);
                blank
            }
        };
        let (count, stored) = from;
        let from = Side { shape: count, start: &part.target, stride: &[] };
        let to = Side { shape: chunk, start: &part.inside, stride: &[] };
        copy::copy((stored, from), (&mut bytes, to), &part.count, self.element_size)?;
        pipeline.encode(&mut bytes, &mut Vec::new())?;
        self.put_chunk(file, &part.scaled, &bytes, 0)
    }
}
