//! Reading: a header as a schema, and regions of the data.

use binrw::BinRead;

use crate::copy::{self, Side};
use crate::element::{ByteOrder, NotBorrowable};
use crate::error::{Error, Result};
use crate::limits::{self, Limits};
use crate::netcdf::schema::{
    Attribute, Dimension, DimensionId, Fill, GroupId, Schema, Type, Value, Variable, VariableId,
};
use crate::netcdf::store::Data;
use crate::shape::Selection;
use crate::source::Source;

use super::field::{Bounds, TooLarge};
use super::layout::{Layout, Slab};
use super::prefix::Prefix;
use super::record::{Attr, Header, NcType, Var};
use super::types::from_code;

/// Opens a classic file.
///
/// # Errors
/// [`Kind::Malformed`](crate::Kind::Malformed) with the record and the offset, also for a file that ends inside its
/// header; [`Kind::Limit`](crate::Kind::Limit) for a header larger than the limit.
pub(crate) fn open(source: Source, limits: &Limits) -> Result<(Schema, Box<dyn Data>)> {
    let (header, len) = read_header(&source, limits)?;
    let layout = layout(&header, len)?;
    let numrecs = match header.numrecs.0 {
        all if all == header.version.streaming() => layout.streamed(source.len()),
        number => number,
    };
    // After this, no position of a record overflows.
    layout.file_size(len, numrecs).map_err(|e| Error::malformed("numrecs", 4, e.detail().to_owned()))?;
    let schema = schema(&header, numrecs);
    Ok((schema, Box::new(Classic { source, layout, numrecs })))
}

/// Parses the header; returns it with its length.
fn read_header(source: &Source, limits: &Limits) -> Result<(Header, u64)> {
    let mut prefix = Prefix::new(source);
    let bounds = Bounds { file: source.len(), limit: limits.metadata_bytes };
    let header = match Header::read_args(&mut prefix, bounds) {
        Ok(header) => header,
        Err(error) => return Err(prefix.failure().unwrap_or_else(|| explain(source.len(), &error))),
    };
    let variables = &header.var_list.0;
    let attributes = variables.iter().map(|var| var.vatt_list.0.len()).sum::<usize>() + header.gatt_list.0.len();
    let objects = header.dim_list.0.len() + variables.len() + attributes;
    limits::check("objects", objects as u64, limits.objects as u64)?;
    Ok((header, prefix.position()))
}

/// An error of the parser, in the terms of this crate.
fn explain(file: u64, error: &binrw::Error) -> Error {
    if error.is_eof() {
        return Error::malformed("header", file, "the file ends inside the header");
    }
    match error.root_cause() {
        binrw::Error::Custom { err, .. } => match err.downcast_ref::<TooLarge>() {
            Some(large) => Error::limit(large.to_string()),
            None => crate::wire::explain("header", 0, error),
        },
        _ => crate::wire::explain("header", 0, error),
    }
}

/// Where the data lie, checked as netCDF-C checks it.
fn layout(header: &Header, len: u64) -> Result<Layout> {
    let object = |index: usize| header.var_list.0.get(index).map(|var| var.name.text()).unwrap_or_default();
    let slabs = header.var_list.0.iter().map(|var| slab(header, var).map_err(|e| e.in_object(var.name.text())));
    let layout = Layout::new(slabs.collect::<Result<_>>()?)?;
    layout.check_order(len).map_err(|(index, error)| error.in_object(object(index)))?;
    match layout.too_large(header.version) {
        Some(index) => {
            let begin = layout.slabs.get(index).map_or(0, |slab| slab.begin);
            let detail = format!("the variable is too large for {}", header.version.name());
            Err(Error::malformed("var", begin, detail).in_object(object(index)))
        }
        None => Ok(layout),
    }
}

