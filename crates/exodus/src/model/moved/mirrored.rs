//! Elements that would be inside out, and the sides and factors of side sets that go with them.

use hyperslab::{Context, Error, Result};

use super::{topology, Moved};
use crate::data::{describe, Data, Part};
use crate::kind::EntityType;
use crate::model::{Model, Numbers};
use crate::topology::Topology;
use crate::transform::{mirror_connectivity, mirror_sides};

/// Whether mirroring changes the numbers of an array.
pub(super) fn is_changed(data: Data) -> bool {
    matches!(data, Data::Connectivity(..) | Data::Sides(EntityType::SideSet, _) | Data::Factors(EntityType::SideSet, _))
}

impl<M: Model> Moved<M> {
    /// Refuses elements whose mirror images are not known, before anything is read.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported), naming the block.
    pub(super) fn check_mirrored(&self) -> Result<()> {
        for kind in EntityType::BLOCKS {
            for (n, block) in self.mesh.blocks.of(kind).iter().enumerate().filter(|(_, block)| block.len > 0) {
                let place = format!("{} {}", kind.label(), block.id);
                if block.edges_per_entry > 0 || block.faces_per_entry > 0 {
                    let detail = "mirroring elements that have edges or faces of their own";
                    return Err(Error::unsupported(detail).in_object(place));
                }
                if block.nodes_per_entry > 0 {
                    let mirrored = topology(&self.mesh, kind, n).and_then(|ty| mirror_connectivity::<i64>(ty, &mut []));
                    mirrored.in_object(&place)?;
                }
            }
        }
        Ok(())
    }

    /// A part of an array, as it is where elements are mirrored.
    pub(super) fn mirrored(&self, data: Data, part: &Part) -> Result<Numbers<'_>> {
        let all = match data {
            Data::Connectivity(kind, block) => return self.connectivity(kind, block, part),
            Data::Sides(EntityType::SideSet, set) => self.sides(set)?.0,
            Data::Factors(EntityType::SideSet, set) => return self.factors(set, part),
            _ => return self.model.numbers(part),
        };
        let range = part.entries_of(all.len() as u64);
        Ok(Numbers::I64(cut(all, &range, describe(data))?.into()))
    }

    /// The nodes of elements; all nodes of an element are read, whatever the part has of them.
    fn connectivity(&self, kind: EntityType, block: usize, part: &Part) -> Result<Numbers<'_>> {
        let mut nodes: Vec<i64> = self.model.numbers(&part.all_components())?.to()?;
        mirror_connectivity(topology(&self.mesh, kind, block)?, &mut nodes)?;
        let shape = self.model.shape(part.data()).unwrap_or_default();
        let per_entry = shape.get(1).copied().unwrap_or(1);
        let columns = part.components_of(per_entry);
        let of_entry = |(n, _): &(usize, i64)| columns.contains(&((*n as u64) % per_entry.max(1)));
        let nodes = nodes.into_iter().enumerate().filter(of_entry).map(|(_, node)| node);
        Ok(Numbers::I64(nodes.collect::<Vec<_>>().into()))
    }

    /// The sides of a side set before they were renumbered and after, and the types of their elements.
    fn sides(&self, set: usize) -> Result<(Vec<i64>, Vec<i64>, Vec<&'static Topology>)> {
        let kind = EntityType::SideSet;
        let elements: Vec<i64> = self.model.numbers(&Data::Members(kind, set).into())?.to()?;
        let before: Vec<i64> = self.model.numbers(&Data::Sides(kind, set).into())?.to()?;
        let numbers = self.mesh.element_numbers();
        let mut after = before.clone();
        let mut types = Vec::new();
        for (element, side) in elements.into_iter().zip(&mut after) {
            let missing = || Error::usage(format!("element {element} is in no element block"));
            let (block, _) = numbers.find(element).ok_or_else(missing)?;
            let topology = topology(&self.mesh, EntityType::ElementBlock, block)?;
            mirror_sides(topology, std::slice::from_mut(side))?;
            types.push(topology);
        }
        Ok((after, before, types))
    }

    /// The factors of a side set: the nodes of each side come in another order, and their factors with them.
    fn factors(&self, set: usize, part: &Part) -> Result<Numbers<'_>> {
        let factors = self.model.numbers(&part.all_entries())?;
        let (after, before, types) = self.sides(set)?;
        let mut order = Vec::new();
        for ((after, before), topology) in after.into_iter().zip(before).zip(types) {
            let start = order.len();
            order.extend(permutation(topology, before, after)?.into_iter().map(|n| start + n));
        }
        // One factor for each side, or for none of their nodes, has no order.
        let order = if order.len() == factors.len() { order } else { (0..factors.len()).collect() };
        let range = part.entries_of(order.len() as u64);
        factors.take(&cut(order, &range, describe(part.data()))?, 1)
    }
}

/// For each node of a side after mirroring its position among the nodes of the side before.
fn permutation(topology: &Topology, before: i64, after: i64) -> Result<Vec<usize>> {
    let side = |number: i64| usize::try_from(number).ok().and_then(|n| topology.sides().get(n.checked_sub(1)?));
    let found = side(before).zip(side(after)).zip(topology.mirrored());
    let permuted = found.and_then(|((before, after), order)| {
        let old = |&node: &u8| order.get(usize::from(node)).copied();
        let place = |node: u8| before.nodes().iter().position(|&other| other == node);
        after.nodes().iter().map(|node| place(old(node)?)).collect::<Option<Vec<_>>>()
    });
    permuted.ok_or_else(|| Error::unsupported(format!("mirroring sides of elements of type {}", topology.name())))
}

/// A range of a list.
fn cut<T>(list: Vec<T>, range: &std::ops::Range<u64>, what: String) -> Result<Vec<T>> {
    let len = list.len();
    let outside = || Error::usage(format!("a range of {}..{} of {len} {what}", range.start, range.end));
    let (start, end) = (usize::try_from(range.start).ok(), usize::try_from(range.end).ok());
    let (start, end) = start.zip(end).filter(|&(start, end)| start <= end && end <= len).ok_or_else(outside)?;
    Ok(list.into_iter().take(end).skip(start).collect())
}
