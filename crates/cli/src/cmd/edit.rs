//! `exo edit`.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Parser, ValueEnum};
use exodus_rs::{EntityId, EntityType, Error, ExodusFile, ModelEditor, QaRecord, Result, Which};
use hyperslab::netcdf::{Done, Editor, Owner, Progress, Published, Schema, Value};
use hyperslab::{Context, Element, Number};
use serde_json::json;

use super::rewrite::Watch;
use crate::args::edit::{Attr, AttrType, Command, Deleted, Edit, Info, Named, One, Qa};
use crate::ending::BAD_INPUT;
use crate::output::{self, plural};
use crate::signals::{self, Signals};

/// What comes between two edits.
const THEN: &str = "--then";

pub fn run(args: &Edit) -> Result<ExitCode> {
    let mut edits = Vec::new();
    for one in args.command.split(|word| word == THEN) {
        if one.is_empty() {
            return Err(Error::usage(format!("{THEN} comes between two edits")));
        }
        check_what(one)?;
        match One::try_parse_from(one) {
            Ok(one) => edits.push(one.edit),
            Err(error) => {
                if let Some(option) = misplaced(&error) {
                    let file = args.file.display();
                    return Err(Error::usage(format!("{option} comes before the file: exo edit {option} {file} ...")));
                }
                let code = if error.use_stderr() { BAD_INPUT } else { 0 };
                let _ = error.print();
                return Ok(ExitCode::from(code));
            }
        }
    }
    let until_published = signals::end_until_held(&args.file)?;
    let mut file = Opened::open(&args.file, args.group.as_deref())?;
    edits.iter().try_for_each(|one| apply(&mut file, one)).in_file(&args.file)?;
    let others = other_names(&args.file);
    let (done, unused) = match args.dry_run {
        true => (file.plan()?, None),
        false => {
            let signals = Signals::listen()?;
            until_published.hold();
            let watch = Watch { input: &args.file, quiet: args.quiet, signals: &signals };
            let published = watch.over(0, |progress| file.publish(&mut |at| progress(at)))?;
            let Some(Published { done, unused }) = published.continue_value() else {
                signals::not_changed(&args.file);
                return Ok(signals.exit_code());
            };
            (done, Some(unused))
        }
    };
    report(args, edits.len() as u64, (done, others), unused)?;
    Ok(ExitCode::SUCCESS)
}

/// The option of the command that was given behind the file, where edits are.
fn misplaced(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidArg) else { return None };
    let command = <Edit as clap::Args>::augment_args(clap::Command::new("edit"));
    let is_it = |argument: &clap::Arg| {
        let long = argument.get_long().map(|long| format!("--{long}"));
        let short = argument.get_short().map(|short| format!("-{short}"));
        long.as_ref() == Some(word) || short.as_ref() == Some(word)
    };
    (error.kind() == ErrorKind::UnknownArgument && command.get_arguments().any(is_it)).then(|| word.clone())
}

/// Refuses a thing that is renamed or taken away without a word for what it is.
fn check_what(words: &[String]) -> Result<()> {
    let unknown = |wanted: &str, kinds: &str| Err(Error::usage(format!("{wanted}, where WHAT is {kinds}")));
    match words {
        [verb, old, new] if verb == "rename" && Named::from_str(old, false).is_err() => unknown(
            &format!("rename needs what {old} is: rename WHAT {old} {new}"),
            "variable, dimension, group, type, or block, nodal and others of an Exodus file",
        ),
        [verb, path] if verb == "delete" && Deleted::from_str(path, false).is_err() && !path.starts_with('-') => {
            unknown(&format!("delete needs what {path} is: delete WHAT {path}"), "variable, dimension, group or type")
        }
        _ => Ok(()),
    }
}

/// How many other names (hard links) a file has.
fn other_names(path: &Path) -> u64 {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        std::fs::metadata(path).map_or(0, |found| found.nlink().saturating_sub(1))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        0
    }
}

