//! Comparing element blocks: names, types, sizes, connectivity.

use hyperslab::{Result, Values};

use super::super::finding::Severity;
use super::super::kernel::Target;
use super::super::matching::{Maps, Tell};
use super::super::model::{titled, Model};
use super::super::options::{Matching, Options};
use crate::kind::EntityKind;
use crate::mesh::Block;

/// Compares all blocks of the first file with theirs of the second; returns whether they are the same.
pub(super) fn check(models: &[Model<'_>; 2], maps: &Maps, options: &Options, tell: &mut Tell<'_>) -> Result<bool> {
    let [first, second] = models;
    // What was found by its place has been compared by that.
    if matches!(options.matching, Matching::Places | Matching::Partial) {
        return Ok(true);
    }
    let mut same = true;
    for (block, entity) in first.blocks.iter().zip(first.entities(EntityKind::ElementBlock)) {
        let partner = second.partner(EntityKind::ElementBlock, entity);
        let found = partner.and_then(|partner| Some((second.blocks.get(partner.index)?, partner.index)));
        let Some((other, partner)) = found else {
            tell(Severity::Difference, format!("Block {} exists in the first file but not the second.", shown(block)));
            same = false;
            continue;
        };
        same &= parameters(block, other, options, tell)
            && connectivity(models, [(block, entity.index), (other, partner)], maps, options, tell)?;
    }
    Ok(same)
}

fn shown(block: &Block) -> String {
    match block.name.as_str() {
        "" => block.id.to_string(),
        name => format!("{} ({name})", block.id),
    }
}

/// Compares what describes two blocks.
fn parameters(a: &Block, b: &Block, options: &Options, tell: &mut Tell<'_>) -> bool {
    let mut same = true;
    let mut check = |equal: bool, counts: bool, what: &str, values: [String; 2]| {
        if !equal {
            let severity = if counts { Severity::Difference } else { Severity::Warning };
            let [one, two] = values;
            tell(severity, format!("Block {}: the {what} is not the same: {one} and {two}.", shown(a)));
            same &= !counts;
        }
    };
    let kind = EntityKind::ElementBlock;
    let unnamed = a.name.is_empty() || b.name.is_empty();
    let ids = [a, b].map(|block| block.id.to_string());
    check(a.id == b.id, options.pedantic, "id", ids);
    let names = [a, b].map(|block| titled(kind, block.id, &block.name));
    let [one, two] = &names;
    check(unnamed || one.eq_ignore_ascii_case(two), options.pedantic, "name", names.clone());
    let types = same_type(&a.topology, &b.topology, options.short_blocks);
    check(types, true, "element type", [a, b].map(|block| block.topology.clone()));
    check(a.len == b.len, true, "number of elements", [a, b].map(|block| block.len.to_string()));
    let nodes = [a, b].map(|block| block.nodes_per_entry.to_string());
    check(a.nodes_per_entry == b.nodes_per_entry, true, "number of nodes per element", nodes);
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
    blocks: [(&Block, usize); 2],
    maps: &Maps,
    options: &Options,
    tell: &mut Tell<'_>,
) -> Result<bool> {
    let [first, second] = models;
    let [block, other] = blocks.map(|(_, index)| index);
    let (Some((a, per_element)), Some((b, _))) = (first.connectivity(block)?, second.connectivity(other)?) else {
        return Ok(true);
    };
    let per_element = per_element.max(1);
    let same = match (&maps.nodes, &maps.elements) {
        (None, None) => a.len() == b.len() && bytes_equal(&a, &b),
        _ => false,
    };
    if same {
        return Ok(true);
    }
    let from = usize::try_from(first.elements_before(block)).unwrap_or(usize::MAX);
    let pairing =
        Pairing { nodes: maps.nodes.as_deref(), elements: maps.elements.as_deref(), from, other, per_element };
    for element in 0..a.len() / per_element {
        if let Some(position) = pairing.first_difference(element, &a, &b, options.permuted_connectivity) {
            let permuted = if options.permuted_connectivity { " or permuted" } else { "" };
            let [shown, _] = blocks.map(|(block, _)| shown(block));
            tell(
                Severity::Difference,
                format!(
                    "Block {shown}: the connectivities are not the same{permuted}. The first difference is node {} of local element {}.",
                    position + 1,
                    element + 1
                ),
            );
            return Ok(false);
        }
    }
    Ok(true)
}

fn bytes_equal(a: &Values<'_, i64>, b: &Values<'_, i64>) -> bool {
    match (a.as_slice(), b.as_slice()) {
        (Some(a), Some(b)) => a == b,
        _ => a.iter().eq(b.iter()),
    }
}

/// What belongs together in two blocks.
struct Pairing<'p> {
    nodes: Option<&'p [Target]>,
    elements: Option<&'p [Target]>,
    /// The number of elements before the first file's block.
    from: usize,
    /// The second file's block.
    other: usize,
    per_element: usize,
}

impl Pairing<'_> {
    /// The first node of an element that is not the same in the other file.
    fn first_difference(
        &self,
        element: usize,
        a: &Values<'_, i64>,
        b: &Values<'_, i64>,
        permuted: bool,
    ) -> Option<usize> {
        let other = match self.elements {
            None => Some(element),
            Some(map) => {
                let found = map.get(self.from + element).and_then(|target| target.get());
                found.filter(|(block, _)| *block == self.other).map(|(_, index)| index)
            }
        };
        let Some(other) = other else { return Some(0) };
        let nodes = |values: &Values<'_, i64>, element: usize| -> Vec<i64> {
            (0..self.per_element).filter_map(|n| values.get(element * self.per_element + n)).collect()
        };
        let mut one: Vec<i64> = nodes(a, element).into_iter().map(|node| self.node(node)).collect();
        let mut two = nodes(b, other);
        let position = (0..self.per_element).find(|&n| one.get(n) != two.get(n))?;
        one.sort_unstable();
        two.sort_unstable();
        (!permuted || one != two).then_some(position)
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
