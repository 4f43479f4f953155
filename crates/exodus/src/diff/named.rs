//! Tolerances of variables by their names, with `*` and `?` for any letters.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hyperslab::{Error, Result};

use super::choose::{Chosen, Known};
use super::command_file;
use super::finding::Severity;
use super::matching::Tell;
use super::model::all_names;
use super::options::Options;
use super::subject::Subject;
use super::tolerance::{Mode, Tolerance};
use crate::model::Model;

/// How closely the variables and attributes of a name are compared.
///
/// An exact name comes before one with wildcards, and of several that fit the last one counts. It has to fit a name in
/// either file.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedTolerance {
    /// The name; `*` stands for any letters, `?` for any one.
    pub name: String,
    /// The tolerance; `None` for what is not compared.
    pub tolerance: Option<Tolerance>,
}

impl NamedTolerance {
    /// Reads `NAME=TOLERANCE` or `!NAME`, which is not compared. The tolerance is that of a command file
    /// (`relative 1e-4 floor 1e-12`, `1e-4`, `ignore`), or `REL:ABS`, `REL:`, `:ABS`: a relative tolerance, an
    /// absolute one, or both, of which one is enough. What is not said comes from `default`.
    ///
    /// ```
    /// # fn main() -> exodus_rs::Result<()> {
    /// use exodus_rs::diff::{Mode, NamedTolerance, Options, Tolerance};
    /// let mut options = Options::default();
    /// for text in ["vel_*=1e-3:1e-9", "vel_x=absolute 1e-12", "!scratch"] {
    ///     options.named.push(NamedTolerance::parse(text, options.default_tolerance)?);
    /// }
    /// assert_eq!(options.named[1].tolerance, Some(Tolerance::new(Mode::Absolute, 1e-12)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for anything else.
    pub fn parse(text: &str, default: Tolerance) -> Result<Self> {
        if let Some(name) = text.strip_prefix('!').filter(|name| !name.is_empty()) {
            return Ok(NamedTolerance { name: name.to_owned(), tolerance: None });
        }
        let wrong = |why: &str| Error::usage(format!("{text:?} is neither NAME=TOLERANCE nor !NAME: {why}"));
        let (name, tolerance) = text.rsplit_once('=').ok_or_else(|| wrong("there is no ="))?;
        let (name, tolerance) = (name.trim(), tolerance.trim());
        if name.is_empty() || tolerance.is_empty() {
            return Err(wrong("something is missing"));
        }
        let whole = match tolerance.split_once(':') {
            None => tolerance.to_owned(),
            Some(("", "")) => return Err(wrong("a number is missing")),
            Some(("", absolute)) => format!("absolute {absolute}"),
            Some((relative, "")) => format!("relative {relative}"),
            Some((relative, absolute)) => format!("relative {relative} absolute {absolute}"),
        };
        let tolerance = command_file::tolerance(&whole, default).map_err(|error| wrong(error.detail()))?;
        Ok(NamedTolerance { name: name.to_owned(), tolerance: Some(tolerance) })
    }

    fn has_wildcards(&self) -> bool {
        self.name.contains(['*', '?'])
    }

    fn fits(&self, name: &str, ignore_case: bool) -> bool {
        let letters = |text: &str| -> Vec<char> {
            let all = text.chars();
            if ignore_case {
                all.map(|letter| letter.to_ascii_lowercase()).collect()
            } else {
                all.collect()
            }
        };
        self.name == name || fits(&letters(&self.name), &letters(name))
    }
}

/// Whether a text fits a pattern: back to the last `*` wherever something does not fit.
fn fits(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star = None;
    while let Some(letter) = text.get(t) {
        match (pattern.get(p), star) {
            (Some('*'), _) => {
                star = Some((p, t));
                p += 1;
            }
            (Some(one), _) if *one == '?' || one == letter => (p, t) = (p + 1, t + 1),
            (_, Some((at, from))) => {
                (p, t) = (at + 1, from + 1);
                star = Some((at, from + 1));
            }
            _ => return false,
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|letter| *letter == '*'))
}

impl Options {
    /// What is said of a variable by its name: the last that is this very name, or else the last that fits.
    pub(super) fn named_for(&self, name: &str) -> Option<&NamedTolerance> {
        let fitting = || self.named.iter().rev().filter(|named| named.fits(name, self.ignore_case));
        fitting().find(|named| named.name == name || !named.has_wildcards()).or_else(|| fitting().next())
    }

    /// Whether a variable is not compared because of its name.
    pub(super) fn is_left_out(&self, name: &str) -> bool {
        self.named_for(name).is_some_and(|named| named.tolerance.is_none())
    }
}

/// Checks that every tolerance by name belongs to something in one of the files.
pub(super) fn check_names(options: &Options, pairs: &[[&dyn Model; 2]]) -> Result<()> {
    if options.named.is_empty() {
        return Ok(());
    }
    let names = names_of_all(options, pairs)?;
    let fits_none = |named: &&NamedTolerance| !names.iter().any(|(_, name)| named.fits(name, options.ignore_case));
    match options.named.iter().find(fits_none) {
        Some(NamedTolerance { name, .. }) => {
            Err(Error::usage(format!("no variable and no attribute is called {name:?}")))
        }
        None => Ok(()),
    }
}

