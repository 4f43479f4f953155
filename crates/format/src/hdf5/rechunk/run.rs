//! A plan at work, on all cores.

use std::fmt;
use std::path::Path;
use std::sync::Mutex;

use super::open::Open;
use super::plan::{Plan, Shapes};
use super::spill::Spill;
use super::turns::{Place, Ready, Task, Turns};
use super::walk::{ends, listed, region, Positions, Step};
use crate::copy::{self, Side};
use crate::error::{Error, Result};
use crate::grid::{for_each_part, Part};
use crate::hdf5::write::assemble::{ChunkStore, Dataset, EncodedChunk};
use crate::in_order::InOrder;
use crate::limits;
use crate::shape::{self, Selection};
use crate::sink::Scratch;
use crate::sync::{lock, together, OnPanic};

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

/// What lasts from the first step to the last one.
struct Shared<'s> {
    work: &'s Rechunk<'s>,
    open: Open<'s>,
    spill: Option<Spill>,
    failure: Mutex<Option<Error>>,
}

/// Steps that do not wait for each other, and the chunks that they complete.
struct Group<'g> {
    shared: &'g Shared<'g>,
    turns: Turns<'g>,
    order: InOrder<EncodedChunk>,
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
        let open = Open::new(self.target, self.dataset, self.plan);
        let shared = Shared { work: self, open, spill, failure: Mutex::default() };
        if let Some(few) = self.few {
            let steps = listed(self.shapes, self.plan, few)?;
            // Whoever wants a part that waits comes after the one who keeps it.
            steps.chunk_by(|a, b| a.tile == b.tile).try_for_each(|tile| shared.group(&mut tile.iter().cloned()))
        } else if shared.spill.is_none() {
            shared.group(&mut Positions::of_tiles(self.shapes, self.plan).flat_map(|tile| self.steps(tile)))
        } else {
            Positions::of_tiles(self.shapes, self.plan).try_for_each(|tile| shared.group(&mut self.steps(tile)))
        }
    }

    fn steps(&self, tile: Vec<u64>) -> impl Iterator<Item = Step> + Send + use<'_> {
        Positions::of_chunks(self.shapes, self.plan, &tile).map(move |chunk| Step {
            tile: tile.clone(),
            chunk,
            ends: None,
        })
    }
}

/// The buffers of a worker.
#[derive(Default)]
struct Buffers {
    chunk: Vec<u8>,
    part: Vec<u8>,
    spare: Vec<u8>,
}

impl Group<'_> {
    fn work(&self) {
        let _guard = OnPanic(|| self.break_off());
        let mut buffers = Buffers::default();
        while let Some(task) = self.turns.next(&|| self.shared.open.is_full()) {
            if let Err(error) = self.task(task, &mut buffers) {
                lock(&self.shared.failure).get_or_insert(error);
                self.break_off();
            }
        }
    }

    fn break_off(&self) {
        self.turns.break_off();
        self.order.cancel();
    }

    fn task(&self, task: Task, buffers: &mut Buffers) -> Result<()> {
        match task {
            Task::Step(number, step) => {
                self.shared.step(&step.tile, &step.chunk, buffers)?;
                let Rechunk { shapes, plan, .. } = self.shared.work;
                self.turns.done(number, ends(shapes, plan, &step)?, &|scaled| self.place(scaled))
            }
            Task::Chunk(chunk) => {
                self.chunk(&chunk, &mut buffers.spare)?;
                self.turns.encoded();
                Ok(())
            }
        }
    }

    fn place(&self, scaled: &[u64]) -> Result<Place> {
        let Rechunk { target, dataset, .. } = self.shared.work;
        Ok(match self.shared.open.has(scaled) {
            false => Place::Nowhere,
            true if target.give_place(dataset.number, scaled)? => Place::Known,
            true => Place::Next,
        })
    }

    /// Encodes a chunk, and puts it when its turn comes.
    fn chunk(&self, Ready { scaled, turn }: &Ready, spare: &mut Vec<u8>) -> Result<()> {
        let Shared { work, open, .. } = self.shared;
        let chunk = open.encode(scaled, open.take(scaled), spare)?;
        let put = |chunk: EncodedChunk| work.target.put(work.dataset.number, &chunk).map(|()| chunk.bytes);
        open.keep(match *turn {
            Some(turn) => self.order.submit(turn, chunk, &put)?,
            None => put(chunk)?,
        });
        Ok(())
    }
}

impl Shared<'_> {
    /// Does steps that do not wait for each other.
    fn group(&self, steps: &mut (dyn Iterator<Item = Step> + Send)) -> Result<()> {
        let threads = self.work.plan.threads;
        let group = Group { shared: self, turns: Turns::new(steps), order: InOrder::new(threads) };
        together(threads, || group.work());
        lock(&self.failure).take().map_or(Ok(()), Err)
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
        let Buffers { chunk: elements, part: buffer, .. } = buffers;
        for_each_part(&whole, &plan.tile, &mut |part| {
            if part.count == whole.count {
                return self.open.put(&whole, elements);
            }
            let zero = vec![0; part.count.len()];
            let from = Side { shape: &whole.count, start: &part.target, stride: &[] };
            let to = Side { shape: &part.count, start: &zero, stride: &[] };
            buffer.resize(limits::to_usize(shape::bytes(&part.count, shapes.size)?)?, 0);
            copy::copy((elements, from), (buffer, to), &part.count, shapes.size)?;
            match part.scaled == tile {
                true => self.open.put(&Selection::block(part.start.clone(), part.count.clone()), buffer),
                false => self.kept(part, chunk, buffer),
            }
        })?;
        source.advance(len)
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
        self.open.put(&Selection::block(part.start.clone(), part.count.clone()), buffer)
    }

    /// The number of a tile, and its chunks.
    fn waiting(&self, tile: &[u64]) -> (u64, Positions) {
        let Rechunk { shapes, plan, .. } = self.work;
        (Positions::of_tiles(shapes, plan).number(tile), Positions::of_chunks(shapes, plan, tile))
    }
}
