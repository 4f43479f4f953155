//! A model that is changed in the file where it is.

mod entities;
mod group;
mod names;
mod results;

use std::ops::ControlFlow;

use hyperslab::netcdf::{
    Attribute, DimensionId, Done, Editor, GroupId, Owner, Progress, Published, Type, Value, VariableId,
};
use hyperslab::{Element, Error, Result, Selection};

use crate::data::{Address, Data, Part};
use crate::kind::EntityType;
use crate::mesh::Mesh;
use crate::names::{API_VERSION, FILL_VALUE, NUM_DIM, TITLE};
use crate::read::file::ExodusFile;
use crate::text;

/// The longest title, in bytes, that libexodus reads.
const TITLE_BYTES: usize = 80;

/// The model of a file that is changed: an [`Editor`] that knows the convention. What it changes becomes part of the file with
/// everything else that the editor does, when that is published, all of it at once.
///
/// ```
/// use exodus_rs::hyperslab::netcdf::{Done, Editor};
/// use exodus_rs::prelude::*;
/// use exodus_rs::ModelEditor;
///
/// # fn main() -> exodus_rs::Result<()> {
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = exodus_rs::example(directory.path())?;
/// let file = ExodusFile::open(&path)?;
/// let mut model = ModelEditor::on(Editor::open(&path)?, &file)?;
/// model.set_title("two squares, loaded")?;
/// model.rename_entity(EntityType::ElementBlock, "left", "west")?;
/// model.put(Data::Coordinate(1).entry(0), &[-0.5])?;
/// model.add_variables(EntityType::Nodal, &["pressure"])?;
/// assert_eq!(model.publish()?.done, Done::InPlace);
/// let file = ExodusFile::open(&path)?;
/// assert_eq!(file.title(), "two squares, loaded");
/// assert_eq!(file.mesh()?.variables[&EntityType::Nodal], ["temperature", "pressure"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ModelEditor {
    editor: Editor,
    /// The group that the model is in.
    group: GroupId,
    /// What the model declares, with all changes so far.
    mesh: Mesh,
    word_size: u64,
    /// The numbers of the kinds that are named by their identifiers.
    by_id: [Vec<i64>; 2],
}

impl ModelEditor {
    /// The model of a file that is changed; `file` is the same one, as it was opened to be read, or the model in one of its groups
    /// ([`ExodusFile::group`]). Dimensions of the groups around it stay as they are.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a file that holds no model; what is wrong with what it declares.
    pub fn on(editor: Editor, file: &ExodusFile) -> Result<Self> {
        let group = file.group_id();
        let is_model = group::find_dimension(editor.schema(), group, NUM_DIM).is_some();
        if !is_model && editor.schema().attribute(API_VERSION).is_none() {
            return Err(Error::usage("the file holds no Exodus model"));
        }
        let mesh = Mesh { groups: Vec::new(), ..file.mesh()?.clone() };
        let catalog = crate::catalog::Catalog::new(editor.schema(), group);
        let by_id = EntityType::BY_ID.map(|kind| catalog.numbers(kind).to_vec());
        Ok(ModelEditor { editor, group, mesh, word_size: file.word_size(), by_id })
    }

    /// What the model declares, with all changes so far.
    pub fn mesh(&self) -> &Mesh {
        &self.mesh
    }

    /// The editor below: what it changes of the arrays of the model, the model does not hear of.
    pub fn netcdf(&mut self) -> &mut Editor {
        &mut self.editor
    }

    /// What [`ModelEditor::publish`] would do.
    ///
    /// # Errors
    /// As [`Editor::plan`].
    pub fn plan(self) -> Result<Done> {
        self.editor.plan()
    }

    /// Makes all changes part of the file.
    ///
    /// # Errors
    /// As [`Editor::publish`].
    pub fn publish(self) -> Result<Published> {
        self.editor.publish()
    }

    /// [`ModelEditor::publish`], which can be watched and broken off.
    ///
    /// # Errors
    /// As [`Editor::publish_watched`].
    pub fn publish_watched(
        self,
        watch: &(dyn Fn(Progress) -> ControlFlow<()> + Sync),
    ) -> Result<ControlFlow<(), Published>> {
        self.editor.publish_watched(watch)
    }

