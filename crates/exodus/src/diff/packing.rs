//! Values that are packed: stored as other numbers than they mean.

use super::choose::Chosen;
use super::finding::Severity;
use super::matching::Tell;
use super::model::Model;
use super::options::Options;
use super::raw::Column;
use super::tolerance::Mode;
use crate::data::Data;

/// Tells of a variable that is packed in different ways, if its values are compared; returns whether it is.
pub(super) fn variable(options: &Options, chosen: &Chosen, columns: [&Column<'_>; 2], tell: &mut Tell<'_>) -> bool {
    let what = format!("{} variable \"{}\"", chosen.subject.label(), chosen.title());
    let is_compared = chosen.tolerance.mode != Mode::Ignore && !options.steps.ignore;
    is_compared && differs(&what, columns, tell)
}

/// Tells of times that are packed in different ways.
pub(super) fn times(models: &[Model<'_>; 2], options: &Options, tell: &mut Tell<'_>) {
    let columns = models.each_ref().map(|model| Column::find(model, Data::Times));
    let are_compared = options.times.mode != Mode::Ignore && !options.steps.ignore;
    if let ([Some(one), Some(two)], true) = (&columns, are_compared) {
        differs("time", [one, two], tell);
    }
}

/// Tells of coordinates that are packed in different ways; returns whether there are any.
pub(super) fn coordinates(models: &[Model<'_>; 2], tell: &mut Tell<'_>) -> bool {
    let mut any = false;
    for (axis, name) in ["x", "y", "z"].into_iter().enumerate() {
        let columns = models.each_ref().map(|model| Column::find(model, Data::Coordinate(axis)));
        if let [Some(one), Some(two)] = &columns {
            any |= differs(&format!("{name} coordinate"), [one, two], tell);
        }
    }
    any
}

/// Tells that two columns are packed in different ways; returns whether they are.
fn differs(what: &str, [one, two]: [&Column<'_>; 2], tell: &mut Tell<'_>) -> bool {
    let [a, b] = [one.packing(), two.packing()];
    let differs = a.map(f64::to_bits) != b.map(f64::to_bits);
    if differs {
        let [a, b] = [a, b].map(|[factor, offset]| format!("scale_factor {factor}, add_offset {offset}"));
        let text =
            format!("The {what} is packed in different ways: {a} and {b}. Values are compared as they are stored.");
        tell(Severity::Difference, text);
    }
    differs
}
