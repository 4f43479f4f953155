//! Comparing everything that Exodus defines and exodiff passes over.

mod declared;
mod entity_attributes;
mod numbers;
mod tables;

use super::finding::Severity;
use super::matching::Tell;
use super::model::Model;
use super::options::Options;
use super::tolerance::Mode;

pub(super) use declared::declared;
pub(super) use numbers::numbers;

/// Two files of which everything is compared; all that differs makes them different.
struct Strict<'s, 't, 'f> {
    models: &'s [Model<'f>; 2],
    options: &'s Options,
    tell: &'s mut Tell<'t>,
}

impl Strict<'_, '_, '_> {
    fn differs(&mut self, text: String) {
        (self.tell)(Severity::Difference, text);
    }

    /// Tells what only one file has.
    fn alone(&mut self, what: &str, in_first: bool) {
        let [has, lacks] = if in_first { ["first", "second"] } else { ["second", "first"] };
        self.differs(format!("The {what} is in the {has} file but not the {lacks}."));
    }

    /// Compares two values of anything.
    fn value<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, [a, b]: [&T; 2]) {
        if a != b {
            self.differs(format!("The {what} is not the same: {a:?} and {b:?}."));
        }
    }

    /// Whether two places are the same, as coordinates are.
    fn is_same_place(&self, a: f64, b: f64) -> bool {
        let tolerance = self.options.coordinates;
        match a.is_nan() || b.is_nan() {
            true => self.options.ignore_nans || tolerance.mode == Mode::Ignore,
            false => !tolerance.differs(a, b),
        }
    }
}
