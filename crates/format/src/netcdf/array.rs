//! The data of one variable.

use std::ops::Deref;
use std::sync::Arc;

use super::ids::VariableId;
use super::schema::{Schema, Variable};
use super::store::VariableReader;
use super::types::Type;
use super::value::Value;
use crate::array::{self, Region};
use crate::error::{Context, Error, Result};

/// The data of a variable of an open file: an [`Array`](crate::Array), and what netCDF knows of it.
///
/// It is a handle that keeps the file open: clones are cheap, and go to any thread. What it lends lives as long as it is
/// borrowed; [`File::array`](super::File::array) lends handles that live as long as the file.
///
/// ```
/// # fn main() -> hyperslab::Result<()> {
/// # use hyperslab::netcdf::{Container, File, Schema, Type, Variable, Writer};
/// # use hyperslab::Selection;
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.nc");
/// # let mut schema = Schema::new(Container::NetCdf4);
/// # let time = schema.add_dimension("time", 0, true);
/// # let node = schema.add_dimension("node", 3, false);
/// # let u = schema.add_variable(Variable::new("u", Type::Float, vec![time, node]));
/// # let writer = Writer::create(&path, schema, false)?;
/// # writer.write(u, &Selection::all(&[2, 3]), &[1f32, 2.0, 3.0, 4.0, 5.0, 6.0])?;
/// # writer.finish()?;
/// let file = File::open(&path)?;
/// let u = file.find("/u").unwrap();
/// assert_eq!(u.read::<f64>((1, ..))?, [4.0, 5.0, 6.0]); // converted on the way
/// let mut last = [0f32; 2];
/// u.read_into((.., 2), &mut last)?;
/// assert_eq!(last, [3.0, 6.0]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Array {
    array: array::Array,
    reader: Arc<dyn VariableReader>,
    schema: Arc<Schema>,
    id: VariableId,
}

impl Deref for Array {
    type Target = array::Array;

    fn deref(&self) -> &array::Array {
        &self.array
    }
}

impl Array {
    pub(super) fn new(schema: &Arc<Schema>, reader: &Arc<dyn VariableReader>, id: VariableId) -> Self {
        let array = array::Array::new(reader.clone());
        Array { array, reader: reader.clone(), schema: schema.clone(), id }
    }

    /// Which variable of the schema it is.
    pub fn id(&self) -> VariableId {
        self.id
    }

    /// What the file declares.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// What the file declares of the variable.
    #[allow(clippy::indexing_slicing)] // there is a reader for each variable of the schema, which never changes
    pub fn variable(&self) -> &Variable {
        &self.schema.variables[self.id.0]
    }

    /// The elements of a region, in C order, of any type. Texts of any length are whole, also where a NUL is in them.
    ///
    /// # Errors
    /// As [`read`](crate::Array::read), without the conversion.
    pub fn read_values<'r>(&self, region: impl Region<'r>) -> Result<Value> {
        let region = self.select(region)?;
        match &self.variable().ty {
            ty @ (Type::String | Type::User(_)) => self.reader.read_values(ty, &region).in_object(&self.path()),
            ty => Ok(Value::from_bytes(ty, &self.read_bytes(&*region)?, self.order())),
        }
    }

    /// The texts of a region, up to their first NUL: the elements of a variable of type string, null pointers being empty; of
    /// characters, one text for each row of the last dimension. Bytes that are not UTF-8 appear as `\xNN`.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for another type; otherwise as [`read`](crate::Array::read).
    pub fn read_strings<'r>(&self, region: impl Region<'r>) -> Result<Vec<String>> {
        Ok(self.read_string_bytes(region)?.iter().map(|text| crate::text::shown(text)).collect())
    }

    /// [`Array::read_strings`] as the bytes that are stored.
    ///
    /// # Errors
    /// As [`Array::read_strings`].
    pub fn read_string_bytes<'r>(&self, region: impl Region<'r>) -> Result<Vec<Vec<u8>>> {
        let region = self.select(region)?;
        match (&self.variable().ty, region.count.split_last()) {
            (Type::Char, Some((&width, _))) => {
                let bytes = self.read_bytes(&*region)?;
                let rows = bytes.chunks_exact(crate::limits::to_usize(width)?.max(1));
                Ok(rows.map(|row| crate::text::until_nul(row).to_vec()).collect())
            }
            (Type::Char, None) => Ok(vec![self.read_bytes(&*region)?]),
            (Type::String, _) => match self.read_values(&*region)? {
                Value::String(texts) => Ok(texts
                    .iter()
                    .map(|text| crate::text::until_nul(text.as_deref().unwrap_or_default()).to_vec())
                    .collect()),
                _ => Err(self.no_strings()),
            },
            _ => Err(self.no_strings()),
        }
    }

    fn no_strings(&self) -> Error {
        Error::usage("the variable holds no strings").in_object(self.path())
    }
}
