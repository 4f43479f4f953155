//! What has to be put before a step, and a file, is complete.

use std::collections::{BTreeMap, BTreeSet};

use hyperslab::{Error, Ranges, Result};

use super::ModelWriter;
use crate::data::Data;
use crate::kind::EntityType;
use crate::mesh::Mesh;

/// What nobody has put yet would be zeros that nobody wrote.
#[derive(Debug, Default)]
pub(super) struct Owed {
    /// What is missing of the arrays of the mesh.
    mesh: BTreeMap<Data, Cover>,
    /// What was put of results and times.
    steps: BTreeMap<Data, Steps>,
    /// The step that was begun last, while it is not complete.
    begun: Option<Begun>,
}

/// A step that waits for values.
#[derive(Debug)]
pub(super) struct Begun {
    pub step: u64,
    pub time: f64,
    /// The arrays of which values are still to come.
    missing: BTreeSet<Data>,
}

/// The steps of an array that were put.
#[derive(Debug, Default)]
struct Steps {
    whole: Ranges,
    partly: BTreeMap<u64, Cover>,
}

/// The places of an array that were put: along the first of its axes, for each place along the others.
#[derive(Debug, Default)]
struct Cover(BTreeMap<Vec<u64>, Ranges>);

impl Cover {
    /// Adds a box of an array of this shape; returns whether all of it is there now.
    fn add(&mut self, start: &[u64], count: &[u64], shape: &[u64]) -> bool {
        if count == shape {
            return true;
        }
        let [(first, others), (firsts, counts), (len, lengths)] =
            [start, count, shape].map(|list| list.split_first().map_or((0, [].as_slice()), |(&n, rest)| (n, rest)));
        for place in places(others, counts) {
            self.0.entry(place).or_default().add(first..first.saturating_add(firsts));
        }
        let all = lengths.iter().product::<u64>();
        self.0.len() as u64 == all && self.0.values().all(|ranges| ranges.first_gap() >= len)
    }
}

/// The places of a box, in order.
fn places(start: &[u64], count: &[u64]) -> Vec<Vec<u64>> {
    let longer = |places: Vec<Vec<u64>>, (&start, &count): (&u64, &u64)| {
        let all = places.iter().flat_map(|place| (0..count).map(move |n| [place.as_slice(), &[start + n]].concat()));
        all.collect()
    };
    start.iter().zip(count).fold(vec![Vec::new()], longer)
}

impl Owed {
    /// Notes that a box of an array was put, from `start` on and of `count`, of an array of this shape; returns the step that was begun, if it is complete now.
    pub fn put(&mut self, data: Data, [start, count, shape]: [&[u64]; 3]) -> Option<Begun> {
        // A global variable is one of the values that all of them are.
        let data = data.whole();
        if !data.is_stepwise() {
            let is_whole = self.mesh.get_mut(&data).is_some_and(|put| put.add(start, count, shape));
            is_whole.then(|| self.mesh.remove(&data));
            return None;
        }
        let put = self.steps.get_mut(&data)?;
        let [(first, start), (steps, count), (_, shape)] =
            [start, count, shape].map(|list| list.split_first().map_or((0, [].as_slice()), |(&n, rest)| (n, rest)));
        let steps = first..first.saturating_add(steps);
        match count == shape {
            true => put.whole.add(steps.clone()),
            false => steps.clone().for_each(|step| put.add(step, start, count, shape)),
        }
        let begun = self.begun.as_mut().filter(|begun| steps.contains(&begun.step))?;
        if put.whole.contains(begun.step) {
            begun.missing.remove(&data);
        }
        begun.missing.is_empty().then(|| self.begun.take()).flatten()
    }

    /// Begins a step that has to have these arrays; returns whether it waits for any of them.
    pub fn begin(&mut self, step: u64, time: f64, arrays: impl Iterator<Item = Data>) -> bool {
        let is_there = |data: &Data| self.steps.get(data).is_some_and(|put| put.whole.contains(step));
        let missing: BTreeSet<Data> = arrays.map(Data::whole).filter(|data| !is_there(data)).collect();
        let waits = !missing.is_empty();
        self.begun = waits.then_some(Begun { step, time, missing });
        waits
    }

    /// The first thing that is missing, the step that it is missing from, and how many more.
    fn missing(&self) -> Option<(Data, Option<u64>, usize)> {
        let steps = self.steps.values().map(Steps::end).max().unwrap_or(0);
        let late = self.steps.iter().map(|(&data, put)| (data, put.whole.first_gap()));
        let late = late.filter(|(_, whole)| *whole < steps).map(|(data, whole)| (data, Some(whole)));
        let mut all = self.mesh.keys().map(|&data| (data, None)).chain(late);
        let (first, step) = all.next()?;
        Some((first, step, all.count()))
    }

    /// Refuses to go on before the step that was begun is complete.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage), naming what is missing.
    pub fn check_begun(&self, mesh: &Mesh) -> Result<()> {
        let missing = self.begun.as_ref().map(|begun| (begun.step, &begun.missing));
        match missing.and_then(|(step, missing)| Some((*missing.first()?, step, missing.len() - 1))) {
            Some((first, step, more)) => Err(incomplete(mesh, first, Some(step), more)),
            None => Ok(()),
        }
    }

