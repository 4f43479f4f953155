//! Arrays of a model, read a piece at a time, whatever their size.

use hyperslab::netcdf::Array;
use hyperslab::{Element, Error, NumberType, Result, Selection};

use crate::data::{Data, Part};
use crate::mesh::Mesh;
use crate::model::Model;
use crate::names;

/// The elements that are held at once.
const PIECE: u64 = 1 << 16;

/// An array of a model.
#[derive(Debug, Clone)]
pub(super) struct List<'m> {
    source: Source<'m>,
    shape: Vec<u64>,
}

/// Where the numbers come from.
#[derive(Debug, Clone, Copy)]
enum Source<'m> {
    /// A variable of a file, all of it: some hold several arrays.
    Stored(&'m Array),
    /// A model that makes them.
    Made(&'m dyn Model, &'m Mesh, Data),
}

impl<'m> List<'m> {
    /// A variable of a file.
    pub fn stored(array: &'m Array) -> Self {
        List { source: Source::Stored(array), shape: array.shape().to_vec() }
    }

    /// An array of a model with this mesh, if it has it.
    pub fn made(model: &'m dyn Model, mesh: &'m Mesh, data: Data) -> Option<Self> {
        Some(List { source: Source::Made(model, mesh, data), shape: model.shape(data)? })
    }

    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// The number of elements; none if there are more than can be counted.
    pub fn len(&self) -> Option<u64> {
        hyperslab::count(&self.shape).ok()
    }

    /// What people call it: the variable of a file by its name.
    pub fn name(&self) -> String {
        match self.source {
            Source::Stored(array) => array.variable().name.clone(),
            Source::Made(_, mesh, data) => mesh.describe(data),
        }
    }

    /// The bytes of an element.
    pub fn size(&self) -> u64 {
        match self.source {
            Source::Stored(array) => array.variable().ty.size().max(1),
            Source::Made(..) => self.number().map_or(1, NumberType::size),
        }
    }

    /// The type of the numbers, if they are any.
    pub fn number(&self) -> Option<NumberType> {
        match self.source {
            Source::Stored(array) => array.variable().ty.number(),
            Source::Made(model, _, data) => model.number_type(data),
        }
    }

    /// Whether variables lie side by side along its second axis.
    pub fn is_shared(&self) -> bool {
        match self.source {
            Source::Stored(array) => names::is_shared(&array.variable().name),
            Source::Made(..) => false,
        }
    }

    /// Some numbers of an array with one axis.
    ///
    /// # Errors
    /// When they cannot be read, or are no numbers that fit `T`.
    pub fn range<T: Element>(&self, start: u64, len: u64) -> Result<Vec<T>> {
        match self.source {
            Source::Stored(array) => array.read(Selection::block(vec![start], vec![len])),
            Source::Made(model, _, data) => model.numbers(&data.boxed(&[start], &[len]))?.to(),
        }
    }

    /// Calls `visit` with the elements in order, and the position of the first of them.
    ///
    /// # Errors
    /// When they cannot be read, are no numbers that fit `T`, or are far more than the file has.
    pub fn for_each<T: Element>(&self, visit: impl FnMut(u64, &[T])) -> Result<()> {
        match self.source {
            Source::Stored(array) => for_each_stored(array, visit),
            Source::Made(model, _, data) => for_each_made(model, data, &self.shape, visit),
        }
    }
}

fn for_each_stored<T: Element>(array: &Array, mut visit: impl FnMut(u64, &[T])) -> Result<()> {
    array.check_written()?;
    for_each_box(array.shape(), PIECE, &mut |region, offset, buffer: &mut Vec<T>| {
        let len = hyperslab::count(&region.count)?;
        buffer.resize(usize::try_from(len).map_err(|_| Error::limit("too large a piece"))?, T::default());
        array.read_into(region, buffer)?;
        visit(offset, buffer);
        Ok(())
    })
}

