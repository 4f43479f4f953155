//! How the raw data of a variable are stored.

use super::committed::CommittedTypes;
use super::encode;
use crate::element::{ByteOrder, NumberType};
use crate::error::Result;
use crate::hdf5::builder::{DatasetSpec, DatasetWriter, FillSpec, FillTime, LayoutSpec, ObjectSpec, MAX_COMPACT};
use crate::hdf5::datatype::Datatype;
use crate::hdf5::filter::chunks::Chunks;
use crate::hdf5::filter::setup::{fits, setup};
use crate::hdf5::write::file::FileWriter;
use crate::limits;
use crate::netcdf::chunking::default_chunk;
use crate::netcdf::fill;
use crate::netcdf::schema::{Fill, Layout, Schema, Variable};
use crate::netcdf::value::Value;
use crate::shape::{self, Selection};

/// Decides how a variable is stored, and gives its data a place if they have a fixed size.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type or filter that is not written.
pub(super) fn create(
    file: &FileWriter,
    types: &CommittedTypes,
    schema: &Schema,
    variable: &Variable,
) -> Result<DatasetWriter> {
    let stored_type = types.stored_type(&variable.ty, variable.order)?;
    let datatype = stored_type.datatype().clone();
    let size = datatype.size();
    let axes = axes(schema, variable)?;
    let shape: Vec<u64> = axes.iter().map(|axis| axis.0).collect();
    let max_shape = axes.iter().map(|&(length, unlimited)| if unlimited { u64::MAX } else { length }).collect();
    let chunk = chunk(variable, &axes, size);
    let filters = variable.storage.filters.clone();
    let filters = if chunk.is_some() { filters } else { Vec::new() };
    let layout = match chunk {
        Some(chunk) => LayoutSpec::chunked(chunk),
        None if variable.storage.layout == Layout::Compact && shape::bytes(&shape, size)? <= MAX_COMPACT => {
            LayoutSpec::Compact
        }
        None => LayoutSpec::Contiguous,
    };
    let value = fill_value(variable);
    let stored = value.as_ref().map(|value| encode::stored(file, &datatype, value)).transpose()?;
    let time = if variable.fill == Fill::None { FillTime::Never } else { FillTime::IfSet };
    let fill = FillSpec { value: stored, time, ..FillSpec::default() };
    let compact = layout == LayoutSpec::Compact;
    let all = Selection::all(&shape);
    let spec = DatasetSpec {
        datatype: stored_type,
        shape: Some(shape),
        max_shape,
        layout,
        fill,
        filters,
        filters_set_up: false,
        object: ObjectSpec::default(),
    };
    let dataset = DatasetWriter::new(file, spec)?;
    if let Some(value) = own_fill(variable).filter(|_| compact) {
        let mut elements = limits::buffer(shape::bytes(&all.count, size)?)?;
        fill_each(file, &datatype, &value, &mut elements)?;
        dataset.write(file, &all, &elements)?;
    }
    Ok(dataset)
}

/// The dataset, without data, that stands for a dimension that no variable has the coordinates of.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for a length that no dataset has.
pub(super) fn scale(file: &FileWriter, length: u64, unlimited: bool) -> Result<DatasetWriter> {
    let float = Datatype::Number(NumberType::F32, ByteOrder::Big);
    let mut spec = DatasetSpec::new(float, &[length]);
    if unlimited {
        spec.max_shape = vec![u64::MAX];
        spec.layout = LayoutSpec::chunked(vec![1]);
    }
    DatasetWriter::unwritten(file, spec)
}

/// The lengths of the dimensions, and whether they grow.
fn axes(schema: &Schema, variable: &Variable) -> Result<Vec<(u64, bool)>> {
    variable.dimensions.iter().map(|&id| schema.dimension(id).map(|d| (d.length, d.unlimited))).collect()
}

/// The shape of a chunk, where there are chunks.
fn chunk(variable: &Variable, axes: &[(u64, bool)], size: u64) -> Option<Vec<u64>> {
    let unlimited = axes.iter().any(|axis| axis.1);
    match &variable.storage.layout {
        _ if axes.is_empty() => None,
        Layout::Chunked(chunk) if chunk.len() == axes.len() => Some(chunk.clone()),
        _ if unlimited || variable.storage.is_filtered() => Some(default_chunk(axes, size)),
        _ => None,
    }
}

/// Checks that chunks can pass through the filters.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) and [`Kind::Usage`](crate::Kind::Usage) with the filter.
pub(super) fn check_filters(schema: &Schema, variable: &Variable, datatype: &Datatype) -> Result<()> {
    let Some(shape) = chunk(variable, &axes(schema, variable)?, datatype.size()) else { return Ok(()) };
    let chunks = Chunks { datatype, shape: &shape, fill: None };
    setup(&variable.storage.filters, &chunks).map(|_| ())
}

/// Whether chunks can pass through the filters, if there are chunks that can.
///
/// # Errors
/// As [`check_filters`], for filters through which no chunks can pass.
pub(crate) fn takes_filters(schema: &Schema, variable: &Variable) -> Result<bool> {
    let datatype = encode::datatype(&variable.ty, variable.order)?;
    let Some(shape) = chunk(variable, &axes(schema, variable)?, datatype.size()) else { return Ok(true) };
    fits(&variable.storage.filters, &Chunks { datatype: &datatype, shape: &shape, fill: None })
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
