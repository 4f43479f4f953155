//! Changing a file that is there, whatever its container.

mod declare;
mod elements;
mod types;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::file::File;
use super::ids::{DimensionId, GroupId, VariableId};
use super::schema::{Fill, Schema};
use super::store::Existing;
use super::transfer::Progress;
use super::value::{Attribute, Value};
use super::{classic, fill, plan, v4};
use crate::error::{Context, Error, Result};
use crate::sink::InPlace;
use crate::watched::Watched;

/// What has attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A group: the root has the attributes of the file.
    Group(GroupId),
    /// A variable.
    Variable(VariableId),
}

/// How a change became part of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Done {
    /// There was nothing to change.
    Nothing,
    /// The file was changed where it is.
    InPlace,
    /// The file was written anew, and took the place of the old one in one step.
    Rewritten,
}

/// What [`Editor::publish`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Published {
    /// How the changes became part of the file.
    pub done: Done,
    /// The bytes of the file in which nothing lies any more, as far as these changes left them: a copy of the file
    /// ([`Repack`](crate::hdf5::Repack)) does not have them.
    pub unused: u64,
}

/// A netCDF file that is changed: any number of changes, which become part of the file together.
///
/// [`Editor::publish`] does it: whoever reads the file, at any time and after a crash, finds all changes or none. An editor that is
/// dropped without it leaves the file as it was. Where the container cannot be changed in one step, the file is written anew
/// and takes the place of the old one; [`Published`] says which it was.
///
/// ```
/// # fn main() -> hyperslab::Result<()> {
/// # use hyperslab::netcdf::{Container, Done, Editor, File, Owner, Schema, Type, Value, Variable, Writer};
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.nc");
/// # let mut schema = Schema::new(Container::NetCdf4);
/// # let time = schema.add_dimension("t", 0, true);
/// # schema.add_variable(Variable::new("time", Type::Double, vec![time]));
/// # Writer::create(&path, schema, false)?.finish()?;
/// let mut editor = Editor::open(&path)?;
/// let time = editor.schema().variable_at("time").unwrap();
/// editor.set_attribute(Owner::Variable(time), "units", Value::text("s"))?;
/// // The variable becomes the coordinate variable of its dimension.
/// editor.rename_dimension(editor.schema().find_dimension("t").unwrap(), "time")?;
/// assert_eq!(editor.publish()?.done, Done::InPlace);
/// assert_eq!(File::open(&path)?.schema().dimensions[0].name, "time");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Editor {
    path: PathBuf,
    schema: Schema,
    existing: Box<dyn Existing>,
    is_changed: bool,
}

