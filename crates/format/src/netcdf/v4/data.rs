//! The raw data of a netCDF-4 file.

use super::types;
use super::values::Values;
use crate::copy::{self, Side};
use crate::element::{ByteOrder, NotBorrowable};
use crate::error::{Error, Result};
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::read::elements::Elements;
use crate::hdf5::read::fill::FillStatus;
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::netcdf::fill;
use crate::netcdf::schema::VariableId;
use crate::netcdf::store::Data;
use crate::netcdf::value::{Type, Value};
use crate::shape::{self, Selection};
use crate::source::Source;
use crate::stored::{Spread, VisitChunks};

/// An open netCDF-4 file: one dataset a variable.
#[derive(Debug)]
pub(crate) struct V4Data {
    pub space: AddressSpace,
    pub datasets: Vec<Dataset>,
}

impl V4Data {
    fn dataset(&self, variable: VariableId) -> Result<&Dataset> {
        self.datasets.get(variable.0).ok_or_else(|| Error::usage(format!("there is no variable {}", variable.0)))
    }
}

impl V4Data {
    /// Fills `target` with the elements of a region as they are in the file.
    fn stored(&self, dataset: &Dataset, region: &Selection, target: &mut [u8]) -> Result<()> {
        match is_inside(dataset, region) {
            true => dataset.read(&self.space, region, target),
            false => read_short(&self.space, dataset, region, target),
        }
    }

    /// The elements of a region as they are in the file.
    fn all_stored(&self, dataset: &Dataset, region: &Selection) -> Result<Vec<u8>> {
        let len = shape::bytes(&region.count, dataset.datatype.size())?;
        self.admit(len)?;
        let mut stored = limits::buffer(len)?;
        self.stored(dataset, region, &mut stored)?;
        Ok(stored)
    }
}

impl Data for V4Data {
    fn admit(&self, bytes: u64) -> Result<()> {
        self.space.admit(bytes)
    }

    fn order(&self, variable: VariableId) -> ByteOrder {
        self.dataset(variable).map_or(ByteOrder::Little, |dataset| types::order(&dataset.datatype))
    }

    fn chunk(&self, variable: VariableId) -> Option<&[u64]> {
        match &self.dataset(variable).ok()?.storage {
            Storage::Chunked(chunked) => Some(&chunked.grid.chunk),
            _ => None,
        }
    }

    fn is_filtered(&self, variable: VariableId) -> bool {
        match self.dataset(variable).map(|dataset| &dataset.storage) {
            Ok(Storage::Chunked(chunked)) => chunked.pipeline.is_some(),
            _ => false,
        }
    }

    fn borrow(&self, variable: VariableId, region: &Selection) -> Result<Result<&[u8], NotBorrowable>> {
        let dataset = self.dataset(variable)?;
        match is_inside(dataset, region) {
            _ if !types::is_plain(&dataset.datatype) => Ok(Err(NotBorrowable::Type)),
            true => dataset.borrow(&self.space, region),
            false => Ok(Err(NotBorrowable::NotAllocated)),
        }
    }

    fn read(&self, variable: VariableId, region: &Selection, target: &mut [u8]) -> Result<()> {
        let dataset = self.dataset(variable)?;
        if types::is_plain(&dataset.datatype) {
            if shape::bytes(&region.count, dataset.datatype.size())? != target.len() as u64 {
                return Err(Error::usage("its elements are laid out in another way than its type: read its values"));
            }
            return self.stored(dataset, region, target);
        }
        let numbers = types::converted(&dataset.datatype, &self.all_stored(dataset, region)?)?;
        match numbers.len() == target.len() {
            true => target.copy_from_slice(&numbers),
            false => return Err(Error::usage("the target has another size than the region")),
        }
        Ok(())
    }

    fn read_values(&self, variable: VariableId, ty: &Type, region: &Selection) -> Result<Value> {
        let dataset = self.dataset(variable)?;
        let stored = self.all_stored(dataset, region)?;
        Values::new(&mut Elements::new(&self.space)).read(ty, &dataset.datatype, &stored)
    }

    fn truncated(&self) -> Option<u64> {
        // A file shorter than its superblock says does not open.
        None
    }

    fn visit_chunks(&self, variable: VariableId, visit: &mut VisitChunks) -> Result<()> {
        let dataset = self.dataset(variable)?;
        match types::is_plain(&dataset.datatype) {
            true => dataset.visit_chunks(&self.space, visit),
            false => {
                Err(Error::unsupported(format!("pieces of {}, which netCDF has in another form", dataset.datatype)))
            }
        }
    }

    fn spread(&self, variable: VariableId, shape: &[u64]) -> Result<Result<Spread, NotBorrowable>> {
        let dataset = self.dataset(variable)?;
        match is_inside(dataset, &Selection::all(shape)) {
            _ if !types::is_plain(&dataset.datatype) => Ok(Err(NotBorrowable::Type)),
            true => dataset.spread(&self.space),
            false => Ok(Err(NotBorrowable::NotAllocated)),
        }
    }

    fn source(&self) -> &Source {
        &self.space.source
    }
}

/// Whether a region lies in what the dataset holds. An unlimited dimension can be longer than a dataset that uses it.
fn is_inside(dataset: &Dataset, region: &Selection) -> bool {
    region.check(&dataset.shape).is_ok()
}

/// What elements beyond the end of a dataset are: its fill value, or netCDF's for the type.
fn netcdf_fill(dataset: &Dataset) -> FillStatus {
    let number = dataset.datatype.number();
    let default = |(kind, order)| Some(fill::default(&types::number(kind))?.to_bytes(order));
    FillStatus { value: dataset.fill.value.clone().or_else(|| number.and_then(default)), ..dataset.fill.clone() }
}

/// Reads a region that reaches beyond the dataset: fill values, and the data where there are any.
fn read_short(space: &AddressSpace, dataset: &Dataset, region: &Selection, target: &mut [u8]) -> Result<()> {
    let size = dataset.datatype.size();
    netcdf_fill(dataset).fill(target, size);
    let mut inner = region.clone();
    let axes = inner.count.iter_mut().zip(&region.start).zip(&region.stride).zip(&dataset.shape);
    for (((count, &start), &stride), &length) in axes {
        *count = (*count).min(length.saturating_sub(start).div_ceil(stride.max(1)));
    }
    if inner.count.contains(&0) {
        return Ok(());
    }
    let mut held = limits::buffer(shape::bytes(&inner.count, size)?)?;
    dataset.read(space, &inner, &mut held)?;
    let zero = vec![0; inner.count.len()];
    let from = Side { shape: &inner.count, start: &zero, stride: &[] };
    let to = Side { shape: &region.count, start: &zero, stride: &[] };
    copy::copy((&held, from), (target, to), &inner.count, size)
}
