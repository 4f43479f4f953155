//! Reading what does not fit into memory: steps, and ranges of entries, one after the other.

use std::marker::PhantomData;
use std::ops::Range;

use hyperslab::{Element, Result, Values};

use super::{missing, ModelExt};
use crate::data::{Data, Part};
use crate::model::Model;

/// The steps of one array, one after the other.
#[derive(Debug)]
pub struct Steps<'m, T, M: ?Sized> {
    model: &'m M,
    data: Data,
    steps: Range<u64>,
    element: PhantomData<T>,
}

/// The values of one step.
#[derive(Debug)]
pub struct StepValues<'m, T: Element> {
    /// The step, counted from 0.
    pub step: u64,
    /// The values.
    pub values: Values<'m, T>,
}

/// Ranges of entries of an array, one after the other.
#[derive(Debug)]
pub struct Pieces<'m, T, M: ?Sized> {
    model: &'m M,
    part: Part,
    entries: Range<u64>,
    piece: u64,
    element: PhantomData<T>,
}

/// The values of a range of entries.
#[derive(Debug)]
pub struct PieceValues<'m, T: Element> {
    /// The entries, counted from 0.
    pub entries: Range<u64>,
    /// The values.
    pub values: Values<'m, T>,
}

impl<'m, T, M: Model + ?Sized> Steps<'m, T, M> {
    pub(super) fn of(model: &'m M, data: Data) -> Result<Self> {
        let steps = model.shape(data).filter(|_| data.is_stepwise()).and_then(|shape| shape.first().copied());
        let steps = steps.ok_or_else(|| missing(model, data))?;
        Ok(Steps { model, data, steps: 0..steps, element: PhantomData })
    }
}

impl<'m, T, M: Model + ?Sized> Pieces<'m, T, M> {
    pub(super) fn of(model: &'m M, part: Part, entries: u64) -> Result<Self> {
        let shape = model.shape(part.data()).ok_or_else(|| missing(model, part.data()))?;
        // A single number, like a time, is one entry.
        let length = shape.get(usize::from(part.data().is_stepwise())).copied().unwrap_or(1);
        Ok(Pieces { model, part, entries: 0..length, piece: entries.max(1), element: PhantomData })
    }
}

impl<'m, T: Element, M: Model + ?Sized> Iterator for Steps<'m, T, M> {
    type Item = Result<StepValues<'m, T>>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.steps.next()?;
        let values = self.model.view(self.data.step(step));
        Some(values.map(|values| StepValues { step, values }))
    }
}

impl<'m, T: Element, M: Model + ?Sized> Iterator for Pieces<'m, T, M> {
    type Item = Result<PieceValues<'m, T>>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.entries.start;
        let end = self.entries.end.min(start.saturating_add(self.piece));
        self.entries.start = end;
        let values = (start < end).then(|| self.model.view(self.part.clone().entries(start..end)))?;
        Some(values.map(|values| PieceValues { entries: start..end, values }))
    }
}
