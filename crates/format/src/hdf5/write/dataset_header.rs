//! The object header of a dataset whose raw data are written.

use super::attributes::{AttributeSpec, Attributes};
use super::dataset::{DatasetSpec, LayoutSpec};
use super::external_data;
use super::file::FileWriter;
use super::object::{Describe, Output};
use super::options::Level;
use super::raw::DatasetWriter;
use crate::error::Result;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::object::message::Message;
use crate::hdf5::record::message::fill_value::OldFillValue;
use crate::hdf5::record::message::layout::DataLayout;
use crate::hdf5::record::message::{flags, MessageType};
use crate::wire::width::Widths;

/// A dataset whose raw data are written, and that can be described now.
#[derive(Debug)]
pub(crate) struct WrittenDataset<'d> {
    spec: &'d DatasetSpec,
    layout: DataLayout,
    /// Where elements outside of the file are.
    external: Option<Message>,
}

impl DatasetWriter {
    /// Writes what is left of the raw data, and the index of the chunks.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub(crate) fn complete(&self, file: &FileWriter) -> Result<WrittenDataset<'_>> {
        let external = match &self.spec.layout {
            LayoutSpec::External(pieces) => Some(external_data::write(file, pieces)?),
            _ => None,
        };
        Ok(WrittenDataset { spec: &self.spec, layout: self.flush(file)?, external })
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

    fn header(&self, to: Output) -> Result<ObjectHeader> {
        let WrittenDataset { spec, external, .. } = self.dataset;
        if let Some(file) = to.file {
            file.add_user(&spec.datatype)?;
            file.add_users(&self.attributes)?;
        }
        let attributes = Attributes::encode(to, &self.attributes, spec.object.attribute_order)?;
        let mut header = spec.object.header(to, &attributes, Some(spec.datatype.datatype()));
        header.messages = self.messages(to)?;
        header.messages.extend(external.clone());
        spec.object.complete(&mut header, to, attributes)?;
        Ok(header)
    }
}

impl DatasetHeader<'_> {
    /// What says how the elements are stored.
    fn messages(&self, to: Output) -> Result<Vec<Message>> {
        let WrittenDataset { spec, layout, .. } = self.dataset;
        // Lengths that did not grow are the largest.
        let grown: Vec<u64> = self.shape.iter().zip(&spec.max_shape).map(|(&now, &most)| now.max(most)).collect();
        let space = to.dataspace(spec.shape.as_ref().map(|_| self.shape.as_slice()), Some(&grown))?;
        let mut messages = vec![Message::new(MessageType::DATASPACE, 0, &space, Widths::WIDE)?];
        messages.push(spec.datatype.message(to.level)?);
        messages.push(Message::new(
            MessageType::FILL_VALUE,
            flags::CONSTANT,
            &spec.fill.message(&spec.layout, to.level),
            (),
        )?);
        if let (Level::Earliest, Some(value)) = (to.level, &spec.fill.value) {
            let old = OldFillValue { value: value.clone() };
            messages.push(Message::new(MessageType::OLD_FILL_VALUE, flags::CONSTANT, &old, ())?);
        }
        messages.push(Message::new(MessageType::LAYOUT, 0, layout, Widths::WIDE)?);
        if let Some(mut pipeline) = spec.pipeline()? {
            pipeline.version = if to.level == Level::Earliest { 1 } else { 2 };
            messages.push(Message::new(MessageType::FILTER_PIPELINE, flags::CONSTANT, &pipeline, ())?);
        }
        Ok(messages)
    }
}
