//! The data of variables.

use super::blocks::Blocks;
use super::cell::Cell;
use super::name::escape;
use super::printf::Format;
use super::rows::Rows;
use super::text::Place;
use super::{user, Printer};
use crate::element::with_number;
use crate::error::{Error, Result};
use crate::limits;
use crate::netcdf::array::Array;
use crate::netcdf::fill as fills;
use crate::netcdf::ids::VariableId;
use crate::netcdf::schema::Variable;
use crate::netcdf::types::Type;
use crate::netcdf::value::UserValue;
use crate::netcdf::value::Value;
use crate::shape;
use crate::ByteOrder;

/// Bytes that an element of any length is taken for when data are cut into blocks.
const ANY_LENGTH: u64 = 1024;

impl Printer<'_, '_> {
    /// Prints the data of the variables of a group, as far as they are wanted.
    pub fn data(&mut self, variables: &[VariableId]) -> Result<()> {
        if self.header_only || variables.is_empty() {
            return Ok(());
        }
        self.page.line(b"data:\n")?;
        variables.iter().try_for_each(|&id| match &self.wanted {
            Some(wanted) if !wanted.contains(&id) => Ok(()),
            _ => self.values(id),
        })
    }

    fn values(&mut self, id: VariableId) -> Result<()> {
        let array = self.file.array(id)?;
        if array.is_empty() {
            return Ok(());
        }
        let variable = array.variable();
        self.page.text(b"\n")?;
        let mut title = b" ".to_vec();
        escape(&mut title, &variable.name);
        let is_flat = variable.dimensions.len() < 2;
        title.extend_from_slice(if is_flat { b" = " } else { b" =\n  " });
        self.page.line(title)?;
        self.page.at_column(if is_flat { variable.name.len() + 4 } else { 2 });
        let schema = self.file.schema();
        let unlimited = variable.dimensions.iter().map(|&id| Ok(schema.dimension(id)?.unlimited));
        let unlimited: Vec<bool> = unlimited.collect::<Result<_>>()?;
        rows(array, &mut Rows::new(&mut self.page, array.shape(), &unlimited)?)
    }
}

/// Prints all rows of a variable.
fn rows(array: &Array, rows: &mut Rows<'_, '_>) -> Result<()> {
    let variable = array.variable();
    let format = Format::of(variable);
    match (&variable.ty, variable.ty.number()) {
        (Type::Char, _) => characters(array, rows, format.as_ref()),
        (_, Some(number)) => with_number!(number, T => numbers::<T>(array, rows, format.as_ref())),
        _ => others(array, rows),
    }
}

fn blocks(array: &Array, size: u64) -> Result<Blocks> {
    Blocks::new(array.shape(), array.chunk(), size)
}

/// The value that prints as `_`: the one of the variable, or else of its type.
fn fill(variable: &Variable) -> Option<Value> {
    let default = || match &variable.ty {
        Type::Byte | Type::UByte | Type::Char => None,
        ty => fills::default(ty),
    };
    fills::attribute(variable).cloned().or_else(default)
}

fn numbers<T: Cell>(array: &Array, rows: &mut Rows<'_, '_>, format: Option<&Format>) -> Result<()> {
    let fill = fill(array.variable()).map(|fill| fill.to_bytes(ByteOrder::NATIVE));
    let fill: Option<T> = fill.and_then(|bytes| bytemuck::try_pod_read_unaligned(&bytes).ok());
    let mut values: Vec<T> = Vec::new();
    for region in blocks(array, size_of::<T>() as u64)? {
        let count = limits::to_usize(shape::count(&region.count)?)?;
        values.clear();
        limits::reserve(&mut values, count)?;
        values.resize(count, T::default());
        array.read_into(&region, &mut values)?;
        rows.elements(&values, |value, out| {
            match format {
                _ if fill.is_some_and(|fill| value.is_fill(fill)) => out.push(b'_'),
                Some(format) => value.show_as(format, out),
                None => value.show(out),
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn characters(array: &Array, rows: &mut Rows<'_, '_>, format: Option<&Format>) -> Result<()> {
    for region in blocks(array, 1)? {
        let mut text = limits::buffer(shape::count(&region.count)?)?;
        array.read_bytes_into(&region, &mut text)?;
        match format {
            None => rows.characters(&text)?,
            Some(format) => rows.elements(&text, |value, out| {
                value.show_as(format, out);
                Ok(())
            })?,
        }
    }
    Ok(())
}

/// Prints strings and elements of user-defined types.
fn others(array: &Array, rows: &mut Rows<'_, '_>) -> Result<()> {
    let fill = fill(array.variable());
    let size = array.variable().ty.size().saturating_mul(8).saturating_add(ANY_LENGTH);
    for region in blocks(array, size)? {
        match array.read_values(&region)? {
            Value::String(texts) => rows.elements(&texts, |text, out| {
                match &fill {
                    Some(Value::String(fill)) if fill.first() == Some(text) => out.push(b'_'),
                    _ => user::show_text(out, text.as_deref(), Place::String),
                }
                Ok(())
            })?,
            Value::User(ty, values) => rows.elements(&values, |value, out| {
                let is_fill = |fill: &UserValue| user::is_fill(value, fill);
                match &fill {
                    Some(Value::User(_, fill)) if fill.first().is_some_and(is_fill) => out.push(b'_'),
                    _ => user::show(out, &ty, value),
                }
                Ok(())
            })?,
            other => {
                return Err(Error::usage(format!("values of the type {} in a variable of another", other.ty().name())))
            }
        }
    }
    Ok(())
}
