//! Making a part of a model: what it declares, and what is numbered anew.

use std::collections::{BTreeMap, HashSet};

use hyperslab::{Context, Error, Result};
use ndarray::Axis;

use super::{Chosen, Keep, Numbering, SetRows, Steps, Subset};
use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::Mesh;
use crate::model::{side_node_counts, Model};
use crate::topology::ElementNumbers;

pub(super) fn build<M: Model>(keep: Keep<M>, steps: Steps) -> Result<Subset<M>> {
    let Keep { model, entities, variables, .. } = keep;
    let inner = model.mesh()?;
    if !inner.groups.is_empty() {
        return Err(Error::unsupported("a part of a model with models in groups"));
    }
    let mut mesh = kept_entities(inner, &entities)?;
    results(&mut mesh, inner, &entities, &variables);
    let numbering = match entities.get(&EntityType::ElementBlock) {
        Some(blocks) => Some(number(&model, &mut mesh, blocks, &entities)?),
        None => None,
    };
    Ok(Subset { model, mesh, steps, entities, variables, numbering })
}

/// The entries of a list at some positions.
fn at<T: Clone>(list: &[T], kept: Option<&Vec<usize>>) -> Vec<T> {
    match kept {
        Some(kept) => kept.iter().filter_map(|&n| list.get(n).cloned()).collect(),
        None => list.to_vec(),
    }
}

/// What is declared of the entities that are kept.
fn kept_entities(inner: &Mesh, entities: &BTreeMap<EntityType, Vec<usize>>) -> Result<Mesh> {
    let mut mesh = inner.clone();
    for kind in EntityType::BLOCKS {
        *mesh.blocks.of_mut(kind) = at(inner.blocks.of(kind), entities.get(&kind));
    }
    for kind in EntityType::SETS {
        *mesh.sets.of_mut(kind) = at(inner.sets.of(kind), entities.get(&kind));
    }
    for kind in EntityType::MAPS {
        *mesh.maps.of_mut(kind) = at(inner.maps.of(kind), entities.get(&kind));
    }
    mesh.assemblies = at(&inner.assemblies, entities.get(&EntityType::Assembly));
    mesh.blobs = at(&inner.blobs, entities.get(&EntityType::Blob));
    for (kind, properties) in &mut mesh.properties {
        properties.iter_mut().for_each(|property| property.values = at(&property.values, entities.get(kind)));
    }
    members(&mut mesh, entities)?;
    Ok(mesh)
}

/// Assemblies lose the members that are gone; those that lose all of them are refused, because they would have to go as well.
fn members(mesh: &mut Mesh, entities: &BTreeMap<EntityType, Vec<usize>>) -> Result<()> {
    let there: Vec<HashSet<_>> =
        mesh.assemblies.iter().map(|assembly| mesh.entities(assembly.kind).map(|(id, ..)| id).collect()).collect();
    let changed = |kind| entities.contains_key(&kind);
    for (assembly, there) in mesh.assemblies.iter_mut().zip(there).filter(|(assembly, _)| changed(assembly.kind)) {
        assembly.members.retain(|id| there.contains(id));
        if assembly.members.is_empty() {
            let detail = format!("assembly {} would be left without members: keep other assemblies", assembly.id);
            return Err(Error::usage(detail));
        }
    }
    Ok(())
}

/// What is declared of the results that are kept.
fn results(
    mesh: &mut Mesh,
    inner: &Mesh,
    entities: &BTreeMap<EntityType, Vec<usize>>,
    variables: &BTreeMap<EntityType, Vec<usize>>,
) {
    for (kind, names) in &mut mesh.variables {
        *names = at(names, variables.get(kind));
    }
    mesh.variables.retain(|_, names| !names.is_empty());
    for (kind, table) in &mut mesh.truth_tables {
        let select = |table: &ndarray::Array2<bool>, axis: usize, kept: Option<&Vec<usize>>| {
            kept.map_or_else(|| table.clone(), |kept| table.select(Axis(axis), kept))
        };
        *table = select(&select(table, 0, entities.get(kind)), 1, variables.get(kind));
    }
    mesh.truth_tables.retain(|kind, _| mesh.variables.contains_key(kind));
    for (kind, list) in &mut mesh.with_reductions {
        *list = at(list, entities.get(kind));
    }
    let place = |kept: Option<&Vec<usize>>, n: usize| kept.map_or(Some(n), |kept| kept.iter().position(|&k| k == n));
    let moved = |data: &Data| match *data {
        Data::Variable(kind, variable, entity) => {
            Some(Data::Variable(kind, place(variables.get(&kind), variable)?, place(entities.get(&kind), entity)?))
        }
        other => Some(other),
    };
    mesh.absent = inner.absent.iter().filter_map(moved).collect();
}

