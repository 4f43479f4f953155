//! Writing what the mesh itself says.

use hyperslab::{Error, Result, Selection};

use super::ModelWriter;
use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::Mesh;
use crate::nemesis::Nemesis;
use crate::{names, text};

/// Writes identifiers, names, records, tables, and all other numbers that are part of a mesh.
pub(super) fn declared(writer: &ModelWriter, mesh: &Mesh) -> Result<()> {
    for kind in EntityType::BLOCKS.into_iter().chain(EntityType::SETS).chain(EntityType::MAPS) {
        list(writer, mesh, kind)?;
    }
    attribute_names(writer, mesh)?;
    for (n, assembly) in mesh.assemblies.iter().enumerate() {
        let members: Vec<i64> = assembly.members.iter().map(|id| id.0).collect();
        writer.put(Data::Members(EntityType::Assembly, n), &members)?;
    }
    for blob in &mesh.blobs {
        numbers(writer, &format!("{}{}", names::BLOB_ENTITY, blob.id), &[0])?;
    }
    frames(writer, mesh)?;
    if mesh.num_dim > 0 {
        rows(writer, names::COOR_NAMES, mesh.coordinate_names())?;
    }
    rows(writer, names::INFO_RECORDS, mesh.info_records.iter().map(String::as_str))?;
    let qa = mesh.qa_records.iter().flat_map(|qa| [&qa.code, &qa.version, &qa.date, &qa.time]);
    rows(writer, names::QA_RECORDS, qa.map(String::as_str))?;
    for (&kind, list) in &mesh.variables {
        variables(writer, mesh, kind, list)?;
    }
    for (kind, list) in &mesh.reductions {
        let Some(row) = kind.reductions() else { continue };
        rows(writer, row.names, list.iter().map(String::as_str))?;
    }
    let mut nemesis = mesh.nemesis.iter().flat_map(Nemesis::values);
    nemesis.try_for_each(|(name, values)| numbers(writer, name, &values))
}

/// Status, identifiers, properties and names of the entities of a kind.
fn list(writer: &ModelWriter, mesh: &Mesh, kind: EntityType) -> Result<()> {
    let (Some(row), entities) = (kind.names(), mesh.entities(kind)) else { return Ok(()) };
    if mesh.count(kind) == 0 {
        return Ok(());
    }
    numbers(writer, row.ids, &entities.clone().map(|entity| entity.0 .0).collect::<Vec<_>>())?;
    if let Some(status) = row.status {
        numbers(writer, status, &mesh.list(kind).iter().map(|entity| i64::from(entity.present)).collect::<Vec<_>>())?;
    }
    for (k, property) in mesh.properties.get(&kind).into_iter().flatten().enumerate() {
        numbers(writer, &names::numbered(row.properties, k + 1), &property.values)?;
    }
    rows(writer, row.names, entities.map(|entity| entity.1))
}

/// The names of the attributes of nodes and of the entries of blocks and sets.
fn attribute_names(writer: &ModelWriter, mesh: &Mesh) -> Result<()> {
    rows(writer, names::NODAL_ATTRIBUTE_NAMES, mesh.nodal_attributes.iter().map(String::as_str))?;
    let put = |kind: EntityType, n: usize, list: &[String]| match kind.names().and_then(|row| row.attributes) {
        Some([_, _, names]) => rows(writer, &names::numbered(names, n), list.iter().map(String::as_str)),
        None => Ok(()),
    };
    for kind in EntityType::BLOCKS {
        mesh.blocks.of(kind).iter().enumerate().try_for_each(|(n, block)| put(kind, n, &block.attributes))?;
    }
    for kind in EntityType::SETS {
        mesh.sets.of(kind).iter().enumerate().try_for_each(|(n, set)| put(kind, n, &set.attributes))?;
    }
    Ok(())
}

