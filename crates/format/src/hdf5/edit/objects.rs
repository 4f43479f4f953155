//! Objects that are changed by the addresses they have until the changes are published: what other formats stand on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use binrw::Endian;

use super::detached::{now, Detached};
use super::node::Node;
use super::publish::needs_copy;
use super::session::Session;
use super::Editor;
use crate::error::Result;
use crate::hdf5::builder::{AttributeSpec, DatasetHeader, DatasetWriter, Describe, StoredType};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::file::File;
use crate::hdf5::object::header::{ObjectHeader, ObjectKind};
use crate::hdf5::record::message::attribute::AttributeMessage;
use crate::hdf5::record::message::link::LinkTarget;
use crate::hdf5::references::Parts;
use crate::hdf5::space::AddressSpace;
use crate::hdf5::write::file::FileWriter;
use crate::sink::Sink;
use crate::source::Source;
use crate::wire;
use crate::wire::width::Addr;

impl Editor {
    /// Changes the file at a path through a sink that is open.
    ///
    /// # Errors
    /// As [`Editor::open`].
    pub(crate) fn on(path: &Path, sink: Box<dyn Sink>) -> Result<Self> {
        let file = File::from_source(Source::open(path)?)?;
        let (detached, sink): (_, Box<dyn Sink>) = match needs_copy(&file)? {
            None => (None, sink),
            Some(_) => {
                let copy = Detached::new(path, &file, sink)?;
                let sink = copy.sink()?;
                (Some(copy), sink)
            }
        };
        let source = now(detached.as_ref(), path)?;
        let file = FileWriter::changing(sink, source.len());
        let (path, session) = (path.to_owned(), Session::open(source)?);
        Ok(Editor { path, file, session, datasets: BTreeMap::new(), reshaped: BTreeSet::new(), detached })
    }

    /// The space of the file as it was when it was opened.
    pub(crate) fn space(&self) -> &Arc<AddressSpace> {
        self.session.space()
    }

    /// Where new bytes go.
    pub(crate) fn file(&self) -> &FileWriter {
        &self.file
    }

    /// A committed datatype, for what is to be of that type.
    pub(crate) fn committed(&self, datatype: Datatype, object: u64) -> StoredType {
        StoredType::committed(datatype, self.file.object_at(object, ObjectKind::Datatype))
    }

    /// Whether an object has an attribute.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if there is no such object; what is wrong with the attribute.
    pub(crate) fn has_attribute(&mut self, object: u64, name: &str) -> Result<bool> {
        Ok(self.session.graph().node(object)?.attributes.get(name.as_bytes())?.is_some())
    }

    /// Puts an attribute in the place of the one of its name.
    ///
    /// # Errors
    /// As [`Editor::set_attribute`].
    pub(crate) fn set_attribute_of(&mut self, object: u64, attribute: &AttributeSpec) -> Result<()> {
        let message = self.encoded(attribute)?;
        let datatype = attribute.datatype.datatype();
        let parts = match datatype.has_references() {
            true => Some(Parts::of(self.session.space(), datatype, &message.data)?),
            false => None,
        };
        self.put_attribute(object, &message, parts)
    }

    /// Puts an attribute whose elements are each a sequence of one reference to an object.
    ///
    /// # Errors
    /// As [`Editor::set_attribute`].
    pub(crate) fn set_references_of(&mut self, object: u64, attribute: &AttributeSpec, to: &[u64]) -> Result<()> {
        let message = self.encoded(attribute)?;
        self.put_attribute(object, &message, Some(Parts::sequences(to)))
    }

    fn encoded(&self, attribute: &AttributeSpec) -> Result<AttributeMessage> {
        let body = attribute.encode((&self.file).into())?;
        Ok(wire::decode("attribute message", 0, &body, Endian::Little, ())?.0)
    }

    fn put_attribute(&mut self, object: u64, message: &AttributeMessage, parts: Option<Parts>) -> Result<()> {
        let Node { header, attributes, .. } = self.session.graph().change(object)?;
        attributes.set(header, message, parts)
    }

    /// Takes an attribute away; returns whether there was one.
    ///
    /// # Errors
    /// As [`Editor::has_attribute`].
    pub(crate) fn delete_attribute_of(&mut self, object: u64, name: &str) -> Result<bool> {
        let is_there = self.has_attribute(object, name)?;
        Ok(is_there && self.session.graph().change(object)?.attributes.delete(name.as_bytes()))
    }

    /// Gives an attribute another name; returns whether there was one.
    ///
    /// # Errors
    /// As [`Editor::rename_attribute`].
    pub(crate) fn rename_attribute_of(&mut self, object: u64, old: &str, new: &str) -> Result<bool> {
        self.session.graph().change(object)?.attributes.rename(old, new)
    }

    /// Adds a dataset that nothing leads to yet; returns what it is called until the changes are published.
    ///
    /// # Errors
    /// As [`Builder::add_dataset`](crate::hdf5::builder::Builder::add_dataset).
    pub(crate) fn add_dataset_of(&mut self, dataset: &DatasetWriter, shape: &[u64]) -> Result<u64> {
        let dataset = dataset.complete(&self.file)?;
        let header = DatasetHeader { dataset: &dataset, shape: shape.to_vec(), attributes: Vec::new() };
        let header: ObjectHeader = header.header((&self.file).into())?;
        Ok(self.session.graph().add(Node::new(header)))
    }

    /// Adds a hard link to a group.
    ///
    /// # Errors
    /// As [`Editor::add_link`].
    pub(crate) fn link_in(&mut self, group: u64, name: &str, object: u64) -> Result<()> {
        let Node { header, links, .. } = self.session.graph().change(group)?;
        links.add(header, name, LinkTarget::Hard(Addr(object)))
    }

    /// Takes a link out of a group; returns whether there was one.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if there is no such group.
    pub(crate) fn unlink_in(&mut self, group: u64, name: &str) -> Result<bool> {
        Ok(self.session.graph().change(group)?.links.delete(name.as_bytes()).is_some())
    }

    /// The path of what needs an object that a link leads to, and would stay without it.
    pub(crate) fn needing(&mut self, group: u64, name: &str) -> Option<String> {
        self.session.graph().needing(group, name.as_bytes())
    }

    /// Gives links of a group other names, all at once: they may change names with each other.
    ///
    /// # Errors
    /// As [`Editor::rename_link`].
    pub(crate) fn rename_in(&mut self, group: u64, names: &[(String, String)]) -> Result<()> {
        self.session.graph().change(group)?.links.rename_all(names)
    }
}
