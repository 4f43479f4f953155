//! Reading: regions of the data.

use crate::element::{ByteOrder, NotBorrowable};
use crate::error::{Error, Result};
use crate::limits::{self, Limits};
use crate::netcdf::schema::{Schema, VariableId};
use crate::netcdf::store::Data;
use crate::netcdf::value::{Type, Value};
use crate::shape::{self, Selection};
use crate::source::Source;
use crate::stored::{byte_strides, ChunkInfo, Spread, VisitChunks};

use super::gather::Gather;
use super::header;
use super::layout::{Layout, Slab};
use super::region;

/// Opens a classic file.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) with the record and the offset, also for a file that ends inside its
/// header; [`Kind::Limit`](crate::Kind::Limit) for a header larger than the limit.
pub(crate) fn open(source: Source, limits: &Limits) -> Result<(Schema, Box<dyn Data>)> {
    let (header, len) = header::read(&source, limits)?;
    let layout = header::layout(&header, len)?;
    let numrecs = match header.numrecs.0 {
        all if all == header.version.streaming() => layout.streamed(source.len()),
        number => number,
    };
    // After this, no position of a record overflows.
    layout.file_size(len, numrecs).map_err(|e| Error::malformed("numrecs", 4, e.detail().to_owned()))?;
    let last = layout.last_data(numrecs)?;
    let schema = header::schema(&header, numrecs);
    Ok((schema, Box::new(Classic { source, layout, numrecs, last, value_bytes: limits.value_bytes })))
}

/// The data of a classic file.
#[derive(Debug)]
struct Classic {
    source: Source,
    layout: Layout,
    numrecs: u64,
    /// Where the last data start and end.
    last: Option<(u64, u64)>,
    /// The most bytes of values that are held in memory at once.
    value_bytes: u64,
}

impl Classic {
    fn slab(&self, variable: VariableId) -> Result<&Slab> {
        self.layout.slabs.get(variable.0).ok_or_else(|| Error::usage(format!("there is no variable {}", variable.0)))
    }
}

impl Data for Classic {
    /// The file itself bounds nothing: what is missing reads as zeros.
    fn admit(&self, bytes: u64) -> Result<()> {
        limits::check("bytes of values", bytes, self.value_bytes)
    }

    fn order(&self, _: VariableId) -> ByteOrder {
        ByteOrder::Big
    }

    fn chunk(&self, _: VariableId) -> Option<&[u64]> {
        None
    }

    fn is_filtered(&self, _: VariableId) -> bool {
        false
    }

    fn borrow(&self, variable: VariableId, region: &Selection) -> Result<Result<&[u8], NotBorrowable>> {
        let slab = self.slab(variable)?;
        let len = shape::bytes(&region.count, slab.size)?;
        if len == 0 {
            return Ok(Ok(&[]));
        }
        if !self.source.is_borrowable() {
            return Ok(Err(NotBorrowable::NotMapped));
        }
        let Some(offset) = region::locate(&self.layout, slab, region)? else {
            return Ok(Err(NotBorrowable::Scattered));
        };
        match offset.checked_add(len) {
            Some(end) if end <= self.source.len() => {
                Ok(self.source.borrow(offset, len)?.ok_or(NotBorrowable::NotMapped))
            }
            _ => Ok(Err(NotBorrowable::NotAllocated)),
        }
    }

    fn read(&self, variable: VariableId, region: &Selection, target: &mut [u8]) -> Result<()> {
        let mut gather = Gather::new(&self.source);
        region::runs(&self.layout, self.slab(variable)?, region, |offset, range| match target.get_mut(range) {
            Some(target) => gather.fill(offset, target),
            None => Err(Error::usage("a selection leaves its buffer")),
        })
    }

    fn read_values(&self, _: VariableId, ty: &Type, _: &Selection) -> Result<Value> {
        Err(Error::usage(format!("classic files have no variables of type {}", ty.name())))
    }

    fn truncated(&self) -> Option<u64> {
        let (start, end) = self.last?;
        // Writers that do not fill end the file before a last variable that they never wrote.
        (self.source.len() < end && self.source.len() != start).then_some(end)
    }

    fn visit_chunks(&self, variable: VariableId, visit: &mut VisitChunks) -> Result<()> {
        let slab = self.slab(variable)?;
        let records = if slab.record { self.numrecs } else { 1 };
        for number in 0..if slab.bytes == 0 { 0 } else { records } {
            let offset = self.layout.record(slab, number)?;
            // A file may end before the records that it declares: what is missing reads as zeros.
            if offset >= self.source.len() {
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

    fn spread(&self, variable: VariableId, _: &[u64]) -> Result<Result<Spread, NotBorrowable>> {
        let slab = self.slab(variable)?;
        let mut strides = byte_strides(&slab.shape, slab.size)?;
        if slab.record {
            strides.insert(0, self.layout.recsize);
        }
        Ok(Ok(Spread { offset: slab.begin, strides }))
    }

    fn source(&self) -> &Source {
        &self.source
    }
}
