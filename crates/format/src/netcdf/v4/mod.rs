//! NetCDF-4: the conventions that make an HDF5 file a netCDF file.
