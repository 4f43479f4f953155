//! Comparing values that do not change from step to step: attributes of elements, distribution factors of side sets.

use std::collections::HashMap;
use std::ops::Range;

use hyperslab::{Error, Result};

use super::choose::Chosen;
use super::finding::{Finding, Severity};
use super::kernel::{Found, Rows, Rule, Second, Target};
use super::matching::Maps;
use super::mesh::in_order;
use super::model::Model;
use super::names::Pairs;
use super::options::Options;
use super::raw::{native_bytes, Raw};
use super::results::{difference, norms, place};
use super::subject::Subject;
use super::tolerance::Tolerance;
use crate::kind::EntityKind;
use crate::read::entities::Entity;

/// Two files and how they are compared.
pub(super) struct Fixed<'p, 'f> {
    pub models: &'p [Model<'f>; 2],
    pub maps: &'p Maps,
    pub options: &'p Options,
}

impl Fixed<'_, '_> {
    /// Compares the attributes of all element blocks.
    pub fn attributes(&self, chosen: &[Chosen], tell: &mut dyn FnMut(Finding)) -> Result<()> {
        let [first, second] = self.models;
        let kind = EntityKind::ElementBlock;
        let chosen = ByName::new(chosen, self.options.ignore_case);
        for block in first.entities(kind) {
            let Some(partner) = second.partner(kind, block) else { continue };
            let names = [first.attributes(block.index)?, second.attributes(partner.index)?];
            let compared = self.compared(&names, &chosen);
            if compared.is_empty() {
                continue;
            }
            let a = first.read(|file| file.attributes_array(kind, block.index))?;
            let b = second.read(|file| file.attributes_array(kind, partner.index))?;
            for (chosen, [one, two]) in compared {
                if one >= a.ncols() || two >= b.ncols() {
                    continue;
                }
                let a = native_bytes(a.column(one).iter().copied());
                let b = native_bytes(b.column(two).iter().copied());
                let second = Second::Row(Raw::native(&b));
                let (subject, name) = (Subject::ElementAttribute, &chosen.name);
                let of = Of { subject, name, entity: block.index, id: block.id.0, sides: None };
                self.compare(&of, chosen.tolerance, Raw::native(&a), second, tell)?;
            }
        }
        Ok(())
    }

    /// Which of the chosen attributes two blocks have, and where.
    fn compared<'c>(&self, [own, others]: &[Vec<String>; 2], chosen: &ByName<'c>) -> Vec<(&'c Chosen, [usize; 2])> {
        let pairs = Pairs::of_names(own, others, self.options.ignore_case).partners;
        let both = own.iter().enumerate().zip(pairs).filter_map(|((n, name), partner)| Some((name, [n, partner?])));
        both.filter_map(|(name, places)| Some((chosen.find(name)?, places))).collect()
    }

    /// Compares the distribution factors of all side sets that have them in both files.
    pub fn sideset_factors(&self, tell: &mut dyn FnMut(Finding)) -> Result<()> {
        let [first, second] = self.models;
        let kind = EntityKind::SideSet;
        for set in first.entities(kind).iter().filter(|set| set.present) {
            let Some(partner) = second.partner(kind, set).filter(|set| set.present) else { continue };
            let a = first.read(|file| file.set_factors::<f64>(kind, set.index))?.into_vec();
            let b = second.read(|file| file.set_factors::<f64>(kind, partner.index))?.into_vec();
            if a.is_empty() || b.is_empty() || all_one(&a).zip(all_one(&b)).is_some_and(|(a, b)| a == b) {
                continue;
            }
            if set.len != partner.len || a.len() != b.len() {
                let text = format!(
                    "The side set {} has {} sides with {} distribution factors and {} with {}.",
                    set.id,
                    set.len,
                    a.len(),
                    partner.len,
                    b.len()
                );
                tell(Finding::Message(Severity::Difference, text));
                continue;
            }
            let sides = FactorsOfSides::of(first, set, a.len())?;
            let order = in_order(self.models, kind, [set.index, partner.index], self.maps, self.options)?;
            let order = match order {
                Some(order) => Some(sides.order(&order, &FactorsOfSides::of(second, partner, b.len())?)),
                None => None,
            };
            let (a, b) = (native_bytes(a), native_bytes(b));
            let rows = [Some(Rows { first: Raw::native(&b), second: None })];
            let second = match &order {
                Some(targets) => Second::Mapped(targets, &rows),
                None => Second::Row(Raw::native(&b)),
            };
            let subject = Subject::SideSetFactors;
            let of = Of { subject, name: "Distribution Factors", entity: set.index, id: set.id.0, sides: Some(&sides) };
            self.compare(&of, self.options.sideset_factors, Raw::native(&a), second, tell)?;
        }
        Ok(())
    }

    fn compare(
        &self,
        of: &Of<'_>,
        tolerance: Tolerance,
        first: Raw<'_>,
        second: Second<'_>,
        tell: &mut dyn FnMut(Finding),
    ) -> Result<()> {
        let Options { show, ignore_nans, .. } = *self.options;
        let rule = Rule { tolerance, show, norms: self.options.norms(), check_nans: !ignore_nans };
        let mut found = Found::new(rule);
        found.compare(0, first, second);
        for (file, _) in found.nans.iter().enumerate().filter(|(_, &nan)| nan) {
            let of = format!("{} '{}' of {} {}", of.subject.label(), of.name, of.subject.kind().label(), of.id);
            tell(Finding::Message(Severity::Difference, format!("NaN found for {of} in file {}.", file + 1)));
        }
        if let Some(norms) = norms(&found, self.options, of.subject, of.name, None) {
            tell(Finding::Norms(norms));
        }
        let [model, _] = self.models;
        for (_, hit) in found.into_hits() {
            let index = of.sides.map_or(hit.index, |sides| sides.side(hit.index)) as u64;
            let place = place(model, of.subject, of.entity, of.id, index, self.options)?;
            tell(difference(hit, of.subject, of.name, None, place, tolerance));
        }
        Ok(())
    }
}

