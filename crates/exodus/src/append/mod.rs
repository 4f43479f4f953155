//! Going on with a file that is there: its steps become more.

use std::ops::{ControlFlow, Deref};
use std::path::Path;
use std::sync::Arc;

use hyperslab::netcdf::{Finished, Writer};
use hyperslab::{Context, Error, Result};

use crate::create::ModelWriter;
use crate::data::Data;
use crate::model::{joined, Model, ModelExt};
use crate::read::file::ExodusFile;

/// When what was put becomes part of the file, durably: a crash costs no more than what came after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SyncPolicy {
    /// When the file is closed, or [`ExodusAppender::publish`] is called.
    #[default]
    OnClose,
    /// With every so many complete steps.
    EveryN(u64),
    /// With every complete step.
    Always,
}

/// A file to which steps are appended, where it is. Readers see the steps that were published, whole, and never a part of
/// one; so does whoever opens the file after a crash.
///
/// What it is asked to put goes into the model of the file itself; those in its groups are reached by
/// [`ExodusAppender::group`].
///
/// ```
/// # fn main() -> exodus_rs::Result<()> {
/// use exodus_rs::prelude::*;
/// use exodus_rs::{Container, CreateOptions, ExodusAppender, MeshBuilder, SyncPolicy};
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("a.exo");
/// # let options = CreateOptions { container: Container::Cdf2, ..CreateOptions::default() };
/// # let writer = MeshBuilder::new("a point").nodes(&[[1.0]]).variables(EntityType::Nodal, ["u"]).create(&path, &options)?;
/// # writer.next_step(0.0)?.put_nodal("u", &[4.0])?;
/// # writer.finish()?;
/// let file = ExodusAppender::open_with(&path, SyncPolicy::EveryN(10))?;
/// for n in 1..30 {
///     file.next_step(f64::from(n))?.put_nodal("u", &[4.0])?;
/// }
/// file.finish()?;
/// assert_eq!(ExodusFile::open(&path)?.num_steps(), 30);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ExodusAppender {
    /// The file as it was when it was opened.
    before: ExodusFile,
    root: ModelWriter,
    groups: Vec<(String, ModelWriter)>,
}

impl Deref for ExodusAppender {
    type Target = ModelWriter;

    fn deref(&self) -> &ModelWriter {
        &self.root
    }
}

