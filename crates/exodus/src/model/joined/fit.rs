//! Whether the steps of one model can follow those of another.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use hyperslab::{Element, Error, Result};

use crate::conventions;
use crate::data::{Data, Part};
use crate::mesh::Mesh;
use crate::model::{Model, Numbers};

/// How many entries are compared at a time.
const STEP: usize = 1 << 16;

/// Refuses the `n`th model, counted from 1, if its results are not about the mesh of the first.
pub(super) fn check<M: Model>(first: &M, model: &M, n: usize) -> Result<()> {
    let mesh = model.mesh()?;
    if !mesh.groups.is_empty() {
        return Err(Error::unsupported("joining models with models in groups"));
    }
    let refused = |what: &str| Error::usage(format!("the first model and model {n} differ in their {what}"));
    if let Some(what) = difference(first.mesh()?, mesh) {
        return Err(refused(&what));
    }
    if n == 1 {
        return Ok(());
    }
    if let Some(data) = other_meaning(first, model, mesh) {
        let what = mesh.describe(data);
        let detail = format!("model {n} has {what} packed, or with missing values, in another way than the first");
        return Err(Error::unsupported(detail));
    }
    for data in mesh.static_data() {
        if !has_same_numbers(first, model, data)? {
            return Err(refused(&mesh.describe(data)));
        }
    }
    Ok(())
}

/// What of two meshes would not fit together.
fn difference(first: &Mesh, other: &Mesh) -> Option<String> {
    let shape = |mesh: &Mesh| (mesh.num_dim, mesh.num_nodes, mesh.num_elems);
    let blocks = |mesh: &Mesh| mesh.blocks.iter().map(|b| (b.kind, b.id, b.len)).collect::<Vec<_>>();
    let sets = |mesh: &Mesh| mesh.sets.iter().map(|s| (s.kind, s.id, s.len)).collect::<Vec<_>>();
    let results = |mesh: &Mesh| (mesh.variables.clone(), mesh.reductions.clone(), mesh.truth_tables.clone());
    if shape(first) != shape(other) {
        Some("nodes and elements".into())
    } else if blocks(first) != blocks(other) {
        Some("blocks".into())
    } else if sets(first) != sets(other) {
        Some("sets".into())
    } else {
        (results(first) != results(other)).then(|| format!("variables{}", one_sided(first, other)))
    }
}

/// The first result that one of two meshes has alone.
fn one_sided(first: &Mesh, other: &Mesh) -> String {
    let names = |mesh: &Mesh| {
        let all = mesh.variables.iter().chain(&mesh.reductions);
        all.flat_map(|(kind, names)| names.iter().map(|name| (*kind, name.clone()))).collect::<BTreeSet<_>>()
    };
    let (first, other) = (names(first), names(other));
    match first.symmetric_difference(&other).next() {
        Some((kind, name)) => format!(": {name} of {} is in one of them", kind.label()),
        None => ": their order, or where they are defined".into(),
    }
}

/// An array whose stored numbers do not mean the same in two models of a mesh.
fn other_meaning<M: Model>(first: &M, other: &M, mesh: &Mesh) -> Option<Data> {
    let differ = |&data: &Data| {
        let both = first.origin(data).zip(other.origin(data));
        both.is_some_and(|(a, b)| !conventions::mean_the_same(a, b))
    };
    mesh.static_data().into_iter().chain(mesh.stepwise_data()).find(differ)
}

/// Whether two models have the same numbers, as far as the precision of both reaches.
fn has_same_numbers<M: Model>(first: &M, other: &M, data: Data) -> Result<bool> {
    let (shape, others) = (first.shape(data), other.shape(data));
    let entries = shape.as_ref().and_then(|shape| shape.first()).copied().unwrap_or(0);
    let mut same = shape == others;
    for start in (0..entries).step_by(STEP) {
        let part = Part::from(data).entries(start..entries.min(start + STEP as u64));
        same = same && are_same(&first.numbers(&part)?, &other.numbers(&part)?)?;
        if !same {
            break;
        }
    }
    Ok(same)
}

fn are_same(a: &Numbers<'_>, b: &Numbers<'_>) -> Result<bool> {
    let is = |kinds: fn(&Numbers<'_>) -> bool| [kinds(a), kinds(b)];
    if is(|numbers| matches!(numbers, Numbers::I32(_) | Numbers::I64(_))) == [true; 2] {
        return Ok(a.to::<i64>()? == b.to::<i64>()?);
    }
    let is_single = is(|numbers| matches!(numbers, Numbers::F32(_))).contains(&true);
    let reached = |value: f64| if is_single { f64::from(f32::nearest(value.to_number())) } else { value };
    let same = |a: f64, b: f64| a.is_nan() && b.is_nan() || a.partial_cmp(&b) == Some(Ordering::Equal);
    let (a, b) = (a.to_f64()?, b.to_f64()?);
    Ok(a.len() == b.len() && a.iter().zip(&b).all(|(&a, &b)| same(reached(a), reached(b))))
}
