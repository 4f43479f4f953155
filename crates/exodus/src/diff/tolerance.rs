//! When two numbers are the same.

use std::fmt;

/// How the difference of two numbers is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// `|a - b| / max(|a|, |b|)`.
    #[default]
    Relative,
    /// `|a - b|`.
    Absolute,
    /// `|a - b| / max(1, |a|, |b|)`: absolute for small numbers, relative for large ones.
    Combined,
    /// [`Mode::Relative`] of the absolute values: eigenvectors may point either way.
    EigenRelative,
    /// [`Mode::Absolute`] of the absolute values.
    EigenAbsolute,
    /// [`Mode::Combined`] of the absolute values.
    EigenCombined,
    /// The number of single-precision numbers between the two, rounded to single precision.
    UlpsFloat,
    /// The number of double-precision numbers between the two.
    UlpsDouble,
    /// Not at all: all numbers are the same.
    Ignore,
}

impl Mode {
    /// All modes.
    pub const ALL: [Mode; 9] = [
        Mode::Relative,
        Mode::Absolute,
        Mode::Combined,
        Mode::EigenRelative,
        Mode::EigenAbsolute,
        Mode::EigenCombined,
        Mode::UlpsFloat,
        Mode::UlpsDouble,
        Mode::Ignore,
    ];

    /// The name in options and command files.
    pub fn name(self) -> &'static str {
        match self {
            Mode::Relative => "relative",
            Mode::Absolute => "absolute",
            Mode::Combined => "combined",
            Mode::EigenRelative => "eigen_relative",
            Mode::EigenAbsolute => "eigen_absolute",
            Mode::EigenCombined => "eigen_combined",
            Mode::UlpsFloat => "ulps_float",
            Mode::UlpsDouble => "ulps_double",
            Mode::Ignore => "ignore",
        }
    }

    /// The differences that a file of differences holds: negative where the first number is the smaller one (with the
    /// eigen modes, the one of smaller magnitude). Those of [`Mode::Combined`], [`Mode::EigenCombined`] and units in the
    /// last place have no sign.
    pub(super) fn differences(self, a: &[f64], b: &[f64], target: &mut [f64]) {
        Tolerance::new(self, 0.0).deltas(a, b, target);
        let pairs = a.iter().zip(b).zip(target);
        match self {
            Mode::Relative | Mode::Absolute => {
                pairs.for_each(|((&a, &b), delta)| *delta = if a < b { -*delta } else { *delta });
            }
            Mode::EigenRelative | Mode::EigenAbsolute => {
                pairs.for_each(|((&a, &b), delta)| *delta = if a.abs() < b.abs() { -*delta } else { *delta });
            }
            Mode::Combined | Mode::EigenCombined | Mode::UlpsFloat | Mode::UlpsDouble | Mode::Ignore => {}
        }
    }

    /// Three letters for tables.
    pub fn short_name(self) -> &'static str {
        match self {
            Mode::Relative => "rel",
            Mode::Absolute => "abs",
            Mode::Combined => "com",
            Mode::EigenRelative => "ere",
            Mode::EigenAbsolute => "eab",
            Mode::EigenCombined => "eco",
            Mode::UlpsFloat => "upf",
            Mode::UlpsDouble => "upd",
            Mode::Ignore => "ign",
        }
    }
}

/// A mode with what it allows.
///
/// ```
/// use exodus_rs::diff::{Mode, Tolerance};
/// let tolerance = Tolerance::new(Mode::Relative, 1e-6);
/// assert!(!tolerance.differs(1.0, 1.0 + 1e-7));
/// assert!(tolerance.differs(1.0, 1.0 + 1e-5));
/// assert!(!tolerance.with_floor(1e-3).differs(0.0, 1e-3));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tolerance {
    /// How the difference is measured.
    pub mode: Mode,
    /// Numbers differ when their difference is larger.
    pub value: f64,
    /// Numbers are the same when neither is larger in magnitude.
    pub floor: f64,
    /// The floor as it was once defined: numbers are the same when `|a - b|` is smaller than it.
    pub old_floor: bool,
}