/// The names of the variables of all change sets, if there are several and variables are asked for by name.
pub(super) fn known(options: &Options, pairs: &[[&dyn Model; 2]]) -> Result<Known> {
    let mut known = Known::new();
    if pairs.len() > 1 && options.variables.values().any(|selection| !selection.named.is_empty()) {
        for (subject, name) in names_of_all(options, pairs)? {
            known.entry(subject).or_default().push(name);
        }
    }
    Ok(known)
}

fn names_of_all(options: &Options, pairs: &[[&dyn Model; 2]]) -> Result<Vec<(Subject, String)>> {
    let models = pairs.iter().flat_map(|pair| pair.iter().zip(&options.files));
    let names: Vec<_> = models.map(|(file, name)| all_names(file, name, options)).collect::<Result<_>>()?;
    Ok(names.concat())
}

/// The most names that a note has.
const MOST_NAMES: usize = 8;

/// Tells which variables have tolerances of their own.
pub(super) fn tell(options: &Options, chosen: &[Chosen], tell: &mut Tell<'_>) {
    for named in &options.named {
        let is_own = |chosen: &&Chosen| options.named_for(&chosen.name).is_some_and(|found| std::ptr::eq(found, named));
        let mut lists: BTreeMap<Subject, Vec<Cow<'_, str>>> = BTreeMap::new();
        for chosen in chosen.iter().filter(is_own) {
            lists.entry(chosen.subject).or_default().push(chosen.title());
        }
        let closely = match named.tolerance {
            None => "not compared".to_owned(),
            Some(Tolerance { mode: Mode::Ignore, .. }) => "all values are the same".to_owned(),
            Some(tolerance) => tolerance.to_string(),
        };
        let lists: Vec<String> = lists.iter().map(|(subject, names)| listed(*subject, names)).collect();
        let of = if lists.is_empty() { String::new() } else { format!(" ({})", lists.join("; ")) };
        tell(Severity::Note, format!("Tolerance of \"{}\"{of}: {closely}.", named.name));
    }
}

fn listed(subject: Subject, names: &[Cow<'_, str>]) -> String {
    let shown = names.get(..MOST_NAMES).unwrap_or(names).join(", ");
    match names.len().checked_sub(MOST_NAMES) {
        Some(more) if more > 0 => format!("{}: {shown} and {more} more", subject.label()),
        _ => format!("{}: {shown}", subject.label()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_letters() {
        let fits =
            |pattern: &str, text: &str| NamedTolerance { name: pattern.to_owned(), tolerance: None }.fits(text, false);
        for (pattern, text) in [("*", ""), ("*", "u"), ("v*y", "vel_y"), ("?", "ü"), ("a*b*c", "aXbXbc"), ("u", "u")] {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "u"), ("?", ""), ("v*y", "vel_x"), ("a*b*c", "acb"), ("U", "u"), ("u?", "u")] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn exact_names_come_before_wildcards_and_the_last_of_either() {
        let mut options = Options::default();
        for text in ["u=1", "U=2", "*=3", "?=4", "v*=5"] {
            options.named.push(NamedTolerance::parse(text, options.default_tolerance).unwrap());
        }
        let value = |options: &Options, name| options.named_for(name).and_then(|named| named.tolerance).unwrap().value;
        assert_eq!(["u", "v", "w", "long"].map(|name| value(&options, name)), [2.0, 5.0, 4.0, 3.0]);
        options.ignore_case = false;
        assert_eq!(value(&options, "u"), 1.0);
    }

    #[test]
    fn tolerances_are_those_of_command_files_or_two_numbers() {
        let default = Tolerance::new(Mode::Combined, 0.5).with_floor(0.25);
        let parsed = |text: &str| NamedTolerance::parse(text, default).map(|named| named.tolerance);
        let both = Tolerance { old_floor: true, ..Tolerance::new(Mode::Relative, 1e-3).with_floor(1e-9) };
        assert_eq!(parsed("a=b=1e-3:1e-9").unwrap(), Some(both));
        assert_eq!(parsed("u=1e-3").unwrap(), Some(Tolerance { value: 1e-3, ..default }));
        assert_eq!(parsed("u=:2").unwrap(), Some(Tolerance { mode: Mode::Absolute, value: 2.0, ..default }));
        assert_eq!(parsed("u=2:").unwrap(), Some(Tolerance { mode: Mode::Relative, value: 2.0, ..default }));
        assert_eq!(parsed("u=abs 1 floor 2").unwrap(), Some(Tolerance::new(Mode::Absolute, 1.0).with_floor(2.0)));
        assert_eq!(parsed("u=ignore").unwrap().map(|tolerance| tolerance.mode), Some(Mode::Ignore));
        assert_eq!(parsed("!u=1").unwrap(), None);
        for wrong in ["u", "u=", "=1", "!", "u=:", "u=x", "u=-1", "u=1:2:3", "u=NaN:1"] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
        for tolerance in [both, default, Tolerance::new(Mode::UlpsFloat, 3.0)] {
            assert_eq!(
                command_file::tolerance(&tolerance.to_string(), Tolerance::new(Mode::Relative, 1.0)).unwrap(),
                tolerance
            );
        }
    }
}
