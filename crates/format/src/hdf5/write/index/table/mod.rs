//! Where the chunks of a dataset were put, whatever index will say so.

mod pages;
mod rows;
#[cfg(test)]
mod tests;

use crate::error::{Error, Result};
use crate::hdf5::chunk::ChunkLocation;
use crate::hdf5::write::file::RAW_ALIGNMENT;
use crate::shape;
use pages::Pages;
pub(crate) use rows::Rows;

/// The chunks of one dataset. Those of a step that lie at a constant distance from those of the step before cost nothing,
/// the others 16 bytes each and a little for every 64.
#[derive(Debug)]
pub(crate) struct ChunkTable {
    /// Lengths of a chunk.
    chunk: Vec<u64>,
    /// Which dimensions may grow.
    growing: Vec<bool>,
    /// Chunks along each dimension when the dataset was created.
    created: Vec<u64>,
    /// Chunks along each dimension that numbers have room for. The first one is not used, so that it may grow; others
    /// that grow are doubled, which gives all chunks new numbers.
    counts: Vec<u64>,
    rows: Rows,
    /// The other chunks, by their number in C order.
    pages: Pages,
    /// The first chunk, in C order, that was put since the last time somebody asked.
    changed: Option<Vec<u64>>,
    chunk_bytes: u32,
}

impl ChunkTable {
    /// No chunk yet, for a dataset of this shape; lengths of `u64::MAX` in `max_shape` may grow.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) for chunks of 4 GiB or more.
    pub fn new(chunk: &[u64], shape: &[u64], max_shape: &[u64], element_size: u64) -> Result<Self> {
        let bytes = shape::bytes(chunk, element_size)?;
        let chunk_bytes = u32::try_from(bytes)
            .map_err(|_| Error::unsupported(format!("chunks of {bytes} bytes: 4 GiB is the limit")))?;
        let chunks = |(&length, &chunk): (&u64, &u64)| length.div_ceil(chunk.max(1)).max(1);
        let created: Vec<u64> = shape.iter().zip(chunk).map(chunks).collect();
        // What grows to a limit has that from the start.
        let limit = |(&max, &chunk): (&u64, &u64)| if max == u64::MAX { 1 } else { chunks((&max, &chunk)) };
        let counts = created.iter().zip(max_shape.iter().zip(chunk).map(limit)).map(|(&now, most)| now.max(most));
        Ok(ChunkTable {
            chunk: chunk.to_vec(),
            growing: max_shape.iter().map(|&length| length == u64::MAX).collect(),
            counts: counts.collect(),
            created,
            rows: Rows::default(),
            pages: Pages::default(),
            changed: None,
            chunk_bytes,
        })
    }

    /// Lengths of a chunk.
    pub fn chunk(&self) -> &[u64] {
        &self.chunk
    }

    /// The bytes of an unfiltered chunk.
    pub fn chunk_bytes(&self) -> u64 {
        u64::from(self.chunk_bytes)
    }

