//! NetCDF-4: the conventions that make an HDF5 file a netCDF file.

mod attributes;
mod data;
mod dimensions;
mod headers;
pub(crate) mod names;
mod placement;
pub(crate) mod read;
mod scales;
pub(crate) mod types;
pub(crate) mod write;
