//! A torn file: what of it can be read is copied, and what cannot is noted.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::heads::is_absurd;
use crate::error::{Kind, Result};
use crate::grid::for_each_part;
use crate::hdf5::builder::LayoutSpec;
use crate::hdf5::chunk::IndexKind;
use crate::hdf5::read::chunked::Chunked;
use crate::hdf5::read::dataset::{Dataset, Storage};
use crate::hdf5::references::has_addresses;
use crate::hdf5::repack::data::{Buffers, Data};
use crate::hdf5::repack::elements::Translator;
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::shape::{self, Selection};
use crate::sync::lock;

/// The most chunks that are looked for one by one, where the index cannot be walked.
const MOST_CHUNKS: u64 = 1 << 22;

/// What is not in the copy: the paths of objects, and what is missing of each.
#[derive(Debug, Default)]
pub(in crate::hdf5::repack) struct Losses(Mutex<BTreeSet<(String, String)>>);

impl Losses {
    /// Notes what is missing of an object, once.
    pub fn note(&self, object: String, what: String) {
        lock(&self.0).insert((object, what));
    }

    /// Whether nothing was noted.
    pub fn is_empty(&self) -> bool {
        lock(&self.0).is_empty()
    }

    /// The first thing that is missing of an object.
    pub fn of(&self, object: &str) -> Option<String> {
        lock(&self.0).iter().find(|(path, _)| path == object).map(|(_, what)| what.clone())
    }

    /// Everything that was noted, by object.
    pub fn into_list(self) -> Vec<(String, String)> {
        self.0.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).into_iter().collect()
    }
}

/// Whether a dataset in one piece claims more than the file can be thought to have lost, or lost all that there was, and has no element
/// to be written instead: it gets no place in the copy.
pub(in crate::hdf5::repack) fn is_void(space: &AddressSpace, from: &Dataset, has_blank: bool) -> bool {
    let lost = |address| {
        let is_too_long = |len| is_absurd(space, len);
        (space.remaining(address) == 0 && !has_blank)
            || shape::bytes(&from.shape, from.datatype.size()).is_ok_and(is_too_long)
    };
    matches!(from.storage, Storage::Contiguous(Some(address)) if !from.shape.contains(&0) && lost(address))
}

/// The chunks of a dataset that are missing, by their numbers, and why the first is.
#[derive(Debug, Default)]
struct Missing {
    /// How many there are along each dimension.
    counts: Vec<u64>,
    chunks: BTreeSet<u64>,
    why: Option<String>,
}

impl Missing {
    fn of(counts: &[u64]) -> Self {
        Missing { counts: counts.to_vec(), ..Missing::default() }
    }

    fn number(&self, scaled: &[u64]) -> u64 {
        let axes = scaled.iter().zip(&self.counts);
        axes.fold(0, |sum: u64, (at, count)| sum.saturating_mul(*count).saturating_add(*at))
    }

    /// Notes a chunk that cannot be read.
    ///
    /// # Errors
    /// An error that is none of the file.
    fn bear(&mut self, scaled: &[u64], copied: Result<()>) -> Result<()> {
        match copied {
            Err(error) if error.is_of_file() => {
                self.chunks.insert(self.number(scaled));
                self.why.get_or_insert_with(|| error.to_string());
                Ok(())
            }
            other => other,
        }
    }

    /// What is said of it: the rows that lie in these chunks.
    fn told(&self, chunked: &Chunked) -> Option<String> {
        let why = self.why.as_ref().filter(|_| !self.chunks.is_empty())?;
        let rest: u64 = chunked.grid.chunks().iter().skip(1).product();
        let (rows, length) = (chunked.grid.chunk.first()?, chunked.grid.shape.first()?);
        let bands: BTreeSet<u64> = self.chunks.iter().filter_map(|number| number.checked_div(rest)).collect();
        let list = bands.into_iter().map(|band| {
            let start = band.saturating_mul(*rows);
            start..start.saturating_add(*rows).min(*length)
        });
        Some(format!("{} of its chunks, in the rows {}: {why}", self.chunks.len(), joined(list)))
    }
}