    /// The dimensions that may grow.
    pub fn growing(&self) -> impl Iterator<Item = usize> + '_ {
        self.growing.iter().enumerate().filter_map(|(axis, &grows)| grows.then_some(axis))
    }

    /// Chunks along each dimension, the largest extent of those that cannot grow.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Where a chunk is, if it has a place.
    pub fn locate(&self, scaled: &[u64]) -> Option<ChunkLocation> {
        self.in_row(scaled).or_else(|| {
            let number = self.number(scaled)?;
            self.pages.get(number)
        })
    }

    /// Notes where a chunk was put; returns where it was before.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) for a chunk above 4 GiB, or when there is no memory for the table;
    /// [`Kind::Usage`](crate::Kind::Usage) for a chunk that no extent has, or whose place is fixed.
    pub fn insert(&mut self, scaled: &[u64], at: ChunkLocation) -> Result<Option<ChunkLocation>> {
        if self.in_row(scaled).is_some() {
            return Err(Error::usage("a chunk that has its place already"));
        }
        self.make_room(scaled)?;
        let number = self.number(scaled).ok_or_else(|| Error::limit("more than 2^64 chunks"))?;
        if self.changed.as_deref().is_none_or(|first| scaled < first) {
            self.changed = Some(scaled.to_vec());
        }
        self.pages.put(number, at)
    }

    /// The first chunk, in C order, that was put since this was asked last.
    pub fn take_changed(&mut self) -> Option<Vec<u64>> {
        self.changed.take()
    }

    /// The number of a chunk in C order; `None` if there is none yet.
    fn number(&self, scaled: &[u64]) -> Option<u64> {
        let axes = scaled.iter().zip(&self.counts).enumerate();
        (scaled.len() == self.counts.len()).then_some(())?;
        axes.into_iter().try_fold(0u64, |number, (axis, (&at, &count))| match axis {
            0 => Some(at),
            _ if at >= count => None,
            _ => number.checked_mul(count)?.checked_add(at),
        })
    }

    /// The least number of a chunk at this position or behind it, whether or not there is such a chunk.
    fn not_before(&self, start: &[u64]) -> u64 {
        let mut inside = true;
        let axes = self.counts.iter().enumerate();
        axes.fold(0u64, |number, (axis, &count)| {
            let at = if inside { start.get(axis).copied().unwrap_or(0) } else { 0 };
            inside &= axis == 0 || at < count;
            let at = if axis == 0 { at } else { at.min(count) };
            number.saturating_mul(count).saturating_add(at)
        })
    }

    /// Makes sure that a chunk has a number.
    fn make_room(&mut self, scaled: &[u64]) -> Result<()> {
        let mut counts = self.counts.clone();
        for (axis, (count, &at)) in counts.iter_mut().zip(scaled).enumerate() {
            let grows = self.growing.get(axis).copied().unwrap_or(false);
            if at >= *count && !grows {
                return Err(Error::usage(format!("there is no chunk {scaled:?}")));
            }
            if at >= *count && axis > 0 {
                *count = (at + 1).checked_next_power_of_two().ok_or_else(|| Error::limit("more than 2^63 chunks"))?;
            }
        }
        if counts == self.counts {
            return Ok(());
        }
        let pages = std::mem::take(&mut self.pages);
        let old = std::mem::replace(&mut self.counts, counts);
        for (number, at) in pages.from(0) {
            let renumbered = self.number(&position(number, &old));
            self.pages.put(renumbered.ok_or_else(|| Error::limit("more than 2^64 chunks"))?, at)?;
        }
        Ok(())
    }

    /// The position and the place of every chunk that has one, in C order.
    pub fn iter(&self) -> impl Iterator<Item = (Vec<u64>, ChunkLocation)> + '_ {
        self.from(&[])
    }

    /// Those of them from a position on.
    pub fn from(&self, start: &[u64]) -> impl Iterator<Item = (Vec<u64>, ChunkLocation)> + '_ {
        let (first, number) = (start.to_vec(), self.not_before(start));
        let mut rows = self.in_rows().skip_while(move |(at, _)| *at < first).peekable();
        let mut others = self.listed_from(number).peekable();
        std::iter::from_fn(move || match (rows.peek(), others.peek()) {
            (Some(row), Some(other)) if row.0 > other.0 => others.next(),
            (Some(_), _) => rows.next(),
            (None, _) => others.next(),
        })
    }

    /// The position of the last chunk that has a place, in C order.
    pub fn last(&self) -> Option<Vec<u64>> {
        let row = self.rows.count.saturating_mul(self.per_row()).checked_sub(1);
        let row = row.map(|number| position(number, &self.created));
        row.max(self.pages.last().map(|number| position(number, &self.counts)))
    }

    /// The number of chunks that have a place.
    pub fn len(&self) -> u64 {
        self.rows.count.saturating_mul(self.per_row()).saturating_add(self.pages.from(0).count() as u64)
    }

    /// The chunks that have no place by their row.
    pub fn listed(&self) -> impl Iterator<Item = (Vec<u64>, ChunkLocation)> + '_ {
        self.listed_from(0)
    }

    fn listed_from(&self, number: u64) -> impl Iterator<Item = (Vec<u64>, ChunkLocation)> + '_ {
        self.pages.from(number).map(|(number, at)| (position(number, &self.counts), at))
    }

    fn in_rows(&self) -> impl Iterator<Item = (Vec<u64>, ChunkLocation)> + '_ {
        let all = 0..self.rows.count.saturating_mul(self.per_row());
        all.filter_map(|number| {
            let position = position(number, &self.created);
            let location = self.in_row(&position)?;
            Some((position, location))
        })
    }

    /// Gives the chunks of the first rows their places; before any other chunk has one.
    pub fn place_rows(&mut self, rows: Rows) {
        self.rows = rows;
    }

    /// The rows that have their places.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The number of rows of chunks of the extent at creation.
    pub fn created_rows(&self) -> u64 {
        self.created.first().copied().unwrap_or(1)
    }

    fn in_row(&self, scaled: &[u64]) -> Option<ChunkLocation> {
        self.rows.locate(&self.created, self.chunk_bytes(), scaled)
    }

    fn per_row(&self) -> u64 {
        self.created.iter().skip(1).product()
    }

    /// From one unfiltered chunk to the next, each at the alignment of raw data.
    pub fn aligned_bytes(&self) -> u64 {
        self.chunk_bytes().next_multiple_of(RAW_ALIGNMENT)
    }

    /// The bytes of a row of unfiltered chunks that are `step` bytes apart.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when they do not fit 64 bits.
    pub fn row_bytes(&self, step: u64) -> Result<u64> {
        self.per_row().checked_mul(step).ok_or_else(|| Error::limit("a row of chunks above 2^64 bytes"))
    }
}

/// The position in a grid of so many chunks of the one with this number. The first dimension has no end.
fn position(number: u64, counts: &[u64]) -> Vec<u64> {
    let mut rest = number;
    let mut scaled = vec![0; counts.len()];
    for (axis, (at, &count)) in scaled.iter_mut().zip(counts).enumerate().rev() {
        *at = if axis == 0 { rest } else { rest % count.max(1) };
        rest /= count.max(1);
    }
    scaled
}
