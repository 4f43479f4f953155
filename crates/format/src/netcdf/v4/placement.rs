//! How the raw data of a variable are stored.

use super::committed::CommittedTypes;
use super::encode;
use crate::error::{Error, Result};
use crate::hdf5::builder::{Builder, DatasetSpec, DatasetWriter, FillSpec, LayoutSpec};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::write::file::FileWriter;
use crate::hdf5::Filter;
use crate::limits;
use crate::netcdf::chunking::default_chunk;
use crate::netcdf::fill;
use crate::netcdf::schema::{Fill, Layout, Schema, Storage, Variable};
use crate::netcdf::value::Value;
use crate::shape::{self, Selection};

/// The largest value that fits into a layout message.
pub(super) const MAX_COMPACT: u64 = 65_000;

/// Decides how a variable is stored, and gives its data a place if they have a fixed size.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type or filter that is not written.
pub(super) fn create(
    builder: &Builder,
    types: &CommittedTypes,
    schema: &Schema,
    variable: &Variable,
) -> Result<DatasetWriter> {
    let stored_type = types.stored_type(&variable.ty, variable.order)?;
    let datatype = stored_type.datatype().clone();
    let size = datatype.size();
    let axes = variable.dimensions.iter().map(|&id| schema.dimension(id).map(|d| (d.length, d.unlimited)));
    let axes: Vec<(u64, bool)> = axes.collect::<Result<_>>()?;
    let shape: Vec<u64> = axes.iter().map(|axis| axis.0).collect();
    let max_shape = axes.iter().map(|&(length, unlimited)| if unlimited { u64::MAX } else { length }).collect();
    let filters = filters(&variable.storage, size)?;
    let unlimited = axes.iter().any(|axis| axis.1);
    let chunk = match &variable.storage.layout {
        _ if axes.is_empty() => None,
        Layout::Chunked(chunk) if chunk.len() == axes.len() => Some(fit(chunk, &axes)),
        _ if unlimited || !filters.is_empty() => Some(default_chunk(&axes, size)),
        _ => None,
    };
    let filters = if chunk.is_some() { filters } else { Vec::new() };
    let layout = match chunk {
        Some(chunk) => LayoutSpec::chunked(chunk),
        None if variable.storage.layout == Layout::Compact && shape::bytes(&shape, size)? <= MAX_COMPACT => {
            LayoutSpec::Compact
        }
        None => LayoutSpec::Contiguous,
    };
    let value = fill_value(variable);
    let stored = value.as_ref().map(|value| encode::stored(builder.file(), &datatype, value)).transpose()?;
    let fill = FillSpec { value: stored, never_written: variable.fill == Fill::None };
    let compact = layout == LayoutSpec::Compact;
    let all = Selection::all(&shape);
    let dataset = builder.dataset(DatasetSpec { datatype: stored_type, shape, max_shape, layout, fill, filters })?;
    if let Some(value) = own_fill(variable).filter(|_| compact) {
        let mut elements = limits::buffer(shape::bytes(&all.count, size)?)?;
        fill_each(builder.file(), &datatype, &value, &mut elements)?;
        dataset.write(builder.file(), &all, &elements)?;
    }
    Ok(dataset)
}

/// A chunk shape that no dimension of fixed length is smaller than.
fn fit(chunk: &[u64], axes: &[(u64, bool)]) -> Vec<u64> {
    let fitted =
        chunk.iter().zip(axes).map(|(&chunk, &(length, unlimited))| if unlimited { chunk } else { chunk.min(length) });
    fitted.map(|length| length.max(1)).collect()
}

/// The fill value. The empty text is what null references read as, and needs none.
fn fill_value(variable: &Variable) -> Option<Value> {
    fill::of(variable).filter(|value| *value != Value::String(vec![Some(Vec::new())]))
}

/// The fill value of elements that lead to a heap. Each of them gets objects of its own, because whoever changes an element
/// frees them.
pub(super) fn own_fill(variable: &Variable) -> Option<Value> {
    fill_value(variable).filter(|_| variable.ty.is_variable())
}

/// Encodes a fill value anew for each element of `target`.
///
/// # Errors
/// [`Kind::Io`](crate::Kind::Io).
pub(super) fn fill_each(file: &FileWriter, datatype: &Datatype, value: &Value, target: &mut [u8]) -> Result<()> {
    /// Elements that are encoded at a time.
    const BATCH: usize = 4096;
    let size = limits::to_usize(datatype.size())?.max(1);
    for part in target.chunks_mut(BATCH.saturating_mul(size)) {
        let stored = encode::stored(file, datatype, &fill::repeated(value, part.len() / size))?;
        part.iter_mut().zip(stored).for_each(|(place, byte)| *place = byte);
    }
    Ok(())
}

/// The filters of a variable, in netCDF-C's order.
pub(super) fn filters(storage: &Storage, size: u64) -> Result<Vec<Filter>> {
    if let Some((id, _)) = storage.other_filters.first() {
        return Err(Error::unsupported(format!("writing through filter {id}")));
    }
    let filter = |id, optional, parameters| Filter { id, name: String::new(), optional, parameters };
    let mut filters = Vec::new();
    if storage.fletcher32 {
        filters.push(filter(3, false, Vec::new()));
    }
    if storage.shuffle {
        filters.push(filter(2, true, vec![u32::try_from(size).unwrap_or(u32::MAX)]));
    }
    if let Some(level) = storage.deflate {
        filters.push(filter(1, true, vec![u32::from(level)]));
    }
    Ok(filters)
}
