//! The joined model as a [`Model`].

use std::ops::Range;
use std::path::Path;

use hyperslab::netcdf::Variable;
use hyperslab::{Element, Error, Number, NumberType, Result};

use super::joint::{reserve, typed};
use super::mesh::cut;
use super::ParallelFile;
use crate::conventions;
use crate::create::CreateOptions;
use crate::data::{describe, Data, Part};
use crate::kind::EntityType;
use crate::mesh::Mesh;
use crate::model::{Model, Numbers};
use crate::names;
use crate::read::file::ExodusFile;

/// Reading gives [`Kind::Unsupported`](crate::Kind::Unsupported) for what is not joined: polygons, polyhedra, and the
/// edges and faces of elements.
impl Model for ParallelFile {
    fn mesh(&self) -> Result<&Mesh> {
        ParallelFile::mesh(self)
    }

    fn shape(&self, data: Data) -> Option<Vec<u64>> {
        match data {
            Data::Times => self.steps.times.as_ref().map(|times| vec![times.len() as u64]),
            _ => self.mesh().ok()?.shape(data, self.num_steps()),
        }
    }

    fn number_type(&self, data: Data) -> Option<NumberType> {
        self.shape(data)?;
        match data {
            Data::Times => Some(NumberType::F64),
            Data::IdMap(_) => Some(NumberType::I64),
            _ => {
                let members = self.members.iter().enumerate();
                let types = members.filter_map(|(rank, member)| member.number_type(self.own_data(data, rank)?));
                types.reduce(wider)
            }
        }
    }

    fn numbers(&self, part: &Part) -> Result<Numbers<'_>> {
        let data = part.data();
        let missing = || Error::not_found(format!("the model has no {}", self.described(data)));
        let number = self.number_type(data).ok_or_else(missing)?;
        let known = |error: Error| error.known_as(self.described(data));
        self.mesh()?.check_part(part, &self.shape(data).unwrap_or_default())?;
        self.check_meaning(data).map_err(known)?;
        let numbers = match number {
            NumberType::F32 => self.part(part).map(|values| Numbers::F32(values.into())),
            NumberType::F64 => self.part(part).map(|values| Numbers::F64(values.into())),
            NumberType::I64 => self.part(part).map(|values| Numbers::I64(values.into())),
            _ => self.part(part).map(|values| Numbers::I32(values.into())),
        };
        numbers.map_err(known)
    }

    fn num_steps(&self) -> u64 {
        ParallelFile::num_steps(self)
    }

    fn check_steps(&self) -> Result<()> {
        self.steps.check(&self.members, &self.paths)
    }

    fn disagreement(&self, data: Data) -> Result<Option<u64>> {
        match data {
            Data::Coordinate(axis) => self.torn_node(axis),
            _ => Ok(None),
        }
    }

    fn missing(&self, data: Data) -> Vec<Number> {
        let members = self.members.iter().enumerate();
        let own = members.filter_map(|(rank, member)| Some(member.missing(self.own_data(data, rank)?)));
        let mut all: Vec<Number> = own.flatten().collect();
        // What is in no member is read as this.
        all.extend([
            Number::Float(names::NEVER_WRITTEN),
            f32::nearest(Number::Float(names::NEVER_WRITTEN)).to_number(),
        ]);
        all
    }

    fn origin(&self, data: Data) -> Option<&Variable> {
        self.origins(data).next().map(|(_, variable)| variable)
    }

    fn create_options(&self) -> CreateOptions {
        self.first().map(ExodusFile::create_options).unwrap_or_default()
    }
}

/// The type that holds the numbers of two.
fn wider(a: NumberType, b: NumberType) -> NumberType {
    match (a, b) {
        (NumberType::F64, _) | (_, NumberType::F64) => NumberType::F64,
        (NumberType::F32, _) | (_, NumberType::F32) => NumberType::F32,
        (NumberType::I64, _) | (_, NumberType::I64) => NumberType::I64,
        _ => NumberType::I32,
    }
}

impl ParallelFile {
    fn described(&self, data: Data) -> String {
        self.mesh().map_or_else(|_| describe(data), |mesh| mesh.describe(data))
    }

    /// An array as a member has it.
    fn own_data(&self, data: Data, rank: usize) -> Option<Data> {
        let entity = |kind, n| self.own_entity(kind, n, rank);
        let block = |n| self.own_entity(EntityType::ElementBlock, n, rank);
        Some(match data {
            Data::Connectivity(kind, n) => Data::Connectivity(kind, entity(kind, n)?),
            Data::EdgeConnectivity(n) => Data::EdgeConnectivity(block(n)?),
            Data::FaceConnectivity(n) => Data::FaceConnectivity(block(n)?),
            Data::Counts(kind, n) => Data::Counts(kind, entity(kind, n)?),
            Data::Attributes(kind, n) => Data::Attributes(kind, entity(kind, n)?),
            // Assemblies are the same in every member.
            Data::Members(EntityType::Assembly, _) | Data::Coordinate(_) | Data::IdMap(_) | Data::Times => data,
            Data::Members(kind, n) => Data::Members(kind, entity(kind, n)?),
            Data::Sides(kind, n) => Data::Sides(kind, entity(kind, n)?),
            Data::Factors(kind, n) => Data::Factors(kind, entity(kind, n)?),
            Data::NumMap(kind, n) => Data::NumMap(kind, entity(kind, n)?),
            Data::Variable(kind, v, n) => Data::Variable(kind, self.own_variable(kind, v, rank)?, entity(kind, n)?),
            Data::Reductions(kind, _) if kind.is_by_id() || kind == EntityType::Global => data,
            Data::Reductions(kind, n) => Data::Reductions(kind, entity(kind, n)?),
            Data::OrderMap => return None,
        })
    }

