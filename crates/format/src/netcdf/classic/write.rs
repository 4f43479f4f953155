//! Writing: the header first, then the data at positions known in advance, the number of records last.

use std::sync::atomic::{AtomicU64, Ordering};

use binrw::Endian;

use crate::element::ByteOrder;
use crate::error::{Error, Result};
use crate::netcdf::fill;
use crate::netcdf::ids::VariableId;
use crate::netcdf::schema::{Schema, Variable};
use crate::netcdf::store::{Finished, Store};
use crate::netcdf::value::{Attribute, Value};
use crate::options::OpenOptions;
use crate::shape::{self, Selection};
use crate::sink::{Gathered, Sink};
use crate::source::Source;
use crate::wire;
use crate::written::{repeated, Written};

use super::field::{Bounds, Form, NonNeg, Offset};
use super::header;
use super::layout::{Layout, Slab};
use super::record::{Attr, Dim, Header, List, Name, NcType, Var};
use super::types::{code, Version};
use super::{region, validate};

/// Where `numrecs` lies.
const NUMRECS: u64 = 4;

/// A file that is not written yet: its header, and where everything will lie.
struct Prepared {
    version: Version,
    layout: Layout,
    header: Vec<u8>,
    numrecs: u64,
    len: u64,
}

impl Prepared {
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a schema that the format cannot hold, and what could;
    /// [`Kind::Usage`](crate::Kind::Usage) for one that contradicts itself.
    fn new(schema: &Schema) -> Result<Self> {
        let version = validate::check(schema)?;
        let mut layout = validate::layout(schema, version)?;
        // Its length does not depend on the positions in it.
        let header_len = encode(&header(schema, version, &layout)?)?.len() as u64;
        layout.place(padded(header_len, schema.header_padding)?)?;
        validate::begins(schema, version, &layout)?;
        let numrecs = schema.records().unwrap_or(0);
        let len = layout.file_size(header_len, numrecs)?;
        if i64::try_from(len).is_err() {
            return Err(Error::limit(format!("a file of {len} bytes")));
        }
        Ok(Prepared { version, header: encode(&header(schema, version, &layout)?)?, layout, numrecs, len })
    }
}

/// Where data begin behind a header with room to grow.
fn padded(header: u64, padding: u64) -> Result<u64> {
    let begin = header.checked_add(padding).and_then(|begin| begin.checked_next_multiple_of(4));
    begin.ok_or_else(|| Error::limit(format!("{padding} bytes behind the header")))
}

/// Checks whether a classic file can hold a schema.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) where it cannot, and what could;
/// [`Kind::Usage`](crate::Kind::Usage) for a schema that contradicts itself.
pub(crate) fn check(schema: &Schema) -> Result<()> {
    Prepared::new(schema).map(|_| ())
}

/// Starts a classic file with this schema; its records may become more.
///
/// # Errors
/// As [`check`]; [`Kind::Io`](crate::Kind::Io).
pub(crate) fn create(sink: Box<dyn Sink>, schema: &Schema) -> Result<Box<dyn Store>> {
    let Prepared { version, layout, header, numrecs, len } = Prepared::new(schema)?;
    sink.reserve(len)?;
    sink.write_at(0, &header)?;
    let fills = fills(schema);
    let (header_len, numrecs, written) = (header.len() as u64, AtomicU64::new(numrecs), Written::default());
    Ok(Box::new(Writer { sink, version, layout, header_len, numrecs, fills, written, published: None, found: 0 }))
}

/// Goes on with a file that is there, whose records may become more; returns what it declares, too.
///
/// # Errors
/// As [`open`](super::open); for a file that is cut off.
pub(crate) fn append(sink: Box<dyn Sink>, source: &Source, options: &OpenOptions) -> Result<(Schema, Box<dyn Store>)> {
    let (header, header_len) = header::read(source, &options.limits)?;
    let layout = header::layout(&header, header_len)?;
    let records = header::records(&header, &layout, source.len());
    let schema = header::schema(&header, records);
    let (sink, numrecs, written) = (Box::new(Gathered::new(sink)), AtomicU64::new(records), Written::default());
    let (version, fills, published) = (header.version, fills(&schema), Some(AtomicU64::new(records)));
    let writer = Writer { sink, version, layout, header_len, numrecs, fills, written, published, found: records };
    Ok((schema, Box::new(writer)))
}

/// What unwritten elements of each variable are.
pub(super) fn fills(schema: &Schema) -> Vec<Option<Vec<u8>>> {
    let fill = |variable: &Variable| Some(fill::of(variable)?.to_bytes(ByteOrder::Big));
    schema.variables.iter().map(fill).collect()
}

