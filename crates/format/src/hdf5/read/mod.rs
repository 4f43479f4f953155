//! Reading: files and datasets.

pub(crate) mod dataset;
pub(crate) mod open;
pub(crate) mod strings;
