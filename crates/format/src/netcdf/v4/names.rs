//! Every reserved name of the netCDF-4 conventions.

/// Marks a dataset as a dimension scale.
pub(crate) const CLASS: &str = "CLASS";
/// The value of [`CLASS`].
pub(crate) const DIMENSION_SCALE: &str = "DIMENSION_SCALE";
/// The title of a dimension scale.
pub(crate) const NAME: &str = "NAME";
/// How [`NAME`] starts for a dimension without a variable; the length follows, ten columns wide.
pub(crate) const NOT_A_VARIABLE: &str = "This is a netCDF dimension but not a netCDF variable.";
/// References from a variable to its dimension scales.
pub(crate) const DIMENSION_LIST: &str = "DIMENSION_LIST";
/// References from a dimension scale to the variables that use it.
pub(crate) const REFERENCE_LIST: &str = "REFERENCE_LIST";
/// The identifier of a dimension.
pub(crate) const DIMID: &str = "_Netcdf4Dimid";
/// The identifiers of the dimensions of a variable.
pub(crate) const COORDINATES: &str = "_Netcdf4Coordinates";
/// Present in files of the classic model.
pub(crate) const NC3_STRICT: &str = "_nc3_strict";
/// Which libraries made the file.
pub(crate) const PROPERTIES: &str = "_NCProperties";
/// What precedes the name of a variable that shares it with a dimension, without being its coordinate variable.
pub(crate) const NON_COORDINATE: &str = "_nc4_non_coord_";

/// What the dataset of a dimension without a variable is called in [`NAME`].
pub(crate) fn placeholder(length: u64) -> String {
    format!("{NOT_A_VARIABLE}{length:10}")
}

/// Whether netCDF keeps an attribute to itself.
pub(crate) fn is_hidden(attribute: &str) -> bool {
    const OTHERS: [&str; 8] = [
        "_Format",
        "_IsNetcdf4",
        "_SuperblockVersion",
        "_Codecs",
        "_ARRAY_DIMENSIONS",
        "_nczarr_attr",
        "_nczarr_group",
        "_nczarr_array",
    ];
    matches!(attribute, CLASS | NAME | DIMENSION_LIST | REFERENCE_LIST | DIMID | COORDINATES | NC3_STRICT | PROPERTIES)
        || OTHERS.contains(&attribute)
        || attribute == "_nczarr_superblock"
}
