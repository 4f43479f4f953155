//! Arrays of a model, read a piece at a time, whatever their size.

use hyperslab::netcdf::Array;
use hyperslab::{Element, Error, NumberType, Result, Selection};

use super::boxes::for_each_box;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::EntityType;
    use crate::model::Numbers;

    const U: Data = Data::Variable(EntityType::Nodal, 0, 0);

    /// Steps of a variable of several components, whose values count on.
    #[derive(Debug, Default)]
    struct Counted {
        mesh: Mesh,
        shape: [u64; 3],
        /// How many values too few it gives.
        missing: usize,
    }

    impl Model for Counted {
        fn mesh(&self) -> Result<&Mesh> {
            Ok(&self.mesh)
        }

        fn shape(&self, data: Data) -> Option<Vec<u64>> {
            (data == U).then(|| self.shape.to_vec())
        }

        fn number_type(&self, data: Data) -> Option<NumberType> {
            (data == U).then_some(NumberType::F64)
        }

        fn numbers(&self, part: &Part) -> Result<Numbers<'_>> {
            let [steps, nodes, width] = self.shape;
            let (steps, nodes) = (part.steps_of(steps), part.entries_of(nodes));
            let places = steps.flat_map(|step| nodes.clone().map(move |node| step * self.shape[1] + node));
            let mut values: Vec<f64> = places.flat_map(|n| (0..width).map(move |c| (n * width + c) as f64)).collect();
            values.truncate(values.len() - self.missing);
            Ok(Numbers::F64(values.into()))
        }

        fn unit(&self) -> u64 {
            8
        }
    }

    #[test]
    fn arrays_that_are_made_come_in_pieces() {
        for (shape, pieces) in [([3, 50_000, 2], 6), ([5, 7, 3], 1), ([2, 1, PIECE + 1], 2), ([0, 5, 1], 0)] {
            let model = Counted { shape, ..Counted::default() };
            let list = List::made(&model, &model.mesh, U).unwrap();
            let (mut next, mut visits) = (0, 0);
            let visit = |offset, values: &[f64]| {
                assert!(offset == next && values.len() as u64 <= PIECE.max(shape[2]));
                assert!(values.iter().zip(offset..).all(|(value, n)| *value == n as f64));
                (next, visits) = (offset + values.len() as u64, visits + 1);
            };
            list.for_each(visit).unwrap();
            assert_eq!((next, visits), (shape.iter().product(), pieces), "{shape:?}");
        }
    }

    #[test]
    fn arrays_with_too_few_numbers_are_errors() {
        let model = Counted { shape: [2, 3, 1], missing: 1, ..Counted::default() };
        let error = List::made(&model, &model.mesh, U).unwrap().for_each(|_, _: &[f64]| ()).unwrap_err();
        assert_eq!(error.detail(), "the model gives 5 numbers where 6 are wanted");
        assert!(List::made(&model, &model.mesh, Data::Times).is_none());
    }
}
