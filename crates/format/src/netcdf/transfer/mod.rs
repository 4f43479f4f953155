//! Copying variables from files to a writer, or computing them, and changing the values on the way: on all cores, in bounded
//! memory.
//!
//! The work is cut into units (boxes of one variable) in the order of the records. Each worker takes the next unit,
//! reads it, transforms it into its own buffer, and writes it. Chunks that pass through filters are encoded by the
//! workers and appended in the order of the units, so that the output does not depend on the number of threads.

mod boxes;
mod kernel;
mod origin;
mod plan;
mod rechunk;
mod worker;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Mutex;

use super::ids::VariableId;
use super::numbers::{Fit, Precision};
use super::quantize::Quantizer;
use super::types::Type;
use super::writer::Writer;
use crate::error::{Error, Result};
use crate::in_order::InOrder;
use crate::sync::{into_inner, lock, together};

use kernel::Form;
use origin::default_fill;
pub use origin::{Compute, Origin};
use plan::Plan;
use worker::{Shared, Sides};

/// What happens to the values of a variable.
///
/// Values are computed in double precision and rounded once to the stored type; where that is an integer type, they must be
/// integers exactly. Values that stand for missing ones (`_FillValue` or the default fill value of the type, `missing_value`)
/// stay as they are, and text is never changed.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Transform {
    /// Nothing.
    #[default]
    Identity,
    /// `value * scale + offset`; an offset of 0 is not added (it would turn -0 into 0).
    Affine {
        /// The factor.
        scale: f64,
        /// What is added after scaling.
        offset: f64,
    },
    /// A scale and an offset for each index of one dimension.
    Along {
        /// The dimension.
        axis: usize,
        /// Scale and offset of each index; indices beyond the list are left alone.
        terms: Vec<(f64, f64)>,
    },
}

/// One variable to write.
#[derive(Debug, Clone)]
pub struct Job<'a> {
    /// Where its values come from.
    pub from: Origin<'a>,
    /// The variable of the output.
    pub to: VariableId,
    /// What happens to the values.
    pub transform: Transform,
}

impl<'a> Job<'a> {
    /// All values of `from` as they are.
    pub fn new(from: impl Into<Origin<'a>>, to: VariableId) -> Self {
        Job { from: from.into(), to, transform: Transform::Identity }
    }
}

/// How far a transfer has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of values written (before compression).
    pub bytes: u64,
    /// Bytes of values in all.
    pub total_bytes: u64,
    /// The record that is being worked on.
    pub row: u64,
}

/// Variables on their way into a writer: copied from open files, or computed.
#[derive(Debug)]
pub struct Transfer<'a> {
    output: &'a Writer,
    jobs: Vec<Job<'a>>,
    threads: usize,
    precision: Precision,
    beside: Option<&'a Path>,
}

impl<'a> Transfer<'a> {
    /// A transfer that copies nothing yet.
    pub fn new(output: &'a Writer) -> Self {
        Transfer { output, jobs: Vec::new(), threads: 1, precision: Precision::Exact, beside: None }
    }

    /// Adds a variable.
    #[must_use]
    pub fn job(mut self, job: Job<'a>) -> Self {
        self.jobs.push(job);
        self
    }

    /// Rounds floating-point numbers to the precision of the output, where it has fewer digits; otherwise they have to fit
    /// exactly, unless they are transformed.
    #[must_use]
    pub fn rounded(self) -> Self {
        Transfer { precision: Precision::Rounded, ..self }
    }

    /// Names the file beside which elements wait that do not fit into memory on their way into chunks of another shape. Without
    /// one, chunks of the input may be decoded more than once.
    #[must_use]
    pub fn beside(self, path: &'a Path) -> Self {
        Transfer { beside: Some(path), ..self }
    }

    /// Sets the number of workers.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// An upper bound of the memory that the workers will need, in bytes.
    ///
    /// # Errors
    /// As [`Transfer::run`] before any work.
    pub fn memory(&self) -> Result<u64> {
        let shared = self.shared()?;
        let plan = lock(&shared.plan);
        let mut most = 0u64;
        for ((sides, unit), _) in
            shared.sides.iter().zip(plan.units()).zip(&shared.ways).filter(|(_, way)| way.is_none())
        {
            // What was read, and what it was transformed into.
            let mut buffers = unit.saturating_mul(2);
            if let Some(chunk) = sides.origin.filtered_chunk() {
                let chunk = crate::shape::bytes(chunk, sides.from.size)?;
                buffers = buffers.saturating_add(chunk.saturating_mul(2));
            }
            if sides.filtered {
                // What is being encoded, and a chunk that waits for its turn.
                buffers = buffers.saturating_add(unit.saturating_mul(2));
            }
            most = most.max(buffers);
        }
        let most = most.saturating_mul(self.threads as u64);
        Ok(shared.ways.iter().flatten().map(|way| way.plan.memory).fold(most, u64::max))
    }

