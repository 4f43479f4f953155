//! Datasets whose elements refer to objects: when those move, the elements are written anew.

use super::growing::replace;
use crate::error::{Error, Result};
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::object::message::Message;
use crate::hdf5::read::dataset::Dataset;
use crate::hdf5::record::message::layout::DataLayout;
use crate::hdf5::record::message::MessageType;
use crate::hdf5::references::{place, Parts, Places};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::write::dataset::DatasetSpec;
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::write::raw::DatasetWriter;
use crate::limits;
use crate::shape::{self, Selection};
use crate::wire::width::Widths;

/// What the elements of an object refer to.
#[derive(Debug, Default)]
pub(super) enum Referring {
    /// To nothing: it is no dataset, or of numbers and texts.
    #[default]
    Nowhere,
    /// To objects.
    To(Box<Elements>),
    /// To objects, in elements that cannot be written anew, and why.
    Pinned(&'static str),
}

/// The elements of a dataset.
#[derive(Debug)]
pub(super) struct Elements {
    spec: DatasetSpec,
    parts: Parts,
    /// Where they lie when they are written anew.
    writer: Option<DatasetWriter>,
}

impl Referring {
    /// Reads the elements of an object, if it is a dataset of references.
    ///
    /// # Errors
    /// What is wrong with them; [`Kind::Limit`](crate::Kind::Limit) for more than may be held.
    pub fn read(space: &AddressSpace, header: &ObjectHeader) -> Result<Self> {
        let is_dataset = header.kind() == Some(ObjectKind::Dataset);
        let datatype = if is_dataset { header.datatype(space)? } else { None };
        if !datatype.is_some_and(|datatype| datatype.has_references()) {
            return Ok(Referring::Nowhere);
        }
        let dataset = Dataset::from_header(space, header)?;
        let spec = match DatasetWriter::spec_of(&dataset) {
            // Filters are what the header goes on to say.
            Ok(spec) => DatasetSpec { filters_set_up: true, ..spec },
            Err(_) => return Ok(Referring::Pinned("references that lie in other files or datasets")),
        };
        let len = shape::bytes(&dataset.shape, dataset.datatype.size())?;
        space.admit(len)?;
        let mut stored = limits::buffer(len)?;
        dataset.read(space, &Selection::all(&dataset.shape), &mut stored)?;
        let parts = Parts::of(space, &dataset.datatype, &stored)?;
        Ok(Referring::To(Box::new(Elements { spec, parts, writer: None })))
    }

    /// The objects that the elements refer to.
    pub fn targets(&self) -> Vec<u64> {
        match self {
            Referring::To(elements) => elements.parts.targets(),
            _ => Vec::new(),
        }
    }

    /// Gives elements that refer to what moves another place, and has the header say where, before anything has an address.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for filters that are not written; [`Kind::Io`](crate::Kind::Io).
    pub fn prepare(
        &mut self,
        file: &FileWriter,
        header: &mut ObjectHeader,
        is_moving: &dyn Fn(u64) -> bool,
    ) -> Result<()> {
        let Referring::To(elements) = self else { return Ok(()) };
        if elements.parts.targets().into_iter().any(is_moving) {
            elements.writer = Some(DatasetWriter::new(file, elements.spec.clone())?);
            let layout = elements.write(file)?;
            replace(&mut header.messages, &Message::new(MessageType::LAYOUT, 0, &layout, Widths::WIDE)?);
        }
        Ok(())
    }

    /// Has elements that were prepared refer to where the objects are now.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn follow(&mut self, file: &FileWriter, header: &mut ObjectHeader, places: &Places) -> Result<()> {
        let Referring::To(elements) = self else { return Ok(()) };
        if elements.writer.is_some() {
            elements.parts.follow(&mut |address| place(places, address));
            let layout = elements.write(file)?;
            replace(&mut header.messages, &Message::new(MessageType::LAYOUT, 0, &layout, Widths::WIDE)?);
            elements.writer = None;
        }
        Ok(())
    }
}

impl Elements {
    /// Writes the elements; returns the message that leads to them.
    fn write(&mut self, file: &FileWriter) -> Result<DataLayout> {
        let stored = self.parts.stored(file)?;
        let writer = self.writer.as_mut().ok_or_else(|| Error::usage("elements without a place"))?;
        writer.change(file, &Selection::all(self.spec.lengths()), &stored)?;
        writer.flush(file)
    }
}
