//! Datasets: what they declare, and their elements.

mod elements;
mod reader;
mod storage;

use std::ops::Deref;
use std::sync::Arc;

use super::datatype::Datatype;
use super::object::header::ObjectHeader;
use super::read::dataset::Dataset as Stored;
use super::space::AddressSpace;
use crate::array::Array;
use crate::error::{Context, Result};

pub use super::chunk::IndexKind;
pub(crate) use reader::DatasetReader;
pub use storage::{Fill, Layout};

/// A dataset: an [`Array`](crate::Array), and what HDF5 knows of it.
///
/// It is a handle that keeps the file open: clones are cheap, and go to any thread. Numbers come as from every
/// [`Array`](crate::Array); elements of every other type are taken apart by [`Dataset::visit`], text by
/// [`Dataset::read_strings`].
///
/// ```
/// # fn main() -> hyperslab::Result<()> {
/// # use hyperslab::netcdf::{Container, Schema, Type, Variable, Writer};
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.nc");
/// # let mut schema = Schema::new(Container::NetCdf4);
/// # let node = schema.add_dimension("node", 3, false);
/// # let x = schema.add_variable(Variable::new("x", Type::Double, vec![node]));
/// # let writer = Writer::create(&path, schema, false)?;
/// # writer.write(x, &hyperslab::Selection::all(&[3]), &[1.0, 2.0, 4.0])?;
/// # writer.finish()?;
/// let x = hyperslab::hdf5::File::open(&path)?.object("/x")?.dataset()?;
/// println!("{} {:?} {:?}", x.datatype(), x.layout(), x.filters());
/// assert_eq!(x.read::<f32>(1..)?, [2.0, 4.0]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Dataset {
    array: Array,
    reader: Arc<DatasetReader>,
}

impl Deref for Dataset {
    type Target = Array;

    fn deref(&self) -> &Array {
        &self.array
    }
}

impl Dataset {
    pub(super) fn new(space: &Arc<AddressSpace>, header: &ObjectHeader, path: &str) -> Result<Self> {
        let dataset = Stored::from_header(space, header).in_object(path)?;
        let reader = Arc::new(DatasetReader { space: space.clone(), dataset, path: path.to_owned() });
        Ok(Dataset { array: Array::new(reader.clone()), reader })
    }

    pub(super) fn dataset(&self) -> &Stored {
        &self.reader.dataset
    }

    pub(super) fn space(&self) -> &AddressSpace {
        &self.reader.space
    }

    pub(super) fn path(&self) -> &str {
        &self.reader.path
    }

    /// The type of the elements.
    pub fn datatype(&self) -> &Datatype {
        &self.dataset().datatype
    }

    /// Whether the dataspace is null: there are no elements, not even one, and no shape either.
    pub fn is_null(&self) -> bool {
        self.dataset().is_null
    }

    /// The lengths that it may grow to; `None` is unlimited.
    pub fn max_shape(&self) -> Vec<Option<u64>> {
        self.dataset().max_shape.iter().map(|&length| Some(length).filter(|&length| length != u64::MAX)).collect()
    }
}
