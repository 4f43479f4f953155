//! Finding elements by their midpoints, and nodes by the corners of elements.

use hyperslab::{Error, Result, Values};

use super::grid::Grid;
use super::{Maps, Tell};
use crate::diff::elements::Elements;
use crate::diff::finding::Severity;
use crate::diff::kernel::Target;
use crate::diff::model::Model;
use crate::diff::options::{Matching, Options};
use crate::model::ModelExt;

/// The mesh of a file, as far as places need it.
struct Mesh<'m, 'f> {
    model: &'m Model<'f>,
    axes: Vec<Vec<f64>>,
    /// The elements of each block.
    blocks: Vec<Elements<'f>>,
}

impl<'m, 'f> Mesh<'m, 'f> {
    fn new(model: &'m Model<'f>) -> Result<Self> {
        let axes = model.read(|file| file.coords::<f64>())?.axes.into_iter().map(Values::into_vec).collect();
        let (mut blocks, mut faces) = (Vec::new(), None);
        for (n, block) in model.blocks.iter().enumerate() {
            let elements = Elements::of(model, n, &mut faces)?;
            if elements.len() as u64 != block.entity.len {
                let text = format!("{} of the {} elements have nodes, and a place", elements.len(), block.entity.len);
                let object = format!("element block {}", block.entity.id);
                return Err(Error::usage(text).in_object(object).in_file(&model.name));
            }
            blocks.push(elements);
        }
        Ok(Mesh { model, axes, blocks })
    }

    /// The nodes of an element, counted from 0.
    fn nodes(&self, block: usize, element: usize) -> Vec<usize> {
        let nodes = self.blocks.get(block).map(|block| block.corners(element)).unwrap_or_default();
        let index = |node: i64| usize::try_from(node.checked_sub(1)?).ok();
        nodes.into_iter().map(|node| index(node).unwrap_or(usize::MAX)).collect()
    }

    fn coordinates(&self, node: usize) -> impl Iterator<Item = f64> + '_ {
        self.axes.iter().map(move |axis| axis.get(node).copied().unwrap_or(f64::NAN))
    }

    #[allow(clippy::cast_precision_loss)]
    fn midpoint(&self, nodes: &[usize]) -> Vec<f64> {
        let mean = |axis: &Vec<f64>| {
            nodes.iter().map(|&node| axis.get(node).copied().unwrap_or(f64::NAN)).sum::<f64>() / nodes.len() as f64
        };
        self.axes.iter().map(mean).collect()
    }

    /// Blocks and positions of all elements.
    fn elements(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.blocks.iter().enumerate().flat_map(|(n, block)| (0..block.len()).map(move |element| (n, element)))
    }

    /// The midpoints of all elements, axis by axis.
    fn midpoints(&self) -> Vec<Vec<f64>> {
        let mut axes = vec![Vec::new(); self.axes.len()];
        for (block, element) in self.elements() {
            let point = self.midpoint(&self.nodes(block, element));
            axes.iter_mut().zip(point).for_each(|(axis, value)| axis.push(value));
        }
        axes
    }
}

/// Elements of the first mesh as they are being found in the second.
struct Search<'s, 'm, 'f> {
    meshes: &'s [Mesh<'m, 'f>; 2],
    options: &'s Options,
    grid: Grid,
    nodes: Vec<Target>,
}

