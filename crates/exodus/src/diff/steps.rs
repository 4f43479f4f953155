//! Which step is compared with which.

use std::path::Path;

use hyperslab::{Error, Result};

use super::options::Options;
use super::step_options::StepOffset;
use super::tolerance::{Mode, Tolerance};

/// What a step of the first file is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Partner {
    /// A step of the second file, counted from 0.
    At(u64),
    /// Values between a step, counted from 0, and the next one: `(1 - fraction) * a + fraction * b`.
    Between(u64, f64),
    /// Nothing: the second file begins later.
    Before,
    /// Nothing: the second file ended earlier.
    After,
}

/// A step of the first file, counted from 0, and its partner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pair {
    pub first: u64,
    pub second: Partner,
    /// Whether the times are compared.
    pub timed: bool,
}

impl Pair {
    /// Whether the second file has values to compare.
    pub fn has_partner(&self) -> bool {
        !matches!(self.second, Partner::Before | Partner::After)
    }
}

/// All pairs, and whether nothing was left over.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Pairing {
    pub pairs: Vec<Pair>,
    /// Whether the options left no steps to compare although there are some.
    pub empty_by_options: bool,
    /// Whether files of different numbers of steps may still be the same.
    pub counts_may_differ: bool,
    /// Whether steps of the second file have no partner because of the offset.
    pub leftover: bool,
    /// The steps that both files have.
    pub common: u64,
}

/// Pairs the steps of two files with these times; those of the first are scaled already.
pub(super) fn pair(options: &Options, times: [&[f64]; 2]) -> Result<Pairing> {
    let steps = &options.steps;
    let [n1, n2] = times.map(|times| times.len() as u64);
    let common = if steps.interpolate { n1 } else { n1.min(n2) };
    let common = steps.last.map_or(common, |last| common.min(last));
    if let Some(explicit) = steps.explicit {
        let [one, two] = &options.files;
        let (first, second) = (existing(explicit.0, n1, one)?, Partner::At(existing(explicit.1, n2, two)?));
        let pairs = vec![Pair { first, second, timed: false }];
        return Ok(Pairing { pairs, counts_may_differ: true, common, ..Pairing::default() });
    }
    let (start, offset, common) = match steps.first {
        -1 => (n2, signed(n1) - signed(n2), n2),
        first if first < 0 => (common, offset(steps.offset, times)?, common),
        first => (first.max(1).unsigned_abs(), offset(steps.offset, times)?, common),
    };
    let mut pairing = Pairing {
        counts_may_differ: signed(n1) - offset == signed(n2) || steps.last.is_some() || steps.interpolate,
        common,
        ..Pairing::default()
    };
    if steps.ignore {
        return Ok(pairing);
    }
    let [_, second] = times;
    if steps.interpolate && !second.is_sorted() {
        let [_, file] = &options.files;
        return Err(Error::usage("its times do not ascend: there is nothing to interpolate between").in_file(file));
    }
    let stride = usize::try_from(steps.stride).unwrap_or(usize::MAX).max(1);
    for step in (start.max(1)..=common).step_by(stride).filter(|&step| !steps.is_excluded(step)) {
        let first = step.checked_add_signed(offset).and_then(|first| first.checked_sub(1)).filter(|&first| first < n1);
        let Some(first) = first else {
            pairing.leftover = true;
            break;
        };
        let second = match steps.interpolate {
            true => surrounding(&options.times, time(times[0], first), times[1]),
            false => Partner::At(step - 1),
        };
        pairing.pairs.push(Pair { first, second, timed: !steps.interpolate });
    }
    pairing.empty_by_options = common > 0 && !pairing.pairs.iter().any(Pair::has_partner);
    Ok(pairing)
}

