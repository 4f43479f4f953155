//! Rewriting a file through the model: another container, other sizes of numbers, and everything it means.
//!
//! ```
//! # fn main() -> exodus_rs::Result<()> {
//! use std::ops::ControlFlow;
//! use exodus_rs::{copy, Container, ExodusFile, Int64};
//! # use exodus_rs::{CreateOptions, ExodusWriter, Mesh};
//! # let directory = tempfile::tempdir().unwrap();
//! # let (input, output) = (directory.path().join("in.exo"), directory.path().join("out.exo"));
//! # let writer = ExodusWriter::create(&input, &Mesh::new("a point", 3, 1), &CreateOptions::default())?;
//! # writer.put_coords(&[&[1.0], &[2.0], &[3.0]])?;
//! # writer.finish()?;
//! let file = ExodusFile::open(&input)?;
//! let mut options = copy::Options::like(&file);
//! options.create.container = Container::Cdf5;
//! options.create.int64 = Int64::ALL;
//! copy::copy(&file, &output, &options, &|_progress| ControlFlow::Continue(()))?;
//! assert_eq!(ExodusFile::open(&output)?.coord::<f64>(2, 0..1)?.into_vec(), [3.0]);
//! # Ok(())
//! # }
//! ```

mod carried;
mod numbers;

use std::cell::Cell;
use std::ops::ControlFlow;
use std::path::Path;

use hyperslab::netcdf::{Container, GroupId, Progress, Type};
use hyperslab::Result;

use crate::create::{self, CreateOptions, ExodusWriter, Int64, ModelWriter};
use crate::data::Data;
use crate::kind::EntityKind;
use crate::mesh::Mesh;
use crate::names;
use crate::read::file::ExodusFile;

/// How a file is rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How the new file is written.
    pub create: CreateOptions,
    /// Whether results are copied, not only the mesh.
    pub results: bool,
}

impl Options {
    /// The container and the sizes of numbers of a file.
    pub fn like(file: &ExodusFile) -> Self {
        Options { create: file.create_options(), results: true }
    }
}

impl ExodusFile {
    /// The options with which a file like this one is written, wide enough for the models in its groups as well; those of
    /// filters are not among them.
    pub fn create_options(&self) -> CreateOptions {
        let mut options = self.own_options();
        for (_, model) in self.models() {
            let below = model.create_options();
            options.word_size = options.word_size.max(below.word_size);
            options.int64 = options.int64.or(below.int64);
            options.large_model &= below.large_model;
        }
        options
    }

    fn own_options(&self) -> CreateOptions {
        let wide = |data: &mut dyn Iterator<Item = Data>| {
            data.filter_map(|data| self.place(data)).any(|(array, _)| array.variable().ty.size() == 8)
        };
        let each = |kind: EntityKind| {
            // A count that is out of bounds is refused when the model is gathered.
            (0..self.count(kind).unwrap_or(0)).map(move |n| (kind, n))
        };
        let mut maps = EntityKind::MAPS.into_iter().flat_map(each).map(|(kind, n)| Data::NumMap(kind, n));
        let mut id_maps = EntityKind::MAPS.into_iter().map(Data::IdMap).chain([Data::OrderMap]);
        let mut blocks = EntityKind::BLOCKS.into_iter().flat_map(each).map(|(kind, n)| Data::Connectivity(kind, n));
        let mut sets = EntityKind::SETS.into_iter().flat_map(each).map(|(kind, n)| Data::Members(kind, n));
        let lists = EntityKind::BLOCKS.into_iter().chain(EntityKind::SETS).chain(EntityKind::MAPS);
        let mut lists = lists.filter_map(|kind| self.array(kind.names()?.ids));
        CreateOptions {
            container: self.schema().container,
            word_size: if self.word_size() == 4 && !self.has_doubles() { 4 } else { 8 },
            int64: Int64 {
                maps: wide(&mut maps) || wide(&mut id_maps),
                ids: lists.any(|array| array.variable().ty.size() == 8),
                bulk: wide(&mut blocks) || wide(&mut sets),
            },
            large_model: self.array(names::COORD).is_none() && self.array(names::VALS_NOD_VAR).is_none(),
            ..CreateOptions::default()
        }
    }
}

impl ExodusFile {
    /// Whether any number of the model is of double precision; some writers mix, and nothing must be lost.
    fn has_doubles(&self) -> bool {
        let own = self.schema().variables.iter().filter(|variable| variable.group == self.group_id());
        let known = |name: &str| names::is_result(name) || names::is_superseded(name) || name == names::TIME_WHOLE;
        own.into_iter().any(|variable| variable.ty == Type::Double && known(&variable.name))
    }
}

