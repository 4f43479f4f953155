//! A variable, once found.

use hyperslab::{Element, Error, NumberType, Result, Values};
use ndarray::Array2;

use super::{missing, ModelExt, Steps};
use crate::data::Data;
use crate::ids::Which;
use crate::kind::EntityType;
use crate::model::missing::Missing;
use crate::model::Model;

/// A variable of a model, found by [`ModelExt::variable`]: on the nodes, the model as a whole, or the entities of a kind.
///
/// ```
/// # fn main() -> exodus_rs::Result<()> {
/// use exodus_rs::{EntityId, EntityType, ExodusFile, ModelExt, NodeId};
/// # use exodus_rs::{CreateOptions, MeshBuilder};
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.exo");
/// # let writer = MeshBuilder::new("a bar").nodes(&[[0.0], [1.0]]).block(20, "BAR2", &[[1, 2]])
/// #     .ids(EntityType::NodeMap, &[7, 1003])
/// #     .variables(EntityType::Nodal, ["temperature"]).variables(EntityType::ElementBlock, ["stress"])
/// #     .create(&path, &CreateOptions::default())?;
/// # for time in [0.0, 1.0, 2.0] {
/// #     let step = writer.next_step(time)?;
/// #     step.put(EntityType::Nodal, 0, 0, &[0.0, 10.0 * time])?;
/// #     step.put(EntityType::ElementBlock, 0, 0, &[5.0 - time])?;
/// # }
/// # writer.finish()?;
/// let file = ExodusFile::open(&path)?;
/// let temperature = file.variable(EntityType::Nodal, "temperature")?;
/// assert_eq!(temperature.history(file.node(NodeId(1003))?)?, [0.0, 10.0, 20.0]);
/// assert_eq!(temperature.max()?, Some(20.0));
/// let stress = file.variable(EntityType::ElementBlock, "stress")?.on(EntityId(20))?;
/// assert_eq!(stress.step(2)?.into_vec(), [3.0]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Variable<'m, M: ?Sized> {
    model: &'m M,
    kind: EntityType,
    position: usize,
    entity: Option<usize>,
}

impl<M: ?Sized> Clone for Variable<'_, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: ?Sized> Copy for Variable<'_, M> {}

impl<'m, M: Model + ?Sized> Variable<'m, M> {
    pub(super) fn find(model: &'m M, kind: EntityType, which: Which<'_>) -> Result<Self> {
        let position = model.mesh()?.variable_position(kind, which)?;
        let entity = matches!(kind, EntityType::Nodal | EntityType::Global).then_some(0);
        Ok(Variable { model, kind, position, entity })
    }

