//! Which steps to take, by their times.

use std::fmt;
use std::str::FromStr;

use hyperslab::netcdf::{DimensionId, Schema, VariableId};
use hyperslab::{Context, Error, NumberType, Result};

use super::resolved::Resolved;
use super::steps;
use crate::names;
use crate::precision::decimal;
use crate::read::file::ExodusFile;

/// Steps by their times: `first:last:stride` with both ends included, of which every part may be left out, or one time.
///
/// A time that differs from an end by rounding alone counts as that end: by less than four times the precision of single
/// precision where the file stores that, and by less than 1e-12 of the time where it stores doubles. A step whose time is
/// not a number is in no range. Where times do not ascend, a range is refused if a step between two that are in it is not.
/// Of a file that was cut off the times of whole steps count, and a range that goes on after them is refused.
///
/// ```
/// use exodus_rs::process::TimeRange;
/// let range: TimeRange = "0.1:0.5".parse()?;
/// assert_eq!(range, TimeRange::Within { first: 0.1, last: 0.5, stride: 1 });
/// let every_second_from_the_start: TimeRange = ":0.5:2".parse()?;
/// let nearest: TimeRange = "0.3".parse()?;
/// # Ok::<(), exodus_rs::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TimeRange {
    /// The step whose time is nearest; the first of several that are equally near. A time before the first or after the
    /// last of all times has none.
    Nearest(f64),
    /// The steps from the first to the last whose time is within.
    Within {
        /// The smallest time; negative infinity if there is none.
        first: f64,
        /// The largest time; infinity if there is none.
        last: f64,
        /// Of so many steps one is taken, beginning with the first.
        stride: u64,
    },
}

/// The times of a model, and how exact they are.
#[derive(Debug)]
struct Times {
    values: Vec<f64>,
    stored: NumberType,
    /// Whether there are more, of steps that are cut off.
    cut_off: bool,
}

impl Default for Times {
    fn default() -> Self {
        Times { values: Vec::new(), stored: NumberType::F64, cut_off: false }
    }
}

impl Times {
    /// What rounding may make of a time, relative to it.
    fn precision(&self) -> f64 {
        match self.stored {
            NumberType::F32 => 4.0 * f64::from(f32::EPSILON),
            _ => 1e-12,
        }
    }

    fn is_within(&self, time: f64, first: f64, last: f64) -> bool {
        let at_most = |a: f64, b: f64| a <= b || a - b < self.precision() * a.abs().max(b.abs());
        time.is_finite() && at_most(first, time) && at_most(time, last)
    }

    /// The smallest and the largest of all times that are numbers.
    fn ends(&self) -> Option<(f64, f64)> {
        let finite = || self.values.iter().copied().filter(|time| time.is_finite());
        let ends = (finite().min_by(f64::total_cmp)?, finite().max_by(f64::total_cmp)?);
        Some((decimal(ends.0, self.stored), decimal(ends.1, self.stored)))
    }
}

/// Which steps to take along each dimension of what a file declares; `None` for dimensions that do not count steps.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) when no model has any of the steps, and when times cannot be read.
pub(super) fn chosen(
    file: &ExodusFile,
    (input, variables): (&Schema, &[VariableId]),
    range: &TimeRange,
) -> Result<Vec<Option<Resolved>>> {
    let mut ends: Option<(f64, f64)> = None;
    let mut chosen = Vec::with_capacity(input.dimensions.len());
    for (n, dimension) in input.dimensions.iter().enumerate() {
        if dimension.name != names::TIME_STEP {
            chosen.push(None);
            continue;
        }
        let no_times = || Error::usage("the steps have no times: choose them by their numbers");
        let times = match times_along(file, (input, variables), DimensionId(n))? {
            None if dimension.length > 0 => return steps::of_model(Err(no_times()), input, dimension),
            times => times.unwrap_or_default(),
        };
        if range.may_reach_what_is_cut_off(&times) {
            file.netcdf().check_complete()?;
        }
        let taken = range.resolve(&times).in_object(&format!("{}/{}", group(input, n), names::TIME_WHOLE))?;
        chosen.push(Some(taken.unwrap_or(Resolved::NONE)));
        ends = match (ends, times.ends()) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
    }
    if chosen.iter().flatten().any(|steps| steps.count > 0) {
        return Ok(chosen);
    }
    let has =
        ends.map_or("there are no times".to_owned(), |(first, last)| format!("the times go from {first} to {last}"));
    Err(Error::usage(format!("no step is selected: no time is {range}, {has}")))
}

