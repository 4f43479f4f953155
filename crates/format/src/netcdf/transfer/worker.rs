//! One worker: takes a unit, reads it, transforms it, writes it, takes the next.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::Mutex;

use super::kernel::{self, Form};
use super::plan::{Cell, Plan};
use super::rechunk::Way;
use super::{Job, Origin, Progress, Transfer, Transform};
use crate::element::Number;
use crate::error::{Error, Result};
use crate::hdf5::write::assemble::EncodedChunk;
use crate::in_order::InOrder;
use crate::netcdf::ids::VariableId;
use crate::netcdf::numbers::Fit;
use crate::netcdf::quantize::Quantizer;
use crate::netcdf::value::Value;
use crate::shape::{self, Selection};
use crate::sync::{lock, OnPanic};

/// What all workers share.
pub(super) struct Shared<'t> {
    pub transfer: &'t Transfer<'t>,
    pub sides: Vec<Sides<'t>>,
    pub plan: Mutex<Plan>,
    /// For each job its way through the engine that changes chunks, if it goes there.
    pub ways: Vec<Option<Way>>,
    /// What finds its place in the file only when those before it have theirs.
    pub order: InOrder<Placed>,
    pub bytes: AtomicU64,
    pub total_bytes: u64,
    pub stop: AtomicBool,
}

/// Both ends of a job.
pub(super) struct Sides<'t> {
    pub origin: Origin<'t>,
    pub from: Form,
    pub to: Form,
    pub filtered: bool,
    /// The numbers of the input that stand for missing ones.
    pub missing: Vec<Number>,
    /// How the numbers have to fit the output.
    pub fit: Fit,
    /// What rounds the values of the output, and the shape of all of them.
    pub quantizer: Option<(Quantizer, Vec<u64>)>,
    /// Elements are decoded and encoded: their bytes can lead elsewhere, or be laid out in another way.
    pub by_value: bool,
}

/// A box whose size in the file nobody knows before: it is put when its turn comes.
pub(super) enum Placed {
    /// A chunk that went through filters.
    Chunk(VariableId, EncodedChunk),
    /// Elements that lie in a heap.
    Values(VariableId, Selection, Value),
}

/// The buffers of one worker.
#[derive(Default)]
struct Buffers {
    stored: Vec<u8>,
    out: Vec<u8>,
    spare: Vec<u8>,
}

impl Shared<'_> {
    /// Takes unit after unit until there are no more, or somebody stops.
    ///
    /// # Errors
    /// What reading, converting or writing a unit returns.
    pub(super) fn work(&self, progress: &(dyn Fn(Progress) -> ControlFlow<()> + Sync)) -> Result<()> {
        let _guard = OnPanic(|| self.cancel());
        let mut buffers = Buffers::default();
        while !self.stop.load(Ordering::Relaxed) {
            let is_in_order = |job: usize| self.sides.get(job).is_some_and(|sides| sides.filtered || sides.by_value);
            let next = lock(&self.plan).next(is_in_order);
            let Some(cell) = next else { break };
            let bytes = self.cell(&cell, &mut buffers)?;
            let done = self.bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
            if progress(Progress { bytes: done, total_bytes: self.total_bytes, row: cell.row }).is_break() {
                self.cancel();
            }
        }
        Ok(())
    }

    /// Lets all workers stop after the unit they are in.
    pub(super) fn cancel(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.order.cancel();
    }

    /// Copies one box; returns its size in bytes.
    fn cell(&self, cell: &Cell, buffers: &mut Buffers) -> Result<u64> {
        let (Some(job), Some(sides)) = (self.transfer.jobs.get(cell.job), self.sides.get(cell.job)) else {
            return Ok(0);
        };
        let source = sides.origin.source(&cell.region);
        if let (true, Origin::Stored { array, .. }) = (sides.by_value, sides.origin) {
            // Nothing that leads somewhere in the one file is copied as bytes into the other.
            let values = Placed::Values(job.to, cell.region.clone(), array.read_values(&source)?);
            buffers.out = self.submit(cell.ticket, values)?;
            return shape::bytes(&cell.region.count, sides.to.size.max(1));
        }
        let stored = sides.origin.read(&source, &mut buffers.stored)?;
        let put = self.put(job, sides, cell, stored, (&mut buffers.out, &mut buffers.spare));
        put.map_err(|e| match self.transfer.output.schema().variable(job.to) {
            Ok(variable) => e.in_object(self.transfer.output.schema().path(variable)),
            Err(_) => e,
        })?;
        shape::bytes(&cell.region.count, sides.to.size)
    }

    /// Transforms what was read and writes it.
    fn put(
        &self,
        job: &Job,
        sides: &Sides,
        cell: &Cell,
        stored: &[u8],
        (out, spare): (&mut Vec<u8>, &mut Vec<u8>),
    ) -> Result<()> {
        let output = self.transfer.output;
        let is_same = sides.from == sides.to && sides.quantizer.is_none();
        if !sides.filtered && job.transform == Transform::Identity && is_same {
            return output.put_unfiltered(job.to, &cell.region, stored);
        }
        let change = (&job.transform, sides.missing.as_slice(), sides.fit);
        kernel::transform((stored, sides.from), (out, sides.to), change, &cell.region)?;
        if let Some((quantizer, shape)) = &sides.quantizer {
            quantizer.apply_box(out, &cell.region, shape)?;
        }
        match cell.ticket {
            None => output.put_unfiltered(job.to, &cell.region, out),
            Some(_) => self.append(job.to, cell, (out, spare)),
        }
    }

    /// Encodes a whole chunk and passes it on in order.
    fn append(&self, to: VariableId, cell: &Cell, (out, spare): (&mut Vec<u8>, &mut Vec<u8>)) -> Result<()> {
        let output = self.transfer.output;
        let store = output.store().chunks(to).ok_or_else(|| Error::usage("a variable that is not filtered"))?;
        let lengths = output.lengths(to)?;
        let chunk = EncodedChunk::of_box(store, output.dataset(to, &lengths)?, &cell.region, out, spare)?;
        *out = self.submit(cell.ticket, Placed::Chunk(to, chunk))?;
        Ok(())
    }

    /// Hands in a box; puts all whose turn has come. Returns a buffer for reuse.
    fn submit(&self, ticket: Option<u64>, placed: Placed) -> Result<Vec<u8>> {
        let output = self.transfer.output;
        let ticket = ticket.ok_or_else(|| Error::usage("a box without a turn"))?;
        self.order.submit(ticket, placed, &|placed| match placed {
            Placed::Chunk(to, chunk) => {
                output.store().chunks(to).map_or(Ok(()), |store| store.put(to.0, &chunk)).map(|()| chunk.bytes)
            }
            Placed::Values(to, region, values) => output.write_values(to, &region, &values).map(|()| Vec::new()),
        })
    }
}
