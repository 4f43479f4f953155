//! Reading: regions of the data.

use std::borrow::Cow;
use std::sync::Arc;

use crate::array::{BorrowError, ElementForm, Raw};
use crate::element::{ByteOrder, NotBorrowable, NumberType};
use crate::error::{Error, Result};
use crate::limits::{self, Limits};
use crate::netcdf::ids::VariableId;
use crate::netcdf::schema::Schema;
use crate::netcdf::store::{Opened, Truncated, VariableReader};
use crate::netcdf::types::Type;
use crate::netcdf::value::Value;
use crate::options::OpenOptions;
use crate::placement::{byte_strides, ByteStrides, ChunkInfo, VisitChunks};
use crate::shape::{self, Selection};
use crate::source::{Gather, Source};

use super::header;
use super::layout::{Layout, Slab};
use super::region;

/// Opens a classic file.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) with the record and the offset, also for a file that ends inside its
/// header; [`Kind::Limit`](crate::Kind::Limit) for a header larger than the limit.
pub(crate) fn open(source: Source, options: &OpenOptions) -> Result<Opened> {
    let limits = &options.limits;
    let (header, len) = header::read(&source, limits)?;
    let layout = header::layout(&header, len)?;
    let numrecs = header::records(&header, &layout, source.len());
    // After this, no position of a record overflows.
    layout.file_size(len, numrecs).map_err(|e| Error::malformed("numrecs", 4, e.detail().to_owned()))?;
    let is_whole = |end| source.len() >= end;
    let numrecs = match options.records {
        Some(most) => {
            layout.whole_records(layout.streamed(source.len()).saturating_add(1), is_whole)?.unwrap_or(0).min(most)
        }
        None if options.salvage => layout.whole_records(numrecs, is_whole)?.unwrap_or(numrecs),
        None => numrecs,
    };
    let truncated = match truncated(&source, layout.last_data(numrecs)?, numrecs) {
        Some(needed) => Some(Truncated { needed, whole_records: layout.whole_records(numrecs, is_whole)? }),
        None => None,
    };
    let schema = Arc::new(header::schema(&header, numrecs));
    // A file that ends before its data was made, and nothing was ever written: that reads as zeros, as in netCDF.
    let is_truncated = truncated.is_some() && layout.slabs.iter().any(|slab| slab.begin < source.len());
    let file = Arc::new(Classic { source: source.clone(), layout, numrecs, is_truncated, limits: limits.clone() });
    let reader = |n| Ok(Arc::new(ClassicArray::new(&file, &schema, VariableId(n))?) as _);
    let readers = (0..schema.variables.len()).map(reader).collect::<Result<Vec<_>>>()?;
    Ok(Opened { schema, readers, source, truncated })
}

/// Whether a file does not count its records: they are as many as it has room for.
///
/// # Errors
/// As [`open`].
pub(crate) fn is_streamed(source: &Source, options: &OpenOptions) -> Result<bool> {
    let (header, _) = header::read(source, &options.limits)?;
    Ok(header.numrecs.0 == header.version.streaming())
}

/// The size the file should have, if it is shorter than the last data, which lie from one place to another.
fn truncated(source: &Source, last: Option<(u64, u64)>, numrecs: u64) -> Option<u64> {
    let (start, end) = last?;
    // Writers that do not fill end a file without records before a last variable that they never wrote. Where there are
    // records, a program was ended while it wrote one.
    let unwritten = numrecs == 0 && source.len() == start;
    (source.len() < end && !unwritten).then_some(end)
}

/// An open classic file.
#[derive(Debug)]
struct Classic {
    source: Source,
    layout: Layout,
    numrecs: u64,
    is_truncated: bool,
    limits: Limits,
}

impl Classic {
    /// The part of a run that is in the file. A last variable that was never written and is not there reads as zeros.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) for data that are cut off: they were something, and not zeros.
    fn there<'t>(&self, offset: u64, target: &'t mut [u8]) -> Result<&'t mut [u8]> {
        let there = self.source.len().saturating_sub(offset).min(target.len() as u64);
        let (there, missing) = target.split_at_mut(limits::to_usize(there)?);
        if self.is_truncated && !missing.is_empty() {
            let detail = format!("the file is truncated: it ends at {}", self.source.len());
            return Err(Error::malformed("data", offset, detail));
        }
        missing.fill(0);
        Ok(there)
    }
}

