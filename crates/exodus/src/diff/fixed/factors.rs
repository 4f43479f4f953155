//! Distribution factors of sets.

use std::ops::Range;

use hyperslab::{Error, Result};

use super::{Fixed, Of};
use crate::data::Data;
use crate::diff::finding::{Finding, Severity};
use crate::diff::kernel::{Rows, Second, Target};
use crate::diff::mesh::in_order;
use crate::diff::model::Model;
use crate::diff::raw::{native_bytes, Raw};
use crate::diff::subject::Subject;
use crate::kind::EntityType;
use crate::mesh::Entity;
use crate::model::{Derived, ModelExt};

impl Fixed<'_, '_> {
    /// Compares the distribution factors of all sets of a kind that have them in both files; if everything is compared,
    /// also of those that have them in one.
    pub fn factors(&self, kind: EntityType, tell: &mut dyn FnMut(Finding)) -> Result<()> {
        let [first, second] = self.models;
        for set in first.entities(kind).iter().filter(|set| set.present) {
            let Some(partner) = second.partner(kind, set).filter(|set| set.present) else { continue };
            let a = first.read(|file| file.set_factors::<f64>(kind, set.index))?.into_vec();
            let b = second.read(|file| file.set_factors::<f64>(kind, partner.index))?.into_vec();
            if self.missing(kind, set, [&a, &b], tell) {
                continue;
            }
            self.packing([set, partner].map(|set| Data::Factors(kind, set.index)), tell);
            if all_one(&a).zip(all_one(&b)).is_some_and(|(a, b)| a == b) {
                continue;
            }
            if set.len != partner.len || a.len() != b.len() {
                let (label, entries) = (kind.label(), if kind == EntityType::SideSet { "sides" } else { "entries" });
                let text = format!(
                    "The {label} {} has {} {entries} with {} distribution factors and {} with {}.",
                    set.id,
                    set.len,
                    a.len(),
                    partner.len,
                    b.len()
                );
                tell(Finding::Message(Severity::Difference, text));
                continue;
            }
            self.factors_of(kind, [set, partner], [a, b], tell)?;
        }
        Ok(())
    }

    /// Whether one of two sets has no factors, which means that all are 1.
    fn missing(&self, kind: EntityType, set: &Entity, factors: [&[f64]; 2], tell: &mut dyn FnMut(Finding)) -> bool {
        let (has, values) = match factors {
            [[], []] => return true,
            [[], values] => ("second", values),
            [values, []] => ("first", values),
            _ => return false,
        };
        if self.options.strict && all_one(values) != Some(1.0) {
            let text = format!("Only the {has} file has distribution factors of {} {}.", kind.label(), set.id);
            tell(Finding::Message(Severity::Difference, text));
        }
        true
    }

    /// Compares as many factors of two sets of one size.
    fn factors_of(
        &self,
        kind: EntityType,
        [set, partner]: [&Entity; 2],
        [a, b]: [Vec<f64>; 2],
        tell: &mut dyn FnMut(Finding),
    ) -> Result<()> {
        let [first, second] = self.models;
        let sides = FactorsOfSides::of(first, kind, set, a.len())?;
        let order = in_order(self.models, kind, [set.index, partner.index], self.maps, self.options)?;
        let order = match order {
            Some(order) => Some(sides.order(&order, &FactorsOfSides::of(second, kind, partner, b.len())?)),
            None => None,
        };
        let (a, b) = (native_bytes(a), native_bytes(b));
        let rows = [Some(Rows { first: Raw::native(&b), second: None })];
        let second = match &order {
            Some(targets) => Second::Mapped(targets, &rows),
            None => Second::Row(Raw::native(&b)),
        };
        let subject = match kind {
            EntityType::SideSet => Subject::SideSetFactors,
            _ => Subject::Factors(kind),
        };
        let of = Of { subject, name: "Distribution Factors", entity: set.index, id: set.id.0, sides: Some(&sides) };
        self.compare(&of, self.options.sideset_factors, Raw::native(&a), second, tell)
    }
}

/// The value of all factors, if they are equal.
fn all_one(factors: &[f64]) -> Option<f64> {
    let first = *factors.first()?;
    factors.iter().all(|factor| *factor == first).then_some(first)
}

/// Which factors of a side set belong to which of its sides: one to each node of a side.
pub(super) struct FactorsOfSides {
    /// The first factor of each side, and behind the last one.
    starts: Vec<usize>,
}

impl FactorsOfSides {
    fn of(model: &Model<'_>, kind: EntityType, set: &Entity, factors: usize) -> Result<Self> {
        let sides = usize::try_from(set.len).map_err(|_| Error::limit("too many sides"))?;
        let nodes = || model.file.side_set_nodes(set.index).map(|nodes| nodes.counts);
        let counts = Some(()).filter(|()| kind == EntityType::SideSet).and_then(|()| nodes().ok());
        let counts = counts.filter(|counts| counts.len() == sides && counts.iter().sum::<usize>() == factors);
        let starts = match (counts, factors.checked_div(sides)) {
            (Some(counts), _) => scan(counts),
            // Sides whose nodes are not known, or factors of another kind: as many for each.
            (None, Some(each)) if each * sides == factors => scan(std::iter::repeat_n(each, sides)),
            _ => {
                let text = format!("{factors} distribution factors are not those of {sides} entries or their nodes");
                return Err(Error::unsupported(text)
                    .in_object(format!("{} {}", kind.label(), set.id))
                    .in_file(&model.name));
            }
        };
        Ok(FactorsOfSides { starts })
    }

    /// The side of a factor.
    pub(super) fn side(&self, factor: usize) -> usize {
        self.starts.partition_point(|&start| start <= factor).saturating_sub(1)
    }

    /// The factors of a side.
    fn range(&self, side: usize) -> Range<usize> {
        let at = |n: usize| self.starts.get(n).copied().unwrap_or(usize::MAX);
        at(side)..at(side.saturating_add(1))
    }

    /// Where the factors are among `others`, given where the sides are.
    fn order(&self, sides: &[Target], others: &Self) -> Vec<Target> {
        let of_side = |(side, target): (usize, &Target)| {
            let mut places = target.get().map_or(0..0, |(_, other)| others.range(other));
            let place = move |_| places.next().map_or(Target::NOWHERE, |place| Target::new(0, place));
            self.range(side).map(place)
        };
        sides.iter().enumerate().flat_map(of_side).collect()
    }
}

/// Where each of them starts, and the end.
fn scan(counts: impl IntoIterator<Item = usize>) -> Vec<usize> {
    let ends = counts.into_iter().scan(0, |end: &mut usize, count| {
        *end += count;
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}