/// The bytes of a header.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for a number that does not fit its field.
pub(super) fn encode(header: &Header) -> Result<Vec<u8>> {
    wire::encode(header, Endian::Big, Bounds::NONE)
}

/// The header of a schema, without records.
fn header(schema: &Schema, version: Version, layout: &Layout) -> Result<Header> {
    let dim = |dimension: &crate::netcdf::schema::Dimension| {
        let length = if dimension.unlimited { 0 } else { dimension.length };
        Dim { name: Name::new(&dimension.name), dim_length: NonNeg(length) }
    };
    let variables = schema.variables.iter().zip(&layout.slabs);
    Ok(Header {
        version,
        numrecs: NonNeg(0),
        dim_list: List(schema.dimensions.iter().map(dim).collect()),
        gatt_list: List(schema.attributes().iter().map(attr).collect::<Result<_>>()?),
        var_list: List(variables.map(|(variable, slab)| var(variable, slab, version)).collect::<Result<_>>()?),
    })
}

/// The record of an attribute.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type that classic files do not have.
pub(super) fn attr(attribute: &Attribute) -> Result<Attr> {
    let values = attribute.value.to_bytes(ByteOrder::Big);
    Ok(Attr { name: Name::new(&attribute.name), nc_type: nc_type(&attribute.value.ty())?, values })
}

fn var(variable: &Variable, slab: &Slab, version: Version) -> Result<Var> {
    // A size that does not fit is not needed by any reader.
    let vsize = slab.len.min(version.streaming());
    Ok(Var {
        name: Name::new(&variable.name),
        dimids: variable.dimensions.iter().map(|id| NonNeg(id.0 as u64)).collect(),
        vatt_list: List(variable.attributes.iter().map(attr).collect::<Result<_>>()?),
        nc_type: nc_type(&variable.ty)?,
        vsize: NonNeg(vsize),
        begin: Offset(slab.begin),
    })
}

/// The code of a type.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for one that classic files do not have.
pub(super) fn nc_type(ty: &crate::netcdf::types::Type) -> Result<NcType> {
    let code = code(ty).ok_or_else(|| Error::unsupported(format!("type {} in a classic file", ty.name())))?;
    Ok(NcType { code })
}

/// A classic file being written.
#[derive(Debug)]
pub(super) struct Writer {
    /// How many records of a file that was there before can be reached by readers; `None` in a new file.
    pub published: Option<AtomicU64>,
    /// How many records it had when it was opened.
    pub found: u64,
    pub sink: Box<dyn Sink>,
    pub version: Version,
    pub layout: Layout,
    pub header_len: u64,
    pub numrecs: AtomicU64,
    pub fills: Vec<Option<Vec<u8>>>,
    pub written: Written,
}

impl Writer {
    fn published(&self) -> Option<u64> {
        self.published.as_ref().map(|published| published.load(Ordering::Relaxed))
    }

