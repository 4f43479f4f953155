//! Comparing results: every variable at every step.

mod plan;
mod workers;

use hyperslab::{Error, Result};

use super::choose::Chosen;
use super::finding::{Difference, Finding, Norm, Norms, Place, Severity, Step};
use super::kernel::{Found, Hit, Rows, Rule, Second};
use super::mesh::identifier;
use super::model::Model;
use super::options::Options;
use super::raw::{Column, Raw};
use super::steps::{Pair, Partner};
use super::subject::Subject;
use crate::data::Data;
use crate::kind::EntityType;
use crate::model::ModelExt;

pub(super) use plan::Plan;
pub(super) use workers::run;

use plan::{Carrier, Reduced, Variable};

/// The buffers of one worker, for values that cannot be borrowed.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    first: Vec<u8>,
    second: Vec<[Vec<u8>; 2]>,
}

impl Plan<'_, '_> {
    /// What has to be told at the beginning of a step.
    pub fn heading(&self, pair: &Pair) -> Finding {
        let [first, second] = self.models;
        let other = match pair.second {
            Partner::At(step) => second.time(step),
            _ => None,
        };
        let times = [first.time(pair.first), other];
        let tolerance = self.options.times;
        let differs = match times {
            // Not-a-number differs from nothing, but a time has to be one.
            [Some(a), Some(b)] if pair.timed && (a.is_nan() || b.is_nan()) => !self.options.ignore_nans,
            [Some(a), Some(b)] => pair.timed && tolerance.differs(a, b),
            _ => false,
        };
        Finding::Step(Step { first: pair.first, second: pair.second, times, tolerance, differs })
    }

    /// Compares one variable at one step.
    fn variable(&self, variable: &Variable<'_>, pair: &Pair, buffers: &mut Buffers) -> Result<Vec<Finding>> {
        let chosen = &variable.chosen;
        let mut found = Found::new(self.rule(chosen.tolerance));
        let mut findings = Vec::new();
        for (n, carrier) in variable.carriers.iter().enumerate() {
            if self.rows(carrier, pair, buffers, |first, second| found.compare(n, first, second))?.is_some() {
                findings.extend(nans(chosen, Some(carrier), found.nans));
            }
        }
        let step = Some(pair.first);
        let (subject, name) = (chosen.subject, &*chosen.title());
        findings.extend(norms(&found, self.options, subject, name, step).map(Finding::Norms));
        for (n, hit) in found.into_hits() {
            let Some(carrier) = variable.carriers.get(n) else { continue };
            let place = place(&self.models[0], subject, carrier.first, carrier.id, hit.index as u64, self.options)?;
            findings.push(difference(hit, subject, name, step, place, chosen.tolerance));
        }
        Ok(findings)
    }

    fn rule(&self, tolerance: super::Tolerance) -> Rule {
        let Options { show, ignore_nans, .. } = *self.options;
        Rule { tolerance, show, norms: self.options.norms(), check_nans: !ignore_nans }
    }

    /// Hands on the values that one entity of the first file carries and those that belong to them; `None` where there
    /// are none.
    pub fn rows<T>(
        &self,
        carrier: &Carrier<'_>,
        pair: &Pair,
        buffers: &mut Buffers,
        then: impl FnOnce(Raw<'_>, Second<'_>) -> T,
    ) -> Result<Option<T>> {
        buffers.second.resize_with(buffers.second.len().max(carrier.rows.len()), Default::default);
        let first = carrier.column.step(pair.first, &mut buffers.first)?;
        let mut rows = Vec::with_capacity(carrier.rows.len());
        for (column, buffers) in carrier.rows.iter().zip(&mut buffers.second) {
            let row = column.as_ref().map(|column| read(column, pair.second, buffers)).transpose()?;
            rows.push(row.flatten());
        }
        match (self.order(carrier), rows.as_slice()) {
            (Some(targets), _) => Ok(Some(then(first, Second::Mapped(targets, &rows)))),
            (None, [Some(row)]) if row.first.len() == first.len() => Ok(Some(then(first, row.in_order()))),
            (None, [Some(row)]) => {
                let lengths = format!("{} and {} values", first.len(), row.first.len());
                Err(Error::usage(format!("{} {} has {lengths}", carrier.kind.label(), carrier.id)))
            }
            _ => Ok(None),
        }
    }

