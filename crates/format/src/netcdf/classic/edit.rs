//! Changing a classic file: within one sector where it is, or written anew.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::element::ByteOrder;
use crate::error::{Error, Result};
use crate::limits::{self, Limits};
use crate::netcdf::edit::{Done, Owner, Published};
use crate::netcdf::ids::{DimensionId, GroupId, VariableId};
use crate::netcdf::schema::{Dimension, Group, Schema, Variable};
use crate::netcdf::store::Existing;
use crate::netcdf::transfer::Progress;
use crate::netcdf::types::UserType;
use crate::netcdf::value::{Attribute, Value};
use crate::shape::Selection;
use crate::sink::{NewFile, Sink, SECTOR};
use crate::source::Source;
use crate::watched::Watched;

use super::field::{NonNeg, Offset};
use super::layout::{Layout, Slab};
use super::record::{Attr, Dim, Header, List, Name, Var};
use super::write::{attr, encode, nc_type};
use super::{header, region, rewrite};

/// A classic file that is changed.
#[derive(Debug)]
pub(super) struct Changed {
    path: PathBuf,
    /// The file where it is, locked.
    sink: Box<dyn Sink>,
    pub source: Source,
    /// Where the data lie in it.
    pub layout: Layout,
    /// The number of its records.
    pub records: u64,
    /// The header as it shall be, with the names that the file has; variables that are new begin nowhere.
    header: Header,
    /// For each variable of the header, which one of the file it is.
    pub origins: Vec<Option<usize>>,
    /// What the header declares.
    before: Schema,
    /// Whether other data lie in the file, or elsewhere.
    is_rearranged: bool,
    /// What is written over what is there.
    pub puts: Vec<Put>,
}

/// The stored elements of a box of a variable.
#[derive(Debug)]
pub(super) struct Put {
    pub variable: usize,
    pub region: Selection,
    pub stored: Vec<u8>,
}

/// Opens a classic file for change.
///
/// # Errors
/// As [`open`](super::open).
pub(crate) fn open(path: &Path, sink: Box<dyn Sink>) -> Result<(Schema, Box<dyn Existing>)> {
    let (schema, changed) = changing(path, sink, Source::open(path)?)?;
    Ok((schema, Box::new(changed)))
}

fn changing(path: &Path, sink: Box<dyn Sink>, source: Source) -> Result<(Schema, Changed)> {
    let (header, len) = header::read(&source, &Limits::default())?;
    let layout = header::layout(&header, len)?;
    let records = header::records(&header, &layout, source.len());
    let schema = header::schema(&header, records);
    let (path, before, origins) = (path.to_owned(), schema.clone(), (0..schema.variables.len()).map(Some).collect());
    let (puts, is_rearranged) = (Vec::new(), false);
    Ok((schema, Changed { path, sink, source, layout, records, header, origins, before, is_rearranged, puts }))
}

/// How a file becomes another one.
enum Way {
    /// These bytes, which lie in one sector, are replaced.
    Sector(u64, Vec<u8>),
    /// The data stay as they are, but move by this many bytes.
    Shift(u64),
    /// Every variable gets another place.
    Rearrange,
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

    /// The header with the names and the number of records of a schema. Names that stay keep their bytes.
    fn declared(&self, schema: &Schema) -> Header {
        let mut header = self.header.clone();
        let dimensions = self.before.dimensions.iter().zip(&schema.dimensions);
        for (dim, (old, new)) in header.dim_list.0.iter_mut().zip(dimensions) {
            rename(&mut dim.name, &old.name, &new.name);
        }
        for (var, (old, new)) in header.var_list.0.iter_mut().zip(self.before.variables.iter().zip(&schema.variables)) {
            rename(&mut var.name, &old.name, &new.name);
        }
        let records = schema.records().unwrap_or(0);
        if records != self.records {
            header.numrecs = NonNeg(records);
        }
        header
    }

    /// Where the data begin: the header has room up to there.
    pub fn room(&self) -> u64 {
        self.layout.slabs.iter().map(|slab| slab.begin).min().unwrap_or(u64::MAX)
    }

    fn way(&self, header: &[u8], schema: &Schema) -> Result<Way> {
        if self.is_rearranged {
            return Ok(Way::Rearrange);
        }
        let (len, room) = (header.len() as u64, self.room());
        if len > room {
            return Ok(Way::Shift((len - room).next_multiple_of(4)));
        }
        let mut patches = vec![(0, header.to_vec())];
        let size: usize = self.puts.iter().map(|put| put.stored.len()).sum();
        if size as u64 > SECTOR || schema.records().unwrap_or(0) != self.records {
            return Ok(Way::Shift(0));
        }
        for put in &self.puts {
            let slab = self.layout.slabs.get(put.variable).ok_or_else(|| Error::usage("a variable without data"))?;
            region::runs(&self.layout, slab, &put.region, |offset, range| {
                patches.push((offset, put.stored.get(range).unwrap_or_default().to_vec()));
                Ok(())
            })?;
        }
        Ok(match self.sector(&patches)? {
            Some((offset, bytes)) => Way::Sector(offset, bytes),
            None => Way::Shift(0),
        })
    }

