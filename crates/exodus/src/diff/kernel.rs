//! Comparing two rows of values.
//!
//! Where both hold the same bytes nothing can differ, and only a look for not-a-number is left; the rest is decoded
//! and measured block by block, in loops that the compiler turns into vector instructions.

use hyperslab::{Error, Result};

use super::options::Show;
use super::raw::Raw;
use super::tolerance::{Mode, Tolerance};

/// Values of a block: both sides together stay in the first-level cache.
const BLOCK: usize = 512;

/// How values are compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub tolerance: Tolerance,
    pub show: Show,
    pub norms: bool,
    pub check_nans: bool,
}

/// Where the values of the second file come from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Second<'a> {
    /// In the same order.
    Row(Raw<'a>),
    /// In the same order, between two steps: the second one's share is the fraction.
    Between(Raw<'a>, Raw<'a>, f64),
    /// By position: for each value of the first file its target in some rows.
    Mapped(&'a [Target], &'a [Option<Rows<'a>>]),
}

/// Where a value of the second file is: which row, and where in it; or nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Target {
    row: u32,
    index: u32,
}

impl Target {
    pub const NOWHERE: Target = Target { row: u32::MAX, index: 0 };

    pub fn new(row: usize, index: usize) -> Self {
        match (u32::try_from(row), u32::try_from(index)) {
            (Ok(row), Ok(index)) => Target { row, index },
            _ => Target::NOWHERE,
        }
    }

    /// Row and position.
    pub fn get(self) -> Option<(usize, usize)> {
        (self != Target::NOWHERE).then_some((self.row as usize, self.index as usize))
    }
}

/// A row, or two with the fraction of the second.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    pub first: Raw<'a>,
    pub second: Option<(Raw<'a>, f64)>,
}

impl<'a> Rows<'a> {
    fn get(&self, index: usize) -> Option<f64> {
        let value = self.first.get(index)?;
        match self.second {
            Some((second, fraction)) => Some(between(value, second.get(index)?, fraction)),
            None => Some(value),
        }
    }

    /// The same as values in order.
    pub fn in_order(self) -> Second<'a> {
        match self.second {
            Some((second, fraction)) => Second::Between(self.first, second, fraction),
            None => Second::Row(self.first),
        }
    }
}

fn between(a: f64, b: f64, fraction: f64) -> f64 {
    (1.0 - fraction) * a + fraction * b
}

/// Two values that differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hit {
    /// The position in the first file's row.
    pub index: usize,
    pub values: [f64; 2],
    pub delta: f64,
}

/// Sums over all values: of the differences, of the first, of the second.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Sums {
    pub absolute: [f64; 3],
    pub squares: [f64; 3],
}

/// What was found so far; the rows of several entities go into one, each with its number.
#[derive(Debug, Clone)]
pub(super) struct Found {
    rule: Rule,
    /// The largest difference, whether allowed or not, and the number of its entity.
    worst: Option<(usize, Hit)>,
    hits: Vec<(usize, Hit)>,
    pub sums: Sums,
    /// Which file has not-a-number in the entity that was looked at last.
    pub nans: [bool; 2],
}

impl Found {
    pub fn new(rule: Rule) -> Self {
        Found { rule, worst: None, hits: Vec::new(), sums: Sums::default(), nans: [false; 2] }
    }

    /// What has to be told: entity and values.
    pub fn into_hits(self) -> Vec<(usize, Hit)> {
        let allowed = self.rule.tolerance.value;
        match self.rule.show {
            // One stands for those that nobody is told: it decides the answer.
            Show::Worst | Show::First(0) => self.worst.filter(|(_, hit)| hit.delta > allowed).into_iter().collect(),
            Show::First(_) => self.hits,
        }
    }

    /// Compares the row of one entity.
    pub fn compare(&mut self, entity: usize, first: Raw<'_>, second: Second<'_>) {
        self.nans = [false; 2];
        let mut block = Block::new();
        for start in (0..first.len()).step_by(BLOCK) {
            let part = first.part(start, BLOCK);
            let other = match second {
                Second::Row(other) => Some(other.part(start, BLOCK)),
                _ => None,
            };
            let equal = other.is_some_and(|other| {
                part.number == other.number && part.order == other.order && part.bytes == other.bytes
            });
            if equal && !self.rule.norms && !(self.rule.check_nans && part.is_suspicious()) {
                continue;
            }
            block.load(start, part, second);
            self.block(entity, &block);
        }
    }