/// Pieces are steps and entries with all that each entry has, and as large as the model likes them.
fn for_each_made<T: Element>(
    model: &dyn Model,
    data: Data,
    shape: &[u64],
    mut visit: impl FnMut(u64, &[T]),
) -> Result<()> {
    let (outer, inner) = shape.split_at(shape.len().min(1 + usize::from(data.is_stepwise())));
    let width = hyperslab::count(inner)?;
    let piece = PIECE.max(model.unit() / 8) / width.max(1);
    for_each_box(outer, piece.max(1), &mut |region, offset, (): &mut ()| {
        let part: Part = data.boxed(&region.start, &region.count);
        let values = model.numbers(&part)?.into_values::<T>()?.into_vec();
        let wanted = hyperslab::count(&region.count)?.saturating_mul(width);
        if values.len() as u64 != wanted {
            return Err(Error::usage(format!("the model gives {} numbers where {wanted} are wanted", values.len())));
        }
        visit(offset.saturating_mul(width), &values);
        Ok(())
    })
}

/// Cuts an array into boxes of at most `piece` elements that follow each other.
fn for_each_box<B: Default>(
    shape: &[u64],
    piece: u64,
    visit: &mut impl FnMut(&Selection, u64, &mut B) -> Result<()>,
) -> Result<()> {
    let total = hyperslab::count(shape)?;
    // Whole rows below this axis fit into a piece.
    let below = |axis: usize| hyperslab::count(shape.get(axis + 1..).unwrap_or_default());
    let mut axis = 0;
    while axis + 1 < shape.len() && below(axis)? > piece {
        axis += 1;
    }
    let row = below(axis)?.max(1);
    let rows = (piece / row).max(1);
    let length = shape.get(axis).copied().unwrap_or(1);
    let (mut offset, mut buffer) = (0, B::default());
    while offset < total {
        let first = offset / row % length;
        let count = rows.min(length - first);
        let mut region = Selection::block(vec![0; shape.len()], vec![1; shape.len()]);
        let mut rest = offset / row / length;
        for (n, &length) in shape.iter().enumerate().rev() {
            let (start, len) = match n.cmp(&axis) {
                std::cmp::Ordering::Greater => (0, length),
                std::cmp::Ordering::Equal => (first, count),
                std::cmp::Ordering::Less => (rest % length, 1),
            };
            if n < axis {
                rest /= length;
            }
            if let (Some(at), Some(many)) = (region.start.get_mut(n), region.count.get_mut(n)) {
                (*at, *many) = (start, len);
            }
        }
        visit(&region, offset, &mut buffer)?;
        offset += count * row;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The positions that the boxes of a shape visit, one after the other.
    fn pieces(shape: &[u64]) -> Vec<(Vec<u64>, Vec<u64>, u64)> {
        let mut list = Vec::new();
        for_each_box(shape, PIECE, &mut |region, offset, _: &mut ()| {
            list.push((region.start.clone(), region.count.clone(), offset));
            Ok(())
        })
        .unwrap();
        list
    }

    #[test]
    fn boxes_cover_arrays_in_order() {
        assert_eq!(pieces(&[]), [(vec![], vec![], 0)]);
        assert_eq!(pieces(&[0, 7]), []);
        assert_eq!(pieces(&[3, 7]), [(vec![0, 0], vec![3, 7], 0)]);
        let half = PIECE / 2;
        let rows = [(vec![0, 0], vec![2, half], 0), (vec![2, 0], vec![1, half], PIECE)];
        assert_eq!(pieces(&[3, half]), rows);
        let wide = PIECE + 5;
        let parts = [
            (vec![0, 0], vec![1, PIECE], 0),
            (vec![0, PIECE], vec![1, 5], PIECE),
            (vec![1, 0], vec![1, PIECE], wide),
            (vec![1, PIECE], vec![1, 5], wide + PIECE),
        ];
        assert_eq!(pieces(&[2, wide]), parts);
        for shape in [vec![3, 5, PIECE], vec![2, 3, PIECE / 2 + 1], vec![7, PIECE / 3, 5]] {
            let (mut next, mut largest) = (0, 0);
            for (_, count, offset) in pieces(&shape) {
                assert_eq!(offset, next);
                let len: u64 = count.iter().product();
                (next, largest) = (next + len, largest.max(len));
            }
            assert_eq!((next, largest <= PIECE), (shape.iter().product(), true));
        }
    }
}