    /// Does the work. `progress` is called by the workers after each unit; when it breaks, the transfer stops.
    ///
    /// # Errors
    /// What reading and writing return; [`Kind::Usage`](crate::Kind::Usage) when a job does not fit its variables or a
    /// value does not fit the type of the output.
    pub fn run(&self, progress: &(dyn Fn(Progress) -> ControlFlow<()> + Sync)) -> Result<ControlFlow<()>> {
        let shared = self.shared()?;
        self.jobs.iter().try_for_each(|job| self.output.flush(job.to))?;
        shared.rechunk(progress)?;
        let failure = Mutex::new(None);
        together(self.threads, || {
            if let Err(error) = shared.work(progress) {
                lock(&failure).get_or_insert(error);
                shared.cancel();
            }
        });
        match into_inner(failure) {
            Some(error) => Err(error),
            None if shared.stop.load(Ordering::Relaxed) => Ok(ControlFlow::Break(())),
            None => Ok(ControlFlow::Continue(())),
        }
    }

    fn shared(&'a self) -> Result<Shared<'a>> {
        let mut sides = Vec::new();
        let (mut cells, mut ways) = (Vec::new(), Vec::new());
        for job in &self.jobs {
            let side = self.sides(job)?;
            cells.push(self.cells(job, &side)?);
            ways.push(self.way(job, &side)?);
            sides.push(side);
        }
        let plan = Plan::new(cells, |job| ways.get(job).is_none_or(Option::is_none));
        let total_bytes = plan.total_bytes();
        let order = InOrder::new(self.threads);
        Ok(Shared {
            transfer: self,
            sides,
            plan: Mutex::new(plan),
            ways,
            order,
            bytes: AtomicU64::new(0),
            total_bytes,
            stop: AtomicBool::new(false),
        })
    }

    fn sides(&'a self, job: &Job<'a>) -> Result<Sides<'a>> {
        let target = self.output.schema().variable(job.to)?;
        let form =
            Form { number: target.ty.number(), size: target.ty.size(), order: self.output.store().order(job.to) };
        let from = job.from.form();
        let same =
            job.from.ty().is_some_and(|ty| ty.is_like(&target.ty)) || (from.number.is_some() && form.number.is_some());
        if !same || job.from.shape().len() != target.dimensions.len() {
            return Err(
                Error::usage("the variables do not fit each other").in_object(self.output.schema().path(target))
            );
        }
        if matches!(job.transform, Transform::Along { axis, .. } if axis >= target.dimensions.len()) {
            let detail = "a transform along a dimension that there is not";
            return Err(Error::usage(detail).in_object(self.output.schema().path(target)));
        }
        Ok(Sides {
            origin: job.from,
            from,
            to: form,
            filtered: self.output.store().chunks(job.to).is_some(),
            missing: job.from.missing(),
            fit: Fit { precision: self.precision, default: job.from.default_fill().zip(default_fill(target)) },
            quantizer: Quantizer::of(target).zip(Some(job.from.shape().to_vec())),
            by_value: matches!(target.ty, Type::String | Type::User(_)),
        })
    }

    /// What of the output is written: as much as the input has, where the output can grow or rows are not chosen.
    fn shape(&self, job: &Job) -> Result<Vec<u64>> {
        let schema = self.output.schema();
        let variable = schema.variable(job.to)?;
        let mut shape = schema.shape(job.to)?;
        let axes = shape.iter_mut().zip(job.from.shape()).zip(&variable.dimensions);
        for ((length, &there), &id) in axes.skip(usize::from(job.from.rows().is_some())) {
            if schema.dimension(id)?.unlimited {
                *length = there;
            }
            if *length != there {
                let detail = format!("a variable of shape {:?} does not fit", job.from.shape());
                return Err(Error::usage(detail).in_object(schema.path(variable)));
            }
        }
        Ok(shape)
    }

