//! The on-disk structures of the HDF5 file format specification, each declared once for reading and writing.
//! Nothing here knows a file.

pub(crate) mod btree_v1;
pub(crate) mod btree_v2;
pub(crate) mod cache_image;
pub(crate) mod driver_info;
pub(crate) mod extensible_array;
pub(crate) mod fixed_array;
pub(crate) mod fractal_heap;
pub(crate) mod global_heap;
pub(crate) mod local_heap;
pub(crate) mod message;
pub(crate) mod object_header;
pub(crate) mod selection;
pub(crate) mod shared_table;
pub(crate) mod superblock;
pub(crate) mod symbol_node;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod virtual_dataset;
