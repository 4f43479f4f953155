//! Filtered chunks that become chunks of another shape, or data in one piece. Written one after the other, filtered ones would
//! have chunks of the input decoded again and again, where more of these lie between two uses of one than are kept; others
//! would be written in many small pieces. Such variables go through the engine that decodes each chunk once, and writes whole ones.

use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use super::boxes::Boxes;
use super::kernel;
use super::plan;
use super::worker::{Shared, Sides};
use super::{Job, Origin, Progress, Transfer, Transform};
use crate::error::{Error, Result};
use crate::hdf5::rechunk::{Means, Plan, Rechunk, Shapes, Source, MEMORY};
use crate::hdf5::write::assemble::{ChunkStore, Dataset};
use crate::limits;
use crate::shape::{self, Selection};

/// Decoded chunks of so many bytes are surely kept until they are needed again.
const KEPT: u64 = 16 << 20;
/// Elements of an input chunk that lie together in so many bytes of the output are written as they come.
const PIECE: u64 = 4 << 10;

/// What becomes what, and how.
#[derive(Debug)]
pub(super) struct Way {
    pub shapes: Shapes,
    pub plan: Plan,
}

impl Transfer<'_> {
    /// The way of a job through the engine, if that decodes less, or writes larger pieces.
    pub(super) fn way(&self, job: &Job, sides: &Sides) -> Result<Option<Way>> {
        let (Some(from), None) = (sides.origin.filtered_chunk(), job.from.rows()) else { return Ok(None) };
        let (array, size) = (self.shape(job)?, sides.to.size.max(1));
        if sides.by_value || array.is_empty() || array.contains(&0) {
            return Ok(None);
        }
        let from = from.iter().zip(&array).map(|(&from, &all)| from.min(all)).collect();
        let is_record = self.output.schema().is_record(self.output.schema().variable(job.to)?);
        let rows = || plan::rows(&array, size, is_record, plan::UNIT);
        let to = self.output.store().chunk(job.to).map_or_else(rows, <[u64]>::to_vec);
        let shapes = Shapes { array, from, to, size };
        let is_better = match sides.filtered {
            true => shapes.decode_again(KEPT) || shapes.are_crossed(),
            false => shapes.together() < PIECE,
        };
        if !is_better {
            return Ok(None);
        }
        // Without memory or a place for what does not fit, it goes the other way, which always works.
        let way = Plan::of_all(shapes, Means { memory: MEMORY, threads: self.threads }).ok();
        let way = way.filter(|(_, plan)| plan.spill == 0 || self.beside.is_some());
        Ok(way.map(|(shapes, plan)| Way { shapes, plan }))
    }
}

/// A job on its way through the engine.
struct Elements<'e> {
    shared: &'e Shared<'e>,
    job: &'e Job<'e>,
    sides: &'e Sides<'e>,
    progress: &'e (dyn Fn(Progress) -> ControlFlow<()> + Sync),
}

impl Shared<'_> {
    /// Does the jobs that go through the engine.
    ///
    /// # Errors
    /// What reading, converting or writing returns.
    pub(super) fn rechunk(&self, progress: &(dyn Fn(Progress) -> ControlFlow<()> + Sync)) -> Result<()> {
        let output = self.transfer.output;
        for ((job, sides), way) in self.transfer.jobs.iter().zip(&self.sides).zip(&self.ways) {
            let Some(Way { shapes, plan }) = way else { continue };
            let boxes = Boxes { output, variable: job.to, chunk: &shapes.to };
            let target: &dyn ChunkStore = output.store().chunks(job.to).map_or(&boxes, |store| store);
            let dataset = Dataset { number: job.to.0, chunk: &shapes.to, lengths: &shapes.array, size: shapes.size };
            let (source, beside) = (&Elements { shared: self, job, sides, progress }, self.transfer.beside);
            let done = Rechunk { shapes, plan, source, target, dataset, few: None, beside }.run();
            if self.stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            done.map_err(|e| match output.schema().variable(job.to) {
                Ok(variable) => e.in_object(output.schema().path(variable)),
                Err(_) => e,
            })?;
        }
        Ok(())
    }
}

impl Source for Elements<'_> {
    fn read(&self, region: &Selection, target: &mut [u8]) -> Result<()> {
        let Sides { origin, from, to, missing, fit, quantizer, .. } = self.sides;
        match origin {
            Origin::Stored { array, .. }
                if from == to && quantizer.is_none() && self.job.transform == Transform::Identity =>
            {
                return array.read_bytes_into(region, target);
            }
            _ => {}
        }
        let (mut stored, mut out) = (Vec::new(), Vec::new());
        let stored = origin.read(region, &mut stored)?;
        kernel::transform((stored, *from), (&mut out, *to), (&self.job.transform, missing, *fit), region)?;
        if let Some((quantizer, shape)) = quantizer {
            quantizer.apply_box(&mut out, region, shape)?;
        }
        let len = limits::to_usize(shape::bytes(&region.count, to.size)?)?;
        match (target.get_mut(..len), out.get(..len)) {
            (Some(target), Some(out)) => target.copy_from_slice(out),
            _ => return Err(Error::usage("a chunk of another length")),
        }
        Ok(())
    }

    fn has(&self, _: &[u64]) -> Result<bool> {
        // What was never written is written as what it is read as.
        Ok(true)
    }

    fn advance(&self, bytes: u64) -> Result<()> {
        let done = self.shared.bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        let progress = Progress { bytes: done, total_bytes: self.shared.total_bytes, row: 0 };
        if (self.progress)(progress).is_break() {
            self.shared.cancel();
        }
        match self.shared.stop.load(Ordering::Relaxed) {
            true => Err(Error::usage("broken off")),
            false => Ok(()),
        }
    }
}