/// Ranges in few words, which come in order: neighbours are one, and after the first ones their number is told.
pub(in crate::hdf5::repack) fn joined(list: impl Iterator<Item = std::ops::Range<u64>>) -> String {
    const SHOWN: usize = 8;
    let mut merged: Vec<std::ops::Range<u64>> = Vec::new();
    for range in list {
        match merged.last_mut() {
            Some(last) if last.end >= range.start => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    let shown: Vec<String> =
        merged.iter().take(SHOWN).map(|range| format!("{} to {}", range.start, range.end.saturating_sub(1))).collect();
    match merged.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{}, and {more} more places", shown.join(", ")),
    }
}

impl Data<'_> {
    /// Copies the elements that can be read; returns what is told of the others.
    ///
    /// # Errors
    /// [`Kind::Io`](crate::Kind::Io); [`Kind::Usage`](crate::Kind::Usage) when it was broken off.
    pub fn salvage(&self, translator: &mut Translator) -> Result<Option<String>> {
        match &self.from.storage {
            Storage::Chunked(chunked) if !self.from.is_null && !self.from.shape.contains(&0) => {
                self.salvage_chunks(chunked, translator)
            }
            Storage::Contiguous(_) if is_void(self.copying.space, self.from, self.blank.is_some()) => {
                Ok(Some("all of it: it reaches far beyond the end of the file".to_owned()))
            }
            Storage::Contiguous(Some(address)) if !self.from.is_null && !self.from.shape.contains(&0) => {
                self.piece_head(*address, translator)
            }
            _ => match self.copy(translator) {
                Err(error) if error.is_of_file() => Ok(Some(error.to_string())),
                copied => copied.map(|()| None),
            },
        }
    }

    /// Copies chunk by chunk; where the index cannot be walked, each chunk is looked for.
    fn salvage_chunks(&self, chunked: &Chunked, translator: &mut Translator) -> Result<Option<String>> {
        let (index, grid, space) = (&chunked.index, &chunked.grid, self.copying.space);
        let counts = grid.chunks();
        let (mut missing, mut buffers) = (Missing::of(&counts), Buffers::default());
        let walked = index.visit(space, grid, &mut |scaled, location| {
            let copied = self.salvage_chunk(chunked, (scaled, location), translator, &mut buffers);
            missing.bear(scaled, copied)
        });
        let Err(error) = walked else { return Ok(missing.told(chunked)) };
        if !error.is_of_file() {
            return Err(error);
        }
        self.salvage_leaves(chunked, &mut missing, translator, &mut buffers)?;
        if shape::count(&counts)? > MOST_CHUNKS {
            return Ok(Some(format!("all chunks but those before the one that is torn: {error}")));
        }
        let whole = Selection::all(&counts);
        for_each_part(&whole, &vec![1; counts.len()], &mut |part| {
            let scaled = &part.scaled;
            if self.is_copied(scaled) || missing.chunks.contains(&missing.number(scaled)) {
                return Ok(());
            }
            let copied = index.locate(space, grid, scaled).and_then(|location| match location {
                Some(location) => self.salvage_chunk(chunked, (scaled, location), translator, &mut buffers),
                None => Ok(()),
            });
            missing.bear(scaled, copied)
        })?;
        Ok(missing.told(chunked))
    }

    /// Whether a chunk was copied, or may have to be copied again: where all have their places from the start nobody knows.
    fn is_copied(&self, scaled: &[u64]) -> bool {
        let is_implicit = matches!(self.to.spec().layout, LayoutSpec::Chunked { index: IndexKind::Implicit, .. });
        !is_implicit && self.to.has_chunk(scaled)
    }

    /// Copies the chunks of leaves that nothing leads to.
    fn salvage_leaves(
        &self,
        chunked: &Chunked,
        missing: &mut Missing,
        translator: &mut Translator,
        buffers: &mut Buffers,
    ) -> Result<()> {
        let (index, grid, space) = (&chunked.index, &chunked.grid, self.copying.space);
        self.leaves.iter().try_for_each(|&leaf| {
            let visited = index.visit_leaf(space, grid, leaf, &mut |scaled, location| {
                if !grid.contains(scaled) || self.is_copied(scaled) {
                    return Ok(());
                }
                let checked = index.check(space, grid, scaled, location);
                let copied =
                    checked.and_then(|location| self.salvage_chunk(chunked, (scaled, location), translator, buffers));
                missing.bear(scaled, copied)
            });
            visited.or_else(|error| if error.is_of_file() { Ok(()) } else { Err(error) })
        })
    }

    /// Copies a chunk that can be decoded, or whose filters nobody knows.
    fn salvage_chunk(
        &self,
        chunked: &Chunked,
        (scaled, location): (&[u64], crate::hdf5::chunk::ChunkLocation),
        translator: &mut Translator,
        buffers: &mut Buffers,
    ) -> Result<()> {
        let there = self.copying.space.remaining(location.address);
        if location.size > there {
            return self.chunk_head(chunked, (scaled, location), (there, translator), buffers);
        }
        if has_addresses(&self.from.datatype) {
            self.pace.spend(location.size)?;
            let axes = scaled.iter().zip(&chunked.grid.chunk).zip(&chunked.grid.shape);
            let (start, count) = axes
                .map(|((&at, &len), &end)| {
                    (at.saturating_mul(len), len.min(end.saturating_sub(at.saturating_mul(len))))
                })
                .unzip();
            return self.translated_box(&Selection::block(start, count), translator, buffers);
        }
        let pipeline = chunked.pipeline.as_ref().filter(|_| !chunked.index.is_unfiltered_edge(&chunked.grid, scaled));
        if let Some(pipeline) = pipeline {
            let stored = self.copying.space.source.copy(self.copying.space.offset(location.address), location.size)?;
            let expected = limits::to_usize(chunked.grid.chunk_bytes()?)?;
            match pipeline.decode(location.mask, &stored, expected, &mut buffers.decoded, &mut buffers.spare) {
                Err(error) if error.kind() != Kind::Unsupported => return Err(error),
                _ => {}
            }
        }
        self.chunk_as_it_is(chunked, scaled, location, buffers)
    }
}
