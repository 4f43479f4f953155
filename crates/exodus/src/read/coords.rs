//! Coordinates of the nodes.

use std::borrow::Cow;
use std::ops::Range;

use hyperslab::netcdf::Strided;
use hyperslab::{BorrowError, Element, Error, NotBorrowable, Result, Values};
use ndarray::{Array2, ArrayViewMut2, Axis};

use crate::data::Data;
use crate::names;
use crate::read::file::ExodusFile;

/// How many nodes are interleaved at a time.
const PIECE: usize = 1 << 14;

/// The coordinates as they are: one slice for each spatial dimension, borrowed where the bytes allow it.
#[derive(Debug, Clone)]
pub struct Coords<'f, T: Element> {
    /// x, y and z, as far as there are dimensions.
    pub axes: Vec<Values<'f, T>>,
}

impl ExodusFile {
    /// The coordinates of all nodes, borrowed where the bytes allow it.
    ///
    /// # Errors
    /// When they are not there or cannot be read, or one does not fit `T` exactly (`f64` always fits).
    pub fn coords<T: Element>(&self) -> Result<Coords<'_, T>> {
        self.partial_coords(0..self.dimension(names::NUM_NODES))
    }

    /// The coordinates of a range of nodes.
    ///
    /// # Errors
    /// As [`ExodusFile::coords`]; [`Kind::Usage`](crate::Kind::Usage) for a range outside of the model.
    pub fn partial_coords<T: Element>(&self, nodes: Range<u64>) -> Result<Coords<'_, T>> {
        let axes = (0..self.num_dim()).map(|axis| self.coord(axis, nodes.clone())).collect::<Result<_>>()?;
        Ok(Coords { axes })
    }

    /// One coordinate of a range of nodes. A file without nodes needs none.
    ///
    /// # Errors
    /// As [`ExodusFile::partial_coords`], and if the file has no such coordinate.
    pub fn coord<T: Element>(&self, axis: usize, nodes: Range<u64>) -> Result<Values<'_, T>> {
        match self.dimension(names::NUM_NODES) == 0 && nodes.is_empty() {
            true => Ok(Values::owned(Vec::new())),
            false => self.view(Data::Coordinate(axis).entries(nodes)),
        }
    }

    /// The coordinates as one array of nodes x dimensions, copied.
    ///
    /// # Errors
    /// As [`ExodusFile::coords`].
    pub fn coords_array<T: Element>(&self) -> Result<Array2<T>> {
        let nodes = self.dimension(names::NUM_NODES);
        let axes = self.num_dim();
        // A number of nodes alone asks for no memory: the file has an array of coordinates that is as long.
        let all = |axis| self.located(&Data::Coordinate(axis).entries(0..nodes));
        (0..if nodes > 0 { axes } else { 0 }).try_for_each(|axis| all(axis)?.0.check_written())?;
        let values = hyperslab::zeroed(nodes.saturating_mul(axes as u64))?;
        let len = values.len().checked_div(axes).unwrap_or(0);
        let mut array = Array2::from_shape_vec((len, axes), values).map_err(|e| Error::usage(e.to_string()))?;
        // All axes of a few nodes at a time stay in the processor's cache while they are interleaved.
        for (rows, start) in array.axis_chunks_iter_mut(Axis(0), PIECE).zip((0..).step_by(PIECE)) {
            self.interleave(rows, start as u64)?;
        }
        Ok(array)
    }

    /// Fills rows of nodes, the first of which is `start`.
    fn interleave<T: Element>(&self, mut rows: ArrayViewMut2<'_, T>, start: u64) -> Result<()> {
        let end = start.saturating_add(rows.nrows() as u64);
        for (axis, mut column) in rows.columns_mut().into_iter().enumerate() {
            let values = self.coord::<T>(axis, start..end)?;
            let values = values.as_slice().map_or_else(|| Cow::Owned(values.iter().collect()), Cow::Borrowed);
            column.iter_mut().zip(values.iter()).for_each(|(place, value)| *place = *value);
        }
        Ok(())
    }

    /// The coordinates as one array of nodes x dimensions without a copy, where the file keeps them at a constant
    /// distance.
    ///
    /// ```
    /// # fn main() -> exodus_rs::Result<()> {
    /// # use exodus_rs::{CreateOptions, ExodusFile, ExodusWriter, Mesh};
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.exo");
    /// # let mut writer = ExodusWriter::create(&path, &Mesh::new("nodes", 3, 2), &CreateOptions::default())?;
    /// # writer.put_coords(&[&[1.0, 4.0], &[2.0, 5.0], &[3.0, 6.0]])?;
    /// # writer.finish()?;
    /// // Only bytes in memory and memory maps can be borrowed.
    /// let file = ExodusFile::from_bytes(std::fs::read(&path).unwrap())?;
    /// let nodes = file.coords_view::<f64>()?;
    /// assert_eq!(nodes.shape(), [2, 3]);
    /// assert_eq!(nodes.index_axis(0, 1)?.iter().collect::<Vec<_>>(), [4.0, 5.0, 6.0]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`BorrowError::No`] where the bytes do not allow it; otherwise what is wrong with the file.
    pub fn coords_view<T: Element>(&self) -> Result<Strided<'_, T>, BorrowError> {
        let array = |name: &&str| self.array(name).map(|array| &**array);
        let own: Option<Vec<_>> = names::COORDS.iter().take(self.num_dim()).map(array).collect();
        let stacked = match (own, self.array(names::COORD)) {
            (Some(axes), _) if !axes.is_empty() => Strided::stack(&axes)?,
            (_, Some(common)) if common.shape().len() == 2 => common.strided()?,
            _ => return Err(NotBorrowable::NotAllocated.into()),
        };
        Ok(stacked.reversed_axes())
    }

    /// The names of the coordinates; often blank.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn coord_names(&self) -> Result<Vec<String>> {
        self.names(names::COOR_NAMES)
    }

    fn num_dim(&self) -> usize {
        usize::try_from(self.dimension(names::NUM_DIM).min(3)).unwrap_or(3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EntityKind;

    /// All Exodus fixtures, in memory.
    fn fixtures() -> impl Iterator<Item = ExodusFile> {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/exodus");
        std::fs::read_dir(directory).unwrap().filter_map(|entry| {
            let source = hyperslab::Source::from_bytes(std::fs::read(entry.unwrap().path()).unwrap());
            ExodusFile::from_netcdf(hyperslab::netcdf::File::from_source(source).unwrap()).ok()
        })
    }

    fn same<T: Element>(view: &Strided<T>, copy: &[T]) {
        let view: Vec<T> = view.iter().collect();
        assert_eq!(digits(&view), digits(copy));
    }

    /// NaN is not equal to itself, its digits are.
    fn digits<T: Element>(values: &[T]) -> Vec<String> {
        values.iter().map(|value| format!("{value:?}")).collect()
    }

    #[test]
    fn views_of_coordinates_are_the_coordinates() {
        let mut seen = 0;
        for file in fixtures() {
            if let Ok(view) = file.coords_view::<f64>() {
                let copy = file.coords_array::<f64>().unwrap();
                assert_eq!(view.shape(), copy.shape());
                same(&view, copy.as_slice().unwrap());
                seen += 1;
            }
        }
        assert!(seen >= 8, "{seen}");
    }

    #[test]
    fn views_of_all_steps_are_the_steps() {
        let mut seen = 0;
        for file in fixtures() {
            for kind in EntityKind::WITH_VARIABLES {
                let entities = file.entities(kind).unwrap().len().max(1);
                for (variable, entity) in
                    (0..file.variable_names(kind).unwrap().len()).flat_map(|v| (0..entities).map(move |e| (v, e)))
                {
                    let Ok(view) = file.var_time_series_array::<f64>(kind, variable, entity) else { continue };
                    let copy = file.var_steps::<f64>(0..file.num_steps(), kind, variable, entity).unwrap();
                    assert_eq!(view.shape().iter().product::<usize>(), copy.len());
                    same(&view, copy.as_slice().unwrap());
                    seen += 1;
                }
            }
        }
        assert!(seen >= 100, "{seen}");
    }
}