/// The slab of one variable, after checking its dimensions.
fn slab(header: &Header, var: &Var) -> Result<Slab> {
    let malformed = |detail: String| Error::malformed("var", var.begin.0, detail);
    let mut lengths = Vec::with_capacity(var.dimids.len());
    for (axis, dimid) in var.dimids.iter().enumerate() {
        let dim = usize::try_from(dimid.0).ok().and_then(|id| header.dim_list.0.get(id));
        let length = dim.ok_or_else(|| malformed(format!("there is no dimension {}", dimid.0)))?.dim_length.0;
        if length == 0 && axis > 0 {
            return Err(malformed("the record dimension is not the first one".to_owned()));
        }
        lengths.push(length);
    }
    let slab = Slab::new(&lengths, var.nc_type.size()).map_err(|e| malformed(e.detail().to_owned()))?;
    if var.begin.0 > header.version.begin_max() {
        return Err(malformed(format!("no variable of {} starts at {}", header.version.name(), var.begin.0)));
    }
    Ok(Slab { begin: var.begin.0, ..slab })
}

/// The declarations in the terms of the data model.
fn schema(header: &Header, numrecs: u64) -> Schema {
    let mut schema = Schema::new(header.version.container());
    let record = header.dim_list.0.iter().position(|dim| dim.dim_length.0 == 0);
    for (index, dim) in header.dim_list.0.iter().enumerate() {
        let unlimited = record == Some(index);
        let length = if unlimited { numrecs } else { dim.dim_length.0 };
        schema.dimensions.push(Dimension { name: dim.name.text(), length, unlimited, group: GroupId::ROOT });
    }
    if let Some(root) = schema.groups.first_mut() {
        root.attributes = header.gatt_list.0.iter().map(attribute).collect();
    }
    schema.variables = header.var_list.0.iter().map(variable).collect();
    schema
}

fn variable(var: &Var) -> Variable {
    // The dimension numbers were checked, so they fit.
    let dimensions = var.dimids.iter().map(|id| DimensionId(usize::try_from(id.0).unwrap_or(usize::MAX))).collect();
    let mut variable = Variable::new(var.name.text(), ty(var.nc_type), dimensions);
    variable.order = ByteOrder::Big;
    variable.attributes = var.vatt_list.0.iter().map(attribute).collect();
    let mut fills = var.vatt_list.0.iter().filter(|attr| attr.name.bytes == b"_FillValue");
    if let Some(fill) =
        fills.find(|attr| attr.nc_type == var.nc_type && attr.values.len() as u64 == attr.nc_type.size())
    {
        variable.fill = Fill::Value(fill.values.clone());
    }
    variable
}

fn attribute(attr: &Attr) -> Attribute {
    Attribute::new(attr.name.text(), Value::from_bytes(&ty(attr.nc_type), &attr.values, ByteOrder::Big))
}

/// The type of a code; the parser let no unknown one pass.
fn ty(nc_type: NcType) -> Type {
    from_code(nc_type.code).unwrap_or(Type::Byte)
}

/// The data of a classic file.
#[derive(Debug)]
struct Classic {
    source: Source,
    layout: Layout,
    numrecs: u64,
}

impl Classic {
    fn slab(&self, variable: VariableId) -> Result<&Slab> {
        self.layout.slabs.get(variable.0).ok_or_else(|| Error::usage(format!("there is no variable {}", variable.0)))
    }

    /// The shape of a variable whose data are one block: records that follow each other without a gap are.
    fn block(&self, slab: &Slab) -> Option<Vec<u64>> {
        match slab.record {
            false => Some(slab.shape.clone()),
            true if self.layout.is_dense(slab) => {
                Some(std::iter::once(self.numrecs).chain(slab.shape.iter().copied()).collect())
            }
            true => None,
        }
    }

    /// Fills `target` from `offset`; what lies beyond the end of the file reads as zeros, as netCDF-C has it.
    fn fill(&self, offset: u64, target: &mut [u8]) -> Result<()> {
        let there = self.source.len().saturating_sub(offset).min(target.len() as u64);
        let (there, missing) = target.split_at_mut(limits::to_usize(there)?);
        missing.fill(0);
        if there.is_empty() {
            return Ok(());
        }
        self.source.read_into(offset, there)
    }

    /// Reads a region of an array that starts at `begin`.
    fn gather(&self, begin: u64, size: u64, from: Side, count: &[u64], target: &mut [u8]) -> Result<()> {
        let origin = vec![0; count.len()];
        let to = Side { shape: count, start: &origin, stride: &[] };
        copy::runs(from, to, count, |run| {
            let offset = run.from.checked_mul(size).and_then(|far| far.checked_add(begin));
            let (Some(offset), Some(target)) = (offset, part(target, run.to, run.len, size)) else {
                return Err(Error::usage("a selection leaves its buffer"));
            };
            self.fill(offset, target)
        })
    }
}

