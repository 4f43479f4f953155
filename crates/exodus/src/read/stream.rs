//! Reading what does not fit into memory: steps, and ranges of entries, one after the other.

use std::marker::PhantomData;
use std::ops::Range;

use hyperslab::{Element, Error, Result, Values};

use crate::data::{describe, Data, Part};
use crate::kind::EntityKind;
use crate::read::file::ExodusFile;

/// The steps of one array, one after the other.
#[derive(Debug)]
pub struct Steps<'f, T> {
    file: &'f ExodusFile,
    data: Data,
    steps: Range<u64>,
    element: PhantomData<T>,
}

/// The values of one step.
#[derive(Debug)]
pub struct StepValues<'f, T: Element> {
    /// The step, counted from 0.
    pub step: u64,
    /// The values.
    pub values: Values<'f, T>,
}

/// Ranges of entries of an array, one after the other.
#[derive(Debug)]
pub struct Pieces<'f, T> {
    file: &'f ExodusFile,
    part: Part,
    entries: Range<u64>,
    piece: u64,
    element: PhantomData<T>,
}

/// The values of a range of entries.
#[derive(Debug)]
pub struct PieceValues<'f, T: Element> {
    /// The entries, counted from 0.
    pub entries: Range<u64>,
    /// The values.
    pub values: Values<'f, T>,
}

impl ExodusFile {
    /// Iterates over the steps of one variable without holding more than one.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the entity does not have the variable.
    pub fn steps(&self, kind: EntityKind, variable: usize, entity: usize) -> Result<Steps<'_, f64>> {
        self.steps_of(Data::Variable(kind, variable, entity))
    }

    /// Iterates over the steps of any array that has them, in any type.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the file has no such array, or it has no steps.
    pub fn steps_of<T: Element>(&self, data: Data) -> Result<Steps<'_, T>> {
        let steps = self.shape(data).filter(|_| data.is_stepwise()).and_then(|shape| shape.first().copied());
        let steps = steps.ok_or_else(|| Error::not_found(format!("the file has no {}", describe(data))))?;
        Ok(Steps { file: self, data, steps: 0..steps, element: PhantomData })
    }

    /// Iterates over an array, or over one step of it, in ranges of at most so many entries: for meshes that are larger
    /// than the memory.
    ///
    /// ```
    /// # fn main() -> exodus_rs::Result<()> {
    /// # use exodus_rs::{CreateOptions, Data, ExodusFile, MeshBuilder};
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("a.exo");
    /// # MeshBuilder::new("nodes").nodes(&[[1.0], [2.0], [4.0], [8.0], [16.0]])
    /// #     .create(&path, &CreateOptions::default())?.finish()?;
    /// let file = ExodusFile::open(&path)?;
    /// let mut sum = 0.0;
    /// for piece in file.pieces::<f64>(Data::Coordinate(0), 2)? {
    ///     let piece = piece?;
    ///     assert!(piece.values.len() <= 2);
    ///     sum += piece.values.iter().sum::<f64>();
    /// }
    /// assert_eq!(sum, 31.0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) if the file has no such array.
    pub fn pieces<T: Element>(&self, part: impl Into<Part>, entries: u64) -> Result<Pieces<'_, T>> {
        let part = part.into();
        let shape = self.shape(part.data());
        let shape = shape.ok_or_else(|| Error::not_found(format!("the file has no {}", describe(part.data()))))?;
        // A single number, like a time, is one entry.
        let length = shape.get(usize::from(part.data().is_stepwise())).copied().unwrap_or(1);
        Ok(Pieces { file: self, part, entries: 0..length, piece: entries.max(1), element: PhantomData })
    }
}

impl<'f, T: Element> Iterator for Steps<'f, T> {
    type Item = Result<StepValues<'f, T>>;

    fn next(&mut self) -> Option<Self::Item> {
        let step = self.steps.next()?;
        let values = self.file.view(self.data.step(step));
        Some(values.map(|values| StepValues { step, values }))
    }
}

impl<T> Pieces<'_, T> {
    /// The next range and the part that it is.
    pub(crate) fn next_part(&mut self) -> Option<(Range<u64>, Part)> {
        let start = self.entries.start;
        let end = self.entries.end.min(start.saturating_add(self.piece));
        self.entries.start = end;
        (start < end).then(|| (start..end, self.part.clone().entries(start..end)))
    }
}

impl<'f, T: Element> Iterator for Pieces<'f, T> {
    type Item = Result<PieceValues<'f, T>>;

    fn next(&mut self) -> Option<Self::Item> {
        let (entries, part) = self.next_part()?;
        let values = self.file.view(part);
        Some(values.map(|values| PieceValues { entries, values }))
    }
}
