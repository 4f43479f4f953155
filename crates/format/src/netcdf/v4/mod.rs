//! NetCDF-4: the conventions that make an HDF5 file a netCDF file.

mod append;
mod attributes;
mod committed;
mod data;
mod declare;
mod dimensions;
pub(crate) mod edit;
mod encode;
mod headers;
pub(crate) mod names;
mod placement;
pub(crate) mod read;
mod scales;
mod shown;
pub(crate) mod types;
mod user;
pub(crate) mod validate;
mod values;
pub(crate) mod write;

pub(crate) use placement::takes_filters;