    /// The bytes of one sector that are other ones with patches, if all of them lie in one.
    fn sector(&self, patches: &[(u64, Vec<u8>)]) -> Result<Option<(u64, Vec<u8>)>> {
        let mut changed: Option<Range<u64>> = None;
        for (offset, bytes) in patches {
            let there =
                self.source.bytes(*offset, (bytes.len() as u64).min(self.source.len().saturating_sub(*offset)))?;
            let differs = |at: &usize| there.get(*at) != bytes.get(*at);
            let (first, last) = ((0..bytes.len()).find(differs), (0..bytes.len()).rfind(differs));
            let (Some(first), Some(last)) = (first, last) else { continue };
            let (first, last) = (offset.saturating_add(first as u64), offset.saturating_add(last as u64));
            changed = Some(changed.map_or(first..last + 1, |all| all.start.min(first)..all.end.max(last + 1)));
        }
        let Some(range) = changed else { return Ok(Some((0, Vec::new()))) };
        if range.start / SECTOR != (range.end - 1) / SECTOR {
            return Ok(None);
        }
        let there = range.end.min(self.source.len()).saturating_sub(range.start);
        let mut sector = self.source.bytes(range.start, there)?.to_vec();
        sector.resize(limits::to_usize(range.end - range.start)?, 0);
        for (offset, bytes) in patches {
            for (at, byte) in (*offset..).zip(bytes).filter(|(at, _)| range.contains(at)) {
                let place = sector.get_mut(limits::to_usize(at - range.start)?);
                place.into_iter().for_each(|place| *place = *byte);
            }
        }
        Ok(Some((range.start, sector)))
    }

    /// The sizes of the variables of a header, which have no places yet.
    fn arranged(&self, header: &Header) -> Result<Layout> {
        let mut slabs = Vec::with_capacity(header.var_list.0.len());
        for var in &header.var_list.0 {
            let dim = |id: &NonNeg| header.dim_list.0.get(usize::try_from(id.0).ok()?).map(|dim| dim.dim_length.0);
            let lengths: Vec<u64> = var.dimids.iter().filter_map(dim).collect();
            slabs.push(Slab::new(&lengths, var.nc_type.size())?);
        }
        Layout::new(slabs)
    }

    fn rewrite(
        &self,
        mut header: Header,
        shift: Option<u64>,
        schema: &Schema,
        watched: &Watched<Progress>,
    ) -> Result<()> {
        let layout = self.placed(&mut header, shift)?;
        let target = Box::new(NewFile::create(&self.path, true)?);
        rewrite::write(self, target, &header, layout, shift, schema, watched)
    }

    /// Where everything lies in the file that is written anew; the header says so, too.
    fn placed(&self, header: &mut Header, shift: Option<u64>) -> Result<Layout> {
        let mut layout = match shift {
            Some(_) => self.layout.clone(),
            None => self.arranged(header)?,
        };
        match shift {
            Some(shift) => layout.slabs.iter_mut().for_each(|slab| slab.begin = slab.begin.saturating_add(shift)),
            None => layout.place(encode(header)?.len() as u64)?,
        }
        let most = header.version.begin_max();
        let beyond = layout.slabs.iter().position(|slab| slab.begin > most).or(layout.too_large(header.version));
        if let Some(var) = beyond.and_then(|n| header.var_list.0.get(n)) {
            let detail = format!("the data do not fit {}: write the file in another container", header.version.name());
            return Err(Error::unsupported(detail).in_object(var.name.text()));
        }
        for (var, slab) in header.var_list.0.iter_mut().zip(&layout.slabs) {
            var.begin = Offset(slab.begin);
            if shift.is_none() {
                var.vsize = NonNeg(slab.len.min(header.version.streaming()));
            }
        }
        Ok(layout)
    }
}