impl Tolerance {
    /// A tolerance with a floor of 0.
    pub const fn new(mode: Mode, value: f64) -> Self {
        Tolerance { mode, value, floor: 0.0, old_floor: false }
    }

    /// The same with a floor.
    #[must_use]
    pub const fn with_floor(self, floor: f64) -> Self {
        Tolerance { floor, ..self }
    }

    /// Whether two numbers differ. Not-a-number differs from nothing: whoever minds looks for it.
    pub fn differs(&self, a: f64, b: f64) -> bool {
        self.delta(a, b) > self.value
    }

    /// The difference of two numbers; 0 at or below the floor.
    pub fn delta(&self, a: f64, b: f64) -> f64 {
        let mut delta = [0.0];
        self.deltas(&[a], &[b], &mut delta);
        let [delta] = delta;
        delta
    }

    /// The differences of two rows of numbers.
    pub(super) fn deltas(&self, a: &[f64], b: &[f64], deltas: &mut [f64]) {
        match self.mode {
            Mode::Relative => self.each(a, b, deltas, |a, b| ratio((a - b).abs(), larger(a, b))),
            Mode::Absolute => self.each(a, b, deltas, |a, b| (a - b).abs()),
            Mode::Combined => self.each(a, b, deltas, |a, b| ratio((a - b).abs(), larger(larger(a, b), 1.0))),
            Mode::EigenRelative => {
                self.each(a, b, deltas, |a, b| ratio((a.abs() - b.abs()).abs(), larger(a, b)));
            }
            Mode::EigenAbsolute => self.each(a, b, deltas, |a, b| (a.abs() - b.abs()).abs()),
            Mode::EigenCombined => {
                self.each(a, b, deltas, |a, b| ratio((a.abs() - b.abs()).abs(), larger(larger(a, b), 1.0)));
            }
            Mode::UlpsFloat => self.each(a, b, deltas, ulps_float),
            Mode::UlpsDouble => self.each(a, b, deltas, ulps_double),
            Mode::Ignore => deltas.fill(0.0),
        }
    }

    /// Whether no pair can differ, found without a division; where it says no, only [`Tolerance::deltas`] knows.
    pub(super) fn surely_same(&self, a: &[f64], b: &[f64]) -> bool {
        match self.mode {
            Mode::Relative => self.all_below(a, b, |a, b| (a - b).abs(), |scale| scale),
            Mode::Combined => self.all_below(a, b, |a, b| (a - b).abs(), |scale| larger(scale, 1.0)),
            Mode::EigenRelative => self.all_below(a, b, |a, b| (a.abs() - b.abs()).abs(), |scale| scale),
            _ => false,
        }
    }

    /// Whether every difference is clearly below what the scale of its pair allows; an infinite one never is.
    #[inline(always)]
    fn all_below(
        &self,
        a: &[f64],
        b: &[f64],
        difference: impl Fn(f64, f64) -> f64,
        scale: impl Fn(f64) -> f64,
    ) -> bool {
        // A quotient is rounded once; this leaves room for that.
        let allowed = self.value * (1.0 - 8.0 * f64::EPSILON);
        a.iter().zip(b).fold(true, |all, (&a, &b)| {
            let (difference, scale) = (difference(a, b), scale(larger(a, b)));
            all & ((difference < allowed * scale) | (difference == 0.0))
        })
    }

    /// One loop for each mode and each kind of floor, without a branch inside.
    #[inline(always)]
    fn each(&self, a: &[f64], b: &[f64], deltas: &mut [f64], measure: impl Fn(f64, f64) -> f64) {
        let floor = self.floor;
        let pairs = a.iter().zip(b).zip(deltas);
        if self.old_floor {
            pairs.for_each(|((&a, &b), delta)| *delta = if (a - b).abs() < floor { 0.0 } else { measure(a, b) });
        } else {
            pairs.for_each(|((&a, &b), delta)| *delta = if larger(a, b) <= floor { 0.0 } else { measure(a, b) });
        }
    }
}