/// The bytes of `len` elements from `first`.
fn part(target: &mut [u8], first: u64, len: u64, size: u64) -> Option<&mut [u8]> {
    let start = usize::try_from(first.checked_mul(size)?).ok()?;
    let len = usize::try_from(len.checked_mul(size)?).ok()?;
    target.get_mut(start..)?.get_mut(..len)
}

/// The number of the first element of a region, if the region is one run of neighbours in `shape`.
fn single_run(shape: &[u64], region: &Selection) -> Option<u64> {
    let mut whole = true;
    let axes = region.count.iter().zip(&region.stride).zip(shape).rev();
    for ((&count, &stride), &length) in axes {
        // Inside the first dimension that is not taken whole, neighbours; outside of it, one index each.
        if count > 1 && (stride != 1 || !whole) {
            return None;
        }
        whole = whole && count == length;
    }
    let steps = crate::shape::strides(shape);
    region.start.iter().zip(steps).try_fold(0u64, |first, (start, step)| start.checked_mul(step)?.checked_add(first))
}

impl Data for Classic {
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
        let len = crate::shape::bytes(&region.count, slab.size)?;
        if len == 0 {
            return Ok(Ok(&[]));
        }
        if !self.source.is_borrowable() {
            return Ok(Err(NotBorrowable::NotMapped));
        }
        let Some(offset) = self.locate(slab, region)? else { return Ok(Err(NotBorrowable::Scattered)) };
        match offset.checked_add(len) {
            Some(end) if end <= self.source.len() => {
                Ok(self.source.borrow(offset, len)?.ok_or(NotBorrowable::NotMapped))
            }
            _ => Ok(Err(NotBorrowable::NotAllocated)),
        }
    }

    fn read(&self, variable: VariableId, region: &Selection, target: &mut [u8]) -> Result<()> {
        let slab = self.slab(variable)?;
        if let Some(shape) = self.block(slab) {
            let from = Side { shape: &shape, start: &region.start, stride: &region.stride };
            return self.gather(slab.begin, slab.size, from, &region.count, target);
        }
        let (Some((&first, start)), Some((&records, count)), Some((&step, stride))) =
            (region.start.split_first(), region.count.split_first(), region.stride.split_first())
        else {
            return Err(Error::usage("a selection of another rank"));
        };
        let each = limits::to_usize(crate::shape::bytes(count, slab.size)?)?;
        if each == 0 {
            return Ok(());
        }
        let from = Side { shape: &slab.shape, start, stride };
        for (index, target) in (0..records).zip(target.chunks_exact_mut(each)) {
            let begin = self.layout.record(slab, index.saturating_mul(step).saturating_add(first))?;
            self.gather(begin, slab.size, from, count, target)?;
        }
        Ok(())
    }

    fn read_strings(&self, _: VariableId, _: &Selection) -> Result<Vec<Vec<u8>>> {
        Err(Error::usage("classic files have no variables of type string"))
    }

    fn file_size(&self) -> u64 {
        self.source.len()
    }
}

impl Classic {
    /// Where a region lies that is in one piece.
    fn locate(&self, slab: &Slab, region: &Selection) -> Result<Option<u64>> {
        let (begin, first) = match self.block(slab) {
            Some(shape) => (slab.begin, single_run(&shape, region)),
            None if region.count.first() == Some(&1) => {
                let rest = |list: &[u64]| list.get(1..).unwrap_or_default().to_vec();
                let inner =
                    Selection { start: rest(&region.start), count: rest(&region.count), stride: rest(&region.stride) };
                let number = region.start.first().copied().unwrap_or(0);
                (self.layout.record(slab, number)?, single_run(&slab.shape, &inner))
            }
            None => return Ok(None),
        };
        let Some(first) = first else { return Ok(None) };
        let offset = first.checked_mul(slab.size).and_then(|far| far.checked_add(begin));
        offset.map(Some).ok_or_else(|| Error::limit("an element lies beyond 2^64 bytes"))
    }
}
