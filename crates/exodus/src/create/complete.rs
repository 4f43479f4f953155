//! What has to be put before a file is complete.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::PoisonError;

use hyperslab::{Error, Result};

use super::ModelWriter;
use crate::data::Data;
use crate::kind::EntityType;

/// What nobody has put yet would be zeros that nobody wrote.
#[derive(Debug, Default)]
pub(super) struct Owed {
    /// Arrays of the mesh.
    mesh: BTreeSet<Data>,
    /// The steps of results and times that were put.
    steps: BTreeMap<Data, Steps>,
}

/// Steps that were put: mostly one after the other.
#[derive(Debug, Default)]
struct Steps {
    /// All before this one.
    before: u64,
    /// Those beyond it.
    beyond: BTreeSet<u64>,
}

impl Steps {
    fn add(&mut self, steps: Range<u64>) {
        let known = self.before;
        match steps.start <= known {
            true => self.before = known.max(steps.end),
            false => self.beyond.extend(steps),
        }
        while self.beyond.first().is_some_and(|&first| first <= self.before) {
            self.before = self.before.max(self.beyond.pop_first().map_or(0, |step| step + 1));
        }
    }

    /// How many steps there are, with those between that nobody put.
    fn end(&self) -> u64 {
        self.beyond.last().map_or(self.before, |last| last + 1)
    }
}

impl Owed {
    /// Notes what was put, and at which steps.
    pub fn put(&mut self, data: Data, steps: Range<u64>) {
        match data.is_stepwise() {
            // A global variable is one of the values that all of them are.
            true => self.steps.entry(data.whole()).or_default().add(steps),
            false => drop(self.mesh.remove(&data)),
        }
    }

    /// The first thing that is missing, and how many more.
    fn missing(&self) -> Option<(Data, Option<u64>, usize)> {
        let steps = self.steps.values().map(Steps::end).max().unwrap_or(0);
        let late = self.steps.iter().filter(|(_, put)| put.before < steps).map(|(&data, put)| (data, Some(put.before)));
        let mut all = self.mesh.iter().map(|&data| (data, None)).chain(late);
        let (first, step) = all.next()?;
        Some((first, step, all.count()))
    }
}

impl ModelWriter {
    /// Has everything that the mesh declares put by whoever writes it.
    pub(super) fn owe(&self) {
        let is_empty = |data: Data| self.shape(data).is_none_or(|shape| shape.contains(&0));
        let declared = |data: &Data| matches!(data, Data::Members(EntityType::Assembly, _));
        let mesh = self.mesh.static_data().into_iter().filter(|data| !declared(data) && !is_empty(*data));
        let is_room = |data: Data| self.shape(data).is_some_and(|shape| !shape.iter().skip(1).any(|&len| len == 0));
        let stepwise = self.mesh.stepwise_data().into_iter().filter(|&data| is_room(data));
        let mut owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        *owed = Some(Owed { mesh: mesh.collect(), steps: stepwise.map(|data| (data, Steps::default())).collect() });
    }

    /// Refuses a mesh, or a step, that is not complete.
    pub(super) fn check_complete(&self) -> Result<()> {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.as_ref().map_or(Ok(()), |begun| Err(begun.incomplete(&self.mesh)))?;
        let owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((first, step, more)) = owed.as_ref().and_then(Owed::missing) else { return Ok(()) };
        let what = step.map_or("the mesh".to_owned(), |step| format!("step {}", step + 1));
        let others = if more > 0 { format!(", and {more} more") } else { String::new() };
        let first = self.mesh.describe(first);
        Err(Error::usage(format!("{what} is not complete: nothing was put for {first}{others}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_in_any_order_are_all_of_them_in_the_end() {
        let mut steps = Steps::default();
        for (add, before, end) in [(2..3, 0, 3), (0..1, 1, 3), (5..7, 1, 7), (1..2, 3, 7), (2..6, 7, 7), (7..8, 8, 8)] {
            steps.add(add);
            assert_eq!((steps.before, steps.end()), (before, end));
        }
    }
}