    /// The variables of the members that have parts of an array.
    fn origins(&self, data: Data) -> impl Iterator<Item = (&Path, &Variable)> {
        let members = self.members.iter().zip(&self.paths).enumerate();
        members.filter_map(move |(rank, (member, path))| {
            Some((path.as_path(), member.origin(self.own_data(data, rank)?)?))
        })
    }

    /// Refuses numbers that are in one array, and whose attributes are those of the first member, unless they mean the same.
    fn check_meaning(&self, data: Data) -> Result<()> {
        let mut origins = self.origins(data);
        let Some((_, first)) = origins.next() else { return Ok(()) };
        origins.find(|(_, other)| !conventions::mean_the_same(first, other)).map_or(Ok(()), |(path, _)| {
            let detail = "packed, or with missing values, in another way than in the members before";
            Err(Error::unsupported(detail).in_file(path))
        })
    }

    /// The numbers of a part of an array.
    fn part<T: Element>(&self, part: &Part) -> Result<Vec<T>> {
        if part.data().is_stepwise() {
            return self.stepwise(part);
        }
        let shape = self.shape(part.data()).unwrap_or_default();
        let entries = part.entries_of(shape.first().copied().unwrap_or(0));
        let width = shape.get(1).copied().unwrap_or(1);
        let columns = part.components_of(width);
        let values = self.fixed(part.data(), entries)?;
        if columns == (0..width) {
            return Ok(values);
        }
        let wanted = values.into_iter().enumerate().filter(|(n, _)| columns.contains(&(*n as u64 % width.max(1))));
        Ok(wanted.map(|(_, value)| value).collect())
    }

    /// A range of entries of an array that does not change from step to step.
    fn fixed<T: Element>(&self, data: Data, entries: Range<u64>) -> Result<Vec<T>> {
        match data {
            Data::Coordinate(axis) => self.coordinate(axis, entries),
            Data::Connectivity(kind, n) => typed(self.nodes_of(kind, n, entries)?),
            Data::Attributes(kind, n) => floats(&self.attributes_of(kind, n, entries)?),
            Data::Members(EntityType::Assembly, _) => {
                let first = self.first().ok_or_else(|| Error::not_found("there are no members"))?;
                Ok(first.view(data.entries(entries))?.into_vec())
            }
            Data::Members(kind, n) => cut(self.set_entries(kind, n)?.into_vec(), entries),
            Data::Sides(kind, n) => cut(self.set_extra(kind, n)?.into_vec(), entries),
            Data::Factors(kind, n) => cut(self.set_factors(kind, n)?.into_vec(), entries),
            Data::IdMap(kind) => cut(typed(self.ids(kind)?)?, entries),
            Data::NumMap(kind, n) => cut(typed(self.number_map(kind, n)?)?, entries),
            other => Err(Error::unsupported(format!("joining {}", self.described(other)))),
        }
    }

    /// The entries of a range of steps, one step after the other.
    fn stepwise<T: Element>(&self, part: &Part) -> Result<Vec<T>> {
        let (data, steps) = (part.data(), part.steps_of(self.num_steps()));
        let shape = self.shape(data).unwrap_or_default();
        let entries = part.entries_of(shape.get(1).copied().unwrap_or(1));
        if let (Data::Variable(kind, variable, entity), 1) = (data, entries.end.saturating_sub(entries.start)) {
            if kind != EntityType::Global {
                return self.history(steps, (kind, variable, entity), entries.start);
            }
        }
        let mut all = Vec::new();
        for step in steps {
            let mut values = self.step(data, step, entries.clone())?;
            match all.is_empty() {
                true => all = values,
                false => all.append(&mut values),
            }
        }
        Ok(all)
    }

    /// A range of entries of one step.
    fn step<T: Element>(&self, data: Data, step: u64, entries: Range<u64>) -> Result<Vec<T>> {
        let global = |variable: usize| -> Result<Vec<T>> {
            let (file, own) = self.with_global(variable)?;
            Ok(file.view(Data::Variable(EntityType::Global, own, 0).step(step))?.into_vec())
        };
        match data {
            Data::Variable(EntityType::Global, variable, _) => cut(global(variable)?, entries),
            Data::Variable(kind, variable, entity) => self.values(step, (kind, variable, entity), entries),
            Data::Reductions(EntityType::Global, _) => {
                let all = (0..self.num_variables(EntityType::Global)).map(global).collect::<Result<Vec<_>>>()?;
                cut(all.concat(), entries)
            }
            Data::Reductions(kind, entity) => {
                let missing = || Error::not_found(format!("the model has no {}", self.described(data)));
                let (file, own) = self.with_reductions(kind, entity).ok_or_else(missing)?;
                cut(file.view(Data::Reductions(kind, own).step(step))?.into_vec(), entries)
            }
            _ => {
                let times = self.steps.times.as_deref().unwrap_or_default();
                let time = usize::try_from(step).ok().and_then(|step| times.get(step)).copied();
                floats(&[time.ok_or_else(|| Error::usage(format!("there is no step {step}")))?])
            }
        }
    }
}

/// Floating-point numbers in another type.
fn floats<T: Element>(values: &[f64]) -> Result<Vec<T>> {
    let mut target = reserve(values.len())?;
    for &value in values {
        let number = T::from_number(Number::Float(value));
        target.push(number.ok_or_else(|| Error::usage(format!("{value} does not fit {}", T::TYPE.name())))?);
    }
    Ok(target)
}
