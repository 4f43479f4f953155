//! HDF5 and NetCDF files, read and written in pure Rust, borrowed where the bytes allow it.
//!
//! Enter at [`netcdf`] or [`hdf5`]: [`netcdf::File`] opens CDF-1, CDF-2, CDF-5, netCDF-4 and other HDF5 files as one data
//! model, [`hdf5::File`] shows the objects of an HDF5 file as they are. The data of both are an [`Array`].
//! [`netcdf::Writer`] creates files, [`netcdf::Transfer`] copies variables from one to the other on all cores.
//! [`hdf5::builder`] writes HDF5 files of any kind; [`hdf5::Editor`] changes one that exists, [`netcdf::Editor`] a file of any
//! container; [`hdf5::Repack`] writes one again, in other chunks; [`recover`] saves what is whole of a torn one.
//!
//! # Six things to do
//!
//! Where a file is read, `path` leads to one with a variable `u` of 3 steps of 4 nodes, as it is without compression, in which
//! node *n* has the value 10 *step* + *n*.
//!
//! **Open a file and list it.** [`netcdf::File::open`] is safe whatever others do to the file; [`OpenOptions`] map it, bound
//! it, or let it name other files.
//!
//! ```
//! use hyperslab::netcdf::File;
//!
//! # fn main() -> hyperslab::Result<()> {
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = hyperslab::example(directory.path())?;
//! let file = File::open(&path)?;
//! for dimension in &file.schema().dimensions {
//!     println!("{} = {}", dimension.name, dimension.length);
//! }
//! for array in file.arrays() {
//!     println!("{} {:?} {}", array.path(), array.shape(), array.variable().ty.name());
//! }
//! assert_eq!(file.find("/u").unwrap().shape(), [3, 4]);
//! # Ok(())
//! # }
//! ```
//!
//! **Read a hyperslab**, in any numeric type that holds its values exactly, as an array of `ndarray`.
//!
//! ```
//! use hyperslab::netcdf::File;
//!
//! # fn main() -> hyperslab::Result<()> {
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = hyperslab::example(directory.path())?;
//! let file = File::open(&path)?;
//! let some = file.find("/u").unwrap().read_array::<f64>((1.., 0..2))?; // steps from 1, nodes 0 and 1
//! assert_eq!(some, ndarray::array![[10.0, 11.0], [20.0, 21.0]].into_dyn());
//! # Ok(())
//! # }
//! ```
//!
//! **Borrow a step.** Of bytes in memory, or of a map, nothing is copied where the file allows it.
//!
//! ```
//! use hyperslab::netcdf::File;
//!
//! # fn main() -> hyperslab::Result<()> {
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = hyperslab::example(directory.path())?;
//! let file = File::from_bytes(std::fs::read(&path).unwrap())?;
//! let step = file.find("/u").unwrap().view::<f64>(2)?;
//! assert!(step.is_borrowed());
//! assert_eq!(step.iter().sum::<f64>(), 20.0 + 21.0 + 22.0 + 23.0);
//! # Ok(())
//! # }
//! ```
//!
//! **Keep a view in a thread.** A [`View`] holds the file open; all steps of a node are one, without a copy.
//!
//! ```
//! use hyperslab::netcdf::File;
//!
//! # fn main() -> hyperslab::Result<()> {
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = hyperslab::example(directory.path())?;
//! let node = File::from_bytes(std::fs::read(&path).unwrap())?.find("/u").unwrap().share((.., 3))?;
//! let sum = std::thread::spawn(move || node.iter::<f64>().map(|history| history.sum::<f64>()));
//! assert_eq!(sum.join().unwrap()?, 3.0 + 13.0 + 23.0);
//! # Ok(())
//! # }
//! ```
//!
//! **Write a file** with a compressed variable that grows: declare everything, then write the data.
//!
//! ```
//! use hyperslab::hdf5::Filter;
//! use hyperslab::netcdf::{Container, Schema, Type, Variable, Writer};
//! use hyperslab::Selection;
//!
//! # fn main() -> hyperslab::Result<()> {
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("steps.nc");
//! let mut schema = Schema::new(Container::NetCdf4);
//! let time = schema.add_dimension("time", 0, true);
//! let node = schema.add_dimension("node", 4, false);
//! let mut u = Variable::new("u", Type::Double, vec![time, node]);
//! u.storage.filters = vec![Filter::shuffle(), Filter::deflate(4)];
//! let u = schema.add_variable(u);
//! let writer = Writer::create(&path, schema, false)?;
//! for step in 0..3 {
//!     writer.write(u, &Selection::block(vec![step, 0], vec![1, 4]), &[step as f64; 4])?;
//! }
//! writer.finish()?; // only now the file has a name
//! assert_eq!(hyperslab::netcdf::File::open(&path)?.find("/u").unwrap().read::<f64>((2, 0))?, [2.0]);
//! # Ok(())
//! # }
//! ```
//!
//! **Copy a variable, transformed**, in one pass, on several cores, in memory that does not grow with the file.
//!
//! ```
//! use hyperslab::netcdf::{File, Job, Transfer, Transform, Writer};
//! use std::ops::ControlFlow;
//!
//! # fn main() -> hyperslab::Result<()> {
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = hyperslab::example(directory.path())?;
//! # let output = directory.path().join("scaled.nc");
//! let input = File::open(&path)?;
//! let writer = Writer::create(&output, input.schema().clone(), false)?;
//! let u = input.find("/u").unwrap();
//! let transform = Transform::Affine { scale: 2.0, offset: 1.0 };
//! let transfer = Transfer::new(&writer).job(Job { transform, ..Job::new(u, u.id()) }).threads(2);
//! assert!(transfer.run(&|_| ControlFlow::Continue(()))?.is_continue());
//! writer.finish()?;
//! assert_eq!(File::open(&output)?.find("/u").unwrap().read::<f64>(1)?, [21.0, 23.0, 25.0, 27.0]);
//! # Ok(())
//! # }
//! ```
//!
//! # Layers
//!
//! | layer | what it knows |
//! |---|---|
//! | [`netcdf`] | dimensions, variables, attributes, groups; the two families of containers; CDL |
//! | [`hdf5`] | objects, chunks, filters, and the records of the file format specification |
//! | [`Array`], [`View`], [`Values`], [`Region`] | numbers of any region: borrowed, shared, or copied and converted |
//! | [`OpenOptions`], [`Source`], [`Limits`] | how a file is opened, where bytes come from, what may be asked for |
//! | [`Error`], [`Kind`], [`Location`] | what can go wrong, and where |
//!
//! Every file may be hostile: errors are typed ([`Kind`]), name the object and the offset, and come in bounded time and
//! memory.
//!
//! # What is supported
//!
//! | | read | written |
//! |---|---|---|
//! | CDF-1, CDF-2, CDF-5 | all | all |
//! | netCDF-4, netCDF-4 classic model | all: groups, user-defined types, any HDF5 file as netCDF-C shows it | groups, all types, chunks, several unlimited dimensions |
//! | superblocks, object headers, groups | versions 0 to 3, 1 and 2, old and new style, compact and dense | versions 0, 2 and 3, by level; symbol tables, compact and dense; existing files are changed |
//! | layouts | compact, contiguous, chunked by all six indexes, virtual, external | compact, contiguous, chunked by all six indexes; virtual and external ones are declared |
//! | datatypes | all classes; numbers of any width and layout as any standard number | all classes, but for the references of HDF5 1.12 |
//! | filters | deflate, shuffle, fletcher32, szip, nbit, scaleoffset, lzf, lz4, zstd, bzip2, blosc, blosc2, bitshuffle, zfp, fcidecomp | all of them, without loss |
//! | several files | families, split and multi files; external links and data, if you allow a directory | no |
//! | parallel HDF5, SWMR | files that they wrote | no |

