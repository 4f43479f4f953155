//! Coordinates, connectivity and attributes.

use std::borrow::Cow;

use hyperslab::{Element, Error, Result, Values};
use ndarray::{Array2, Axis};

use super::{missing, ModelExt};
use crate::data::Data;
use crate::kind::EntityType;
use crate::model::Model;

/// How many nodes are interleaved at a time.
const PIECE: u64 = 1 << 14;

/// The coordinates as they are: one list for each spatial dimension, borrowed where the bytes allow it.
#[derive(Debug, Clone)]
pub struct Coords<'m, T: Element> {
    /// x, y and z, as far as there are dimensions.
    pub axes: Vec<Values<'m, T>>,
}

/// The nodes of every entry of a block, one entry after the other, numbered from 1.
#[derive(Debug, Clone)]
pub struct Connectivity<'m, T: Element> {
    /// Node numbers.
    pub nodes: Values<'m, T>,
    /// Nodes of one entry; 1 for polygons, which differ in their nodes.
    pub nodes_per_entry: usize,
}

/// The coordinates as an array of nodes x dimensions.
pub fn array<T: Element, M: Model + ?Sized>(model: &M) -> Result<Array2<T>> {
    let mesh = model.mesh()?;
    let axes = usize::try_from(mesh.num_dim.min(3)).unwrap_or(3);
    // A number of nodes alone asks for no memory: the model has an array of coordinates that is as long.
    let len = if axes == 0 { 0 } else { mesh.num_nodes };
    for data in (0..if len > 0 { axes } else { 0 }).map(Data::Coordinate) {
        model.shape(data).filter(|shape| *shape == [len]).ok_or_else(|| missing(model, data))?;
        model.stored(data).map_or(Ok(()), |stored| stored.array.check_written())?;
    }
    let values = hyperslab::zeroed(len.saturating_mul(axes as u64))?;
    let shape = (values.len().checked_div(axes).unwrap_or(0), axes);
    let mut array = Array2::from_shape_vec(shape, values).map_err(|e| Error::usage(e.to_string()))?;
    // All axes of a few nodes at a time stay in the processor's cache while they are interleaved.
    let piece = usize::try_from(PIECE).unwrap_or(usize::MAX);
    let starts = (0..).step_by(piece);
    for (mut rows, start) in array.axis_chunks_iter_mut(Axis(0), piece).zip(starts) {
        let end = start + rows.nrows() as u64;
        for (axis, mut column) in rows.columns_mut().into_iter().enumerate() {
            let values = model.coord::<T>(axis, start..end)?;
            // A slice is read without a question about each number.
            let values = values.as_slice().map_or_else(|| values.iter().collect(), Cow::Borrowed);
            column.iter_mut().zip(values.iter()).for_each(|(place, value)| *place = *value);
        }
    }
    Ok(array)
}

/// The nodes of a block.
pub fn connectivity<T: Element, M: Model + ?Sized>(
    model: &M,
    kind: EntityType,
    block: usize,
) -> Result<Connectivity<'_, T>> {
    let data = Data::Connectivity(kind, block);
    let nodes_per_entry = match model.shape(data).ok_or_else(|| missing(model, data))?.as_slice() {
        &[_, nodes] => usize::try_from(nodes).map_err(|_| Error::limit("too many nodes per element"))?,
        _ => 1,
    };
    Ok(Connectivity { nodes: model.view(data)?, nodes_per_entry })
}

/// The nodes of a block, as an array of entries x nodes.
pub fn connectivity_array<T: Element, M: Model + ?Sized>(
    model: &M,
    kind: EntityType,
    block: usize,
) -> Result<Array2<T>> {
    if model.block(kind, block).is_ok_and(|block| !block.is_uniform()) {
        let detail = "its entries differ in their nodes, which are no array of entries x nodes";
        return Err(Error::usage(detail).known_as(super::places::described(model, Data::Connectivity(kind, block))));
    }
    let connectivity = connectivity(model, kind, block)?;
    let per_entry = connectivity.nodes_per_entry.max(1);
    let shape = (connectivity.nodes.len() / per_entry, connectivity.nodes_per_entry);
    Array2::from_shape_vec(shape, connectivity.nodes.into_vec()).map_err(|e| Error::usage(e.to_string()))
}

/// The attributes of the entries of an entity.
pub fn attributes<M: Model + ?Sized>(model: &M, kind: EntityType, entity: usize) -> Result<Array2<f64>> {
    let data = Data::Attributes(kind, entity);
    let Some(shape) = model.shape(data) else {
        return Ok(Array2::zeros((0, 0)));
    };
    let columns = shape.get(1).and_then(|&n| usize::try_from(n).ok()).unwrap_or(1);
    let values = model.numbers(&data.into())?.to_f64()?;
    let rows = values.len().checked_div(columns).unwrap_or(0);
    Array2::from_shape_vec((rows, columns), values).map_err(|e| Error::usage(e.to_string()))
}
