//! Which models of two files are compared: those in groups, or the files themselves.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use hyperslab::{Error, Result};

use super::finding::{Finding, Report, Severity, Verdict};
use super::named::{check_names, known};
use super::options::Options;
use super::summary::{summarize, Summary};
use super::written::{write_differences, Written};
use super::{compare_models, Visitor};
use crate::mesh::InitParams;
use crate::model;

/// The models of two files that are compared with each other: those in groups (change sets), or the files themselves.
///
/// ```
/// # fn main() -> exodus_rs::Result<()> {
/// use std::ops::ControlFlow;
/// use exodus_rs::diff::{ChangeSets, Options};
/// use exodus_rs::ExodusFile;
/// # use exodus_rs::{Container, CreateOptions, ExodusWriter, Mesh};
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.exo");
/// # let mut root = Mesh::new("two designs", 1, 0);
/// # root.groups = ["early", "late"].map(|name| (name.to_owned(), Mesh::new(name, 1, 1))).to_vec();
/// # let options = CreateOptions { container: Container::NetCdf4, ..CreateOptions::default() };
/// # let writer = ExodusWriter::create(&path, &root, &options)?;
/// # for (name, place) in [("early", 0.0), ("late", 0.5)] {
/// #     writer.group(name)?.put_coords(&[&[place]])?;
/// # }
/// # writer.finish()?;
///
/// let file = ExodusFile::open(&path)?;
/// let compared = |list| ChangeSets::pair(&file, &file, list)?.compare(&Options::default(), &mut |_| ControlFlow::Continue(()));
/// assert!(compared(None)?.verdict.is_same());
/// assert!(!compared(Some("early:late"))?.verdict.is_same());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ChangeSets<'f> {
    pairs: Vec<Pair<'f>>,
    /// Which models are not compared: some have no partner, some are in groups of change sets.
    incomplete: Vec<String>,
    /// Which pairs have two names, where nobody chose them.
    renamed: Vec<String>,
}

/// Two models that are compared.
#[derive(Debug)]
struct Pair<'f> {
    models: [Model<'f>; 2],
    /// What they are in their files; nothing, if no file has change sets.
    titles: Option<[String; 2]>,
    /// What is told before.
    messages: Vec<(Severity, String)>,
}

/// A file, or one of the models in its groups.
type Model<'f> = Arc<dyn model::Model + 'f>;

/// The models in the groups of a file, by name.
type Groups<'f> = Vec<(String, Model<'f>)>;

impl Pair<'_> {
    fn models(&self) -> [&dyn model::Model; 2] {
        self.models.each_ref().map(|model| &**model as &dyn model::Model)
    }
}

