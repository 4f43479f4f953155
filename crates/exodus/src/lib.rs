//! The Exodus II finite element model in pure Rust.
//!
//! [`ExodusFile`] reads any Exodus II file, [`ExodusWriter`] creates one, [`process`] transforms one into another in
//! memory that does not grow with the file. The containers (CDF-1, CDF-2, CDF-5, netCDF-4) are the business of
//! [`hyperslab`].
//!
//! ```
//! # fn main() -> exodus_rs::Result<()> {
//! use exodus_rs::{Block, CreateOptions, EntityKind, ExodusFile, ExodusWriter, Mesh};
//!
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("quad.exo");
//! // One square, two steps of one nodal variable.
//! let mut mesh = Mesh::new("a square", 2, 4);
//! mesh.blocks.push(Block::new(EntityKind::ElementBlock, 10, "QUAD4", 1, 4));
//! mesh.set_variables(EntityKind::Nodal, ["temperature"]);
//! let mut writer = ExodusWriter::create(&path, &mesh, &CreateOptions::default())?;
//! writer.put_coords(&[&[0.0, 1.0, 1.0, 0.0], &[0.0, 0.0, 1.0, 1.0]])?;
//! writer.put_connectivity(EntityKind::ElementBlock, 0, &[1, 2, 3, 4])?;
//! for step in 0..2 {
//!     writer.put_time(step, 0.5 * step as f64)?;
//!     writer.put_var(step, EntityKind::Nodal, 0, 0, &[step as f64; 4])?;
//! }
//! writer.finish()?;
//!
//! let file = ExodusFile::open(&path)?;
//! assert_eq!(file.times()?, [0.0, 0.5]);
//! assert_eq!(file.var(1, EntityKind::Nodal, 0, 0)?.into_vec(), [1.0; 4]);
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod assemblies;
mod attributes;
mod blocks;
mod builder;
mod catalog;
mod coords;
pub mod copy;
mod create;
mod data;
pub mod diff;
pub mod field;
mod file;
pub mod geometry;
mod ids;
mod info;
mod init;
mod kind;
mod maps;
mod mesh;
mod names;
pub mod nemesis;
mod performance;
pub mod process;
mod records;
mod sets;
mod stream;
mod text;
pub mod topology;
pub mod transform;
mod variables;

pub use blocks::{BlockInfo, Connectivity};
pub use builder::MeshBuilder;
pub use coords::Coords;
pub use create::{CreateOptions, ExodusWriter, Int64, StepWriter};
pub use data::{Data, Part};
pub use file::{Entity, ExodusFile};
pub use hyperslab::netcdf::Container;
pub use hyperslab::{Borrowable, Error, Kind, Result};
pub use ids::{EntityId, Index};
pub use info::{Info, VariableInfo};
pub use init::InitParams;
pub use kind::EntityKind;
pub use mesh::{Assembly, Blob, Block, CoordinateFrame, Map, Mesh, Property, Set, TextWidths};
pub use performance::{CacheConfig, ChunkConfig, NodeType, Scheduler};
pub use records::QaRecord;
pub use sets::SetInfo;
pub use stream::{PieceValues, Pieces, StepValues, Steps};

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
