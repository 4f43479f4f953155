//! Writing any model into a file: streamed, on all cores, complete or not at all.

mod carried;
mod columns;
mod components;
mod plan;

use std::ops::ControlFlow;
use std::path::Path;

use hyperslab::netcdf::{GroupId, Progress, Transfer};
use hyperslab::Result;

use super::Model;
use crate::create::{self, CreateOptions, ExodusWriter};
use crate::mesh::Mesh;
use crate::names;
use plan::Plan;

/// How a model is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteOptions {
    /// How the new file is written.
    pub create: CreateOptions,
    /// Whether results are written, not only the mesh.
    pub results: bool,
    /// The number of threads; as many as there are cores if nothing is said.
    pub threads: Option<usize>,
}

impl WriteOptions {
    /// The container and the sizes of numbers of what the model is made of.
    pub fn like(model: &dyn Model) -> Self {
        model.create_options().into()
    }
}

impl From<CreateOptions> for WriteOptions {
    fn from(create: CreateOptions) -> Self {
        WriteOptions { create, results: true, threads: None }
    }
}

/// Writes a model into a new file; returns its size. Needs memory for a few million numbers, whatever the size of the model.
///
/// Everything that the model knows is written in the newest layout; what [its file](Model::file) has beside it comes along:
/// variables and attributes of other programs as they are, and filters, if the options ask for no others. Arrays that the model
/// does not have are not in the file.
///
/// # Errors
/// What is wrong with the model, or what [`ExodusWriter::create`] and [`ModelWriter::put`](crate::ModelWriter::put) refuse.
/// Then there is no file.
pub fn write(model: &dyn Model, path: impl AsRef<Path>, options: &WriteOptions) -> Result<u64> {
    let size = write_with(model, path, options, &|_| ControlFlow::Continue(()))?;
    Ok(size.unwrap_or_default())
}

/// [`write()`] that tells how far it is; `None` when `progress` broke it off, which leaves nothing behind.
///
/// # Errors
/// As [`write()`].
pub fn write_with(
    model: &dyn Model,
    path: impl AsRef<Path>,
    options: &WriteOptions,
    progress: &(dyn Fn(Progress) -> ControlFlow<()> + Sync),
) -> Result<Option<u64>> {
    let mut mesh = model.mesh()?.clone();
    match options.results {
        true => model.check_steps()?,
        false => drop_results(&mut mesh),
    }
    let groups = model.models()?;
    let mut options = *options;
    // Vectors have no place where all nodal results share one variable.
    options.create.large_model |= components::are_anywhere(model, &groups)?;
    let own = [(GroupId::ROOT, model, &mesh)];
    let below = mesh.groups.iter().enumerate().filter_map(|(n, (name, mesh))| {
        let (_, group) = groups.iter().find(|(group, _)| group == name)?;
        Some((GroupId(n + 1), &**group, mesh))
    });
    let mut schema = create::schema(&mesh, &options.create)?;
    let all: Vec<_> = own.into_iter().chain(below).collect();
    all.iter().for_each(|&(group, model, mesh)| plan::drop_absent(&mut schema, group, model, mesh));
    let mut plan = Plan::default();
    for (group, model, mesh) in all {
        plan.add(&mut schema, group, (model, mesh), &options)?;
    }
    schema.fit_chunks();
    let writer = ExodusWriter::with_schema(path, &mesh, schema, &options.create)?;
    let threads = options.threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
    let transfer = Transfer::new(writer.netcdf()).threads(threads).rounded();
    let flow = plan.jobs().fold(transfer, Transfer::job).run(progress)?;
    match flow {
        ControlFlow::Continue(()) => writer.finish().map(Some),
        ControlFlow::Break(()) => Ok(None),
    }
}

/// Leaves what does not change from step to step.
pub(crate) fn drop_results(mesh: &mut Mesh) {
    mesh.variables.clear();
    mesh.reductions.clear();
    mesh.truth_tables.clear();
    mesh.absent.clear();
    mesh.groups.iter_mut().for_each(|(_, mesh)| drop_results(mesh));
}

/// Whether an array belongs to the results.
fn is_of_results(variable: &str) -> bool {
    names::is_result(variable) || variable == names::TIME_WHOLE
}
