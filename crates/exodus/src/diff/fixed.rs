//! Comparing values that do not change from step to step: attributes of elements, distribution factors of side sets.

use hyperslab::{Error, Result};

use super::choose::Chosen;
use super::finding::{Finding, Severity};
use super::kernel::{Found, Rows, Rule, Second, Target};
use super::matching::Maps;
use super::mesh::in_order;
use super::model::Model;
use super::options::Options;
use super::raw::{native_bytes, Raw};
use super::results::{difference, norms, place};
use super::subject::Subject;
use super::tolerance::Tolerance;
use crate::kind::EntityKind;

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
        for block in first.entities(kind) {
            let Some(partner) = second.partner(kind, block, self.options) else { continue };
            let names = [first.attributes(block.index)?, second.attributes(partner.index)?];
            let [own, others] = &names;
            let at =
                |list: &[String], chosen: &Chosen| list.iter().position(|name| name.eq_ignore_ascii_case(&chosen.name));
            if !chosen.iter().any(|chosen| at(own, chosen).is_some() && at(others, chosen).is_some()) {
                continue;
            }
            let a = first.file.attributes_array(kind, block.index)?;
            let b = second.file.attributes_array(kind, partner.index)?;
            for chosen in chosen {
                let (Some(one), Some(two)) = (at(own, chosen), at(others, chosen)) else { continue };
                if one >= a.ncols() || two >= b.ncols() {
                    continue;
                }
                let a = native_bytes(a.column(one).iter().copied());
                let b = native_bytes(b.column(two).iter().copied());
                let second = Second::Row(Raw::native(&b));
                let of =
                    Of { subject: Subject::ElementAttribute, name: &chosen.name, entity: block.index, id: block.id.0 };
                self.compare(&of, chosen.tolerance, Raw::native(&a), second, tell)?;
            }
        }
        Ok(())
    }

    /// Compares the distribution factors of all side sets that have them in both files.
    pub fn sideset_factors(&self, tell: &mut dyn FnMut(Finding)) -> Result<()> {
        let [first, second] = self.models;
        let kind = EntityKind::SideSet;
        for set in first.entities(kind).iter().filter(|set| set.present) {
            let Some(partner) = second.partner(kind, set, self.options).filter(|set| set.present) else { continue };
            let a = first.file.set_factors::<f64>(kind, set.index)?.into_vec();
            let b = second.file.set_factors::<f64>(kind, partner.index)?.into_vec();
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
            let order = in_order(self.models, kind, [set.index, partner.index], self.maps, self.options)?;
            let order = order.map(|sides| factor_order(&sides, a.len())).transpose();
            let order = order.map_err(|error| error.in_object(format!("side set {}", set.id)))?;
            let (a, b) = (native_bytes(a), native_bytes(b));
            let rows = [Some(Rows { first: Raw::native(&b), second: None })];
            let second = match &order {
                Some(targets) => Second::Mapped(targets, &rows),
                None => Second::Row(Raw::native(&b)),
            };
            let of =
                Of { subject: Subject::SideSetFactors, name: "Distribution Factors", entity: set.index, id: set.id.0 };
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
        let sides = model.entities(of.subject.kind()).get(of.entity).map_or(1, |entity| entity.len.max(1));
        // Several factors belong to one side.
        let per_entry = if of.subject == Subject::SideSetFactors { (first.len() as u64).div_ceil(sides) } else { 1 };
        for (_, hit) in found.into_hits() {
            let index = hit.index as u64 / per_entry.max(1);
            let place = place(model, of.subject, of.entity, of.id, index, self.options)?;
            tell(difference(hit, of.subject, of.name, None, place, tolerance));
        }
        Ok(())
    }
}

/// What is compared.
struct Of<'o> {
    subject: Subject,
    name: &'o str,
    entity: usize,
    id: i64,
}

/// The value of all factors, if they are equal.
fn all_one(factors: &[f64]) -> Option<f64> {
    let first = *factors.first()?;
    factors.iter().all(|factor| *factor == first).then_some(first)
}

/// Where the factors are, given where the sides are.
fn factor_order(sides: &[Target], factors: usize) -> Result<Vec<Target>> {
    let per_side = factors / sides.len().max(1);
    if per_side * sides.len() != factors {
        return Err(Error::unsupported(
            "distribution factors of sides with different numbers of nodes, where the sides are in another order",
        ));
    }
    let of_side = |target: &Target| {
        let side = target.get();
        (0..per_side).map(move |n| side.map_or(Target::NOWHERE, |(_, side)| Target::new(0, side * per_side + n)))
    };
    Ok(sides.iter().flat_map(of_side).collect())
}
