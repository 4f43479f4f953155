//! Parts of a dataset: single elements, and blocks of bounded size.

use std::collections::BTreeMap;

use super::dataset::{Dataset, Storage};
use super::virtual_layout;
use crate::copy::{self, Side};
use crate::error::{Error, Result};
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::shape::{self, Selection};

impl Dataset {
    /// The stored bytes of single elements, in the order of the points.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a point outside of the dataset; otherwise as [`Dataset::read`].
    pub fn read_points(&self, space: &AddressSpace, points: &[Vec<u64>]) -> Result<Vec<u8>> {
        let size = limits::to_usize(self.datatype.size())?;
        let mut bytes = limits::buffer((points.len() as u64).saturating_mul(size as u64))?;
        let mut chunks: BTreeMap<Vec<u64>, Vec<usize>> = BTreeMap::new();
        for (number, point) in points.iter().enumerate() {
            Selection::boxed(point.clone(), vec![1; point.len()]).check(&self.shape)?;
            chunks.entry(self.chunk_of(point)).or_default().push(number);
        }
        for numbers in chunks.into_values() {
            let region = bounds(points, &numbers);
            let mut held = limits::buffer(shape::bytes(&region.count, size as u64)?)?;
            self.read(space, &region, &mut held)?;
            let zero = vec![0; region.count.len()];
            let one = vec![1; region.count.len()];
            for number in numbers {
                let Some(point) = points.get(number) else { continue };
                let start: Vec<u64> = point.iter().zip(&region.start).map(|(at, first)| at - first).collect();
                let target = bytes.get_mut(number * size..).and_then(|rest| rest.get_mut(..size));
                let target = target.ok_or_else(|| Error::usage("a point leaves its buffer"))?;
                let from = Side { shape: &region.count, start: &start, stride: &[] };
                copy::copy(
                    (&held, from),
                    (target, Side { shape: &one, start: &zero, stride: &[] }),
                    &one,
                    size as u64,
                )?;
            }
        }
        Ok(bytes)
    }

    /// The chunk of an element: elements of one are read together.
    fn chunk_of(&self, point: &[u64]) -> Vec<u64> {
        match &self.storage {
            Storage::Chunked(chunked) => {
                point.iter().zip(&chunked.grid.chunk).map(|(at, len)| at / len.max(&1)).collect()
            }
            _ => point.to_vec(),
        }
    }

    /// Cuts a region into blocks of about so many bytes that follow each other in C order.
    ///
    /// Blocks of filtered data contain whole chunks where they can, so that no chunk is decoded twice.
    ///
    /// # Errors
    /// Those of `visit`.
    pub fn blocks(
        &self,
        region: &Selection,
        bytes: u64,
        visit: &mut dyn FnMut(&Selection) -> Result<()>,
    ) -> Result<()> {
        if region.count.contains(&0) {
            return Ok(());
        }
        let (chunk, bytes): (&[u64], u64) = match &self.storage {
            Storage::Chunked(chunked) => (&chunked.grid.chunk, bytes),
            // The sources have chunks that are not known here: the fewer blocks, the fewer of them are decoded twice.
            Storage::Virtual(_) => (&[], bytes.max(virtual_layout::PART)),
            _ => (&[], bytes),
        };
        cut(region, 0, (self.datatype.size(), bytes, chunk), visit)
    }
}

/// The smallest box around some points.
fn bounds(points: &[Vec<u64>], numbers: &[usize]) -> Selection {
    let mut chosen = numbers.iter().filter_map(|&number| points.get(number));
    let mut low = chosen.next().cloned().unwrap_or_default();
    let mut high = low.clone();
    for point in chosen {
        low.iter_mut().zip(point).for_each(|(low, &at)| *low = at.min(*low));
        high.iter_mut().zip(point).for_each(|(high, &at)| *high = at.max(*high));
    }
    let count = high.iter().zip(&low).map(|(high, low)| high - low + 1).collect();
    Selection::boxed(low, count)
}

/// Cuts a region along one dimension; where one index is too much already, along the next one. Elements have `size` bytes,
/// blocks about `bytes`, and whole chunks where they can.
///
/// # Errors
/// Those of `visit`.
pub(crate) fn cut(
    region: &Selection,
    axis: usize,
    (size, bytes, chunk): (u64, u64, &[u64]),
    visit: &mut dyn FnMut(&Selection) -> Result<()>,
) -> Result<()> {
    let inner = region.count.get(axis + 1..).unwrap_or_default();
    let one = shape::bytes(inner, size)?.max(1);
    let of = |list: &[u64]| list.get(axis).copied();
    let (Some(start), Some(count), Some(stride)) = (of(&region.start), of(&region.count), of(&region.stride)) else {
        return visit(region);
    };
    let length = of(chunk).unwrap_or(1).max(1);
    let rows = length.div_ceil(stride.max(1));
    // A row of chunks is taken at once, as far as memory is sane.
    let unit = if one.saturating_mul(rows) <= bytes.saturating_mul(64) { rows } else { 1 };
    let step = (bytes / one / unit).max(1) * unit;
    let too_much = one > bytes && (unit == 1 || one > bytes.saturating_mul(64));
    // The first block ends where a chunk does, so that all others start with a whole one.
    let mut now = step - (start % length / stride.max(1)).min(step - 1);
    let mut done = 0;
    while done < count {
        now = now.min(count - done);
        let mut part = region.clone();
        set(&mut part.start, axis, start + done * stride);
        set(&mut part.count, axis, if too_much { 1 } else { now });
        done += if too_much { 1 } else { now };
        match too_much {
            true => cut(&part, axis + 1, (size, bytes, chunk), visit)?,
            false => visit(&part)?,
        }
        now = step;
    }
    Ok(())
}

fn set(list: &mut [u64], axis: usize, value: u64) {
    if let Some(slot) = list.get_mut(axis) {
        *slot = value;
    }
}