fn no_types() -> Error {
    Error::unsupported("groups and types in a classic file: that needs netCDF-4")
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

    fn encode(&mut self, _: VariableId, values: &Value) -> Result<Vec<u8>> {
        Ok(values.to_bytes(ByteOrder::Big))
    }

    fn write(&mut self, id: VariableId, region: &Selection, stored: Vec<u8>) -> Result<()> {
        if !stored.is_empty() {
            self.puts.push(Put { variable: id.0, region: region.clone(), stored });
        }
        Ok(())
    }

    fn add_dimension(&mut self, schema: &Schema, dimension: &Dimension) -> Result<()> {
        if dimension.unlimited && schema.dimensions.iter().any(|other| other.unlimited) {
            return Err(Error::unsupported("a second unlimited dimension: that needs netCDF-4"));
        }
        if !dimension.unlimited && dimension.length == 0 || dimension.length > self.header.version.dimension_max() {
            let detail = format!("a dimension of length {} in {}", dimension.length, self.header.version.name());
            return Err(Error::unsupported(detail));
        }
        let length = if dimension.unlimited { 0 } else { dimension.length };
        self.header.dim_list.0.push(Dim { name: Name::new(&dimension.name), dim_length: NonNeg(length) });
        self.before.dimensions.push(dimension.clone());
        Ok(())
    }

    fn delete_dimension(&mut self, _: &Schema, id: DimensionId) -> Result<()> {
        self.header.dim_list.0.remove(id.0);
        self.before.dimensions.remove(id.0);
        let after = |dimid: &&mut NonNeg| dimid.0 > id.0 as u64;
        self.header.var_list.0.iter_mut().flat_map(|var| &mut var.dimids).filter(after).for_each(|dimid| dimid.0 -= 1);
        Ok(())
    }

    fn resize_dimension(&mut self, _: &Schema, id: DimensionId, length: u64) -> Result<()> {
        if length > self.header.version.dimension_max() {
            return Err(Error::unsupported(format!("a length of {length} in {}", self.header.version.name())));
        }
        self.check_puts(id, length)?;
        let dims = self.header.dim_list.0.iter_mut();
        dims.skip(id.0).take(1).for_each(|dim| dim.dim_length = NonNeg(length));
        self.is_rearranged = true;
        Ok(())
    }

    fn add_variable(&mut self, _: &Schema, variable: &Variable) -> Result<()> {
        self.header.var_list.0.push(Var {
            name: Name::new(&variable.name),
            dimids: variable.dimensions.iter().map(|id| NonNeg(id.0 as u64)).collect(),
            vatt_list: List(variable.attributes.iter().map(attr).collect::<Result<_>>()?),
            nc_type: nc_type(&variable.ty)?,
            vsize: NonNeg(0),
            begin: Offset(0),
        });
        self.before.variables.push(variable.clone());
        self.origins.push(None);
        self.is_rearranged = true;
        Ok(())
    }

    fn delete_variable(&mut self, _: &Schema, id: VariableId) -> Result<()> {
        self.header.var_list.0.remove(id.0);
        self.before.variables.remove(id.0);
        self.origins.remove(id.0);
        self.puts.retain(|put| put.variable != id.0);
        self.puts.iter_mut().filter(|put| put.variable > id.0).for_each(|put| put.variable -= 1);
        self.is_rearranged = true;
        Ok(())
    }

    fn add_group(&mut self, _: &Schema, _: &Group) -> Result<()> {
        Err(no_types())
    }

    fn delete_group(&mut self, _: &Schema, _: GroupId) -> Result<()> {
        Err(no_types())
    }

    fn add_type(&mut self, _: &Schema, _: &Arc<UserType>) -> Result<()> {
        Err(no_types())
    }

    fn rename_type(&mut self, _: &Schema, _: &UserType, _: &str) -> Result<()> {
        Err(no_types())
    }

    fn delete_type(&mut self, _: &Schema, _: &UserType) -> Result<()> {
        Err(no_types())
    }

    fn plan(self: Box<Self>, schema: &Schema) -> Result<Done> {
        let mut header = self.declared(schema);
        let shift = match self.way(&encode(&header)?, schema)? {
            Way::Sector(..) => return Ok(Done::InPlace),
            Way::Shift(shift) => Some(shift),
            Way::Rearrange => None,
        };
        self.placed(&mut header, shift)?;
        NewFile::create(&self.path, true).map(|_| Done::Rewritten)
    }

    fn publish(self: Box<Self>, schema: &Schema, watched: &Watched<Progress>) -> Result<Published> {
        let header = self.declared(schema);
        let shift = match self.way(&encode(&header)?, schema)? {
            Way::Sector(offset, bytes) => {
                self.sink.write_at(offset, &bytes)?;
                self.sink.barrier()?;
                return Ok(Published { done: Done::InPlace, unused: 0 });
            }
            Way::Shift(shift) => Some(shift),
            Way::Rearrange => None,
        };
        self.rewrite(header, shift, schema, watched)?;
        Ok(Published { done: Done::Rewritten, unused: 0 })
    }
}

impl Changed {
    /// Refuses a length that leaves no room for what is to be written.
    fn check_puts(&self, id: DimensionId, length: u64) -> Result<()> {
        for put in &self.puts {
            let var = self.header.var_list.0.get(put.variable);
            let mut axes = var.into_iter().flat_map(|var| &var.dimids).zip(put.region.ends());
            if axes.any(|(dimid, end)| dimid.0 == id.0 as u64 && end > length) {
                return Err(Error::unsupported("a length that cuts off what was just written: publish that first"));
            }
        }
        Ok(())
    }
}
