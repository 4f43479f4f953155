//! Which variables are compared.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::finding::Severity;
use super::names::{title, Pairs};
use super::options::Options;
use super::subject::Subject;
use super::tolerance::Tolerance;

/// A variable that both files have.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chosen {
    pub subject: Subject,
    pub name: String,
    /// Its positions in both files.
    pub positions: [usize; 2],
    pub tolerance: Tolerance,
}

impl Chosen {
    /// What it is called where it is told of.
    pub fn title(&self) -> Cow<'_, str> {
        let [position, _] = self.positions;
        title(&self.name, position)
    }
}

/// The names of the variables of all change sets that are compared; nothing, if the files themselves are.
pub(super) type Known = BTreeMap<Subject, Vec<String>>;

/// Chooses among the names of a subject in both files; tells which are missing where. What was asked for may be
/// missing in both, if it is known from other change sets.
pub(super) fn choose(
    options: &Options,
    subject: Subject,
    [first, second]: [&[String]; 2],
    known: &Known,
    tell: &mut dyn FnMut(Severity, String),
) -> Vec<Chosen> {
    let Some(selection) = options.selection(subject) else { return Vec::new() };
    let is_excluded = |name: &str| options.find(&selection.excluded, name).is_some() || options.is_left_out(name);
    let pairs = Pairs::of_names(first, second, options.ignore_case);
    let mut differs = |name: &str, problem: &str| {
        let text = format!("The {} variable \"{name}\" {problem}.", subject.label());
        tell(Severity::Difference, text);
    };
    let mut chosen = Vec::new();
    let mut asked = vec![false; first.len()];
    for (name, tolerance) in &selection.named {
        let found = options.find_all(first, name);
        let is_elsewhere = || known.get(&subject).is_some_and(|known| options.find(known, name).is_some());
        if found.is_empty() && (options.find(second, name).is_some() || !is_elsewhere()) {
            differs(name, "was asked for and is not in the first file");
        }
        for n in found {
            let Some(asked) = asked.get_mut(n).filter(|asked| !**asked) else { continue };
            *asked = true;
            if first.get(n).is_some_and(|name| options.is_left_out(name)) {
                continue;
            }
            match pairs.chosen(options, subject, first, n, *tolerance) {
                Some(pair) => chosen.push(pair),
                None if selection.all && options.allow_fewer_names => {}
                None if selection.all => differs(name, "is in the first file but not the second"),
                None => differs(name, "was asked for and is not in the second file"),
            }
        }
    }
    if selection.all {
        let others = first.iter().enumerate().zip(&asked).filter(|((_, name), &asked)| !asked && !is_excluded(name));
        for ((n, name), _) in others {
            match pairs.chosen(options, subject, first, n, selection.default) {
                Some(pair) => chosen.push(pair),
                None if options.allow_fewer_names => {}
                None => differs(&title(name, n), "is in the first file but not the second"),
            }
        }
        let seconds = second.iter().enumerate().zip(&pairs.taken);
        let only_second = seconds.filter(|((_, name), &taken)| !taken && !is_excluded(name));
        for ((n, name), _) in only_second.filter(|_| !options.allow_more_names) {
            differs(&title(name, n), "is in the second file but not the first");
        }
    }
    chosen
}