    /// Completes a file of so many records; `said` is what its header has in their place.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn complete(self, records: u64, said: u64) -> Result<()> {
        let len = self.layout.file_size(self.header_len, records)?;
        self.complete_to(len, records, said)
    }

    /// The same for a file of so many bytes, or more.
    pub fn complete_to(self, len: u64, records: u64, said: u64) -> Result<()> {
        self.fill_gaps(records)?;
        self.write_numrecs(said)?;
        let len = len.max(self.sink.len()?);
        self.sink.complete(len)
    }

    fn write_numrecs(&self, numrecs: u64) -> Result<()> {
        let form = Form { version: self.version, bounds: Bounds::NONE };
        self.sink.write_at(NUMRECS, &wire::encode(&NonNeg(numrecs), Endian::Big, form)?)
    }

    fn slab(&self, variable: VariableId) -> Result<&Slab> {
        self.layout.slabs.get(variable.0).ok_or_else(|| Error::usage(format!("there is no variable {}", variable.0)))
    }

    /// How many records the file has with a box, if a file can have them.
    fn records(&self, slab: &Slab, region: &Selection) -> Result<u64> {
        let end = if slab.record { region.ends().next() } else { None };
        let records = if region.count.contains(&0) { 0 } else { end.unwrap_or(0) };
        let end = self.layout.file_size(self.header_len, records)?;
        if records >= self.version.streaming() || i64::try_from(end).is_err() {
            return Err(Error::limit(format!("{records} records in {}", self.version.name())));
        }
        Ok(records)
    }

    /// Refuses regions that the variable cannot have.
    fn check(slab: &Slab, region: &Selection, bytes: &[u8]) -> Result<()> {
        if !region.is_box() {
            return Err(Error::usage("only boxes of neighbours can be written"));
        }
        let mut shape = slab.shape.clone();
        if slab.record {
            shape.insert(0, region.ends().next().unwrap_or(0));
        }
        region.check(&shape)?;
        if shape::bytes(&region.count, slab.size)? != bytes.len() as u64 {
            return Err(Error::usage(format!("{} bytes for a region of {:?}", bytes.len(), region.count)));
        }
        Ok(())
    }

    /// Refuses to write over what readers can reach: a crash would leave it half written.
    fn check_unreachable(&self, slab: &Slab, region: &Selection) -> Result<()> {
        let Some(published) = self.published() else { return Ok(()) };
        let first = region.start.first().copied().filter(|_| slab.record);
        match first.is_some_and(|first| first >= published) || region.count.contains(&0) {
            true => Ok(()),
            false => Err(Error::unsupported("values of a classic file that are there already, changed in place")),
        }
    }

    /// Cuts off records that nobody counted, behind new ones: they would be taken for newer ones.
    fn cut_behind(&self) -> Result<()> {
        let records = self.published().unwrap_or(0);
        let end = self.layout.file_size(self.header_len, records)?;
        match records > self.found && self.sink.len()? > end {
            true => self.sink.set_len(end),
            false => Ok(()),
        }
    }

    /// Gives unwritten elements their fill value; those that readers can reach are left as they are.
    fn fill_gaps(&self, numrecs: u64) -> Result<()> {
        for (slab, fill) in self.layout.slabs.iter().zip(&self.fills) {
            let Some(fill) = fill else { continue };
            let records = match (slab.record, self.published()) {
                (true, published) => published.unwrap_or(0)..numrecs,
                (false, None) => 0..1,
                (false, Some(_)) => continue,
            };
            for record in records {
                let begin = self.layout.record(slab, record)?;
                let range = begin..begin.saturating_add(slab.bytes);
                let write = |offset: u64, bytes: &[u8]| self.sink.write_at(offset, bytes);
                self.written.fill_gaps(range, slab.size, &repeated(fill), &write)?;
            }
        }
        Ok(())
    }
}

impl Store for Writer {
    fn order(&self, _: VariableId) -> ByteOrder {
        ByteOrder::Big
    }

    fn size(&self, variable: VariableId) -> u64 {
        self.slab(variable).map_or(0, |slab| slab.size)
    }

    fn admit(&self, variable: VariableId, region: &Selection) -> Result<()> {
        self.records(self.slab(variable)?, region).map(drop)
    }

    fn write(&self, variable: VariableId, region: &Selection, bytes: &[u8]) -> Result<()> {
        let slab = self.slab(variable)?;
        Self::check(slab, region, bytes)?;
        self.check_unreachable(slab, region)?;
        let records = self.records(slab, region)?;
        let filled = self.fills.get(variable.0).is_some_and(Option::is_some);
        region::runs(&self.layout, slab, region, |offset, range| {
            let run = bytes.get(range).ok_or_else(|| Error::usage("a selection leaves its buffer"))?;
            self.sink.write_at(offset, run)?;
            if filled {
                self.written.add(offset..offset.saturating_add(run.len() as u64));
            }
            Ok(())
        })?;
        self.numrecs.fetch_max(records, Ordering::Relaxed);
        Ok(())
    }

    fn encode_values(&self, _: VariableId, values: &Value) -> Result<Vec<u8>> {
        Ok(values.to_bytes(ByteOrder::Big))
    }

    fn publish(&self) -> Result<()> {
        let numrecs = self.numrecs.load(Ordering::Relaxed);
        let Some(published) = self.published.as_ref().filter(|published| published.load(Ordering::Relaxed) < numrecs)
        else {
            return Ok(());
        };
        self.fill_gaps(numrecs)?;
        let len = self.layout.file_size(self.header_len, numrecs)?;
        if self.sink.len()? < len {
            self.sink.set_len(len)?;
        }
        // The records first, then their number, which lies in one sector: readers see all of them or none.
        self.sink.barrier()?;
        self.sink.keep(len);
        self.write_numrecs(numrecs)?;
        self.sink.barrier()?;
        published.store(numrecs, Ordering::Relaxed);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Finished> {
        if self.published.is_some() {
            self.publish()?;
            self.cut_behind()?;
            let size = self.sink.len()?;
            self.sink.publish()?;
            return Ok(Finished { size, unused: 0 });
        }
        let numrecs = self.numrecs.load(Ordering::Relaxed);
        self.fill_gaps(numrecs)?;
        let len = self.layout.file_size(self.header_len, numrecs)?;
        self.write_numrecs(numrecs)?;
        self.sink.complete(len)?;
        Ok(Finished { size: len, unused: 0 })
    }
}
