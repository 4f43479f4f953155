//! Tolerances: a mode, a number, a floor.

use hyperslab::{Error, Result};

use super::tokens::Words;
use crate::diff::tolerance::{Mode, Tolerance};

/// What a mode may be called, and how many letters are enough.
const NAMES: [(Mode, &str, usize); 9] = [
    (Mode::Relative, "relative", 3),
    (Mode::Absolute, "absolute", 3),
    (Mode::Combined, "combined", 3),
    (Mode::EigenRelative, "eigen_relative", 7),
    (Mode::EigenAbsolute, "eigen_absolute", 7),
    (Mode::EigenCombined, "eigen_combined", 7),
    (Mode::UlpsFloat, "ulps_float", 6),
    (Mode::UlpsDouble, "ulps_double", 6),
    (Mode::Ignore, "ignore", 3),
];

/// Takes `[MODE] [NUMBER] [floor NUMBER]` or `[MODE] NUMBER absolute NUMBER` from a line; what is not said comes from `default`.
pub(super) fn take(words: &mut Words<'_>, default: Tolerance) -> Result<Tolerance> {
    let mut tolerance = default;
    let mode = NAMES.iter().find(|(_, name, least)| words.take(name, *least)).map(|&(mode, ..)| mode);
    if let Some(mode) = mode {
        tolerance.mode = mode;
    }
    if mode == Some(Mode::Ignore) {
        tolerance.value = 0.0;
        // A number is allowed and means nothing.
        let mut ahead = words.clone();
        if ahead.raw().is_some_and(|word| word.parse::<f64>().is_ok()) {
            *words = ahead;
        }
    }
    let floor_alone = words.take("floor", 3);
    if floor_alone {
        tolerance.floor = number(words)?;
    } else if matches!(mode, Some(mode) if mode != Mode::Ignore) || mode.is_none() && words.clone().raw().is_some() {
        tolerance.value = number(words)?;
        if words.take("floor", 3) {
            tolerance.floor = number(words)?;
        } else if words.take("absolute", 3) {
            // Numbers that are closer than this are the same, too: what a floor once was.
            (tolerance.floor, tolerance.old_floor) = (number(words)?, true);
        }
    }
    Ok(tolerance)
}

/// Takes a finite number that is not negative.
pub(super) fn number(words: &mut Words<'_>) -> Result<f64> {
    let word = words.raw().ok_or_else(|| Error::usage("a number is missing"))?;
    match word.parse::<f64>() {
        Ok(value) if value < 0.0 => Err(Error::usage(format!("{value} is negative"))),
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(Error::usage(format!("{word:?} is not a finite number"))),
    }
}
