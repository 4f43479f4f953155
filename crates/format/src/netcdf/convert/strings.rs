//! Texts of any length as characters, for containers that have no others.

use crate::error::{Context, Error, Result};
use crate::grid::for_each_part;
use crate::limits;
use crate::netcdf::array::Array;
use crate::netcdf::chunking::bounded;
use crate::netcdf::file::File;
use crate::netcdf::fill::{self, FILL_VALUE};
use crate::netcdf::ids::{DimensionId, GroupId, VariableId};
use crate::netcdf::schema::{Dimension, Fill, Layout, Schema, Variable};
use crate::netcdf::types::Type;
use crate::netcdf::value::{Attribute, Value};
use crate::netcdf::writer::Writer;
use crate::shape::{self, Selection};

/// How many texts are read at a time.
const BATCH: u64 = 16 << 10;

/// Makes characters of all texts of any length: of a variable with a dimension more, which is as long as the longest text;
/// of an attribute if it is one text. Returns the variables that change.
///
/// # Errors
/// [`Kind::Unsupported`](crate::Kind::Unsupported) with the object, for lists of texts in attributes and for fill values;
/// what is wrong with the file.
pub(super) fn as_characters(file: &File, schema: &mut Schema, from: &[VariableId]) -> Result<Vec<VariableId>> {
    for place in 0..schema.groups.len() {
        let path = schema.group_path(GroupId(place));
        if let Some(group) = schema.groups.get_mut(place) {
            attributes(&mut group.attributes).in_object(&path)?;
        }
    }
    let mut changed = Vec::new();
    for (place, &origin) in from.iter().enumerate() {
        let Some(variable) = schema.variables.get(place) else { continue };
        let (path, is_text) = (schema.path(variable), variable.ty == Type::String);
        let length = if is_text { Some(longest(file.array(origin)?)?) } else { None };
        let dimension = length.map(|length| characters(schema, length));
        if let Some(variable) = schema.variables.get_mut(place) {
            if let Some(dimension) = dimension {
                become_characters(variable, dimension, length.unwrap_or(1)).in_object(&path)?;
                changed.push(VariableId(place));
            }
            attributes(&mut variable.attributes).in_object(&path)?;
        }
    }
    Ok(changed)
}

fn attributes(list: &mut [Attribute]) -> Result<()> {
    for attribute in list {
        let Value::String(texts) = &attribute.value else { continue };
        let [text] = texts.as_slice() else {
            let (count, name) = (texts.len(), &attribute.name);
            let detail =
                format!("attribute {name}: {count} texts, where characters hold one: netcdf4 has lists of them");
            return Err(Error::unsupported(detail));
        };
        attribute.value = Value::Char(text.clone().unwrap_or_default());
    }
    Ok(())
}

fn become_characters(variable: &mut Variable, dimension: DimensionId, length: u64) -> Result<()> {
    let is_plain = |value: &Value| matches!(value, Value::String(texts) if texts.iter().flatten().all(Vec::is_empty));
    if let Some(value) = fill::of(variable).filter(|value| !is_plain(value)) {
        let text = value.as_text().unwrap_or_default();
        return Err(Error::unsupported(format!("the fill value {text:?}: of characters it is a single one")));
    }
    variable.attributes.retain(|attribute| attribute.name != FILL_VALUE);
    variable.fill = Fill::Default;
    variable.untold_fill = false;
    variable.ty = Type::Char;
    variable.dimensions.push(dimension);
    if let Layout::Chunked(chunk) = &mut variable.storage.layout {
        chunk.push(length);
    }
    Ok(())
}

/// A dimension of the root for texts of this length, which those of one length share.
fn characters(schema: &mut Schema, length: u64) -> DimensionId {
    let mut name = format!("string{length}");
    loop {
        match schema.find_dimension(&name) {
            Some(id) if schema.dimension(id).is_ok_and(|d| d.length == length && !d.unlimited) => return id,
            Some(_) => name.push('_'),
            None => break,
        }
    }
    schema.dimensions.push(Dimension { name, length, unlimited: false, group: GroupId::ROOT });
    DimensionId(schema.dimensions.len() - 1)
}

/// The bytes of the longest text of a variable; 1 if there are none.
fn longest(array: &Array) -> Result<u64> {
    let mut longest = 1;
    for_each_batch(array, |_, texts| {
        longest = texts.iter().map(|text| text.len() as u64).max().unwrap_or(0).max(longest);
        Ok(())
    })?;
    Ok(longest)
}

/// Writes the texts of a variable as characters, the shorter ones filled up with NULs.
///
/// # Errors
/// What is wrong with the file; [`Kind::Io`](crate::Kind::Io).
pub(super) fn write(array: &Array, output: &Writer, to: VariableId) -> Result<()> {
    let length = output.schema().shape(to)?.last().copied().unwrap_or(1);
    let width = limits::to_usize(length)?;
    for_each_batch(array, |region, texts| {
        let mut stored = limits::buffer(shape::bytes(&region.count, length)?)?;
        for (place, text) in stored.chunks_exact_mut(width.max(1)).zip(texts) {
            place.iter_mut().zip(text).for_each(|(place, &byte)| *place = byte);
        }
        let (mut start, mut count) = (region.start.clone(), region.count.clone());
        start.push(0);
        count.push(length);
        output.write_stored(to, &Selection::block(start, count), &stored)
    })
}

/// Calls `visit` with all texts of a variable, box by box.
fn for_each_batch(array: &Array, mut visit: impl FnMut(&Selection, &[Vec<u8>]) -> Result<()>) -> Result<()> {
    let all = Selection::all(array.shape());
    let batch = bounded(array.shape().to_vec(), 1, BATCH);
    for_each_part(&all, &batch, &mut |part| {
        let region = Selection::block(part.target.clone(), part.count.clone());
        visit(&region, &array.read_string_bytes(&region)?)
    })
}
