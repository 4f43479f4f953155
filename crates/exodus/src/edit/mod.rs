//! A model that is changed in the file where it is.

use hyperslab::netcdf::{Editor, Owner, Value};
use hyperslab::{Error, Result};

use crate::names;

/// The longest title, in bytes, that libexodus reads.
const TITLE_BYTES: usize = 80;

/// The model of a file that is changed: an [`Editor`] that knows the convention. What it changes becomes part of the file with
/// everything else that the editor does, when that is published.
///
/// ```
/// use exodus_rs::hyperslab::netcdf::{Done, Editor};
/// use exodus_rs::{ExodusFile, ModelEditor};
///
/// # fn main() -> exodus_rs::Result<()> {
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = exodus_rs::example(directory.path())?;
/// let mut editor = Editor::open(&path)?;
/// ModelEditor::of(&mut editor)?.set_title("two squares, loaded")?;
/// assert_eq!(editor.publish()?, Done::InPlace);
/// assert_eq!(ExodusFile::open(&path)?.title(), "two squares, loaded");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ModelEditor<'e> {
    editor: &'e mut Editor,
}

impl<'e> ModelEditor<'e> {
    /// The model of a file.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a file that holds none.
    pub fn of(editor: &'e mut Editor) -> Result<Self> {
        let is_model = editor.schema().find_dimension(names::NUM_DIM).is_some();
        match is_model || editor.schema().attribute(names::API_VERSION).is_some() {
            true => Ok(ModelEditor { editor }),
            false => Err(Error::usage("the file holds no Exodus model")),
        }
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
        self.editor.set_attribute(Owner::Group(hyperslab::netcdf::GroupId::ROOT), names::TITLE, Value::text(title))
    }
}
