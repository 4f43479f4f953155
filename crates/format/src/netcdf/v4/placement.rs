//! Where the raw data of a variable go.

use std::sync::{Mutex, PoisonError};

use super::types;
use crate::copy::{self, Side};
use crate::element::ByteOrder;
use crate::error::{Error, Result};
use crate::grid::for_each_part;
use crate::hdf5::datatype::{Datatype, Padding, StringType};
use crate::hdf5::filter::Pipeline;
use crate::hdf5::record::message::filter_pipeline::{FilterDescription, FilterPipeline};
use crate::hdf5::write::chunks::ChunkTable;
use crate::hdf5::write::file::{FileWriter, RAW_ALIGNMENT};
use crate::limits;
use crate::netcdf::chunking::default_chunk;
use crate::netcdf::schema::{Fill, Layout, Schema, Storage, Variable};
use crate::netcdf::value::Type;
use crate::netcdf::written::{repeat, Written};
use crate::shape::{self, Selection};

/// The largest value that fits into a layout message.
const MAX_COMPACT: u64 = 65_000;

/// A variable of the file being written.
#[derive(Debug)]
pub(super) struct Stored {
    pub datatype: Datatype,
    pub size: u64,
    pub order: ByteOrder,
    /// Lengths at creation.
    pub shape: Vec<u64>,
    pub chunk: Option<Vec<u64>>,
    pub filters: Option<(FilterPipeline, Pipeline)>,
    /// The stored element that unwritten places get; `None` where nothing is filled in.
    pub fill: Option<Vec<u8>>,
    pub placement: Placement,
    /// What was written, where it matters.
    written: Written,
}

/// Where the elements are.
#[derive(Debug)]
pub(super) enum Placement {
    Compact(Mutex<Vec<u8>>),
    /// Nowhere, if there are none.
    Contiguous(Option<u64>),
    Chunked(Mutex<ChunkTable>),
}

impl Stored {
    /// Decides how a variable is stored, and gives its data a place if they have a fixed size.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type or filter that is not written.
    pub fn new(file: &FileWriter, schema: &Schema, variable: &Variable) -> Result<Self> {
        let datatype = datatype(variable)?;
        let size = datatype.size();
        let axes: Vec<(u64, bool)> = variable
            .dimensions
            .iter()
            .map(|&id| schema.dimension(id).map(|d| (d.length, d.unlimited)))
            .collect::<Result<_>>()?;
        let shape: Vec<u64> = axes.iter().map(|axis| axis.0).collect();
        let bytes = shape::bytes(&shape, size)?;
        let filters = if variable.ty == Type::String { None } else { filters(&variable.storage, size)? };
        let unlimited = axes.iter().any(|axis| axis.1);
        let chunk = match &variable.storage.layout {
            _ if axes.is_empty() => None,
            Layout::Chunked(chunk) if chunk.len() == axes.len() => Some(fit(chunk, &axes)),
            _ if unlimited || filters.is_some() => Some(default_chunk(&axes, size)),
            _ => None,
        };
        let filters = filters.filter(|_| chunk.is_some());
        let fill = fill(variable, size);
        let placement = match &chunk {
            Some(chunk) => Placement::Chunked(Mutex::new(ChunkTable::new(chunk, &shape, size)?)),
            None if variable.storage.layout == Layout::Compact && bytes <= MAX_COMPACT => {
                let mut held = limits::buffer(bytes)?;
                repeat(fill.as_deref().unwrap_or_default(), &mut held);
                Placement::Compact(Mutex::new(held))
            }
            None if bytes == 0 => Placement::Contiguous(None),
            None => Placement::Contiguous(Some(file.allocate(bytes, RAW_ALIGNMENT)?)),
        };
        let (order, written) = (variable.order, Written::default());
        Ok(Stored { datatype, size, order, shape, chunk, filters, fill, placement, written })
    }

    /// The element that gaps must get: the file has zeros in them.
    fn gap_fill(&self) -> Option<&[u8]> {
        self.fill.as_deref().filter(|fill| self.filters.is_none() && fill.iter().any(|&byte| byte != 0))
    }