    /// It on one of the entities of its kind.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is no such entity, or it does not have the variable.
    pub fn on<'w>(self, which: impl Into<Which<'w>>) -> Result<Self> {
        let entity = self.model.mesh()?.position(self.kind, which)?;
        let data = Data::Variable(self.kind, self.position, entity);
        match self.model.has(data) {
            true => Ok(Variable { entity: Some(entity), ..self }),
            false => Err(missing(self.model, data)),
        }
    }

    /// The name.
    ///
    /// # Errors
    /// As [`Model::mesh`].
    pub fn name(&self) -> Result<&'m str> {
        let names = self.model.mesh()?.variables.get(&self.kind);
        Ok(names.and_then(|names| names.get(self.position)).map_or("", String::as_str))
    }

    /// The kind of the entities that carry it.
    pub fn kind(&self) -> EntityType {
        self.kind
    }

    /// The position among the variables of its kind, counted from 0.
    pub fn position(&self) -> usize {
        self.position
    }

    /// The positions of the entities that have it.
    ///
    /// # Errors
    /// As [`Model::mesh`].
    pub fn entities(&self) -> Result<Vec<usize>> {
        let all = 0..self.model.mesh()?.count(self.kind);
        Ok(all.filter(|&entity| self.model.has(Data::Variable(self.kind, self.position, entity))).collect())
    }

    /// Its address: on the entity that was said, or on the only one that has it.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if several have it, [`Kind::NotFound`](crate::Kind::NotFound) if none has.
    pub fn data(&self) -> Result<Data> {
        let at = |entity| Data::Variable(self.kind, self.position, entity);
        if let Some(entity) = self.entity {
            return Ok(at(entity));
        }
        match self.entities()?.as_slice() {
            &[only] => Ok(at(only)),
            [] => Err(Error::not_found(format!("no {} has the variable {:?}", self.kind.label(), self.name()?))),
            several => {
                let detail = format!("the variable {:?} is on {} {}s", self.name()?, several.len(), self.kind.label());
                Err(Error::usage(format!("{detail}: say on which")))
            }
        }
    }

    /// The type of its numbers.
    ///
    /// # Errors
    /// As [`Variable::data`].
    pub fn number_type(&self) -> Result<NumberType> {
        let data = self.data()?;
        self.model.number_type(data).ok_or_else(|| missing(self.model, data))
    }

    /// The values of one step, counted from 0, borrowed where the bytes allow it.
    ///
    /// # Errors
    /// As [`Variable::data`]; [`Kind::Usage`](crate::Kind::Usage) if there is no such step; otherwise when they cannot be read.
    pub fn step(&self, step: u64) -> Result<Values<'m, f64>> {
        self.step_as(step)
    }

    /// [`Variable::step`] in another type: `f32` borrows from files of single precision.
    ///
    /// # Errors
    /// As [`Variable::step`], and if a value does not fit `T` exactly.
    pub fn step_as<T: Element>(&self, step: u64) -> Result<Values<'m, T>> {
        self.model.view(self.data()?.step(step))
    }

    /// Fills `target` with the values of one step.
    ///
    /// # Errors
    /// As [`Variable::step_as`], and if `target` has another length.
    pub fn step_into<T: Element>(&self, step: u64, target: &mut [T]) -> Result<()> {
        self.model.read_into(self.data()?.step(step), target)
    }

    /// One entry (a node, an element) through all steps; where entries have several components, those of each step lie side by side.
    ///
    /// # Errors
    /// As [`Variable::data`]; [`Kind::Usage`](crate::Kind::Usage) if there is no such entry; otherwise when it cannot be read.
    pub fn history(&self, entry: u64) -> Result<Vec<f64>> {
        let data = self.data()?;
        // A global variable is one entry.
        let part = if self.kind == EntityType::Global && entry == 0 { data.into() } else { data.entry(entry) };
        Ok(self.model.view(part)?.into_vec())
    }

    /// The steps, one after the other.
    ///
    /// # Errors
    /// As [`Variable::data`].
    pub fn steps(&self) -> Result<Steps<'m, f64, M>> {
        self.model.steps_of(self.data()?)
    }

    /// All steps as an array of steps x entries, copied; where entries have several components, those lie side by side.
    ///
    /// # Errors
    /// As [`Variable::step`].
    pub fn array(&self) -> Result<Array2<f64>> {
        let data = self.data()?;
        let values = self.model.view(data)?.into_vec();
        let rows = self.model.shape(data).and_then(|shape| shape.first().copied()).unwrap_or(0);
        let rows = usize::try_from(rows).map_err(|_| Error::limit("too many steps"))?;
        let columns = values.len().checked_div(rows).unwrap_or(0);
        Array2::from_shape_vec((rows, columns), values).map_err(|e| Error::usage(e.to_string()))
    }

    /// The smallest and the largest value of all steps, on the entity that was said or else on all that have it; `None` if there is
    /// none. What is not a number or stands for a missing one does not count.
    ///
    /// # Errors
    /// When the values cannot be read.
    pub fn range(&self) -> Result<Option<[f64; 2]>> {
        let entities = self.entity.map_or_else(|| self.entities(), |entity| Ok(vec![entity]))?;
        let mut range: Option<[f64; 2]> = None;
        for entity in entities {
            let data = Data::Variable(self.kind, self.position, entity);
            let missing = Missing::of(self.model, data);
            for step in 0..self.model.num_steps() {
                let numbers = self.model.numbers(&data.step(step))?.to_f64()?;
                let counts = |value: &f64| !value.is_nan() && !missing.has(*value);
                for value in numbers.into_iter().filter(counts) {
                    range = Some(range.map_or([value; 2], |[low, high]| [low.min(value), high.max(value)]));
                }
            }
        }
        Ok(range)
    }

    /// The smallest value of [`Variable::range`].
    ///
    /// # Errors
    /// As [`Variable::range`].
    pub fn min(&self) -> Result<Option<f64>> {
        Ok(self.range()?.map(|[low, _]| low))
    }

    /// The largest value of [`Variable::range`].
    ///
    /// # Errors
    /// As [`Variable::range`].
    pub fn max(&self) -> Result<Option<f64>> {
        Ok(self.range()?.map(|[_, high]| high))
    }
}
