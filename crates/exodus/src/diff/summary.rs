//! The extremes of one file, written as a command file.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use hyperslab::{Error, Result};

use super::finding::Place;
use super::matching::closest_pair;
use super::model::Model;
use super::named::check_names;
use super::options::Options;
use super::raw::{Column, Raw};
use super::results::place;
use super::subject::Subject;
use super::tolerance::Tolerance;
use crate::data::Data;
use crate::kind::EntityType;
use crate::model;

/// A value, and where it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extreme {
    /// The absolute value.
    pub value: f64,
    /// The step, counted from 0.
    pub step: u64,
    /// The place.
    pub place: Place,
}

/// The smallest and the largest absolute value.
pub type Extremes = [Extreme; 2];

/// The extremes of a variable.
#[derive(Debug, Clone, PartialEq)]
pub struct VariableSummary {
    /// What it is.
    pub subject: Subject,
    /// Its name.
    pub name: String,
    /// Smallest and largest absolute value; `None` if there are no numbers.
    pub extremes: Option<Extremes>,
}

/// The extremes of all variables of a file; displayed, it is a command file.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The least distance of two nodes, if it was asked for.
    pub separation: Option<f64>,
    /// The extremes of the times; `None` if there are no steps.
    pub times: Option<Extremes>,
    /// The extremes of the variables.
    pub variables: Vec<VariableSummary>,
    /// The attributes of elements.
    pub attributes: Vec<String>,
    /// Tolerances of their own, by name.
    pub named: BTreeMap<String, Tolerance>,
}

/// Finds the extremes of all variables of a file, on all cores.
///
/// `separation` also finds the least distance of two nodes. Of `options`, whether positions stand for identifiers,
/// tolerances of variables by name and the number of threads matter.
///
/// # Errors
/// When the file cannot be read.
pub fn summarize(file: &dyn model::Model, options: &Options, separation: bool) -> Result<Summary> {
    check_names(options, &[[file, file]])?;
    let [name, _] = &options.files;
    let model = Model::new(file, name)?;
    let mut wanted = Vec::new();
    for subject in Subject::VARIABLES {
        let names = model.names(subject).into_iter().enumerate().filter(|(_, name)| !options.is_left_out(name));
        wanted.extend(names.map(|(n, name)| (subject, n, name)));
    }
    let (next, failure) = (AtomicUsize::new(0), Mutex::new(None::<Error>));
    let found: Mutex<Vec<_>> = Mutex::new(vec![None; wanted.len()]);
    let work = || loop {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let Some(&(subject, variable, _)) = wanted.get(at) else { break };
        match extremes(&model, subject, variable, options) {
            Ok(extremes) => {
                if let Some(slot) = found.lock().unwrap_or_else(PoisonError::into_inner).get_mut(at) {
                    *slot = extremes;
                }
            }
            Err(error) => {
                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
        }
    };
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 1..options.threads.unwrap_or_else(cores) {
            scope.spawn(work);
        }
        work();
    });
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let attributes = model.names(Subject::ElementAttribute).into_iter().filter(|name| !options.is_left_out(name));
    let attributes: Vec<String> = attributes.collect();
    let own = |name: &String| Some((name.clone(), options.named_for(name)?.tolerance?));
    let named = wanted.iter().map(|(.., name)| name).chain(&attributes).filter_map(own).collect();
    let variables = wanted.into_iter().zip(found);
    Ok(Summary {
        separation: separation.then(|| closest_pair(&model)).transpose()?,
        times: times(&model),
        variables: variables
            .map(|((subject, _, name), extremes)| VariableSummary { subject, name, extremes })
            .collect(),
        attributes,
        named,
    })
}

fn times(model: &Model<'_>) -> Option<Extremes> {
    let mut range = Range::default();
    for (step, time) in model.times.iter().enumerate().filter(|_| !model.is_untimed) {
        range.add_one(*time, Spot { step: step as u64, entity: 0, index: 0 });
    }
    let extreme = |(value, spot): (f64, Spot)| Extreme { value, step: spot.step, place: Place::Model };
    range.0.map(|range| range.map(extreme))
}

/// Where a value is: step, entity, position.
#[derive(Debug, Clone, Copy)]
struct Spot {
    step: u64,
    entity: usize,
    index: usize,
}

/// The least and the largest magnitude so far.
#[derive(Debug, Clone, Copy, Default)]
struct Range(Option<[(f64, Spot); 2]>);

impl Range {
    fn add_one(&mut self, value: f64, spot: Spot) {
        let value = value.abs();
        match &mut self.0 {
            _ if value.is_nan() => {}
            None => self.0 = Some([(value, spot); 2]),
            Some([low, _]) if value < low.0 => *low = (value, spot),
            Some([_, high]) if value > high.0 => *high = (value, spot),
            Some(_) => {}
        }
    }

    /// Takes over a row, block by block: where a block has nothing new, its values are not looked at one by one.
    fn add(&mut self, row: Raw<'_>, spot: Spot) {
        const BLOCK: usize = 512;
        let mut values = [0.0; BLOCK];
        for start in (0..row.len()).step_by(BLOCK) {
            let part = row.part(start, BLOCK);
            part.decode(&mut values);
            let values = values.get(..part.len()).unwrap_or(&values);
            let new = match self.0 {
                None => true,
                Some([low, high]) => {
                    values.iter().fold(false, |new, value| new | (value.abs() < low.0) | (value.abs() > high.0))
                }
            };
            if new {
                for (n, value) in values.iter().enumerate() {
                    self.add_one(*value, Spot { index: start + n, ..spot });
                }
            }
        }
    }
}

