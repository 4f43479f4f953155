//! `exo ls`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use exodus_rs::{Error, Result};
use hyperslab::hdf5::{Dataset, Filter, IndexKind, Layout, Link, LinkStorage, Object, ObjectKind, Target};
use hyperslab::{hdf5, netcdf, Borrowable, Context, NotBorrowable, Selection, Source};

use crate::args;
use crate::input;
use crate::output::{self, bytes, plural};

pub fn run(args: &args::Ls) -> Result<ExitCode> {
    let (file, path) = split(&args.file);
    let source = input::source(&file, args.no_mmap)?;
    let missing = match hdf5::File::is_hdf5(&source).in_file(&file)? {
        true => hdf5(source, (&file, &path), args),
        false => classic(source, &path, args),
    };
    Ok(ExitCode::from(output::warn(&file, missing.in_file(&file)?)))
}

/// A name of a file, and the path behind it.
fn split(given: &Path) -> (PathBuf, String) {
    let file = given.ancestors().find(|part| part.is_file() || input::is_standard_input(part)).unwrap_or(given);
    let path = given.strip_prefix(file).map(|rest| rest.to_string_lossy().into_owned()).unwrap_or_default();
    (file.to_path_buf(), format!("/{path}"))
}

/// Lists an HDF5 file; returns what could not be read.
fn hdf5(source: Source, (name, path): (&Path, &str), args: &args::Ls) -> Result<Option<String>> {
    let options = input::options(name, args.no_mmap, args.allow_external)?;
    let file = hdf5::File::from_source_with(source, &options)?;
    let object = file.object(path)?;
    let mut listing = Listing { args, seen: HashSet::new(), unreadable: 0 };
    if object.kind() == ObjectKind::Group {
        listing.seen.insert(object.address());
        listing.group(&object, path.trim_end_matches('/'))?;
    } else {
        listing.object(&object, path)?;
    }
    let unreadable = Some(listing.unreadable).filter(|&count| count > 0);
    Ok(unreadable.map(|count| format!("{} could not be read", plural(count, "object"))))
}

struct Listing<'a> {
    args: &'a args::Ls,
    /// Addresses of the groups that were listed: there are circles.
    seen: HashSet<u64>,
    /// Objects with an error.
    unreadable: u64,
}

impl Listing<'_> {
    fn group(&mut self, group: &Object, path: &str) -> Result<()> {
        match group.links() {
            Ok(links) => links.into_iter().try_for_each(|link| self.link(group, link, path)),
            Err(error) => self.failed(if path.is_empty() { "/" } else { path }, &error),
        }
    }

    fn link(&mut self, group: &Object, link: Link, path: &str) -> Result<()> {
        let path = format!("{path}/{}", link.name);
        match link.target {
            Target::Hard(address) => match group.file().at(address) {
                Ok(object) => self.member(&object, &path),
                Err(error) => self.failed(&path, &error),
            },
            Target::Soft(target) => line(&path, "soft link", &target),
            Target::External { file, path: target } => line(&path, "external link", &format!("{file}:{target}")),
            Target::User(code, _) => line(&path, "user link", &format!("of type {code}")),
        }
    }

    fn member(&mut self, object: &Object, path: &str) -> Result<()> {
        self.object(object, path)?;
        if self.args.recursive && object.kind() == ObjectKind::Group && self.seen.insert(object.address()) {
            self.group(object, path)?;
        }
        Ok(())
    }

    fn object(&mut self, object: &Object, path: &str) -> Result<()> {
        match summary(object) {
            Ok(what) => line(path, object.kind().name(), &what)?,
            Err(error) => return self.failed(path, &error),
        }
        match self.args.long.then(|| details(object)) {
            Some(Ok(details)) => output::print(&details),
            Some(Err(error)) => self.failed(path, &error),
            None => Ok(()),
        }
    }

    /// Says what is wrong with an object; the others are listed all the same.
    fn failed(&mut self, path: &str, error: &Error) -> Result<()> {
        self.unreadable += 1;
        line(path, "unreadable", &error.to_string())
    }
}

/// Shape and type.
fn summary(object: &Object) -> Result<String> {
    Ok(match object.kind() {
        ObjectKind::Group => String::new(),
        ObjectKind::Datatype => object.datatype()?.to_string(),
        ObjectKind::Dataset => {
            let dataset = object.dataset()?;
            format!("{} {}", lengths(&dataset), dataset.datatype())
        }
    })
}

/// What is stored, and how: lines.
fn details(object: &Object) -> Result<String> {
    let mut text = String::new();
    if object.kind() == ObjectKind::Dataset {
        text = format!("    {}\n", storage(&object.dataset()?)?);
    }
    let links = match object.kind() {
        ObjectKind::Group => Some(link_storage(object.link_storage()?)),
        _ => None,
    };
    let attributes = object.attributes()?.len() as u64;
    let counted = (attributes > 0).then(|| plural(attributes, "attribute"));
    let facts: Vec<String> = links.into_iter().map(str::to_owned).chain(counted).collect();
    if !facts.is_empty() {
        text += &format!("    {}\n", facts.join(", "));
    }
    Ok(text)
}

fn line(path: &str, kind: &str, what: &str) -> Result<()> {
    output::print(format!("{path:<28} {kind:<13} {what}").trim_end())?;
    output::print("\n")
}

