//! The classic format: CDF-1, CDF-2 and CDF-5 (NetCDF file format specification).
//!
//! `record` declares the header, `layout` computes where the data lie; reading and writing are two clients of both.

mod field;
mod layout;
mod prefix;
mod read;
mod record;
mod types;

pub(crate) use read::open;
