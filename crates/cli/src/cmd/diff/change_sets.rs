//! Which models of two files are compared: those in groups, or the files themselves.

use exodus_rs::diff::{Finding, Severity};
use exodus_rs::{Error, ExodusFile, Result};

use super::Told;

/// Two models that are compared.
pub struct Pair<'f> {
    models: [Model<'f>; 2],
    /// What is told before.
    messages: Vec<(Severity, String)>,
}

enum Model<'f> {
    Root(&'f ExodusFile),
    Group(ExodusFile),
}

impl Pair<'_> {
    pub fn models(&self) -> [&ExodusFile; 2] {
        self.models.each_ref().map(|model| match model {
            Model::Root(file) => file,
            Model::Group(file) => file,
        })
    }

    /// Tells which models these are, if they are not the only ones.
    pub fn tell(&self, told: &mut dyn Told) -> Result<()> {
        self.messages.iter().cloned().try_for_each(|(severity, text)| told.tell(&Finding::Message(severity, text)))
    }
}

/// The pairs that a list of change sets names; without one, all.
pub fn pairs<'f>(list: Option<&str>, [first, second]: [&'f ExodusFile; 2]) -> Result<Vec<Pair<'f>>> {
    let (ones, twos) = (first.groups(), second.groups());
    let mut messages = Vec::new();
    let numbers = match list {
        Some(list) if !ones.is_empty() || !twos.is_empty() => chosen(list, [&ones, &twos])?,
        Some(_) => {
            let text = "Neither file has change sets: the files themselves are compared.".to_owned();
            messages.push((Severity::Warning, text));
            vec![[0, 0]]
        }
        None => {
            let counts = [ones.len(), twos.len()];
            if ones.len() != twos.len() {
                let [one, two] = counts;
                let text = format!("The files have {one} and {two} change sets; not all of them are compared.");
                messages.push((Severity::Warning, text));
            }
            all(counts)
        }
    };
    let mut pairs = Vec::new();
    for [one, two] in numbers {
        if !ones.is_empty() || !twos.is_empty() {
            let text = format!("{} of the first file and {} of the second:", title(one, &ones), title(two, &twos));
            messages.push((Severity::Note, text));
        }
        let models = [model(first, &ones, one)?, model(second, &twos, two)?];
        pairs.push(Pair { models, messages: std::mem::take(&mut messages) });
    }
    Ok(pairs)
}

/// The numbers of all change sets that have a partner; a file without any is compared with the first one.
fn all(counts: [usize; 2]) -> Vec<[usize; 2]> {
    match counts {
        [0, 0] => vec![[0, 0]],
        [0, _] => vec![[0, 1]],
        [_, 0] => vec![[1, 0]],
        [one, two] => (1..=one.min(two)).map(|number| [number, number]).collect(),
    }
}

/// The numbers that a list names: `A,B`, or `A,B:C,D`.
fn chosen(list: &str, groups: [&[String]; 2]) -> Result<Vec<[usize; 2]>> {
    let [first, second] = groups;
    let numbers = |list: &str, groups: &[String]| list.split(',').map(|given| number(given, groups)).collect();
    let lists: [Result<Vec<usize>>; 2] = match list.split_once(':') {
        Some((one, two)) => [numbers(one, first), numbers(two, second)],
        // One change set is compared with a file that has none.
        None if second.is_empty() && !list.contains(',') => [numbers(list, first), Ok(vec![0])],
        None if first.is_empty() && !list.contains(',') => [Ok(vec![0]), numbers(list, second)],
        None => [numbers(list, first), numbers(list, second)],
    };
    let [one, two] = lists;
    let (one, two) = (one?, two?);
    match one.len() == two.len() {
        true => Ok(one.into_iter().zip(two).map(|(a, b)| [a, b]).collect()),
        false => Err(Error::usage(format!("{} change sets of one file, but {} of the other", one.len(), two.len()))),
    }
}

/// The number of a change set, 0 for the file itself.
fn number(given: &str, groups: &[String]) -> Result<usize> {
    let given = given.trim();
    if given == "/" || given.eq_ignore_ascii_case("root") {
        return Ok(0);
    }
    let named = groups.iter().position(|name| name.eq_ignore_ascii_case(given)).map(|found| found + 1);
    let found = given.parse().ok().filter(|&number| number <= groups.len()).or(named);
    found.ok_or_else(|| Error::usage(format!("there is no change set {given}: there are {}", groups.join(", "))))
}

fn title(number: usize, groups: &[String]) -> String {
    let name = number.checked_sub(1).and_then(|index| groups.get(index));
    name.map_or_else(|| "The root".to_owned(), |name| format!("Change set {number} ({name})"))
}

fn model<'f>(file: &'f ExodusFile, groups: &[String], number: usize) -> Result<Model<'f>> {
    match number.checked_sub(1).and_then(|index| groups.get(index)) {
        Some(name) => file.group(name).map(Model::Group),
        None => Ok(Model::Root(file)),
    }
}
