//! One model, whatever it is made of: a file, one of the models in its groups, the files of a decomposed model, or an
//! adaptor that changes another one on the way.
//!
//! | | |
//! |---|---|
//! | [`Scaled`] | results times factors |
//! | [`Moved`] | coordinates, and the vectors and tensors that go with them |
//! | [`Subset`] | some blocks, sets, steps and variables, and the nodes that they need |
//! | [`Joined`] | the steps of several models of one mesh, one after the other |
//!
//! Each takes a model and is one; [`write()`] makes a file of any of them, in constant memory, on all cores.
//!
//! ```
//! # fn main() -> exodus_rs::Result<()> {
//! use exodus_rs::prelude::*;
//! use exodus_rs::model::{write, Moved, Scaled, WriteOptions};
//! use exodus_rs::transform::Transform;
//! use exodus_rs::ExodusFile;
//! # use exodus_rs::{CreateOptions, EntityType, MeshBuilder};
//! # let directory = tempfile::tempdir().unwrap();
//! # let (input, output) = (directory.path().join("in.exo"), directory.path().join("out.exo"));
//! # let writer = MeshBuilder::new("a point").nodes(&[[1.0, 2.0, 3.0]]).variables(EntityType::Nodal, ["u"])
//! #     .create(&input, &CreateOptions::default())?;
//! # writer.next_step(0.0)?.put(EntityType::Nodal, 0, 0, &[4.0])?;
//! # writer.finish()?;
//! let file = ExodusFile::open(&input)?;
//! let moved = Moved::new(&file, Transform::translation([0.0, 0.0, 1.0]))?;
//! write(&Scaled::new(&moved, 1.5), &output, &WriteOptions::like(&file))?;
//! assert_eq!(ExodusFile::open(&output)?.coord::<f64>(2, 0..1)?.into_vec(), [4.0]);
//! # Ok(())
//! # }
//! ```

mod derived;
mod ext;
mod file;
mod inherited;
pub(crate) mod joined;
mod like;
mod missing;
mod moved;
mod scaled;
mod subset;
mod write;

use std::fmt::Debug;

use hyperslab::netcdf::{self, Array, Transform};
use hyperslab::{Error, Number, NumberType, Result};

use crate::create::CreateOptions;
use crate::data::{Data, Part};
use crate::kind::EntityType;
use crate::mesh::Mesh;
use crate::read::file::ExodusFile;

pub(crate) use crate::numbers::each;
pub use crate::numbers::Numbers;
pub use derived::Derived;
pub(crate) use derived::{block_cells, side_node_counts};
pub use ext::{
    Connectivity, Coords, Entries, ModelExt, NodeSet, PieceValues, Pieces, SideSet, StepValues, Steps, Variable,
};
use inherited::inherited;
pub use joined::Joined;
pub use moved::Moved;
pub use scaled::Scaled;
pub use subset::{Keep, Subset};
pub(crate) use write::drop_results;
pub use write::{write, write_with, WriteOptions};

/// A model: what it declares, and its numbers.
///
/// Arrays have the addresses and the shapes of [`Data`]: positions count from 0, nodes and elements in connectivity and sets
/// from 1.
pub trait Model: Debug + Send + Sync {
    /// What the model declares.
    ///
    /// # Errors
    /// When it cannot be read, or be what the model would be.
    fn mesh(&self) -> Result<&Mesh>;

    /// The lengths of an array, steps first; `None` if the model does not have it, or reading it says why not.
    fn shape(&self, data: Data) -> Option<Vec<u64>>;

    /// The type of the numbers of an array, one of the four of [`Numbers`]; `None` as for [`Model::shape`].
    fn number_type(&self, data: Data) -> Option<NumberType>;

    /// The numbers of a part of an array, in C order, borrowed where they are somewhere.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if the model has no such array, [`Kind::Usage`](crate::Kind::Usage) for a part
    /// that it has not; otherwise when the numbers cannot be read.
    fn numbers(&self, part: &Part) -> Result<Numbers<'_>>;

    /// The number of steps.
    fn num_steps(&self) -> u64 {
        self.shape(Data::Times).and_then(|shape| shape.first().copied()).unwrap_or(0)
    }

    /// Whether everything is there: no file is cut off, and the members of a decomposed model have the same steps.
    ///
    /// # Errors
    /// What is missing, and of what, if not.
    fn check_complete(&self) -> Result<()> {
        self.check_steps()
    }

    /// Whether the steps of the model are all that there are: the members of a decomposed one have the same. [`write()`] asks it.
    ///
    /// # Errors
    /// What lacks some, if not.
    fn check_steps(&self) -> Result<()> {
        Ok(())
    }

