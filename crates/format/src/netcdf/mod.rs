//! NetCDF: one data model for CDF-1, CDF-2, CDF-5 and NetCDF-4.
//!
//! [`File`] reads, [`Writer`] writes, [`Transfer`] copies from one to the other on all cores. A [`Schema`] says what a
//! file declares.

mod array;
pub mod cdl;
mod chunking;
pub(crate) mod classic;
mod container;
#[cfg(feature = "digest")]
mod digest;
mod file;
pub(crate) mod fill;
#[cfg(test)]
mod interrupted;
mod numbers;
mod plan;
mod schema;
pub(crate) mod store;
mod transfer;
mod user;
pub(crate) mod v4;
mod value;
mod writer;

#[cfg(feature = "ndarray")]
pub use crate::array::Strided;
pub use array::Array;
pub use file::File;
pub use schema::{
    Container, Dimension, DimensionId, Fill, Group, GroupId, Hidden, Layout, Schema, Storage, Variable, VariableId,
};
pub use transfer::{Job, Progress, Transfer, Transform};
pub use user::{Field, UserClass, UserType, UserValue};
pub use value::{Attribute, Type, Value};
pub use writer::Writer;
