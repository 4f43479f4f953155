//! What a schema must be like to fit a classic file; decided before a byte is written.

use crate::error::{Context, Error, Result};
use crate::netcdf::schema::{Schema, Variable};
use crate::netcdf::value::Value;

use super::layout::{Layout, Slab};
use super::types::Version;

/// What netCDF-C reads.
const MAX_RANK: usize = 1024;

/// Checks everything but the sizes, after what holds for all containers.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) naming what the format cannot hold;
/// [`Kind::Usage`](crate::Kind::Usage) for a schema that contradicts itself.
pub(super) fn check(schema: &Schema) -> Result<Version> {
    let version = Version::of(schema.container)
        .ok_or_else(|| Error::usage(format!("{} is no classic format", schema.container.name())))?;
    dimensions(schema, version)?;
    schema.variables.iter().try_for_each(|v| of_version(schema, v, version).in_object(&schema.path(v)))?;
    Ok(version)
}

fn dimensions(schema: &Schema, version: Version) -> Result<()> {
    let mut unlimited = schema.dimensions.iter().filter(|dimension| dimension.unlimited);
    if let (Some(first), Some(second)) = (unlimited.next(), unlimited.next()) {
        let (first, second) = (&first.name, &second.name);
        let detail = format!("two unlimited dimensions, {first} and {second}: that needs netCDF-4");
        return Err(Error::unsupported(detail));
    }
    for dimension in &schema.dimensions {
        // All ones would mean that the number is to be derived from the size of the file.
        let most = if dimension.unlimited { version.streaming() - 1 } else { version.dimension_max() };
        let (name, length) = (&dimension.name, dimension.length);
        if length > most {
            return Err(Error::unsupported(format!("dimension {name} of length {length} in {}", version.name())));
        }
    }
    Ok(())
}

/// Refuses a variable that a classic file cannot have; those of other containers have other rules.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported), and what could hold it.
pub(crate) fn variable(schema: &Schema, variable: &Variable) -> Result<()> {
    match Version::of(schema.container) {
        Some(version) => of_version(schema, variable, version),
        None => Ok(()),
    }
}

fn of_version(schema: &Schema, variable: &Variable, version: Version) -> Result<()> {
    if !version.allows(&variable.ty) {
        return Err(Error::unsupported(type_needs(variable.ty.name(), version)));
    }
    if variable.dimensions.len() > MAX_RANK {
        return Err(Error::unsupported(format!("rank {}", variable.dimensions.len())));
    }
    for (axis, &id) in variable.dimensions.iter().enumerate() {
        let dimension = schema.dimension(id)?;
        if dimension.unlimited && axis > 0 {
            let name = &dimension.name;
            return Err(Error::unsupported(format!(
                "unlimited dimension {name} is not the first: that needs netCDF-4"
            )));
        }
    }
    Ok(())
}

/// Refuses an attribute of a type that a classic file cannot have; those of other containers have all.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) with its name, and what could hold it.
pub(crate) fn attribute(schema: &Schema, name: &str, value: &Value) -> Result<()> {
    match Version::of(schema.container).filter(|version| !version.allows(&value.ty())) {
        Some(version) => {
            let needs = type_needs(value.ty().name(), version);
            Err(Error::unsupported(format!("attribute {name}: {needs}")))
        }
        None => Ok(()),
    }
}

/// Which formats have a type that this version has not.
fn type_needs(ty: &str, version: Version) -> String {
    let known = matches!(ty, "ubyte" | "ushort" | "uint" | "int64" | "uint64");
    let needs = if known { "CDF-5 or netCDF-4" } else { "netCDF-4" };
    format!("type {ty} in {}: that needs {needs}", version.name())
}

/// Computes where the data will lie behind a header of length 0; only sizes are known yet.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) for variables that are too large, and what would hold them.
pub(super) fn layout(schema: &Schema, version: Version) -> Result<Layout> {
    let slab = |variable: &Variable| -> Result<Slab> {
        let lengths = variable.dimensions.iter().map(|&id| {
            let dimension = schema.dimension(id)?;
            Ok(if dimension.unlimited { 0 } else { dimension.length })
        });
        Slab::new(&lengths.collect::<Result<Vec<_>>>()?, variable.ty.size()).in_object(&schema.path(variable))
    };
    let layout = Layout::new(schema.variables.iter().map(slab).collect::<Result<_>>()?)?;
    match layout.too_large(version) {
        Some(index) => Err(too_large(schema, index, version, |version| layout.too_large(version).is_none())),
        None => Ok(layout),
    }
}

/// Refuses a begin that does not fit its field.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported), and what would hold it.
pub(super) fn begins(schema: &Schema, version: Version, layout: &Layout) -> Result<()> {
    let last = layout.slabs.iter().map(|slab| slab.begin).max().unwrap_or(0);
    match layout.slabs.iter().position(|slab| slab.begin > version.begin_max()) {
        Some(index) => {
            let fits = |version: Version| last <= version.begin_max() && layout.too_large(version).is_none();
            Err(too_large(schema, index, version, fits))
        }
        None => Ok(()),
    }
}

fn too_large(schema: &Schema, index: usize, version: Version, fits: impl Fn(Version) -> bool) -> Error {
    let name = schema.variables.get(index).map(|variable| variable.name.as_str()).unwrap_or_default();
    let needs = match () {
        () if fits(Version::Cdf2) => "CDF-2, CDF-5 or netCDF-4",
        () if fits(Version::Cdf5) => "CDF-5 or netCDF-4",
        () => "netCDF-4",
    };
    Error::unsupported(format!("the data do not fit {}: variable {name} needs {needs}", version.name()))
}