/// The data of a variable of a classic file.
#[derive(Debug)]
struct ClassicArray {
    file: Arc<Classic>,
    schema: Arc<Schema>,
    id: VariableId,
    shape: Vec<u64>,
    slab: Slab,
    number: Option<NumberType>,
}

impl ClassicArray {
    fn new(file: &Arc<Classic>, schema: &Arc<Schema>, id: VariableId) -> Result<Self> {
        let slab = file.layout.slabs.get(id.0).cloned();
        let slab = slab.ok_or_else(|| Error::usage(format!("there is no variable {}", id.0)))?;
        let (shape, number) = (schema.shape(id)?, schema.variable(id)?.ty.number());
        Ok(ClassicArray { file: file.clone(), schema: schema.clone(), id, shape, slab, number })
    }
}

impl Raw for ClassicArray {
    fn shape(&self) -> &[u64] {
        &self.shape
    }

    fn path(&self) -> String {
        self.schema.variable(self.id).map(|variable| self.schema.path(variable)).unwrap_or_default()
    }

    fn element(&self) -> ElementForm {
        ElementForm { size: self.slab.size, number: self.number, order: ByteOrder::Big, is_value: true }
    }

    fn type_name(&self) -> String {
        self.schema.variable(self.id).map(|variable| variable.ty.name().to_owned()).unwrap_or_default()
    }

    fn chunk(&self) -> Option<&[u64]> {
        None
    }

    fn piece(&self) -> Cow<'_, [u64]> {
        match self.slab.record {
            true => std::iter::once(1).chain(self.slab.shape.iter().copied()).collect(),
            false => Cow::Borrowed(&self.shape),
        }
    }

    fn is_filtered(&self) -> bool {
        false
    }

    fn source(&self) -> &Source {
        &self.file.source
    }

    fn limits(&self) -> &Limits {
        &self.file.limits
    }

    fn borrow(&self, region: &Selection) -> Result<&[u8], BorrowError> {
        let source = &self.file.source;
        let len = shape::bytes(&region.count, self.slab.size)?;
        if len == 0 {
            return Ok(&[]);
        }
        if !source.is_borrowable() {
            return Err(NotBorrowable::NotMapped.into());
        }
        let offset = region::locate(&self.file.layout, &self.slab, region)?.ok_or(NotBorrowable::Scattered)?;
        match offset.checked_add(len) {
            Some(end) if end <= source.len() => Ok(source.borrow(offset, len)?.ok_or(NotBorrowable::NotMapped)?),
            _ => Err(NotBorrowable::NotAllocated.into()),
        }
    }

    fn read(&self, region: &Selection, target: &mut [u8]) -> Result<()> {
        let end = region::end(&self.file.layout, &self.slab, region)?;
        let mut gather = Gather::new(&self.file.source, end);
        region::runs(&self.file.layout, &self.slab, region, |offset, range| match target.get_mut(range) {
            Some(target) => gather.fill(offset, self.file.there(offset, target)?),
            None => Err(Error::usage("a selection leaves its buffer")),
        })
    }

    fn byte_strides(&self) -> Result<ByteStrides, BorrowError> {
        let mut strides = byte_strides(&self.slab.shape, self.slab.size)?;
        if self.slab.record {
            strides.insert(0, self.file.layout.recsize);
        }
        Ok(ByteStrides { offset: self.slab.begin, strides })
    }

    fn visit_chunks(&self, visit: &mut VisitChunks) -> Result<()> {
        let slab = &self.slab;
        let records = if slab.record { self.file.numrecs } else { 1 };
        for number in 0..if slab.bytes == 0 { 0 } else { records } {
            let offset = self.file.layout.record(slab, number)?;
            // A file may end before the records that it declares.
            if offset >= self.file.source.len() {
                break;
            }
            let mut position = vec![0; slab.shape.len()];
            if slab.record {
                position.insert(0, number);
            }
            visit(&ChunkInfo { position, offset, size: slab.bytes, filter_mask: 0 })?;
        }
        Ok(())
    }
}

impl VariableReader for ClassicArray {
    fn read_values(&self, ty: &Type, _: &Selection) -> Result<Value> {
        Err(Error::usage(format!("classic files have no variables of type {}", ty.name())))
    }
}