/// Finds nodes and elements by their places.
pub(super) fn find(models: &[Model<'_>; 2], options: &Options, tell: &mut Tell<'_>) -> Result<Option<Maps>> {
    let [first, second] = models;
    let meshes = [Mesh::new(first)?, Mesh::new(second)?];
    let [one, two] = &meshes;
    let targets: Vec<(usize, usize)> = two.elements().collect();
    let grid = Grid::new(two.midpoints(), 0..targets.len(), options.coordinates);
    let nodes = vec![Target::NOWHERE; one.axes.first().map_or(0, Vec::len)];
    let mut search = Search { meshes: &meshes, options, grid, nodes };
    let mut elements = Vec::new();
    let mut unmatched = 0usize;
    for (block, element) in one.elements() {
        let found = match search.element(block, element, &targets) {
            Ok(found) => found,
            Err(problem) => {
                tell(Severity::Difference, problem);
                return Ok(None);
            }
        };
        if found.is_none() {
            unmatched += 1;
            if options.list_unmatched {
                tell(Severity::Note, format!("No match for element {} of block {}.", element + 1, id(one, block)));
            }
        }
        elements.push(found.map_or(Target::NOWHERE, |(block, index)| Target::new(block, index)));
    }
    if options.matching == Matching::Partial {
        tell(Severity::Note, format!("Partial map selected: {unmatched} elements unmatched."));
    } else if let Err(problem) = search.free_nodes() {
        tell(Severity::Difference, problem);
        return Ok(None);
    }
    Ok(Some(Maps { nodes: Some(search.nodes), elements: Some(elements) }))
}

fn id(mesh: &Mesh<'_, '_>, block: usize) -> i64 {
    mesh.model.blocks.get(block).map_or(0, |block| block.id.0)
}

impl Search<'_, '_, '_> {
    /// The element of the second mesh at the place of one of the first; `Err` with what is different.
    fn element(
        &mut self,
        block: usize,
        element: usize,
        targets: &[(usize, usize)],
    ) -> std::result::Result<Option<(usize, usize)>, String> {
        let [one, two] = self.meshes;
        let nodes = one.nodes(block, element);
        let found = self.grid.find(&one.midpoint(&nodes), 2);
        let place = || format!("element {} of block {}", element + 1, id(one, block));
        let at = match (found.as_slice(), self.options.matching) {
            ([at], _) => at,
            ([at, ..], _) if self.options.ignore_duplicates => at,
            (_, Matching::Partial) => return Ok(None),
            ([], _) => return Err(format!("The second file has no element at the place of {}.", place())),
            _ => return Err(format!("The second file has several elements at the place of {}.", place())),
        };
        let Some(&(other_block, other_element)) = targets.get(*at) else { return Ok(None) };
        let others = two.nodes(other_block, other_element);
        if nodes.len() != others.len() {
            return Err(format!("The files have {} and {} nodes in {}.", nodes.len(), others.len(), place()));
        }
        for node in nodes {
            self.node(node, &others).map_err(|problem| format!("{problem} in {}.", place()))?;
        }
        Ok(Some((other_block, other_element)))
    }

    /// Finds a node among those of the element at the same place.
    fn node(&mut self, node: usize, others: &[usize]) -> std::result::Result<(), String> {
        let [one, two] = self.meshes;
        let is_same = |other: &usize| self.grid.same(one.coordinates(node), two.coordinates(*other));
        let found = others.iter().copied().find(is_same);
        let other = found.ok_or_else(|| format!("Node {} has no counterpart", node + 1))?;
        match self.nodes.get_mut(node) {
            Some(target) if *target == Target::NOWHERE || self.options.matching == Matching::Partial => {
                *target = Target::new(0, other);
            }
            Some(target) if *target != Target::new(0, other) && !self.options.ignore_duplicates => {
                return Err(format!("Node {} has several counterparts", node + 1));
            }
            _ => {}
        }
        Ok(())
    }

    /// Finds the nodes that belong to no element.
    fn free_nodes(&mut self) -> std::result::Result<(), String> {
        let [one, two] = self.meshes;
        let mut taken = vec![false; two.axes.first().map_or(0, Vec::len)];
        for (_, index) in self.nodes.iter().filter_map(|target| target.get()) {
            if let Some(taken) = taken.get_mut(index) {
                *taken = true;
            }
        }
        let free: Vec<usize> = (0..self.nodes.len()).filter(|&n| self.nodes.get(n) == Some(&Target::NOWHERE)).collect();
        if free.is_empty() {
            return Ok(());
        }
        let left = (0..taken.len()).filter(|&n| taken.get(n) == Some(&false)).collect::<Vec<_>>();
        let mut grid = Grid::new(two.axes.clone(), left.into_iter(), self.options.coordinates);
        for node in free {
            let other = grid.take(&one.coordinates(node).collect::<Vec<_>>());
            let other =
                other.ok_or_else(|| format!("Node {}, which is in no element, has no counterpart.", node + 1))?;
            if let Some(target) = self.nodes.get_mut(node) {
                *target = Target::new(0, other);
            }
        }
        Ok(())
    }
}
