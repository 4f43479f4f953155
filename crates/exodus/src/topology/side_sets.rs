//! Sides of elements as lists of nodes, and back.

use hyperslab::{Error, Result};

use super::cells::Cells;
use crate::kind::EntityKind;
use crate::read::file::ExodusFile;

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

impl ExodusFile {
    /// How the numbers of elements go through the element blocks.
    ///
    /// # Errors
    /// When the list of blocks cannot be read.
    pub fn element_numbers(&self) -> Result<ElementNumbers> {
        let mut end = 0_u64;
        let blocks = self.entities(EntityKind::ElementBlock)?;
        let ends = blocks.iter().map(|block| {
            end = end.saturating_add(block.len);
            end
        });
        Ok(ElementNumbers { ends: ends.collect() })
    }

    /// The sides of a side set.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn side_list(&self, index: usize) -> Result<SideList> {
        let elements = self.set_entries(EntityKind::SideSet, index)?.into_vec();
        Ok(SideList { elements, sides: self.set_extra(EntityKind::SideSet, index)?.into_vec() })
    }

    /// The nodes of every side of a side set, by its position.
    ///
    /// # Errors
    /// As [`ExodusFile::side_nodes`].
    pub fn side_set_nodes(&self, index: usize) -> Result<SideNodes> {
        self.side_nodes(&self.side_list(index)?)
    }

    /// The nodes of every side of a list.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for an element that is in no block or a side it does not have;
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for a type without sides, which is named; otherwise when the
    /// elements cannot be read.
    pub fn side_nodes(&self, list: &SideList) -> Result<SideNodes> {
        let mut found = SideNodes::default();
        self.for_each_side(list, &mut |cells, element, side, _| {
            let count = cells.push_side(element, side, &mut found.nodes)?;
            found.counts.push(count);
            Ok(())
        })?;
        Ok(found)
    }

    /// The side of each element on which some nodes lie: the inverse of [`ExodusFile::side_nodes`], as
    /// `ex_cvt_nodes_to_sides` gives it. The nodes of a side may come in any order, and its corners are enough; only the
    /// order tells the back of a shell from its front.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) when the nodes of an element are on none of its sides; otherwise as
    /// [`ExodusFile::side_nodes`].
    pub fn sides_of_nodes(&self, elements: &[i64], nodes: &SideNodes) -> Result<SideList> {
        let mut list = SideList { elements: elements.to_vec(), sides: vec![1; elements.len()] };
        if nodes.counts.len() != elements.len() {
            return Err(Error::usage(format!("nodes of {} sides for {} elements", nodes.counts.len(), elements.len())));
        }
        let wanted: Vec<&[i64]> = nodes.iter().collect();
        let mut sides = Vec::new();
        self.for_each_side(&list, &mut |cells, element, _, n| {
            let wanted = wanted.get(n).copied().unwrap_or_default();
            let side = find_side(cells, element, wanted)?;
            sides.push(i64::try_from(side + 1).unwrap_or(i64::MAX));
            Ok(())
        })?;
        list.sides = sides;
        Ok(list)
    }

    /// Calls `visit` with the block, the element there, the side from 0, and the position in the list. Only blocks with
    /// such elements are read.
    pub(crate) fn for_each_side(
        &self,
        list: &SideList,
        visit: &mut dyn FnMut(&Cells, usize, usize, usize) -> Result<()>,
    ) -> Result<()> {
        if list.elements.len() != list.sides.len() {
            return Err(Error::usage(format!("{} elements and {} sides", list.elements.len(), list.sides.len())));
        }
        let numbers = self.element_numbers()?;
        let (mut blocks, mut faces): (Vec<Option<Cells>>, _) = (Vec::new(), None);
        for (n, (&element, &side)) in list.elements.iter().zip(&list.sides).enumerate() {
            let missing = || Error::usage(format!("element {element} is in no element block"));
            let (block, local) = numbers.find(element).ok_or_else(missing)?;
            let side = usize::try_from(side).ok().and_then(|side| side.checked_sub(1));
            let side = side.ok_or_else(|| Error::usage("sides count from 1"))?;
            if blocks.len() <= block {
                blocks.resize(block + 1, None);
            }
            if let Some(slot) = blocks.get_mut(block) {
                let cells = match slot.take() {
                    Some(cells) => cells,
                    None => self.cells_with(block, &mut faces)?,
                };
                visit(slot.insert(cells), local, side, n).map_err(|e| e.in_object(format!("element {element}")))?;
            }
        }
        Ok(())
    }
}

/// The side of an element on which nodes lie; one that lists them in this very order comes first.
fn find_side(cells: &Cells, element: usize, wanted: &[i64]) -> Result<usize> {
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
