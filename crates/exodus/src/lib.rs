//! The Exodus II finite element model in pure Rust.
//!
//! **Open a file and list what it has.** It may be of any container and any version.
//!
//! ```
//! use exodus_rs::prelude::*;
//! # fn main() -> exodus_rs::Result<()> {
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = exodus_rs::example(directory.path())?;
//! let file = ExodusFile::open(&path)?;
//! for block in file.blocks(EntityType::ElementBlock)? {
//!     println!("{} {:?}: {} x {}", block.id, block.name, block.len, block.topology);
//! }
//! println!("{:?} at {:?}", file.variable_names(EntityType::Nodal)?, file.times()?);
//! # assert_eq!(file.block(EntityType::ElementBlock, "left")?.len, 1);
//! # Ok(())
//! # }
//! ```
//!
//! **The history of one node**, by its identifier. Only its values are read.
//!
//! ```
//! use exodus_rs::prelude::*;
//! # fn main() -> exodus_rs::Result<()> {
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = exodus_rs::example(directory.path())?;
//! let file = ExodusFile::open(&path)?;
//! let node = file.node(NodeId(1003))?;
//! let history = file.variable(EntityType::Nodal, "temperature")?.history(node)?;
//! assert_eq!(history, [23.0, 24.0, 25.0]);
//! # Ok(())
//! # }
//! ```
//!
//! **The largest value of a field**, on one block and on all, one step at a time.
//!
//! ```
//! use exodus_rs::prelude::*;
//! # fn main() -> exodus_rs::Result<()> {
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = exodus_rs::example(directory.path())?;
//! let file = ExodusFile::open(&path)?;
//! let stress = file.variable(EntityType::ElementBlock, "stress")?;
//! assert_eq!(stress.max()?, Some(40.0));
//! assert_eq!(stress.on(EntityId(10))?.max()?, Some(20.0));
//! # Ok(())
//! # }
//! ```
//!
//! **A scaled copy**: results times 1.5, the mesh moved up by 1; written on all cores, whole or not at all.
//!
//! ```
//! use exodus_rs::model::{write, Moved, Scaled, WriteOptions};
//! use exodus_rs::{prelude::*, transform::Transform};
//! # fn main() -> exodus_rs::Result<()> {
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = exodus_rs::example(directory.path())?;
//! # let output = directory.path().join("scaled.exo");
//! let file = ExodusFile::open(&path)?;
//! let moved = Moved::new(&file, Transform::translation([0.0, 1.0, 0.0]))?;
//! write(&Scaled::new(&moved, 1.5), &output, &WriteOptions::like(&file))?;
//! # let file = ExodusFile::open(&output)?;
//! # assert_eq!(file.variable(EntityType::ElementBlock, "stress")?.max()?, Some(60.0));
//! # assert_eq!(file.bounding_box()?.unwrap()[0], [0.0, 1.0, 0.0]);
//! # Ok(())
//! # }
//! ```
//!
//! **Extract a block**, with its nodes, sets and results.
//!
//! ```
//! use exodus_rs::model::{write, Subset, WriteOptions};
//! use exodus_rs::prelude::*;
//! # fn main() -> exodus_rs::Result<()> {
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = exodus_rs::example(directory.path())?;
//! # let output = directory.path().join("part.exo");
//! let file = ExodusFile::open(&path)?;
//! let part = Subset::of(&file).blocks([EntityId(20)])?.build()?;
//! write(&part, &output, &WriteOptions::like(&part))?;
//! # let file = ExodusFile::open(&output)?;
//! # assert_eq!((file.init_params().num_nodes, file.init_params().num_elems), (4, 1));
//! # Ok(())
//! # }
//! ```
//!
//! **Build a mesh and stream steps into it.** A step has its time once its values are there.
//!
//! ```
//! use exodus_rs::{prelude::*, CreateOptions, MeshBuilder};
//! # fn main() -> exodus_rs::Result<()> {
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("triangle.exo");
//! let mesh = MeshBuilder::new("a triangle").nodes(&[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]).block(1, "TRI3", &[[1, 2, 3]]);
//! let writer = mesh.variables(EntityType::Nodal, ["u"]).create(&path, &CreateOptions::default())?;
//! for time in [0.0, 0.1, 0.2] {
//!     writer.next_step(time)?.put_nodal("u", &[time, 2.0 * time, 3.0 * time])?;
//! }
//! writer.finish()?;
//! # assert_eq!(ExodusFile::open(&path)?.num_steps(), 3);
//! # Ok(())
//! # }
//! ```
//!
//! | to | use |
//! |---|---|
//! | read any Exodus II file | [`ExodusFile`]: [`ExodusFile::mesh`] for what it declares, [`ModelExt`] and [`Data`] for its numbers |
//! | write one | [`MeshBuilder`] for a mesh in a few lines, [`Mesh`] and [`ExodusWriter`] for everything |
//! | change, cut, join | [`model`]: adaptors of a [`Model`], and [`model::write()`] |
//! | go through steps, or through more nodes than fit into memory | [`ModelExt::steps_of`], [`ModelExt::pieces`] |
//! | open the files of a decomposed model | [`ParallelFile`] |
//! | know sides, skins, edges, VTK's order | [`Derived`], [`topology`] |
//! | measure | [`Derived`], [`geometry`] |
//! | move points, vectors, tensors | [`transform`] |
//! | scale a whole file as it is | [`process`] |
//! | check, compare | [`check`], [`diff`] |
//!
//! The containers (CDF-1, CDF-2, CDF-5, netCDF-4) are the business of [`hyperslab`], which is re-exported.
#![forbid(unsafe_code)]

