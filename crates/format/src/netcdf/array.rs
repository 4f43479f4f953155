//! The data of one variable: borrowed, viewed, or read into the caller's buffer.

use ndarray::{ArrayD, IxDyn};

use super::schema::{Schema, Variable, VariableId};
use super::store::Data;
use super::value::{Type, Value};
use crate::element::{self, Borrowable, ByteOrder, Element, NotBorrowable, Values};
use crate::error::{Context, Error, Result};
use crate::limits;
use crate::shape::{self, Selection};
use crate::stored::ChunkInfo;

/// The data of a variable of an open file.
///
/// There are three ways to them, in this order of preference: [`Array::view`] borrows where the bytes allow it,
/// [`Array::read_into`] fills a buffer of yours, [`Array::read`] allocates.
#[derive(Debug, Clone)]
pub struct Array<'f> {
    pub(super) data: &'f dyn Data,
    pub(super) id: VariableId,
    pub(super) variable: &'f Variable,
    pub(super) path: String,
    pub(super) shape: Vec<u64>,
}

impl<'f> Array<'f> {
    pub(super) fn new(schema: &'f Schema, data: &'f dyn Data, id: VariableId) -> Result<Self> {
        let variable = schema.variable(id)?;
        Ok(Array { data, id, variable, path: schema.path(variable), shape: schema.shape(id)? })
    }