    fn block(&mut self, entity: usize, block: &Block) {
        let (a, b) = (block.a(), block.b());
        if self.rule.check_nans {
            block.find_nans(&mut self.nans);
        }
        if self.rule.norms {
            self.sums.add(a, b);
        }
        // What is not above the tolerance is never told.
        if self.rule.tolerance.surely_same(a, b) {
            return;
        }
        let mut deltas = [0.0; BLOCK];
        self.rule.tolerance.deltas(a, b, &mut deltas);
        let largest = largest(&deltas);
        let worst = self.worst.map_or(0.0, |(_, hit)| hit.delta);
        match self.rule.show {
            Show::Worst | Show::First(0) if largest > worst => {
                self.worst = block.hits(&deltas, |delta| delta >= largest).next().map(|hit| (entity, hit));
            }
            Show::First(limit) if largest > self.rule.tolerance.value => {
                let room = limit.saturating_sub(self.hits.len());
                let allowed = self.rule.tolerance.value;
                let hits = block.hits(&deltas, |delta| delta > allowed);
                self.hits.extend(hits.take(room).map(|hit| (entity, hit)));
            }
            _ => {}
        }
    }
}

/// The differences of the row of one entity, signed where the mode is: 0 where the second file has no value. Returns which
/// file has not-a-number there.
pub(super) fn differences(first: Raw<'_>, second: Second<'_>, mode: Mode, target: &mut Vec<f64>) -> Result<[bool; 2]> {
    let (len, mut nans, mut block) = (first.len(), [false; 2], Block::new());
    target.clear();
    target.try_reserve(len).map_err(|_| Error::limit(format!("no memory for {len} differences")))?;
    target.resize(len, 0.0);
    for start in (0..len).step_by(BLOCK) {
        block.load(start, first.part(start, BLOCK), second);
        block.find_nans(&mut nans);
        let mut deltas = [0.0; BLOCK];
        mode.differences(block.a(), block.b(), &mut deltas);
        for (n, delta) in deltas.into_iter().enumerate().take(block.len) {
            if let Some(target) = target.get_mut(block.position(n)) {
                *target = delta;
            }
        }
    }
    Ok(nans)
}

impl Sums {
    fn add(&mut self, a: &[f64], b: &[f64]) {
        for (&a, &b) in a.iter().zip(b) {
            for ((absolute, square), value) in self.absolute.iter_mut().zip(&mut self.squares).zip([a - b, a, b]) {
                *absolute += value.abs();
                *square += value * value;
            }
        }
    }
}

/// The largest of some numbers; not-a-number is none. Eight at once.
fn largest(values: &[f64; BLOCK]) -> f64 {
    let mut lanes = [0.0; 8];
    let (rows, _) = values.as_chunks::<8>();
    for row in rows {
        for (lane, &value) in lanes.iter_mut().zip(row) {
            *lane = if *lane < value { value } else { *lane };
        }
    }
    lanes.into_iter().fold(0.0, f64::max)
}

/// Decoded values of both files.
struct Block {
    values: [[f64; BLOCK]; 2],
    len: usize,
    /// The position of the first one, where they are in order.
    start: usize,
    /// The positions in the first file's row, where they are not.
    positions: Option<[usize; BLOCK]>,
}

impl Block {
    fn new() -> Self {
        Block { values: [[0.0; BLOCK]; 2], len: 0, start: 0, positions: None }
    }

    fn a(&self) -> &[f64] {
        let [a, _] = &self.values;
        a.get(..self.len).unwrap_or(a)
    }

    fn b(&self) -> &[f64] {
        let [_, b] = &self.values;
        b.get(..self.len).unwrap_or(b)
    }

    /// Where a value is in the first file's row.
    fn position(&self, n: usize) -> usize {
        self.positions.as_ref().map_or(Some(self.start + n), |at| at.get(n).copied()).unwrap_or(n)
    }

    fn find_nans(&self, nans: &mut [bool; 2]) {
        for (nan, values) in nans.iter_mut().zip([self.a(), self.b()]) {
            *nan |= values.iter().fold(false, |any, value| any | value.is_nan());
        }
    }