    /// The grid of boxes into which a job is cut.
    fn cells(&self, job: &Job, sides: &Sides) -> Result<plan::Cells> {
        let schema = self.output.schema();
        let variable = schema.variable(job.to)?;
        let shape = self.shape(job)?;
        let target = self.output.store().chunk(job.to);
        let by_rows = schema.is_record(variable) || job.from.rows().is_some();
        let chunk = if sides.filtered {
            target.map(<[u64]>::to_vec)
        } else if let Some(chunk) = sides.origin.filtered_chunk() {
            // Every stored chunk is decoded once.
            Some(chunk.to_vec()).filter(|_| job.from.rows().is_none())
        } else {
            target.map(|chunk| plan::pieces(chunk, sides.to.size, sides.origin.unit()))
        };
        let chunk = chunk.unwrap_or_else(|| plan::rows(&shape, sides.to.size, by_rows, sides.origin.unit()));
        plan::Cells::new(shape, chunk, sides.to.size.max(1), by_rows)
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{catch_unwind, AssertUnwindSafe};
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::hdf5::Filter;
    use crate::netcdf::{Container, File, Layout, Schema, Variable};
    use crate::sink::replay::{contents, Event, Record, Recorder};
    use crate::Selection;

    /// Columns in compressed chunks, of rows that the last chunk has only in part.
    fn columns(lengths: [u64; 2]) -> File {
        let mut schema = Schema::new(Container::NetCdf4);
        let dimensions = ["t", "n"].into_iter().zip(lengths).map(|(name, len)| schema.add_dimension(name, len, false));
        let mut variable = Variable::new("v", Type::Int, dimensions.collect());
        variable.storage.layout = Layout::Chunked(vec![300, 1]);
        variable.storage.filters = vec![Filter::deflate(1)];
        let v = schema.add_variable(variable);
        let place = crate::Memory::new();
        let writer = Writer::create_in_memory(&place, schema).unwrap();
        let values: Vec<i32> = (0..i32::try_from(lengths[0] * lengths[1]).unwrap()).collect();
        writer.write(v, &Selection::all(&lengths), &values).unwrap();
        writer.finish().unwrap();
        File::from_bytes(place.take().unwrap()).unwrap()
    }

    #[test]
    fn columns_are_written_as_rows_and_not_element_by_element() {
        let lengths = [1000, 70];
        let input = columns(lengths);
        let cases = [
            (Container::Cdf5, false, None),
            (Container::Cdf5, true, None),
            (Container::NetCdf4, false, None),
            (Container::NetCdf4, false, Some([90, 40])),
            (Container::NetCdf4, true, Some([90, 40])),
        ];
        for (container, unlimited, chunk) in cases {
            let mut schema = Schema::new(container);
            let (t, n) =
                (schema.add_dimension("t", lengths[0], unlimited), schema.add_dimension("n", lengths[1], false));
            let mut variable = Variable::new("v", Type::Int, vec![t, n]);
            variable.storage.layout = chunk.map_or(Layout::Contiguous, |chunk| Layout::Chunked(chunk.to_vec()));
            let v = schema.add_variable(variable);
            let record = Record::default();
            let output = Writer::on(Box::new(Recorder::new(&record)), schema).unwrap();
            let transfer = Transfer::new(&output).threads(2).job(Job::new(input.array(v).unwrap(), v));
            assert!(transfer.run(&|_| ControlFlow::Continue(())).unwrap().is_continue());
            output.finish().unwrap();
            let events = record.events();
            let writes = events.iter().filter(|event| matches!(event, Event::Write { .. })).count();
            assert!(writes < 3000, "{container:?} {chunk:?}: {writes} writes");
            let copy = File::from_bytes(contents(&events)).unwrap();
            let values = copy.array(v).unwrap().read_all::<i32>().unwrap();
            assert!(values.into_iter().eq(0..70_000), "{container:?} {unlimited} {chunk:?}");
        }
    }

    #[test]
    fn a_worker_that_panics_is_no_success_and_stops_the_others() {
        let directory = tempfile::tempdir().unwrap();
        let [from, to] = ["a.nc", "b.nc"].map(|name| directory.path().join(name));
        let mut schema = Schema::new(Container::NetCdf4);
        let x = schema.add_dimension("x", 400, false);
        let mut variable = Variable::new("v", Type::Int, vec![x]);
        variable.storage.layout = Layout::Chunked(vec![1]);
        variable.storage.filters = vec![Filter::deflate(1)];
        let v = schema.add_variable(variable);
        let writer = Writer::create(&from, schema.clone(), false).unwrap();
        writer.write(v, &Selection::all(&[400]), &[1; 400]).unwrap();
        writer.finish().unwrap();
        let (input, output) = (File::open(&from).unwrap(), Writer::create(&to, schema, false).unwrap());
        let transfer = Transfer::new(&output).threads(3).job(Job::new(input.array(v).unwrap(), v));
        let units = AtomicUsize::new(0);
        let run = || {
            transfer.run(&|_| {
                let before = units.fetch_add(1, Ordering::Relaxed);
                assert!(before != 7, "the eighth unit");
                // The one that panics takes its time: it prints where it was.
                std::thread::sleep(std::time::Duration::from_millis(if before > 7 { 20 } else { 0 }));
                ControlFlow::Continue(())
            })
        };
        let panicked = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
        assert_eq!(panicked.downcast_ref::<&str>(), Some(&"the eighth unit"));
        assert!(units.into_inner() < 200);
        drop(output);
        assert!(!to.exists());
    }
}
