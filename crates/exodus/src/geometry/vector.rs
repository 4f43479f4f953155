//! Vectors of three components.

pub(crate) type Vector = [f64; 3];

pub(crate) fn add([a, b, c]: Vector, [x, y, z]: Vector) -> Vector {
    [a + x, b + y, c + z]
}

pub(crate) fn sub([a, b, c]: Vector, [x, y, z]: Vector) -> Vector {
    [a - x, b - y, c - z]
}

pub(crate) fn scale([a, b, c]: Vector, factor: f64) -> Vector {
    [a * factor, b * factor, c * factor]
}

pub(crate) fn dot([a, b, c]: Vector, [x, y, z]: Vector) -> f64 {
    a * x + b * y + c * z
}

pub(crate) fn cross([a, b, c]: Vector, [x, y, z]: Vector) -> Vector {
    [b * z - c * y, c * x - a * z, a * y - b * x]
}

pub(crate) fn norm(v: Vector) -> f64 {
    dot(v, v).sqrt()
}

/// A vector of length 1; zero stays zero.
pub(crate) fn unit(v: Vector) -> Vector {
    let length = norm(v);
    if length > 0.0 {
        scale(v, 1.0 / length)
    } else {
        v
    }
}

/// The mean of points; the origin for none.
pub(crate) fn mean(points: &[Vector]) -> Vector {
    let sum = points.iter().fold([0.0; 3], |sum, &p| add(sum, p));
    scale(sum, 1.0 / points.len().max(1) as f64)
}