    /// Refuses a mesh, or a step, that is not complete.
    ///
    /// # Errors
    /// As [`Owed::check_begun`].
    fn check(&self, mesh: &Mesh) -> Result<()> {
        self.check_begun(mesh)?;
        self.missing().map_or(Ok(()), |(first, step, more)| Err(incomplete(mesh, first, step, more)))
    }
}

fn incomplete(mesh: &Mesh, first: Data, step: Option<u64>, more: usize) -> Error {
    let what = step.map_or("the mesh".to_owned(), |step| format!("step {}", step + 1));
    let others = if more > 0 { format!(", and of {more} more") } else { String::new() };
    Error::usage(format!("{what} is not complete: not all was put of {}{others}", mesh.describe(first)))
}

impl Steps {
    fn add(&mut self, step: u64, start: &[u64], count: &[u64], shape: &[u64]) {
        if self.partly.entry(step).or_default().add(start, count, shape) {
            self.partly.remove(&step);
            self.whole.add(step..step.saturating_add(1));
        }
    }

    /// The number of steps of which anything was put, and of those before.
    fn end(&self) -> u64 {
        let partly = self.partly.last_key_value().map_or(0, |(&step, _)| step + 1);
        self.whole.end().max(partly)
    }
}

impl ModelWriter {
    /// Has everything that the mesh declares put by whoever writes it.
    pub(super) fn owe(&self) {
        let is_empty = |data: Data| self.shape(data).is_none_or(|shape| shape.contains(&0));
        let declared = |data: &Data| matches!(data, Data::Members(EntityType::Assembly, _));
        let mesh = self.mesh.static_data().into_iter().filter(|data| !declared(data) && !is_empty(*data));
        self.owed().mesh = mesh.map(|data| (data, Cover::default())).collect();
        self.owe_steps(0);
    }

    /// Has all results of every step put, but for those of the steps that are there.
    pub(super) fn owe_steps(&self, there: u64) {
        let stepwise = self.mesh.stepwise_data().into_iter().filter(|&data| self.has_room(data));
        let put = || {
            let mut put = Steps::default();
            put.whole.add(0..there);
            put
        };
        self.owed().steps = stepwise.map(|data| (data.whole(), put())).collect();
    }

    /// Whether a step of an array has any values.
    pub(super) fn has_room(&self, data: Data) -> bool {
        self.shape(data).is_some_and(|shape| !shape.iter().skip(1).any(|&len| len == 0))
    }

    /// Refuses a mesh, or a step, that is not complete.
    pub(crate) fn check_complete(&self) -> Result<()> {
        self.owed().check(&self.mesh)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODES: Data = Data::Coordinate(0);
    const U: Data = Data::Variable(EntityType::Nodal, 0, 0);

    fn put(owed: &mut Owed, data: Data, start: &[u64], count: &[u64], shape: &[u64]) -> bool {
        owed.put(data, [start, count, shape]).is_some()
    }

    #[test]
    fn what_is_put_twice_is_not_what_was_never_put() {
        let mut owed = Owed { mesh: [(NODES, Cover::default())].into(), ..Owed::default() };
        for (start, missing) in [(0, true), (0, true), (3, true), (2, false)] {
            put(&mut owed, NODES, &[start], &[2], &[5]);
            assert_eq!(owed.missing().is_some(), missing, "{start}");
        }
    }

    #[test]
    fn columns_are_put_one_by_one_or_together() {
        let mut cover = Cover::default();
        assert!(!cover.add(&[0, 0], &[4, 1], &[4, 2]));
        assert!(!cover.add(&[0, 1], &[2, 1], &[4, 2]));
        assert!(cover.add(&[2, 0], &[2, 2], &[4, 2]));
    }

    #[test]
    fn steps_in_any_order_are_all_of_them_in_the_end() {
        let mut owed = Owed { steps: [(U, Steps::default())].into(), ..Owed::default() };
        for (step, steps, missing) in [(2, 1, Some(0)), (0, 1, Some(1)), (5, 2, Some(1)), (1, 1, Some(3)), (2, 4, None)]
        {
            put(&mut owed, U, &[step, 0], &[steps, 3], &[0, 3]);
            assert_eq!(owed.missing().and_then(|(_, step, _)| step), missing);
        }
    }

    #[test]
    fn a_step_that_was_begun_is_complete_with_its_last_value() {
        let mut owed = Owed { steps: [(U, Steps::default())].into(), ..Owed::default() };
        assert!(owed.begin(4, 0.5, [U].into_iter()));
        assert!(!put(&mut owed, U, &[4, 0], &[1, 2], &[0, 3]));
        assert!(!put(&mut owed, U, &[4, 1], &[1, 1], &[0, 3]));
        assert!(put(&mut owed, U, &[4, 2], &[1, 1], &[0, 3]));
    }
}