    /// Takes over the values of the first file from `start` on, and those that belong to them.
    fn load(&mut self, start: usize, first: Raw<'_>, second: Second<'_>) {
        let [a, b] = &mut self.values;
        self.start = start;
        match second {
            Second::Row(second) => {
                self.len = first.len().min(second.part(start, BLOCK).len());
                first.decode(a);
                second.part(start, BLOCK).decode(b);
            }
            Second::Between(before, after, fraction) => {
                let mut later = [0.0; BLOCK];
                self.len = first.len().min(before.part(start, BLOCK).len());
                first.decode(a);
                before.part(start, BLOCK).decode(b);
                after.part(start, BLOCK).decode(&mut later);
                b.iter_mut().zip(later).for_each(|(b, later)| *b = between(*b, later, fraction));
            }
            Second::Mapped(map, rows) => {
                let mut positions = [0; BLOCK];
                self.len = 0;
                let map = map.get(start..).unwrap_or_default();
                for (n, place) in map.iter().enumerate().take(first.len()) {
                    let other = place.get().and_then(|(row, index)| rows.get(row).copied().flatten()?.get(index));
                    let (Some(value), Some(other)) = (first.get(n), other) else { continue };
                    let slots = positions.get_mut(self.len).zip(a.get_mut(self.len)).zip(b.get_mut(self.len));
                    if let Some(((position, a), b)) = slots {
                        (*position, *a, *b) = (start + n, value, other);
                        self.len += 1;
                    }
                }
                self.positions = Some(positions);
            }
        }
    }

