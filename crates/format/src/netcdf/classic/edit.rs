//! Changing a classic file: within one sector where it is, or written anew.

use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::limits::{self, Limits};
use crate::netcdf::edit::{Done, Owner};
use crate::netcdf::schema::Schema;
use crate::netcdf::store::Existing;
use crate::netcdf::value::Attribute;
use crate::sink::{NewFile, Sink};
use crate::source::Source;

use super::header;
use super::layout::Layout;
use super::record::{Attr, Header, Name};
use super::write::{attr, encode};

/// A disk writes sectors of at least this size, whole or not at all.
const SECTOR: u64 = 512;
/// Bytes that are copied at a time.
const PIECE: u64 = 1 << 20;

/// A classic file that is changed.
#[derive(Debug)]
struct Changed {
    path: PathBuf,
    /// The file where it is, locked.
    sink: Box<dyn Sink>,
    source: Source,
    layout: Layout,
    /// The header as it shall be, with the names that the file has.
    header: Header,
    /// What the file declares.
    before: Schema,
}

/// Opens a classic file for change.
///
/// # Errors
/// As [`open`](super::open).
pub(crate) fn open(path: &Path, sink: Box<dyn Sink>) -> Result<(Schema, Box<dyn Existing>)> {
    let source = Source::open(path)?;
    let (header, len) = header::read(&source, &Limits::default())?;
    let layout = header::layout(&header, len)?;
    let schema = header::schema(&header, header::records(&header, &layout, source.len()));
    let before = schema.clone();
    Ok((schema, Box::new(Changed { path: path.to_owned(), sink, source, layout, header, before })))
}

/// What becomes of the bytes of a file.
enum Change {
    /// The header is replaced in these bytes, which lie in one sector.
    Sector(Range<u64>),
    /// The data move by this many bytes.
    Shift(u64),
}

impl Changed {
    fn attributes(&mut self, owner: Owner) -> Result<&mut Vec<Attr>> {
        match owner {
            Owner::Group(_) => Ok(&mut self.header.gatt_list.0),
            Owner::Variable(id) => {
                let var = self.header.var_list.0.get_mut(id.0);
                Ok(&mut var.ok_or_else(|| Error::usage(format!("there is no variable {}", id.0)))?.vatt_list.0)
            }
        }
    }

    /// The header with the names of a schema. Those that stay keep their bytes.
    fn named(&self, schema: &Schema) -> Header {
        let mut header = self.header.clone();
        let dimensions = self.before.dimensions.iter().zip(&schema.dimensions);
        for (dim, (old, new)) in header.dim_list.0.iter_mut().zip(dimensions) {
            rename(&mut dim.name, &old.name, &new.name);
        }
        for (var, (old, new)) in header.var_list.0.iter_mut().zip(self.before.variables.iter().zip(&schema.variables)) {
            rename(&mut var.name, &old.name, &new.name);
        }
        header
    }

    /// Where the data begin: the header has room up to there.
    fn room(&self) -> u64 {
        self.layout.slabs.iter().map(|slab| slab.begin).min().unwrap_or(u64::MAX)
    }

    fn change(&self, header: &[u8]) -> Result<Change> {
        let (len, room) = (header.len() as u64, self.room());
        if len > room {
            return Ok(Change::Shift((len - room).next_multiple_of(4)));
        }
        let there = self.source.bytes(0, len.min(self.source.len()))?;
        let differs = |at: &usize| there.get(*at) != header.get(*at);
        let (first, last) = ((0..header.len()).find(differs), (0..header.len()).rfind(differs));
        let (first, last) = (first.unwrap_or(0) as u64, last.unwrap_or(0) as u64);
        Ok(match first / SECTOR == last / SECTOR {
            true => Change::Sector(first..last + 1),
            false => Change::Shift(0),
        })
    }

    /// Writes the file anew with a header, and the data moved.
    fn rewrite(&self, mut header: Header, shift: u64) -> Result<()> {
        for var in &mut header.var_list.0 {
            var.begin.0 = var.begin.0.saturating_add(shift);
            if var.begin.0 > header.version.begin_max() {
                let detail = format!("no variable of {} starts at {}", header.version.name(), var.begin.0);
                return Err(Error::unsupported(detail).in_object(var.name.text()));
            }
        }
        let target: Box<dyn Sink> = Box::new(NewFile::create(&self.path, true)?);
        let bytes = encode(&header)?;
        target.write_at(0, &bytes)?;
        let mut at = self.room().min(self.source.len());
        let mut buffer = Vec::new();
        while at < self.source.len() {
            let len = PIECE.min(self.source.len() - at);
            buffer.resize(limits::to_usize(len)?, 0);
            self.source.read_into(at, &mut buffer)?;
            target.write_at(at.saturating_add(shift), &buffer)?;
            at += len;
        }
        let len = target.len()?;
        target.complete(len)
    }
}

fn rename(name: &mut Name, old: &str, new: &str) {
    if old != new {
        *name = Name::new(new);
    }
}

impl Existing for Changed {
    fn set_attribute(&mut self, owner: Owner, attribute: &Attribute) -> Result<()> {
        let (list, new) = (self.attributes(owner)?, attr(attribute)?);
        match list.iter_mut().find(|old| old.name.text() == attribute.name) {
            Some(old) => *old = Attr { name: old.name.clone(), ..new },
            None => list.push(new),
        }
        Ok(())
    }

    fn rename_attribute(&mut self, owner: Owner, old: &str, new: &str) -> Result<()> {
        let list = self.attributes(owner)?;
        list.iter_mut().filter(|attr| attr.name.text() == old).for_each(|attr| attr.name = Name::new(new));
        Ok(())
    }

    fn delete_attribute(&mut self, owner: Owner, name: &str) -> Result<()> {
        self.attributes(owner)?.retain(|attr| attr.name.text() != name);
        Ok(())
    }

    fn plan(&self, schema: &Schema) -> Result<Done> {
        Ok(match self.change(&encode(&self.named(schema))?)? {
            Change::Sector(_) => Done::InPlace,
            Change::Shift(_) => Done::Rewritten,
        })
    }

    fn publish(self: Box<Self>, schema: &Schema) -> Result<Done> {
        let header = self.named(schema);
        let bytes = encode(&header)?;
        match self.change(&bytes)? {
            Change::Sector(range) => {
                let (start, end) = (limits::to_usize(range.start)?, limits::to_usize(range.end)?);
                self.sink.write_at(range.start, bytes.get(start..end).unwrap_or_default())?;
                self.sink.barrier()?;
                Ok(Done::InPlace)
            }
            Change::Shift(shift) => self.rewrite(header, shift).map(|()| Done::Rewritten),
        }
    }
}
