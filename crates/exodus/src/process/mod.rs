//! The main job: transform the mesh, scale the results, write a new file, in memory that does not grow with the file.
//!
//! ```
//! # fn main() -> exodus_rs::Result<()> {
//! use std::ops::ControlFlow;
//! use exodus_rs::prelude::*;
//! use exodus_rs::process::{Options, Plan};
//! use exodus_rs::ExodusFile;
//! # use exodus_rs::{CreateOptions, EntityType, ExodusWriter, Mesh};
//! # let directory = tempfile::tempdir().unwrap();
//! # let (input, output) = (directory.path().join("in.exo"), directory.path().join("out.exo"));
//! # let mut mesh = Mesh::new("a point", 3, 1);
//! # mesh.set_variables(EntityType::Nodal, ["u"]);
//! # let writer = ExodusWriter::create(&input, &mesh, &CreateOptions::default())?;
//! # writer.put_coords(&[&[1.0], &[2.0], &[3.0]])?;
//! # writer.put_time(0, 0.0)?;
//! # writer.put_var(0, EntityType::Nodal, 0, 0, &[4.0])?;
//! # writer.finish()?;
//!
//! let file = ExodusFile::open(&input)?;
//! let options = Options { scale: 1.5, translate: [0.0, 0.0, 1.0], ..Options::default() };
//! let run = Plan::new(&file, &options)?.start(&output)?;
//! let done = run.run(&|_progress| ControlFlow::Continue(()))?;
//! assert!(done.is_some());
//!
//! let file = ExodusFile::open(&output)?;
//! assert_eq!(file.coord::<f64>(2, 0..1)?.into_vec(), [4.0]);
//! assert_eq!(file.var(0, EntityType::Nodal, 0, 0)?.into_vec(), [6.0]);
//! # Ok(())
//! # }
//! ```

mod known;
mod resolved;
mod schema;
mod space;
mod steps;
mod times;
mod transforms;

use std::ops::ControlFlow;
use std::path::Path;

use hyperslab::netcdf::{Container, Job, Origin, Progress, Schema, Transfer, Transform, VariableId, Writer};
use hyperslab::{Error, Result};

use crate::conventions;
use crate::names;
use crate::read::file::ExodusFile;

use known::known;
use resolved::Resolved;
pub use schema::SMALL;
use space::Space;
pub use steps::{StepRange, Steps};
pub use times::TimeRange;

/// What to do with a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The factor of every result value.
    pub scale: f64,
    /// The factors of x, y and z.
    pub coord_scale: [f64; 3],
    /// What is added to x, y and z after scaling.
    pub translate: [f64; 3],
    /// Factors of single variables, by name, in place of `scale`.
    pub fields: Vec<(String, f64)>,
    /// Which steps to take.
    pub steps: Steps,
    /// The container of the output; the input's if nothing is said.
    pub container: Option<Container>,
    /// The level of deflate compression: 0 for none; the input's if nothing is said.
    pub deflate: Option<u8>,
    /// Whether bytes of equal significance are brought together before compression.
    pub shuffle: bool,
    /// The number of threads; as many as there are cores if nothing is said.
    pub threads: Option<usize>,
    /// Whether an existing file is replaced.
    pub overwrite: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            scale: 1.0,
            coord_scale: [1.0; 3],
            translate: [0.0; 3],
            fields: Vec::new(),
            steps: Steps::default(),
            container: None,
            deflate: None,
            shuffle: false,
            threads: None,
            overwrite: false,
        }
    }
}

/// What will be done: everything is checked, nothing is written.
#[derive(Debug)]
pub struct Plan<'f> {
    file: &'f ExodusFile,
    schema: Schema,
    jobs: Vec<Job<'f>>,
    threads: usize,
    overwrite: bool,
    summary: Summary,
}

