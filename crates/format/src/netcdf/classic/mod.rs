//! The classic format: CDF-1, CDF-2 and CDF-5 (NetCDF file format specification).
//!
//! `record` declares the header, `layout` and `region` say where the data lie; reading (`header`, `read`) and writing
//! (`validate`, `write`) are two clients of both.

mod edit;
mod field;
mod header;
mod layout;
mod prefix;
mod read;
mod record;
mod region;
mod rewrite;
#[cfg(test)]
mod tests;
mod types;
mod validate;
mod write;

pub(crate) use edit::open as edit;
pub(crate) use read::{is_streamed, open};
pub(crate) use validate::{attribute, variable};
pub(crate) use write::{append, check, create};