    /// Compares all global variables at one step.
    fn globals(&self, pair: &Pair, buffers: &mut Buffers) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        self.each_global(pair, buffers, &mut |chosen, value, partner| {
            let mut found = Found::new(self.rule(chosen.tolerance));
            found.compare(0, value, partner);
            findings.extend(nans(chosen, None, found.nans));
            let hits = found.into_hits();
            let place = Place::Model;
            findings.extend(hits.into_iter().map(|(_, hit)| {
                difference(hit, Subject::Global, &chosen.title(), Some(pair.first), place, chosen.tolerance)
            }));
            Ok(())
        })?;
        Ok(findings)
    }

    /// Compares the reduction variables of all entities at one step.
    fn reductions(&self, pair: &Pair, buffers: &mut Buffers) -> Result<Vec<Finding>> {
        buffers.second.resize_with(buffers.second.len().max(1), Default::default);
        let mut findings = Vec::new();
        for Reduced { columns: [one, two], kind, id, variables } in &self.reductions {
            let a = one.step(pair.first, &mut buffers.first)?;
            let Some(buffer) = buffers.second.first_mut() else { continue };
            let Some(b) = read(two, pair.second, buffer)? else { continue };
            for chosen in variables {
                let Chosen { subject, positions: [at, other], tolerance, .. } = chosen;
                let name = &*chosen.title();
                let (Some(value), Some(partner)) = (part(a, *at), rows_part(b, *other)) else { continue };
                let mut found = Found::new(self.rule(*tolerance));
                found.compare(0, value, partner.in_order());
                let files = found.nans.into_iter().zip(1..).filter(|(nan, _)| *nan);
                findings.extend(files.map(|(_, file)| {
                    let text = format!("NaN found for {} variable '{name}' of {id} in file {file}.", subject.label());
                    Finding::Message(Severity::Difference, text)
                }));
                let place = Place::Entity { kind: *kind, id: *id };
                let hits = found.into_hits();
                findings.extend(
                    hits.into_iter()
                        .map(|(_, hit)| difference(hit, *subject, name, Some(pair.first), place, *tolerance)),
                );
            }
        }
        Ok(findings)
    }

    /// Hands on the values of all global variables, one after the other.
    pub fn each_global(&self, pair: &Pair, buffers: &mut Buffers, then: &mut EachGlobal<'_>) -> Result<()> {
        buffers.second.resize_with(buffers.second.len().max(1), Default::default);
        let [Some(one), Some(two)] = [&self.global_columns[0], &self.global_columns[1]] else { return Ok(()) };
        let a = one.step(pair.first, &mut buffers.first)?;
        let Some(buffer) = buffers.second.first_mut() else { return Ok(()) };
        let Some(b) = read(two, pair.second, buffer)? else { return Ok(()) };
        for chosen in &self.globals {
            let [at, other] = chosen.positions;
            let (Some(value), Some(partner)) = (part(a, at), rows_part(b, other)) else { continue };
            then(chosen, value, partner.in_order())?;
        }
        Ok(())
    }
}

/// What takes a global variable and its two values.
pub(super) type EachGlobal<'e> = dyn FnMut(&Chosen, Raw<'_>, Second<'_>) -> Result<()> + 'e;

/// What has to be told of not-a-number in either file.
pub(super) fn nans(chosen: &Chosen, carrier: Option<&Carrier<'_>>, nans: [bool; 2]) -> Vec<Finding> {
    let of = match (chosen.subject, carrier) {
        (Subject::Nodal, _) | (_, None) => String::new(),
        (subject, Some(carrier)) => format!(" of {} {}", subject.kind().label(), carrier.id),
    };
    let (label, name) = (chosen.subject.label(), chosen.title());
    let files = nans.into_iter().zip(1..).filter(|(nan, _)| *nan);
    let text = files.map(|(_, file)| format!("NaN found for {label} variable '{name}'{of} in file {file}."));
    text.map(|text| Finding::Message(Severity::Difference, text)).collect()
}

