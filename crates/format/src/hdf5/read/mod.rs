//! Reading: files and datasets.

pub(crate) mod chunked;
pub(crate) mod dataset;
pub(crate) mod elements;
pub(crate) mod external;
pub(crate) mod fill;
pub(crate) mod lookup;
pub(crate) mod nesting;
pub(crate) mod open;
mod parallel;
pub(crate) mod partial;
mod pieces;
mod stored;
pub(crate) mod virtual_layout;
