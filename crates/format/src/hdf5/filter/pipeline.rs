//! The filters of a dataset, one after the other over whole chunks.

use std::fmt;
use std::mem;

use super::buffer::{replace, SLACK};
use super::names;
use super::registry::{self, Growth, Implementation};
use crate::error::{Error, Result};
use crate::hdf5::record::message::filter_pipeline::{FilterDescription, FilterPipeline};
use crate::inline_vec::InlineVec;

/// The filters of a dataset, in the order of writing.
#[derive(Debug, Clone)]
pub(crate) struct Pipeline {
    stages: Vec<Stage>,
}

#[derive(Clone)]
struct Stage {
    /// `None` where the filter is not implemented, which matters only to chunks that went through it.
    filter: Option<&'static Implementation>,
    description: FilterDescription,
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:?})", names::describe(&self.description), self.description.parameters)
    }
}

impl Stage {
    /// The filter, or an error that names what is missing.
    fn filter(&self) -> Result<&'static Implementation> {
        self.filter.ok_or_else(|| Error::unsupported(names::describe(&self.description)))
    }
}

impl Pipeline {
    /// Takes the filters of a message. A filter that is not implemented is an error only when a chunk needs it.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) with more filters than a mask has bits.
    pub fn new(message: &FilterPipeline) -> Result<Pipeline> {
        if message.filters.len() > 32 {
            let detail = format!("{} filters", message.filters.len());
            return Err(Error::malformed_data("filter pipeline message", detail));
        }
        let stages = message
            .filters
            .iter()
            .map(|description| Stage { filter: registry::find(description.id), description: description.clone() });
        Ok(Pipeline { stages: stages.collect() })
    }

    /// Undoes the filters: `out` becomes the chunk, exactly `expected_len` bytes. A set bit of `mask` is a filter that was
    /// skipped. Both buffers are scratch, and the faster the more often they are used again.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when the bytes are not what the filters make,
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) with the name of a filter that is not implemented.
    pub fn decode(
        &self,
        mask: u32,
        stored: &[u8],
        expected_len: usize,
        out: &mut Vec<u8>,
        spare: &mut Vec<u8>,
    ) -> Result<()> {
        if !self.undo(mask, expected_len, 0, stored, (out, spare))? {
            replace(out, stored.get(..expected_len).unwrap_or(stored))?;
        }
        check_length(out.len(), expected_len)?;
        out.truncate(expected_len);
        Ok(())
    }

    /// [`Pipeline::decode`] into a place of exactly the size of the chunk: straight from the last filter to be undone, if
    /// that knows how.
    ///
    /// # Errors
    /// As [`Pipeline::decode`].
    pub fn decode_into(
        &self,
        mask: u32,
        stored: &[u8],
        place: &mut [u8],
        out: &mut Vec<u8>,
        spare: &mut Vec<u8>,
    ) -> Result<()> {
        let last = self.active(mask).next();
        let Some((decode, stage)) = last.and_then(|stage| Some((stage.filter?.decode_into?, stage))) else {
            self.decode(mask, stored, place.len(), out, spare)?;
            place.copy_from_slice(out);
            return Ok(());
        };
        let input = if self.undo(mask, place.len(), 1, stored, (out, spare))? { out.as_slice() } else { stored };
        check_length(decode(&stage.description.parameters, input, place)?, place.len())
    }

    /// Undoes all active filters but the first ones, so many. Returns whether there was any to undo, so that `out` is what
    /// it made.
    fn undo(
        &self,
        mask: u32,
        chunk: usize,
        left: usize,
        stored: &[u8],
        (out, spare): (&mut Vec<u8>, &mut Vec<u8>),
    ) -> Result<bool> {
        let mut bounds = InlineVec::<usize, 8>::default();
        self.bounds(mask, chunk).for_each(|bound| bounds.push(bound));
        let bounds = bounds.as_slice();
        let stages = self.active(mask).rev().zip(bounds.iter().rev()).take(bounds.len().saturating_sub(left));
        let mut undone = false;
        for (stage, &bound) in stages {
            let (filter, parameters) = (stage.filter()?, &stage.description.parameters);
            if mem::replace(&mut undone, true) {
                mem::swap(out, spare);
                (filter.decode)(parameters, spare, bound, out)?;
            } else {
                (filter.decode)(parameters, stored, bound, out)?;
            }
        }
        Ok(undone)
    }

    /// Applies all filters to a whole chunk, in place, also where that makes it larger: the mask of such a chunk is zero.
    ///
    /// The reference library may leave the mask of a chunk as it is when it rewrites the chunk. Where a filter was skipped
    /// once, its next version would be read through other filters than it was written through.
    ///
    /// # Errors
    /// [`Kind::Unsupported`](crate::Kind::Unsupported) with the name of a filter that is not implemented, or of what the
    /// filter cannot express; [`Kind::Usage`](crate::Kind::Usage) if the parameters belong to other chunks.
    pub fn encode(&self, data: &mut Vec<u8>, spare: &mut Vec<u8>) -> Result<()> {
        for stage in &self.stages {
            (stage.filter()?.write.encode)(&stage.description.parameters, data, spare)?;
            mem::swap(data, spare);
        }
        Ok(())
    }

    /// The filters that were not skipped.
    fn active(&self, mask: u32) -> impl DoubleEndedIterator<Item = &Stage> {
        let skipped =
            move |index: usize| u32::try_from(index).is_ok_and(|index| mask.checked_shr(index).unwrap_or(0) & 1 == 1);
        self.stages.iter().enumerate().filter(move |(index, _)| !skipped(*index)).map(|(_, stage)| stage)
    }

    /// For each active filter the most bytes that it was given when the chunk was written.
    fn bounds(&self, mask: u32, chunk: usize) -> impl Iterator<Item = usize> + '_ {
        let most = chunk.saturating_mul(2).saturating_add(SLACK);
        self.active(mask).scan(chunk, move |next, stage| {
            let bound = *next;
            *next = match stage.filter.map(|filter| filter.growth) {
                // And one more, so that the filter sees a surplus instead of an end that is missing.
                Some(Growth::By(more)) => bound.saturating_add(more).saturating_add(1),
                Some(Growth::Any) | None => most,
            };
            Some(bound)
        })
    }
}

/// Whether filters gave as many bytes as a chunk has, or more.
fn check_length(found: usize, chunk: usize) -> Result<()> {
    if found >= chunk {
        return Ok(());
    }
    Err(Error::malformed_data("filtered chunk", format!("{found} bytes where a chunk has {chunk}")))
}
