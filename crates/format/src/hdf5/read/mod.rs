//! Reading: files and datasets.

mod chunk_reader;
pub(crate) mod chunked;
pub(crate) mod dataset;
pub(crate) mod elements;
pub(crate) mod external_data;
pub(crate) mod fill;
mod lengths;
pub(crate) mod nesting;
pub(crate) mod open;
mod parallel;
pub(crate) mod partial;
mod pieces;
mod placement;
mod scratch;
pub(crate) mod virtual_layout;
