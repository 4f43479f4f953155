//! Which steps to take.

use std::str::FromStr;

use hyperslab::netcdf::{Dimension, Schema, VariableId};
use hyperslab::{Context, Error, Result};

use super::resolved::Resolved;
use super::times::{self, TimeRange};
use crate::names;
use crate::read::file::ExodusFile;

/// Which steps to take of each model in a file.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Steps {
    /// By their numbers. A model that does not have them is an error, unless it has no steps at all and another has some.
    Numbers(StepRange),
    /// By their times. A model that has none there gives none, unless no model has any; one whose steps have no times is an
    /// error.
    Times(TimeRange),
}

impl Default for Steps {
    fn default() -> Self {
        Steps::Numbers(StepRange::default())
    }
}

impl From<StepRange> for Steps {
    fn from(range: StepRange) -> Self {
        Steps::Numbers(range)
    }
}

impl From<TimeRange> for Steps {
    fn from(range: TimeRange) -> Self {
        Steps::Times(range)
    }
}

/// A range of steps, numbered from 1 as Exodus does: `first:last:stride`, both ends included.
///
/// Every part may be left out; negative numbers count from the end: -1 is the last step, and so is `last`.
///
/// ```
/// use exodus_rs::process::StepRange;
/// let every_tenth: StepRange = "::10".parse()?;
/// let last: StepRange = "last".parse()?;
/// # Ok::<(), exodus_rs::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepRange {
    first: i64,
    last: i64,
    stride: u64,
}

impl Default for StepRange {
    fn default() -> Self {
        StepRange { first: 1, last: -1, stride: 1 }
    }
}

/// Which steps to take along each dimension of what a file declares; `None` for dimensions that do not count steps.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage) for steps that are not there, and when times cannot be read.
pub(super) fn chosen(
    file: &ExodusFile,
    (input, variables): (&Schema, &[VariableId]),
    steps: &Steps,
) -> Result<Vec<Option<Resolved>>> {
    match steps {
        Steps::Numbers(range) => numbered(input, *range),
        Steps::Times(range) => times::chosen(file, (input, variables), range),
    }
}

fn numbered(input: &Schema, range: StepRange) -> Result<Vec<Option<Resolved>>> {
    let counts = |name: &str| name == names::TIME_STEP;
    let most = input.dimensions.iter().filter(|d| counts(&d.name)).map(|d| d.length).max().unwrap_or(0);
    let resolved = input.dimensions.iter().map(|dimension| {
        let range = match dimension.length {
            0 if most > 0 => StepRange::default(),
            _ => range,
        };
        let steps = counts(&dimension.name).then(|| range.resolve(dimension.length)).transpose();
        of_model(steps, input, dimension)
    });
    resolved.collect()
}

/// Names the group in an error about the steps of the model in it.
pub(super) fn of_model<T>(steps: Result<T>, input: &Schema, dimension: &Dimension) -> Result<T> {
    match input.group_path(dimension.group).as_str() {
        "/" => steps,
        group => steps.in_object(group),
    }
}

/// The groups of models that have steps, of which none was chosen.
pub(super) fn left_out(input: &Schema, steps: &[Option<Resolved>]) -> Vec<String> {
    let both = input.dimensions.iter().zip(steps);
    let none = both.filter(|(dimension, steps)| dimension.length > 0 && steps.is_some_and(|steps| steps.count == 0));
    none.map(|(dimension, _)| input.group_path(dimension.group)).collect()
}

impl StepRange {
    /// The steps of a file that has `steps` of them.
    pub(super) fn resolve(&self, steps: u64) -> Result<Resolved> {
        if *self == Self::default() {
            return Ok(Resolved { first: 0, stride: 1, count: steps });
        }
        let number = |given: i64| {
            let index =
                if given < 0 { steps.checked_sub(given.unsigned_abs()) } else { given.unsigned_abs().checked_sub(1) };
            let missing = || match steps {
                0 => Error::usage("the file has no steps"),
                1 => Error::usage(format!("there is no step {given}: there is 1 step")),
                _ => Error::usage(format!("there is no step {given}: there are {steps} steps")),
            };
            index.filter(|&index| index < steps).ok_or_else(missing)
        };
        let (first, last) = (number(self.first)?, number(self.last)?);
        let nothing = || Error::usage(format!("no step is selected: step {} is after step {}", first + 1, last + 1));
        let span = last.checked_sub(first).ok_or_else(nothing)?;
        Ok(Resolved { first, stride: self.stride, count: span / self.stride + 1 })
    }
}

impl FromStr for StepRange {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong =
            || Error::usage(format!("{text:?} is no range of steps: FIRST:LAST:STRIDE, numbered from 1, or last"));
        let number = |part: &str, default: i64| match part {
            "" => Ok(default),
            part if part.eq_ignore_ascii_case("last") => Ok(-1),
            part => part.parse().ok().filter(|&n: &i64| n != 0).ok_or_else(wrong),
        };
        let parts: Vec<&str> = text.split(':').collect();
        let (first, last, stride) = match parts.as_slice() {
            [one] if !one.is_empty() => (number(one, 1)?, number(one, 1)?, 1),
            [first, last] => (number(first, 1)?, number(last, -1)?, 1),
            [first, last, ""] => (number(first, 1)?, number(last, -1)?, 1),
            [first, last, stride] => {
                let stride = stride.parse().ok().filter(|&stride| stride > 0).ok_or_else(wrong)?;
                (number(first, 1)?, number(last, -1)?, stride)
            }
            _ => return Err(wrong()),
        };
        Ok(StepRange { first, last, stride })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(text: &str, steps: u64) -> Option<(u64, u64, u64)> {
        let resolved = text.parse::<StepRange>().ok()?.resolve(steps).ok()?;
        Some((resolved.first, resolved.stride, resolved.count))
    }

    #[test]
    fn ranges_are_numbered_from_one_and_include_their_ends() {
        assert_eq!(resolve("1:3", 10), Some((0, 1, 3)));
        assert_eq!(resolve("::2", 10), Some((0, 2, 5)));
        assert_eq!(resolve("2:-1:3", 10), Some((1, 3, 3)));
        assert_eq!(resolve("-1", 10), Some((9, 1, 1)));
        assert_eq!(resolve("last", 10), Some((9, 1, 1)));
        assert_eq!(resolve("8:LAST:2", 10), Some((7, 2, 2)));
        assert_eq!(resolve("5:2", 10), None);
        assert_eq!(resolve("1:11", 10), None);
        assert_eq!(resolve("0", 10), None);
        assert_eq!(resolve("1:2:0", 10), None);
        assert_eq!(resolve("1:2:-1", 10), None);
        assert_eq!(resolve("1:2:last", 10), None);
        assert_eq!(resolve("a", 10), None);
        assert_eq!(resolve("", 10), None);
    }
}
