//! Comparing assemblies: by name, whatever the order of their members.

use super::super::finding::Severity;
use super::super::matching::Tell;
use super::super::model::Model;
use super::super::names::Pairs;
use super::super::options::Options;
use crate::ids::EntityId;

/// Compares all assemblies; returns whether they are the same. Unless pedantic, differences are only told.
pub(super) fn check(models: &[Model<'_>; 2], options: &Options, tell: &mut Tell<'_>) -> bool {
    let [first, second] = models;
    let (a, b) = (&first.mesh.assemblies, &second.mesh.assemblies);
    let severity = if options.pedantic { Severity::Difference } else { Severity::Warning };
    let mut same = true;
    let mut note = |text: String| {
        tell(severity, text);
        same = false;
    };
    let names = [a, b].map(|list| list.iter().map(|one| one.name.as_str()).collect::<Vec<_>>());
    let [own, others] = &names;
    let pairs = Pairs::of_names(own, others, !options.strict);
    for (name, _) in own.iter().zip(&pairs.partners).filter(|(_, partner)| partner.is_none()) {
        note(format!("The assembly '{name}' exists in the first file but not the second."));
    }
    for (name, _) in others.iter().zip(&pairs.taken).filter(|(_, &taken)| !taken) {
        note(format!("The assembly '{name}' exists in the second file but not the first."));
    }
    let both = a.iter().zip(&pairs.partners).filter_map(|(one, partner)| Some((one, b.get((*partner)?)?)));
    for (one, other) in both {
        let name = &one.name;
        if (options.by_name || options.strict) && one.id != other.id {
            note(format!("The assembly '{name}' has the ids {} and {}.", one.id, other.id));
        }
        if one.kind != other.kind {
            note(format!("The assembly '{name}' has members of different kinds."));
        } else if sorted(&one.members) != sorted(&other.members) {
            note(format!("The assembly '{name}' has other members."));
        } else if options.strict && one.members != other.members {
            note(format!("The assembly '{name}' has its members in another order."));
        }
    }
    same || !options.pedantic || options.strict
}

fn sorted(members: &[EntityId]) -> Vec<EntityId> {
    let mut members = members.to_vec();
    members.sort_unstable();
    members
}
