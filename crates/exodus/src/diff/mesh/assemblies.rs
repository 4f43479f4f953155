//! Comparing assemblies: by name, whatever the order of their members.

use hyperslab::Result;

use super::super::finding::Severity;
use super::super::matching::Tell;
use super::super::model::Model;
use super::super::options::Options;
use crate::mesh::Assembly;

/// Compares all assemblies; returns whether they are the same. Unless pedantic, differences are only told.
pub(super) fn check(models: &[Model<'_>; 2], options: &Options, tell: &mut Tell<'_>) -> Result<bool> {
    let [first, second] = models;
    let (a, b) = (first.file.assemblies()?, second.file.assemblies()?);
    let severity = if options.pedantic { Severity::Difference } else { Severity::Warning };
    let mut same = true;
    let mut note = |text: String| {
        tell(severity, text);
        same = false;
    };
    for (list, others, file) in [(&a, &b, "first file but not the second"), (&b, &a, "second file but not the first")] {
        for one in list.iter().filter(|one| partner(one, others).is_none()) {
            note(format!("The assembly '{}' exists in the {file}.", one.name));
        }
    }
    for (one, other) in a.iter().filter_map(|one| Some((one, partner(one, &b)?))) {
        let name = &one.name;
        if options.by_name && one.id != other.id {
            note(format!("The assembly '{name}' has the ids {} and {}.", one.id, other.id));
        }
        if one.kind != other.kind {
            note(format!("The assembly '{name}' has members of different kinds."));
        } else if sorted(&one.members) != sorted(&other.members) {
            note(format!("The assembly '{name}' has other members."));
        }
    }
    Ok(same || !options.pedantic)
}

fn partner<'a>(one: &Assembly, others: &'a [Assembly]) -> Option<&'a Assembly> {
    others.iter().find(|other| other.name.eq_ignore_ascii_case(&one.name))
}

fn sorted(members: &[i64]) -> Vec<i64> {
    let mut members = members.to_vec();
    members.sort_unstable();
    members
}
