//! Elements that would be inside out, and the sides and factors of side sets that go with them.

use std::collections::btree_map::{BTreeMap, Entry};

use hyperslab::{Context, Error, Result};

use super::image::Image;
use super::{topology, Moved};
use crate::data::{describe, Data, Part};
use crate::kind::EntityType;
use crate::mesh::Shape;
use crate::model::{Model, Numbers};
use crate::transform::mirror_connectivity;

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
                if block.nodes_per_entry > 0 && block.shape() != Shape::Polygons {
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
        if self.has_polygons(kind, block) {
            return self.polygons(kind, block, part);
        }
        let mut nodes: Vec<i64> = self.model.numbers(&part.all_components())?.to()?;
        mirror_connectivity(topology(&self.mesh, kind, block)?, &mut nodes)?;
        let shape = self.model.shape(part.data()).unwrap_or_default();
        let per_entry = shape.get(1).copied().unwrap_or(1);
        let columns = part.components_of(per_entry);
        let of_entry = |(n, _): &(usize, i64)| columns.contains(&((*n as u64) % per_entry.max(1)));
        let nodes = nodes.into_iter().enumerate().filter(of_entry).map(|(_, node)| node);
        Ok(Numbers::I64(nodes.collect::<Vec<_>>().into()))
    }

    /// The nodes of polygons, of which all are read: where one begins depends on those before it.
    fn polygons(&self, kind: EntityType, block: usize, part: &Part) -> Result<Numbers<'_>> {
        let mut nodes: Vec<i64> = self.model.numbers(&part.all_entries())?.to()?;
        mirror_polygons(&self.counts(kind, block)?, &mut nodes)?;
        let range = part.entries_of(nodes.len() as u64);
        Ok(Numbers::I64(cut(nodes, &range, describe(part.data()))?.into()))
    }

    fn has_polygons(&self, kind: EntityType, block: usize) -> bool {
        self.mesh.blocks.of(kind).get(block).is_some_and(|block| block.shape() == Shape::Polygons)
    }

    /// How many nodes each polygon of a block has.
    fn counts(&self, kind: EntityType, block: usize) -> Result<Vec<i64>> {
        self.model.numbers(&Data::Counts(kind, block).into())?.to()
    }

    /// The sides of a side set before they were renumbered and after, and the images of their elements.
    fn sides(&self, set: usize) -> Result<(Vec<i64>, Vec<i64>, Vec<Image>)> {
        let kind = EntityType::SideSet;
        let elements: Vec<i64> = self.model.numbers(&Data::Members(kind, set).into())?.to()?;
        let before: Vec<i64> = self.model.numbers(&Data::Sides(kind, set).into())?.to()?;
        let mut corners = BTreeMap::new();
        let images = elements.into_iter().map(|element| self.image(element, &mut corners));
        let images = images.collect::<Result<Vec<_>>>()?;
        let after = images.iter().zip(&before).map(|(image, &side)| image.side(side));
        Ok((after.collect::<Result<_>>()?, before, images))
    }

    /// The image of an element; `corners` keeps how many nodes the polygons of each block have.
    fn image(&self, element: i64, corners: &mut BTreeMap<usize, Vec<i64>>) -> Result<Image> {
        let kind = EntityType::ElementBlock;
        let missing = || Error::usage(format!("element {element} is in no element block"));
        let (block, entry) = self.mesh.element_numbers().find(element).ok_or_else(missing)?;
        if !self.has_polygons(kind, block) {
            return topology(&self.mesh, kind, block).map(Image::Standard);
        }
        let counts = match corners.entry(block) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(self.counts(kind, block)?),
        };
        counts.get(entry).copied().map(Image::Polygon).ok_or_else(missing)
    }

    /// The factors of a side set: the nodes of each side come in another order, and their factors with them.
    fn factors(&self, set: usize, part: &Part) -> Result<Numbers<'_>> {
        let factors = self.model.numbers(&part.all_entries())?;
        let (after, before, images) = self.sides(set)?;
        let mut order = Vec::new();
        for ((after, before), image) in after.into_iter().zip(before).zip(images) {
            let start = order.len();
            order.extend(image.order(before, after)?.into_iter().map(|n| start + n));
        }
        // One factor for each side, or for none of their nodes, has no order.
        let order = if order.len() == factors.len() { order } else { (0..factors.len()).collect() };
        let range = part.entries_of(order.len() as u64);
        factors.take(&cut(order, &range, describe(part.data()))?, 1)
    }
}

/// Turns polygons round: the first node of each stays the first.
fn mirror_polygons(counts: &[i64], mut nodes: &mut [i64]) -> Result<()> {
    for &count in counts {
        let count = usize::try_from(count).ok().filter(|&count| count <= nodes.len());
        let count = count.ok_or_else(|| Error::usage("the polygons have more nodes than there are"))?;
        let (polygon, rest) = nodes.split_at_mut(count);
        polygon.get_mut(1..).into_iter().for_each(<[i64]>::reverse);
        nodes = rest;
    }
    Ok(())
}

/// A range of a list.
fn cut<T>(list: Vec<T>, range: &std::ops::Range<u64>, what: String) -> Result<Vec<T>> {
    let len = list.len();
    let outside = || Error::usage(format!("a range of {}..{} of {len} {what}", range.start, range.end));
    let (start, end) = (usize::try_from(range.start).ok(), usize::try_from(range.end).ok());
    let (start, end) = start.zip(end).filter(|&(start, end)| start <= end && end <= len).ok_or_else(outside)?;
    Ok(list.into_iter().take(end).skip(start).collect())
}
