//! Objects that are new in a file that is there.

use super::node::Node;
use super::Editor;
use crate::error::{Context, Error, Result};
use crate::hdf5::builder::{AttributeSpec, DatasetSpec, DatasetWriter, Describe, GroupSpec, StoredType};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::record::message::link::LinkTarget;
use crate::hdf5::write::committed;
use crate::hdf5::write::element_data::refuse_addresses;
use crate::hdf5::write::object::Output;
use crate::shape::Selection;
use crate::wire::width::Addr;

impl Editor {
    /// Adds a group, with attributes; links are added to it then.
    ///
    /// # Errors
    /// As [`Editor::add_link`] and [`Editor::set_attribute`].
    pub fn add_group(&mut self, path: &str, attributes: &[AttributeSpec]) -> Result<()> {
        let add = |editor: &mut Self| {
            let object = editor.add_group_of()?;
            editor.name_new(path, object, attributes)
        };
        add(self).in_object(path).in_file(&self.path)
    }

    /// Adds a committed datatype, for datasets and attributes of it.
    ///
    /// # Errors
    /// As [`Editor::add_link`]; [`Kind::Unsupported`](crate::Kind::Unsupported) for a type that cannot be written.
    pub fn add_datatype(&mut self, path: &str, datatype: Datatype) -> Result<StoredType> {
        let add = |editor: &mut Self| {
            let object = editor.add_datatype_of(&datatype)?;
            editor.name_new(path, object, &[])?;
            Ok(editor.committed(datatype, object))
        };
        add(self).in_object(path).in_file(&self.path)
    }

    /// A dataset that is new; its elements are written with [`Editor::write_new`], then it gets its name.
    ///
    /// # Errors
    /// As [`Builder::dataset`](crate::hdf5::builder::Builder::dataset).
    pub fn dataset(&self, spec: DatasetSpec) -> Result<DatasetWriter> {
        if spec.fill.value.is_some() {
            refuse_addresses(spec.datatype.datatype()).in_file(&self.path)?;
        }
        DatasetWriter::new(&self.file, spec).in_file(&self.path)
    }

    /// Writes a box of a dataset that is new: its elements as they are stored, in C order.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for another number of bytes, a dataset of another file, or a box beyond what can grow;
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for elements that hold addresses; [`Kind::Io`](crate::Kind::Io).
    pub fn write_new(&self, dataset: &mut DatasetWriter, region: &Selection, elements: &[u8]) -> Result<()> {
        let write = |dataset: &mut DatasetWriter| {
            dataset.check_file(&self.file)?;
            refuse_addresses(dataset.spec().datatype.datatype())?;
            region.check(&dataset.spec().max_shape)?;
            if !region.is_box() || crate::bytes(&region.count, dataset.element_size)? != elements.len() as u64 {
                return Err(Error::usage(format!("{} bytes for a box of {:?}", elements.len(), region.count)));
            }
            dataset.change(&self.file, region, elements)
        };
        write(dataset).in_file(&self.path)
    }

    /// Gives a dataset whose elements are written a name, its lengths, and attributes.
    ///
    /// # Errors
    /// As [`Builder::add_dataset`](crate::hdf5::builder::Builder::add_dataset) and [`Editor::add_link`].
    pub fn add_dataset(
        &mut self,
        path: &str,
        dataset: &DatasetWriter,
        shape: &[u64],
        attributes: &[AttributeSpec],
    ) -> Result<()> {
        let add = |editor: &mut Self| {
            dataset.check_file(&editor.file)?;
            dataset.check_extent(shape)?;
            let object = editor.add_dataset_of(dataset, shape)?;
            editor.name_new(path, object, attributes)
        };
        add(self).in_object(path).in_file(&self.path)
    }

    fn name_new(&mut self, path: &str, object: u64, attributes: &[AttributeSpec]) -> Result<()> {
        attributes.iter().try_for_each(|attribute| self.set_attribute_of(object, attribute))?;
        self.link(path, LinkTarget::Hard(Addr(object)))
    }

    /// Adds a group that nothing leads to yet; returns what it is called until the changes are published.
    pub(crate) fn add_group_of(&mut self) -> Result<u64> {
        let header = GroupSpec::default().header(Output::size_for(&self.file))?;
        Ok(self.session.graph().add(Node::new(header)))
    }

    /// Adds a committed datatype that nothing leads to yet.
    pub(crate) fn add_datatype_of(&mut self, datatype: &Datatype) -> Result<u64> {
        let header = committed::described(&self.file, datatype)?;
        Ok(self.session.graph().add(Node::new(header)))
    }
}
