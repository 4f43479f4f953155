//! Comparing node and side sets.

use std::collections::HashMap;

use hyperslab::Result;

use super::super::finding::Severity;
use super::super::kernel::Target;
use super::super::matching::{Maps, Tell};
use super::super::model::{title, Model};
use super::super::options::{Matching, Options};
use super::super::packing;
use super::super::subject::Subject;
use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::Entity;
use crate::model::ModelExt;

/// A member with its side (0 for nodes), and its position in the set.
type Entry = ((i64, i64), usize);

/// Compares the sets of a kind; returns whether results can be compared. Unless pedantic, most differences are only told.
pub(super) fn check(
    models: &[Model<'_>; 2],
    kind: EntityType,
    maps: &Maps,
    options: &Options,
    tell: &mut Tell<'_>,
) -> Result<bool> {
    let [first, second] = models;
    let severity = if options.pedantic { Severity::Difference } else { Severity::Warning };
    let subject = Subject::variables_of(kind);
    let has_variables = options.variables.contains_key(&subject) && !first.names(subject).is_empty();
    let differences = described(models, kind, options);
    let mut same = differences.is_empty() || !options.pedantic || options.strict;
    differences.into_iter().for_each(|text| tell(severity, text));
    if has_variables || options.pedantic {
        for set in first.entities(kind).iter().filter(|set| set.present) {
            let other = second.partner(kind, set).filter(|other| other.len == set.len);
            if let Some(other) = other {
                let alike = members(models, kind, [set, other], maps, options, tell)?;
                // Without variables, nothing else depends on them.
                same &= alike || options.strict && !has_variables;
            }
        }
    }
    Ok(same)
}

/// How the lists of sets differ.
fn described(models: &[Model<'_>; 2], kind: EntityType, options: &Options) -> Vec<String> {
    let [first, second] = models;
    let label = kind.label();
    let mut differences = Vec::new();
    let counts = [first, second].map(|model| model.entities(kind).len());
    if counts.first() != counts.last() && options.matching != Matching::Partial {
        differences.push(format!("The number of {label}s is not the same: {} and {}.", counts[0], counts[1]));
    }
    for set in first.entities(kind) {
        match second.partner(kind, set) {
            Some(other) => pair(kind, [set, other], options, &mut differences),
            None => differences.push(format!("The {label} {} exists in the first file but not the second.", set.id)),
        }
    }
    if options.strict && options.matching != Matching::Partial {
        let alone = second.alone(kind);
        differences
            .extend(alone.map(|set| format!("The {label} {} exists in the second file but not the first.", set.id)));
    }
    differences
}

/// How two sets differ, their entries aside.
fn pair(kind: EntityType, [set, other]: [&Entity; 2], options: &Options, differences: &mut Vec<String>) {
    let (label, id) = (kind.label(), set.id);
    if set.len != other.len {
        differences.push(format!("The {label} {id} has {} and {} entries.", set.len, other.len));
    } else if options.strict && set.present != other.present {
        differences.push(format!("The {label} {id} is null in one file only."));
    }
    if id != other.id {
        differences.push(format!("The {label} '{}' has the ids {id} and {}.", title(kind, set), other.id));
    }
    let named = !set.name.is_empty() && !other.name.is_empty();
    let renamed = named && !title(kind, set).eq_ignore_ascii_case(&title(kind, other));
    if renamed || options.strict && set.name != other.name {
        differences.push(format!("The {label} {id} has the names '{}' and '{}'.", set.name, other.name));
    }
}

/// Compares the entries of two sets of one size.
fn members(
    models: &[Model<'_>; 2],
    kind: EntityType,
    sets: [&Entity; 2],
    maps: &Maps,
    options: &Options,
    tell: &mut Tell<'_>,
) -> Result<bool> {
    let [first, second] = models;
    let [set, other] = sets;
    let lists = [Data::Members, Data::Sides].map(|list| sets.map(|set| list(kind, set.index)));
    let packed = lists.map(|list| packing::array(models, list, tell));
    let a = entries(first, kind, set.index, Some((maps, second)), options)?;
    let b = entries(second, kind, other.index, None, options)?;
    let different = a.iter().zip(&b).find(|((a, _), (b, _))| a != b);
    let Some(((_, position), _)) = different else { return Ok(packed == [false; 2]) };
    let partial = options.matching == Matching::Partial;
    let severity = if partial { Severity::Warning } else { Severity::Difference };
    let text = format!(
        "The entries of {} {} are not the same: the first difference is entry {}.",
        kind.label(),
        set.id,
        position + 1
    );
    tell(severity, text);
    Ok(partial)
}

/// The entries of a set with their positions; sorted, where their order does not matter. Those of the first file become
/// those of the second.
fn entries(
    model: &Model<'_>,
    kind: EntityType,
    set: usize,
    maps: Option<(&Maps, &Model<'_>)>,
    options: &Options,
) -> Result<Vec<Entry>> {
    let members = model.read(|file| file.set_entries::<i64>(kind, set))?.into_vec();
    let sides = model.read(|file| file.set_extra::<i64>(kind, set))?.into_vec();
    let side = |n: usize| sides.get(n).copied().unwrap_or(0);
    let sorted = match kind {
        EntityType::NodeSet => options.sort_node_sets,
        EntityType::SideSet => options.sort_side_sets,
        _ => false,
    };
    let member = |number: i64| match maps {
        None => number,
        Some((maps, second)) => mapped(kind, number, maps, second),
    };
    let mut entries: Vec<_> =
        members.into_iter().enumerate().map(|(n, number)| ((member(number), side(n)), n)).collect();
    if sorted {
        entries.sort();
    }
    Ok(entries)
}

/// The number in the second file of a member, counted from 1; 0 if it is not there. Edges and faces have the same number.
fn mapped(kind: EntityType, number: i64, maps: &Maps, second: &Model<'_>) -> i64 {
    let map = match kind {
        EntityType::NodeSet => &maps.nodes,
        EntityType::SideSet | EntityType::ElementSet => &maps.elements,
        _ => &None,
    };
    let Some(map) = map else { return number };
    let position = number.checked_sub(1).and_then(|n| usize::try_from(n).ok());
    match position.and_then(|n| map.get(n)).and_then(|target| target.get()) {
        None => 0,
        Some((_, index)) if kind == EntityType::NodeSet => i64::try_from(index).map_or(0, |n| n + 1),
        Some((block, index)) => {
            let position = second.elements_before(block).saturating_add(index as u64);
            i64::try_from(position).map_or(0, |n| n.saturating_add(1))
        }
    }
}

/// Where the entries of a set are in its partner of the same size; `None` if they are in the same order.
pub(in crate::diff) fn in_order(
    models: &[Model<'_>; 2],
    kind: EntityType,
    sets: [usize; 2],
    maps: &Maps,
    options: &Options,
) -> Result<Option<Vec<Target>>> {
    let [first, second] = models;
    let [set, other] = sets;
    let a = entries(first, kind, set, Some((maps, second)), options)?;
    let b = entries(second, kind, other, None, options)?;
    let same = |((one, at), (two, other)): (&Entry, &Entry)| {
        at == other && (one == two || options.matching != Matching::Partial)
    };
    if a.iter().zip(&b).all(same) {
        return Ok(None);
    }
    let mut targets = vec![Target::NOWHERE; a.len()];
    let mut place = |at: usize, other: usize| {
        if let Some(target) = targets.get_mut(at) {
            *target = Target::new(0, other);
        }
    };
    if options.matching == Matching::Partial {
        // Not all of them are in both: only what is the same belongs together.
        let others: HashMap<_, _> = b.into_iter().collect();
        a.iter().filter_map(|(entry, at)| Some((*at, *others.get(entry)?))).for_each(|(at, other)| place(at, other));
    } else {
        a.iter().zip(&b).for_each(|((_, at), (_, other))| place(*at, *other));
    }
    Ok(Some(targets))
}