/// A file that is changed.
enum Opened {
    Model(Box<ModelEditor>),
    /// It holds no model, for this reason.
    Other(Box<Editor>, Error),
}

impl Opened {
    fn open(path: &Path, group: Option<&str>) -> Result<Self> {
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

    fn editor(&mut self) -> &mut Editor {
        match self {
            Opened::Model(model) => model.netcdf(),
            Opened::Other(editor, _) => editor,
        }
    }

    fn model(&mut self) -> Result<&mut ModelEditor> {
        match self {
            Opened::Model(model) => Ok(model),
            Opened::Other(_, error) => Err(Error::usage(format!("the file holds no Exodus model: {}", error.detail()))),
        }
    }

    fn plan(self) -> Result<Done> {
        match self {
            Opened::Model(model) => model.plan(),
            Opened::Other(editor, _) => editor.plan(),
        }
    }

    fn publish(self, watch: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Result<ControlFlow<(), Published>> {
        match self {
            Opened::Model(model) => model.publish_watched(watch),
            Opened::Other(editor, _) => editor.publish_watched(watch),
        }
    }
}

/// Says what was done, or would be; what is unused then is known when it was.
fn report(args: &Edit, edits: u64, (done, others): (Done, u64), unused: Option<u64>) -> Result<()> {
    let how = match done {
        Done::Nothing => "nothing",
        Done::InPlace => "in place",
        Done::Rewritten => "rewritten",
    };
    if args.json {
        let file = args.file.to_string_lossy();
        let line = json!({"file": file, "edits": edits, "done": how, "dry_run": args.dry_run, "unused": unused});
        let line = format!("{line}\n");
        return if args.dry_run { output::print(&line) } else { output::print_record(&args.file, &line) };
    }
    let left = match (done, others) {
        (Done::Rewritten, 1..) => {
            format!("; the old file keeps {} (hard links)", plural(others, "other name"))
        }
        _ => String::new(),
    };
    if args.quiet {
        return Ok(());
    }
    let would = if args.dry_run { "would be done" } else { "done" };
    let line = format!("{} {would}, {how}{left}\n", plural(edits, "edit"));
    if args.dry_run {
        return output::print(&format!("{}: {line}", args.file.display()));
    }
    output::print_done(&args.file, &line)?;
    let size = std::fs::metadata(&args.file).map_or(u64::MAX, |found| found.len());
    output::print_unused(&args.file, unused.unwrap_or(0), size)
}

fn apply(file: &mut Opened, command: &Command) -> Result<()> {
    match command {
        Command::Attr(attr) => attribute(file.editor(), attr),
        Command::Delete { what, path } => delete(file.editor(), *what, path),
        Command::Rename { what, old, new } => rename(file, *what, old, new),
        Command::Title { title } => file.model()?.set_title(title),
        Command::Qa(Qa::Add { code, version, date, time }) => {
            let [today, now] = clock();
            let (code, version) = (code.clone(), version.clone());
            let (date, time) = (date.clone().unwrap_or(today), time.clone().unwrap_or(now));
            file.model()?.add_qa_record(QaRecord { code, version, date, time })
        }
        Command::Info(Info::Add { text }) => file.model()?.add_info_record(text),
    }
}

/// The date and the time in UTC, as libexodus's programs write them.
fn clock() -> [String; 2] {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    // Days are counted from 1 March of the year 0, in eras of 400 years.
    let days = seconds / 86_400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year + u64::from(month <= 2);
    let (hours, minutes) = (seconds / 3600 % 24, seconds / 60 % 60);
    [format!("{year:04}/{month:02}/{day:02}"), format!("{hours:02}:{minutes:02}:{:02}", seconds % 60)]
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

fn rename(file: &mut Opened, what: Named, old: &str, new: &str) -> Result<()> {
    if let Some(kind) = entity(what) {
        return file.model()?.rename_entity(kind, which(old), new);
    }
    let Some(kind) = carrier(what) else { return rename_netcdf(file.editor(), what, old, new) };
    let model = file.model()?;
    let is_reduction = model.mesh().variable_position(kind, old).is_err()
        && model.mesh().reductions.get(&kind).is_some_and(|names| names.iter().any(|name| name == old));
    match is_reduction {
        true => model.rename_reduction(kind, old, new),
        false => model.rename_variable(kind, old, new),
    }
}

/// The kind of what is an entity.
fn entity(what: Named) -> Option<EntityType> {
    Some(match what {
        Named::Block => EntityType::ElementBlock,
        Named::EdgeBlock => EntityType::EdgeBlock,
        Named::FaceBlock => EntityType::FaceBlock,
        Named::NodeSet => EntityType::NodeSet,
        Named::EdgeSet => EntityType::EdgeSet,
        Named::FaceSet => EntityType::FaceSet,
        Named::SideSet => EntityType::SideSet,
        Named::ElementSet => EntityType::ElementSet,
        Named::NodeMap => EntityType::NodeMap,
        Named::EdgeMap => EntityType::EdgeMap,
        Named::FaceMap => EntityType::FaceMap,
        Named::ElementMap => EntityType::ElementMap,
        Named::Assembly => EntityType::Assembly,
        Named::Blob => EntityType::Blob,
        _ => return None,
    })
}

/// The kind that carries a variable, or a reduction variable.
fn carrier(what: Named) -> Option<EntityType> {
    Some(match what {
        Named::Nodal => EntityType::Nodal,
        Named::Global => EntityType::Global,
        Named::OnBlocks => EntityType::ElementBlock,
        Named::OnEdgeBlocks => EntityType::EdgeBlock,
        Named::OnFaceBlocks => EntityType::FaceBlock,
        Named::OnNodeSets => EntityType::NodeSet,
        Named::OnEdgeSets => EntityType::EdgeSet,
        Named::OnFaceSets => EntityType::FaceSet,
        Named::OnSideSets => EntityType::SideSet,
        Named::OnElementSets => EntityType::ElementSet,
        Named::OnAssemblies => EntityType::Assembly,
        Named::OnBlobs => EntityType::Blob,
        _ => return None,
    })
}

fn delete(editor: &mut Editor, what: Deleted, path: &str) -> Result<()> {
    let schema = editor.schema();
    let missing = |what| Error::not_found(format!("there is no {what} {path}"));
    match what {
        Deleted::Variable => editor.delete_variable(schema.variable_at(path).ok_or_else(|| missing("variable"))?),
        Deleted::Dimension => editor.delete_dimension(schema.dimension_at(path).ok_or_else(|| missing("dimension"))?),
        Deleted::Group => editor.delete_group(schema.group_at(path).ok_or_else(|| missing("group"))?),
        Deleted::Type => {
            let user = schema.type_at(path).ok_or_else(|| missing("type"))?.clone();
            editor.delete_type(&user)
        }
    }
}

/// An entity by its identifier, if that is a number, or else by its name.
fn which(word: &str) -> Which<'_> {
    word.parse().map_or(Which::Name(word), |id| Which::Id(EntityId(id)))
}

fn rename_netcdf(editor: &mut Editor, what: Named, old: &str, new: &str) -> Result<()> {
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
        Named::Type => {
            let user = editor.schema().type_at(old).ok_or_else(|| missing("type"))?.clone();
            editor.rename_type(&user, new).map(drop)
        }
        _ => {
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

fn numbers<T: Element + std::str::FromStr>(words: &[String]) -> Result<Vec<T>> {
    let number = |word: &String| {
        let name = T::TYPE.name();
        let no_number = |_| Error::usage(format!("{word:?} is no {name}: choose another one with --type"));
        let value: T = word.parse().map_err(no_number)?;
        // Infinity is what was written in letters.
        let is_spelled = !word.contains(|c: char| c.is_ascii_digit());
        match value.to_number() {
            Number::Float(beyond) if beyond.is_infinite() && !is_spelled => {
                Err(Error::usage(format!("{word} does not fit {name}")))
            }
            _ => Ok(value),
        }
    };
    words.iter().map(number).collect()
}