/// As a command file has it.
impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tolerance { mode, value, floor, old_floor } = self;
        f.write_str(mode.name())?;
        match mode {
            Mode::Ignore => return Ok(()),
            _ => write!(f, " {value:e}")?,
        }
        match old_floor {
            _ if *floor == 0.0 => Ok(()),
            true => write!(f, " absolute {floor:e}"),
            false => write!(f, " floor {floor:e}"),
        }
    }
}

/// The larger magnitude.
#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    let (a, b) = (a.abs(), b.abs());
    if a < b {
        b
    } else {
        a
    }
}

/// An infinite difference stays infinite: infinity is not the same as a number.
#[inline(always)]
fn ratio(difference: f64, scale: f64) -> f64 {
    let ratio = difference / scale;
    let ratio = if difference == f64::INFINITY { difference } else { ratio };
    if scale == 0.0 {
        0.0
    } else {
        ratio
    }
}

/// Numbers of different signs are this far apart, unless both are 0.
const OTHER_SIGN: f64 = (2u32 << 28) as f64;

#[allow(clippy::cast_possible_truncation)] // rounding to single precision is what is asked for
fn ulps_float(a: f64, b: f64) -> f64 {
    let (a, b) = (a as f32, b as f32);
    match (a == b, a.is_sign_negative() == b.is_sign_negative()) {
        (true, _) => 0.0,
        (false, true) => f64::from(a.to_bits().abs_diff(b.to_bits())),
        (false, false) => OTHER_SIGN,
    }
}