/// The path of the group of a dimension; empty for the root.
fn group(input: &Schema, dimension: usize) -> String {
    let path = input.dimensions.get(dimension).map(|dimension| input.group_path(dimension.group)).unwrap_or_default();
    path.trim_end_matches('/').to_owned()
}

/// The times along a dimension, as far as they are there; `None` if it has none.
fn times_along(
    file: &ExodusFile,
    (input, variables): (&Schema, &[VariableId]),
    along: DimensionId,
) -> Result<Option<Times>> {
    let both = input.variables.iter().zip(variables);
    let is_time =
        |variable: &hyperslab::netcdf::Variable| variable.name == names::TIME_WHOLE && variable.dimensions == [along];
    let Some((_, &id)) = both.into_iter().find(|(variable, _)| is_time(variable)) else { return Ok(None) };
    let (netcdf, array) = (file.netcdf(), file.netcdf().array(id)?);
    let all = array.shape().first().copied().unwrap_or(0);
    let there = netcdf.check_complete().map_or_else(|_| netcdf.whole_records().unwrap_or(0).min(all), |()| all);
    let stored = array.variable().ty.number().unwrap_or(NumberType::F64);
    Ok(Some(Times { values: array.read(0..there)?, stored, cut_off: there < all }))
}

impl TimeRange {
    /// Whether steps might be among those chosen that the file promises and does not have: later ones than it has.
    fn may_reach_what_is_cut_off(&self, times: &Times) -> bool {
        let (TimeRange::Nearest(last) | TimeRange::Within { last, .. }) = *self;
        times.cut_off && times.values.last().is_none_or(|time| !times.is_within(last, f64::NEG_INFINITY, *time))
    }

    /// The steps of a model with these times, if there are any.
    fn resolve(&self, times: &Times) -> Result<Option<Resolved>> {
        match *self {
            TimeRange::Nearest(time) => Ok(nearest(times, time)),
            TimeRange::Within { stride: 0, .. } => Err(Error::usage("a stride of no steps")),
            TimeRange::Within { first, last, stride } => {
                let within = |time: &f64| times.is_within(*time, first, last);
                let Some(start) = times.values.iter().position(within) else { return Ok(None) };
                let end = times.values.iter().rposition(within).unwrap_or(start);
                let mut between = times.values.iter().enumerate().take(end).skip(start);
                if let Some((n, time)) = between.find(|(_, time)| !within(time)) {
                    let (step, time) = (n + 1, decimal(*time, times.stored));
                    let detail = format!("the times do not ascend: step {step} has the time {time}, and steps before and after it have one that is {self}; choose steps by their numbers");
                    return Err(Error::usage(detail));
                }
                let (start, end) = (start as u64, end as u64);
                Ok(Some(Resolved { first: start, stride, count: (end - start) / stride + 1 }))
            }
        }
    }
}

fn nearest(times: &Times, wanted: f64) -> Option<Resolved> {
    let (first, last) = times.ends()?;
    let distance = |time: f64| (decimal(time, times.stored) - wanted).abs();
    let finite = times.values.iter().enumerate().filter(|(_, time)| time.is_finite());
    let nearest = finite.min_by(|(_, a), (_, b)| distance(**a).total_cmp(&distance(**b)));
    let (step, _) = nearest.filter(|_| times.is_within(wanted, first, last))?;
    Some(Resolved { first: step as u64, stride: 1, count: 1 })
}

/// Where a time is: in the words of an error.
impl fmt::Display for TimeRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            TimeRange::Nearest(time) => write!(f, "near {time}"),
            TimeRange::Within { first, last, .. } => match (first.is_finite(), last.is_finite()) {
                (true, true) => write!(f, "from {first} to {last}"),
                (true, false) => write!(f, "from {first} on"),
                (false, true) => write!(f, "up to {last}"),
                (false, false) => f.write_str("a number"),
            },
        }
    }
}

