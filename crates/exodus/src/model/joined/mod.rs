//! Results that go on in other files.

mod fit;

use hyperslab::netcdf::Variable;
use hyperslab::{Error, Number, NumberType, Result};

use super::{Model, ModelExt, Numbers, Stored};
use crate::create::CreateOptions;
use crate::data::{describe, Data, Part};
use crate::kind::EntityType;
use crate::mesh::Mesh;

/// The steps of several models of one mesh, one after the other, as a run that was restarted leaves them. Where a model goes back
/// in time, its steps take the place of those from there on. What does not change from step to step is that of the first.
///
/// ```
/// # fn main() -> exodus_rs::Result<()> {
/// use exodus_rs::model::{Joined, Model};
/// use exodus_rs::{Data, ExodusFile};
/// # use exodus_rs::{CreateOptions, MeshBuilder};
/// # let directory = tempfile::tempdir().unwrap();
/// # let paths = [directory.path().join("out.exo"), directory.path().join("out.exo-s0002")];
/// # for (path, times) in paths.iter().zip([[0.0, 1.0, 2.0], [1.5, 2.5, 3.5]]) {
/// #     let writer = MeshBuilder::new("a point").nodes(&[[1.0]]).create(path, &CreateOptions::default())?;
/// #     times.into_iter().try_for_each(|time| writer.next_step(time).map(drop))?;
/// #     writer.finish()?;
/// # }
/// let files = paths.iter().map(ExodusFile::open).collect::<exodus_rs::Result<Vec<_>>>()?;
/// let run = Joined::new(files)?;
/// assert_eq!(run.numbers(&Data::Times.into())?.to::<f64>()?, [0.0, 1.0, 1.5, 2.5, 3.5]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Joined<M> {
    models: Vec<M>,
    /// How many steps there are before and with those of each model.
    ends: Vec<u64>,
}

impl<M: Model> Joined<M> {
    /// Puts the steps of models together.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for no models, and for models that differ in their entities, in their variables or in a
    /// number of their meshes, which is named; otherwise when their meshes or times cannot be read.
    pub fn new(models: impl IntoIterator<Item = M>) -> Result<Self> {
        let models: Vec<M> = models.into_iter().collect();
        let first = models.first().ok_or_else(|| Error::usage("no models to join"))?;
        let mut taken: Vec<Vec<f64>> = Vec::new();
        for (n, model) in models.iter().enumerate() {
            fit::check(first, model, n + 1)?;
            let times = model.times()?;
            check_times(&times, model.num_steps(), n + 1)?;
            if let Some(start) = times.first() {
                let stays = |before: &[f64]| before.iter().take_while(|&time| time < start).count();
                taken.iter_mut().for_each(|before| before.truncate(stays(before)));
            }
            taken.push(times);
        }
        let ends = taken.iter().scan(0, |end, times| {
            *end += times.len() as u64;
            Some(*end)
        });
        Ok(Joined { ends: ends.collect(), models })
    }

    fn first(&self) -> Option<&M> {
        self.models.first()
    }
}

/// Refuses a model whose steps cannot follow those of another one.
///
/// # Errors
/// [`Kind::Usage`](crate::Kind::Usage), naming what differs.
pub(crate) fn fit<M: Model>(before: &M, model: &M) -> Result<()> {
    fit::check(before, model, 2)?;
    check_times(&model.times()?, model.num_steps(), 2)
}

/// Whether each step of the `n`th model, counted from 1, has a time among others.
fn check_times(times: &[f64], steps: u64, n: usize) -> Result<()> {
    let refused = |what: String| Err(Error::usage(format!("model {n} has {what}: nobody can say where they belong")));
    match times.iter().position(|time| time.is_nan()) {
        _ if times.len() as u64 != steps => refused("steps without times".to_owned()),
        Some(step) => refused(format!("steps whose time is no number, the first is step {}", step + 1)),
        None => Ok(()),
    }
}

impl<M: Model> Model for Joined<M> {
    fn mesh(&self) -> Result<&Mesh> {
        self.first().ok_or_else(|| Error::usage("no models to join"))?.mesh()
    }

    fn shape(&self, data: Data) -> Option<Vec<u64>> {
        let mut shape = self.first()?.shape(data)?;
        if data.is_stepwise() {
            shape.first_mut().into_iter().for_each(|steps| *steps = self.num_steps());
        }
        Some(shape)
    }

    fn number_type(&self, data: Data) -> Option<NumberType> {
        self.first()?.number_type(data)
    }

    fn numbers(&self, part: &Part) -> Result<Numbers<'_>> {
        let data = part.data();
        let missing = || Error::not_found(format!("the model has no {}", describe(data)));
        if !data.is_stepwise() {
            return self.first().ok_or_else(missing)?.numbers(part);
        }
        self.mesh()?.check_part(part, &self.shape(data).ok_or_else(missing)?)?;
        let steps = part.steps_of(self.num_steps());
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let runs = self.models.iter().zip(starts.zip(&self.ends)).filter_map(|(model, (start, &end))| {
            let own = steps.start.clamp(start, end) - start..steps.end.clamp(start, end) - start;
            (!own.is_empty()).then(|| model.numbers(&part.clone().steps(own)))
        });
        Numbers::concat(self.number_type(data).ok_or_else(missing)?, runs)
    }

    fn num_steps(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    fn check_steps(&self) -> Result<()> {
        self.models.iter().try_for_each(Model::check_steps)
    }

    fn id_map(&self, kind: EntityType) -> Result<Vec<i64>> {
        self.first().ok_or_else(|| Error::usage("no models to join"))?.id_map(kind)
    }

    fn missing(&self, data: Data) -> Vec<Number> {
        self.first().map(|model| model.missing(data)).unwrap_or_default()
    }

    fn unit(&self) -> u64 {
        self.models.iter().map(Model::unit).max().unwrap_or(1)
    }

    fn stored(&self, data: Data) -> Option<Stored<'_>> {
        self.first()?.stored(data).filter(|_| !data.is_stepwise())
    }

    fn origin(&self, data: Data) -> Option<&Variable> {
        self.first()?.origin(data)
    }

    fn create_options(&self) -> CreateOptions {
        self.first().map(Model::create_options).unwrap_or_default()
    }
}