#[allow(clippy::cast_precision_loss)] // a count above 2^53 is above every tolerance
fn ulps_double(a: f64, b: f64) -> f64 {
    match (a == b, a.is_sign_negative() == b.is_sign_negative()) {
        (true, _) => 0.0,
        (false, true) => a.to_bits().abs_diff(b.to_bits()) as f64,
        (false, false) => OTHER_SIGN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asserts what is just inside and just outside.
    fn borders(mode: Mode, value: f64, base: f64, inside: f64, outside: f64) {
        let tolerance = Tolerance::new(mode, value);
        for (a, b) in [(base, inside), (inside, base)] {
            assert!(!tolerance.differs(a, b), "{mode:?} {a} {b}: {}", tolerance.delta(a, b));
        }
        for (a, b) in [(base, outside), (outside, base)] {
            assert!(tolerance.differs(a, b), "{mode:?} {a} {b}: {}", tolerance.delta(a, b));
        }
    }

    #[test]
    fn each_mode_has_its_border() {
        borders(Mode::Relative, 0.125, 8.0, 7.0, 6.99);
        borders(Mode::Relative, 0.125, -8.0, -7.0, -6.99);
        borders(Mode::Absolute, 0.125, 8.0, 8.125, 8.126);
        borders(Mode::Combined, 0.125, 0.5, 0.625, 0.626);
        borders(Mode::Combined, 0.125, 8.0, 7.0, 6.99);
        borders(Mode::EigenRelative, 0.125, 8.0, -7.0, -6.99);
        borders(Mode::EigenAbsolute, 0.125, 8.0, -8.125, -8.126);
        borders(Mode::EigenCombined, 0.125, 8.0, -7.0, -6.99);
        let next = |value: f64, ulps: u64| f64::from_bits(value.to_bits() + ulps);
        borders(Mode::UlpsDouble, 3.0, 1.0, next(1.0, 3), next(1.0, 4));
        let next = |value: f32, ulps: u32| f64::from(f32::from_bits(value.to_bits() + ulps));
        borders(Mode::UlpsFloat, 3.0, 1.0, next(1.0, 3), next(1.0, 4));
        assert!(!Tolerance::new(Mode::Ignore, 0.0).differs(1.0, f64::INFINITY));
    }

    #[test]
    fn the_quick_look_never_overlooks_a_difference() {
        let numbers =
            [0.0, -0.0, 1.0, -1.0, 1.0 + 1e-6, 1.0 - 1e-6, 1.000_000_1, 1e-300, 1e300, f64::INFINITY, f64::NAN];
        for mode in [Mode::Relative, Mode::Absolute, Mode::Combined, Mode::EigenRelative, Mode::EigenCombined] {
            for value in [0.0, 1e-6, 0.5, 1.0, 2.0] {
                let tolerance = Tolerance::new(mode, value).with_floor(1e-3);
                for (a, b) in numbers.iter().flat_map(|&a| numbers.map(|b| (a, b))) {
                    assert!(
                        !(tolerance.surely_same(&[a], &[b]) && tolerance.differs(a, b)),
                        "{mode:?} {value} {a} {b}"
                    );
                }
            }
        }
        let close = Tolerance::new(Mode::Relative, 1e-6);
        assert!(close.surely_same(&[1.0, 2.0, 0.0], &[1.0 + 1e-7, 2.0, 0.0]));
    }

    #[test]
    fn signs_matter_unless_they_are_ignored() {
        for mode in [Mode::Relative, Mode::Absolute, Mode::Combined, Mode::UlpsFloat, Mode::UlpsDouble] {
            assert!(Tolerance::new(mode, 1e-6).differs(1.0, -1.0), "{mode:?}");
            assert!(!Tolerance::new(mode, 0.0).differs(0.0, -0.0), "{mode:?}");
        }
        for mode in [Mode::EigenRelative, Mode::EigenAbsolute, Mode::EigenCombined] {
            assert!(!Tolerance::new(mode, 0.0).differs(1.0, -1.0), "{mode:?}");
        }
    }

    #[test]
    fn both_at_the_floor_are_the_same_and_one_above_it_is_not() {
        let tolerance = Tolerance::new(Mode::Relative, 1e-6).with_floor(0.5);
        assert!(!tolerance.differs(0.5, -0.5));
        assert!(tolerance.differs(0.5, -0.500_001));
        let old = Tolerance { old_floor: true, ..tolerance };
        assert!(!old.differs(8.0, 8.25), "the old floor is one of the difference");
        assert!(old.differs(8.0, 8.5));
    }

    #[test]
    fn infinity_differs_from_numbers_and_not_from_itself() {
        for mode in [Mode::Relative, Mode::Absolute, Mode::Combined, Mode::EigenRelative] {
            let tolerance = Tolerance::new(mode, 1e-6);
            assert!(tolerance.differs(f64::INFINITY, 1.0), "{mode:?}");
            assert!(!tolerance.differs(f64::INFINITY, f64::INFINITY), "{mode:?}");
            assert!(!tolerance.differs(f64::NAN, 1.0), "{mode:?}");
        }
    }
    #[test]
    fn differences_that_are_written_have_a_sign_where_that_makes_sense() {
        let (a, b) = ([1.0, 4.0, -2.0, f64::NAN], [4.0, 1.0, 1.0, 1.0]);
        let differences = |mode: Mode| {
            let mut found = [0.0; 4];
            mode.differences(&a, &b, &mut found);
            assert_eq!(
                found[3].is_nan(),
                !matches!(mode, Mode::Ignore | Mode::UlpsFloat | Mode::UlpsDouble),
                "{mode:?}"
            );
            [found[0], found[1], found[2]]
        };
        assert_eq!(differences(Mode::Absolute), [-3.0, 3.0, -3.0]);
        assert_eq!(differences(Mode::Relative), [-0.75, 0.75, -1.5]);
        assert_eq!(differences(Mode::Combined), [0.75, 0.75, 1.5]);
        assert_eq!(differences(Mode::EigenAbsolute), [-3.0, 3.0, 1.0]);
        assert_eq!(differences(Mode::EigenRelative), [-0.75, 0.75, 0.5]);
        assert_eq!(differences(Mode::EigenCombined), [0.75, 0.75, 0.5]);
        assert_eq!(differences(Mode::Ignore), [0.0; 3]);
        assert!(differences(Mode::UlpsDouble).iter().all(|&units| units > 1e6));
    }
}
