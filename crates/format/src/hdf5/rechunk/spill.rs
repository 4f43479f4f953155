//! Parts of input chunks that wait for their tile, in a temporary file: each has a place of its own, which follows from the
//! plan, so that nobody keeps a list.

use super::plan::{Plan, Shapes};
use super::walk::Positions;
use crate::error::{Error, Result};
use crate::shape;
use crate::sink::Scratch;

/// The parts that wait.
#[derive(Debug)]
pub(super) struct Spill {
    file: Scratch,
    /// Bytes of the largest part, and the most parts of a tile.
    part: u64,
    parts: u64,
}

impl Spill {
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) for more parts than a file can have places.
    pub fn new(file: Scratch, shapes: &Shapes, plan: &Plan) -> Result<Self> {
        let axes = || plan.tile.iter().zip(&shapes.from);
        let largest: Vec<u64> = axes().map(|(&tile, &from)| tile.min(from)).collect();
        let part = shape::bytes(&largest, shapes.size)?;
        let counts: Vec<u64> = axes().map(|(&tile, &from)| tile.div_ceil(from).saturating_add(1)).collect();
        let parts = shape::count(&counts)?;
        let tiles: Vec<u64> = shapes.array.iter().zip(&plan.tile).map(|(&all, &tile)| all.div_ceil(tile)).collect();
        let all = [shape::count(&tiles)?, parts, part].into_iter().try_fold(1u64, u64::checked_mul);
        match all.filter(|&bytes| i64::try_from(bytes).is_ok()) {
            Some(_) => Ok(Spill { file, part, parts }),
            None => Err(Error::limit("parts of chunks that wait exceed what a file can hold")),
        }
    }

    /// Keeps a part.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn put(&self, tile: (u64, &Positions), chunk: &[u64], part: &[u8]) -> Result<()> {
        self.file.write_at(self.place(tile, chunk), part)
    }

    /// Reads a part back.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io).
    pub fn take(&self, tile: (u64, &Positions), chunk: &[u64], part: &mut [u8]) -> Result<()> {
        self.file.read_at(self.place(tile, chunk), part)
    }

    fn place(&self, (tile, chunks): (u64, &Positions), chunk: &[u64]) -> u64 {
        tile.saturating_mul(self.parts).saturating_add(chunks.number(chunk)).saturating_mul(self.part)
    }
}
