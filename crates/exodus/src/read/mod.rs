//! Reading: the Exodus names of an open netCDF file.

mod arrays;
mod assemblies;
mod attributes;
pub(crate) mod blocks;
mod caches;
pub(crate) mod coords;
pub(crate) mod entities;
pub(crate) mod file;
pub(crate) mod info;
pub(crate) mod init;
mod machine;
mod maps;
mod mesh;
pub(crate) mod records;
pub(crate) mod sets;
mod variables;

pub use file::ExodusFile;
pub use info::{Info, VariableInfo};
pub use machine::{CacheConfig, NodeType, Scheduler};
