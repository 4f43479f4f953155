//! Any part of any array: views, buffers of the caller, owned arrays.

use hyperslab::netcdf::{Array, Strided};
use hyperslab::{BorrowError, Element, Error, Result, Selection, Values, View};
use ndarray::ArrayD;

use super::file::ExodusFile;
use crate::data::{describe, Address, Data, Part};

impl ExodusFile {
    /// Whether the file has this array.
    pub fn has(&self, data: Data) -> bool {
        self.place(data).is_some()
    }

    /// The lengths of an array, steps first; `None` if the file does not have it.
    pub fn shape(&self, data: Data) -> Option<Vec<u64>> {
        let (array, address) = self.place(data)?;
        Some(address.shape(array.shape()).into_owned())
    }

    /// A part of an array, borrowed where the bytes allow it.
    ///
    /// ```
    /// # fn main() -> exodus_rs::Result<()> {
    /// # use exodus_rs::{CreateOptions, Data, EntityType, ExodusFile, ExodusWriter, Mesh};
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.exo");
    /// # let mut mesh = Mesh::new("three nodes", 1, 3);
    /// # mesh.set_variables(EntityType::Nodal, ["u"]);
    /// # let writer = ExodusWriter::create(&path, &mesh, &CreateOptions::default())?;
    /// # writer.put_coords(&[&[0.0, 1.0, 2.0]])?;
    /// # for step in 0..4 {
    /// #     writer.put(Data::Times.step(step), &[step as f64])?;
    /// #     writer.put(Data::Variable(EntityType::Nodal, 0, 0).step(step), &[1.0, 2.0, 3.0 * step as f64])?;
    /// # }
    /// # writer.finish()?;
    /// let file = ExodusFile::open(&path)?;
    /// let u = Data::Variable(EntityType::Nodal, 0, 0);
    /// let one_step = file.view::<f64>(u.step(2))?;
    /// assert_eq!(one_step.into_vec(), [1.0, 2.0, 6.0]);
    /// let history = file.view::<f64>(u.entry(2))?;
    /// assert_eq!(history.into_vec(), [0.0, 3.0, 6.0, 9.0]);
    /// let some = file.read::<f32>(u.steps(1..3).entries(1..))?;
    /// assert_eq!(some.shape(), [2, 2]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the file has no such array or no such part, or a value does not fit `T`
    /// exactly; otherwise when the values cannot be read.
    pub fn view<T: Element>(&self, part: impl Into<Part>) -> Result<Values<'_, T>> {
        let part = part.into();
        let (array, region) = self.located(&part)?;
        array.view(&region).map_err(|error| error.known_as(self.described(part.data())))
    }

    /// Fills `target` with a part of an array.
    ///
    /// # Errors
    /// As [`ExodusFile::view`], and if `target` has another length.
    pub fn read_into<T: Element>(&self, part: impl Into<Part>, target: &mut [T]) -> Result<()> {
        let part = part.into();
        let (array, region) = self.located(&part)?;
        array.read_into(&region, target).map_err(|error| error.known_as(self.described(part.data())))
    }

    /// A part of an array, copied; steps first, then entries, then whatever each entry has several of.
    ///
    /// # Errors
    /// As [`ExodusFile::view`].
    pub fn read<T: Element>(&self, part: impl Into<Part>) -> Result<ArrayD<T>> {
        let part = part.into();
        let (array, address) = self.required_place(part.data())?;
        let region = self.region(&part, array, &address)?;
        let known = |error: Error| error.known_as(self.described(part.data()));
        let mut values = array.read_array(&region).map_err(known)?;
        if let Some((axis, _)) = address.shared {
            values.index_axis_inplace(ndarray::Axis(axis), 0);
        }
        Ok(values)
    }

    /// All steps of an array (steps x entries) without a copy, where the file keeps the steps at a constant distance:
    /// classic files, and unfiltered netCDF-4 files of ours and of most others.
    ///
    /// # Errors
    /// [`BorrowError::No`] where the bytes do not allow it; otherwise as [`ExodusFile::view`].
    pub fn strided<T: Element>(&self, data: Data) -> Result<Strided<'_, T>, BorrowError> {
        let (array, address) = self.required_place(data)?;
        let all = array.strided()?;
        match address.shared {
            Some((axis, index)) => Ok(all.index_axis(axis, usize::try_from(index).unwrap_or(usize::MAX))?),
            None => Ok(all),
        }
    }

    /// A part of an array as a view of its own, which keeps the file open and goes to any thread; copied only if the bytes
    /// allow nothing else.
    ///
    /// # Errors
    /// As [`ExodusFile::view`].
    pub fn share(&self, part: impl Into<Part>) -> Result<View> {
        let part = part.into();
        let (array, region) = self.located(&part)?;
        array.share(&region).map_err(|error| error.known_as(self.described(part.data())))
    }

    /// An array in words, with the names of the file where they can be read.
    pub(crate) fn described(&self, data: Data) -> String {
        self.mesh().map_or_else(|_| describe(data), |mesh| mesh.describe(data))
    }

    /// The netCDF variable that holds an array.
    pub(crate) fn place(&self, data: Data) -> Option<(&Array, Address)> {
        data.addresses(&|kind, index| self.number(kind, index)).into_iter().find_map(|address| {
            let array = self.array(&address.name)?;
            address.is_in(array.shape()).then_some((array, address))
        })
    }

    fn required_place(&self, data: Data) -> Result<(&Array, Address)> {
        let missing = || Error::not_found(format!("the model has no {}", self.described(data)));
        self.place(data).ok_or_else(|| missing().in_object(self.group_path()))
    }

    pub(crate) fn located(&self, part: &Part) -> Result<(&Array, Selection)> {
        let (array, address) = self.required_place(part.data())?;
        let region = self.region(part, array, &address)?;
        Ok((array, region))
    }

    /// What of a netCDF variable a part is, if it has it.
    fn region(&self, part: &Part, array: &Array, address: &Address) -> Result<Selection> {
        let inside = part.check(&address.shape(array.shape()));
        let region = inside.and_then(|()| part.region(address, array.shape()));
        region.map_err(|error| error.known_as(self.described(part.data())))
    }
}
