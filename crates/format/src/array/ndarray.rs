//! Arrays of the crate `ndarray`.

use ndarray::{ArrayD, ArrayViewD, IxDyn};

use super::{Array, Region, Values};
use crate::element::Element;
use crate::error::{Error, Result};
use crate::limits;

impl Array {
    /// The numbers of a region as an array of its shape.
    ///
    /// ```
    /// # fn main() -> hyperslab::Result<()> {
    /// # use hyperslab::netcdf::{Container, File, Schema, Type, Variable, Writer};
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.nc");
    /// # let mut schema = Schema::new(Container::NetCdf4);
    /// # let (row, column) = (schema.add_dimension("row", 2, false), schema.add_dimension("column", 3, false));
    /// # let a = schema.add_variable(Variable::new("a", Type::Int, vec![row, column]));
    /// # let writer = Writer::create(&path, schema, false)?;
    /// # writer.write(a, &hyperslab::Selection::all(&[2, 3]), &[1, 2, 3, 4, 5, 6])?;
    /// # writer.finish()?;
    /// let a = File::open(&path)?.find("/a").unwrap().read_array::<f64>((.., 1..))?;
    /// assert_eq!(a, ndarray::array![[2.0, 3.0], [5.0, 6.0]].into_dyn());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Array::read`].
    pub fn read_array<'r, T: Element>(&self, region: impl Region<'r>) -> Result<ArrayD<T>> {
        let region = self.select(region)?;
        let values = self.read(&*region)?;
        self.told(arranged(&region.count, values))
    }
}

impl<T: Element> Values<'_, T> {
    /// The numbers as an array of their shape, where this machine's form is held.
    pub fn as_array(&self) -> Option<ArrayViewD<'_, T>> {
        ArrayViewD::from_shape(IxDyn(&lengths(self.shape()).ok()?), self.as_slice()?).ok()
    }

    /// The numbers as an array of their shape, copied unless they are owned already.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) for a shape beyond the memory of this machine.
    pub fn into_array(self) -> Result<ArrayD<T>> {
        let shape = self.shape().to_vec();
        arranged(&shape, self.into_vec())
    }
}

fn arranged<T>(shape: &[u64], values: Vec<T>) -> Result<ArrayD<T>> {
    ArrayD::from_shape_vec(IxDyn(&lengths(shape)?), values).map_err(|error| Error::usage(error.to_string()))
}

fn lengths(shape: &[u64]) -> Result<Vec<usize>> {
    shape.iter().map(|&length| limits::to_usize(length)).collect()
}
