//! Which sides the elements of a model have, and of how many nodes.

use crate::check::Check;
use crate::data::Data;
use crate::kind::EntityType;
use crate::topology::ElementType;

/// The sides of the elements of a block.
enum Sides {
    /// The nodes of each side.
    Each(Vec<u64>),
    /// As many as the element has edges or faces; edges have two nodes.
    Counted(Vec<i64>, Option<u64>),
    /// Nothing is known.
    Unknown,
}

/// The sides of all elements by number.
pub(super) struct AllSides {
    /// The last element of each block, counted from 1, and its sides.
    blocks: Vec<(u64, Sides)>,
}

impl AllSides {
    /// The number of elements in blocks.
    pub fn num_elements(&self) -> u64 {
        self.blocks.last().map_or(0, |(end, _)| *end)
    }

    /// The number of sides of an element, counted from 1; `None` if it is not known.
    pub fn count(&self, element: u64) -> Option<u64> {
        match self.find(element)? {
            (_, Sides::Each(nodes)) => Some(nodes.len() as u64),
            (n, Sides::Counted(counts, _)) => u64::try_from(*counts.get(n)?).ok(),
            (_, Sides::Unknown) => None,
        }
    }

    /// The nodes of a side, both counted from 1; `None` if they are not known.
    pub fn nodes(&self, element: u64, side: u64) -> Option<u64> {
        match self.find(element)? {
            (_, Sides::Each(nodes)) => nodes.get(usize::try_from(side.checked_sub(1)?).ok()?).copied(),
            (_, Sides::Counted(_, nodes)) => *nodes,
            (_, Sides::Unknown) => None,
        }
    }

    /// The position of an element in its block, and the sides there.
    fn find(&self, element: u64) -> Option<(usize, &Sides)> {
        let n = self.blocks.partition_point(|(end, _)| *end < element);
        let before = n.checked_sub(1).and_then(|n| self.blocks.get(n)).map_or(0, |(end, _)| *end);
        let (_, sides) = self.blocks.get(n)?;
        Some((usize::try_from(element.checked_sub(before + 1)?).ok()?, sides))
    }
}

impl Check<'_> {
    /// The sides of all elements.
    pub(super) fn all_sides(&mut self) -> AllSides {
        let blocks = self.declared.blocks(EntityType::ElementBlock).unwrap_or_default();
        let mut end = 0u64;
        let mut list = Vec::new();
        for (index, block) in blocks.iter().enumerate() {
            end = end.saturating_add(block.len);
            let counts = Data::Counts(EntityType::ElementBlock, index);
            let sides = match ElementType::parse(&block.topology, block.nodes_per_entry, self.init.num_dim) {
                Ok(ElementType::Standard(topology)) => {
                    Sides::Each(topology.sides().iter().map(|side| side.nodes().len() as u64).collect())
                }
                Ok(ElementType::Polygon) => Sides::Counted(self.counts(counts), Some(2)),
                Ok(ElementType::Polyhedron) => Sides::Counted(self.counts(counts), None),
                _ => Sides::Unknown,
            };
            list.push((end, sides));
        }
        AllSides { blocks: list }
    }

    /// All numbers of a list.
    fn counts(&mut self, data: Data) -> Vec<i64> {
        let mut all = Vec::new();
        if let Some(list) = self.list(data) {
            self.stream(&list, |_, _, values: &[i64]| all.extend_from_slice(values));
        }
        all
    }
}
