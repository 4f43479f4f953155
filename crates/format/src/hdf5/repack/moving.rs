//! Elements on their way into chunks of another shape, through other filters, or into one piece.

use super::data::Data;
use crate::error::Result;
use crate::hdf5::builder::LayoutSpec;
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::rechunk::{bands, Means, Plan, Rechunk, Shapes, Source, Target};
use crate::hdf5::space::AddressSpace;
use crate::shape::{self, Selection};

/// What stays in one piece is copied in bands of a megabyte, for which there always is memory.
const STAYS: u64 = 16 << 20;
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
        let mut means = data.copying.choices.means();
        if matches!((&data.from.storage, &data.to.spec().layout), (Storage::Contiguous(_), LayoutSpec::Contiguous)) {
            means.memory = means.memory.max(STAYS);
        }
        let present = Self::present(data)?;
        let (shapes, plan) = planned(data.from, target.chunk(), means, matches!(present, Present::All))?;
        Ok(Moving { data, target, shapes, plan, present })
    }

    fn present(data: &Data) -> Result<Present> {
        let bytes = shape::bytes(&data.from.shape, data.from.datatype.size())?;
        let Storage::Chunked(chunked) = &data.from.storage else {
            return data.pace.spend(bytes).map(|()| Present::All);
        };
        if data.to.chunk().is_none() {
            // All of it has a place in the copy.
            data.check_size()?;
        }
        let all = shape::count(&chunked.grid.chunks())?;
        let (mut count, mut list) = (0u64, Vec::new());
        chunked.index.visit(data.copying.space, &chunked.grid, &mut |_, location| {
            count += 1;
            data.pace.spend(location.size)
        })?;
        if count == all || data.to.chunk().is_none() {
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
        let (dataset, beside) = (target.dataset(), self.data.copying.beside);
        Rechunk { shapes, plan, source: self, target, dataset, few, beside }.run()
    }
}

/// Whether all chunks of a dataset are there.
///
/// # Errors
/// What is wrong with the index.
pub(super) fn is_full(space: &AddressSpace, from: &Dataset) -> Result<bool> {
    let Storage::Chunked(chunked) = &from.storage else { return Ok(true) };
    let mut count = 0u64;
    chunked.index.visit(space, &chunked.grid, &mut |_, _| {
        count += 1;
        Ok(())
    })?;
    Ok(count == shape::count(&chunked.grid.chunks())?)
}

/// How the elements of a dataset get into chunks of another shape; if it is full, several chunks may be taken as one.
///
/// # Errors
/// [`Kind::Limit`](crate::Kind::Limit) for too little memory.
pub(super) fn planned(from: &Dataset, to: &[u64], means: Means, is_full: bool) -> Result<(Shapes, Plan)> {
    let (array, size) = (&from.shape, from.datatype.size());
    let with = |chunk: &[u64]| {
        let chunk = chunk.iter().zip(array).map(|(&chunk, &all)| chunk.min(all)).collect();
        let shapes = Shapes { array: array.clone(), from: chunk, to: to.to_vec(), size };
        match is_full {
            true => Plan::of_all(shapes, means),
            false => Plan::new(&shapes, means).map(|plan| (shapes, plan)),
        }
    };
    match &from.storage {
        Storage::Chunked(chunked) => with(&chunked.grid.chunk),
        // What lies in one piece is read as it lies, if that needs no file.
        _ => match with(&bands(array, size)) {
            Ok((shapes, plan)) if plan.spill == 0 => Ok((shapes, plan)),
            _ => with(to),
        },
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
