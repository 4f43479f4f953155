//! Writing: raw data first, at addresses that never move; then all metadata; then the superblock.
//!
//! The file is invisible until it is complete, so nothing has to be written twice.

pub(crate) mod btree_v2;
pub(crate) mod chunks;
pub(crate) mod dense_attributes;
pub(crate) mod dense_links;
pub(crate) mod file;
pub(crate) mod fractal_heap;
pub(crate) mod group;
pub(crate) mod header;
pub(crate) mod heap;

#[cfg(test)]
mod tests;
