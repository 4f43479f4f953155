//! Moving meshes: translation, scaling, rotation and mirroring of coordinates in place, and of the vectors and tensors that
//! go with them.
//!
//! A [`Transform`] is put together once and applied to any number of slices: one for each component, `f32` or `f64`, so
//! that coordinates and fields need not be copied together. Angles are in radians.

mod apply;
mod connectivity;
#[cfg(test)]
mod tests;

use hyperslab::{Error, Result};

pub use apply::Real;
pub use connectivity::{mirror_connectivity, mirror_sides};

use crate::geometry::vector::{add, dot, norm, scale, sub, unit, Vector};

/// An affine map: a matrix, then an offset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transform {
    /// The rows of the matrix.
    matrix: [Vector; 3],
    offset: Vector,
}

impl Default for Transform {
    fn default() -> Self {
        Self::linear([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    }
}

impl Transform {
    /// What leaves everything as it is.
    pub fn identity() -> Self {
        Self::default()
    }

    fn linear(matrix: [Vector; 3]) -> Self {
        Transform { matrix, offset: [0.0; 3] }
    }

    /// Moves everything by a vector.
    pub fn translation(offset: [f64; 3]) -> Self {
        Transform { offset, ..Self::default() }
    }

    /// Stretches along the axes, from the origin.
    pub fn scaling([x, y, z]: [f64; 3]) -> Self {
        Self::linear([[x, 0.0, 0.0], [0.0, y, 0.0], [0.0, 0.0, z]])
    }

    /// Rotates about an axis through the origin, counterclockwise for whom the axis points at. Quarter
    /// turns are exact.
    ///
    /// ```
    /// use exodus_rs::transform::Transform;
    /// # fn main() -> exodus_rs::Result<()> {
    /// let turn = Transform::rotation([0.0, 0.0, 1.0], std::f64::consts::FRAC_PI_2)?;
    /// let (mut x, mut y) = ([1.0_f64, 0.0], [0.0, 2.0]);
    /// turn.about([1.0, 0.0, 0.0]).coords(&mut [&mut x, &mut y])?;
    /// assert_eq!((x, y), ([1.0, -1.0], [0.0, -1.0]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for an axis without a direction or an angle that is no number.
    pub fn rotation(axis: [f64; 3], angle: f64) -> Result<Self> {
        let axis = direction(axis)?;
        if !angle.is_finite() {
            return Err(Error::usage(format!("an angle of {angle}")));
        }
        let (sin, cos) = sin_cos(angle);
        let [x, y, z] = axis;
        let turn = [[cos, -z * sin, y * sin], [z * sin, cos, -x * sin], [-y * sin, x * sin, cos]];
        // Rodrigues: the part along the axis stays.
        let along = |component: f64| scale(axis, component * (1.0 - cos));
        let [a, b, c] = turn;
        Ok(Self::linear([add(a, along(x)), add(b, along(y)), add(c, along(z))]))
    }

    /// Rotates about up to three axes, one after the other: `"XYZ"` about axes that turn along (intrinsic), `"xyz"` about
    /// axes that stay (extrinsic).
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for other letters, both cases in one sequence, and another number of angles.
    pub fn euler(sequence: &str, angles: &[f64]) -> Result<Self> {
        let wrong =
            || Error::usage(format!("{sequence:?} is no sequence of one to three of X, Y and Z, or of x, y and z"));
        let intrinsic = sequence.bytes().all(|letter| letter.is_ascii_uppercase());
        let extrinsic = sequence.bytes().all(|letter| letter.is_ascii_lowercase());
        if !(1..=3).contains(&sequence.len()) || intrinsic == extrinsic {
            return Err(wrong());
        }
        if sequence.len() != angles.len() {
            return Err(Error::usage(format!("{} angles for the sequence {sequence:?}", angles.len())));
        }
        let mut total = Self::identity();
        for (letter, &angle) in sequence.bytes().zip(angles) {
            let axis = match letter.to_ascii_lowercase() {
                b'x' => [1.0, 0.0, 0.0],
                b'y' => [0.0, 1.0, 0.0],
                b'z' => [0.0, 0.0, 1.0],
                _ => return Err(wrong()),
            };
            let turn = Self::rotation(axis, angle)?;
            total = if intrinsic { turn.then(&total) } else { total.then(&turn) };
        }
        Ok(total)
    }

    /// Mirrors at the plane through the origin with this normal. Elements are inside out then, until
    /// [`mirror_connectivity`] has put their nodes in order.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a normal without a direction.
    pub fn mirror(normal: [f64; 3]) -> Result<Self> {
        let normal = direction(normal)?;
        let Transform { matrix: [a, b, c], .. } = Self::identity();
        let [x, y, z] = normal;
        let reflected = |row: Vector, component: f64| sub(row, scale(normal, 2.0 * component));
        Ok(Self::linear([reflected(a, x), reflected(b, y), reflected(c, z)]))
    }

    /// The same about another point than the origin.
    #[must_use]
    pub fn about(&self, point: [f64; 3]) -> Self {
        Self::translation(scale(point, -1.0)).then(self).then(&Self::translation(point))
    }

    /// This one first, then the next.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        let [a, b, c] = self.matrix;
        let row = |[x, y, z]: Vector| add(add(scale(a, x), scale(b, y)), scale(c, z));
        let [d, e, f] = next.matrix;
        Transform { matrix: [row(d), row(e), row(f)], offset: add(next.vector(self.offset), next.offset) }
    }

    /// Where a point goes.
    pub fn point(&self, point: [f64; 3]) -> [f64; 3] {
        add(self.vector(point), self.offset)
    }

    /// What becomes of a vector, such as a displacement: as [`Transform::point`] without the offset.
    pub fn vector(&self, vector: [f64; 3]) -> [f64; 3] {
        self.matrix.map(|row| dot(row, vector))
    }

    /// The factor of volumes; negative if elements are turned inside out.
    pub fn determinant(&self) -> f64 {
        let [a, b, c] = self.matrix;
        dot(a, crate::geometry::vector::cross(b, c))
    }

    /// Refuses what makes a mesh flat, or takes its nodes to no place at all.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a determinant of 0, and for what is no number.
    pub(crate) fn check_regular(&self) -> Result<()> {
        let numbers = self.matrix.iter().flatten().chain(&self.offset);
        match self.determinant() {
            _ if numbers.clone().any(|number| !number.is_finite()) => {
                Err(Error::usage("a transform with what is no finite number"))
            }
            determinant if determinant.abs() > 0.0 => Ok(()),
            _ => Err(Error::usage("a transform that makes a mesh flat: its nodes would fall together")),
        }
    }

    /// The rows of the matrix.
    pub fn matrix(&self) -> [[f64; 3]; 3] {
        self.matrix
    }

    /// What is added after the matrix.
    pub fn offset(&self) -> [f64; 3] {
        self.offset
    }
}

/// Sine and cosine; exact for quarter turns, which no floating-point number is.
fn sin_cos(angle: f64) -> (f64, f64) {
    let (sin, cos) = angle.sin_cos();
    let exact = |value: f64, turned: bool| if turned && value.abs() < 1e-15 { 0.0 } else { value };
    (exact(sin, angle.abs() > 1.0), exact(cos, true))
}

/// A direction as a vector of length 1.
fn direction(vector: Vector) -> Result<Vector> {
    // Without the largest component first, small vectors would vanish when squared, and large ones overflow.
    let largest = vector.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
    let direction = unit(scale(vector, 1.0 / largest));
    if norm(direction).is_finite() && largest > 0.0 {
        Ok(direction)
    } else {
        Err(Error::usage(format!("{vector:?} has no direction")))
    }
}
