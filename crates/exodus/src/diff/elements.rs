//! The nodes of the elements of a block, whatever form the elements have.

use std::sync::Arc;

use hyperslab::{Context, Error, Result, Values};

use super::model::Model;
use crate::kind::EntityType;
use crate::model::block_cells;
use crate::topology::{Cells, ElementType, Faces};

/// The elements of a block by their nodes.
pub(super) enum Elements<'f> {
    /// As many nodes each, as the file has them.
    Even(Values<'f, i64>, usize),
    /// A list of nodes each.
    Polygons(Cells),
    /// A list of faces each.
    Polyhedra(Cells),
}

impl<'f> Elements<'f> {
    /// The elements of a block; none, if it has no nodes. The faces of polyhedra are read once.
    pub fn of(model: &Model<'f>, block: usize, faces: &mut Option<Arc<Faces>>) -> Result<Self> {
        match model.blocks.get(block) {
            Some(info) if !info.is_uniform() => {
                let cells = model.read(|file| block_cells(file, EntityType::ElementBlock, block, faces))?;
                match cells.element_type() {
                    Ok(ElementType::Polyhedron) => {
                        check_faces(&cells).in_file(&model.name)?;
                        Ok(Elements::Polyhedra(cells))
                    }
                    _ => Ok(Elements::Polygons(cells)),
                }
            }
            _ => {
                let (nodes, per_element) = model.connectivity(block)?.unwrap_or((Values::owned(Vec::new()), 0));
                Ok(Elements::Even(nodes, per_element))
            }
        }
    }

    /// The number of elements that have nodes.
    pub fn len(&self) -> usize {
        match self {
            Elements::Even(nodes, per_element) => nodes.len().checked_div(*per_element).unwrap_or(0),
            Elements::Polygons(cells) | Elements::Polyhedra(cells) => cells.len(),
        }
    }

    /// The nodes of an element, numbered from 1; of a polyhedron, those of one face after the other.
    pub fn nodes(&self, element: usize) -> Vec<i64> {
        match self {
            Elements::Even(nodes, per_element) => {
                let start = element.saturating_mul(*per_element);
                let own = start..start.saturating_add(*per_element);
                match nodes.as_slice() {
                    Some(all) => all.get(own).unwrap_or_default().to_vec(),
                    None => own.map_while(|n| nodes.get(n)).collect(),
                }
            }
            Elements::Polyhedra(cells) => {
                let faces = cells.get(element).unwrap_or_default().iter();
                faces.filter_map(|&face| cells.faces().get(face)).flatten().copied().collect()
            }
            Elements::Polygons(cells) => cells.get(element).unwrap_or_default().to_vec(),
        }
    }

    /// The nodes of an element, each of a polyhedron's once.
    pub fn corners(&self, element: usize) -> Vec<i64> {
        let mut nodes = self.nodes(element);
        if matches!(self, Elements::Polyhedra(_)) {
            nodes.sort_unstable();
            nodes.dedup();
        }
        nodes
    }

    /// Whether all elements have the same nodes in the same order, as far as that is seen at once.
    pub fn are_equal(&self, other: &Self) -> bool {
        match (self, other) {
            (Elements::Even(a, _), Elements::Even(b, _)) => a.len() == b.len() && a.iter().eq(b.iter()),
            _ => false,
        }
    }
}

/// A face that is not there has no nodes, which would not be missed.
fn check_faces(cells: &Cells) -> Result<()> {
    let mut faces = (0..cells.len()).flat_map(|element| cells.get(element).unwrap_or_default());
    match faces.find(|&&face| cells.faces().get(face).is_none()) {
        Some(face) => Err(Error::usage(format!("there is no face {face}, which a polyhedron has"))),
        None => Ok(()),
    }
}