impl FromStr for TimeRange {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::usage(format!("{text:?} is neither a time nor a range of times, FIRST:LAST:STRIDE"));
        let number = |part: &str| part.trim().parse().ok().filter(|time: &f64| time.is_finite()).ok_or_else(wrong);
        let end = |part: &str, open: f64| if part.is_empty() { Ok(open) } else { number(part) };
        let parts: Vec<&str> = text.split(':').collect();
        let (first, last, stride) = match *parts.as_slice() {
            [time] => return number(time).map(TimeRange::Nearest),
            [first, last] | [first, last, ""] => (first, last, 1),
            [first, last, stride] => (first, last, stride.parse().ok().filter(|&n: &u64| n > 0).ok_or_else(wrong)?),
            _ => return Err(wrong()),
        };
        let (first, last) = (end(first, f64::NEG_INFINITY)?, end(last, f64::INFINITY)?);
        match first > last {
            true => Err(Error::usage(format!("no step is selected: the time {first} is after {last}"))),
            false => Ok(TimeRange::Within { first, last, stride }),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::cast_possible_truncation)]
mod tests {
    use super::*;

    /// First step, stride, count.
    fn chosen(text: &str, values: &[f64], stored: NumberType) -> Option<(u64, u64, u64)> {
        let times = Times { values: values.to_vec(), stored, cut_off: false };
        let steps = text.parse::<TimeRange>().unwrap().resolve(&times).unwrap()?;
        Some((steps.first, steps.stride, steps.count))
    }

    #[test]
    fn both_ends_are_included_also_where_they_were_rounded() {
        // What ten additions of 0.1 give is not what people type.
        let sums: Vec<f64> = (0..10).scan(0.0, |sum, _| Some(std::mem::replace(sum, *sum + 0.1))).collect();
        assert!(sums.iter().any(|&time| time != decimal(f64::from(time as f32), NumberType::F32)));
        let singles: Vec<f64> = sums.iter().map(|&time| f64::from(time as f32)).collect();
        for (times, stored) in [(&sums, NumberType::F64), (&singles, NumberType::F32)] {
            let chosen = |text| chosen(text, times, stored);
            assert_eq!(chosen("0.1:0.8"), Some((1, 1, 8)));
            assert_eq!(chosen(":0.3"), Some((0, 1, 4)));
            assert_eq!(chosen("0.7:"), Some((7, 1, 3)));
            assert_eq!(chosen("0.1:0.8:3"), Some((1, 3, 3)));
            assert_eq!(chosen(":"), Some((0, 1, 10)));
            assert_eq!(chosen("0.31:0.39"), None);
            assert_eq!(chosen("0.9"), Some((9, 1, 1)));
        }
        // Steps that are close together are told apart.
        assert_eq!(chosen("1e6:1e6", &[1e6 - 1e-5, 1e6, 1e6 + 1e-5], NumberType::F64), Some((1, 1, 1)));
    }

    #[test]
    fn one_time_is_the_nearest_step_and_the_first_of_two() {
        let times = [0.0, 1.0, 2.0, 2.0];
        let nearest = |text| chosen(text, &times, NumberType::F64).map(|(first, ..)| first);
        assert_eq!(["0.4", "0.5", "0.6", "2"].map(nearest), [0, 0, 1, 2].map(Some));
        assert_eq!(["-0.1", "2.1"].map(nearest), [None, None]);
        assert_eq!(chosen("1", &[], NumberType::F64), None);
    }

    #[test]
    fn times_that_are_no_numbers_or_do_not_ascend_are_never_taken_by_a_range_of_others() {
        let times = [0.0, 1.0, 2.0, 1.5, f64::NAN, 3.0];
        let range = |text: &str| text.parse::<TimeRange>().unwrap();
        let times = Times { values: times.to_vec(), stored: NumberType::F64, cut_off: false };
        let refused = |text| range(text).resolve(&times).unwrap_err().to_string();
        assert!(refused("0:1.7").contains("step 3 has the time 2"), "{}", refused("0:1.7"));
        assert!(refused("1.5:").contains("step 5 has the time NaN"), "{}", refused("1.5:"));
        // All of them are within, in whatever order.
        assert_eq!(range("1:2").resolve(&times).unwrap().unwrap(), Resolved { first: 1, stride: 1, count: 3 });
        assert_eq!(range("2.9").resolve(&times).unwrap().unwrap().first, 5);
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "a", "nan", "inf:", "1:2:0", "1:2:-1", "1:2:3:4", "2:1"] {
            assert!(text.parse::<TimeRange>().is_err(), "{text}");
        }
    }
}
