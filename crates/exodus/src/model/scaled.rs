//! Results times factors.

use std::collections::BTreeMap;

use hyperslab::netcdf::Transform;
use hyperslab::Result;

use super::missing::{refuse_packed, Missing};
use super::{inherited, Model, Numbers, Stored};
use crate::data::{Data, Part};
use crate::ids::Which;
use crate::kind::EntityType;
use crate::mesh::Mesh;

/// A model whose results are multiplied. Missing values stay missing; integers stay integers, or are refused.
///
/// ```
/// # fn main() -> exodus_rs::Result<()> {
/// use exodus_rs::model::{Model, Scaled};
/// use exodus_rs::{Data, EntityType, ExodusFile};
/// # use exodus_rs::{CreateOptions, MeshBuilder};
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.exo");
/// # let writer = MeshBuilder::new("a point").nodes(&[[1.0]]).variables(EntityType::Nodal, ["u", "pressure"])
/// #     .create(&path, &CreateOptions::default())?;
/// # let step = writer.next_step(0.0)?;
/// # step.put(EntityType::Nodal, 0, 0, &[4.0])?;
/// # step.put(EntityType::Nodal, 1, 0, &[2e5])?;
/// # writer.finish()?;
/// let file = ExodusFile::open(&path)?;
/// let scaled = Scaled::new(&file, 1.0).variable(EntityType::Nodal, "pressure", 1e-5)?;
/// assert_eq!(scaled.numbers(&Data::Variable(EntityType::Nodal, 1, 0).step(0))?.to::<f64>()?, [2.0]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Scaled<M> {
    model: M,
    factor: f64,
    /// The factors of single variables, by kind and position.
    factors: BTreeMap<(EntityType, usize), f64>,
}

/// What the numbers of an array are multiplied with.
enum Factor {
    All(f64),
    /// One for each column.
    Each(Vec<f64>),
}

impl<M: Model> Scaled<M> {
    /// All results times a factor.
    pub fn new(model: M, factor: f64) -> Self {
        Scaled { model, factor, factors: BTreeMap::new() }
    }

    /// Gives a variable a factor of its own.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is no such variable.
    pub fn variable<'w>(mut self, kind: EntityType, which: impl Into<Which<'w>>, factor: f64) -> Result<Self> {
        let position = self.model.mesh()?.variable_position(kind, which)?;
        self.factors.insert((kind, position), factor);
        Ok(self)
    }

    fn factor(&self, data: Data) -> Option<Factor> {
        let own = |kind, variable| self.factors.get(&(kind, variable)).copied().unwrap_or(self.factor);
        match data {
            Data::Variable(kind, variable, _) => Some(Factor::All(own(kind, variable))),
            Data::Reductions(EntityType::Global, _) => {
                let columns = self.model.shape(data)?.get(1).copied().and_then(|n| usize::try_from(n).ok())?;
                Some(Factor::Each((0..columns).map(|n| own(EntityType::Global, n)).collect()))
            }
            Data::Reductions(..) => Some(Factor::All(self.factor)),
            _ => None,
        }
    }

    fn scaled<'m>(&self, numbers: Numbers<'m>, part: &Part, factor: &Factor) -> Result<Numbers<'m>> {
        let data = part.data();
        refuse_packed(&self.model, data, "scaling")?;
        let missing = Missing::of(&self.model, data);
        let changed = |value: f64, factor: f64| match missing.has(value) {
            true => value,
            false => value * factor,
        };
        match factor {
            Factor::All(factor) => numbers.map(|value| changed(value, *factor)),
            Factor::Each(factors) => {
                let columns = part.entries_of(factors.len() as u64);
                let columns = columns.clone().map(|n| usize::try_from(n).ok().and_then(|n| factors.get(n)).copied());
                let mut cycle = columns.flatten().collect::<Vec<_>>().into_iter().cycle();
                numbers.map_mut(|value| changed(value, cycle.next().unwrap_or(self.factor)))
            }
        }
    }
}

impl<M: Model> Model for Scaled<M> {
    inherited!(self => self.model);

    fn mesh(&self) -> Result<&Mesh> {
        self.model.mesh()
    }

    fn numbers(&self, part: &Part) -> Result<Numbers<'_>> {
        let numbers = self.model.numbers(part)?;
        match self.factor(part.data()) {
            None => Ok(numbers),
            Some(Factor::All(factor)) if factor.to_bits() == 1.0f64.to_bits() => Ok(numbers),
            Some(factor) => self.scaled(numbers, part, &factor),
        }
    }

    fn models(&self) -> Result<Vec<(String, Box<dyn Model + '_>)>> {
        let own = self.model.mesh()?;
        let mut scaled: Vec<(String, Box<dyn Model + '_>)> = Vec::new();
        for (name, model) in self.model.models()? {
            let mut group = Scaled::new(model, self.factor);
            // A change set has variables of its own: those of the same names have the same factors.
            for (&(kind, position), &factor) in &self.factors {
                let name = own.variables.get(&kind).and_then(|names| names.get(position));
                let there = name.and_then(|name| group.model.mesh().ok()?.variable_position(kind, name).ok());
                there.and_then(|position| group.factors.insert((kind, position), factor));
            }
            scaled.push((name, Box::new(group)));
        }
        Ok(scaled)
    }

    fn stored(&self, data: Data) -> Option<Stored<'_>> {
        let stored = self.model.stored(data)?;
        let transform = match (self.factor(data), stored.transform) {
            (None, transform) => transform,
            (Some(Factor::All(factor)), Transform::Identity) => super::affine(factor, 0.0),
            (Some(Factor::All(factor)), Transform::Affine { scale, offset }) => {
                super::affine(scale * factor, offset * factor)
            }
            (Some(Factor::Each(factors)), Transform::Identity) => {
                Transform::Along { axis: 1, terms: factors.into_iter().map(|factor| (factor, 0.0)).collect() }
            }
            _ => return None,
        };
        Some(Stored { transform, ..stored })
    }
}
