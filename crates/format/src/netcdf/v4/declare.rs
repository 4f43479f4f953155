//! Datasets as dimensions and variables.

use super::dimensions::Axes;
use super::read::{Pending, Walk};
use super::values::Values;
use super::{names, types};
use crate::error::{Context, Result};
use crate::hdf5::builder::FillTime;
use crate::hdf5::datatype::Datatype;
use crate::hdf5::filter::description::Filter;
use crate::hdf5::object::header::ObjectHeader;
use crate::hdf5::read::dataset::{Dataset, Storage as DatasetStorage};
use crate::hdf5::read::elements::Visitor;
use crate::hdf5::walk::attributes::Attribute as StoredAttribute;
use crate::netcdf::ids::GroupId;
use crate::netcdf::schema::{Dimension, Fill, Hidden, Layout, Storage, Variable};
use crate::netcdf::types::Type;
use crate::netcdf::value::Value;
use crate::wire::width::read_uint;

impl Walk<'_> {
    /// Adds the dimension, the variable, or both, that a dataset stands for.
    pub fn dataset(&mut self, header: &ObjectHeader, (name, path): (&str, &str), group: GroupId) -> Result<()> {
        let dataset = match Dataset::from_header(self.space, header) {
            // Without its sources nobody knows how long it is; everything else is there.
            Err(error) if Dataset::is_virtual(self.space, header) => {
                self.hidden.push(Hidden::unread(path.to_owned(), error.to_string()));
                return Ok(());
            }
            dataset => dataset?,
        };
        let stored = self.attributes(header)?;
        let own_id =
            if is_scale(&stored) { Some(self.scale(header.address, &dataset, &stored, name, group)) } else { None };
        if own_id.is_some() && is_placeholder(&stored) {
            return Ok(());
        }
        let axes = self.axes(&dataset, &stored, own_id)?;
        let Some(ty) = self.types.of_variable(&dataset.datatype, group) else {
            let reason = format!("netCDF has no type for {}", dataset.datatype);
            self.hidden.push(Hidden::without_like(path.to_owned(), reason));
            return Ok(());
        };
        let name = name.strip_prefix(names::NON_COORDINATE).filter(|name| !name.is_empty()).unwrap_or(name);
        let variable = Variable {
            group,
            fill: self.fill(&dataset, &ty).in_object(path)?,
            storage: storage(&dataset),
            order: types::order(&dataset.datatype),
            ..Variable::new(name, ty, Vec::new())
        };
        self.variables.push(Pending { variable, axes, stored, dataset, address: header.address });
        Ok(())
    }

    /// Adds the dimension that a scale stands for; returns its identifier.
    fn scale(
        &mut self,
        address: u64,
        dataset: &Dataset,
        stored: &[StoredAttribute],
        name: &str,
        group: GroupId,
    ) -> u64 {
        let given = integers(stored, names::DIMID).and_then(|ids| ids.first().copied());
        let length = dataset.shape.first().copied().unwrap_or(0);
        let unlimited = dataset.max_shape.first() == Some(&u64::MAX) || length == 0;
        self.scales.add(Some(address), given, Dimension { name: name.to_owned(), length, unlimited, group })
    }

    /// What unwritten elements are, decoded: the bytes of some types lead elsewhere.
    fn fill(&mut self, dataset: &Dataset, ty: &Type) -> Result<Fill> {
        let is_filled = dataset.fill.time != FillTime::Never && !dataset.fill.undefined;
        let Some(stored) = dataset.fill.value.as_ref().filter(|_| is_filled) else {
            // Zero bytes: of numbers they are values that nobody chose, of all others what the type has anyway.
            return Ok(if is_filled && ty.number().is_none() { Fill::Default } else { Fill::None });
        };
        let value = Values::new(&mut self.elements).read(ty, &dataset.datatype, stored)?;
        Ok(if value.len() == 1 { Fill::Value(value) } else { Fill::None })
    }

    fn axes(&mut self, dataset: &Dataset, stored: &[StoredAttribute], own_id: Option<u64>) -> Result<Axes> {
        let rank = dataset.shape.len();
        if let Some(ids) = integers(stored, names::COORDINATES).filter(|ids| ids.len() == rank) {
            return Ok(Axes::Ids(ids));
        }
        if let (Some(id), 1) = (own_id, rank) {
            return Ok(Axes::Ids(vec![id]));
        }
        match stored.iter().find(|a| a.name == names::DIMENSION_LIST) {
            Some(list) => Ok(self.dimension_list(list, rank)?.map_or(Axes::Anonymous, Axes::Scales)),
            None => Ok(Axes::Anonymous),
        }
    }

    /// The last scale of each dimension that has any, as netCDF-C has it.
    fn dimension_list(&mut self, list: &StoredAttribute, rank: usize) -> Result<Option<Vec<Option<u64>>>> {
        let mut scales = LastScales(Vec::with_capacity(rank));
        self.elements.visit(&list.datatype, &list.data, &mut scales)?;
        Ok(Some(scales.0).filter(|scales| scales.len() == rank))
    }
}

/// The last of the references in each element of a `DIMENSION_LIST`.
struct LastScales(Vec<Option<u64>>);

impl Visitor for LastScales {
    fn begin(&mut self, _: &Datatype, _: u64) -> Result<()> {
        self.0.push(None);
        Ok(())
    }

    fn leaves(&mut self, datatype: &Datatype, stored: &[u8]) -> Result<()> {
        let width = u8::try_from(datatype.size()).unwrap_or(u8::MAX);
        let last = stored.rchunks_exact(usize::from(width).max(1)).next();
        if let (Some(scale), Some(mut last)) = (self.0.last_mut(), last) {
            *scale = read_uint(&mut last, width).ok();
        }
        Ok(())
    }

    fn text(&mut self, _: Option<&[u8]>) -> Result<()> {
        Ok(())
    }
}

fn text(stored: &[StoredAttribute], name: &str) -> Option<String> {
    stored.iter().find(|a| a.name == name).map(|a| crate::hdf5::datatype::name(&a.data))
}

fn is_scale(stored: &[StoredAttribute]) -> bool {
    text(stored, names::CLASS).as_deref() == Some(names::DIMENSION_SCALE)
}

/// Whether a scale stands for a dimension only.
fn is_placeholder(stored: &[StoredAttribute]) -> bool {
    text(stored, names::NAME).is_some_and(|name| name.starts_with(names::NOT_A_VARIABLE))
}

/// The elements of an attribute of non-negative integers.
fn integers(stored: &[StoredAttribute], name: &str) -> Option<Vec<u64>> {
    let attribute = stored.iter().find(|a| a.name == name)?;
    let (number, order) = attribute.datatype.number()?;
    let one = |bytes: &[u8]| u64::try_from(Value::from_bytes(&types::number(number), bytes, order).as_i64()?).ok();
    let size = usize::try_from(number.size()).ok()?;
    attribute.data.chunks_exact(size).map(one).collect()
}

fn storage(dataset: &Dataset) -> Storage {
    let mut storage = Storage::default();
    match &dataset.storage {
        DatasetStorage::Compact(_) => storage.layout = Layout::Compact,
        DatasetStorage::Contiguous(_) | DatasetStorage::External(_) | DatasetStorage::Virtual(_) => {}
        DatasetStorage::Chunked(chunked) => {
            storage.layout = Layout::Chunked(chunked.grid.chunk.clone());
            storage.filters = chunked.filters.filters.iter().map(Filter::from).collect();
        }
    }
    storage
}