impl Editor {
    /// Opens a file for change, and locks it against other writers.
    ///
    /// # Errors
    /// As [`File::open`]; [`Kind::Io`](crate::Kind::Io) if another program writes to it;
    /// [`Kind::Malformed`](crate::Kind::Malformed) when it is cut off; [`Kind::Unsupported`](crate::Kind::Unsupported) for an HDF5
    /// file that cannot be changed where it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let open = || {
            // Nobody else changes it after this.
            let sink = Box::new(InPlace::open(path)?);
            let file = File::open(path)?;
            file.check_complete()?;
            let (schema, existing) = match file.schema().container.is_hdf5() {
                true => v4::edit::open(path, sink)?,
                false => classic::edit(path, sink)?,
            };
            Ok(Editor { path: path.to_owned(), schema, existing, is_changed: false })
        };
        open().in_file(path)
    }

    /// What the file declares, with all changes so far.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Whether anything was changed.
    pub fn is_changed(&self) -> bool {
        self.is_changed
    }

    /// Gives a group or a variable an attribute, in place of the one that has its name.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a name that no attribute can have, a value that contradicts its type, and for a
    /// `_FillValue` that is no element of its variable; [`Kind::Unsupported`](crate::Kind::Unsupported) for a type that the
    /// container does not have, and for another `_FillValue` of a netCDF-4 variable, whose elements would change their meaning.
    pub fn set_attribute(&mut self, owner: Owner, name: &str, value: Value) -> Result<()> {
        let path = self.owner_path(owner)?;
        let attribute = Attribute::new(name, value);
        let mut set = || {
            plan::attribute(&self.schema, &attribute)?;
            self.check_fill(owner, &attribute)?;
            self.existing.set_attribute(owner, &attribute)?;
            let list = attributes(&mut self.schema, owner)?;
            match list.iter_mut().find(|old| old.name == name) {
                Some(old) => old.value = attribute.value.clone(),
                None => list.push(attribute.clone()),
            }
            Ok(())
        };
        set().in_object(&path).in_file(&self.path)?;
        self.changed(owner)
    }

    /// Gives an attribute another name; it keeps its place among the others.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none; [`Kind::Usage`](crate::Kind::Usage) for a name that is taken, or that
    /// no attribute can have; [`Kind::Unsupported`](crate::Kind::Unsupported) for `_FillValue`, and for an attribute that netCDF does not show.
    pub fn rename_attribute(&mut self, owner: Owner, old: &str, new: &str) -> Result<()> {
        let path = self.owner_path(owner)?;
        let mut rename = || {
            let (is_hdf5, missing) = (self.schema.container.is_hdf5(), missing(&self.schema, &path, old));
            let list = attributes(&mut self.schema, owner)?;
            if list.iter().any(|attribute| attribute.name == new) {
                return Err(Error::usage(format!("there is an attribute {new} already")));
            }
            let found = list.iter().find(|attribute| attribute.name == old).ok_or(missing)?;
            let renamed = Attribute::new(new, found.value.clone());
            plan::attribute(&self.schema, &renamed)?;
            let is_fill = old == fill::FILL_VALUE || new == fill::FILL_VALUE;
            if is_fill && is_hdf5 && matches!(owner, Owner::Variable(_)) {
                return Err(late_fill());
            }
            if is_fill {
                return Err(Error::unsupported("renaming what says what was never written: set or delete it"));
            }
            self.existing.rename_attribute(owner, old, new)?;
            let list = attributes(&mut self.schema, owner)?;
            list.iter_mut().filter(|attribute| attribute.name == old).for_each(|found| new.clone_into(&mut found.name));
            Ok(())
        };
        rename().in_object(&path).in_file(&self.path)?;
        self.changed(owner)
    }

    /// Takes an attribute away.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is none; [`Kind::Unsupported`](crate::Kind::Unsupported) for the `_FillValue` of
    /// a netCDF-4 variable, and for an attribute that netCDF does not show.
    pub fn delete_attribute(&mut self, owner: Owner, name: &str) -> Result<()> {
        let path = self.owner_path(owner)?;
        let mut delete = || {
            let (is_hdf5, missing) = (self.schema.container.is_hdf5(), missing(&self.schema, &path, name));
            let list = attributes(&mut self.schema, owner)?;
            let at = list.iter().position(|attribute| attribute.name == name).ok_or(missing)?;
            if name == fill::FILL_VALUE && is_hdf5 && matches!(owner, Owner::Variable(_)) {
                return Err(late_fill());
            }
            list.remove(at);
            self.existing.delete_attribute(owner, name)
        };
        delete().in_object(&path).in_file(&self.path)?;
        self.changed(owner)
    }

    /// Gives a variable another name. It becomes the coordinate variable of its first dimension, or ceases to be that, as its name
    /// says.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a name that is taken, or that no variable can have, and for the identifier of
    /// another schema.
    pub fn rename_variable(&mut self, id: VariableId, name: &str) -> Result<()> {
        let (group, path) = (self.schema.variable(id)?.group, self.schema.path(self.schema.variable(id)?));
        let variables = self.schema.variables.iter().filter(|v| v.group == group).map(|v| v.name.as_str());
        self.check_name("variable", name, variables.chain(self.below(group))).in_object(&path).in_file(&self.path)?;
        self.schema.variables.iter_mut().skip(id.0).take(1).for_each(|variable| name.clone_into(&mut variable.name));
        self.is_changed = true;
        Ok(())
    }

    /// Gives a dimension another name. The variable of that name becomes its coordinate variable, and the one that was ceases
    /// to be that.
    ///
    /// # Errors
    /// As [`Editor::rename_variable`]; [`Kind::Unsupported`](crate::Kind::Unsupported) for a dimension that the file does not have: one
    /// that readers invent where nothing says what the lengths of a variable are called.
    pub fn rename_dimension(&mut self, id: DimensionId, name: &str) -> Result<()> {
        let (group, old) = (self.schema.dimension(id)?.group, self.schema.dimension(id)?.name.clone());
        let rename = || {
            let dimensions = self.schema.dimensions.iter().filter(|d| d.group == group).map(|d| d.name.as_str());
            self.check_name("dimension", name, dimensions.chain(self.below(group)))?;
            self.existing.check_dimension(id)
        };
        rename().in_object(&format!("dimension {old}")).in_file(&self.path)?;
        self.schema.dimensions.iter_mut().skip(id.0).take(1).for_each(|d| name.clone_into(&mut d.name));
        self.is_changed = true;
        Ok(())
    }

    /// Gives a group another name.
    ///
    /// # Errors
    /// As [`Editor::rename_variable`]; [`Kind::Usage`](crate::Kind::Usage) for the root, which has none.
    pub fn rename_group(&mut self, id: GroupId, name: &str) -> Result<()> {
        let path = self.owner_path(Owner::Group(id))?;
        let rename = || {
            let root = || Error::usage("the root group has no name");
            let parent = self.schema.groups.get(id.0).and_then(|group| group.parent).ok_or_else(root)?;
            self.check_name("group", name, self.names(parent))
        };
        rename().in_object(&path).in_file(&self.path)?;
        self.schema.groups.iter_mut().skip(id.0).take(1).for_each(|group| name.clone_into(&mut group.name));
        self.is_changed = true;
        Ok(())
    }

    /// The names of all that is below a group.
    fn names(&self, group: GroupId) -> impl Iterator<Item = &str> {
        let variables = self.schema.variables.iter().filter(move |v| v.group == group).map(|v| v.name.as_str());
        let dimensions = self.schema.dimensions.iter().filter(move |d| d.group == group).map(|d| d.name.as_str());
        variables.chain(dimensions).chain(self.below(group))
    }

    /// The names of what is below a group and neither variable nor dimension.
    fn below(&self, group: GroupId) -> impl Iterator<Item = &str> {
        let groups =
            self.schema.groups.iter().filter(move |below| below.parent == Some(group)).map(|g| g.name.as_str());
        groups.chain(self.schema.types.iter().filter(move |user| user.group == group).map(|user| user.name.as_str()))
    }

    fn check_name<'n>(&self, what: &str, name: &str, mut taken: impl Iterator<Item = &'n str>) -> Result<()> {
        plan::name(&self.schema, what, name)?;
        match taken.any(|other| other == name) {
            true => Err(Error::usage(format!("the name {name} is taken"))),
            false => Ok(()),
        }
    }

    /// Refuses a fill value that is no element of its variable, or comes too late.
    fn check_fill(&self, owner: Owner, attribute: &Attribute) -> Result<()> {
        let Owner::Variable(id) = owner else { return Ok(()) };
        let variable = self.schema.variable(id)?;
        if attribute.name != fill::FILL_VALUE {
            return Ok(());
        }
        if self.schema.container.is_hdf5() {
            return Err(late_fill());
        }
        match attribute.value.ty() == variable.ty && attribute.value.len() == 1 {
            true => Ok(()),
            false => Err(Error::usage(format!("a {} that is no one {}", fill::FILL_VALUE, variable.ty.name()))),
        }
    }

    /// Notes that the attributes of something have changed.
    fn changed(&mut self, owner: Owner) -> Result<()> {
        self.is_changed = true;
        if let (Owner::Variable(id), false) = (owner, self.schema.container.is_hdf5()) {
            let own = fill::attribute(self.schema.variable(id)?).cloned();
            let fill = own.map_or(Fill::Default, Fill::Value);
            self.schema.variables.iter_mut().skip(id.0).take(1).for_each(|variable| variable.fill = fill.clone());
        }
        Ok(())
    }

    fn owner_path(&self, owner: Owner) -> Result<String> {
        match owner {
            Owner::Group(id) if id.0 < self.schema.groups.len() => Ok(self.schema.group_path(id)),
            Owner::Group(id) => Err(Error::usage(format!("there is no group {}", id.0))),
            Owner::Variable(id) => Ok(self.schema.path(self.schema.variable(id)?)),
        }
    }

    /// What [`Editor::publish`] would do; the file stays as it is.
    ///
    /// # Errors
    /// As [`Editor::publish`], but for what is wrong with the disk.
    pub fn plan(self) -> Result<Done> {
        match self.is_changed {
            true => self.existing.plan(&self.schema).in_file(&self.path),
            false => Ok(Done::Nothing),
        }
    }

    /// Makes all changes part of the file: durable first, then visible, all of them at once.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for what the container cannot have, or an object that cannot be changed along;
    /// [`Kind::Io`](crate::Kind::Io). Then the file is as it was.
    pub fn publish(self) -> Result<Published> {
        self.publish_to(&Watched::by_nobody())
    }

    /// [`Editor::publish`], which tells `watch` how far it has come where a file has to be written anew. Where `watch` breaks, so
    /// does this: the file is as it was.
    ///
    /// # Errors
    /// As [`Editor::publish`].
    pub fn publish_watched(
        self,
        watch: &(dyn Fn(Progress) -> ControlFlow<()> + Sync),
    ) -> Result<ControlFlow<(), Published>> {
        let watched = Watched::new(watch);
        watched.end(self.publish_to(&watched))
    }

    fn publish_to(self, watched: &Watched<Progress>) -> Result<Published> {
        match self.is_changed {
            true => self.existing.publish(&self.schema, watched).in_file(&self.path),
            false => Ok(Published { done: Done::Nothing, unused: 0 }),
        }
    }
}

fn attributes(schema: &mut Schema, owner: Owner) -> Result<&mut Vec<Attribute>> {
    let list = match owner {
        Owner::Group(id) => schema.groups.get_mut(id.0).map(|group| &mut group.attributes),
        Owner::Variable(id) => schema.variables.get_mut(id.0).map(|variable| &mut variable.attributes),
    };
    list.ok_or_else(|| Error::usage("an object of another schema"))
}

/// Why an attribute of an object is not found: there is none, or netCDF has nothing like it.
fn missing(schema: &Schema, owner: &str, name: &str) -> Error {
    let path = format!("{owner}@{name}");
    match schema.hidden.iter().find(|hidden| hidden.path == path) {
        Some(hidden) => Error::unsupported(format!(
            "the attribute {name} is there, but netCDF does not show it ({}): another value may take its place",
            hidden.reason
        )),
        None => Error::not_found(format!("there is no attribute {name}")),
    }
}

fn late_fill() -> Error {
    Error::unsupported("another fill value of a netCDF-4 variable that is there")
}