/// A step, counted from 0, that was asked for by its number, counted from 1, or as the last one.
fn existing(given: Option<u64>, count: u64, file: &Path) -> Result<u64> {
    match (given, given.unwrap_or(count).checked_sub(1)) {
        (_, Some(step)) if step < count => Ok(step),
        (None, _) => Err(Error::usage("there is no last step: the file has none").in_file(file)),
        (Some(given), _) => Err(Error::usage(format!("there is no step {given}: the file has {count}")).in_file(file)),
    }
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(super) fn time(times: &[f64], step: u64) -> f64 {
    usize::try_from(step).ok().and_then(|step| times.get(step)).copied().unwrap_or(f64::NAN)
}

fn offset(offset: StepOffset, [first, second]: [&[f64]; 2]) -> Result<i64> {
    if offset != StepOffset::By(0) && !matches!(offset, StepOffset::By(_)) && first.len() < second.len() {
        return Err(Error::usage("the second file has more steps than the first: its steps cannot be offset"));
    }
    Ok(match (offset, second.first()) {
        (StepOffset::By(number), _) => signed(number),
        (StepOffset::Last, _) => signed((first.len() - second.len()) as u64),
        (StepOffset::Nearest, None) => 0,
        (StepOffset::Nearest, Some(wanted)) => {
            let distance = |step: usize| first.get(step).map_or(f64::INFINITY, |time| (time - wanted).abs());
            let nearest =
                (0..first.len()).fold(0, |best, step| if distance(step) < distance(best) { step } else { best });
            signed(nearest as u64)
        }
    })
}

/// The step or steps around a time.
fn surrounding(tolerance: &Tolerance, wanted: f64, times: &[f64]) -> Partner {
    match (times.first(), times.last()) {
        (Some(&first), _) if wanted < first => return Partner::Before,
        (None, _) => return Partner::Before,
        (_, Some(&last)) if wanted > last => return Partner::After,
        _ => {}
    }
    let reached = |&time: &f64| time <= wanted || tolerance.mode != Mode::Ignore && !tolerance.differs(wanted, time);
    let before = times.iter().skip(1).take_while(|time| reached(time)).count();
    let at = time(times, before as u64);
    match times.get(before + 1) {
        Some(next) if tolerance.differs(wanted, at) => Partner::Between(before as u64, (wanted - at) / (next - at)),
        _ => Partner::At(before as u64),
    }
}

#[cfg(test)]
mod tests {
    use super::super::step_options::{excluded_steps, StepOptions};
    use super::*;

    fn pairs(change: impl Fn(&mut StepOptions), first: &[f64], second: &[f64]) -> Vec<(u64, Partner)> {
        pairing(change, first, second).unwrap().pairs.iter().map(|pair| (pair.first, pair.second)).collect()
    }

    fn pairing(change: impl Fn(&mut StepOptions), first: &[f64], second: &[f64]) -> Result<Pairing> {
        let mut options = Options::default();
        change(&mut options.steps);
        pair(&options, [first, second])
    }

    fn same(steps: &[u64]) -> Vec<(u64, Partner)> {
        steps.iter().map(|&step| (step, Partner::At(step))).collect()
    }

    const FIVE: [f64; 5] = [0.0, 1.0, 2.0, 3.0, 4.0];

    #[test]
    fn all_steps_that_both_files_have() {
        assert_eq!(pairs(|_| (), &FIVE, &FIVE[..3]), same(&[0, 1, 2]));
        assert!(!pairing(|_| (), &FIVE, &FIVE[..3]).unwrap().counts_may_differ);
        assert_eq!(pairs(|steps| steps.ignore = true, &FIVE, &FIVE), []);
    }

    #[test]
    fn ranges_of_steps() {
        let range = |text: &'static str| pairs(move |steps| steps.set_range(text).unwrap(), &FIVE, &FIVE);
        assert_eq!(range("2:4"), same(&[1, 2, 3]));
        assert_eq!(range("3"), same(&[2]));
        assert_eq!(range("4:"), same(&[3, 4]));
        assert_eq!(range(":2"), same(&[0, 1]));
        assert_eq!(range("::2"), same(&[0, 2, 4]));
        assert_eq!(range("last"), same(&[4]));
        assert_eq!(range("-2"), same(&[4]));
        let last = pairs(|steps| steps.set_range("LAST").unwrap(), &FIVE, &FIVE[..2]);
        assert_eq!(last, [(4, Partner::At(1))]);
        assert!(pairing(|steps| steps.set_range("7:").unwrap(), &FIVE, &FIVE).unwrap().empty_by_options);
        for wrong in ["x", "1:x", "1:2:0", ""] {
            assert!(StepOptions::default().set_range(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn excluded_and_explicit_steps() {
        let list = excluded_steps("1,3-4").unwrap();
        assert_eq!(pairs(|steps| steps.excluded.clone_from(&list), &FIVE, &FIVE), same(&[1, 4]));
        let none = |list: &str| pairing(|steps| steps.excluded = excluded_steps(list).unwrap(), &FIVE, &FIVE).unwrap();
        assert!(none("1-5").empty_by_options && !none("1-4").empty_by_options);
        let ignored = pairing(|steps| (steps.ignore, steps.first) = (true, 9), &FIVE, &FIVE);
        assert!(!ignored.unwrap().empty_by_options, "this was asked for");
        assert!(excluded_steps("0").is_err() && excluded_steps("4-3").is_err() && excluded_steps("x").is_err());
        let explicit = |text: &'static str| pairing(move |steps| steps.set_explicit(text).unwrap(), &FIVE, &FIVE[..3]);
        assert_eq!(explicit("4:last").unwrap().pairs, [Pair { first: 3, second: Partner::At(2), timed: false }]);
        assert_eq!(explicit("last:1").unwrap().pairs, [Pair { first: 4, second: Partner::At(0), timed: false }]);
        assert!(explicit("1:4").is_err());
        assert!(StepOptions::default().set_explicit("1").is_err());
    }

    #[test]
    fn offsets() {
        let by = |offset| move |steps: &mut StepOptions| steps.offset = offset;
        let shifted = [(2, Partner::At(0)), (3, Partner::At(1)), (4, Partner::At(2))];
        assert_eq!(pairs(by(StepOffset::By(2)), &FIVE, &FIVE[..3]), shifted);
        assert!(pairing(by(StepOffset::By(2)), &FIVE, &FIVE[..3]).unwrap().counts_may_differ);
        assert_eq!(pairs(by(StepOffset::Last), &FIVE, &FIVE[..3]), shifted);
        assert_eq!(pairs(by(StepOffset::Nearest), &FIVE, &[2.1, 3.0, 4.0]), shifted);
        assert!(pairing(by(StepOffset::Last), &FIVE[..2], &FIVE).is_err());
        assert_eq!(pairs(by(StepOffset::By(3)), &FIVE, &FIVE).len(), 2);
        assert!(pairing(by(StepOffset::By(3)), &FIVE, &FIVE).unwrap().leftover);
        assert!(pairing(by(StepOffset::By(5)), &FIVE, &FIVE).unwrap().empty_by_options);
        assert_eq!(StepOffset::parse("-1").unwrap(), StepOffset::Last);
        assert_eq!(StepOffset::parse("-2").unwrap(), StepOffset::Nearest);
        assert!(StepOffset::parse("-3").is_err());
    }

    #[test]
    fn interpolation_finds_the_steps_around_a_time() {
        let found = pairs(|steps| steps.interpolate = true, &[0.0, 0.5, 1.0, 3.25, 9.0], &[0.25, 1.0, 3.0, 4.0]);
        let expected = [
            (0, Partner::Before),
            (1, Partner::Between(0, 0.25 / 0.75)),
            (2, Partner::At(1)),
            (3, Partner::Between(2, 0.25)),
            (4, Partner::After),
        ];
        assert_eq!(found, expected);
        let apart = pairing(|steps| steps.interpolate = true, &[5.0, 6.0], &FIVE).unwrap();
        assert!(apart.pairs.len() == 2 && apart.empty_by_options, "all are skipped");
        for unordered in [&[2.0, 1.0, 0.0][..], &[0.0, f64::NAN, 2.0]] {
            let error = pairing(|steps| steps.interpolate = true, &FIVE, unordered).unwrap_err().to_string();
            assert!(error.contains("second file: its times do not ascend"), "{error}");
        }
        // Times that agree within the tolerance are the same.
        let found = pairs(|steps| steps.interpolate = true, &[1.0 - 1e-9], &[0.0, 1.0, 2.0]);
        assert_eq!(found, [(0, Partner::At(1))]);
    }
}
