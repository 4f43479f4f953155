//! The raw data of a netCDF-4 file.

use std::borrow::Cow;
use std::sync::Arc;

use super::types;
use super::values::Values;
use crate::array::{BorrowError, ElementForm, Raw};
use crate::copy::{self, Side};
use crate::element::NotBorrowable;
use crate::error::{Error, Result};
use crate::hdf5::dataset::DatasetReader;
use crate::hdf5::read::dataset::Dataset;
use crate::hdf5::read::elements::Elements;
use crate::hdf5::read::fill::FillStatus;
use crate::hdf5::space::AddressSpace;
use crate::limits::{self, Limits};
use crate::netcdf::fill;
use crate::netcdf::ids::VariableId;
use crate::netcdf::schema::Schema;
use crate::netcdf::store::VariableReader;
use crate::netcdf::types::Type;
use crate::netcdf::value::Value;
use crate::placement::{ByteStrides, VisitChunks};
use crate::shape::{self, Selection};
use crate::source::Source;

/// A variable of an open netCDF-4 file: a dataset, and what netCDF makes of it.
#[derive(Debug)]
pub(super) struct V4Array {
    dataset: DatasetReader,
    schema: Arc<Schema>,
    id: VariableId,
    /// The lengths of the dimensions: one that is unlimited can be longer than a dataset that uses it.
    shape: Vec<u64>,
    element: ElementForm,
    /// Whether the elements are stored as netCDF gives them.
    is_plain: bool,
}

impl V4Array {
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the schema has no such variable.
    pub fn new(space: &Arc<AddressSpace>, dataset: Dataset, schema: &Arc<Schema>, id: VariableId) -> Result<Self> {
        let variable = schema.variable(id)?;
        let element = ElementForm {
            size: variable.ty.size(),
            number: variable.ty.number(),
            order: types::order(&dataset.datatype),
            is_value: !dataset.datatype.is_variable(),
        };
        let is_plain = types::is_plain(&dataset.datatype);
        let path = schema.path(variable);
        let dataset = DatasetReader { space: space.clone(), dataset, path };
        Ok(V4Array { dataset, schema: schema.clone(), id, shape: schema.shape(id)?, element, is_plain })
    }

    /// Whether a region lies in what the dataset holds.
    fn is_inside(&self, region: &Selection) -> bool {
        self.shape == self.dataset.shape() || region.check(self.dataset.shape()).is_ok()
    }

    /// Refuses to lend a region that is not in the file as netCDF gives it.
    fn lend(&self, region: &Selection) -> Result<(), NotBorrowable> {
        match (self.is_plain, self.is_inside(region)) {
            (false, _) => Err(NotBorrowable::Type),
            (true, false) => Err(NotBorrowable::NotAllocated),
            (true, true) => Ok(()),
        }
    }

    /// Fills `target` with the elements of a region as they are in the file.
    fn stored(&self, region: &Selection, target: &mut [u8]) -> Result<()> {
        match self.is_inside(region) {
            true => self.dataset.read(region, target),
            false => read_short(&self.dataset, region, target),
        }
    }

    /// The elements of a region as they are in the file.
    fn all_stored(&self, region: &Selection) -> Result<Vec<u8>> {
        let len = shape::bytes(&region.count, self.dataset.element().size)?;
        self.dataset.admit(len)?;
        let mut stored = limits::buffer(len)?;
        self.stored(region, &mut stored)?;
        Ok(stored)
    }
}

impl Raw for V4Array {
    fn shape(&self) -> &[u64] {
        &self.shape
    }

    fn path(&self) -> String {
        self.dataset.path()
    }

    fn element(&self) -> ElementForm {
        self.element
    }

    fn type_name(&self) -> String {
        self.schema.variable(self.id).map(|variable| variable.ty.name().to_owned()).unwrap_or_default()
    }

    fn chunk(&self) -> Option<&[u64]> {
        self.dataset.chunk()
    }

    fn piece(&self) -> Cow<'_, [u64]> {
        self.dataset.piece()
    }

    fn is_filtered(&self) -> bool {
        self.dataset.is_filtered()
    }

    fn source(&self) -> &Source {
        self.dataset.source()
    }

    fn limits(&self) -> &Limits {
        self.dataset.limits()
    }

    fn block(&self) -> u64 {
        self.dataset.block()
    }

    fn borrow(&self, region: &Selection) -> Result<&[u8], BorrowError> {
        self.lend(region)?;
        self.dataset.borrow(region)
    }

    fn read(&self, region: &Selection, target: &mut [u8]) -> Result<()> {
        if self.is_plain {
            if shape::bytes(&region.count, self.dataset.element().size)? != target.len() as u64 {
                return Err(Error::usage("its elements are laid out in another way than its type: read its values"));
            }
            return self.stored(region, target);
        }
        let numbers = types::converted(&self.dataset.dataset.datatype, &self.all_stored(region)?)?;
        match numbers.len() == target.len() {
            true => target.copy_from_slice(&numbers),
            false => return Err(Error::usage("the target has another size than the region")),
        }
        Ok(())
    }

    fn byte_strides(&self) -> Result<ByteStrides, BorrowError> {
        self.lend(&Selection::all(&self.shape))?;
        self.dataset.byte_strides()
    }

    fn visit_chunks(&self, visit: &mut VisitChunks) -> Result<()> {
        let datatype = &self.dataset.dataset.datatype;
        match self.is_plain {
            true => self.dataset.visit_chunks(visit),
            false => Err(Error::unsupported(format!("pieces of {datatype}, which netCDF has in another form"))),
        }
    }
}

impl VariableReader for V4Array {
    fn read_values(&self, ty: &Type, region: &Selection) -> Result<Value> {
        let stored = self.all_stored(region)?;
        Values::new(&mut Elements::new(&self.dataset.space)).read(ty, &self.dataset.dataset.datatype, &stored)
    }
}

/// What elements beyond the end of a dataset are: its fill value, or netCDF's for the type.
fn netcdf_fill(dataset: &Dataset) -> FillStatus {
    let number = dataset.datatype.number();
    let default = |(kind, order)| Some(fill::default(&types::number(kind))?.to_bytes(order));
    FillStatus { value: dataset.fill.value.clone().or_else(|| number.and_then(default)), ..dataset.fill.clone() }
}

/// Reads a region that reaches beyond the dataset: fill values, and the data where there are any.
fn read_short(reader: &DatasetReader, region: &Selection, target: &mut [u8]) -> Result<()> {
    let DatasetReader { dataset, .. } = reader;
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
    reader.read(&inner, &mut held)?;
    let zero = vec![0; inner.count.len()];
    let from = Side { shape: &inner.count, start: &zero, stride: &[] };
    let to = Side { shape: &region.count, start: &zero, stride: &[] };
    copy::copy((&held, from), (target, to), &inner.count, size)
}