/// What is chosen, by name: there may be very many.
struct ByName<'c> {
    exact: HashMap<&'c str, &'c Chosen>,
    /// Without regard to case, if case does not matter.
    alike: HashMap<String, &'c Chosen>,
}

impl<'c> ByName<'c> {
    fn new(chosen: &'c [Chosen], ignore_case: bool) -> Self {
        // The first of several comes last.
        let list = || chosen.iter().rev();
        let alike = list().filter(|_| ignore_case).map(|chosen| (chosen.name.to_ascii_lowercase(), chosen));
        ByName { exact: list().map(|chosen| (chosen.name.as_str(), chosen)).collect(), alike: alike.collect() }
    }

    fn find(&self, name: &str) -> Option<&'c Chosen> {
        let exact = self.exact.get(name).copied();
        exact.or_else(|| self.alike.get(&name.to_ascii_lowercase()).copied())
    }
}

/// What is compared.
struct Of<'o> {
    subject: Subject,
    name: &'o str,
    entity: usize,
    id: i64,
    /// Whose values they are, where several belong to one side.
    sides: Option<&'o FactorsOfSides>,
}

/// The value of all factors, if they are equal.
fn all_one(factors: &[f64]) -> Option<f64> {
    let first = *factors.first()?;
    factors.iter().all(|factor| *factor == first).then_some(first)
}

/// Which factors of a side set belong to which of its sides: one to each node of a side.
struct FactorsOfSides {
    /// The first factor of each side, and behind the last one.
    starts: Vec<usize>,
}

impl FactorsOfSides {
    fn of(model: &Model<'_>, set: &Entity, factors: usize) -> Result<Self> {
        let sides = usize::try_from(set.len).map_err(|_| Error::limit("too many sides"))?;
        let counts = model.file.side_set_nodes(set.index).map(|nodes| nodes.counts);
        let counts = counts.ok().filter(|counts| counts.len() == sides && counts.iter().sum::<usize>() == factors);
        let starts = match (counts, factors.checked_div(sides)) {
            (Some(counts), _) => scan(counts),
            // Sides whose nodes are not known, or factors of another kind: as many for each.
            (None, Some(each)) if each * sides == factors => scan(std::iter::repeat_n(each, sides)),
            _ => {
                let text = format!("{factors} distribution factors are not those of the nodes of {sides} sides");
                return Err(Error::unsupported(text).in_object(format!("side set {}", set.id)).in_file(&model.name));
            }
        };
        Ok(FactorsOfSides { starts })
    }

    /// The side of a factor.
    fn side(&self, factor: usize) -> usize {
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
