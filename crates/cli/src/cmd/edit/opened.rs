//! The file that is changed: a model, where it holds one.

use std::ops::ControlFlow;
use std::path::Path;

use exodus_rs::{Error, ExodusFile, ModelEditor, Result};
use hyperslab::netcdf::{Done, Editor, Progress, Published};
use hyperslab::Context;

/// A file that is changed.
pub enum Opened {
    Model(Box<ModelEditor>),
    /// It holds no model, for this reason.
    Other(Box<Editor>, Error),
}

impl Opened {
    pub fn open(path: &Path, group: Option<&str>) -> Result<Self> {
        let editor = Editor::open(path)?;
        Ok(match ExodusFile::open(path) {
            Ok(file) => {
                let file = group.map_or(Ok(file.clone()), |group| file.group(group)).in_file(path)?;
                Opened::Model(Box::new(ModelEditor::on(editor, &file)?))
            }
            Err(error) if group.is_some() => return Err(error),
            Err(error) => Opened::Other(Box::new(editor), error),
        })
    }

    pub fn editor(&mut self) -> &mut Editor {
        match self {
            Opened::Model(model) => model.netcdf(),
            Opened::Other(editor, _) => editor,
        }
    }

    pub fn model(&mut self) -> Result<&mut ModelEditor> {
        match self {
            Opened::Model(model) => Ok(model),
            Opened::Other(_, error) => Err(Error::usage(format!("the file holds no Exodus model: {}", error.detail()))),
        }
    }

    pub fn plan(self) -> Result<Done> {
        match self {
            Opened::Model(model) => model.plan(),
            Opened::Other(editor, _) => editor.plan(),
        }
    }

    pub fn publish(self, watch: &(dyn Fn(Progress) -> ControlFlow<()> + Sync)) -> Result<ControlFlow<(), Published>> {
        match self {
            Opened::Model(model) => model.publish_watched(watch),
            Opened::Other(editor, _) => editor.publish_watched(watch),
        }
    }
}
