//! NetCDF: one data model for CDF-1, CDF-2, CDF-5 and NetCDF-4.
//!
//! [`File`] reads, [`Writer`] writes, [`Transfer`] copies from one to the other on all cores, and [`convert`] makes a file of
//! any container from another one. A [`Schema`] says what a file declares.

#[cfg(test)]
mod appended;
mod array;
pub mod cdl;
mod chunking;
pub(crate) mod classic;
mod container;
mod convert;
#[cfg(feature = "digest")]
mod digest;
mod edit;
#[cfg(test)]
mod few_reads;
mod file;
pub(crate) mod fill;
mod ids;
#[cfg(test)]
mod interrupted;
mod memory;
mod numbers;
mod plan;
mod quantize;
mod retyped;
mod schema;
pub(crate) mod store;
mod subtree;
mod transfer;
mod types;
pub(crate) mod v4;
mod value;
mod writer;

#[cfg(feature = "ndarray")]
pub use crate::array::Strided;
pub use array::Array;
pub use convert::{convert, Choices, Conversion, ConvertOptions};
pub use edit::{Done, Editor, Owner, Published};
pub use file::File;
pub use ids::{DimensionId, GroupId, VariableId};
pub use quantize::{Quantization, QuantizeMode};
pub use schema::{Container, Dimension, Fill, Group, Hidden, Layout, Schema, Storage, Variable};
pub use store::Finished;
pub use transfer::{Compute, Job, Origin, Progress, Transfer, Transform};
pub use types::{Field, Type, UserClass, UserType};
pub use value::{Attribute, UserValue, Value};
pub use writer::Writer;
