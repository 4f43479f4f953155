//! Copying variables from a file to a writer, changing the values on the way: on all cores, in bounded memory.
//!
//! The work is cut into units (boxes of one variable) in the order of the records. Each worker takes the next unit,
//! reads it, transforms it into its own buffer, and writes it. Chunks that pass through filters are encoded by the
//! workers and appended in the order of the units, so that the output does not depend on the number of threads.

mod kernel;
mod order;
mod plan;
mod worker;

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Mutex;

use super::array::Array;
use super::file::File;
use super::fill;
use super::ids::VariableId;
use super::types::Type;
use super::writer::Writer;
use crate::element::ByteOrder;
use crate::error::{Error, Result};
use crate::sync::{into_inner, lock, together};

use kernel::Form;
use order::InOrder;
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

/// One variable to copy.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The variable of the input.
    pub from: VariableId,
    /// The variable of the output.
    pub to: VariableId,
    /// First index and distance of the indices taken from the first dimension; `None` takes all.
    pub rows: Option<(u64, u64)>,
    /// What happens to the values.
    pub transform: Transform,
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

/// A copy of variables from an open file into a writer.
#[derive(Debug)]
pub struct Transfer<'a> {
    input: &'a File,
    output: &'a Writer,
    jobs: Vec<Job>,
    threads: usize,
}

impl<'a> Transfer<'a> {
    /// A transfer that copies nothing yet.
    pub fn new(input: &'a File, output: &'a Writer) -> Self {
        Transfer { input, output, jobs: Vec::new(), threads: 1 }
    }

    /// Adds a variable.
    #[must_use]
    pub fn job(mut self, job: Job) -> Self {
        self.jobs.push(job);
        self
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
        for (sides, unit) in shared.sides.iter().zip(plan.units()) {
            // What was read, and what it was transformed into.
            let mut buffers = unit.saturating_mul(2);
            if sides.array.is_filtered() {
                let chunk = crate::shape::bytes(sides.array.chunk().unwrap_or_default(), sides.from.size)?;
                buffers = buffers.saturating_add(chunk.saturating_mul(2));
            }
            if sides.filtered {
                // What is being encoded, and a chunk that waits for its turn.
                buffers = buffers.saturating_add(unit.saturating_mul(2));
            }
            most = most.max(buffers);
        }
        Ok(most.saturating_mul(self.threads as u64))
    }

    /// Does the work. `progress` is called by the workers after each unit; when it breaks, the transfer stops.
    ///
    /// # Errors
    /// What reading and writing return; [`Kind::Usage`](crate::Kind::Usage) when a job does not fit its variables or a
    /// value does not fit the type of the output.
    pub fn run(&self, progress: &(dyn Fn(Progress) -> ControlFlow<()> + Sync)) -> Result<ControlFlow<()>> {
        let shared = self.shared()?;
        self.jobs.iter().try_for_each(|job| self.output.flush(job.to))?;
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
        let mut cells = Vec::new();
        for job in &self.jobs {
            let side = self.sides(job)?;
            cells.push(self.cells(job, &side)?);
            sides.push(side);
        }
        let plan = Plan::new(cells);
        let total_bytes = plan.total_bytes();
        let order = InOrder::new(self.threads);
        Ok(Shared {
            transfer: self,
            sides,
            plan: Mutex::new(plan),
            order,
            bytes: AtomicU64::new(0),
            total_bytes,
            stop: AtomicBool::new(false),
        })
    }

    fn sides(&'a self, job: &Job) -> Result<Sides<'a>> {
        let array = self.input.array(job.from)?;
        let target = self.output.schema().variable(job.to)?;
        let form = |ty: &Type, order: ByteOrder| Form { number: ty.number(), size: ty.size(), order };
        let from = form(&array.variable().ty, array.order());
        let to = form(&target.ty, self.output.store().order(job.to));
        let same = array.variable().ty == target.ty || (from.number.is_some() && to.number.is_some());
        if !same || array.shape().len() != target.dimensions.len() {
            return Err(
                Error::usage("the variables do not fit each other").in_object(self.output.schema().path(target))
            );
        }
        if matches!(job.transform, Transform::Along { axis, .. } if axis >= target.dimensions.len()) {
            let detail = "a transform along a dimension that there is not";
            return Err(Error::usage(detail).in_object(self.output.schema().path(target)));
        }
        let by_value = matches!(target.ty, Type::String | Type::User(_));
        let missing = fill::missing(array.variable());
        Ok(Sides { array, from, to, filtered: self.output.store().chunks(job.to).is_some(), missing, by_value })
    }

    /// What of the output is written: as much as the input has, where the output can grow or rows are not chosen.
    fn shape(&self, job: &Job, array: &Array) -> Result<Vec<u64>> {
        let schema = self.output.schema();
        let variable = schema.variable(job.to)?;
        let mut shape = schema.shape(job.to)?;
        let axes = shape.iter_mut().zip(array.shape()).zip(&variable.dimensions);
        for ((length, &there), &id) in axes.skip(usize::from(job.rows.is_some())) {
            if schema.dimension(id)?.unlimited {
                *length = there;
            }
            if *length != there {
                let detail = format!("a variable of shape {:?} does not fit", array.shape());
                return Err(Error::usage(detail).in_object(schema.path(variable)));
            }
        }
        Ok(shape)
    }

    /// The grid of boxes into which a job is cut.
    fn cells(&self, job: &Job, sides: &Sides) -> Result<plan::Cells> {
        let schema = self.output.schema();
        let variable = schema.variable(job.to)?;
        let shape = self.shape(job, sides.array)?;
        let target = self.output.store().chunk(job.to);
        let source = sides.array.chunk().filter(|_| job.rows.is_none());
        let chunk = if sides.filtered {
            target.map(<[u64]>::to_vec)
        } else if sides.array.is_filtered() {
            // Every stored chunk is decoded once.
            source.map(<[u64]>::to_vec)
        } else {
            target.map(|chunk| plan::pieces(chunk, sides.to.size))
        };
        let by_rows = schema.is_record(variable) || job.rows.is_some();
        let chunk = chunk.unwrap_or_else(|| plan::rows(&shape, sides.to.size, by_rows));
        plan::Cells::new(shape, chunk, sides.to.size.max(1), by_rows)
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{catch_unwind, AssertUnwindSafe};
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::hdf5::Filter;
    use crate::netcdf::{Container, Layout, Schema, Variable};
    use crate::Selection;

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
        let job = Job { from: v, to: v, rows: None, transform: Transform::Identity };
        let transfer = Transfer::new(&input, &output).threads(3).job(job);
        let units = AtomicUsize::new(0);
        let run = || {
            transfer.run(&|_| {
                assert!(units.fetch_add(1, Ordering::Relaxed) != 7, "the eighth unit");
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
