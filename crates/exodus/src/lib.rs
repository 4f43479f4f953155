//! The Exodus II finite element model in pure Rust.
//!
//! | to | use |
//! |---|---|
//! | read any Exodus II file | [`ExodusFile`]: [`ExodusFile::mesh`] for what it declares, [`Data`] for its numbers |
//! | write one | [`MeshBuilder`] for a mesh in a few lines, [`Mesh`] and [`ExodusWriter`] for everything |
//! | go through steps, or through more nodes than fit into memory | [`ExodusFile::steps`], [`ExodusFile::pieces`] |
//! | open the files of a decomposed model | [`ParallelFile`] |
//! | know sides, skins, edges, VTK's order | [`topology`] |
//! | move a mesh and its fields | [`transform`]; a whole file: [`process`] |
//! | measure | [`geometry`] |
//! | rewrite, check, compare | [`mod@copy`], [`check`], [`diff`] |
//!
//! The containers (CDF-1, CDF-2, CDF-5, netCDF-4) are the business of [`hyperslab`].
//!
//! # Build a mesh, stream steps into it
//!
//! See [`MeshBuilder`].
//!
//! # Stream and transform
//!
//! ```
//! # fn main() -> exodus_rs::Result<()> {
//! use exodus_rs::transform::Transform;
//! use exodus_rs::{CreateOptions, Data, EntityKind, ExodusFile, ExodusWriter};
//! # use exodus_rs::MeshBuilder;
//! # let directory = tempfile::tempdir().unwrap();
//! # let (input, output) = (directory.path().join("in.exo"), directory.path().join("out.exo"));
//! # let writer = MeshBuilder::new("two nodes").nodes(&[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
//! #     .variables(EntityKind::Nodal, ["vel_x", "vel_y", "vel_z"])
//! #     .create(&input, &CreateOptions::default())?;
//! # for time in [0.0, 1.0] {
//! #     let step = writer.next_step(time)?;
//! #     for axis in 0..3 {
//! #         step.put(EntityKind::Nodal, axis, 0, &[1.0 + axis as f64, time])?;
//! #     }
//! # }
//! # writer.finish()?;
//! // Turn a mesh about z by a right angle, and its velocities with it, step by step.
//! let turn = Transform::rotation([0.0, 0.0, 1.0], std::f64::consts::FRAC_PI_2)?;
//! let file = ExodusFile::open(&input)?;
//! let writer = ExodusWriter::create(&output, &file.mesh()?, &file.create_options())?;
//! let [mut x, mut y, mut z] = [0, 1, 2].map(|axis| vec![0.0; file.init_params().num_nodes as usize]);
//! for (axis, values) in [&mut x, &mut y, &mut z].into_iter().enumerate() {
//!     file.read_into(Data::Coordinate(axis), values)?;
//! }
//! turn.coords(&mut [&mut x, &mut y, &mut z])?;
//! writer.put_coords(&[&x, &y, &z])?;
//! for (n, time) in file.times()?.into_iter().enumerate() {
//!     let step = writer.next_step(time)?;
//!     for (axis, values) in [&mut x, &mut y, &mut z].into_iter().enumerate() {
//!         file.read_into(Data::Variable(EntityKind::Nodal, axis, 0).step(n as u64), values)?;
//!     }
//!     turn.vectors(&mut [&mut x, &mut y, &mut z])?;
//!     for (axis, values) in [&x, &y, &z].into_iter().enumerate() {
//!         step.put(EntityKind::Nodal, axis, 0, values)?;
//!     }
//! }
//! writer.finish()?;
//!
//! let file = ExodusFile::open(&output)?;
//! assert!((file.coord::<f64>(1, 0..1)?.into_vec()[0] - 1.0).abs() < 1e-15);
//! assert!((file.var(0, EntityKind::Nodal, 0, 0)?.into_vec()[0] + 2.0).abs() < 1e-15);
//! # Ok(())
//! # }
//! ```
//!
//! # The history of one node
//!
//! ```
//! # fn main() -> exodus_rs::Result<()> {
//! use exodus_rs::{Data, EntityKind, ExodusFile};
//! # use exodus_rs::{CreateOptions, MeshBuilder};
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("out.exo");
//! # let writer = MeshBuilder::new("two nodes").nodes(&[[0.0], [1.0]]).variables(EntityKind::Nodal, ["u"])
//! #     .create(&path, &CreateOptions::default())?;
//! # for time in [0.0, 1.0, 2.0] {
//! #     writer.next_step(time)?.put(EntityKind::Nodal, 0, 0, &[0.0, 10.0 * time])?;
//! # }
//! # writer.finish()?;
//! let file = ExodusFile::open(&path)?;
//! let variable = file.variable_names(EntityKind::Nodal)?.iter().position(|name| name == "u").unwrap();
//! let history = file.view::<f64>(Data::Variable(EntityKind::Nodal, variable, 0).entry(1))?;
//! assert_eq!(history.into_vec(), [0.0, 10.0, 20.0]);
//! # Ok(())
//! # }
//! ```
//!
//! # A decomposed model
//!
//! See [`ParallelFile`].
#![forbid(unsafe_code)]

mod catalog;
pub mod check;
pub mod copy;
mod create;
mod data;
pub mod diff;
pub mod field;
pub mod geometry;
mod ids;
mod kind;
mod mesh;
mod names;
pub mod nemesis;
pub mod parallel;
mod performance;
mod precision;
pub mod process;
mod read;
mod text;
pub mod topology;
pub mod transform;

pub use create::{CreateOptions, ExodusWriter, Int64, MeshBuilder, ModelWriter, StepWriter};
pub use data::{Data, Part};
pub use hyperslab::netcdf::Container;
pub use hyperslab::{Borrowable, Error, Kind, Result};
pub use ids::{EntityId, Index};
pub use kind::EntityKind;
pub use mesh::{Assembly, Blob, Block, CoordinateFrame, Map, Mesh, Property, Set, TextWidths};
pub use parallel::ParallelFile;
pub use performance::{CacheConfig, ChunkConfig, NodeType, Scheduler};
pub use precision::decimal;
pub use read::{
    BlockInfo, Connectivity, Coords, Entity, ExodusFile, Info, InitParams, PieceValues, Pieces, QaRecord, SetInfo,
    StepValues, Steps, VariableInfo,
};

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
