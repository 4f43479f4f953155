//! How chunks of one shape become chunks of another one, so that each is decoded and encoded once.
//!
//! The array is cut into *tiles* of whole output chunks. Inside of a tile, input chunks are taken row by row along the
//! *sweep*: an output chunk is open from the first input chunk that touches it to the last one, so that only the rows are
//! open that the present input chunks reach into. Where the borders of a tile are those of input chunks, too, nothing else
//! is to be kept. Where they are not, the parts of an input chunk that belong to later tiles wait in a temporary file, each
//! written and read once.

use crate::error::{Error, Result};
use crate::shape;

/// Chunks along a dimension that are looked at one by one, to tell what is spilled; of more the average is taken.
const COUNTED: u64 = 4096;

/// Finding an output chunk costs as much as copying so many bytes into it.
const PART: u64 = 256;
/// Input chunks are taken together up to so many, and so many bytes.
const MOST: u64 = 64;
const WIDE: u64 = 1 << 20;

/// What there is for elements where nobody says how much.
pub(crate) const MEMORY: u64 = 256 << 20;

/// Shapes that say what becomes what. All have the same rank, which is not 0, and no length is 0.
#[derive(Debug, Clone)]
pub(crate) struct Shapes {
    /// Of the array.
    pub array: Vec<u64>,
    /// Of the chunks that are read; not longer than the array.
    pub from: Vec<u64>,
    /// Of the chunks that are written.
    pub to: Vec<u64>,
    /// Bytes of an element.
    pub size: u64,
}

/// What there is to work with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Means {
    /// Bytes.
    pub memory: u64,
    pub threads: usize,
}

/// A way to go, and what it costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The lengths of a tile: multiples of those of the output chunks, or all.
    pub tile: Vec<u64>,
    /// The dimension along which rows of input chunks are taken.
    pub sweep: usize,
    /// How many work at a time.
    pub threads: usize,
    /// Bytes that are held at most.
    pub memory: u64,
    /// Bytes of open output chunks among them.
    pub open: u64,
    /// Bytes that wait in a temporary file, each written and read once.
    pub spill: u64,
}

impl Plan {
    /// The plan that spills least; of those the one that holds least.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) where the memory holds not even one chunk of each kind.
    pub fn new(shapes: &Shapes, means: Means) -> Result<Self> {
        let most = means.threads.max(1);
        let worker = shapes.for_worker();
        // As many threads as half of the memory allows, and fewer where that spares the file.
        let threads = usize::try_from(means.memory / 2 / worker.max(1)).unwrap_or(most).clamp(1, most);
        let ways = (1..=threads).rev().map(|threads| Self::with_threads(shapes, means.memory, threads));
        let mut best: Option<Plan> = None;
        for plan in ways.flatten() {
            if best.as_ref().is_none_or(|best| plan.spill < best.spill) {
                best = Some(plan);
            }
            if best.as_ref().is_some_and(|best| best.spill == 0) {
                break;
            }
        }
        best.ok_or_else(|| {
            let least = worker.saturating_add(shapes.bytes(&shapes.to));
            let Shapes { from, to, .. } = shapes;
            Error::limit(format!("chunks of {from:?} become chunks of {to:?} in {least} bytes of memory or more"))
        })
    }

    /// The same with input chunks taken together where that is quicker, and needs no file.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn of_all(shapes: Shapes, means: Means) -> Result<(Shapes, Self)> {
        let wide = shapes.clone().widened();
        match Self::new(&wide, means) {
            Ok(plan) if plan.spill == 0 => Ok((wide, plan)),
            _ => Self::new(&shapes, means).map(|plan| (shapes, plan)),
        }
    }

    fn with_threads(shapes: &Shapes, memory: u64, threads: usize) -> Option<Self> {
        let buffers = shapes.for_worker().saturating_mul(threads as u64);
        // What is open, and as much again that waits for its turn, or to be used again.
        let room = memory.saturating_sub(buffers) / 2;
        let plans = (0..shapes.array.len()).filter_map(|sweep| {
            let order = Order { shapes, sweep, threads };
            let tile = order.tile(room)?;
            let open = order.open(&tile);
            Some(Plan {
                sweep,
                threads,
                memory: buffers.saturating_add(open.saturating_mul(2)),
                open,
                spill: shapes.spill(&tile),
                tile,
            })
        });
        plans.min_by_key(|plan| (plan.spill, plan.memory))
    }
}