fn extremes(model: &Model<'_>, subject: Subject, variable: usize, options: &Options) -> Result<Option<Extremes>> {
    let kind = subject.kind();
    let entities: Vec<usize> = match kind {
        EntityType::Global | EntityType::Nodal => vec![0],
        _ => model.entities(kind).iter().filter(|entity| entity.present).map(|entity| entity.index).collect(),
    };
    let data = |entity: usize| match kind {
        EntityType::Global => Data::Reductions(kind, 0),
        _ => Data::Variable(kind, variable, entity),
    };
    let find = |&entity: &usize| Column::find(model, data(entity)).map(|column| (entity, column));
    let columns: Vec<_> = entities.iter().filter_map(find).collect();
    let (mut range, mut buffer) = (Range::default(), Vec::new());
    for step in 0..model.times.len() as u64 {
        for &(entity, ref column) in &columns {
            let row = column.step(step, &mut buffer)?;
            let row = if kind == EntityType::Global { row.part(variable, 1) } else { row };
            range.add(row, Spot { step, entity, index: 0 });
        }
    }
    let Some(range) = range.0 else { return Ok(None) };
    let components = columns.iter().map(|(_, column)| column.components()).max().unwrap_or(1).max(1);
    let extreme = |(value, spot): (f64, Spot)| -> Result<Extreme> {
        let id = model.entities(kind).get(spot.entity).map_or(0, |entity| entity.id.0);
        let place = place(model, subject, spot.entity, id, spot.index as u64 / components, options)?;
        Ok(Extreme { value, step: spot.step, place })
    };
    let [low, high] = range;
    Ok(Some([extreme(low)?, extreme(high)?]))
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "# The extremes are those of absolute values. Steps (t) count from 1; blocks (b), sets (s), nodes (n),"
        )?;
        writeln!(f, "# elements (e) and faces (f) have their ids; a side is element.side.\n")?;
        match self.separation {
            Some(distance) => writeln!(f, "COORDINATES absolute 1.e-6    # min separation = {distance}\n")?,
            None => writeln!(f, "COORDINATES absolute 1.e-6    # min separation not calculated\n")?,
        }
        match &self.times {
            Some(extremes) => writeln!(f, "TIME STEPS relative 1.e-6 floor 0.0     # {}", Shown(extremes))?,
            None => writeln!(f, "# No TIME STEPS")?,
        }
        let longest = self.variables.iter().map(|variable| self.line(&variable.name).len()).max().unwrap_or(0);
        for subject in Subject::VARIABLES {
            let mut variables = self.variables.iter().filter(|variable| variable.subject == subject).peekable();
            match variables.peek() {
                Some(_) => heading(f, subject, variables.clone().map(|variable| &variable.name))?,
                None => writeln!(f, "\n# No {}", subject.heading())?,
            }
            for variable in variables {
                let name = self.line(&variable.name);
                match &variable.extremes {
                    Some(extremes) => writeln!(f, "\t{name:longest$}  # {}", Shown(extremes))?,
                    None => writeln!(f, "\t{name:longest$}  # no values")?,
                }
            }
        }
        if !self.attributes.is_empty() {
            heading(f, Subject::ElementAttribute, self.attributes.iter())?;
            self.attributes.iter().try_for_each(|name| writeln!(f, "\t{}", self.line(name)))?;
        }
        Ok(())
    }
}

impl Summary {
    /// A name with the tolerance of its own; a comment for what cannot be said.
    fn line(&self, name: &str) -> String {
        match self.named.get(name) {
            _ if !can_be_said(name) => format!("# {name:?}"),
            Some(tolerance) => format!("{} {tolerance}", quoted(name)),
            None => quoted(name),
        }
    }
}

/// Begins a section: all variables are compared if one of them has a name that a command file cannot say.
fn heading<'n>(
    f: &mut fmt::Formatter<'_>,
    subject: Subject,
    mut names: impl Iterator<Item = &'n String>,
) -> fmt::Result {
    let all = if names.all(|name| can_be_said(name)) { "" } else { " (all)" };
    writeln!(f, "\n{}{all} relative 1.e-6 floor 0.0", subject.heading())
}

/// Whether a command file can name a variable: a name is on one line, in quotes that it does not have itself.
fn can_be_said(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c == '"' || c.is_control())
}

/// A name as a command file has it.
fn quoted(name: &str) -> String {
    match name.starts_with('!') || name.contains(|c: char| c.is_whitespace() || "#=,".contains(c)) {
        true => format!("\"{name}\""),
        false => name.to_owned(),
    }
}

struct Shown<'e>(&'e Extremes);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, high] = self.0;
        for (label, extreme) in [("min:", low), ("\tmax:", high)] {
            write!(f, "{label} {:15e} @ t{}", extreme.value, extreme.step + 1)?;
            match extreme.place {
                Place::Model => {}
                Place::Node(node) => write!(f, ",n{node}")?,
                Place::Element { block, element } => write!(f, ",b{block},e{element}")?,
                Place::NodeOfSet { set, node } => write!(f, ",s{set},n{node}")?,
                Place::SideOfSet { set, element, side } => write!(f, ",s{set},f{element}.{side}")?,
                Place::Edge { block, edge } => write!(f, ",b{block},e{edge}")?,
                Place::Face { block, face } => write!(f, ",b{block},f{face}")?,
                // No summary has them.
                Place::Entity { .. } | Place::Entry { .. } => {}
            }
        }
        Ok(())
    }
}