    /// What the file declares of the variable.
    pub fn variable(&self) -> &'f Variable {
        self.variable
    }

    /// The current lengths.
    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// The number of elements.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when it does not fit 64 bits.
    pub fn len(&self) -> Result<u64> {
        shape::count(&self.shape)
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }

    /// The byte order of the stored elements.
    pub fn order(&self) -> ByteOrder {
        self.data.order(self.id)
    }

    /// The shape of the chunks, if the variable is chunked.
    pub fn chunk(&self) -> Option<&'f [u64]> {
        self.data.chunk(self.id)
    }

    /// Whether the data pass through filters.
    pub fn is_filtered(&self) -> bool {
        self.data.is_filtered(self.id)
    }

    /// The whole variable as a plain slice of the file, or the exact reason why not.
    ///
    /// # Errors
    /// [`NotBorrowable`] inside, where the bytes do not allow it; outside, where the file is broken.
    pub fn borrow<T: Element>(&self) -> Result<std::result::Result<&'f [T], NotBorrowable>> {
        self.borrow_region(&Selection::all(&self.shape))
    }

    /// A region as a plain slice of the file, or the exact reason why not.
    ///
    /// # Errors
    /// As [`Array::borrow`]; [`Kind::Usage`](crate::Kind::Usage) for a region outside of the variable.
    pub fn borrow_region<T: Element>(&self, region: &Selection) -> Result<std::result::Result<&'f [T], NotBorrowable>> {
        if self.variable.ty.number() != Some(T::TYPE) {
            return Ok(Err(NotBorrowable::Type));
        }
        let bytes = match self.stored(region)? {
            Ok(bytes) => bytes,
            Err(reason) => return Ok(Err(reason)),
        };
        if self.order() != ByteOrder::NATIVE && size_of::<T>() > 1 {
            return Ok(Err(NotBorrowable::ByteOrder));
        }
        Ok(bytemuck::try_cast_slice(bytes).map_err(|_| NotBorrowable::Misaligned))
    }

    /// The stored bytes of a region that lies in one piece of the file.
    ///
    /// # Errors
    /// As [`Array::borrow_region`].
    pub fn stored(&self, region: &Selection) -> Result<std::result::Result<&'f [u8], NotBorrowable>> {
        self.check(region)?;
        self.data.borrow(self.id, region).in_object(&self.path)
    }

    /// [`Array::stored`] for whoever reads all of it now: the pages of a map come in one call.
    ///
    /// # Errors
    /// As [`Array::borrow_region`].
    pub fn stored_now(&self, region: &Selection) -> Result<std::result::Result<&'f [u8], NotBorrowable>> {
        let stored = self.stored(region)?;
        if let Ok(bytes) = stored {
            self.data.source().populate(bytes);
        }
        Ok(stored)
    }

    /// How a region can be borrowed.
    ///
    /// # Errors
    /// As [`Array::borrow_region`].
    pub fn borrowable(&self, region: &Selection) -> Result<Borrowable> {
        Ok(Borrowable::of(self.stored(region)?, self.variable.ty.size(), self.order()))
    }

    /// A region without a copy wherever the file's bytes allow it, in any byte order and at any address.
    ///
    /// # Errors
    /// As [`Array::read_into`].
    pub fn view<T: Element>(&self, region: &Selection) -> Result<Values<'f, T>> {
        if self.variable.ty.number() == Some(T::TYPE) {
            if let Ok(bytes) = self.stored(region)? {
                if let Some(values) = Values::borrowed(bytes, self.order()) {
                    return Ok(values);
                }
            }
        }
        self.read(region).map(Values::Owned)
    }

    /// Fills `target` with the elements of a region, in C order.
    ///
    /// Other numeric types are converted if `T` holds every value exactly.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a region outside of the variable, a target of another length, text, or a
    /// number that `T` cannot hold; otherwise what is wrong with the file.
    pub fn read_into<T: Element>(&self, region: &Selection, target: &mut [T]) -> Result<()> {
        let number =
            self.variable.ty.number().ok_or_else(|| {
                Error::usage(format!("{} is no number", self.variable.ty.name())).in_object(&self.path)
            })?;
        self.check(region)?;
        if shape::count(&region.count)? != target.len() as u64 {
            return Err(Error::usage(format!(
                "a target of {} elements for a region of {:?}",
                target.len(),
                region.count
            ))
            .in_object(&self.path));
        }
        if number == T::TYPE {
            self.data.read(self.id, region, bytemuck::cast_slice_mut(target)).in_object(&self.path)?;
            element::to_native(target, self.order());
            return Ok(());
        }
        let mut stored = limits::buffer(shape::bytes(&region.count, number.size())?)?;
        self.data.read(self.id, region, &mut stored).in_object(&self.path)?;
        element::convert(number, self.order(), &stored, target).in_object(&self.path)
    }

    /// The elements of a region, in C order.
    ///
    /// # Errors
    /// As [`Array::read_into`], and [`Kind::Limit`](crate::Kind::Limit) when there is no memory for them.
    pub fn read<T: Element>(&self, region: &Selection) -> Result<Vec<T>> {
        self.check(region)?;
        self.data.admit(shape::bytes(&region.count, self.variable.ty.size())?).in_object(&self.path)?;
        let mut values = crate::source::zeroed(shape::count(&region.count)?)?;
        self.read_into(region, &mut values)?;
        Ok(values)
    }

    /// All elements.
    ///
    /// # Errors
    /// As [`Array::read`].
    pub fn read_all<T: Element>(&self) -> Result<Vec<T>> {
        self.read(&Selection::all(&self.shape))
    }

    /// The elements of a region as an array of its shape.
    ///
    /// # Errors
    /// As [`Array::read`].
    pub fn read_array<T: Element>(&self, region: &Selection) -> Result<ArrayD<T>> {
        let shape = region.count.iter().map(|&n| limits::to_usize(n)).collect::<Result<Vec<_>>>()?;
        let values = self.read(region)?;
        ArrayD::from_shape_vec(IxDyn(&shape), values).map_err(|e| Error::usage(e.to_string()).in_object(&self.path))
    }

    /// The stored bytes of a region, copied: text, or elements of any other type.
    ///
    /// # Errors
    /// As [`Array::read`], without the conversion.
    pub fn read_bytes(&self, region: &Selection) -> Result<Vec<u8>> {
        self.check(region)?;
        let len = shape::bytes(&region.count, self.variable.ty.size())?;
        self.data.admit(len).in_object(&self.path)?;
        let mut bytes = limits::buffer(len)?;
        self.read_stored(region, &mut bytes)?;
        Ok(bytes)
    }

    /// Fills `target` with the stored bytes of a region.
    ///
    /// # Errors
    /// As [`Array::read_bytes`].
    pub fn read_stored(&self, region: &Selection, target: &mut [u8]) -> Result<()> {
        self.check(region)?;
        if shape::bytes(&region.count, self.variable.ty.size())? != target.len() as u64 {
            return Err(Error::usage("the target has another size than the region").in_object(&self.path));
        }
        self.data.read(self.id, region, target).in_object(&self.path)
    }

    /// The elements of a region, in C order, of any type.
    ///
    /// # Errors
    /// As [`Array::read`], without the conversion.
    pub fn read_values(&self, region: &Selection) -> Result<Value> {
        match &self.variable.ty {
            ty @ (Type::String | Type::User(_)) => {
                self.check(region)?;
                self.data.read_values(self.id, ty, region).in_object(&self.path)
            }
            ty => Ok(Value::from_bytes(ty, &self.read_bytes(region)?, self.order())),
        }
    }

    /// The elements of a variable of type string; null pointers are empty.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for another type; otherwise as [`Array::read`].
    pub fn read_strings(&self, region: &Selection) -> Result<Vec<Vec<u8>>> {
        match self.read_values(region)? {
            Value::String(texts) => Ok(texts.into_iter().map(Option::unwrap_or_default).collect()),
            _ => Err(Error::usage("the variable holds no strings").in_object(&self.path)),
        }
    }

    /// Calls `visit` with every piece of the data that is in the file: the chunks in the order of their index, the
    /// records of a classic file, or contiguous data as one. What was never written has no piece, nor have data in an
    /// object header (compact layout).
    ///
    /// This is what a reference file (kerchunk) or a reader of its own needs beside [`Array::order`],
    /// [`Array::chunk`] and the filters of the variable's storage. The file is not read for it beyond its index, and
    /// nothing is kept.
    ///
    /// ```
    /// # fn main() -> hyperslab::Result<()> {
    /// # use hyperslab::netcdf::{Container, File, Layout, Schema, Type, Variable, Writer};
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.nc");
    /// # let mut schema = Schema::new(Container::NetCdf4);
    /// # let time = schema.add_dimension("time", 0, true);
    /// # let nodes = schema.add_dimension("nodes", 2, false);
    /// # let mut u = Variable::new("u", Type::Double, vec![time, nodes]);
    /// # u.storage.layout = Layout::Chunked(vec![1, 2]);
    /// # let u = schema.add_variable(u);
    /// # let writer = Writer::create(&path, schema, false)?;
    /// # writer.write(u, &hyperslab::Selection::boxed(vec![0, 0], vec![2, 2]), &[1.0, 2.0, 3.0, 4.0])?;
    /// # writer.finish()?;
    /// let file = File::open(&path)?;
    /// let mut places = Vec::new();
    /// file.find("u")?.unwrap().for_each_chunk(&mut |chunk| {
    ///     places.push((chunk.position.clone(), chunk.size));
    ///     Ok(())
    /// })?;
    /// assert_eq!(places, [(vec![0, 0], 16), (vec![1, 0], 16)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What is wrong with the index of the chunks; the errors of `visit`.
    pub fn for_each_chunk(&self, visit: &mut dyn FnMut(&ChunkInfo) -> Result<()>) -> Result<()> {
        self.data.visit_chunks(self.id, visit).in_object(&self.path)
    }

    fn check(&self, region: &Selection) -> Result<()> {
        region.check(&self.shape).in_object(&self.path)
    }
}
