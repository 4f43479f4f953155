//! HDF5 and NetCDF files, read and written in pure Rust, borrowed where the bytes allow it.
//!
//! Enter at [`netcdf`] or [`hdf5`]: [`netcdf::File`] opens CDF-1, CDF-2, CDF-5, netCDF-4 and other HDF5 files,
//! [`netcdf::Array`] gives their values, [`netcdf::Writer`] creates files, [`netcdf::Transfer`] copies variables
//! from one to the other on all cores.
//!
//! ```
//! use hyperslab::netcdf::{Container, File, Schema, Type, Variable, Writer};
//! use hyperslab::{Selection, Source};
//!
//! # fn main() -> hyperslab::Result<()> {
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("steps.nc");
//! // Declare everything, then write the data; the unlimited dimension grows with them.
//! let mut schema = Schema::new(Container::NetCdf4);
//! let time = schema.add_dimension("time", 0, true);
//! let node = schema.add_dimension("node", 4, false);
//! let u = schema.add_variable(Variable::new("u", Type::Double, vec![time, node]));
//! let writer = Writer::create(&path, schema, false)?;
//! for step in 0..3 {
//!     writer.write(u, &Selection::boxed(vec![step, 0], vec![1, 4]), &[step as f64; 4])?;
//! }
//! writer.finish()?; // only now the file has a name
//!
//! // Bytes in memory, or of a map, are borrowed: this view copies nothing.
//! let file = File::from_source(Source::from_bytes(std::fs::read(&path).unwrap()))?;
//! let u = file.find("u")?.unwrap();
//! let step = u.view::<f64>(&Selection::index(u.shape(), 2))?;
//! assert!(step.is_borrowed());
//! assert_eq!(step.into_vec(), [2.0; 4]);
//! # Ok(())
//! # }
//! ```
//!
//! # Layers
//!
//! | layer | what it knows |
//! |---|---|
//! | [`netcdf`] | dimensions, variables, attributes, groups; the two families of containers |
//! | [`hdf5`] | objects, chunks, filters, and the records of the file format specification |
//! | [`Source`], `sink` | where bytes come from, and where they go |
//! | [`Values`], [`Selection`], [`Error`], [`Limits`] | elements, regions, what can go wrong, and what may be asked for |
//!
//! Every file may be hostile: errors are typed ([`Kind`]), name the object and the offset, and come in bounded time and
//! memory.

mod copy;
pub mod digest;
mod element;
mod error;
mod grid;
pub mod hdf5;
mod inline_vec;
mod limits;
pub mod netcdf;
mod shape;
mod sink;
mod source;
mod stored;
mod sync;
mod wire;
mod written;

pub use element::{Be, Borrowable, ByteOrder, Element, Le, NotBorrowable, Number, NumberType, Values};
pub use error::{Context, Error, Kind, Location, Result};
pub use hdf5::drivers::{Files, OpenFile};
pub use hdf5::external::External;
pub use limits::Limits;
pub use shape::{bytes, count, Selection};
pub use sink::{remove_unfinished, Memory};
pub use source::{zeroed, Mmap, Source};
pub use stored::ChunkInfo;
