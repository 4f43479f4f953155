//! Dimensions and variables: where they are, their lengths, their layout, their fill value.

use super::{groups, types};
use crate::error::{Context, Error, Result};
use crate::netcdf::fill;
use crate::netcdf::schema::{Fill, Layout, Schema, Variable};
use crate::shape;

/// The largest length of a dimension of any container; the scale of a dimension alone takes 4 bytes for each index.
const MAX_LENGTH: u64 = 1 << 61;

/// Refuses dimensions in groups that do not exist, and lengths that no dimension has.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) or [`Kind::Unsupported`](crate::Kind::Unsupported) with the dimension.
pub(super) fn dimensions(schema: &Schema) -> Result<()> {
    for dimension in &schema.dimensions {
        groups::exists(schema, dimension.group, &format!("/{}", dimension.name))?;
        let path = || format!("{}/{}", schema.group_path(dimension.group).trim_end_matches('/'), dimension.name);
        if dimension.length > MAX_LENGTH {
            return Err(Error::unsupported(format!("a dimension of length {}", dimension.length)).in_object(path()));
        }
        if dimension.length == 0 && !dimension.unlimited {
            // The one length that netCDF keeps for those that grow.
            return Err(Error::unsupported("a dimension of length 0 that is not unlimited").in_object(path()));
        }
    }
    Ok(())
}

/// Refuses variables that no container can hold.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) or [`Kind::Unsupported`](crate::Kind::Unsupported) with the variable.
pub(super) fn check(schema: &Schema) -> Result<()> {
    schema.variables.iter().try_for_each(|v| {
        groups::exists(schema, v.group, &format!("/{}", v.name))?;
        variable(schema, v).in_object(&schema.path(v))
    })
}

/// Refuses a variable that no container can hold.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) or [`Kind::Unsupported`](crate::Kind::Unsupported).
pub(super) fn variable(schema: &Schema, variable: &Variable) -> Result<()> {
    types::declared(schema, &variable.ty)?;
    let mut lengths = Vec::with_capacity(variable.dimensions.len());
    for &id in &variable.dimensions {
        let dimension = schema.dimension(id)?;
        if !schema.encloses(dimension.group, variable.group) {
            let detail = format!("the dimension {} is in another group, not above the variable", dimension.name);
            return Err(Error::usage(detail));
        }
        lengths.push(if dimension.unlimited { dimension.length.max(1) } else { dimension.length });
    }
    let bytes = shape::bytes(&lengths, types::stored_size(&variable.ty))?;
    if i64::try_from(bytes).is_err() {
        return Err(Error::limit(format!("a variable of {bytes} bytes")));
    }
    if let Fill::Value(value) = &variable.fill {
        if value.ty() != variable.ty || value.len() != 1 {
            let (count, ty) = (value.len(), value.ty());
            let detail = format!("a fill value of {count} x {} for the type {}", ty.name(), variable.ty.name());
            return Err(Error::usage(detail));
        }
        types::value(value)?;
    }
    fill_attribute(schema, variable)?;
    match schema.container.is_hdf5() {
        true => storage(schema, variable),
        false => Ok(()),
    }
}

/// Refuses an attribute `_FillValue` that is no element of the variable, unless a file had it; and one that is in the way.
fn fill_attribute(schema: &Schema, variable: &Variable) -> Result<()> {
    let Some(value) = variable.attribute(fill::FILL_VALUE).filter(|_| fill::attribute(variable).is_none()) else {
        return Ok(());
    };
    let (count, ty, wanted) = (value.len(), value.ty(), variable.ty.name());
    let detail = format!("attribute {}: {count} x {} for the type {wanted}", fill::FILL_VALUE, ty.name());
    match variable.untold_fill {
        false => Err(Error::usage(detail)),
        true if !schema.container.is_hdf5() && fill::own(variable).is_some() => {
            let container = schema.container.name();
            Err(Error::unsupported(format!("{detail}, and another fill value, which would be lost in {container}")))
        }
        true => Ok(()),
    }
}

fn storage(schema: &Schema, variable: &Variable) -> Result<()> {
    let storage = &variable.storage;
    let grows = variable.dimensions.iter().any(|&id| schema.dimension(id).is_ok_and(|d| d.unlimited));
    if let Layout::Chunked(chunk) = &storage.layout {
        chunks(schema, variable, chunk)?;
    }
    if storage.layout == Layout::Compact && (grows || storage.is_filtered()) {
        return Err(Error::usage("a compact layout for data that grow or pass through filters"));
    }
    if variable.dimensions.is_empty() && storage.is_filtered() {
        return Err(Error::usage("filters for a single element, which is not chunked"));
    }
    match storage.deflate_level() {
        Some(level @ 10..) => Err(Error::usage(format!("the level {level} of deflate, which ends at 9"))),
        _ => Ok(()),
    }
}

fn chunks(schema: &Schema, variable: &Variable, chunk: &[u64]) -> Result<()> {
    let rank = variable.dimensions.len();
    if chunk.len() != rank || rank == 0 {
        return Err(Error::usage(format!("chunks of {} dimensions for a variable of {rank}", chunk.len())));
    }
    if chunk.contains(&0) {
        return Err(Error::usage(format!("chunks of {chunk:?}, which hold nothing")));
    }
    for (&length, &id) in chunk.iter().zip(&variable.dimensions) {
        let dimension = schema.dimension(id)?;
        if !dimension.unlimited && length > dimension.length {
            let detail = format!("chunks of {chunk:?}, where {} has a length of {}", dimension.name, dimension.length);
            return Err(Error::usage(detail));
        }
    }
    let bytes = chunk.iter().try_fold(types::stored_size(&variable.ty), |bytes, &length| bytes.checked_mul(length));
    match bytes.map(u32::try_from) {
        Some(Ok(_)) => Ok(()),
        _ => Err(Error::unsupported(format!("chunks of {chunk:?}: 4 GiB is the limit"))),
    }
}
