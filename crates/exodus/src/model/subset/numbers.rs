//! The numbers of a part of a model.

use std::ops::Range;

use hyperslab::{Error, Result};

use super::{Numbering, Subset};
use crate::data::{describe, Data, Part};
use crate::kind::EntityType;
use crate::model::{Model, Numbers};

/// Where the numbers of an array come from.
pub(super) struct Source<'s> {
    /// The array of the other model.
    pub data: Data,
    /// Which of its entries.
    pub rows: Rows<'s>,
    /// What its numbers are the numbers of.
    pub renumbered: Option<Renumbered>,
}

/// Which entries of an array of the other model are kept.
pub(super) enum Rows<'s> {
    All,
    /// Those of the kept nodes.
    Nodes(&'s Numbering),
    /// Those of the kept elements.
    Elements(&'s Numbering),
    /// Those at these positions.
    At(&'s [usize]),
}

/// What is numbered anew.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Renumbered {
    Nodes,
    Elements,
}

impl Source<'_> {
    /// Whether the array is as it is in the other model.
    pub fn is_plain(&self) -> bool {
        matches!(self.rows, Rows::All) && self.renumbered.is_none()
    }

    /// Whether the numbers can be made up where the other model has none: identifiers.
    pub fn is_counted(&self) -> bool {
        matches!(self.data, Data::IdMap(_)) && !matches!(self.rows, Rows::All)
    }
}

