//! The object header of a dataset whose raw data are written.

use super::attributes::{self, AttributeSpec};
use super::dataset::DatasetSpec;
use super::file::FileWriter;
use super::object::Describe;
use super::raw::DatasetWriter;
use crate::error::Result;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::dataspace::Dataspace;
use crate::hdf5::record::message::layout::DataLayout;
use crate::hdf5::record::message::{flags, MessageType};
use crate::wire::width::Widths;

/// A dataset whose raw data are written, and that can be described now.
#[derive(Debug)]
pub(crate) struct WrittenDataset<'d> {
    spec: &'d DatasetSpec,
    layout: DataLayout,
}

impl DatasetWriter {
    /// Writes what is left of the raw data, and the index of the chunks.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub(crate) fn complete(&self, file: &FileWriter) -> Result<WrittenDataset<'_>> {
        Ok(WrittenDataset { spec: &self.spec, layout: self.flush(file)? })
    }
}

/// A dataset with everything that its object header says.
#[derive(Debug)]
pub(crate) struct DatasetHeader<'d> {
    pub dataset: &'d WrittenDataset<'d>,
    /// The lengths that it has now.
    pub shape: Vec<u64>,
    pub attributes: Vec<AttributeSpec>,
}

impl Describe for DatasetHeader<'_> {
    fn kind(&self) -> ObjectKind {
        ObjectKind::Dataset
    }

    fn header(&self, file: Option<&FileWriter>) -> Result<ObjectHeader> {
        let WrittenDataset { spec, layout } = self.dataset;
        if let Some(file) = file {
            file.add_user(&spec.datatype)?;
        }
        let mut header = ObjectHeader::new();
        let messages = &mut header.messages;
        // Lengths that did not grow are the largest.
        let grown = self.shape.iter().zip(&spec.max_shape).map(|(&now, &most)| now.max(most));
        let space = match spec.shape {
            Some(_) => Dataspace::simple(&self.shape, Some(&grown.collect::<Vec<_>>()))?,
            None => Dataspace::null(),
        };
        messages.push(Message::new(MessageType::DATASPACE, 0, &space, Widths::WIDE)?);
        messages.push(spec.datatype.message()?);
        messages.push(Message::new(MessageType::FILL_VALUE, flags::CONSTANT, &spec.fill_message(), ())?);
        messages.push(Message::new(MessageType::LAYOUT, 0, layout, Widths::WIDE)?);
        if let Some(pipeline) = spec.pipeline()? {
            messages.push(Message::new(MessageType::FILTER_PIPELINE, flags::CONSTANT, &pipeline, ())?);
        }
        messages.extend(attributes::messages(file, &self.attributes)?);
        Ok(header)
    }
}