/// A plan in numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The container of the output.
    pub container: Container,
    /// Steps of the output, those of the models in its groups included.
    pub steps: u64,
    /// Steps of the input, counted in the same way.
    pub input_steps: u64,
    /// The models that have steps, and none of those that were asked for: the paths of their groups.
    pub without_steps: Vec<String>,
    /// Variables whose values change.
    pub changed: usize,
    /// Variables of these that are packed: their `scale_factor` and `add_offset` change, and their stored numbers do not.
    pub packed: usize,
    /// Variables that are copied.
    pub copied: usize,
    /// Bytes of all values of the output, before compression.
    pub bytes: u64,
    /// Whether any variable of the output is compressed.
    pub compressed: bool,
    /// Variables that stay uncompressed although compression was asked for: those of fewer than [`SMALL`] bytes, those of
    /// other things than numbers, and the times.
    pub plain: usize,
    /// Variables of the input whose filters would round their values again; the output has deflate in their place, or what
    /// was asked for.
    pub unrounded: Vec<String>,
    /// The dimensions of the mesh; of several models, of the one that has most.
    pub num_dim: u64,
    /// Whether the coordinates of any model are mirrored, which turns elements inside out: their nodes stay in the order they are in.
    pub mirrored: bool,
    /// The number of coordinate frames, which stay where they are when the nodes move.
    pub unmoved_frames: u64,
    /// The number of threads.
    pub threads: usize,
}

impl<'f> Plan<'f> {
    /// Plans the work.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for options that make no sense or name what is not there,
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for what the container cannot hold.
    pub fn new(file: &'f ExodusFile, options: &Options) -> Result<Self> {
        check(options)?;
        let (input, variables) = schema::input(file)?;
        let steps = steps::chosen(file, (&input, &variables), &options.steps)?;
        file.netcdf().check_records(steps.iter().flatten().map(Resolved::end).max().unwrap_or(0))?;
        let mut schema = schema::output(&input, options, &steps)?;
        let mut transforms = transforms::of(file, options)?;
        let (mut changed, mut packed) = (0, 0);
        let mut jobs = Vec::with_capacity(variables.len());
        for (n, from) in variables.into_iter().enumerate() {
            let to = VariableId(n);
            let by_step = input.variable(to)?.dimensions.first().and_then(|&d| Some((d, (*steps.get(d.0)?)?)));
            let rows = by_step.filter(|(d, steps)| input.dimension(*d).is_ok_and(|d| !steps.is_all(d.length)));
            let rows = rows.map(|(_, steps)| (steps.first, steps.stride));
            let transform = transforms.remove(&from).unwrap_or_default();
            let changes = transform != Transform::Identity;
            let transform = conventions::apply(&mut schema, to, transform).map_err(|error| known(file, error))?;
            changed += usize::from(changes);
            packed += usize::from(changes && transform == Transform::Identity);
            transforms::check_precision(&schema, to, &transform).map_err(|error| known(file, error))?;
            let from = Origin::Stored { array: file.netcdf().array(from)?, rows };
            jobs.push(Job { from, to, transform });
        }
        let threads =
            options.threads.or_else(|| std::thread::available_parallelism().ok().map(usize::from)).unwrap_or(1);
        let plain = schema::plain(&schema, options);
        let unrounded = schema::unrounded(&input, &schema);
        let taken = steps.iter().flatten().map(|steps| steps.count).sum();
        let counted = input.dimensions.iter().zip(&steps).filter(|(_, steps)| steps.is_some());
        let input_steps = counted.map(|(dimension, _)| dimension.length).sum();
        let moves = options.coord_scale != [1.0; 3] || options.translate != [0.0; 3];
        let Space { num_dim, mirrored, frames } = Space::of(file, options);
        let summary = Summary {
            packed,
            unrounded,
            plain,
            num_dim,
            mirrored,
            unmoved_frames: if moves { frames } else { 0 },
            input_steps,
            without_steps: steps::left_out(&input, &steps),
            ..summary(&schema, changed, taken, threads)?
        };
        Ok(Plan { file, schema, jobs, threads, overwrite: options.overwrite, summary })
    }

