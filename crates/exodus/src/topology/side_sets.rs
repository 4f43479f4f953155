//! Sides of elements as lists of nodes, and back.

use hyperslab::{Error, Result};

use super::cells::Cells;

/// A list of sides: numbers of elements and of their sides, both from 1, as side sets store them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SideList {
    /// The number of the element of each side, through all blocks.
    pub elements: Vec<i64>,
    /// The number of the side.
    pub sides: Vec<i64>,
}

/// The nodes of a list of sides: what `ex_get_side_set_node_list` gives, in the order of distribution factors.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SideNodes {
    /// The number of nodes of each side.
    pub counts: Vec<usize>,
    /// The nodes of one side after the other, numbered from 1.
    pub nodes: Vec<i64>,
}

impl SideNodes {
    /// The nodes of each side.
    pub fn iter(&self) -> impl Iterator<Item = &[i64]> {
        let mut rest = self.nodes.as_slice();
        self.counts.iter().map(move |&count| {
            let (side, others) = rest.split_at_checked(count).unwrap_or((rest, &[]));
            rest = others;
            side
        })
    }
}

/// How the numbers of elements go through the element blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementNumbers {
    /// The first number after each block.
    ends: Vec<u64>,
}

impl ElementNumbers {
    /// How the numbers go through blocks of so many elements.
    pub fn of(blocks: impl IntoIterator<Item = u64>) -> Self {
        let mut end = 0_u64;
        let ends = blocks.into_iter().map(|len| {
            end = end.saturating_add(len);
            end
        });
        ElementNumbers { ends: ends.collect() }
    }

    /// The position of the block of an element and its position there, by its number from 1.
    pub fn find(&self, number: i64) -> Option<(usize, usize)> {
        let element = u64::try_from(number).ok()?.checked_sub(1)?;
        let block = self.ends.partition_point(|&end| end <= element);
        self.ends.get(block)?;
        Some((block, usize::try_from(element - self.before(block)).ok()?))
    }

    /// The number from 1 of an element by the position of its block and its position there.
    pub fn number(&self, block: usize, element: usize) -> Option<i64> {
        let position = self.before(block).checked_add(element as u64)?;
        self.ends.get(block).filter(|&&end| position < end)?;
        i64::try_from(position).ok()?.checked_add(1)
    }

    /// The number of elements.
    pub fn len(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many elements are in the blocks before.
    pub(crate) fn before(&self, block: usize) -> u64 {
        block.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0)
    }
}

/// The side of an element on which nodes lie; one that lists them in this very order comes first.
pub(crate) fn find_side(cells: &Cells, element: usize, wanted: &[i64]) -> Result<usize> {
    let mut found = None;
    let (mut nodes, mut corners) = (Vec::new(), Vec::new());
    for side in 0..cells.num_sides(element)? {
        nodes.clear();
        corners.clear();
        cells.push_side(element, side, &mut nodes)?;
        if nodes == wanted {
            return Ok(side);
        }
        cells.push_corners(element, side, &mut corners)?;
        let on_side = wanted.iter().all(|node| nodes.contains(node)) && corners.iter().all(|c| wanted.contains(c));
        found = found.or(on_side.then_some(side));
    }
    found.ok_or_else(|| Error::usage(format!("the nodes {wanted:?} are on no side of the element")))
}