/// Numbers nodes and elements anew.
fn number<M: Model>(
    model: &M,
    mesh: &mut Mesh,
    blocks: &[usize],
    entities: &BTreeMap<EntityType, Vec<usize>>,
) -> Result<Numbering> {
    let inner = model.mesh()?;
    let own = [EntityType::EdgeBlock, EntityType::FaceBlock].into_iter().flat_map(|kind| inner.blocks.of(kind));
    if own.into_iter().any(|block| block.len > 0) {
        return Err(Error::unsupported("some blocks of a model with edges or faces of their own"));
    }
    let mut outer = vec![None; inner.blocks.of(EntityType::ElementBlock).len()];
    for (n, &block) in blocks.iter().enumerate() {
        outer.get_mut(block).into_iter().for_each(|place| *place = Some(n));
    }
    let nodes = nodes(model, inner, blocks)?;
    let elements = [inner, mesh].map(|mesh| mesh.element_numbers().clone());
    let mut numbering = Numbering { nodes, elements, blocks: outer, sets: BTreeMap::new() };
    for kind in EntityType::SETS {
        for (n, set) in mesh.sets.of_mut(kind).iter_mut().enumerate() {
            let there = entities.get(&kind).map_or(Some(n), |kept| kept.get(n).copied()).unwrap_or(n);
            let rows = set_rows(model, &numbering, kind, there, set.num_factors)?;
            (set.len, set.num_factors) = (rows.entries.len() as u64, rows.factors.len() as u64);
            numbering.sets.insert((kind, n), rows);
        }
    }
    (mesh.num_nodes, mesh.num_elems) =
        (numbering.nodes.len(), numbering.elements.last().map_or(0, ElementNumbers::len));
    // Without identifiers people knew them by their positions.
    let has = |kind: &EntityType| {
        inner.id_maps.contains(kind) || matches!(kind, EntityType::NodeMap | EntityType::ElementMap)
    };
    mesh.id_maps = EntityType::MAPS.into_iter().filter(has).collect();
    (mesh.has_order_map, mesh.nemesis) = (false, None);
    Ok(numbering)
}

/// The nodes of some element blocks.
fn nodes<M: Model>(model: &M, inner: &Mesh, blocks: &[usize]) -> Result<Chosen> {
    let mut chosen = Chosen::none(inner.num_nodes)?;
    for &block in blocks {
        let data = Data::Connectivity(EntityType::ElementBlock, block);
        let Some(shape) = model.shape(data) else { continue };
        let (entries, mut start) = (shape.first().copied().unwrap_or(0), 0);
        while start < entries {
            let end = entries.min(start + PIECE);
            let numbers: Vec<i64> = model.numbers(&data.entries(start..end))?.to()?;
            for node in numbers {
                let known = u64::try_from(node).ok().and_then(|node| node.checked_sub(1));
                if !known.is_some_and(|node| node < inner.num_nodes && chosen.choose(node)) {
                    let detail = format!("there is no node {node}: there are {}", inner.num_nodes);
                    return Err(Error::usage(detail).known_as(inner.describe(data)));
                }
            }
            start = end;
        }
    }
    Ok(chosen.counted())
}

/// How many entries are read at once.
const PIECE: u64 = 1 << 18;

/// What of a set lies on what is kept.
fn set_rows<M: Model>(
    model: &M,
    numbering: &Numbering,
    kind: EntityType,
    set: usize,
    num_factors: u64,
) -> Result<SetRows> {
    let data = Data::Members(kind, set);
    if model.shape(data).is_none() {
        return Ok(SetRows::default());
    }
    let members: Vec<i64> = model.numbers(&data.into())?.to()?;
    let is_kept = |&number: &i64| match kind {
        EntityType::NodeSet => numbering.node(number).is_some(),
        EntityType::SideSet | EntityType::ElementSet => numbering.element(number).is_some(),
        _ => false,
    };
    let entries: Vec<usize> = (0..members.len()).filter(|&n| members.get(n).is_some_and(is_kept)).collect();
    let factors = match (kind, num_factors) {
        (_, 0) => Vec::new(),
        (EntityType::SideSet, _) => side_factors(model, set, &members, &entries, num_factors)?,
        _ => entries.clone(),
    };
    Ok(SetRows { entries, factors })
}

/// The factors of the sides that are kept: one for each of their nodes, or one for each side.
fn side_factors<M: Model>(
    model: &M,
    set: usize,
    elements: &[i64],
    entries: &[usize],
    num_factors: u64,
) -> Result<Vec<usize>> {
    if num_factors == elements.len() as u64 {
        return Ok(entries.to_vec());
    }
    let sides: Vec<i64> = model.numbers(&Data::Sides(EntityType::SideSet, set).into())?.to()?;
    let counts = side_node_counts(model, elements, &sides).in_object(&format!("side set {}", set + 1))?;
    if counts.iter().sum::<usize>() as u64 != num_factors {
        let detail = format!("{num_factors} distribution factors for sides of {} nodes", counts.iter().sum::<usize>());
        return Err(Error::usage(detail));
    }
    let ends = counts.iter().scan(0, |end: &mut usize, count| {
        *end += count;
        Some(*end)
    });
    let ranges: Vec<_> = ends.zip(&counts).map(|(end, count)| end - count..end).collect();
    Ok(entries.iter().filter_map(|&n| ranges.get(n).cloned()).flatten().collect())
}