fn link_storage(storage: LinkStorage) -> &'static str {
    match storage {
        LinkStorage::SymbolTable => "links in a symbol table",
        LinkStorage::Compact => "compact links",
        LinkStorage::Dense => "dense links",
    }
}

/// The lengths, each with what it may grow to where that is more.
fn lengths(dataset: &Dataset) -> String {
    if dataset.is_null() {
        return "null".into();
    }
    let axes = dataset.shape().iter().zip(dataset.max_shape()).map(|(length, most)| match most {
        Some(most) if most == *length => length.to_string(),
        Some(most) => format!("{length}/{most}"),
        None => format!("{length}/inf"),
    });
    format!("{{{}}}", axes.collect::<Vec<_>>().join(", "))
}

/// Layout, filters, sizes, and how the elements can be borrowed.
fn storage(dataset: &Dataset) -> Result<String> {
    let mut parts = vec![layout(&dataset.layout())];
    parts.extend(dataset.filters().iter().map(filter));
    let logical = dataset.len()?.saturating_mul(dataset.datatype().size());
    match dataset.layout() {
        Layout::Virtual | Layout::External => parts.push(bytes(logical)),
        _ => parts.push(format!("{} of {} stored", bytes(dataset.stored_size()?), bytes(logical))),
    }
    parts.push(borrowable(dataset)?);
    Ok(parts.join(", "))
}

/// Where elements lie.
pub(super) fn layout(layout: &Layout) -> String {
    match layout {
        Layout::Compact => "compact".to_owned(),
        Layout::Contiguous => "contiguous".to_owned(),
        Layout::Virtual => "virtual".to_owned(),
        Layout::External => "external files".to_owned(),
        Layout::Chunked { chunk, index } => {
            let chunk: Vec<String> = chunk.iter().map(u64::to_string).collect();
            format!("chunks of {{{}}} by {}", chunk.join(", "), index_name(*index))
        }
    }
}

/// How the elements can be borrowed: all together, or the chunks one by one.
fn borrowable(dataset: &Dataset) -> Result<String> {
    let whole = dataset.borrowable(dataset.all())?;
    let (Layout::Chunked { chunk, .. }, Borrowable::No(NotBorrowable::Scattered)) = (dataset.layout(), whole) else {
        return Ok(whole.to_string());
    };
    let shape = dataset.shape();
    let count = chunk.iter().zip(shape).map(|(chunk, length)| *chunk.min(length)).collect();
    match dataset.borrowable(Selection::block(vec![0; shape.len()], count))? {
        Borrowable::No(NotBorrowable::Scattered) => Ok(whole.to_string()),
        Borrowable::No(reason) => Ok(Borrowable::No(reason).to_string()),
        each => Ok(format!("chunk by chunk a {each}")),
    }
}

fn index_name(index: IndexKind) -> &'static str {
    match index {
        IndexKind::BTreeV1 => "version 1 B-tree",
        IndexKind::Single => "single chunk",
        IndexKind::Implicit => "implicit index",
        IndexKind::FixedArray => "fixed array",
        IndexKind::ExtensibleArray => "extensible array",
        IndexKind::BTreeV2 => "version 2 B-tree",
    }
}

pub(super) fn filter(filter: &Filter) -> String {
    let parameters: Vec<String> = filter.parameters.iter().map(u32::to_string).collect();
    let name = if filter.name.is_empty() { format!("filter {}", filter.id) } else { filter.name.clone() };
    match parameters.is_empty() {
        true => name,
        false => format!("{name}({})", parameters.join(",")),
    }
}

/// Lists the variables of a classic file; returns what of it is missing.
fn classic(source: Source, path: &str, args: &args::Ls) -> Result<Option<String>> {
    let file = netcdf::File::from_source(source)?;
    let wanted = path.trim_start_matches('/');
    let mut found = wanted.is_empty();
    for array in file.arrays().iter().filter(|array| wanted.is_empty() || array.variable().name == wanted) {
        found = true;
        variable(&file, array, args.long)?;
    }
    match found {
        true => Ok(input::cut_off(&file)),
        false => Err(Error::usage(format!("there is no variable {wanted}"))),
    }
}

fn variable(file: &netcdf::File, array: &netcdf::Array, long: bool) -> Result<()> {
    let variable = array.variable();
    let record = file.schema().is_record(variable);
    let mut shape: Vec<String> = array.shape().iter().map(u64::to_string).collect();
    if let Some(steps) = shape.first_mut().filter(|_| record) {
        steps.push_str("/inf");
    }
    let what = format!("{{{}}} {}", shape.join(", "), variable.ty.name());
    line(&format!("/{}", variable.name), "variable", &what)?;
    if !long {
        return Ok(());
    }
    let size = hyperslab::bytes(array.shape(), variable.ty.size())?;
    let region = match record && !array.is_empty() {
        true => Selection::index(array.shape(), 0),
        false => Selection::all(array.shape()),
    };
    let form = array.borrowable(&region)?;
    let (layout, each) = if record { ("records", "record by record a ") } else { ("contiguous", "") };
    let attributes = plural(variable.attributes.len() as u64, "attribute");
    output::print(&format!("    {layout}, {}, {each}{form}, {attributes}\n", bytes(size)))
}
