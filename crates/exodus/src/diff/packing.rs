//! Values that mean others than the numbers that are stored: they are packed, or stand for missing ones.

use hyperslab::netcdf::Variable;
use hyperslab::{Element, Number};

use super::choose::Chosen;
use super::finding::Severity;
use super::matching::Tell;
use super::model::Model;
use super::options::Options;
use super::raw::Column;
use super::tolerance::Mode;
use crate::data::Data;
use crate::names;

/// The attributes that say what stored numbers mean.
const SAID: [&str; 3] = [names::SCALE_FACTOR, names::ADD_OFFSET, names::MISSING_VALUE];

/// Tells of a variable that is packed in different ways, if its values are compared; returns whether it is.
pub(super) fn variable(options: &Options, chosen: &Chosen, columns: [&Column<'_>; 2], tell: &mut Tell<'_>) -> bool {
    let what = || format!("{} variable \"{}\"", chosen.subject.label(), chosen.title());
    let is_compared = chosen.tolerance.mode != Mode::Ignore && !options.steps.ignore;
    is_compared && differs(&what, columns, tell)
}

/// Tells of times that are packed in different ways.
pub(super) fn times(models: &[Model<'_>; 2], options: &Options, tell: &mut Tell<'_>) {
    let columns = models.each_ref().map(|model| Column::find(model, Data::Times));
    let are_compared = options.times.mode != Mode::Ignore && !options.steps.ignore;
    if let ([Some(one), Some(two)], true) = (&columns, are_compared) {
        differs(&|| "time".to_owned(), [one, two], tell);
    }
}

/// Tells of coordinates that are packed in different ways; returns whether there are any.
pub(super) fn coordinates(models: &[Model<'_>; 2], tell: &mut Tell<'_>) -> bool {
    let mut any = false;
    for (axis, name) in ["x", "y", "z"].into_iter().enumerate() {
        let columns = models.each_ref().map(|model| Column::find(model, Data::Coordinate(axis)));
        if let [Some(one), Some(two)] = &columns {
            any |= differs(&|| format!("{name} coordinate"), [one, two], tell);
        }
    }
    any
}

/// Tells of an array that is packed in different ways and does not change from step to step; returns whether it is.
pub(super) fn array(models: &[Model<'_>; 2], data: [Data; 2], tell: &mut Tell<'_>) -> bool {
    let ([first, second], [a, b]) = (models, data);
    differ(&|| format!("array of {}", first.mesh.describe(a)), [first.file.origin(a), second.file.origin(b)], tell)
}

/// Tells that the numbers of two columns do not mean the same; returns whether they do not.
fn differs(what: &dyn Fn() -> String, columns: [&Column<'_>; 2], tell: &mut Tell<'_>) -> bool {
    differ(what, columns.map(Column::origin), tell)
}

fn differ(what: &dyn Fn() -> String, variables: [Option<&Variable>; 2], tell: &mut Tell<'_>) -> bool {
    // Most arrays say nothing of that.
    if variables.iter().flatten().all(|variable| SAID.iter().all(|name| variable.attribute(name).is_none())) {
        return false;
    }
    let types = variables.map(|variable| variable.map(|variable| &variable.ty));
    let is_single = types.first() != types.last();
    let said = |name, default| variables.map(|variable| said(variable, name, default, is_single));
    let ([factor, other], [offset, added]) = (said(names::SCALE_FACTOR, "1"), said(names::ADD_OFFSET, "0"));
    let [a, b] = [[factor, offset], [other, added]].map(|[f, o]| format!("scale_factor {f}, add_offset {o}"));
    let [one, two] = said(names::MISSING_VALUE, "none");
    let what = what();
    let packed = a != b;
    if packed {
        let text =
            format!("The {what} is packed in different ways: {a} and {b}. Values are compared as they are stored.");
        tell(Severity::Difference, text);
    }
    let missing = one != two;
    if missing {
        let text = format!("The {what} has other missing values: missing_value {one} and {two}.");
        tell(Severity::Difference, text);
    }
    packed || missing
}

/// What an attribute says of the numbers of a variable; in single precision, if they are of that in one file only.
fn said(variable: Option<&Variable>, name: &str, default: &str, is_single: bool) -> String {
    let shown = |number: Number| match is_single {
        true => f32::nearest(number).to_string(),
        false => f64::nearest(number).to_string(),
    };
    match variable.and_then(|variable| variable.attribute(name)).filter(|value| !value.is_empty()) {
        None => default.to_owned(),
        Some(value) => match value.as_text() {
            Some(text) => format!("{text:?}"),
            None => value.numbers().into_iter().map(shown).collect::<Vec<_>>().join(", "),
        },
    }
}