fn part(raw: Raw<'_>, at: usize) -> Option<Raw<'_>> {
    Some(raw.part(at, 1)).filter(|part| part.len() == 1)
}

fn rows_part(rows: Rows<'_>, at: usize) -> Option<Rows<'_>> {
    let second = match rows.second {
        Some((second, fraction)) => Some((part(second, at)?, fraction)),
        None => None,
    };
    Some(Rows { first: part(rows.first, at)?, second })
}

/// The values of the second file at a step, or at two.
fn read<'b>(column: &Column<'b>, at: Partner, buffers: &'b mut [Vec<u8>; 2]) -> Result<Option<Rows<'b>>> {
    let [one, two] = buffers;
    Ok(match at {
        Partner::At(step) => Some(Rows { first: column.step(step, one)?, second: None }),
        Partner::Between(step, fraction) => {
            Some(Rows { first: column.step(step, one)?, second: Some((column.step(step + 1, two)?, fraction)) })
        }
        Partner::Before | Partner::After => None,
    })
}

pub(super) fn difference(
    hit: Hit,
    subject: Subject,
    name: &str,
    step: Option<u64>,
    place: Place,
    tolerance: super::Tolerance,
) -> Finding {
    let Hit { values, delta, .. } = hit;
    Finding::Values(Difference { subject, name: name.to_owned(), step, place, values, delta, tolerance })
}

/// The norms that were asked for, where they are not 0.
pub(super) fn norms(
    found: &Found,
    options: &Options,
    subject: Subject,
    name: &str,
    step: Option<u64>,
) -> Option<Norms> {
    let norm = |wanted: bool, [difference, first, second]: [f64; 3]| {
        Some(Norm { difference, first, second }).filter(|norm| wanted && norm.difference > 0.0)
    };
    let l1 = norm(options.l1_norms, found.sums.absolute);
    let l2 = norm(options.l2_norms, found.sums.squares.map(f64::sqrt));
    (l1.is_some() || l2.is_some()).then(|| Norms { subject, name: name.to_owned(), step, l1, l2 })
}

/// Where a value of the first file is.
pub(super) fn place(
    model: &Model<'_>,
    subject: Subject,
    entity: usize,
    id: i64,
    index: u64,
    options: &Options,
) -> Result<Place> {
    let local = i64::try_from(index).unwrap_or(i64::MAX).saturating_add(1);
    let entry = |data: Data| match model.file.has(data) {
        true => model.read(|file| file.view::<i64>(data.entry(index))).map(|found| found.get(0).unwrap_or(local)),
        false => Ok(local),
    };
    let known = |kind: EntityType, number: i64| match number.checked_sub(1).and_then(|n| u64::try_from(n).ok()) {
        Some(position) => identifier(model, kind, position, options),
        None => Ok(number),
    };
    let kind = subject.kind();
    Ok(match subject {
        Subject::Global => Place::Model,
        Subject::Coordinates | Subject::Nodal => Place::Node(identifier(model, EntityType::NodeMap, index, options)?),
        Subject::Element | Subject::ElementAttribute => {
            let position = model.elements_before(entity).saturating_add(index);
            Place::Element { block: id, element: identifier(model, EntityType::ElementMap, position, options)? }
        }
        Subject::NodeSet => {
            let node = entry(Data::Members(kind, entity))?;
            Place::NodeOfSet { set: id, node: known(EntityType::NodeMap, node)? }
        }
        Subject::SideSet | Subject::SideSetFactors => {
            let element = known(EntityType::ElementMap, entry(Data::Members(kind, entity))?)?;
            Place::SideOfSet { set: id, element, side: entry(Data::Sides(kind, entity))? }
        }
        Subject::EdgeBlock => Place::Edge { block: id, edge: local },
        Subject::FaceBlock => Place::Face { block: id, face: local },
        Subject::Attribute(EntityType::Nodal) => Place::Node(identifier(model, EntityType::NodeMap, index, options)?),
        Subject::Reduction(kind) => Place::Entity { kind, id },
        Subject::Variable(kind) | Subject::Attribute(kind) | Subject::Factors(kind) => {
            Place::Entry { kind, id, entry: local }
        }
    })
}
