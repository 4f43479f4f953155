//! NetCDF: one data model for CDF-1, CDF-2, CDF-5 and NetCDF-4.

pub(crate) mod classic;
mod schema;
pub(crate) mod store;
pub(crate) mod v4;

pub use schema::{
    Attribute, Container, Dimension, DimensionId, Fill, Group, GroupId, Layout, Schema, Storage, Type, Value, Variable,
    VariableId,
};
