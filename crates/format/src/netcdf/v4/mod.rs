//! NetCDF-4: the conventions that make an HDF5 file a netCDF file.

pub(crate) mod data;
pub(crate) mod names;
pub(crate) mod read;
pub(crate) mod types;
