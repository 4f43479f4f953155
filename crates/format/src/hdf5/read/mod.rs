//! Reading: files and datasets.

pub(crate) mod dataset;
pub(crate) mod open;
mod parallel;
mod stored;
pub(crate) mod strings;
