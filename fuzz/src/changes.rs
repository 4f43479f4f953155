//! What changes a file where it is, or saves what is whole of it: on a copy in a temporary folder.

use std::ops::ControlFlow;
use std::path::PathBuf;

use hyperslab::hdf5::{self, builder::AttributeSpec};
use hyperslab::netcdf::{Dimension, Editor, File, GroupId, Owner, Type, Value, Variable, VariableId, Writer};
use hyperslab::{recover, Selection};

use crate::{commands, limits};

/// A copy of the bytes, which is gone with this.
struct Copy(PathBuf);

impl Copy {
    fn new(data: &[u8], purpose: &str) -> Self {
        let copy = Copy(std::env::temp_dir().join(format!("hyperslab-fuzz-{purpose}-{}.nc", std::process::id())));
        std::fs::write(&copy.0, data).expect("a temporary file cannot be written");
        copy
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Whether a file declares so little that it may be written as a whole.
fn is_moderate(data: &[u8]) -> bool {
    crate::open(data).is_none_or(|file| commands::is_moderate(file.schema()))
}

/// Saves what is whole; that opens. Returns whether anything was.
pub fn recover(data: &[u8]) -> bool {
    if !is_moderate(data) {
        return false;
    }
    let (torn, whole) = (Copy::new(data, "torn"), Copy::new(&[], "whole"));
    let go_on = |_| ControlFlow::Continue(());
    let recovered = recover::recover(&torn.0, &whole.0, true, &limits(), &go_on).is_ok();
    if recovered {
        let is_hdf5 = hdf5::File::open(&whole.0).and_then(|file| file.root().map(drop)).is_ok();
        assert!(is_hdf5 || File::open(&whole.0).is_ok(), "what was recovered does not open");
    }
    recovered
}

/// Changes a file in several ways, and goes on with it. Returns how many of them were possible; the file opens after each.
pub fn edit(data: &[u8]) -> usize {
    if !is_moderate(data) {
        return 0;
    }
    let ways: [fn(&PathBuf) -> hyperslab::Result<()>; 5] = [declare, take_away, append, attributes, links];
    ways.iter()
        .filter(|way| {
            let copy = Copy::new(data, "edited");
            let changed = way(&copy.0).is_ok();
            if changed {
                let opens = hdf5::File::open(&copy.0).is_ok() || File::open(&copy.0).is_ok();
                assert!(opens, "what was changed does not open");
            }
            changed
        })
        .count()
}

fn declare(path: &PathBuf) -> hyperslab::Result<()> {
    let mut editor = Editor::open(path)?;
    editor.set_attribute(Owner::Group(GroupId(0)), "fuzzed", Value::text("a text of some length"))?;
    let dimension =
        editor.add_dimension(Dimension { name: "fuzzed".into(), length: 3, unlimited: false, group: GroupId(0) })?;
    let variable = editor.add_variable(Variable::new("fuzzed", Type::Double, vec![dimension]))?;
    editor.write(variable, &Selection::all(&[3]), &[1.0, 2.0, 3.0])?;
    editor.publish().map(drop)
}

fn take_away(path: &PathBuf) -> hyperslab::Result<()> {
    let mut editor = Editor::open(path)?;
    let last = editor.schema().variables.len().saturating_sub(1);
    editor.delete_variable(VariableId(last))?;
    let names: Vec<String> = editor.schema().attributes().iter().map(|attribute| attribute.name.clone()).collect();
    for name in names {
        editor.rename_attribute(Owner::Group(GroupId(0)), &name, "renamed")?;
        editor.delete_attribute(Owner::Group(GroupId(0)), "renamed")?;
    }
    editor.publish().map(drop)
}

/// Adds a record to the first variable that has some.
fn append(path: &PathBuf) -> hyperslab::Result<()> {
    let writer = Writer::append(path)?;
    let schema = writer.schema();
    let grows = |id: &VariableId| {
        let variable = &schema.variables[id.0];
        let first = variable.dimensions.first().and_then(|&id| schema.dimension(id).ok());
        variable.ty.number().is_some() && first.is_some_and(|dimension| dimension.unlimited)
    };
    if let Some(id) = (0..schema.variables.len()).map(VariableId).find(grows) {
        let mut shape = schema.shape(id)?;
        let mut start = vec![0; shape.len()];
        (start[0], shape[0]) = (shape[0], 1);
        if let Some(count) =
            hyperslab::bytes(&shape, 1).ok().and_then(|n| usize::try_from(n).ok()).filter(|&n| n < 1 << 16)
        {
            writer.write(id, &Selection::block(start, shape), &vec![1u8; count])?;
        }
    }
    writer.finish().map(drop)
}

fn attributes(path: &PathBuf) -> hyperslab::Result<()> {
    let mut editor = hdf5::Editor::open(path)?;
    let names: Vec<String> = match hdf5::File::open(path)?.root()?.attributes() {
        Ok(attributes) => attributes.iter().map(|attribute| attribute.name().to_owned()).collect(),
        Err(_) => Vec::new(),
    };
    for name in names {
        editor.delete_attribute("/", &name)?;
    }
    editor.set_attribute("/", &AttributeSpec::text("fuzzed", "x".repeat(100)))?;
    editor.close()
}

fn links(path: &PathBuf) -> hyperslab::Result<()> {
    let mut editor = hdf5::Editor::open(path)?;
    let names: Vec<String> = match hdf5::File::open(path)?.root()?.links() {
        Ok(links) => links.iter().map(|link| link.name.clone()).collect(),
        Err(_) => Vec::new(),
    };
    let (first, others) = match names.split_first() {
        Some((first, others)) => (first, others),
        None => return editor.add_soft_link("fuzzed", "/").and_then(|()| editor.close()),
    };
    editor.add_link("fuzzed", first)?;
    editor.delete_link(first)?;
    for name in others.iter().take(3) {
        editor.delete(name)?;
    }
    editor.close()
}
