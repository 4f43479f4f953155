//! A plan at work, on all cores.

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Mutex;

use super::plan::{Plan, Shapes};
use super::spill::Spill;
use super::walk::{listed, region, Positions, Step};
use crate::copy::{self, Side};
use crate::error::{Error, Result};
use crate::grid::{for_each_part, Part};
use crate::hdf5::write::assemble::{Assembler, ChunkStore, Dataset};
use crate::limits;
use crate::shape::{self, Selection};
use crate::sink::Scratch;
use crate::sync::{lock, together};

/// Where the elements come from.
pub(crate) trait Source: Sync {
    /// Fills `target` with the elements of a region.
    ///
    /// # Errors
    /// What is wrong with them.
    fn read(&self, region: &Selection, target: &mut [u8]) -> Result<()>;

    /// Whether an input chunk was ever written.
    ///
    /// # Errors
    /// What is wrong with the index.
    fn has(&self, chunk: &[u64]) -> Result<bool>;

    /// Notes that so many bytes went through.
    ///
    /// # Errors
    /// Whatever breaks it off.
    fn advance(&self, bytes: u64) -> Result<()>;
}

/// Elements on their way.
pub(crate) struct Rechunk<'r> {
    pub shapes: &'r Shapes,
    pub plan: &'r Plan,
    pub source: &'r dyn Source,
    /// Where they go, and which dataset of it.
    pub target: &'r dyn ChunkStore,
    pub dataset: Dataset<'r>,
    /// The input chunks that are there, where they are few.
    pub few: Option<&'r [Vec<u64>]>,
    /// The file beside which what does not fit into memory waits.
    pub beside: Option<&'r Path>,
}

/// What all workers share.
struct Shared<'s> {
    work: &'s Rechunk<'s>,
    assembler: Assembler,
    spill: Option<Spill>,
    failure: Mutex<Option<Error>>,
    failed: AtomicBool,
}

impl fmt::Debug for Rechunk<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rechunk").field("shapes", &self.shapes).field("plan", &self.plan).finish_non_exhaustive()
    }
}

impl Rechunk<'_> {
    /// Copies all elements.
    ///
    /// # Errors
    /// What is wrong with the elements; those of the filters; [`Kind::Io`](crate::Kind::Io).
    pub fn run(&self) -> Result<()> {
        let spill = match (self.plan.spill, self.beside) {
            (0, _) => None,
            (_, Some(path)) => Some(Spill::new(Scratch::beside(path)?, self.shapes, self.plan)?),
            (_, None) => return Err(Error::limit("chunks that do not fit into memory, and no place for a file")),
        };
        let shared = Shared {
            work: self,
            assembler: Assembler::with_room(self.plan.open),
            spill,
            failure: Mutex::default(),
            failed: AtomicBool::new(false),
        };
        if let Some(few) = self.few {
            let steps = listed(self.shapes, self.plan, few)?;
            // Whoever wants a part that waits comes after the one who keeps it.
            steps.chunk_by(|a, b| a.0 == b.0).for_each(|tile| shared.group(&mut tile.iter().cloned()));
        } else if shared.spill.is_none() {
            shared.group(&mut Positions::of_tiles(self.shapes, self.plan).flat_map(|tile| self.steps(tile)));
        } else {
            Positions::of_tiles(self.shapes, self.plan).for_each(|tile| shared.group(&mut self.steps(tile)));
        }
        match crate::sync::into_inner(shared.failure) {
            Some(error) => Err(error),
            None => shared.assembler.finish(self.target),
        }
    }

    fn steps(&self, tile: Vec<u64>) -> impl Iterator<Item = Step> + Send + use<'_> {
        Positions::of_chunks(self.shapes, self.plan, &tile).map(move |chunk| (tile.clone(), chunk))
    }
}

/// The buffers of a worker.
#[derive(Default)]
struct Buffers {
    chunk: Vec<u8>,
    part: Vec<u8>,
}

impl Shared<'_> {
    /// Does steps that do not wait for each other.
    fn group(&self, steps: &mut (dyn Iterator<Item = Step> + Send)) {
        let steps = Mutex::new(steps);
        together(self.work.plan.threads, || {
            let mut buffers = Buffers::default();
            while !self.failed.load(Ordering::Relaxed) {
                let Some((tile, chunk)) = lock(&steps).next() else { break };
                if let Err(error) = self.step(&tile, &chunk, &mut buffers) {
                    lock(&self.failure).get_or_insert(error);
                    self.failed.store(true, Ordering::Relaxed);
                }
            }
        });
    }

    /// Takes what an input chunk has of a tile; where it is its first one, the chunk is decoded, and the rest waits.
    fn step(&self, tile: &[u64], chunk: &[u64], buffers: &mut Buffers) -> Result<()> {
        let Rechunk { shapes, plan, source, .. } = self.work;
        let whole = region(&shapes.from, &shapes.array, chunk);
        let is_first = whole.start.iter().zip(&plan.tile).zip(tile).all(|((&start, &len), &at)| start / len == at);
        if self.work.few.is_none() && !source.has(chunk)? {
            return Ok(());
        }
        if !is_first {
            return for_each_part(&whole, &plan.tile, &mut |part| match part.scaled == tile {
                true => self.taken_back(part, chunk, &mut buffers.part),
                false => Ok(()),
            });
        }
        let len = shape::bytes(&whole.count, shapes.size)?;
        buffers.chunk.resize(limits::to_usize(len)?, 0);
        source.read(&whole, &mut buffers.chunk)?;
        let Buffers { chunk: elements, part: buffer } = buffers;
        for_each_part(&whole, &plan.tile, &mut |part| {
            if part.count == whole.count {
                return self.put(&whole, elements);
            }
            let zero = vec![0; part.count.len()];
            let from = Side { shape: &whole.count, start: &part.target, stride: &[] };
            let to = Side { shape: &part.count, start: &zero, stride: &[] };
            buffer.resize(limits::to_usize(shape::bytes(&part.count, shapes.size)?)?, 0);
            copy::copy((elements, from), (buffer, to), &part.count, shapes.size)?;
            match part.scaled == tile {
                true => self.put(&Selection::block(part.start.clone(), part.count.clone()), buffer),
                false => self.kept(part, chunk, buffer),
            }
        })?;
        source.advance(len)
    }

    fn put(&self, region: &Selection, elements: &[u8]) -> Result<()> {
        self.assembler.write(self.work.target, self.work.dataset, region, elements)
    }

    /// Lets a part wait for its tile.
    fn kept(&self, part: &Part, chunk: &[u64], elements: &[u8]) -> Result<()> {
        let (number, chunks) = self.waiting(&part.scaled);
        self.spill.as_ref().map_or(Ok(()), |spill| spill.put((number, &chunks), chunk, elements))
    }

    /// Puts a part that has waited.
    fn taken_back(&self, part: &Part, chunk: &[u64], buffer: &mut Vec<u8>) -> Result<()> {
        buffer.resize(limits::to_usize(shape::bytes(&part.count, self.work.shapes.size)?)?, 0);
        let (number, chunks) = self.waiting(&part.scaled);
        self.spill.as_ref().map_or(Ok(()), |spill| spill.take((number, &chunks), chunk, buffer))?;
        self.put(&Selection::block(part.start.clone(), part.count.clone()), buffer)
    }

    /// The number of a tile, and its chunks.
    fn waiting(&self, tile: &[u64]) -> (u64, Positions) {
        let Rechunk { shapes, plan, .. } = self.work;
        (Positions::of_tiles(shapes, plan).number(tile), Positions::of_chunks(shapes, plan, tile))
    }
}
