//! Finding the nodes and elements of the first file in the second.

mod grid;
mod places;

use std::collections::BTreeSet;

use hyperslab::{Error, Result};

use super::finding::Severity;
use super::kernel::Target;
use super::model::Model;
use super::options::{Matching, Options};
use super::packing;
use crate::data::Data;
use crate::kind::EntityType;
use crate::model::ModelExt;

/// For each node and element of the first file the one of the second; `None` where all are in the same order.
#[derive(Debug, Default)]
pub(super) struct Maps {
    /// Row 0 and the position of the node.
    pub nodes: Option<Vec<Target>>,
    /// The block and the position in it.
    pub elements: Option<Vec<Target>>,
}

impl Maps {
    /// Where the elements of a block of the first file are: the blocks of the second file that have them, and for each
    /// element which one of these. `None` where all are in the same order.
    pub fn of_block(&self, first: &Model<'_>, block: usize) -> Option<(Vec<usize>, Vec<Target>)> {
        let map = self.elements.as_deref()?;
        let from = usize::try_from(first.elements_before(block)).unwrap_or(usize::MAX);
        let len = first.blocks.get(block).map_or(0, |block| usize::try_from(block.entity.len).unwrap_or(usize::MAX));
        let elements = map.get(from..).unwrap_or_default().iter().take(len);
        let used: BTreeSet<usize> = elements.clone().filter_map(|target| Some(target.get()?.0)).collect();
        let used: Vec<usize> = used.into_iter().collect();
        let own = |target: &Target| {
            let (block, index) = target.get()?;
            Some(Target::new(used.binary_search(&block).ok()?, index))
        };
        let targets = elements.map(|target| own(target).unwrap_or(Target::NOWHERE)).collect();
        Some((used, targets))
    }
}

/// What receives messages.
pub(super) type Tell<'t> = dyn FnMut(Severity, String) + 't;

/// Finds nodes and elements; `None`, and a message, if that is not possible because the meshes are different.
pub(super) fn find(models: &[Model<'_>; 2], options: &Options, tell: &mut Tell<'_>) -> Result<Option<Maps>> {
    match options.matching {
        Matching::Places | Matching::Partial => places::find(models, options, tell),
        Matching::Ids if !options.ignore_maps => by_ids(models, tell),
        Matching::Ids | Matching::FileOrder => Ok(Some(Maps::default())),
    }
}

fn by_ids(models: &[Model<'_>; 2], tell: &mut Tell<'_>) -> Result<Option<Maps>> {
    let [_, second] = models;
    let Some(nodes) = positions(models, EntityType::NodeMap, tell)? else { return Ok(None) };
    let Some(elements) = positions(models, EntityType::ElementMap, tell)? else { return Ok(None) };
    let element = |position: usize| {
        second.locate(position as u64).map_or(Target::NOWHERE, |(block, index)| Target::new(block, index))
    };
    Ok(Some(Maps {
        nodes: nodes.map(|list| list.into_iter().map(|position| Target::new(0, position)).collect()),
        elements: elements.map(|list| list.into_iter().map(element).collect()),
    }))
}

/// Where each identifier of the first file is in the second; inside `None` if they are in the same order.
#[allow(clippy::option_option)] // no match, no need for a match, a match
fn positions(models: &[Model<'_>; 2], kind: EntityType, tell: &mut Tell<'_>) -> Result<Option<Option<Vec<usize>>>> {
    let [first, second] = models;
    if !first.file.has(Data::IdMap(kind)) && !second.file.has(Data::IdMap(kind)) {
        return Ok(Some(None));
    }
    packing::array(models, [Data::IdMap(kind); 2], tell);
    let (a, b) = (first.read(|file| file.id_map(kind))?, second.read(|file| file.id_map(kind))?);
    if a == b {
        return Ok(Some(None));
    }
    let what = if kind == EntityType::NodeMap { "node" } else { "element" };
    if a.len() != b.len() {
        return Err(Error::usage(format!("the files have {} and {} identifiers of {what}s", a.len(), b.len())));
    }
    let (order_a, order_b) = (sorted(&a), sorted(&b));
    let mut found = vec![0; a.len()];
    for (at_a, at_b) in order_a.into_iter().zip(order_b) {
        let (id, other) = (a.get(at_a), b.get(at_b));
        if id != other {
            let (id, other) = (id.unwrap_or(&0), other.unwrap_or(&0));
            tell(
                Severity::Difference,
                format!("The identifiers of {what}s are not the same: {} is in one file only.", id.min(other)),
            );
            return Ok(None);
        }
        if let Some(place) = found.get_mut(at_a) {
            *place = at_b;
        }
    }
    Ok(Some(Some(found)))
}

/// The positions in the order of the numbers.
fn sorted(numbers: &[i64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by_key(|&n| numbers.get(n));
    order
}

/// Tells identifiers that are not the same although their nodes or elements are; returns whether there are any.
pub(super) fn check_ids(models: &[Model<'_>; 2], maps: &Maps, options: &Options, tell: &mut Tell<'_>) -> Result<bool> {
    let [first, second] = models;
    let severity = if options.strict { Severity::Difference } else { Severity::Warning };
    let mut differs = false;
    for (kind, what, map) in
        [(EntityType::NodeMap, "node", &maps.nodes), (EntityType::ElementMap, "element", &maps.elements)]
    {
        let has = |model: &Model<'_>| model.file.has(Data::IdMap(kind));
        if !has(first) && !has(second) && map.is_none() {
            continue;
        }
        packing::array(models, [Data::IdMap(kind); 2], tell);
        let (a, b) = (first.read(|file| file.id_map(kind))?, second.read(|file| file.id_map(kind))?);
        let mut told = 0;
        for (n, id) in a.iter().enumerate() {
            let at = match map {
                None => Some(n),
                Some(map) => map.get(n).and_then(|target| target.get()).and_then(|(block, index)| match kind {
                    EntityType::NodeMap => Some(index),
                    _ => usize::try_from(second.elements_before(block)).ok().map(|before| before + index),
                }),
            };
            let Some(other) = at.and_then(|at| b.get(at)).filter(|&other| other != id) else { continue };
            differs = true;
            if told < options.max_warnings {
                let text = format!(
                    "The local {what} {} with global id {id} in file1 has the global id {other} in file2.",
                    n + 1
                );
                tell(severity, text);
            }
            told += 1;
        }
        if told > options.max_warnings {
            tell(severity, format!("{} more {what}s have other global ids.", told - options.max_warnings));
        }
    }
    Ok(differs)
}

/// The least distance of two nodes; 0 if there are fewer than two.
pub(super) fn closest_pair(model: &Model<'_>) -> Result<f64> {
    let axes: Vec<Vec<f64>> =
        model.read(|file| file.coords::<f64>())?.axes.into_iter().map(hyperslab::Values::into_vec).collect();
    Ok(grid::closest_pair(axes))
}
