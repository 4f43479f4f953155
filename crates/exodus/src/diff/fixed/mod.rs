//! Comparing values that do not change from step to step: attributes, distribution factors.

mod attributes;
mod factors;

use hyperslab::Result;

use super::choose::Chosen;
use super::finding::{Finding, Severity};
use super::kernel::{Found, Rule, Second};
use super::matching::Maps;
use super::model::Model;
use super::options::Options;
use super::packing;
use super::raw::Raw;
use super::results::{difference, norms, place};
use super::subject::Subject;
use super::tolerance::{Mode, Tolerance};
use crate::data::Data;
use crate::kind::EntityType;

use factors::FactorsOfSides;

/// Two files and how they are compared.
pub(super) struct Fixed<'p, 'f> {
    pub models: &'p [Model<'f>; 2],
    pub maps: &'p Maps,
    pub options: &'p Options,
}

impl Fixed<'_, '_> {
    /// Compares attributes, those that were chosen or all, and distribution factors.
    pub fn all(&self, attributes: &[Chosen], tell: &mut dyn FnMut(Finding)) -> Result<()> {
        let Options { strict, ignore_attributes, ignore_sideset_factors, sideset_factors, .. } = *self.options;
        self.attributes(attributes, tell)?;
        if strict && !ignore_attributes {
            self.all_attributes(tell)?;
        }
        if sideset_factors.mode == Mode::Ignore {
            return Ok(());
        }
        for kind in EntityType::SETS {
            let wanted = if kind == EntityType::SideSet { !ignore_sideset_factors } else { strict };
            if wanted {
                self.factors(kind, tell)?;
            }
        }
        Ok(())
    }

    /// Tells of an array that is packed in different ways.
    fn packing(&self, data: [Data; 2], tell: &mut dyn FnMut(Finding)) {
        packing::array(self.models, data, &mut |severity, text| tell(Finding::Message(severity, text)));
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

/// What is compared.
struct Of<'o> {
    subject: Subject,
    name: &'o str,
    entity: usize,
    id: i64,
    /// Whose values they are, where several belong to one side.
    sides: Option<&'o FactorsOfSides>,
}
