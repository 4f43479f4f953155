//! Changing a netCDF-4 file where it is.

mod declare;
mod roles;
mod types;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::committed::CommittedTypes;
use super::read::{objects, Objects};
use super::types as numbers;
use super::{attributes, encode};
use crate::error::{Error, Result};
use crate::hdf5::{Editor, RepackProgress};
use crate::netcdf::edit::{Done, Owner, Published};
use crate::netcdf::ids::{DimensionId, GroupId, VariableId};
use crate::netcdf::schema::{Dimension, Group, Schema, Variable};
use crate::netcdf::store::Existing;
use crate::netcdf::transfer::Progress;
use crate::netcdf::types::UserType;
use crate::netcdf::value::{Attribute, Value};
use crate::shape::Selection;
use crate::sink::Sink;
use crate::watched::Watched;

/// A netCDF-4 file that is changed.
#[derive(Debug)]
struct Changed {
    editor: Editor,
    objects: Objects,
    types: CommittedTypes,
    /// What the objects in the file stand for, with all that was added and taken away so far.
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

    /// Has the objects say what is left to be said: names and lengths.
    fn declare(&mut self, schema: &Schema) -> Result<()> {
        self.rename(schema)?;
        self.grow(schema)
    }

    fn way(&self) -> Done {
        if self.editor.is_rewritten() {
            Done::Rewritten
        } else {
            Done::InPlace
        }
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

    fn encode(&mut self, id: VariableId, values: &Value) -> Result<Vec<u8>> {
        let object = self.object(Owner::Variable(id))?;
        let datatype = self.editor.datatype_of(object)?;
        encode::stored(self.editor.file(), &datatype, values)
    }

    fn write(&mut self, id: VariableId, region: &Selection, stored: Vec<u8>) -> Result<()> {
        let object = self.object(Owner::Variable(id))?;
        let datatype = self.editor.datatype_of(object)?;
        if !numbers::is_plain(&datatype) {
            return Err(Error::unsupported(format!("writing elements of {datatype}")));
        }
        self.editor.write_in(object, region, &stored)
    }

    fn add_dimension(&mut self, schema: &Schema, dimension: &Dimension) -> Result<()> {
        self.new_dimension(schema, dimension)
    }

    fn delete_dimension(&mut self, schema: &Schema, id: DimensionId) -> Result<()> {
        self.drop_dimension(schema, id)
    }

    fn resize_dimension(&mut self, schema: &Schema, id: DimensionId, length: u64) -> Result<()> {
        self.fit_dimension(schema, id, length)
    }

    fn add_variable(&mut self, schema: &Schema, variable: &Variable) -> Result<()> {
        self.new_variable(schema, variable)
    }

    fn delete_variable(&mut self, schema: &Schema, id: VariableId) -> Result<()> {
        self.drop_variable(schema, id)
    }

    fn add_group(&mut self, schema: &Schema, group: &Group) -> Result<()> {
        self.new_group(schema, group)
    }

    fn delete_group(&mut self, schema: &Schema, id: GroupId) -> Result<()> {
        self.drop_group(schema, id)
    }

    fn check_groups(&self, ids: &[GroupId]) -> Result<()> {
        self.check_names(ids)
    }

    fn add_type(&mut self, schema: &Schema, user: &Arc<UserType>) -> Result<()> {
        self.new_type(schema, user)
    }

    fn rename_type(&mut self, schema: &Schema, user: &UserType, name: &str) -> Result<()> {
        self.call_type(schema, user, name)
    }

    fn delete_type(&mut self, schema: &Schema, user: &UserType) -> Result<()> {
        self.drop_type(schema, user)
    }

    fn plan(mut self: Box<Self>, schema: &Schema) -> Result<Done> {
        self.declare(schema).map(|()| self.way())
    }

    fn publish(mut self: Box<Self>, schema: &Schema, watched: &Watched<Progress>) -> Result<Published> {
        self.declare(schema)?;
        let watch = |RepackProgress { bytes, total_bytes }| match watched.tell(Progress { bytes, total_bytes, row: 0 })
        {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        };
        self.editor.publish_to(&Watched::new(&watch))?;
        let (done, unused) = (self.way(), self.editor.unused());
        self.editor.close().map(|()| Published { done, unused })
    }
}
