//! From the bytes of a header to the schema and the layout, refusing what contradicts the format.

use binrw::BinRead;

use crate::element::ByteOrder;
use crate::error::{Error, Result};
use crate::limits::{self, Limits};
use crate::netcdf::fill;
use crate::netcdf::ids::{DimensionId, GroupId};
use crate::netcdf::schema::{Dimension, Fill, Schema, Variable};
use crate::netcdf::types::Type;
use crate::netcdf::value::{Attribute, Value};
use crate::source::Source;

use super::field::{Bounds, TooLarge};
use super::layout::{Layout, Slab};
use super::prefix::Prefix;
use super::record::{Attr, Header, NcType, Var};
use super::types::from_code;

/// Parses the header; returns it with its length.
pub(super) fn read(source: &Source, limits: &Limits) -> Result<(Header, u64)> {
    let mut prefix = Prefix::new(source);
    let bounds = Bounds { file: source.len(), limit: limits.metadata_bytes };
    let header = match Header::read_args(&mut prefix, bounds) {
        Ok(header) => header,
        Err(error) => return Err(prefix.failure().unwrap_or_else(|| explain(source.len(), &error))),
    };
    let variables = &header.var_list.0;
    let attributes = variables.iter().map(|var| var.vatt_list.0.len()).sum::<usize>() + header.gatt_list.0.len();
    let objects = header.dim_list.0.len() + variables.len() + attributes;
    limits::check("objects", objects as u64, limits.objects as u64)?;
    Ok((header, prefix.position()))
}

/// An error of the parser, in the terms of this crate.
fn explain(file: u64, error: &binrw::Error) -> Error {
    if error.is_eof() {
        return Error::malformed("header", file, "the file ends inside the header");
    }
    match error.root_cause() {
        binrw::Error::Custom { err, .. } => match err.downcast_ref::<TooLarge>() {
            Some(large) => Error::limit(large.to_string()),
            None => crate::wire::explain("header", 0, error),
        },
        _ => crate::wire::explain("header", 0, error),
    }
}

/// Where the data lie, checked as netCDF-C checks it.
pub(super) fn layout(header: &Header, len: u64) -> Result<Layout> {
    let object = |index: usize| header.var_list.0.get(index).map(|var| var.name.text()).unwrap_or_default();
    let slabs = header.var_list.0.iter().map(|var| slab(header, var).map_err(|e| e.in_object(var.name.text())));
    let layout = Layout::new(slabs.collect::<Result<_>>()?)?;
    layout.check_order(len).map_err(|(index, error)| error.in_object(object(index)))?;
    match layout.too_large(header.version) {
        Some(index) => {
            let begin = layout.slabs.get(index).map_or(0, |slab| slab.begin);
            let detail = format!("the variable is too large for {}", header.version.name());
            Err(Error::malformed("var", begin, detail).in_object(object(index)))
        }
        None => Ok(layout),
    }
}

/// The number of records of a file of `len` bytes; a file that was streamed does not tell it.
pub(super) fn records(header: &Header, layout: &Layout, len: u64) -> u64 {
    match header.numrecs.0 {
        all if all == header.version.streaming() => layout.streamed(len),
        number => number,
    }
}

/// The slab of one variable, after checking its dimensions.
fn slab(header: &Header, var: &Var) -> Result<Slab> {
    let malformed = |detail: String| Error::malformed("var", var.begin.0, detail);
    let mut lengths = Vec::with_capacity(var.dimids.len());
    for (axis, dimid) in var.dimids.iter().enumerate() {
        let dim = usize::try_from(dimid.0).ok().and_then(|id| header.dim_list.0.get(id));
        let length = dim.ok_or_else(|| malformed(format!("there is no dimension {}", dimid.0)))?.dim_length.0;
        if length == 0 && axis > 0 {
            return Err(malformed("the record dimension is not the first one".to_owned()));
        }
        lengths.push(length);
    }
    let slab = Slab::new(&lengths, var.nc_type.size()).map_err(|e| malformed(e.detail().to_owned()))?;
    if var.begin.0 > header.version.begin_max() {
        return Err(malformed(format!("no variable of {} starts at {}", header.version.name(), var.begin.0)));
    }
    Ok(Slab { begin: var.begin.0, ..slab })
}

/// The declarations in the terms of the data model.
pub(super) fn schema(header: &Header, numrecs: u64) -> Schema {
    let mut schema = Schema::new(header.version.container());
    let record = header.dim_list.0.iter().position(|dim| dim.dim_length.0 == 0);
    for (index, dim) in header.dim_list.0.iter().enumerate() {
        let unlimited = record == Some(index);
        let length = if unlimited { numrecs } else { dim.dim_length.0 };
        schema.dimensions.push(Dimension { name: dim.name.text(), length, unlimited, group: GroupId::ROOT });
    }
    if let Some(root) = schema.groups.first_mut() {
        root.attributes = header.gatt_list.0.iter().map(attribute).collect();
    }
    schema.variables = header.var_list.0.iter().map(variable).collect();
    schema
}

fn variable(var: &Var) -> Variable {
    // The dimension numbers were checked, so they fit.
    let dimensions = var.dimids.iter().map(|id| DimensionId(usize::try_from(id.0).unwrap_or(usize::MAX))).collect();
    let mut variable = Variable::new(var.name.text(), ty(var.nc_type), dimensions);
    variable.order = ByteOrder::Big;
    variable.attributes = var.vatt_list.0.iter().map(attribute).collect();
    if let Some(value) = fill::attribute(&variable) {
        variable.fill = Fill::Value(value.clone());
    }
    variable.untold_fill = fill::is_untold(&variable);
    variable
}

fn attribute(attr: &Attr) -> Attribute {
    Attribute::new(attr.name.text(), Value::from_bytes(&ty(attr.nc_type), &attr.values, ByteOrder::Big))
}

/// The type of a code; the parser let no unknown one pass.
fn ty(nc_type: NcType) -> Type {
    from_code(nc_type.code).unwrap_or(Type::Byte)
}
