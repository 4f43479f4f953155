//! Writing: raw data first, at addresses that never move; then all metadata; then the superblock.
//!
//! The file is invisible until it is complete, so nothing has to be written twice.

pub(crate) mod assemble;
pub(crate) mod attributes;
pub(crate) mod btree_v2;
pub(crate) mod committed;
pub(crate) mod dataset;
pub(crate) mod dataset_header;
pub(crate) mod datatype;
pub(crate) mod dense_attributes;
pub(crate) mod dense_links;
pub(crate) mod element_data;
pub(crate) mod element_value;
pub(crate) mod elements;
pub(crate) mod external_data;
pub(crate) mod file;
pub(crate) mod fill;
mod finish;
pub(crate) mod fractal_heap;
mod gaps;
pub(crate) mod group;
pub(crate) mod hard_links;
pub(crate) mod heap;
pub(crate) mod index;
pub(crate) mod local_heap;
pub(crate) mod object;
pub(crate) mod object_spec;
pub(crate) mod options;
mod pages;
pub(crate) mod raw;
pub(crate) mod records;
pub(crate) mod space;
pub(crate) mod stored_type;
mod superblock;
pub(crate) mod symbol_table;
pub(crate) mod transaction;
pub(crate) mod virtual_layout;

#[cfg(test)]
mod tests;