/// Writes a file again: everything that the model knows, and the variables and attributes that it does not know as they
/// are. Needs memory for a few million numbers, whatever the size of the file. Returns the size of the new file, or
/// `None` when `progress` broke it off, which leaves nothing behind.
///
/// # Errors
/// What is wrong with the input, or what [`ExodusWriter::create`] and [`ModelWriter::put`] refuse. Then there is no
/// output.
pub fn copy(
    file: &ExodusFile,
    path: impl AsRef<Path>,
    options: &Options,
    progress: &dyn Fn(Progress) -> ControlFlow<()>,
) -> Result<Option<u64>> {
    file.netcdf().check_records(if options.results { file.num_steps() } else { 0 })?;
    let mut mesh = file.mesh()?;
    if !options.results {
        drop_results(&mut mesh);
    }
    let mut schema = create::schema(&mesh, &options.create)?;
    let mut carried = vec![carried::declare(file, &mut schema, GroupId::ROOT, options)?];
    let mut groups = Vec::new();
    for (n, (name, mesh)) in mesh.groups.iter().enumerate() {
        let group = file.group(name)?;
        carried.push(carried::declare(&group, &mut schema, GroupId(n + 1), options)?);
        groups.push((name, group, mesh));
    }
    schema.fit_chunks();
    let total = groups.iter().map(|(_, group, mesh)| bytes(group, mesh)).sum::<u64>() + bytes(file, &mesh);
    let writer = ExodusWriter::with_schema(path, &mesh, schema, &options.create)?;
    let work = Work { done: Cell::new(0), total, results: options.results, progress };
    let mut flow = work.model(file, &writer, &mesh)?;
    for (name, group, mesh) in &groups {
        if flow.is_continue() {
            flow = work.model(group, writer.group(name)?, mesh)?;
        }
    }
    if flow.is_break() {
        return Ok(None);
    }
    carried.iter().try_for_each(|carried| carried.copy(file, &writer))?;
    writer.finish().map(Some)
}

/// Copies all numbers of a model that do not change from step to step.
pub(crate) fn copy_static(file: &ExodusFile, writer: &ModelWriter, mesh: &Mesh) -> Result<()> {
    mesh.static_data().into_iter().try_for_each(|data| numbers::copy(file, writer, data, None).map(|_| ()))
}

/// Leaves what does not change from step to step.
pub(crate) fn drop_results(mesh: &mut Mesh) {
    mesh.variables.clear();
    mesh.reductions.clear();
    mesh.truth_tables.clear();
    mesh.absent.clear();
    mesh.groups.iter_mut().for_each(|(_, mesh)| drop_results(mesh));
}

/// The bytes of all numbers of a model.
fn bytes(file: &ExodusFile, mesh: &Mesh) -> u64 {
    let data = mesh.static_data().into_iter().chain(mesh.stepwise_data());
    let sizes =
        data.filter_map(|data| hyperslab::bytes(&file.shape(data)?, file.place(data)?.0.variable().ty.size()).ok());
    sizes.fold(0, u64::saturating_add)
}

/// A copy under way.
struct Work<'p> {
    done: Cell<u64>,
    total: u64,
    results: bool,
    progress: &'p dyn Fn(Progress) -> ControlFlow<()>,
}

impl Work<'_> {
    /// Copies all numbers of one model.
    fn model(&self, file: &ExodusFile, writer: &ModelWriter, mesh: &Mesh) -> Result<ControlFlow<()>> {
        for data in mesh.static_data() {
            if self.array(file, writer, data, None)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        let steps = if self.results { file.num_steps() } else { 0 };
        let stepwise = mesh.stepwise_data();
        for step in 0..steps {
            for &data in &stepwise {
                if self.array(file, writer, data, Some(step))?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn array(&self, file: &ExodusFile, writer: &ModelWriter, data: Data, step: Option<u64>) -> Result<ControlFlow<()>> {
        let copied = numbers::copy(file, writer, data, step)?;
        self.done.set(self.done.get().saturating_add(copied));
        let now = Progress { bytes: self.done.get(), total_bytes: self.total, row: step.unwrap_or(0) };
        Ok((self.progress)(now))
    }
}

/// The container in which a copy is possible, for those who ask for one.
pub fn containers(options: &CreateOptions) -> Vec<Container> {
    let wide = options.int64 != Int64::NONE;
    let all = [Container::Cdf1, Container::Cdf2, Container::Cdf5, Container::NetCdf4Classic, Container::NetCdf4];
    all.into_iter().filter(|container| !wide || matches!(container, Container::Cdf5 | Container::NetCdf4)).collect()
}
