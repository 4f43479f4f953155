//! `exo edit`.

use std::process::ExitCode;

use clap::Parser;
use exodus_rs::{Error, ModelEditor, Result};
use hyperslab::netcdf::{Done, Editor, Owner, Schema, Value};
use hyperslab::Context;
use serde_json::json;

use crate::args::edit::{Attr, AttrType, Command, Edit, Named, One};
use crate::ending::BAD_INPUT;
use crate::output::{self, plural};

/// What comes between two edits.
const THEN: &str = "--then";

pub fn run(args: &Edit) -> Result<ExitCode> {
    let mut edits = Vec::new();
    for one in args.command.split(|word| word == THEN) {
        match One::try_parse_from(one) {
            Ok(one) => edits.push(one.edit),
            Err(error) => {
                let code = if error.use_stderr() { BAD_INPUT } else { 0 };
                let _ = error.print();
                return Ok(ExitCode::from(code));
            }
        }
    }
    let mut editor = Editor::open(&args.file)?;
    edits.iter().try_for_each(|one| apply(&mut editor, one)).in_file(&args.file)?;
    let done = if args.dry_run { editor.plan()? } else { editor.publish()? };
    report(args, edits.len() as u64, done)?;
    Ok(ExitCode::SUCCESS)
}

fn report(args: &Edit, edits: u64, done: Done) -> Result<()> {
    let how = match done {
        Done::Nothing => "nothing",
        Done::InPlace => "in place",
        Done::Rewritten => "rewritten",
    };
    if args.json {
        let line = json!({"file": args.file.to_string_lossy(), "edits": edits, "done": how, "dry_run": args.dry_run});
        return output::print(&format!("{line}\n"));
    }
    if args.quiet {
        return Ok(());
    }
    let would = if args.dry_run { "would be done" } else { "done" };
    output::print_done(&args.file, &format!("{} {would}, {how}\n", plural(edits, "edit")))
}

fn apply(editor: &mut Editor, command: &Command) -> Result<()> {
    match command {
        Command::Attr(attr) => attribute(editor, attr),
        Command::Rename { what, old, new } => rename(editor, *what, old, new),
        Command::Title { title } => ModelEditor::of(editor)?.set_title(title),
    }
}

fn attribute(editor: &mut Editor, attr: &Attr) -> Result<()> {
    match attr {
        Attr::Set { object, name, values, ty } => {
            let owner = owner(editor.schema(), object)?;
            let ty = ty.or_else(|| attribute_type(editor.schema(), owner, name));
            let value = value(values, ty).in_object(object)?;
            editor.set_attribute(owner, name, value)
        }
        Attr::Delete { object, name } => editor.delete_attribute(owner(editor.schema(), object)?, name),
        Attr::Rename { object, old, new } => editor.rename_attribute(owner(editor.schema(), object)?, old, new),
    }
}

fn rename(editor: &mut Editor, what: Named, old: &str, new: &str) -> Result<()> {
    let missing = |what| Error::not_found(format!("there is no {what} {old}"));
    match what {
        Named::Variable => {
            let id = editor.schema().variable_at(old).ok_or_else(|| missing("variable"))?;
            editor.rename_variable(id, new)
        }
        Named::Dimension => {
            let id = editor.schema().dimension_at(old).ok_or_else(|| missing("dimension"))?;
            editor.rename_dimension(id, new)
        }
        Named::Group => {
            let id = editor.schema().group_at(old).ok_or_else(|| missing("group"))?;
            editor.rename_group(id, new)
        }
    }
}

/// What has the attributes of an object.
fn owner(schema: &Schema, object: &str) -> Result<Owner> {
    let variable = schema.variable_at(object).map(Owner::Variable);
    let found = variable.or_else(|| schema.group_at(object).map(Owner::Group));
    found.ok_or_else(|| Error::not_found(format!("there is no variable or group {object}")))
}

/// The type of an attribute that is there.
fn attribute_type(schema: &Schema, owner: Owner, name: &str) -> Option<AttrType> {
    let list = match owner {
        Owner::Group(id) => &schema.groups.get(id.0)?.attributes,
        Owner::Variable(id) => &schema.variables.get(id.0)?.attributes,
    };
    Some(match list.iter().find(|attribute| attribute.name == name)?.value {
        Value::Char(_) => AttrType::Char,
        Value::String(_) => AttrType::String,
        Value::Byte(_) => AttrType::Byte,
        Value::Short(_) => AttrType::Short,
        Value::Int(_) => AttrType::Int,
        Value::Int64(_) => AttrType::Int64,
        Value::UByte(_) => AttrType::Ubyte,
        Value::UShort(_) => AttrType::Ushort,
        Value::UInt(_) => AttrType::Uint,
        Value::UInt64(_) => AttrType::Uint64,
        Value::Float(_) => AttrType::Float,
        Value::Double(_) => AttrType::Double,
        Value::User(..) => return None,
    })
}

/// The value that words stand for.
fn value(words: &[String], ty: Option<AttrType>) -> Result<Value> {
    let is_each = |is: fn(&String) -> bool| words.iter().all(is);
    let guess = || match () {
        () if is_each(|word| word.parse::<i32>().is_ok()) => AttrType::Int,
        () if is_each(|word| word.parse::<f64>().is_ok()) => AttrType::Double,
        () => AttrType::Char,
    };
    Ok(match ty.unwrap_or_else(guess) {
        AttrType::Char => match words {
            [text] => Value::text(text),
            _ => return Err(Error::usage("several words for one text: put it in quotes")),
        },
        AttrType::String => Value::String(words.iter().map(|text| Some(text.as_bytes().to_vec())).collect()),
        AttrType::Byte => Value::Byte(numbers(words)?),
        AttrType::Short => Value::Short(numbers(words)?),
        AttrType::Int => Value::Int(numbers(words)?),
        AttrType::Int64 => Value::Int64(numbers(words)?),
        AttrType::Ubyte => Value::UByte(numbers(words)?),
        AttrType::Ushort => Value::UShort(numbers(words)?),
        AttrType::Uint => Value::UInt(numbers(words)?),
        AttrType::Uint64 => Value::UInt64(numbers(words)?),
        AttrType::Float => Value::Float(numbers(words)?),
        AttrType::Double => Value::Double(numbers(words)?),
    })
}

fn numbers<T: std::str::FromStr>(words: &[String]) -> Result<Vec<T>> {
    let number = |word: &String| {
        let name = std::any::type_name::<T>();
        word.parse().map_err(|_| Error::usage(format!("{word:?} is no {name}: choose another one with --type")))
    };
    words.iter().map(number).collect()
}
