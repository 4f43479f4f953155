//! Measuring the elements of blocks.

use hyperslab::{Error, Result};

use super::measure::{measure, measure_polygon, measure_polyhedron, measure_side, Measure, SideMeasure};
use super::vector::{cross, mean, norm, scale, sub, unit, Vector};
use crate::topology::{Cells, ElementType};

/// The smallest box with its edges along the axes that holds all points: its lowest and its highest corner. `None` for no
/// points; coordinates that are not numbers are left out.
pub fn bounding_box<const D: usize>(points: &[[f64; D]]) -> Option<[[f64; D]; 2]> {
    let first = *points.first()?;
    let widen = |[mut low, mut high]: [[f64; D]; 2], point: &[f64; D]| {
        low.iter_mut().zip(point).for_each(|(low, &x)| *low = low.min(x));
        high.iter_mut().zip(point).for_each(|(high, &x)| *high = high.max(x));
        [low, high]
    };
    Some(points.iter().fold([first, first], widen))
}

/// The coordinates of nodes that follow each other.
#[derive(Clone, Copy)]
pub(crate) struct Points<'p> {
    pub list: &'p [Vector],
    /// How many nodes there are before.
    pub before: usize,
}

impl<'p> Points<'p> {
    fn all(list: &'p [Vector]) -> Self {
        Points { list, before: 0 }
    }

    /// That of a node by its number from 1.
    fn get(self, node: i64) -> Option<&'p Vector> {
        self.list.get(usize::try_from(node).ok()?.checked_sub(1)?.checked_sub(self.before)?)
    }
}

/// The coordinates of nodes by their numbers from 1.
fn gather(points: Points<'_>, nodes: &[i64], found: &mut Vec<Vector>) -> Result<()> {
    for &node in nodes {
        let point = points.get(node);
        found.push(*point.ok_or_else(|| Error::usage(format!("there is no node {node}")))?);
    }
    Ok(())
}

impl Cells {
    /// The size and the centroid of every element, in their order; `points` are the coordinates of all nodes of the mesh.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for types nothing is known of; [`Kind::Usage`](crate::Kind::Usage) for
    /// nodes and faces that do not exist.
    pub fn measures(&self, points: &[[f64; 3]], num_dim: usize) -> Result<Vec<Measure>> {
        self.measures_of(Points::all(points), num_dim)
    }

    pub(crate) fn measures_of(&self, points: Points<'_>, num_dim: usize) -> Result<Vec<Measure>> {
        let ty = self.element_type()?;
        let (mut found, mut nodes) = (Vec::new(), Vec::new());
        found.try_reserve_exact(self.len()).map_err(|_| Error::limit("no memory for the measures of elements"))?;
        for element in (0..self.len()).filter_map(|n| self.get(n)) {
            nodes.clear();
            found.push(match ty {
                ElementType::Polyhedron => measure_polyhedron(&self.faces_of(element, points)?),
                ElementType::Standard(_) | ElementType::Polygon => {
                    gather(points, element, &mut nodes)?;
                    match ty {
                        ElementType::Standard(topology) => measure(topology, &nodes, num_dim),
                        _ => measure_polygon(&nodes, num_dim),
                    }
                }
                _ => return Err(Error::unsupported(format!("the size of elements of type {ty}"))),
            });
        }
        Ok(found)
    }

    fn faces_of(&self, faces: &[i64], points: Points<'_>) -> Result<Vec<Vec<Vector>>> {
        let face = |&number: &i64| {
            let nodes = self.faces().get(number).ok_or_else(|| Error::usage(format!("there is no face {number}")))?;
            let mut found = Vec::new();
            gather(points, nodes, &mut found)?;
            Ok(found)
        };
        faces.iter().map(face).collect()
    }

    /// Area, normal and centroid of a side of an element, both from 0. The normal of a polyhedron's face points away from the
    /// mean of all nodes of its faces.
    ///
    /// # Errors
    /// As [`Cells::push_side`] and [`Cells::measures`].
    pub fn measure_side(&self, element: usize, side: usize, points: &[[f64; 3]]) -> Result<SideMeasure> {
        self.measure_side_of(element, side, Points::all(points))
    }

    pub(crate) fn measure_side_of(&self, element: usize, side: usize, points: Points<'_>) -> Result<SideMeasure> {
        let (mut nodes, mut corners) = (Vec::new(), Vec::new());
        self.push_side(element, side, &mut nodes)?;
        gather(points, &nodes, &mut corners)?;
        let list = self.get(element).unwrap_or_default();
        match self.element_type()? {
            ElementType::Standard(topology) => {
                corners.clear();
                gather(points, list, &mut corners)?;
                Ok(measure_side(topology, side, &corners).unwrap_or_default())
            }
            ElementType::Polygon => {
                let mut all = Vec::new();
                gather(points, list, &mut all)?;
                Ok(edge(&corners, super::measure::polygon_normal(&all)))
            }
            _ => {
                let Measure { size, centroid } = measure_polygon(&corners, 3);
                let outward = sub(centroid, mean(&self.faces_of(list, points)?.concat()));
                let normal = super::measure::polygon_normal(&corners);
                let inward = super::vector::dot(normal, outward) < 0.0;
                Ok(SideMeasure { area: size, normal: scale(normal, if inward { -1.0 } else { 1.0 }), centroid })
            }
        }
    }
}

/// An edge of a polygon with this normal.
fn edge(ends: &[Vector], plane: Vector) -> SideMeasure {
    let along = match ends {
        &[from, to] => sub(to, from),
        _ => [0.0; 3],
    };
    SideMeasure { area: norm(along), normal: unit(cross(along, plane)), centroid: mean(ends) }
}