    /// Sets the title.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for one that libexodus would cut off, above 80 bytes, or that has a NUL; otherwise as
    /// [`Editor::set_attribute`].
    pub fn set_title(&mut self, title: &str) -> Result<()> {
        if title.len() > TITLE_BYTES || title.contains('\0') {
            return Err(Error::usage(format!("a title of {} bytes: it has 80 at most, and no NUL", title.len())));
        }
        // libexodus counts the NUL.
        let value = Value::Char([title.as_bytes(), &[0]].concat());
        self.editor.set_attribute(Owner::Group(self.group), TITLE, value)?;
        title.clone_into(&mut self.mesh.title);
        Ok(())
    }

    /// Puts a part of an array that is there; a step that is not there yet is added. Floating-point numbers are rounded to the
    /// precision of the file; integers have to fit.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the model has no such array, for values that are too many or too few or do not fit;
    /// otherwise as [`Editor::write`].
    pub fn put<T: Element>(&mut self, part: impl Into<Part>, values: &[T]) -> Result<()> {
        let part = part.into();
        let what = self.mesh.describe(part.data());
        self.put_part(&part, values).map_err(|error| match error.kind() {
            crate::Kind::Usage => Error::usage(format!("{what}: {}", error.detail())),
            _ => error,
        })
    }

    fn put_part<T: Element>(&mut self, part: &Part, values: &[T]) -> Result<()> {
        let data = part.data();
        let missing = || Error::usage("the model has no such array");
        let (id, address) = self.place(data).ok_or_else(missing)?;
        let shape = self.editor.schema().shape(id)?;
        let mut room = address.shape(&shape).into_owned();
        room.first_mut().into_iter().filter(|_| data.is_stepwise()).for_each(|steps| *steps = u64::MAX);
        let region = part.check(&room).and_then(|()| part.region(&address, &shape))?;
        let wanted = region.count.iter().product::<u64>();
        match wanted == values.len() as u64 {
            true => self.editor.write_rounded(id, &region, values),
            false => Err(Error::usage(format!("{} values where {wanted} are wanted", values.len()))),
        }
    }

    /// The variable that holds an array, and where in it.
    fn place(&self, data: Data) -> Option<(VariableId, Address)> {
        let number =
            |kind: EntityType, index: usize| match EntityType::BY_ID.iter().zip(&self.by_id).find(|(k, _)| **k == kind)
            {
                Some((_, numbers)) => numbers.get(index).copied(),
                None => i64::try_from(index).ok()?.checked_add(1),
            };
        data.addresses(&number).into_iter().find_map(|address| {
            let id = self.find_variable(&address.name)?;
            address.is_in(&self.editor.schema().shape(id).ok()?).then_some((id, address))
        })
    }

    /// The variable of this name, which is added where there is none; rows of text are empty at first.
    fn variable(&mut self, name: &str, ty: Type, dimensions: &[DimensionId]) -> Result<VariableId> {
        if let Some(id) = self.find_variable(name) {
            return Ok(id);
        }
        let is_text = ty == Type::Char;
        let mut variable = self.declared(name, ty, dimensions);
        if is_text {
            variable.attributes.push(Attribute::new(FILL_VALUE, Value::Char(vec![0])));
            variable.fill = hyperslab::netcdf::Fill::Value(Value::Char(vec![0]));
        }
        self.editor.add_variable(variable)
    }

    /// Writes one row of a table of texts.
    fn row(&mut self, id: VariableId, row: &[u64], text: &str, full: bool) -> Result<()> {
        let width = self.editor.schema().shape(id)?.last().copied().unwrap_or(0);
        let bytes = usize::try_from(width).ok().and_then(|width| text::row(text, width, full));
        let most = width.saturating_sub(u64::from(!full));
        let name = &self.editor.schema().variable(id)?.name;
        let long = || Error::usage(format!("{text:?} is longer than the {most} bytes of {name}"));
        let start = row.iter().copied().chain([0]).collect();
        let count = row.iter().map(|_| 1).chain([width]).collect();
        self.editor.write_values(id, &Selection::block(start, count), &Value::Char(bytes.ok_or_else(long)?))
    }
}