mod array;
mod copy;
#[cfg(feature = "digest")]
pub mod digest;
mod element;
mod error;
mod grid;
pub mod hdf5;
mod in_order;
mod inline_vec;
mod limits;
pub mod netcdf;
mod options;
mod placement;
mod ranges;
pub mod recover;
mod shape;
mod sink;
mod source;
mod sync;
mod text;
mod watched;
mod wire;
mod written;

#[cfg(feature = "ndarray")]
pub use array::Strided;
pub use array::{Array, BorrowError, Chunk, Chunks, Elements, Form, Indices, Iter, Region, Values, View};
pub use element::{Be, Borrowable, ByteOrder, Conversion, Element, Le, NotBorrowable, Number, NumberType};
pub use error::{Context, Error, Kind, Location, Result};
pub use hdf5::external::External;
pub use hdf5::member_files::{Files, OpenFile};
pub use limits::Limits;
pub use options::OpenOptions;
pub use placement::ChunkInfo;
pub use ranges::Ranges;
pub use shape::{bytes, count, Selection};
pub use sink::{remove_unfinished, Memory};
pub use source::{zeroed, Bytes, Mmap, Source};

/// A small file for the examples of these pages: three steps of a variable `u` at four nodes.
///
/// # Errors
/// When it cannot be written.
#[doc(hidden)]
pub fn example(directory: &std::path::Path) -> Result<std::path::PathBuf> {
    use netcdf::{Container, Schema, Type, Variable, Writer};
    let path = directory.join("example.nc");
    let mut schema = Schema::new(Container::NetCdf4);
    let time = schema.add_dimension("time", 0, true);
    let node = schema.add_dimension("node", 4, false);
    let u = schema.add_variable(Variable::new("u", Type::Double, vec![time, node]));
    let writer = Writer::create(&path, schema, false)?;
    let steps = [0.0, 10.0, 20.0].map(|step| [0.0, 1.0, 2.0, 3.0].map(|node| step + node));
    writer.write(u, &Selection::all(&[3, 4]), steps.as_flattened())?;
    writer.finish()?;
    Ok(path)
}