impl ExodusAppender {
    /// Opens a file to append to it, and locks it against other writers; what is put is published when it is closed. Steps of a
    /// classic file that were written and not counted are written over: [`hyperslab::recover::uncounted_records`] tells of them.
    ///
    /// # Errors
    /// As [`ExodusFile::open`]; [`Kind::Io`](crate::Kind::Io) if another program writes to it;
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for an HDF5 file that cannot be changed where it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Self::open_with(path, SyncPolicy::default())
    }

    /// Opens a file, as [`ExodusAppender::open`] does, and says when what is put is published.
    ///
    /// # Errors
    /// As [`ExodusAppender::open`]; [`Kind::Usage`](crate::Kind::Usage) for every 0 steps.
    pub fn open_with(path: impl AsRef<Path>, policy: SyncPolicy) -> Result<Self> {
        let every = match policy {
            SyncPolicy::OnClose => None,
            SyncPolicy::Always => Some(1),
            SyncPolicy::EveryN(0) => return Err(Error::usage("publishing with every 0 steps")),
            SyncPolicy::EveryN(steps) => Some(steps),
        };
        // Nobody else changes it after this.
        let writer = Arc::new(Writer::append(&path)?);
        let file = ExodusFile::open(&path)?;
        let going_on = |model: &ExodusFile| -> Result<ModelWriter> {
            Ok(ModelWriter::going_on(&writer, model.group_id(), model.mesh()?, model.num_steps(), every))
        };
        let groups = file.models().map(|(name, model)| Ok((name.to_owned(), going_on(&model)?)));
        let groups = groups.collect::<Result<_>>()?;
        Ok(ExodusAppender { root: going_on(&file)?, groups, before: file })
    }

    /// The writer of the model in a group.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::Kind::NotFound) if there is no such group.
    pub fn group(&self, name: &str) -> Result<&ModelWriter> {
        let found = self.groups.iter().find(|(group, _)| group == name).map(|(_, writer)| writer);
        found.ok_or_else(|| Error::not_found(format!("the file has no group {name}")))
    }

    /// The number of steps that the file had when it was opened.
    pub fn num_steps(&self) -> u64 {
        self.before.num_steps()
    }

    /// The last time that the file had when it was opened and the first one of another model, if that is not later: readers expect
    /// times that increase.
    ///
    /// # Errors
    /// When times cannot be read.
    pub fn out_of_order(&self, model: &dyn Model) -> Result<Option<[f64; 2]>> {
        let ends = self.before.times()?.last().copied().zip(model.times()?.first().copied());
        Ok(ends.filter(|(last, first)| first <= last).map(|(last, first)| [last, first]))
    }

    /// Appends the steps of another model of the same mesh, with the times that they have there; returns how many. Numbers are
    /// rounded to the precision of the file.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a model of another mesh or with other variables, of which the first is named, or
    /// whose steps have no times; what is wrong with the model; otherwise as [`ModelWriter::put`]. The steps before stay.
    pub fn append(&self, model: &dyn Model) -> Result<u64> {
        self.append_while(model, &|| ControlFlow::Continue(())).map(|done| done.continue_value().unwrap_or(0))
    }

    /// Appends the steps of another model, as [`ExodusAppender::append`] does, and breaks where `go_on`, which is asked before every
    /// array, breaks. What was put since the last publication is gone then when this is dropped.
    ///
    /// # Errors
    /// As [`ExodusAppender::append`].
    pub fn append_while(&self, model: &dyn Model, go_on: &dyn Fn() -> ControlFlow<()>) -> Result<ControlFlow<(), u64>> {
        let (mesh, times) = (model.mesh()?, model.times()?);
        joined::fit(&(&self.before as &dyn Model), &model)?;
        let results = mesh.stepwise_data().into_iter().filter(|&data| data != Data::Times);
        let there = |&data: &Data| model.number_type(data).is_some();
        let (there, absent): (Vec<Data>, Vec<Data>) = results.partition(there);
        let unlike = there.iter().find(|&&data| !self.has(data)).or(absent.iter().find(|&&data| self.has(data)));
        if let Some(&data) = unlike {
            return Err(Error::usage(format!("only one of the models has {}", mesh.describe(data))));
        }
        for (step, time) in (0..).zip(&times) {
            let next = self.next_step(*time)?;
            for data in &there {
                if go_on().is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                self.put_numbers(data.step(next.step()), &model.numbers(&data.step(step))?)?;
            }
        }
        Ok(ControlFlow::Continue(times.len() as u64))
    }

    /// Makes the steps that are complete part of the file: durable, and visible to all readers.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a step that is not complete, [`Kind::Io`](crate::Kind::Io); then the file has the
    /// steps that were published last.
    pub fn publish(&self) -> Result<()> {
        self.check_complete()?;
        self.root.netcdf().publish()
    }

    fn check_complete(&self) -> Result<()> {
        self.root.check_complete()?;
        self.groups.iter().try_for_each(|(name, group)| group.check_complete().in_object(&format!("/{name}")))
    }

    /// Publishes what was put and closes the file; says how large it is, and how much of that is not used any more.
    ///
    /// # Errors
    /// As [`ExodusAppender::publish`].
    pub fn finish(self) -> Result<Finished> {
        self.check_complete()?;
        let ExodusAppender { root, groups, .. } = self;
        drop(groups);
        // The writers of the groups are gone, and nobody else has one.
        Arc::try_unwrap(root.into_netcdf()).map_err(|_| Error::usage("the file is still being written"))?.close()
    }
}
