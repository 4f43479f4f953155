//! Changing a netCDF-4 file where it is.

mod roles;

use std::path::Path;

use super::attributes;
use super::committed::CommittedTypes;
use super::read::{objects, Objects};
use crate::error::{Error, Result};
use crate::hdf5::Editor;
use crate::netcdf::edit::{Done, Owner};
use crate::netcdf::ids::DimensionId;
use crate::netcdf::schema::Schema;
use crate::netcdf::store::Existing;
use crate::netcdf::value::Attribute;
use crate::sink::Sink;

/// A netCDF-4 file that is changed.
#[derive(Debug)]
struct Changed {
    editor: Editor,
    objects: Objects,
    types: CommittedTypes,
    /// What the file declares.
    before: Schema,
}

/// Opens a netCDF-4 file, or another HDF5 file, for change.
///
/// # Errors
/// As [`Editor::open`]; what is wrong with the file.
pub(crate) fn open(path: &Path, sink: Box<dyn Sink>) -> Result<(Schema, Box<dyn Existing>)> {
    let editor = Editor::on(path, sink)?;
    let (schema, objects) = objects(editor.space())?;
    let types = CommittedTypes::existing(&editor, &objects.types)?;
    let before = schema.clone();
    Ok((schema, Box::new(Changed { editor, objects, types, before })))
}

impl Changed {
    fn object(&self, owner: Owner) -> Result<u64> {
        let found = match owner {
            Owner::Group(id) => self.objects.groups.get(id.0),
            Owner::Variable(id) => self.objects.variables.get(id.0),
        };
        found.copied().ok_or_else(|| Error::usage("an object of another file"))
    }
}

impl Existing for Changed {
    fn set_attribute(&mut self, owner: Owner, attribute: &Attribute) -> Result<()> {
        let spec = attributes::spec(self.editor.file(), &self.types, attribute)?;
        self.editor.set_attribute_of(self.object(owner)?, &spec)
    }

    fn rename_attribute(&mut self, owner: Owner, old: &str, new: &str) -> Result<()> {
        self.editor.rename_attribute_of(self.object(owner)?, old, new).map(drop)
    }

    fn delete_attribute(&mut self, owner: Owner, name: &str) -> Result<()> {
        self.editor.delete_attribute_of(self.object(owner)?, name).map(drop)
    }

    fn check_dimension(&self, id: DimensionId) -> Result<()> {
        match self.objects.dimensions.get(id.0) {
            Some(Some(_)) => Ok(()),
            _ => Err(Error::unsupported("naming a dimension for which the file has no dimension scale")),
        }
    }

    fn plan(&self, _: &Schema) -> Result<Done> {
        Ok(Done::InPlace)
    }

    fn publish(mut self: Box<Self>, schema: &Schema) -> Result<Done> {
        self.rename(schema)?;
        self.editor.close().map(|()| Done::InPlace)
    }
}
