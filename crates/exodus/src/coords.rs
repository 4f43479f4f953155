//! Coordinates of the nodes.

use std::ops::Range;

use hyperslab::netcdf::Array;
use hyperslab::{Element, Error, Result, Selection, Values};
use ndarray::Array2;

use crate::file::ExodusFile;
use crate::names;

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
    /// When they cannot be read, or a coordinate does not fit `T` exactly (`f64` always fits).
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

    /// One coordinate of a range of nodes. Nodes without coordinates are at the origin.
    ///
    /// # Errors
    /// As [`ExodusFile::partial_coords`].
    pub fn coord<T: Element>(&self, axis: usize, nodes: Range<u64>) -> Result<Values<'_, T>> {
        match self.coordinate_array(axis)? {
            Some((array, region)) => {
                let mut region = region;
                if let (Some(start), Some(count)) = (region.start.last_mut(), region.count.last_mut()) {
                    *start = nodes.start;
                    *count = nodes.end.saturating_sub(nodes.start);
                }
                array.view(&region)
            }
            None => {
                let len = usize::try_from(nodes.end.saturating_sub(nodes.start))
                    .map_err(|_| Error::limit("too many nodes"))?;
                let mut zeros = Vec::new();
                zeros.try_reserve_exact(len).map_err(|_| Error::limit(format!("no memory for {len} nodes")))?;
                zeros.resize(len, T::default());
                Ok(Values::Owned(zeros))
            }
        }
    }

    /// The coordinates as one array of nodes x dimensions, copied.
    ///
    /// # Errors
    /// As [`ExodusFile::coords`].
    pub fn coords_array<T: Element>(&self) -> Result<Array2<T>> {
        let coords = self.coords::<T>()?;
        let nodes = coords.axes.first().map_or(0, Values::len);
        let mut array = Array2::from_elem((nodes, coords.axes.len()), T::default());
        for (mut column, axis) in array.columns_mut().into_iter().zip(&coords.axes) {
            for (place, value) in column.iter_mut().zip(axis.iter()) {
                *place = value;
            }
        }
        Ok(array)
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

    /// Where one coordinate is: a variable of its own, or a row of the old common one.
    fn coordinate_array(&self, axis: usize) -> Result<Option<(Array<'_>, Selection)>> {
        let own = names::COORDS.get(axis).and_then(|name| self.array(name));
        if let Some(array) = own {
            let region = Selection::all(array.shape());
            return Ok(Some((array, region)));
        }
        match self.array(names::COORD) {
            Some(array) if array.shape().len() == 2 => {
                let row = Selection::index(array.shape(), axis as u64);
                row.check(array.shape())?;
                Ok(Some((array, row)))
            }
            _ => Ok(None),
        }
    }
}