    /// The values whose difference is wanted, in order.
    fn hits<'b>(&'b self, deltas: &'b [f64], wanted: impl Fn(f64) -> bool + 'b) -> impl Iterator<Item = Hit> + 'b {
        let pairs = self.a().iter().zip(self.b()).zip(deltas).enumerate();
        pairs.filter(move |(_, (_, &delta))| wanted(delta)).map(|(n, ((&a, &b), &delta))| Hit {
            index: self.position(n),
            values: [a, b],
            delta,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::raw::native_bytes;
    use crate::diff::Mode;

    const RULE: Rule =
        Rule { tolerance: Tolerance::new(Mode::Absolute, 0.5), show: Show::Worst, norms: false, check_nans: true };

    fn compare(rule: Rule, a: &[f64], b: &[f64]) -> Found {
        let (a, b) = (native_bytes(a.iter().copied()), native_bytes(b.iter().copied()));
        let mut found = Found::new(rule);
        found.compare(7, Raw::native(&a), Second::Row(Raw::native(&b)));
        found
    }

    /// Numbers over several blocks, and the same with some changed.
    fn numbers(changes: &[(usize, f64)]) -> (Vec<f64>, Vec<f64>) {
        let a: Vec<f64> = (0..BLOCK * 2 + 10).map(|n| n as f64).collect();
        let mut b = a.clone();
        changes.iter().for_each(|&(n, by)| b[n] += by);
        (a, b)
    }

    #[test]
    fn the_worst_difference_wins_and_the_first_of_equal_ones() {
        let (a, b) = numbers(&[(3, 0.75), (BLOCK + 5, -2.0), (BLOCK + 6, 2.0), (2 * BLOCK + 9, 1.0)]);
        let hits = compare(RULE, &a, &b).into_hits();
        let n = BLOCK + 5;
        assert_eq!(hits, [(7, Hit { index: n, values: [n as f64, n as f64 - 2.0], delta: 2.0 })]);
        let (a, b) = numbers(&[(3, 0.5)]);
        assert_eq!(compare(RULE, &a, &b).into_hits(), []);
    }

    #[test]
    fn the_first_differences_are_told_in_order() {
        let (a, b) = numbers(&[(3, 0.75), (4, 0.25), (BLOCK + 5, -2.0), (2 * BLOCK + 9, 1.0)]);
        let told = |limit| {
            let hits = compare(Rule { show: Show::First(limit), ..RULE }, &a, &b).into_hits();
            hits.iter().map(|(_, hit)| hit.index).collect::<Vec<_>>()
        };
        assert_eq!(told(usize::MAX), [3, BLOCK + 5, 2 * BLOCK + 9]);
        assert_eq!(told(2), [3, BLOCK + 5]);
        assert_eq!(told(0), [BLOCK + 5], "what is not told is found all the same");
    }

    #[test]
    fn not_a_number_is_seen_on_either_side_even_in_equal_bytes() {
        let (a, mut b) = numbers(&[]);
        assert_eq!(compare(RULE, &a, &b).nans, [false, false]);
        b[BLOCK * 2 + 9] = f64::NAN;
        assert_eq!(compare(RULE, &a, &b).nans, [false, true]);
        assert_eq!(compare(RULE, &b, &b).nans, [true, true]);
        assert_eq!(compare(RULE, &b, &b).into_hits(), []);
        assert_eq!(compare(Rule { check_nans: false, ..RULE }, &b, &a).nans, [false, false]);
        b[BLOCK * 2 + 9] = f64::INFINITY;
        assert_eq!(compare(RULE, &b, &b).nans, [false, false]);
        assert_eq!(compare(RULE, &b, &b).into_hits(), []);
    }

    #[test]
    fn sums_count_every_value() {
        let found = compare(Rule { norms: true, ..RULE }, &[3.0, -4.0, 1.0], &[3.0, -4.0, 3.0]);
        assert_eq!(found.sums, Sums { absolute: [2.0, 8.0, 10.0], squares: [4.0, 26.0, 34.0] });
    }

    #[test]
    fn values_are_found_through_maps_and_between_steps() {
        let (a, b) = (native_bytes([1.0, 2.0, 3.0, 4.0]), native_bytes([9.0, 3.0, 2.0, 1.0]));
        let (a, b) = (Raw::native(&a), Raw::native(&b));
        let map = [Target::new(0, 3), Target::new(0, 2), Target::NOWHERE, Target::new(1, 0)];
        let rows = [Some(Rows { first: b, second: None }), None];
        let mut found = Found::new(RULE);
        found.compare(0, a, Second::Mapped(&map, &rows));
        assert_eq!(found.clone().into_hits(), []);
        let map = [Target::new(0, 3), Target::NOWHERE, Target::new(0, 0)];
        found.compare(0, a, Second::Mapped(&map, &rows));
        assert_eq!(found.into_hits(), [(0, Hit { index: 2, values: [3.0, 9.0], delta: 6.0 })]);
        let mut found = Found::new(RULE);
        found.compare(0, a, Rows { first: a, second: Some((b, 0.25)) }.in_order());
        assert_eq!(found.into_hits(), [(0, Hit { index: 0, values: [1.0, 3.0], delta: 2.0 })]);
    }

    #[test]
    fn single_and_double_precision_meet() {
        let double: Vec<u8> = [1.0f64, 2.5].iter().flat_map(|v| v.to_be_bytes()).collect();
        let single: Vec<u8> = [1.0f32, 3.5].iter().flat_map(|v| v.to_le_bytes()).collect();
        let double = Raw { bytes: &double, number: hyperslab::NumberType::F64, order: hyperslab::ByteOrder::Big };
        let single = Raw { bytes: &single, number: hyperslab::NumberType::F32, order: hyperslab::ByteOrder::Little };
        let mut found = Found::new(RULE);
        found.compare(0, double, Second::Row(single));
        assert_eq!(found.into_hits(), [(0, Hit { index: 1, values: [2.5, 3.5], delta: 1.0 })]);
    }
    #[test]
    fn differences_stand_at_the_positions_of_the_first_file() {
        let (a, b) = numbers(&[(3, 2.0), (700, -1.0)]);
        let bytes = |values: &[f64]| native_bytes(values.iter().copied());
        let (a, b) = (bytes(&a), bytes(&b));
        let (a, b) = (Raw::native(&a), Raw::native(&b));
        let mut found = vec![9.0; 3];
        assert_eq!(differences(a, Second::Row(b), Mode::Absolute, &mut found).unwrap(), [false; 2]);
        assert_eq!((found.len(), found[3], found[700]), (a.len(), -2.0, 1.0));
        assert_eq!(found.iter().filter(|&&value| value != 0.0).count(), 2);
        // The second file has no partner for the first value, and not-a-number for the last.
        let (one, two) = (bytes(&[5.0, 7.0, 9.0]), bytes(&[f64::NAN, 6.0]));
        let rows = [Some(Rows { first: Raw::native(&two), second: None })];
        let map = [Target::NOWHERE, Target::new(0, 1), Target::new(0, 0)];
        let nans = differences(Raw::native(&one), Second::Mapped(&map, &rows), Mode::Absolute, &mut found).unwrap();
        assert_eq!((nans, &found[..2]), ([false, true], &[0.0, 1.0][..]));
        assert!(found[2].is_nan());
    }
}