mod append;
mod catalog;
pub mod check;
mod conventions;
mod create;
mod data;
pub mod diff;
mod edit;
pub mod field;
pub mod geometry;
mod ids;
mod kind;
mod mesh;
pub mod model;
mod names;
pub mod nemesis;
mod numbers;
pub mod parallel;
mod precision;
pub mod process;
mod read;
mod text;
pub mod topology;
pub mod transform;

pub use append::{ExodusAppender, SyncPolicy};
pub use create::{ChunkConfig, CreateOptions, ExodusWriter, Int64, MeshBuilder, ModelWriter, StepWriter};
pub use data::{Data, Part};
pub use edit::ModelEditor;
pub use hyperslab;
pub use hyperslab::netcdf::Container;
pub use hyperslab::{Borrowable, Error, Kind, Mmap, OpenOptions, Result};
pub use ids::{ElementId, EntityId, NodeId, Which};
pub use kind::EntityType;
pub use mesh::{
    Assembly, Blob, Block, ByKind, CoordinateFrame, Entity, InitParams, Map, Mesh, OfKind, Property, QaRecord, Set,
    TextWidths,
};
pub use model::{Derived, Model, ModelExt};
pub use parallel::ParallelFile;
pub use precision::decimal;
pub use read::{CacheConfig, ExodusFile, Info, NodeType, Scheduler, VariableInfo};

/// The traits that make all of a model's methods available, and what they are asked with: `use exodus_rs::prelude::*`.
pub mod prelude {
    pub use crate::{Data, Derived, ElementId, EntityId, EntityType, ExodusFile, Model, ModelExt, NodeId};
}

/// The file of the examples: two squares side by side, blocks 10 and 20, with a temperature and a stress in three steps.
///
/// # Errors
/// When it cannot be written.
#[doc(hidden)]
pub fn example(directory: &std::path::Path) -> Result<std::path::PathBuf> {
    let path = directory.join("squares.exo");
    let writer = MeshBuilder::new("two squares")
        .nodes(&[[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
        .block(10, "QUAD4", &[[1, 2, 5, 4]])
        .named("left")
        .block(20, "QUAD4", &[[2, 3, 6, 5]])
        .named("right")
        .side_set(1, &[(2, 2)])
        .ids(EntityType::NodeMap, &[1000, 1001, 1002, 1003, 1004, 1005])
        .variables(EntityType::Nodal, ["temperature"])
        .variables(EntityType::ElementBlock, ["stress"])
        .create(&path, &CreateOptions::default())?;
    for time in [0.0, 1.0, 2.0] {
        let step = writer.next_step(time)?;
        step.put_nodal("temperature", &[20.0, 21.0, 22.0, 23.0, 24.0, 25.0].map(|value| value + time))?;
        step.put(EntityType::ElementBlock, "stress", EntityId(10), &[10.0 * time])?;
        step.put(EntityType::ElementBlock, "stress", EntityId(20), &[20.0 * time])?;
    }
    writer.finish()?;
    Ok(path)
}

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