/// Input chunks that are taken along one dimension by some threads.
#[derive(Debug, Clone, Copy)]
struct Order<'s> {
    shapes: &'s Shapes,
    sweep: usize,
    threads: usize,
}

impl Shapes {
    fn bytes(&self, lengths: &[u64]) -> u64 {
        shape::bytes(lengths, self.size).unwrap_or(u64::MAX)
    }

    /// The buffers of a worker: an input chunk as it is stored, decoded and half decoded, a part of it; an output chunk that
    /// is encoded, and half encoded.
    fn for_worker(&self) -> u64 {
        let (from, to) = (self.bytes(&self.from), self.bytes(&self.to));
        from.saturating_mul(4).saturating_add(to.saturating_mul(2))
    }

    /// The bytes of the parts of input chunks that do not lie in the first tile that they touch.
    fn spill(&self, tile: &[u64]) -> u64 {
        let axes = tile.iter().zip(&self.from).zip(&self.array);
        let kept = axes.map(|((&tile, &from), &all)| kept(tile, from, all)).fold(self.size, u64::saturating_mul);
        self.bytes(&self.array).saturating_sub(kept)
    }

    /// Whether output chunks, made one after the other, have input chunks decoded more than once, if so many bytes of them
    /// are kept.
    pub fn decode_again(&self, kept: u64) -> bool {
        let axes = || self.from.iter().zip(&self.to).zip(&self.array);
        let is_cut = axes().any(|((&from, &to), &all)| to < all && !to.is_multiple_of(from));
        // All input chunks that a row of output chunks touches.
        let row = axes().enumerate().map(|(axis, ((&from, &to), &all))| match axis {
            0 => touched(to, from, all).saturating_mul(from).min(all),
            _ => all,
        });
        is_cut && row.fold(self.size, u64::saturating_mul) > kept
    }

    /// The bytes that an input chunk has for one output chunk.
    fn part(&self) -> u64 {
        let axes = self.from.iter().zip(&self.to);
        axes.fold(self.size, |bytes, (&from, &to)| bytes.saturating_mul(from.min(to)))
    }

    /// Whether each input chunk has little for many output chunks, and each of these has little from many.
    pub fn are_crossed(&self) -> bool {
        let part = self.part();
        part < PART && part < self.bytes(&self.from) && part < self.bytes(&self.to)
    }

    /// The same with several input chunks taken as one, where the parts of one for each output chunk would be very small, and
    /// borders stay where they are.
    pub(super) fn widened(mut self) -> Self {
        if self.part() >= PART {
            return self;
        }
        let room = WIDE / self.bytes(&self.from).max(1);
        let mut axes = self.from.iter_mut().zip(&self.to).zip(&self.array).rev();
        if let Some(((from, &to), &all)) = axes.find(|((from, &to), &all)| **from < to.min(all)) {
            let most = MOST.min(room).min(all / *from);
            let keeps = |times: &u64| common_multiple(*from * times, to, all) == common_multiple(*from, to, all);
            *from *= (1..=most).rev().find(keeps).unwrap_or(1);
        }
        self
    }

    /// The bytes of an input chunk that lie together in an output chunk, if that is larger.
    pub fn together(&self) -> u64 {
        let mut bytes = self.size;
        for (&from, &to) in self.from.iter().zip(&self.to).rev() {
            bytes = bytes.saturating_mul(from.min(to));
            if from < to {
                return bytes;
            }
        }
        u64::MAX
    }
}