impl<'f> ChangeSets<'f> {
    /// Pairs the models of two files: those that a list names, by name or by number from 1 (`0`, `/` and `root` are the
    /// file itself): `A,B` or, if they are not the same in both files, `A,B:C,D`. Without a list, all models of both: the files
    /// themselves, if either holds a model beside its groups, then the first group with the first and so on. A file without
    /// groups is paired with the first one of a file that holds nothing else.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for what is not there, and for lists that do not go together.
    pub fn pair(first: &'f dyn model::Model, second: &'f dyn model::Model, list: Option<&str>) -> Result<Self> {
        let groups = [groups(first)?, groups(second)?];
        let names = groups.each_ref().map(|groups| groups.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
        let ([one, two], [ones, twos]) = (&groups, &names);
        let (mut messages, mut incomplete, mut renamed) = (Vec::new(), Vec::new(), Vec::new());
        let numbers = match list {
            Some(list) if !ones.is_empty() || !twos.is_empty() => chosen(list, [ones, twos])?,
            Some(_) => {
                let text = "Neither file has change sets: the files themselves are compared.".to_owned();
                messages.push((Severity::Warning, text));
                vec![[0, 0]]
            }
            None => {
                let counts = [ones.len(), twos.len()];
                let [one, two] = counts;
                if one != two {
                    incomplete
                        .push(format!("The files have {one} and {two} change sets; not all of them are compared."));
                }
                let names = ones.iter().zip(twos).filter(|(one, two)| one != two);
                renamed = names.map(|(one, two)| format!("A change set is called {one} and {two}.")).collect();
                all(counts, [holds_a_model(first)?, holds_a_model(second)?])
            }
        };
        let mut pairs = Vec::new();
        for [a, b] in numbers {
            let models = [model(first, one, a), model(second, two, b)];
            let titles = (!ones.is_empty() || !twos.is_empty()).then(|| [title(a, ones), title(b, twos)]);
            if let Some([a, b]) = &titles {
                messages.push((Severity::Note, format!("{a} of the first file and {b} of the second:")));
            }
            if [a, b] == [0, 0] {
                messages.extend(nothing_but_groups([first, second])?);
            }
            let files = ["first", "second"].into_iter().zip(titles.iter().flatten());
            for ((model, number), (file, title)) in models.iter().zip([a, b]).zip(files) {
                if number > 0 && !model.models()?.is_empty() {
                    incomplete.push(format!(
                        "{title} of the {file} file has change sets of its own, which are not compared."
                    ));
                }
            }
            pairs.push(Pair { models, titles, messages: std::mem::take(&mut messages) });
        }
        Ok(ChangeSets { pairs, incomplete, renamed })
    }

    /// Compares all pairs, one after the other, as [`compare`](super::compare) does; one answer for all of them.
    ///
    /// # Errors
    /// As [`compare`](super::compare).
    pub fn compare(&self, options: &Options, visit: &mut Visitor<'_>) -> Result<Report> {
        let pairs: Vec<_> = self.pairs.iter().map(Pair::models).collect();
        check_names(options, &pairs)?;
        let known = known(options, &pairs)?;
        let mut all = Report { verdict: Verdict::Same, differences: 0, steps: 0, variables: 0 };
        let mut before = self.unlike(options);
        for pair in &self.pairs {
            before.extend(pair.messages.iter().cloned());
            let mut stopped = false;
            let mut visit = |finding: &Finding| {
                let flow = visit(finding);
                stopped |= flow.is_break();
                flow
            };
            let (report, flow) = tell(std::mem::take(&mut before), &mut visit);
            all = all.and(&report);
            if flow.is_continue() {
                all = all.and(&compare_models(pair.models(), &known, options, &mut visit)?);
            }
            if stopped {
                break;
            }
        }
        Ok(all)
    }

    /// Writes the differences of a single pair, as [`write_differences`] does.
    ///
    /// # Errors
    /// As [`write_differences`]; [`Kind::Usage`](crate::Kind::Usage) for several pairs.
    pub fn write_differences(
        &self,
        path: impl AsRef<Path>,
        options: &Options,
        visit: &mut Visitor<'_>,
    ) -> Result<Written> {
        let [pair] = self.pairs.as_slice() else {
            return Err(Error::usage("the differences of one pair of change sets fit into a file: choose one"));
        };
        let [first, second] = pair.models();
        let before = self.unlike(options).into_iter().chain(pair.messages.iter().cloned());
        let (Report { differences, .. }, flow) = tell(before.collect(), visit);
        if flow.is_break() {
            return Ok(Written { size: None, differences, steps: 0, variables: 0 });
        }
        let written = write_differences(first, second, path, options, visit)?;
        Ok(Written { differences: written.differences.saturating_add(differences), ..written })
    }

    /// The extremes of the first model of every pair, as [`summarize`] finds them, with what it is in its file; nothing, if no file
    /// has change sets.
    ///
    /// # Errors
    /// As [`summarize`].
    pub fn summarize(&self, options: &Options, separation: bool) -> Result<Vec<(Option<&str>, Summary)>> {
        let summary = |pair: &'_ Pair<'_>| {
            let [model, _] = pair.models();
            summarize(model, options, separation)
        };
        self.pairs
            .iter()
            .map(|pair| Ok((pair.titles.as_ref().map(|[title, _]| title.as_str()), summary(pair)?)))
            .collect()
    }

    /// What the lists of change sets lack, and how they are called.
    fn unlike(&self, options: &Options) -> Vec<(Severity, String)> {
        let severity = if options.strict { Severity::Difference } else { Severity::Warning };
        let renamed = self.renamed.iter().filter(|_| options.strict);
        self.incomplete.iter().chain(renamed).map(|text| (severity, text.clone())).collect()
    }
}

/// What is to be said of two files that are compared themselves, although both have their models in groups.
pub(super) fn nothing_but_groups(files: [&dyn model::Model; 2]) -> Result<Vec<(Severity, String)>> {
    for file in files {
        if file.mesh()?.groups.is_empty() || holds_a_model(file)? {
            return Ok(Vec::new());
        }
    }
    let text = "Nothing was compared: both files hold nothing beside their groups, which are change sets.".to_owned();
    Ok(vec![(Severity::Difference, text)])
}

/// Tells messages; returns what they make of the files, and whether more is wanted.
pub(super) fn tell(messages: Vec<(Severity, String)>, visit: &mut Visitor<'_>) -> (Report, ControlFlow<()>) {
    let mut report = Report { verdict: Verdict::Same, differences: 0, steps: 0, variables: 0 };
    for (severity, text) in messages {
        if severity == Severity::Difference {
            report.differences += 1;
            report.verdict = Verdict::Different;
        }
        if visit(&Finding::Message(severity, text)).is_break() {
            return (report, ControlFlow::Break(()));
        }
    }
    (report, ControlFlow::Continue(()))
}

/// The numbers of all models that have a partner. The roots come first, where either holds a model; a file without change sets
/// is compared with the first one of a file whose root is empty.
fn all([one, two]: [usize; 2], roots: [bool; 2]) -> Vec<[usize; 2]> {
    match ([one, two], roots) {
        ([0, 0], _) => vec![[0, 0]],
        ([0, _], [_, false]) => vec![[0, 1]],
        ([_, 0], [false, _]) => vec![[1, 0]],
        _ => {
            let first = usize::from(!roots.contains(&true));
            (first..=one.min(two)).map(|number| [number, number]).collect()
        }
    }
}

/// Whether there is a model beside those in groups.
fn holds_a_model(file: &dyn model::Model) -> Result<bool> {
    let mesh = file.mesh()?;
    let InitParams { num_nodes, num_elems, .. } = mesh.init_params();
    let has_variables = mesh.variables.values().chain(mesh.reductions.values()).any(|names| !names.is_empty());
    Ok(num_nodes > 0 || num_elems > 0 || has_variables || file.num_steps() > 0)
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
    let is_exact = |name: &String| name == given;
    let is_alike = |name: &String| name.eq_ignore_ascii_case(given);
    let named = groups.iter().position(is_exact).or_else(|| groups.iter().position(is_alike)).map(|found| found + 1);
    let found = given.parse().ok().filter(|&number| number <= groups.len()).or(named);
    found.ok_or_else(|| Error::usage(format!("there is no change set {given}: there are {}", groups.join(", "))))
}

fn title(number: usize, groups: &[String]) -> String {
    let name = number.checked_sub(1).and_then(|index| groups.get(index));
    name.map_or_else(|| "The root".to_owned(), |name| format!("Change set {number} ({name})"))
}

fn groups<'f>(file: &'f dyn model::Model) -> Result<Groups<'f>> {
    Ok(file.models()?.into_iter().map(|(name, model)| (name, Arc::from(model))).collect())
}

fn model<'f>(file: &'f dyn model::Model, groups: &Groups<'f>, number: usize) -> Model<'f> {
    match number.checked_sub(1).and_then(|index| groups.get(index)) {
        Some((_, model)) => Arc::clone(model),
        None => Arc::new(file),
    }
}
