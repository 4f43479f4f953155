//! Selections as runs of neighbours.

use crate::error::Result;

/// A selection as runs of neighbours in the order of the array: first element, and the place in the selection.
#[derive(Debug)]
pub(super) struct Runs {
    runs: Vec<(u64, u64)>,
    /// Elements of all runs.
    pub total: u64,
}

impl Runs {
    /// Joins what touches or overlaps.
    pub fn new(sorted: Vec<(u64, u64)>) -> Self {
        let mut runs: Vec<(u64, u64)> = Vec::new();
        let (mut total, mut end) = (0u64, None);
        for (first, len) in sorted {
            let from = end.map_or(first, |end: u64| end.max(first));
            let until = first.saturating_add(len);
            if end.is_none_or(|end| first > end) {
                runs.push((first, total));
            }
            total = total.saturating_add(until.saturating_sub(from));
            end = Some(end.map_or(until, |end: u64| end.max(until)));
        }
        Runs { runs, total }
    }

    /// The number of runs.
    pub fn len(&self) -> u64 {
        self.runs.len() as u64
    }

    /// Calls `visit` with every part of the elements `first..first + len` that is selected: first element, place in the
    /// selection, number.
    pub fn within(&self, first: u64, len: u64, visit: &mut dyn FnMut(u64, u64, u64) -> Result<()>) -> Result<()> {
        let before = self.runs.partition_point(|&(start, _)| start <= first).saturating_sub(1);
        let end = first.saturating_add(len);
        for n in before..self.runs.len() {
            let Some((start, place, count)) = self.run(n).filter(|&(start, ..)| start < end) else { break };
            let from = start.max(first);
            let until = start.saturating_add(count).min(end);
            if from < until {
                visit(from, place + (from - start), until - from)?;
            }
        }
        Ok(())
    }

    /// Calls `visit` with the elements at the places `place..place + len`: first element, number.
    pub fn at(&self, place: u64, len: u64, visit: &mut dyn FnMut(u64, u64) -> Result<()>) -> Result<()> {
        let (mut place, mut left) = (place, len);
        let mut n = self.runs.partition_point(|&(_, before)| before <= place).saturating_sub(1);
        while let Some((start, before, count)) = self.run(n).filter(|_| left > 0) {
            let inside = place.saturating_sub(before);
            let here = count.saturating_sub(inside).min(left);
            if here > 0 {
                visit(start.saturating_add(inside), here)?;
            }
            (place, left, n) = (place + here, left - here, n + 1);
        }
        Ok(())
    }

    /// The first element of a run, its place, and the number of its elements.
    fn run(&self, n: usize) -> Option<(u64, u64, u64)> {
        let &(start, place) = self.runs.get(n)?;
        let next = self.runs.get(n + 1).map_or(self.total, |&(_, next)| next);
        Some((start, place, next.saturating_sub(place)))
    }
}
