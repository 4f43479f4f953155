//! How the raw data of a variable are stored.

use super::types;
use crate::error::{Error, Result};
use crate::hdf5::builder::{Builder, DatasetSpec, DatasetWriter, FillSpec, LayoutSpec};
use crate::hdf5::datatype::{Datatype, Padding, StringType};
use crate::hdf5::{Filter, IndexKind};
use crate::netcdf::chunking::default_chunk;
use crate::netcdf::schema::{Fill, Layout, Schema, Storage, Variable};
use crate::netcdf::value::Type;
use crate::shape;

/// The largest value that fits into a layout message.
const MAX_COMPACT: u64 = 65_000;

/// Decides how a variable is stored, and gives its data a place if they have a fixed size.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type or filter that is not written.
pub(super) fn create(builder: &Builder, schema: &Schema, variable: &Variable) -> Result<DatasetWriter> {
    let datatype = datatype(variable)?;
    let size = datatype.size();
    let axes = variable.dimensions.iter().map(|&id| schema.dimension(id).map(|d| (d.length, d.unlimited)));
    let axes: Vec<(u64, bool)> = axes.collect::<Result<_>>()?;
    let shape: Vec<u64> = axes.iter().map(|axis| axis.0).collect();
    let max_shape = axes.iter().map(|&(length, unlimited)| if unlimited { u64::MAX } else { length }).collect();
    let filters = if variable.ty == Type::String { Vec::new() } else { filters(&variable.storage, size)? };
    let unlimited = axes.iter().any(|axis| axis.1);
    let chunk = match &variable.storage.layout {
        _ if axes.is_empty() => None,
        Layout::Chunked(chunk) if chunk.len() == axes.len() => Some(fit(chunk, &axes)),
        _ if unlimited || !filters.is_empty() => Some(default_chunk(&axes, size)),
        _ => None,
    };
    let filters = if chunk.is_some() { filters } else { Vec::new() };
    let layout = match chunk {
        // Every library reads this index, and it grows along any dimension.
        Some(chunk) => LayoutSpec::Chunked { chunk, index: IndexKind::BTreeV1 },
        None if variable.storage.layout == Layout::Compact && shape::bytes(&shape, size)? <= MAX_COMPACT => {
            LayoutSpec::Compact
        }
        None => LayoutSpec::Contiguous,
    };
    let fill = FillSpec { value: fill(variable, size), never_written: variable.fill == Fill::None };
    builder.dataset(DatasetSpec { datatype: datatype.into(), shape, max_shape, layout, fill, filters })
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

/// The filters of a variable, in netCDF-C's order.
fn filters(storage: &Storage, size: u64) -> Result<Vec<Filter>> {
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
