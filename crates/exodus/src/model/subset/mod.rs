//! A part of a model.

mod build;
mod chosen;
mod keep;
mod numbers;

use std::collections::BTreeMap;

use hyperslab::netcdf::Variable;
use hyperslab::{Number, NumberType, Result};

use super::{Model, Numbers, Stored};
use crate::create::CreateOptions;
use crate::data::{Data, Part};
use crate::kind::EntityType;
use crate::mesh::Mesh;
use crate::topology::ElementNumbers;
use chosen::Chosen;
pub use keep::Keep;

/// Some of the blocks, sets, variables and steps of a model. Where some element blocks are kept, so are the nodes that they
/// need, and of sets what lies on them; nodes and elements are numbered anew, and keep their identifiers.
///
/// ```
/// # fn main() -> exodus_rs::Result<()> {
/// use exodus_rs::model::{write, Subset, WriteOptions};
/// use exodus_rs::{EntityId, EntityType, ExodusFile};
/// # use exodus_rs::{CreateOptions, MeshBuilder};
/// # let directory = tempfile::tempdir().unwrap();
/// # let (input, output) = (directory.path().join("in.exo"), directory.path().join("out.exo"));
/// # MeshBuilder::new("two bars").nodes(&[[0.0], [1.0], [2.0]]).block(10, "BAR2", &[[1, 2]]).block(20, "BAR2", &[[2, 3]])
/// #     .create(&input, &CreateOptions::default())?.finish()?;
/// let file = ExodusFile::open(&input)?;
/// let part = Subset::of(&file).blocks([EntityId(20)])?.build()?;
/// write(&part, &output, &WriteOptions::like(&part))?;
/// let file = ExodusFile::open(&output)?;
/// assert_eq!(file.init_params().num_nodes, 2);
/// assert_eq!(file.id_map(EntityType::NodeMap)?, [2, 3]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Subset<M> {
    model: M,
    mesh: Mesh,
    steps: Steps,
    /// For the entities of this model those of the other one, where not all are kept.
    entities: BTreeMap<EntityType, Vec<usize>>,
    /// For the variables of this model those of the other one, where not all are kept.
    variables: BTreeMap<EntityType, Vec<usize>>,
    /// What is numbered anew, if only some element blocks are kept.
    numbering: Option<Numbering>,
}

/// Steps of another model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Steps {
    first: u64,
    stride: u64,
    count: u64,
    /// Whether they are all from the first on, however many there are.
    is_open: bool,
}

impl Steps {
    /// The step of the other model.
    fn inner(self, step: u64) -> u64 {
        self.first.saturating_add(step.saturating_mul(self.stride))
    }
}

/// Nodes, elements and the entries of sets, of this model and of the other one.
#[derive(Debug, Clone)]
struct Numbering {
    nodes: Chosen,
    /// The elements of the other model and of this one.
    elements: [ElementNumbers; 2],
    /// For the element blocks of the other model those of this one.
    blocks: Vec<Option<usize>>,
    /// For each set of this model the positions of entries and of factors that are kept.
    sets: BTreeMap<(EntityType, usize), SetRows>,
}

/// What is kept of a set.
#[derive(Debug, Clone, Default)]
struct SetRows {
    entries: Vec<usize>,
    factors: Vec<usize>,
}

impl Numbering {
    /// The number of a node, counted from 1.
    fn node(&self, number: i64) -> Option<i64> {
        let place = self.nodes.place(u64::try_from(number).ok()?.checked_sub(1)?)?;
        i64::try_from(place + 1).ok()
    }

    /// The number of an element, counted from 1.
    fn element(&self, number: i64) -> Option<i64> {
        let [inner, own] = &self.elements;
        let (block, element) = inner.find(number)?;
        own.number((*self.blocks.get(block)?)?, element)
    }
}

impl<M: Model> Subset<M> {
    /// Starts with all of a model.
    pub fn of(model: M) -> Keep<M> {
        Keep::new(model)
    }

    /// The entity of the other model.
    fn entity(&self, kind: EntityType, entity: usize) -> Option<usize> {
        self.entities.get(&kind).map_or(Some(entity), |kept| kept.get(entity).copied())
    }

    /// The variable of the other model.
    fn variable(&self, kind: EntityType, variable: usize) -> Option<usize> {
        self.variables.get(&kind).map_or(Some(variable), |kept| kept.get(variable).copied())
    }
}

impl<M: Model> Model for Subset<M> {
    fn mesh(&self) -> Result<&Mesh> {
        Ok(&self.mesh)
    }

    fn shape(&self, data: Data) -> Option<Vec<u64>> {
        let source = self.source(data)?;
        let made_up = || self.entries(&source.rows).filter(|_| source.is_counted()).map(|len| vec![len]);
        let mut shape = self.model.shape(source.data).or_else(made_up)?;
        let mut axes = shape.iter_mut();
        if data.is_stepwise() {
            axes.next().into_iter().for_each(|steps| *steps = self.steps.count);
        }
        let entries = self.entries(&source.rows);
        axes.next().zip(entries).into_iter().for_each(|(length, kept)| *length = kept);
        Some(shape)
    }

    fn number_type(&self, data: Data) -> Option<NumberType> {
        let source = self.source(data)?;
        self.model.number_type(source.data).or_else(|| source.is_counted().then_some(NumberType::I64))
    }

    fn numbers(&self, part: &Part) -> Result<Numbers<'_>> {
        self.read(part)
    }

    fn num_steps(&self) -> u64 {
        self.steps.count
    }

    fn check_steps(&self) -> Result<()> {
        // Nothing is missing to steps that have a last one.
        if self.steps.is_open {
            self.model.check_steps()
        } else {
            Ok(())
        }
    }

    fn id_map(&self, kind: EntityType) -> Result<Vec<i64>> {
        match self.number_type(Data::IdMap(kind)) {
            Some(_) => self.numbers(&Data::IdMap(kind).into())?.to(),
            None => self.model.id_map(kind),
        }
    }

    fn missing(&self, data: Data) -> Vec<Number> {
        self.source(data).map(|source| self.model.missing(source.data)).unwrap_or_default()
    }

    fn unit(&self) -> u64 {
        self.model.unit()
    }

    fn stored(&self, data: Data) -> Option<Stored<'_>> {
        let source = self.source(data).filter(|source| source.is_plain())?;
        let stored = self.model.stored(source.data)?;
        let Steps { first, stride, count, .. } = self.steps;
        let all = first == 0 && stride == 1 && count == self.model.num_steps();
        match (data.is_stepwise() && !all, stored.rows) {
            (false, _) => Some(stored),
            (true, None) => Some(Stored { rows: Some((first, stride)), ..stored }),
            (true, Some((start, distance))) => {
                let rows = (start.checked_add(first.checked_mul(distance)?)?, stride.checked_mul(distance)?);
                Some(Stored { rows: Some(rows), ..stored })
            }
        }
    }

    fn origin(&self, data: Data) -> Option<&Variable> {
        self.source(data).and_then(|source| self.model.origin(source.data))
    }

    fn create_options(&self) -> CreateOptions {
        self.model.create_options()
    }
}
