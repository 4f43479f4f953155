//! Comparing element blocks: names, types, sizes, connectivity.

use std::sync::Arc;

use hyperslab::Result;

use super::super::elements::Elements;
use super::super::finding::Severity;
use super::super::kernel::Target;
use super::super::matching::{Maps, Tell};
use super::super::model::{listed, title, Listed, Model};
use super::super::options::{Matching, Options};
use super::super::packing;
use crate::data::Data;
use crate::ids::EntityId;
use crate::kind::EntityType;
use crate::topology::Faces;

/// Compares all blocks of the first file with theirs of the second; returns whether they are the same.
pub(super) fn check(models: &[Model<'_>; 2], maps: &Maps, options: &Options, tell: &mut Tell<'_>) -> Result<bool> {
    let [first, second] = models;
    // What was found by its place has been compared by that.
    let by_place = matches!(options.matching, Matching::Places | Matching::Partial);
    if by_place && (!options.strict || options.matching == Matching::Partial) {
        return Ok(true);
    }
    let mut same = true;
    let (nodes, elements) = (maps.nodes.as_deref(), maps.elements.as_deref());
    let mut pairing = Pairing { nodes, elements, permuted: options.permuted_connectivity, faces: [None, None] };
    for block in &first.blocks {
        let partner = second.partner(EntityType::ElementBlock, &block.entity);
        let Some(other) = partner.and_then(|partner| second.blocks.get(partner.index)) else {
            tell(Severity::Difference, format!("Block {} exists in the first file but not the second.", shown(block)));
            same = by_place;
            continue;
        };
        let alike = parameters(EntityType::ElementBlock, [block, other], options, tell);
        same &= by_place || alike && connectivity(models, [block, other], &mut pairing, tell)?;
    }
    for block in second.alone(EntityType::ElementBlock).filter(|_| options.strict) {
        tell(Severity::Difference, format!("Block {} exists in the second file but not the first.", block.id));
    }
    Ok(same)
}

/// Compares what describes edge and face blocks.
pub(super) fn check_edges_and_faces(models: &[Model<'_>; 2], options: &Options, tell: &mut Tell<'_>) -> Result<()> {
    let [first, second] = models;
    for kind in [EntityType::EdgeBlock, EntityType::FaceBlock] {
        let others = listed(second.mesh, kind);
        let alone = |id: EntityId, has: &str, lacks: &str, tell: &mut Tell<'_>| {
            let text = format!("The {} {id} exists in the {has} file but not the {lacks}.", kind.label());
            tell(Severity::Difference, text);
        };
        second.alone(kind).for_each(|block| alone(block.id, "second", "first", tell));
        for block in listed(first.mesh, kind) {
            match second.partner(kind, &block.entity).and_then(|partner| others.get(partner.index)) {
                Some(other) => {
                    parameters(kind, [&block, other], options, tell);
                }
                None => alone(block.entity.id, "first", "second", tell),
            }
        }
    }
    Ok(())
}

fn shown(block: &Listed<'_>) -> String {
    match block.entity.name.as_str() {
        "" => block.entity.id.to_string(),
        name => format!("{} ({name})", block.entity.id),
    }
}

/// Compares what describes two blocks; returns whether their elements can be compared.
fn parameters(kind: EntityType, [a, b]: [&Listed<'_>; 2], options: &Options, tell: &mut Tell<'_>) -> bool {
    let mut same = true;
    let block = if kind == EntityType::ElementBlock { "Block".to_owned() } else { format!("The {}", kind.label()) };
    let mut check = |equal: bool, counts: bool, what: &str, values: [String; 2]| {
        if !equal {
            let severity = if counts { Severity::Difference } else { Severity::Warning };
            let [one, two] = values;
            tell(severity, format!("{block} {}: the {what} is not the same: {one} and {two}.", shown(a)));
        }
        equal
    };
    let (one, two) = (&a.entity, &b.entity);
    let unnamed = one.name.is_empty() || two.name.is_empty();
    let ids = [one, two].map(|entity| entity.id.to_string());
    let own_id = check(one.id == two.id, options.pedantic, "id", ids);
    let names = [one, two].map(|entity| title(kind, entity));
    let named = match options.strict {
        true => one.name == two.name,
        false => unnamed || title(kind, one).eq_ignore_ascii_case(&title(kind, two)),
    };
    let own_name = check(named, options.pedantic, "name", names);
    same &= options.strict || !options.pedantic || own_id && own_name;
    let types = same_type(&a.topology, &b.topology, options.short_blocks);
    let types = check(types, true, "element type", [a, b].map(|block| block.topology.clone()));
    same &= types || options.strict && same_type(&a.topology, &b.topology, true);
    same &= check(one.len == two.len, true, "number of elements", [one, two].map(|entity| entity.len.to_string()));
    let count = |of: fn(&Listed<'_>) -> u64| (of(a) == of(b), [a, b].map(|block| of(block).to_string()));
    let (equal, nodes) = count(|block| block.nodes_per_entry);
    same &= check(equal, true, "number of nodes per element", nodes);
    if options.strict {
        let (equal, edges) = count(|block| block.edges_per_entry);
        check(equal, true, "number of edges per element", edges);
        let (equal, faces) = count(|block| block.faces_per_entry);
        check(equal, true, "number of faces per element", faces);
        let (equal, present) = count(|block| u64::from(block.entity.present || block.entity.len == 0));
        check(equal, true, "status", present);
    }
    same
}

/// Whether two element types are the same. In short, the shorter one may end early, and only one may have a number at
/// its end: `HEX` is `HEX8` and `TRI` is `TRIANGLE6`, but `TRI3` is not `TRI6`.
fn same_type(a: &str, b: &str, short: bool) -> bool {
    if a.eq_ignore_ascii_case(b) {
        return true;
    }
    let digit = |c: char| c.is_ascii_digit();
    let (stem_a, stem_b) = (a.trim_end_matches(digit), b.trim_end_matches(digit));
    let (end_a, end_b) = (a.trim_start_matches(stem_a), b.trim_start_matches(stem_b));
    let numbers = end_a.bytes().rev().zip(end_b.bytes().rev()).all(|(a, b)| a == b);
    let stems = stem_a.bytes().zip(stem_b.bytes()).all(|(a, b)| a.eq_ignore_ascii_case(&b));
    short && numbers && stems
}

/// Compares the nodes of all elements of two blocks.
fn connectivity(
    models: &[Model<'_>; 2],
    blocks: [&Listed<'_>; 2],
    pairing: &mut Pairing<'_>,
    tell: &mut Tell<'_>,
) -> Result<bool> {
    let [first, second] = models;
    let [block, other] = blocks.map(|block| block.entity.index);
    let [faces, others] = &mut pairing.faces;
    let (a, b) = (Elements::of(first, block, faces)?, Elements::of(second, other, others)?);
    let [shown, _] = blocks.map(shown);
    let data = [block, other].map(|n| Data::Connectivity(EntityType::ElementBlock, n));
    let packed = packing::array(models, data, tell);
    if a.len() != b.len() {
        let text = format!("Block {shown}: {} and {} elements have nodes.", a.len(), b.len());
        tell(Severity::Difference, text);
        return Ok(false);
    }
    if pairing.nodes.is_none() && pairing.elements.is_none() && a.are_equal(&b) {
        return Ok(!packed);
    }
    let from = usize::try_from(first.elements_before(block)).unwrap_or(usize::MAX);
    let found = (0..a.len()).find_map(|element| Some((element, pairing.difference([&a, &b], [element, from], other)?)));
    let Some((element, position)) = found else { return Ok(!packed) };
    let permuted = if pairing.permuted { " or permuted" } else { "" };
    let place = format!("node {} of local element {}", position + 1, element + 1);
    let text =
        format!("Block {shown}: the connectivities are not the same{permuted}. The first difference is {place}.");
    tell(Severity::Difference, text);
    Ok(false)
}

/// What belongs together.
struct Pairing<'p> {
    nodes: Option<&'p [Target]>,
    elements: Option<&'p [Target]>,
    /// Whether the nodes of an element may be in another order.
    permuted: bool,
    /// The faces of both files, once they were read.
    faces: [Option<Arc<Faces>>; 2],
}

impl Pairing<'_> {
    /// The first node of an element that is not the same in the other file's block, given the elements before the block.
    fn difference(&self, [a, b]: [&Elements<'_>; 2], [element, from]: [usize; 2], other: usize) -> Option<usize> {
        let partner = match self.elements {
            None => Some(element),
            Some(map) => {
                let found = map.get(from.saturating_add(element)).and_then(|target| target.get());
                found.filter(|(block, _)| *block == other).map(|(_, index)| index)
            }
        };
        let Some(partner) = partner else { return Some(0) };
        let mut one: Vec<i64> = a.nodes(element).into_iter().map(|node| self.node(node)).collect();
        let mut two = b.nodes(partner);
        let position = (0..one.len().max(two.len())).find(|&n| one.get(n) != two.get(n))?;
        one.sort_unstable();
        two.sort_unstable();
        (!self.permuted || one != two).then_some(position)
    }

    /// The number of a node in the second file, counted from 1; 0 if it is not there.
    fn node(&self, node: i64) -> i64 {
        let Some(map) = self.nodes else { return node };
        let target = node.checked_sub(1).and_then(|n| usize::try_from(n).ok()).and_then(|n| map.get(n));
        target.and_then(|target| target.get()).map_or(0, |(_, index)| index as i64 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_types_end_early_but_keep_their_numbers() {
        for (a, b) in [("HEX", "HEX8"), ("hex8", "HEX8"), ("TRI", "TRIANGLE6"), ("QUAD4", "quad")] {
            assert!(same_type(a, b, true) && same_type(b, a, true), "{a} {b}");
        }
        for (a, b) in [("TRI3", "TRI6"), ("QUAD9", "TRI9"), ("HEX8", "HEX20")] {
            assert!(!same_type(a, b, true), "{a} {b}");
        }
        assert!(!same_type("HEX", "HEX8", false) && same_type("Hex8", "HEX8", false));
    }
}