impl Order<'_> {
    /// The bytes of open output chunks: the rows that the present input chunks reach into, and for each thread but one what
    /// a single input chunk reaches into, because it may fall behind.
    fn open(&self, tile: &[u64]) -> u64 {
        let Shapes { array, from, to, .. } = self.shapes;
        let axes = || tile.iter().zip(from).zip(to).zip(array).enumerate();
        let rows = axes().map(|(axis, (((&tile, &from), &to), &all))| match axis == self.sweep && tile == all {
            true => touched(from, to, tile),
            false => tile.div_ceil(to),
        });
        let late = axes().map(|(_, (((&tile, &from), &to), _))| touched(from, to, tile));
        let late = late.fold(self.threads as u64 - 1, u64::saturating_mul);
        let chunks = rows.fold(1, u64::saturating_mul).saturating_add(late);
        self.shapes.bytes(to).saturating_mul(chunks)
    }

    /// The tile that spills least and fits; none if not even the smallest does.
    fn tile(&self, room: u64) -> Option<Vec<u64>> {
        let Shapes { array, from, to, .. } = self.shapes;
        // With these borders nothing is spilled.
        let axes = from.iter().zip(to).zip(array);
        let whole: Vec<u64> = axes.map(|((&from, &to), &all)| common_multiple(from, to, all)).collect();
        let mut smallest: Vec<u64> = to.iter().zip(array).map(|(&to, &all)| to.min(all)).collect();
        let swept = |tile: &[u64]| {
            let mut swept = tile.to_vec();
            swept.get_mut(self.sweep)?.clone_from(array.get(self.sweep)?);
            (self.open(&swept) <= room).then_some(swept)
        };
        if let Some(tile) = swept(&whole) {
            return Some(tile);
        }
        if self.open(&smallest) > room {
            return None;
        }
        smallest = swept(&smallest).unwrap_or(smallest);
        Some(self.grown(smallest, &whole, room))
    }

    /// Makes a tile larger where that saves most, as long as it fits.
    fn grown(&self, mut tile: Vec<u64>, whole: &[u64], room: u64) -> Vec<u64> {
        loop {
            let larger = (0..tile.len()).filter_map(|axis| {
                let (now, most) = (*tile.get(axis)?, *whole.get(axis)?);
                let next = now.saturating_mul(2).min(most);
                let mut larger = tile.clone();
                *larger.get_mut(axis)? = next;
                (next > now && self.open(&larger) <= room).then_some(larger)
            });
            match larger.min_by_key(|larger| self.shapes.spill(larger)) {
                Some(larger) => tile = larger,
                None => return tile,
            }
        }
    }
}

/// How many output chunks an input chunk reaches into along a dimension, at most: it begins at a multiple of what divides
/// both lengths, and `all` is as long as a tile.
fn touched(from: u64, to: u64, all: u64) -> u64 {
    let common = divisor(from, to);
    let most = (to - common).saturating_add(from.min(all)).div_ceil(to);
    most.min(all.div_ceil(to)).max(1)
}

/// The indices of a dimension that lie in the tile in which their input chunk begins.
fn kept(tile: u64, from: u64, all: u64) -> u64 {
    if tile >= all || tile.is_multiple_of(from) {
        return all;
    }
    let chunks = all.div_ceil(from);
    if chunks <= COUNTED {
        let starts = (0..chunks).map(|chunk| chunk * from);
        return starts.map(|start| from.min(all - start).min(tile - start % tile)).sum();
    }
    // Chunks begin at every multiple of the divisor inside of a tile equally often, and borders inside of a chunk.
    let common = divisor(tile, from);
    match tile < from {
        true => chunks.saturating_mul(tile.midpoint(common)).min(all),
        false => all - (all / tile).saturating_mul((from - common) / 2).min(all),
    }
}

/// The least common multiple, or all that there is.
fn common_multiple(a: u64, b: u64, all: u64) -> u64 {
    (a / divisor(a, b)).checked_mul(b).map_or(all, |multiple| multiple.min(all))
}

fn divisor(a: u64, b: u64) -> u64 {
    let (mut a, mut b) = (a.max(1), b);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}