    /// The first entry of an array of which the parts of the model say different numbers, each of them the whole of it: a node that members
    /// of a decomposed model share. It is asked of coordinates only.
    ///
    /// # Errors
    /// When they cannot be read.
    fn disagreement(&self, data: Data) -> Result<Option<u64>> {
        let _ = data;
        Ok(None)
    }

    /// The models in groups (change sets), by name, in the order of [`Mesh::groups`].
    ///
    /// # Errors
    /// As [`Model::mesh`].
    fn models(&self) -> Result<Vec<(String, Box<dyn Model + '_>)>> {
        Ok(Vec::new())
    }

    /// The identifiers that people know nodes, edges, faces or elements by; 1, 2, 3 … where the model has none.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if `kind` is no kind of map; [`Kind::Limit`](crate::Kind::Limit) if there are
    /// more to count than there can be; otherwise when they cannot be read.
    fn id_map(&self, kind: EntityType) -> Result<Vec<i64>> {
        if self.number_type(Data::IdMap(kind)).is_some() {
            return self.numbers(&Data::IdMap(kind).into())?.to();
        }
        let mesh = self.mesh()?;
        counted(mesh.mapped(kind).ok_or_else(|| Error::usage(format!("{} is no kind of map", kind.label())))?)
    }

    /// The numbers of an array that stand for missing ones.
    fn missing(&self, data: Data) -> Vec<Number> {
        let _ = data;
        Vec::new()
    }

    /// How many bytes of an array are best read at once: all of a step, where a part of it costs as much.
    fn unit(&self) -> u64 {
        1 << 22
    }

    /// Where an array is in a file as it is, or but for a transform: such arrays are written without being read as numbers.
    fn stored(&self, data: Data) -> Option<Stored<'_>> {
        let _ = data;
        None
    }

    /// The variable of a netCDF file that the numbers of an array come from: its filters and its attributes hold for them. `None` if
    /// they come from none, or nobody knows.
    fn origin(&self, data: Data) -> Option<&netcdf::Variable> {
        let _ = data;
        None
    }

    /// The file that has beside this model what the model does not know (variables and attributes of other programs, filters):
    /// it comes along where the model is written. `None` where it would not fit the model.
    fn file(&self) -> Option<&ExodusFile> {
        None
    }

    /// The file that this model is, if it is one and nothing else: not for models that are made of files, which may have a
    /// [`Model::file`] all the same.
    fn as_file(&self) -> Option<&ExodusFile> {
        None
    }

    /// How a file is written that keeps the numbers of this model as they are.
    fn create_options(&self) -> CreateOptions {
        CreateOptions::default()
    }
}

/// An array of a model that is one variable of a netCDF file.
#[derive(Debug, Clone)]
pub struct Stored<'m> {
    /// The variable; its shape is that of the array, but for the rows.
    pub array: &'m Array,
    /// First index and distance of the steps that are taken; `None` for all.
    pub rows: Option<(u64, u64)>,
    /// What happens to the values. Those that stand for missing ones stay.
    pub transform: Transform,
}

/// The numbers 1, 2, 3 …
fn counted(len: u64) -> Result<Vec<i64>> {
    let mut numbers = Vec::new();
    let room = usize::try_from(len).is_ok_and(|len| numbers.try_reserve_exact(len).is_ok());
    if !room {
        return Err(Error::limit(format!("no memory for {len} numbers")));
    }
    numbers.extend((1..).take(usize::try_from(len).unwrap_or(0)));
    Ok(numbers)
}

/// What multiplies numbers and adds to them.
fn affine(scale: f64, offset: f64) -> Transform {
    let is_identity = scale.to_bits() == 1.0f64.to_bits() && offset.abs() == 0.0;
    if is_identity {
        Transform::Identity
    } else {
        Transform::Affine { scale, offset }
    }
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<M: Model + ?Sized> Model for $pointer {
            inherited!(self => (**self));

            fn mesh(&self) -> Result<&Mesh> {
                (**self).mesh()
            }

            fn numbers(&self, part: &Part) -> Result<Numbers<'_>> {
                (**self).numbers(part)
            }

            fn models(&self) -> Result<Vec<(String, Box<dyn Model + '_>)>> {
                (**self).models()
            }

            fn stored(&self, data: Data) -> Option<Stored<'_>> {
                (**self).stored(data)
            }

            fn as_file(&self) -> Option<&ExodusFile> {
                (**self).as_file()
            }
        }
    )*};
}

forward!(&M, Box<M>);