impl<M: Model> Subset<M> {
    /// Where the numbers of an array come from; `None` if it is not kept.
    pub(super) fn source(&self, data: Data) -> Option<Source<'_>> {
        let inner = match data {
            Data::Connectivity(kind, n) => Data::Connectivity(kind, self.entity(kind, n)?),
            Data::EdgeConnectivity(n) => Data::EdgeConnectivity(self.entity(EntityType::ElementBlock, n)?),
            Data::FaceConnectivity(n) => Data::FaceConnectivity(self.entity(EntityType::ElementBlock, n)?),
            Data::Counts(kind, n) => Data::Counts(kind, self.entity(kind, n)?),
            Data::Attributes(kind, n) => Data::Attributes(kind, self.entity(kind, n)?),
            Data::Members(kind, n) => Data::Members(kind, self.entity(kind, n)?),
            Data::Sides(kind, n) => Data::Sides(kind, self.entity(kind, n)?),
            Data::Factors(kind, n) => Data::Factors(kind, self.entity(kind, n)?),
            Data::NumMap(kind, n) => Data::NumMap(kind, self.entity(kind, n)?),
            Data::Variable(kind, v, n) => Data::Variable(kind, self.variable(kind, v)?, self.entity(kind, n)?),
            Data::Reductions(kind, n) => Data::Reductions(kind, self.entity(kind, n)?),
            Data::OrderMap if self.numbering.is_some() => return None,
            Data::Coordinate(_) | Data::IdMap(_) | Data::OrderMap | Data::Times => data,
        };
        let columns =
            self.variables.get(&EntityType::Global).filter(|_| data == Data::Reductions(EntityType::Global, 0));
        let rows = columns.map_or_else(|| self.rows(data), |kept| Rows::At(kept));
        let renumbered = self.numbering.as_ref().and(match data {
            Data::Connectivity(..) | Data::Members(EntityType::NodeSet, _) => Some(Renumbered::Nodes),
            Data::Members(EntityType::SideSet | EntityType::ElementSet, _) => Some(Renumbered::Elements),
            _ => None,
        });
        // As in files, there is no list of nothing.
        let is_empty = !data.is_stepwise() && self.entries(&rows) == Some(0);
        (!is_empty).then_some(Source { data: inner, rows, renumbered })
    }

    fn rows(&self, data: Data) -> Rows<'_> {
        let Some(numbering) = &self.numbering else { return Rows::All };
        let set = |kind, n| numbering.sets.get(&(kind, n));
        match data {
            Data::Coordinate(_)
            | Data::Attributes(EntityType::Nodal, _)
            | Data::IdMap(EntityType::NodeMap)
            | Data::NumMap(EntityType::NodeMap, _)
            | Data::Variable(EntityType::Nodal, ..) => Rows::Nodes(numbering),
            Data::IdMap(EntityType::ElementMap) | Data::NumMap(EntityType::ElementMap, _) => Rows::Elements(numbering),
            Data::Factors(kind, n) => set(kind, n).map_or(Rows::All, |set| Rows::At(&set.factors)),
            Data::Members(kind, n) | Data::Sides(kind, n) | Data::Attributes(kind, n) | Data::Variable(kind, _, n) => {
                set(kind, n).map_or(Rows::All, |set| Rows::At(&set.entries))
            }
            _ => Rows::All,
        }
    }

    /// How many entries are kept; `None` for all.
    pub(super) fn entries(&self, rows: &Rows<'_>) -> Option<u64> {
        match rows {
            Rows::All => None,
            Rows::Nodes(_) => Some(self.mesh.num_nodes),
            Rows::Elements(_) => Some(self.mesh.num_elems),
            Rows::At(kept) => Some(kept.len() as u64),
        }
    }

    pub(super) fn read(&self, part: &Part) -> Result<Numbers<'_>> {
        let data = part.data();
        let missing = || Error::not_found(format!("the model has no {}", describe(data)));
        let source = self.source(data).ok_or_else(missing)?;
        self.mesh.check_part(part, &self.shape(data).unwrap_or_default())?;
        let part = part.of(source.data);
        if !data.is_stepwise() {
            return self.step(part, &source);
        }
        let (steps, all) = (part.steps_of(self.steps.count), self.steps);
        if all.stride == 1 && matches!(source.rows, Rows::All) {
            return self.step(part.steps(all.inner(steps.start)..all.inner(steps.end)), &source);
        }
        let read = |step| self.step(part.clone().step(all.inner(step)), &source);
        let number = self.model.number_type(source.data).ok_or_else(missing)?;
        Numbers::concat(number, steps.map(read))
    }

    /// The numbers of a part of an array of the other model; of one step, if entries are chosen.
    fn step(&self, part: Part, source: &Source<'_>) -> Result<Numbers<'_>> {
        let numbers = match self.entries(&source.rows) {
            None => self.model.numbers(&part)?,
            Some(len) => self.chosen(&part, &source.rows, part.entries_of(len))?,
        };
        let Some((numbering, renumbered)) = self.numbering.as_ref().zip(source.renumbered) else { return Ok(numbers) };
        let anew = |number: i64| {
            let found = match renumbered {
                Renumbered::Nodes => numbering.node(number),
                Renumbered::Elements => numbering.element(number),
            };
            found.ok_or_else(|| Error::usage(format!("{number} of {} is not there", describe(source.data))))
        };
        let numbers: Vec<i64> = numbers.to()?;
        Ok(Numbers::I64(numbers.into_iter().map(anew).collect::<Result<Vec<_>>>()?.into()))
    }

    /// The numbers of a range of the kept entries: what lies between the first and the last is read.
    fn chosen(&self, part: &Part, rows: &Rows<'_>, range: Range<u64>) -> Result<Numbers<'_>> {
        let positions: Vec<u64> = match rows {
            Rows::Nodes(numbering) => numbering.nodes.positions(range.clone()).collect(),
            Rows::Elements(numbering) => elements(numbering, range.clone()).collect(),
            Rows::At(kept) => {
                let wanted = kept.iter().map(|&n| n as u64).skip(usize::try_from(range.start).unwrap_or(usize::MAX));
                wanted.take(usize::try_from(range.end - range.start).unwrap_or(usize::MAX)).collect()
            }
            Rows::All => range.collect(),
        };
        let data = part.data();
        if let (Data::IdMap(_), None) = (data, self.model.number_type(data)) {
            // Without identifiers people know them by their positions.
            let numbers = positions.iter().map(|&n| i64::try_from(n + 1).unwrap_or(i64::MAX)).collect::<Vec<_>>();
            return Ok(Numbers::I64(numbers.into()));
        }
        let (first, end) = (positions.iter().min().copied().unwrap_or(0), positions.iter().max().map_or(0, |&n| n + 1));
        let numbers = self.model.numbers(&part.clone().entries(first..end))?;
        let width = numbers.len().checked_div(usize::try_from(end - first).unwrap_or(0)).unwrap_or(1);
        let places = positions.iter().filter_map(|n| usize::try_from(n - first).ok()).collect::<Vec<_>>();
        numbers.take(&places, width)
    }
}

/// The positions in the other model of a range of elements.
fn elements(numbering: &Numbering, range: Range<u64>) -> impl Iterator<Item = u64> + '_ {
    let [inner, own] = &numbering.elements;
    let outer = numbering.blocks.iter().enumerate().filter_map(|(n, own)| Some((n, (*own)?)));
    outer.flat_map(move |(there, block)| {
        let (before, end) = (own.before(block), own.before(block + 1));
        let wanted = range.start.clamp(before, end)..range.end.clamp(before, end);
        wanted.map(move |element| element - before + inner.before(there))
    })
}