    /// The plan in numbers.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Starts the output, which stays invisible until the run is complete.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the output exists and may not be replaced,
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) if the container cannot hold it, [`Kind::Io`](crate::Kind::Io).
    pub fn start(self, path: impl AsRef<Path>) -> Result<Run<'f>> {
        let writer = Writer::create(path, self.schema, self.overwrite)?;
        Ok(Run { file: self.file, writer, jobs: self.jobs, threads: self.threads })
    }
}

/// A plan whose output is open.
#[derive(Debug)]
pub struct Run<'f> {
    file: &'f ExodusFile,
    writer: Writer,
    jobs: Vec<Job<'f>>,
    threads: usize,
}

impl Run<'_> {
    /// An upper bound of the memory that the buffers will need, in bytes.
    ///
    /// # Errors
    /// When the jobs do not fit the output.
    pub fn memory(&self) -> Result<u64> {
        self.transfer().memory()
    }

    /// Does the work and completes the output; returns its size, or `None` when `progress` broke it off, which leaves
    /// nothing behind.
    ///
    /// # Errors
    /// What is wrong with the input, [`Kind::Io`](crate::Kind::Io), or [`Kind::Usage`](crate::Kind::Usage) for a value that
    /// does not fit the type of the output. Then there is no output.
    pub fn run(self, progress: &(dyn Fn(Progress) -> ControlFlow<()> + Sync)) -> Result<Option<u64>> {
        let flow = self.transfer().run(progress).map_err(|error| known(self.file, error))?;
        match flow {
            ControlFlow::Continue(()) => self.writer.finish().map(Some),
            ControlFlow::Break(()) => Ok(None),
        }
    }

    fn transfer(&self) -> Transfer<'_> {
        let transfer = Transfer::new(&self.writer).threads(self.threads);
        self.jobs.iter().cloned().fold(transfer, Transfer::job)
    }
}

fn check(options: &Options) -> Result<()> {
    let all = [("the factor of the results", options.scale)];
    let scales = options.coord_scale.map(|value| ("a factor of the coordinates", value));
    let offsets = options.translate.map(|value| ("an offset of the coordinates", value));
    if let Some((what, value)) = all.into_iter().chain(scales).chain(offsets).find(|(_, value)| !value.is_finite()) {
        return Err(Error::usage(format!("{what} is {value}: a finite number is needed")));
    }
    if let Some((name, value)) = options.fields.iter().find(|(_, value)| !value.is_finite()) {
        return Err(Error::usage(format!("the factor of {name:?} is {value}: a finite number is needed")));
    }
    if options.coord_scale.iter().any(|scale| scale.abs() == 0.0) {
        return Err(Error::usage("a factor of the coordinates is 0: the nodes would fall together"));
    }
    if options.deflate.is_some_and(|level| level > 9) {
        return Err(Error::usage("deflate levels go from 0 to 9"));
    }
    Ok(())
}

fn summary(schema: &Schema, changed: usize, steps: u64, threads: usize) -> Result<Summary> {
    let mut bytes = 0u64;
    for (n, variable) in schema.variables.iter().enumerate() {
        bytes = bytes.saturating_add(hyperslab::bytes(&schema.shape(VariableId(n))?, variable.ty.size())?);
    }
    let compressed = schema.variables.iter().any(|v| v.storage.is_filtered() && v.name != names::TIME_WHOLE);
    Ok(Summary {
        container: schema.container,
        steps,
        input_steps: steps,
        without_steps: Vec::new(),
        changed,
        packed: 0,
        copied: schema.variables.len() - changed,
        bytes,
        compressed,
        plain: 0,
        unrounded: Vec::new(),
        num_dim: 0,
        mirrored: false,
        unmoved_frames: 0,
        threads,
    })
}
