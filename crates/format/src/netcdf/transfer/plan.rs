//! The units of a transfer, in the order in which they are worked on.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::error::Result;
use crate::netcdf::chunking::bounded;
use crate::shape::{self, Selection};

/// The bytes of a unit that is free to choose: large enough to make calls cheap, small enough for the cache.
pub(super) const UNIT: u64 = 512 << 10;

/// One unit: a box of the output of one job.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub job: usize,
    pub region: Selection,
    pub row: u64,
    /// The place in the order of those that are put in order.
    pub ticket: Option<u64>,
}

/// A variable cut into boxes of one shape, visited in C order.
#[derive(Debug)]
pub(super) struct Cells {
    shape: Vec<u64>,
    chunk: Vec<u64>,
    at: Vec<u64>,
    size: u64,
    by_rows: bool,
    bytes: u64,
}

impl Cells {
    pub fn new(shape: Vec<u64>, chunk: Vec<u64>, size: u64, by_rows: bool) -> Result<Self> {
        let bytes = shape::bytes(&shape, size)?;
        Ok(Cells { at: vec![0; shape.len()], shape, chunk, size, by_rows, bytes })
    }

    /// What decides the order: fixed variables come first, then records.
    fn key(&self) -> Option<u64> {
        self.at.first().copied().filter(|_| self.by_rows)
    }

    /// The current box.
    fn region(&self) -> Selection {
        let ends = self.at.iter().zip(&self.chunk).zip(&self.shape);
        let count = ends.map(|((&at, &chunk), &length)| chunk.min(length.saturating_sub(at))).collect();
        Selection::block(self.at.clone(), count)
    }

    /// Moves to the next box; `false` after the last.
    fn advance(&mut self) -> bool {
        for ((at, &chunk), &length) in self.at.iter_mut().zip(&self.chunk).zip(&self.shape).rev() {
            *at = at.saturating_add(chunk.max(1));
            if *at < length {
                return true;
            }
            *at = 0;
        }
        false
    }
}

/// All jobs, each at its next box.
#[derive(Debug)]
pub(super) struct Plan {
    cells: Vec<Cells>,
    next: BinaryHeap<Reverse<(Option<u64>, usize)>>,
    tickets: u64,
}

impl Plan {
    /// The units of the jobs that are cut into units.
    pub fn new(cells: Vec<Cells>, is_cut: impl Fn(usize) -> bool) -> Self {
        let next = cells.iter().enumerate().filter(|&(job, cells)| cells.bytes > 0 && is_cut(job));
        let next = next.map(|(job, cells)| Reverse((cells.key(), job))).collect();
        Plan { cells, next, tickets: 0 }
    }

    pub fn total_bytes(&self) -> u64 {
        self.cells.iter().fold(0, |total, cells| total.saturating_add(cells.bytes))
    }

    /// The bytes of the largest unit of each job.
    pub fn units(&self) -> impl Iterator<Item = u64> + '_ {
        self.cells.iter().map(|cells| {
            let axes = cells.chunk.iter().zip(&cells.shape);
            axes.fold(cells.size, |bytes, (&chunk, &length)| bytes.saturating_mul(chunk.min(length)))
        })
    }

    /// The next unit; those that are put in order get a place in it.
    pub fn next(&mut self, is_in_order: impl Fn(usize) -> bool) -> Option<Cell> {
        let Reverse((key, job)) = self.next.pop()?;
        let cells = self.cells.get_mut(job)?;
        let region = cells.region();
        if cells.advance() {
            self.next.push(Reverse((cells.key(), job)));
        }
        let ticket = is_in_order(job).then(|| {
            self.tickets += 1;
            self.tickets - 1
        });
        Some(Cell { job, region, row: key.unwrap_or(0), ticket })
    }
}

/// Boxes of whole rows of about `unit` bytes; a box never holds two records, which lie apart.
pub(super) fn rows(shape: &[u64], size: u64, by_rows: bool, unit: u64) -> Vec<u64> {
    let mut chunk = shape.to_vec();
    if let (Some(first), true) = (chunk.first_mut(), by_rows) {
        *first = 1;
    }
    pieces(&chunk, size, unit)
}

/// Cuts the slowest dimensions of a box until it has at most about `unit` bytes.
pub(super) fn pieces(chunk: &[u64], size: u64, unit: u64) -> Vec<u64> {
    bounded(chunk.iter().map(|&length| length.max(1)).collect(), size.max(1), unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_come_record_by_record() {
        let times = Cells::new(vec![3], vec![512], 8, true).unwrap();
        let field = Cells::new(vec![3, 10], vec![1, 10], 8, true).unwrap();
        let fixed = Cells::new(vec![4], vec![2], 8, false).unwrap();
        let mut plan = Plan::new(vec![times, field, fixed], |_| true);
        assert_eq!(plan.total_bytes(), 24 + 240 + 32);
        let order: Vec<_> = std::iter::from_fn(|| plan.next(|job| job == 1))
            .map(|cell| (cell.job, cell.region.start[0], cell.ticket))
            .collect();
        assert_eq!(
            order,
            [(2, 0, None), (2, 2, None), (0, 0, None), (1, 0, Some(0)), (1, 1, Some(1)), (1, 2, Some(2))]
        );
    }
}
