//! Transforms of slices: one for each component.

use hyperslab::{Error, Result};
use ndarray::ArrayViewMut2;

use super::Transform;
use crate::geometry::vector::Vector;

/// The floating-point numbers of Exodus files.
pub trait Real: Copy + Into<f64> + sealed::Sealed {
    /// The nearest number.
    fn nearest(value: f64) -> Self;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}

impl Real for f32 {
    #[allow(clippy::cast_possible_truncation)] // rounding is what is asked for
    fn nearest(value: f64) -> Self {
        value as f32
    }
}

impl Real for f64 {
    fn nearest(value: f64) -> Self {
        value
    }
}

impl Transform {
    /// Moves coordinates, x, y and z, as far as there are dimensions: slices of one length.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for more than three slices, for slices of different lengths, and in one or two
    /// dimensions for a transform that leads out of them.
    pub fn coords<T: Real>(&self, axes: &mut [&mut [T]]) -> Result<()> {
        self.stays_in(axes.len(), true)?;
        each::<T, 3>(axes, |point| self.point(point))
    }

    /// Turns vectors along, as displacements: without the offset.
    ///
    /// Whatever does not grow with lengths, such as a force, wants a transform without scaling.
    ///
    /// # Errors
    /// As [`Transform::coords`].
    pub fn vectors<T: Real>(&self, components: &mut [&mut [T]]) -> Result<()> {
        self.stays_in(components.len(), false)?;
        each::<T, 3>(components, |vector| self.vector(vector))
    }

    /// Turns symmetric tensors along: *A S Aᵀ* for the matrix *A*. The components are in the order of Exodus: XX, YY, ZZ, XY,
    /// YZ, ZX; in two dimensions XX, YY, XY, or XX, YY, ZZ, XY.
    ///
    /// Whatever does not grow with lengths, such as a stress, wants a transform without scaling.
    ///
    /// # Errors
    /// As [`Transform::coords`], and for another number of components.
    pub fn tensors<T: Real>(&self, components: &mut [&mut [T]]) -> Result<()> {
        match components.len() {
            6 => each::<T, 6>(components, |tensor| self.tensor(tensor)),
            4 => {
                self.stays_in(2, false)?;
                each::<T, 4>(components, |[xx, yy, zz, xy]| {
                    let [xx, yy, zz, xy, ..] = self.tensor([xx, yy, zz, xy, 0.0, 0.0]);
                    [xx, yy, zz, xy]
                })
            }
            3 => {
                self.stays_in(2, false)?;
                each::<T, 3>(components, |[xx, yy, xy]| {
                    let [xx, yy, _, xy, ..] = self.tensor([xx, yy, 0.0, xy, 0.0, 0.0]);
                    [xx, yy, xy]
                })
            }
            other => Err(Error::usage(format!("a symmetric tensor of {other} components"))),
        }
    }

    /// One symmetric tensor: XX, YY, ZZ, XY, YZ, ZX.
    pub fn tensor(&self, [xx, yy, zz, xy, yz, zx]: [f64; 6]) -> [f64; 6] {
        let rows = [[xx, xy, zx], [xy, yy, yz], [zx, yz, zz]];
        // The tensor is symmetric, so its rows are its columns: A S, row by row, then (A S) Aᵀ.
        let half: [Vector; 3] = rows.map(|row| self.vector(row));
        let [a, b, c] = half;
        let ([ax, ay, az], [bx, by, bz], [cx, cy, cz]) = (a, b, c);
        let [first, second, third] = [[ax, bx, cx], [ay, by, cy], [az, bz, cz]].map(|row| self.vector(row));
        let ([xx, xy, _], [_, yy, yz], [zx, _, zz]) = (first, second, third);
        [xx, yy, zz, xy, yz, zx]
    }

    /// Moves coordinates that are an array of nodes x dimensions.
    ///
    /// # Errors
    /// As [`Transform::coords`].
    pub fn coords_array<T: Real>(&self, mut nodes: ArrayViewMut2<'_, T>) -> Result<()> {
        self.stays_in(nodes.ncols(), true)?;
        for mut node in nodes.rows_mut() {
            let mut point = [0.0; 3];
            point.iter_mut().zip(&node).for_each(|(p, &x)| *p = x.into());
            let moved = self.point(point);
            node.iter_mut().zip(moved).for_each(|(x, p)| *x = T::nearest(p));
        }
        Ok(())
    }

    /// Whether this many dimensions are enough.
    fn stays_in(&self, dimensions: usize, points: bool) -> Result<()> {
        let inside = |axis: usize| axis < dimensions;
        let mixes = (0..3).zip(self.matrix()).any(|(n, row)| {
            (0..3).zip(row).any(|(m, entry): (usize, f64)| inside(n) != inside(m) && entry.abs() > 1e-12)
        });
        let leaves = points && (0..3).zip(self.offset()).any(|(n, offset)| !inside(n) && offset != 0.0);
        match dimensions {
            1..=3 if !mixes && !leaves => Ok(()),
            1..=3 => Err(Error::usage(format!("the transform leads out of the {dimensions} dimensions of the mesh"))),
            other => Err(Error::usage(format!("{other} components of points or vectors"))),
        }
    }
}

/// Replaces what the slices have at each position; components that are missing count as 0.
fn each<T: Real, const N: usize>(slices: &mut [&mut [T]], map: impl Fn([f64; N]) -> [f64; N]) -> Result<()> {
    let len = slices.first().map_or(0, |slice| slice.len());
    if let Some(other) = slices.iter().find(|slice| slice.len() != len) {
        return Err(Error::usage(format!("components of {len} and {} values", other.len())));
    }
    let mut columns: Vec<_> = slices.iter_mut().map(|slice| slice.iter_mut()).collect();
    for _ in 0..len {
        let (mut values, mut places) = ([0.0; N], [const { None }; N]);
        for ((value, place), column) in values.iter_mut().zip(&mut places).zip(&mut columns) {
            *place = column.next();
            *value = place.as_deref().map_or(0.0, |&x| x.into());
        }
        for (place, value) in places.into_iter().zip(map(values)) {
            if let Some(place) = place {
                *place = T::nearest(value);
            }
        }
    }
    Ok(())
}
