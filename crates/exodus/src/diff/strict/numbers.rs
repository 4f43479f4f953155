//! Integers of the mesh: edges, faces and their blocks, counts, maps.

use hyperslab::Result;

use super::super::kernel::Target;
use super::super::matching::{Maps, Tell};
use super::super::model::Model;
use super::super::options::{Matching, Options};
use super::super::packing;
use super::Strict;
use crate::data::Data;
use crate::kind::EntityType;
use crate::model::ModelExt;

/// Compares what nothing else has compared, given which nodes and elements belong together.
pub(in crate::diff) fn numbers(
    models: &[Model<'_>; 2],
    maps: &Maps,
    options: &Options,
    tell: &mut Tell<'_>,
) -> Result<()> {
    // Of a part of a mesh, numbers that count everything say nothing.
    if options.matching == Matching::Partial {
        return Ok(());
    }
    let mut strict = Strict { models, options, tell };
    strict.edges_and_faces(maps)?;
    strict.maps(maps)
}

/// Where a row of an array is in the second file.
type Row<'r> = dyn Fn(usize) -> Option<usize> + 'r;

/// The number in the second file of what the first file gives a number.
type Number<'n> = dyn Fn(i64) -> i64 + 'n;

impl Strict<'_, '_, '_> {
    fn edges_and_faces(&mut self, maps: &Maps) -> Result<()> {
        let [first, second] = self.models;
        let node = |node: i64| mapped(maps.nodes.as_deref(), node, |_, index| index);
        let (same, itself) = (|number: i64| number, |row: usize| Some(row));
        for kind in [EntityType::EdgeBlock, EntityType::FaceBlock] {
            for block in first.entities(kind) {
                let Some(partner) = second.partner(kind, block) else { continue };
                let of = format!("of {} {}", kind.label(), block.id);
                let nodes = [block.index, partner.index].map(|n| Data::Connectivity(kind, n));
                self.integers(&format!("connectivity {of}"), nodes, &itself, &node)?;
                let counts = [block.index, partner.index].map(|n| Data::Counts(kind, n));
                self.integers(&format!("list of numbers of nodes {of}"), counts, &itself, &same)?;
            }
        }
        let kind = EntityType::ElementBlock;
        for block in first.entities(kind) {
            let Some(partner) = second.partner(kind, block) else { continue };
            let (of, places) = (format!("of element block {}", block.id), [block.index, partner.index]);
            let from = usize::try_from(first.elements_before(block.index)).unwrap_or(usize::MAX);
            let element = |element: usize| match &maps.elements {
                None => Some(element),
                Some(map) => {
                    let target = map.get(from.saturating_add(element)).and_then(|target| target.get());
                    target.filter(|(block, _)| *block == partner.index).map(|(_, index)| index)
                }
            };
            self.integers(&format!("list of edges {of}"), places.map(Data::EdgeConnectivity), &element, &same)?;
            // Elements of any length were compared by their nodes, one by one.
            let is_uneven = first.file.has(Data::Counts(kind, block.index));
            if !is_uneven || maps.elements.is_none() {
                self.integers(&format!("list of faces {of}"), places.map(Data::FaceConnectivity), &element, &same)?;
            }
            self.integers(&format!("list of counts {of}"), places.map(|n| Data::Counts(kind, n)), &element, &same)?;
        }
        Ok(())
    }

    fn maps(&mut self, maps: &Maps) -> Result<()> {
        let [first, second] = self.models;
        let elements = maps.elements.as_deref();
        let position = |block: usize, index: usize| {
            usize::try_from(second.elements_before(block)).unwrap_or(usize::MAX).saturating_add(index)
        };
        let row = |kind: EntityType, row: usize| match (kind, &maps.nodes, elements) {
            (EntityType::NodeMap, Some(map), _) => Some(map.get(row)?.get()?.1),
            (EntityType::ElementMap, _, Some(map)) => map.get(row)?.get().map(|(block, index)| position(block, index)),
            _ => Some(row),
        };
        let same = |number: i64| number;
        for kind in EntityType::MAPS {
            for map in first.entities(kind) {
                if let Some(partner) = second.partner(kind, map) {
                    let data = [map.index, partner.index].map(|n| Data::NumMap(kind, n));
                    self.integers(&format!("{} {}", kind.label(), map.id), data, &|at| row(kind, at), &same)?;
                }
            }
            self.identifiers(kind)?;
        }
        // Some files have identifiers there, which are no positions.
        let element = |number: i64| Some(mapped(elements, number, position)).filter(|&at| at > 0).unwrap_or(number);
        self.integers("element order map", [Data::OrderMap; 2], &|row| Some(row), &element)
    }

    /// Compares identifiers in the order of the files; a file without any counts from 1.
    fn identifiers(&mut self, kind: EntityType) -> Result<()> {
        let [first, second] = self.models;
        // Otherwise they have been compared, one by one.
        let in_order =
            self.options.matching == Matching::Ids || matches!(kind, EntityType::EdgeMap | EntityType::FaceMap);
        let has = [first, second].map(|model| model.file.has(Data::IdMap(kind)));
        if self.options.ignore_maps || !in_order || has == [false, false] {
            return Ok(());
        }
        let [a, b] = [first, second].map(|model| model.read(|file| file.id_map(kind)));
        self.lists(&format!("list of identifiers ({})", kind.label()), [&a?, &b?], 1, &|row| Some(row), &|number| {
            number
        });
        Ok(())
    }

    /// Compares two arrays of integers.
    fn integers(&mut self, what: &str, [a, b]: [Data; 2], row: &Row<'_>, number: &Number<'_>) -> Result<()> {
        let [first, second] = self.models;
        match [first.file.has(a), second.file.has(b)] {
            [false, false] => return Ok(()),
            [true, true] => {}
            [in_first, _] => {
                self.alone(what, in_first);
                return Ok(());
            }
        }
        packing::array(self.models, [a, b], self.tell);
        let width = first.file.shape(a).and_then(|shape| shape.get(1).copied()).unwrap_or(1);
        let one = first.read(|file| file.view::<i64>(a))?.into_vec();
        let two = second.read(|file| file.view::<i64>(b))?.into_vec();
        self.lists(what, [&one, &two], usize::try_from(width).unwrap_or(1).max(1), row, number);
        Ok(())
    }

    /// Compares two lists, whose rows are so wide.
    fn lists(&mut self, what: &str, [a, b]: [&[i64]; 2], width: usize, row: &Row<'_>, number: &Number<'_>) {
        if a.len() != b.len() {
            self.differs(format!("The {what} has {} and {} numbers.", a.len(), b.len()));
            return;
        }
        let partner = |at: usize| b.get(row(at / width)?.checked_mul(width)?.checked_add(at % width)?).copied();
        let different = a.iter().enumerate().filter(|&(at, &value)| partner(at) != Some(number(value)));
        let (mut first, mut count) = (None, 0u64);
        for (at, &value) in different {
            first = first.or(Some((at, value)));
            count += 1;
        }
        if let Some((at, value)) = first {
            let other = partner(at).map_or_else(|| "nothing".to_owned(), |other| other.to_string());
            let place = format!("the first is number {}: {value} and {other}", at + 1);
            self.differs(format!("The {what} is not the same: {count} of {} numbers differ, {place}.", a.len()));
        }
    }
}

/// The number of a node or an element in the second file, counted from 1; 0 if it is not there.
fn mapped(map: Option<&[Target]>, number: i64, position: impl Fn(usize, usize) -> usize) -> i64 {
    let Some(map) = map else { return number };
    let at = number.checked_sub(1).and_then(|n| usize::try_from(n).ok());
    let target = at.and_then(|at| map.get(at)).and_then(|target| target.get());
    target.and_then(|(block, index)| i64::try_from(position(block, index)).ok()).map_or(0, |n| n.saturating_add(1))
}