fn frames(writer: &ModelWriter, mesh: &Mesh) -> Result<()> {
    if mesh.frames.is_empty() {
        return Ok(());
    }
    let points: Vec<f64> = mesh.frames.iter().flat_map(|frame| frame.points).flatten().collect();
    numbers(writer, names::FRAME_IDS, &mesh.frames.iter().map(|frame| frame.id.0).collect::<Vec<_>>())?;
    let tag = |tag: char| u8::try_from(tag).map_err(|_| Error::usage(format!("{tag} as the tag of a frame")));
    let tags = mesh.frames.iter().map(|frame| tag(frame.tag)).collect::<Result<Vec<u8>>>()?;
    bytes(writer, names::FRAME_TAGS, &tags)?;
    let Some(id) = writer.catalog.variable(names::FRAME_COORDINATES) else { return Ok(()) };
    let shape = writer.writer.schema().shape(id)?;
    writer.writer.write_rounded(id, &Selection::all(&shape), &points)
}

fn variables(writer: &ModelWriter, mesh: &Mesh, kind: EntityType, list: &[String]) -> Result<()> {
    let Some(row) = kind.variables() else { return Ok(()) };
    rows(writer, row.names, list.iter().map(String::as_str))?;
    let Some(table) = row.table.filter(|table| writer.catalog.variable(table).is_some()) else { return Ok(()) };
    let entities = mesh.count(kind);
    let cells = (0..entities).flat_map(|entity| (0..list.len()).map(move |variable| (entity, variable)));
    let cells: Vec<i64> = cells.map(|(entity, variable)| i64::from(mesh.promises(kind, entity, variable))).collect();
    numbers(writer, table, &cells)
}

/// Writes a whole variable of integers.
fn numbers(writer: &ModelWriter, name: &str, values: &[i64]) -> Result<()> {
    let id = writer.catalog.variable(name);
    let id = id.ok_or_else(|| Error::usage(format!("the mesh declares no {name}")))?;
    let shape = writer.writer.schema().shape(id)?;
    writer.writer.write(id, &Selection::all(&shape), values)
}

fn bytes(writer: &ModelWriter, name: &str, bytes: &[u8]) -> Result<()> {
    let Some(id) = writer.catalog.variable(name) else { return Ok(()) };
    let shape = writer.writer.schema().shape(id)?;
    writer.writer.write_stored(id, &Selection::all(&shape), bytes)
}

/// How many bytes of texts are put together at a time: most of them are the room that texts leave.
const TEXT_BYTES: usize = 1 << 20;

/// Writes rows of text, if the variable is there; rows that are not given are empty.
fn rows<'n>(writer: &ModelWriter, name: &str, mut rows: impl Iterator<Item = &'n str>) -> Result<()> {
    let Some(id) = writer.catalog.variable(name) else { return Ok(()) };
    let shape = writer.writer.schema().shape(id)?;
    let Some((&count, lengths)) = shape.split_first() else { return Ok(()) };
    let large = |_| Error::limit("texts above 4 GiB");
    let width = usize::try_from(lengths.last().copied().unwrap_or(1)).map_err(large)?.max(1);
    let each = usize::try_from(hyperslab::bytes(lengths, 1)?).map_err(large)?.max(1);
    let together = (TEXT_BYTES / each).max(1);
    for first in (0..count).step_by(together) {
        let now = usize::try_from(count - first).map_or(together, |left| left.min(together));
        let text = room(name, rows.by_ref().take(now * each / width), width, now * each)?;
        let start = [first].into_iter().chain(lengths.iter().map(|_| 0)).collect();
        let region = Selection::block(start, [now as u64].iter().chain(lengths).copied().collect());
        writer.writer.write_stored(id, &region, &text)?;
    }
    Ok(())
}

/// Rows of text in `bytes` bytes.
fn room<'n>(name: &str, rows: impl Iterator<Item = &'n str>, width: usize, bytes: usize) -> Result<Vec<u8>> {
    // Many files have lines of information without a NUL at their end; nobody's name is.
    let full = name == names::INFO_RECORDS || name == names::QA_RECORDS;
    let mut text = Vec::with_capacity(bytes);
    for row in rows {
        let long = || Error::usage(format!("{row:?} is longer than the {} bytes of {name}", width.saturating_sub(1)));
        text.extend(text::row(row, width, full).ok_or_else(long)?);
    }
    text.resize(bytes, 0);
    Ok(text)
}
