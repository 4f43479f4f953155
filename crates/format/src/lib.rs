//! HDF5 and NetCDF files, read and written in pure Rust.

mod copy;
mod element;
mod error;
mod grid;
pub(crate) mod hdf5;
mod limits;
pub mod netcdf;
mod output;
mod shape;
mod source;
mod stored;
mod wire;

pub use element::{Be, ByteOrder, Element, Le, NotBorrowable, Number, NumberType, Values};
pub use error::{Context, Error, Kind, Location, Result};
pub use limits::Limits;
pub use shape::{bytes, count, Selection};
pub use source::{Mmap, Source};
pub use stored::ChunkInfo;
