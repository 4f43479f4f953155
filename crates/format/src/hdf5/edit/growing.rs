//! Datasets that were there before, and grow.

use std::sync::Mutex;

use crate::error::{Error, Result};
use crate::hdf5::filter::description::Filter;
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::object::message::Message;
use crate::hdf5::read::dataset::{Dataset, Storage as Stored};
use crate::hdf5::record::message::dataspace::Dataspace;
use crate::hdf5::record::message::{flags, MessageType};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::write::dataset::{DatasetSpec, LayoutSpec};
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::fill::FillSpec;
use crate::hdf5::write::raw::{DatasetWriter, Growth, Storage};
use crate::hdf5::write::space::Extent;
use crate::sync::lock;
use crate::wire::width::{Len, Widths};

impl DatasetWriter {
    /// The dataset that a header says, with the chunks that it has.
    ///
    /// # Errors
    /// What is wrong with it; [`Kind::Unsupported`](crate::Kind::Unsupported) for data that lie in other files or datasets, and for
    /// filters that are not written.
    pub(crate) fn existing(file: &FileWriter, space: &AddressSpace, header: &ObjectHeader) -> Result<Self> {
        let dataset = Dataset::from_header(space, header)?;
        let mut writer = DatasetWriter::unwritten(file, Self::spec_of(&dataset)?)?;
        writer.growth = Some(Mutex::new(Growth::default()));
        match (&dataset.storage, &writer.storage) {
            (Stored::Chunked(chunked), Storage::Chunked(index)) => {
                chunked.index.visit(space, &chunked.grid, &mut |scaled, at| {
                    writer.written.add(at.address..at.address.saturating_add(at.size));
                    lock(index).insert(scaled, at).map(drop)
                })?;
                lock(index).go_on(space, chunked.index.address())?;
            }
            (Stored::Compact(held), _) => writer.storage = Storage::Compact(Mutex::new(held.clone())),
            (Stored::Contiguous(address), _) => writer.storage = Storage::Contiguous(*address),
            _ => {}
        }
        Ok(writer)
    }

    /// What a dataset is.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for data that lie in other files or datasets.
    pub(super) fn spec_of(dataset: &Dataset) -> Result<DatasetSpec> {
        let mut spec = DatasetSpec::new(dataset.datatype.clone(), &dataset.shape);
        spec.max_shape = dataset.max_shape.clone();
        spec.fill = FillSpec { value: dataset.fill.value.clone(), time: dataset.fill.time, ..FillSpec::default() };
        match &dataset.storage {
            Stored::Compact(_) => spec.layout = LayoutSpec::Compact,
            Stored::Contiguous(_) => {}
            Stored::Chunked(chunked) => {
                let chunk = chunked.grid.chunk.clone();
                spec.layout = LayoutSpec::Chunked { chunk, index: chunked.index.kind() };
                spec.filters = chunked.filters.filters.iter().map(Filter::from).collect();
            }
            Stored::External(_) | Stored::Virtual(_) => {
                return Err(Error::unsupported("going on with data that lie in other files or datasets"));
            }
        }
        Ok(spec)
    }

    /// The messages of the header of a dataset that has grown to these lengths, if anything of it has changed.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io); [`Kind::Usage`](crate::Kind::Usage) for lengths that it cannot have.
    pub(crate) fn grown(&self, file: &FileWriter, old: &[Message], shape: &[u64]) -> Result<Option<Vec<Message>>> {
        let is_changed = self.growth.as_ref().is_some_and(|growth| lock(growth).is_changed);
        let mut messages = old.to_vec();
        let is_longer = resize(&mut messages, shape)?;
        if is_changed {
            let layout = self.flush(file)?;
            replace(&mut messages, &Message::new(MessageType::LAYOUT, 0, &layout, Widths::WIDE)?);
        }
        Ok((is_changed || is_longer).then_some(messages))
    }

    /// Has the chunk index become the one that the dataset had, with the last publication.
    pub(crate) fn settle(&self) {
        if self.index().is_some_and(|mut index| index.settle()) {
            self.growth.iter().for_each(|growth| lock(growth).is_changed = true);
        }
    }

    /// Notes that readers reach everything now; returns what they do not reach any more.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub(crate) fn published(&self, file: &FileWriter) -> Result<Vec<Extent>> {
        let mut free = self.growth.as_ref().map(|growth| lock(growth).publish()).unwrap_or_default();
        if let Storage::Chunked(index) = &self.storage {
            free.extend(lock(index).published(file)?);
        }
        Ok(free)
    }
}

/// Gives a dataset other lengths; returns whether they are.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) for a dataspace that cannot be decoded, [`Kind::Unsupported`](crate::Kind::Unsupported)
/// for one that is shared.
pub(crate) fn resize(messages: &mut [Message], shape: &[u64]) -> Result<bool> {
    let found = messages.iter().find(|message| message.kind == MessageType::DATASPACE);
    let Some(old) = found else { return Ok(false) };
    if old.flags & flags::SHARED != 0 {
        return Err(Error::unsupported("changing lengths that several datasets share"));
    }
    let mut dataspace: Dataspace = old.decode("dataspace message", Widths::WIDE)?;
    let dims: Vec<Len> = shape.iter().map(|&length| Len(length)).collect();
    if dims == dataspace.dims || dims.len() != dataspace.dims.len() {
        return Ok(false);
    }
    dataspace.dims = dims;
    let new = Message::new(old.kind, old.flags, &dataspace, Widths::WIDE)?;
    replace(messages, &new);
    Ok(true)
}

/// Puts a message in place of the one of its type.
pub(super) fn replace(messages: &mut [Message], new: &Message) {
    for message in messages.iter_mut().filter(|message| message.kind == new.kind) {
        *message = Message { flags: message.flags, ..new.clone() };
    }
}
