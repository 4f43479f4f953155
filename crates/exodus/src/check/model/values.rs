//! The values of results, where they are asked for.

use hyperslab::NumberType;

use super::times::is_fill;
use crate::check::declared::Declared;
use crate::check::list::List;
use crate::check::{rules, Check};
use crate::data::Data;
use crate::mesh::Mesh;

impl<'m> Check<'m> {
    /// All results are read.
    pub(super) fn results(&mut self) {
        let lists = match self.declared {
            Declared::File(file) => self.stored_results(file),
            Declared::Mesh(mesh) => self.made_results(mesh),
        };
        lists.iter().for_each(|list| self.values(list));
    }

    /// What is not read can be: arrays that are put together from several files are refused where they do not fit.
    pub(in crate::check) fn unread(&mut self) {
        let Declared::Mesh(mesh) = self.declared else { return };
        let (model, steps) = (self.model, self.model.num_steps().min(1));
        let is_unread = |data: &Data| match data {
            Data::Attributes(..) | Data::Factors(..) => true,
            other => other.is_stepwise() && *other != Data::Times && !self.options.values,
        };
        let all = mesh.static_data().into_iter().chain(mesh.stepwise_data()).filter(is_unread);
        for data in all.filter(|&data| model.number_type(data).is_some()).collect::<Vec<_>>() {
            let part = if data.is_stepwise() { data.steps(..steps) } else { data.into() };
            // No numbers are as hard to have as many.
            self.value(&mesh.describe(data), model.numbers(&part.entries(..0)).map(drop));
        }
    }

    /// The results that the model has, but for the times.
    fn made_results(&self, mesh: &'m Mesh) -> Vec<List<'m>> {
        let all = mesh.stepwise_data().into_iter().filter(|&data| data != Data::Times);
        let lists = all.filter_map(|data| List::made(self.model, mesh, data));
        lists.filter(|list| matches!(list.number(), Some(NumberType::F32 | NumberType::F64))).collect()
    }

    /// Counts the values of a variable that are none.
    fn values(&mut self, list: &List) {
        let name = list.name();
        let per_step = hyperslab::count(list.shape().get(1..).unwrap_or_default()).unwrap_or(1).max(1);
        let components = if list.is_shared() { 1 } else { number_of_components(list.shape()).max(1) };
        let mut found =
            [(&rules::RESULTS_FINITE, "not finite", 0u64, 0u64), (&rules::RESULTS_FILL, "never written", 0, 0)];
        self.stream(list, |_, offset, values: &[f64]| {
            for (n, &value) in (offset..).zip(values) {
                let [infinite, fill] = &mut found;
                let kind = if !value.is_finite() {
                    infinite
                } else if is_fill(value) {
                    fill
                } else {
                    continue;
                };
                if kind.2 == 0 {
                    kind.3 = n;
                }
                kind.2 += 1;
            }
        });
        for (rule, what, count, first) in found.into_iter().filter(|found| found.2 > 0) {
            let (step, entry) = (first / per_step + 1, first % per_step / components + 1);
            let message = || match count {
                1 => format!("the value of entry {entry} at step {step} is {what}"),
                _ => format!("{count} values are {what}, the first is entry {entry} at step {step}"),
            };
            self.report.add(rule, &name, Some(entry), message);
        }
    }
}

/// How many values each entry has in a variable of steps and entries.
pub(super) fn number_of_components(shape: &[u64]) -> u64 {
    hyperslab::count(shape.get(2..).unwrap_or_default()).unwrap_or(u64::MAX)
}
