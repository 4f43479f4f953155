//! Elements on their way into chunks of another shape, through other filters, or into one piece.

use super::data::Data;
use crate::error::Result;
use crate::hdf5::read::dataset::Storage;
use crate::hdf5::rechunk::{bands, Plan, Rechunk, Shapes, Source, Target};
use crate::shape::{self, Selection};

/// Few chunks of so many are listed; of others each is looked for.
const SPARSE: u64 = 4;
const FEW: u64 = 1 << 20;

/// One dataset, and what is planned for it.
pub(super) struct Moving<'m> {
    data: &'m Data<'m>,
    target: Target<'m>,
    shapes: Shapes,
    plan: Plan,
    present: Present,
}

/// Which chunks are there.
enum Present {
    All,
    Many,
    Few(Vec<Vec<u64>>),
}

impl<'m> Moving<'m> {
    /// Makes a plan.
    ///
    /// # Errors
    /// What is wrong with the index; [`Kind::Limit`](crate::Kind::Limit) for too little memory.
    pub fn new(data: &'m Data<'m>) -> Result<Self> {
        let target = Target::new(data.copying.file, data.to);
        let means = data.copying.choices.means();
        let (array, size) = (data.from.shape.clone(), data.from.datatype.size());
        let shapes = |from: &[u64]| {
            let from = from.iter().zip(&array).map(|(&from, &all)| from.min(all)).collect();
            Shapes { array: array.clone(), from, to: target.chunk().to_vec(), size }
        };
        let (shapes, plan) = match &data.from.storage {
            Storage::Chunked(chunked) => {
                let shapes = shapes(&chunked.grid.chunk);
                let plan = Plan::new(&shapes, means)?;
                (shapes, plan)
            }
            // What lies in one piece is read as it lies, if that needs no file.
            _ => {
                let rows = shapes(&bands(&array, size));
                match Plan::new(&rows, means) {
                    Ok(plan) if plan.spill == 0 => (rows, plan),
                    _ => {
                        let chunks = shapes(target.chunk());
                        let plan = Plan::new(&chunks, means)?;
                        (chunks, plan)
                    }
                }
            }
        };
        let present = Self::present(data)?;
        Ok(Moving { data, target, shapes, plan, present })
    }

    fn present(data: &Data) -> Result<Present> {
        let Storage::Chunked(chunked) = &data.from.storage else { return Ok(Present::All) };
        if data.to.chunk().is_none() {
            // All of it has a place in the copy.
            return data.check_size().map(|()| Present::All);
        }
        let all = shape::count(&chunked.grid.chunks())?;
        let (mut count, mut list) = (0u64, Vec::new());
        chunked.index.visit(data.copying.space, &chunked.grid, &mut |_, _| {
            count += 1;
            Ok(())
        })?;
        if count == all {
            return Ok(Present::All);
        }
        if all <= count.saturating_mul(SPARSE).saturating_add(FEW) {
            return Ok(Present::Many);
        }
        chunked.index.visit(data.copying.space, &chunked.grid, &mut |scaled, _| {
            list.push(scaled.to_vec());
            Ok(())
        })?;
        Ok(Present::Few(list))
    }

    /// Copies the elements.
    ///
    /// # Errors
    /// What is wrong with them; [`Kind::Io`](crate::Kind::Io).
    pub fn run(&self) -> Result<()> {
        let few = match &self.present {
            Present::Few(list) => Some(list.as_slice()),
            _ => None,
        };
        let Moving { shapes, plan, target, .. } = self;
        Rechunk { shapes, plan, source: self, target, few, beside: Some(self.data.copying.beside) }.run()
    }
}

impl Source for Moving<'_> {
    fn read(&self, region: &Selection, target: &mut [u8]) -> Result<()> {
        self.data.from.read(self.data.copying.space, region, target)
    }

    fn has(&self, chunk: &[u64]) -> Result<bool> {
        match (&self.data.from.storage, &self.present) {
            (Storage::Chunked(chunked), Present::Many) => {
                Ok(chunked.index.locate(self.data.copying.space, &chunked.grid, chunk)?.is_some())
            }
            _ => Ok(true),
        }
    }

    fn advance(&self, bytes: u64) -> Result<()> {
        self.data.pace.advance(bytes)
    }
}
