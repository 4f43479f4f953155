//! Which variables are compared.

use super::finding::Severity;
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

/// Chooses among the names of a subject in both files; tells which are missing where.
pub(super) fn choose(
    options: &Options,
    subject: Subject,
    [first, second]: [&[String]; 2],
    tell: &mut dyn FnMut(Severity, String),
) -> Vec<Chosen> {
    let Some(selection) = options.variables.get(&subject) else { return Vec::new() };
    let is_excluded = |name: &str| options.find(&selection.excluded, name).is_some();
    let mut differs = |name: &str, problem: &str| {
        let text = format!("The {} variable \"{name}\" {problem}.", subject.label());
        tell(Severity::Difference, text);
    };
    let mut wanted = selection.named.clone();
    if selection.all {
        for name in first.iter().filter(|name| !is_excluded(name)) {
            match options.find(second, name) {
                None if options.allow_fewer_names => wanted.retain(|(other, _)| !options.same_name(other, name)),
                None => differs(name, "is in the first file but not the second"),
                Some(_) if wanted.iter().any(|(other, _)| options.same_name(other, name)) => {}
                Some(_) => wanted.push((name.clone(), selection.default)),
            }
        }
        let only_second = |name: &&String| options.find(first, name).is_none() && !is_excluded(name);
        for name in second.iter().filter(only_second).filter(|_| !options.allow_more_names) {
            differs(name, "is in the second file but not the first");
        }
    }
    let mut chosen = Vec::new();
    for (name, tolerance) in wanted {
        match (options.find(first, &name), options.find(second, &name)) {
            (Some(one), Some(two)) => {
                let name = first.get(one).cloned().unwrap_or(name);
                chosen.push(Chosen { subject, name, positions: [one, two], tolerance });
            }
            (None, _) => differs(&name, "was asked for and is not in the first file"),
            // With all of them this was told above.
            (Some(_), None) if selection.all => {}
            (Some(_), None) => differs(&name, "was asked for and is not in the second file"),
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names and tolerances of those that are chosen, and what was told.
    fn chosen(options: &Options, first: &[&str], second: &[&str]) -> (Vec<(String, f64)>, Vec<String>) {
        let names = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let mut told = Vec::new();
        let found = choose(options, Subject::Nodal, [&names(first), &names(second)], &mut |severity, text| {
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
