//! The sides of elements.

use std::collections::hash_map::Entry;
use std::collections::HashMap;

use hyperslab::{Error, Result};

use super::cells;
use crate::data::Data;
use crate::kind::EntityType;
use crate::model::Model;
use crate::topology::{find_side, Cells, SideList, SideNodes};

/// The sides of a side set.
pub fn list<M: Model + ?Sized>(model: &M, set: usize) -> Result<SideList> {
    let read = |data: Data| match model.shape(data) {
        Some(_) => model.numbers(&data.into())?.to(),
        None => Ok(Vec::new()),
    };
    let kind = EntityType::SideSet;
    Ok(SideList { elements: read(Data::Members(kind, set))?, sides: read(Data::Sides(kind, set))? })
}

/// The nodes of every side of a list.
pub fn nodes<M: Model + ?Sized>(model: &M, list: &SideList) -> Result<SideNodes> {
    let mut found = SideNodes::default();
    Found::of(model, list)?.visit(list, &mut |cells, element, side, _| {
        let count = cells.push_side(element, side, &mut found.nodes)?;
        found.counts.push(count);
        Ok(())
    })?;
    Ok(found)
}

/// How many nodes every side of a list has.
pub(crate) fn side_node_counts<M: Model + ?Sized>(model: &M, elements: &[i64], sides: &[i64]) -> Result<Vec<usize>> {
    let list = SideList { elements: elements.to_vec(), sides: sides.to_vec() };
    let (mut counts, mut nodes) = (Vec::new(), Vec::new());
    Found::of(model, &list)?.visit(&list, &mut |cells, element, side, _| {
        nodes.clear();
        counts.push(cells.push_side(element, side, &mut nodes)?);
        Ok(())
    })?;
    Ok(counts)
}

/// The side of each element on which some nodes lie.
pub fn of_nodes<M: Model + ?Sized>(model: &M, elements: &[i64], nodes: &SideNodes) -> Result<SideList> {
    let mut list = SideList { elements: elements.to_vec(), sides: vec![1; elements.len()] };
    if nodes.counts.len() != elements.len() {
        return Err(Error::usage(format!("nodes of {} sides for {} elements", nodes.counts.len(), elements.len())));
    }
    let wanted: Vec<&[i64]> = nodes.iter().collect();
    let mut sides = Vec::new();
    Found::of(model, &list)?.visit(&list, &mut |cells, element, _, n| {
        let wanted = wanted.get(n).copied().unwrap_or_default();
        let side = find_side(cells, element, wanted)?;
        sides.push(i64::try_from(side + 1).unwrap_or(i64::MAX));
        Ok(())
    })?;
    list.sides = sides;
    Ok(list)
}

/// The sides of a list with the blocks that have their elements.
pub struct Found {
    /// Those blocks, by their positions; no others are read.
    pub blocks: HashMap<usize, Cells>,
    /// The block, the element there and its side, all from 0.
    places: Vec<(usize, usize, usize)>,
}

impl Found {
    /// Finds the elements of a list.
    pub fn of<M: Model + ?Sized>(model: &M, list: &SideList) -> Result<Self> {
        if list.elements.len() != list.sides.len() {
            return Err(Error::usage(format!("{} elements and {} sides", list.elements.len(), list.sides.len())));
        }
        let numbers = model.mesh()?.element_numbers();
        let (mut blocks, mut faces) = (HashMap::new(), None);
        let mut places = Vec::with_capacity(list.elements.len());
        for (&element, &side) in list.elements.iter().zip(&list.sides) {
            let missing = || Error::usage(format!("element {element} is in no element block"));
            let (block, local) = numbers.find(element).ok_or_else(missing)?;
            let side = usize::try_from(side).ok().and_then(|side| side.checked_sub(1));
            if let Entry::Vacant(slot) = blocks.entry(block) {
                slot.insert(cells::of_block(model, EntityType::ElementBlock, block, &mut faces)?);
            }
            places.push((block, local, side.ok_or_else(|| Error::usage("sides count from 1"))?));
        }
        Ok(Found { blocks, places })
    }

    /// Calls `visit` with the block, the element there, the side, and the position in the list.
    pub fn visit(
        &self,
        list: &SideList,
        visit: &mut dyn FnMut(&Cells, usize, usize, usize) -> Result<()>,
    ) -> Result<()> {
        for (n, (&(block, local, side), element)) in self.places.iter().zip(&list.elements).enumerate() {
            let Some(cells) = self.blocks.get(&block) else { continue };
            visit(cells, local, side, n).map_err(|error| error.in_object(format!("element {element}")))?;
        }
        Ok(())
    }
}