impl Pairs {
    fn chosen(
        &self,
        options: &Options,
        subject: Subject,
        first: &[String],
        n: usize,
        tolerance: Tolerance,
    ) -> Option<Chosen> {
        let (partner, name) = (self.partners.get(n).copied().flatten()?, first.get(n)?.clone());
        let tolerance = options.named_for(&name).and_then(|named| named.tolerance).unwrap_or(tolerance);
        Some(Chosen { subject, name, positions: [n, partner], tolerance })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names and tolerances of those that are chosen, and what was told.
    fn chosen(options: &Options, first: &[&str], second: &[&str]) -> (Vec<(String, f64)>, Vec<String>) {
        let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let mut told = Vec::new();
        let found =
            choose(options, Subject::Nodal, [&names(first), &names(second)], &Known::new(), &mut |severity, text| {
                assert_eq!(severity, Severity::Difference);
                told.push(text);
            });
        (found.into_iter().map(|chosen| (chosen.name, chosen.tolerance.value)).collect(), told)
    }

    fn with(commands: &str) -> Options {
        let mut options = Options::default();
        options.apply_command_file(commands).unwrap();
        options
    }

    fn names(list: &[&str]) -> Vec<(String, f64)> {
        list.iter().map(|&name| (name.to_owned(), 1e-6)).collect()
    }

    #[test]
    fn all_variables_in_any_order_and_case() {
        assert_eq!(chosen(&Options::default(), &["a", "B"], &["b", "A"]), (names(&["a", "B"]), vec![]));
        let strict = Options { ignore_case: false, ..Options::default() };
        let (found, told) = chosen(&strict, &["a", "B"], &["b", "a"]);
        assert_eq!((found, told.len()), (names(&["a"]), 2));
    }

    #[test]
    fn names_of_another_case_and_names_that_come_again() {
        let positions = |first: &[&str], second: &[&str]| {
            let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
            let mut told = 0;
            let both = [&names(first)[..], &names(second)[..]];
            let chosen = choose(&Options::default(), Subject::Nodal, both, &Known::new(), &mut |_, _| told += 1);
            (chosen.into_iter().map(|chosen| chosen.positions).collect::<Vec<_>>(), told)
        };
        assert_eq!(positions(&["t", "T"], &["t", "T"]), (vec![[0, 0], [1, 1]], 0));
        assert_eq!(positions(&["t", "T"], &["T", "t"]), (vec![[0, 1], [1, 0]], 0));
        assert_eq!(positions(&["u", "u"], &["u", "u"]), (vec![[0, 0], [1, 1]], 0));
        assert_eq!(positions(&["u", "u"], &["u"]), (vec![[0, 0]], 1));
        assert_eq!(positions(&["u"], &["U", "u"]), (vec![[0, 1]], 1));
        let (found, told) = chosen(&with("NODAL VARIABLES\n\tT 0.5\n"), &["t", "T"], &["t", "T"]);
        assert_eq!((found, told.len()), (vec![("T".to_owned(), 0.5)], 0));
        let (found, _) = chosen(&with("NODAL VARIABLES\n\tu 0.5\n"), &["u", "u"], &["u", "u"]);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn missing_variables_differ_on_either_side_unless_allowed() {
        let (found, told) = chosen(&Options::default(), &["a", "b"], &["b", "c"]);
        assert_eq!(found, names(&["b"]));
        assert!(told[0].contains("\"a\" is in the first file but not the second"), "{told:?}");
        assert!(told[1].contains("\"c\" is in the second file but not the first"), "{told:?}");
        let more = Options { allow_more_names: true, ..Options::default() };
        assert_eq!(chosen(&more, &["b"], &["b", "c"]), (names(&["b"]), vec![]));
        let fewer = Options { allow_fewer_names: true, ..Options::default() };
        assert_eq!(chosen(&fewer, &["a", "b"], &["b"]), (names(&["b"]), vec![]));
    }

    #[test]
    fn what_has_no_name_is_told_by_its_position() {
        let (found, told) = chosen(&Options::default(), &["u", ""], &["", "", "u"]);
        assert_eq!(found, names(&["u", ""]));
        let text = "The nodal variable \"unnamed 2\" is in the second file but not the first.";
        assert_eq!(told, [text]);
        let nameless = |name: &str| Chosen {
            subject: Subject::Nodal,
            name: name.to_owned(),
            positions: [1, 0],
            tolerance: Options::default().default_tolerance,
        };
        assert_eq!((nameless("").title(), nameless("u").title()), ("unnamed 2".into(), "u".into()));
    }

    #[test]
    fn named_and_excluded_variables() {
        let (found, told) = chosen(&with("NODAL VARIABLES\n\tA 0.5\n\tx\n"), &["a", "b"], &["b", "a", "x"]);
        assert_eq!(found, [("a".to_owned(), 0.5)]);
        assert!(told.len() == 1 && told[0].contains("\"x\" was asked for and is not in the first"), "{told:?}");
        let (_, told) = chosen(&with("NODAL VARIABLES\n\ta\n"), &["a"], &["b"]);
        assert!(told.len() == 1 && told[0].contains("is not in the second"), "{told:?}");
        assert_eq!(chosen(&with("NODAL VARIABLES\n\t!a\n"), &["a", "b"], &["b", "a"]), (names(&["b"]), vec![]));
        let (found, told) = chosen(&with("NODAL VARIABLES (all)\n\tb 2\n\t!c\n"), &["a", "b", "c"], &["a", "b"]);
        assert_eq!((found, told.len()), (vec![("b".to_owned(), 2.0), ("a".to_owned(), 1e-6)], 0));
        assert_eq!(chosen(&with("GLOBAL VARIABLES\n"), &["a"], &["b"]), (vec![], vec![]));
    }
}
