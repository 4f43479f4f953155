//! What is to be kept.

use std::collections::BTreeMap;
use std::ops::{Bound, RangeBounds};

use hyperslab::{Error, Result};

use super::{Steps, Subset};
use crate::ids::Which;
use crate::kind::EntityType;
use crate::model::Model;

/// What of a model is to be kept: all, but for what is said. [`Keep::build`] makes the [`Subset`].
#[derive(Debug, Clone)]
#[must_use]
pub struct Keep<M> {
    pub(super) model: M,
    pub(super) entities: BTreeMap<EntityType, Vec<usize>>,
    pub(super) variables: BTreeMap<EntityType, Vec<usize>>,
    pub(super) steps: (Bound<u64>, Bound<u64>),
    pub(super) stride: u64,
}

impl<M: Model> Keep<M> {
    pub(super) fn new(model: M) -> Self {
        let steps = (Bound::Unbounded, Bound::Unbounded);
        Keep { model, entities: BTreeMap::new(), variables: BTreeMap::new(), steps, stride: 1 }
    }

    /// Keeps some element blocks, in the order of the model; of several of one name or identifier the first.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is no such block.
    pub fn blocks<'w, W: Into<Which<'w>>>(self, which: impl IntoIterator<Item = W>) -> Result<Self> {
        self.entities(EntityType::ElementBlock, which)
    }

    /// Keeps some entities of a kind, in the order of the model.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is no such entity; [`Kind::Usage`](crate::Kind::Usage) for the nodes
    /// and the model as a whole.
    pub fn entities<'w, W: Into<Which<'w>>>(
        mut self,
        kind: EntityType,
        which: impl IntoIterator<Item = W>,
    ) -> Result<Self> {
        kind.must_be_listed()?;
        let mesh = self.model.mesh()?;
        let mut kept = which.into_iter().map(|which| mesh.position(kind, which)).collect::<Result<Vec<_>>>()?;
        kept.sort_unstable();
        kept.dedup();
        self.entities.insert(kind, kept);
        Ok(self)
    }

    /// Keeps some variables of a kind, in the order of the model.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is no such variable.
    pub fn variables<'w, W: Into<Which<'w>>>(
        mut self,
        kind: EntityType,
        which: impl IntoIterator<Item = W>,
    ) -> Result<Self> {
        let mesh = self.model.mesh()?;
        let mut kept =
            which.into_iter().map(|which| mesh.variable_position(kind, which)).collect::<Result<Vec<_>>>()?;
        kept.sort_unstable();
        kept.dedup();
        self.variables.insert(kind, kept);
        Ok(self)
    }

    /// Keeps a range of steps, counted from 0.
    pub fn steps(mut self, steps: impl RangeBounds<u64>) -> Self {
        self.steps = (steps.start_bound().cloned(), steps.end_bound().cloned());
        self
    }

    /// Keeps every n-th step of the range.
    pub fn every(mut self, stride: u64) -> Self {
        self.stride = stride;
        self
    }

    /// The part of the model. Reads which nodes the kept blocks have, and what of the sets lies on them.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for steps that the model does not have, and for nodes and elements that are not
    /// there; [`Kind::Unsupported`](crate::Kind::Unsupported) for some blocks of a model with edges or faces of their own, or with models in groups;
    /// otherwise when the model cannot be read.
    pub fn build(self) -> Result<Subset<M>> {
        let steps = self.chosen_steps()?;
        super::build::build(self, steps)
    }

    fn chosen_steps(&self) -> Result<Steps> {
        let all = self.model.num_steps();
        let first = match self.steps.0 {
            Bound::Included(first) => first,
            Bound::Excluded(before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        let end = match self.steps.1 {
            Bound::Included(last) => last.saturating_add(1),
            Bound::Excluded(end) => end,
            Bound::Unbounded => all,
        };
        if first > end || end > all || self.stride == 0 {
            let steps = format!("steps {first}..{end}, counted from 0: the model has {all}");
            return Err(Error::usage(match self.stride {
                0 => "a stride of no steps".to_owned(),
                1 => steps,
                stride => format!("every {stride} of the {steps}"),
            }));
        }
        let is_open = self.steps.1 == Bound::Unbounded;
        Ok(Steps { first, stride: self.stride, count: (end - first).div_ceil(self.stride), is_open })
    }
}