    /// Gives everything that has a place and was not written its fill value.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn fill_gaps(&self, file: &FileWriter) -> Result<()> {
        let Some(fill) = self.gap_fill() else { return Ok(()) };
        let blocks = match &self.placement {
            Placement::Compact(_) | Placement::Contiguous(None) => Vec::new(),
            Placement::Contiguous(Some(address)) => vec![(*address, shape::bytes(&self.shape, self.size)?)],
            Placement::Chunked(table) => table.lock().unwrap_or_else(PoisonError::into_inner).blocks().collect(),
        };
        let write = |offset: u64, bytes: &[u8]| file.write(offset, bytes);
        let range = |(address, len): (u64, u64)| address..address.saturating_add(len);
        blocks.into_iter().try_for_each(|block| self.written.fill_gaps(range(block), fill, &write))
    }

    /// Writes a box of an unfiltered variable.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn write(&self, file: &FileWriter, region: &Selection, bytes: &[u8]) -> Result<()> {
        let zero = vec![0; region.count.len()];
        let whole = Side { shape: &region.count, start: &zero, stride: &[] };
        match &self.placement {
            Placement::Compact(held) => {
                let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
                let to = Side { shape: &self.shape, start: &region.start, stride: &[] };
                copy::copy((bytes, whole), (&mut held, to), &region.count, self.size)
            }
            Placement::Contiguous(None) => Ok(()),
            Placement::Contiguous(Some(address)) => {
                let to = Side { shape: &self.shape, start: &region.start, stride: &[] };
                self.write_runs(file, *address, (bytes, whole), to, &region.count)
            }
            Placement::Chunked(table) => {
                for_each_part(region, self.chunk.as_deref().unwrap_or_default(), &mut |part| {
                    let address = table.lock().unwrap_or_else(PoisonError::into_inner).address(file, &part.scaled)?;
                    let from = Side { start: &part.target, ..whole };
                    let to =
                        Side { shape: self.chunk.as_deref().unwrap_or_default(), start: &part.inside, stride: &[] };
                    self.write_runs(file, address, (bytes, from), to, &part.count)
                })
            }
        }
    }

    fn write_runs(
        &self,
        file: &FileWriter,
        address: u64,
        (bytes, from): (&[u8], Side),
        to: Side,
        count: &[u64],
    ) -> Result<()> {
        copy::runs(from, to, count, |run| {
            let start = limits::to_usize(run.from.saturating_mul(self.size))?;
            let len = limits::to_usize(run.len.saturating_mul(self.size))?;
            let part = bytes.get(start..).and_then(|rest| rest.get(..len));
            let part = part.ok_or_else(|| Error::usage("a box larger than its bytes"))?;
            let offset = address.saturating_add(run.to.saturating_mul(self.size));
            file.write(offset, part)?;
            if self.gap_fill().is_some() {
                self.written.add(offset..offset.saturating_add(len as u64));
            }
            Ok(())
        })
    }
}

/// A chunk shape that no dimension of fixed length is smaller than.
fn fit(chunk: &[u64], axes: &[(u64, bool)]) -> Vec<u64> {
    let fitted =
        chunk.iter().zip(axes).map(|(&chunk, &(length, unlimited))| if unlimited { chunk } else { chunk.min(length) });
    fitted.map(|length| length.max(1)).collect()
}

fn fill(variable: &Variable, size: u64) -> Option<Vec<u8>> {
    match &variable.fill {
        Fill::None => None,
        Fill::Value(value) if value.len() as u64 == size => Some(value.clone()),
        _ => Some(types::default_fill(&variable.ty, variable.order)).filter(|value| !value.is_empty()),
    }
}

fn datatype(variable: &Variable) -> Result<Datatype> {
    match (&variable.ty, variable.ty.number()) {
        (_, Some(number)) => Ok(Datatype::Number(number, variable.order)),
        (Type::Char, _) => Ok(Datatype::ascii(1)),
        (Type::String, _) => Ok(text()),
        (other, _) => Err(Error::unsupported(format!("writing variables of the type {}", other.name()))),
    }
}

/// Text of any length.
pub(super) fn text() -> Datatype {
    Datatype::VariableString(StringType { size: 16, padding: Padding::NullTerminated, utf8: true })
}

/// The pipeline of a variable, in netCDF-C's order.
fn filters(storage: &Storage, size: u64) -> Result<Option<(FilterPipeline, Pipeline)>> {
    if let Some((id, _)) = storage.other_filters.first() {
        return Err(Error::unsupported(format!("writing through filter {id}")));
    }
    let filter = |id, flags, parameters| FilterDescription { id, flags, name: None, parameters };
    let mut filters = Vec::new();
    if storage.fletcher32 {
        filters.push(filter(3, 0, Vec::new()));
    }
    if storage.shuffle {
        filters.push(filter(2, 1, vec![u32::try_from(size).unwrap_or(u32::MAX)]));
    }
    if let Some(level) = storage.deflate {
        filters.push(filter(1, 1, vec![u32::from(level)]));
    }
    if filters.is_empty() {
        return Ok(None);
    }
    let message = FilterPipeline { version: 2, filters };
    let pipeline = Pipeline::new(&message)?;
    Ok(Some((message, pipeline)))
}
