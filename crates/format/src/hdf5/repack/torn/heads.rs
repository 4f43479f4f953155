//! What crosses the end of a torn file: the elements before it are copied.

use crate::error::{Error, Result};
use crate::grid::{bounded, for_each_part};
use crate::hdf5::chunk::{ChunkGrid, ChunkLocation};
use crate::hdf5::read::chunked::Chunked;
use crate::hdf5::references::has_addresses;
use crate::hdf5::repack::data::{Buffers, Data, BLOCK};
use crate::hdf5::repack::elements::Translator;
use crate::hdf5::space::AddressSpace;
use crate::limits;
use crate::shape::{self, Selection};
use crate::written::repeat;

/// Files claim so many times their size, and a block, before it is nothing that they can have lost.
const TIMES: u64 = 16;

/// Whether so many bytes are more than a torn file can be thought to have had.
pub(super) fn is_absurd(space: &AddressSpace, bytes: u64) -> bool {
    bytes > space.source.len().saturating_mul(TIMES).saturating_add(BLOCK)
}

impl Data<'_> {
    /// Copies the elements before the end of the file of a dataset in one piece; returns what is told of the others.
    ///
    /// # Errors
    /// As [`Data::salvage`].
    pub fn piece_head(&self, address: u64, translator: &mut Translator) -> Result<Option<String>> {
        let (space, shape) = (self.copying.space, &self.from.shape);
        let (size, all) = (self.from.datatype.size(), shape::count(shape)?);
        let held = space.remaining(address).checked_div(size).unwrap_or(all).min(all);
        if held < all {
            self.blank_piece()?;
        }
        let mut bytes = Vec::new();
        for head in head(shape, held) {
            for_each_part(&head, &bounded(head.count.clone(), size, BLOCK), &mut |part| {
                let region = Selection::block(part.start.clone(), part.count.clone());
                let len = shape::bytes(&region.count, size)?;
                bytes.resize(limits::to_usize(len)?, 0);
                self.from.read(space, &region, &mut bytes)?;
                self.to.write(self.copying.file, &region, &self.translate(&region, &bytes, translator)?)?;
                self.pace.advance(len)
            })?;
        }
        let rows = |elements: u64| {
            let row = all.checked_div(shape.first().copied().unwrap_or(1)).unwrap_or(1);
            elements.checked_div(row).unwrap_or(0)
        };
        let cut = || {
            let (lost, row) = (all - held, rows(held));
            format!("{lost} of {all} elements, from row {row} on, lie behind the end of the file")
        };
        Ok((held < all).then(cut))
    }

    /// Copies the elements before the end of the file of a chunk that nothing encoded; those behind it are the fill value.
    ///
    /// # Errors
    /// Always: that the others are not there; or as [`Data::copy`].
    pub fn chunk_head(
        &self,
        chunked: &Chunked,
        (scaled, location): (&[u64], ChunkLocation),
        (there, translator): (u64, &mut Translator),
        Buffers { stored, spare, .. }: &mut Buffers,
    ) -> Result<()> {
        let (space, size) = (self.copying.space, self.from.datatype.size());
        let ChunkLocation { address, size: len, mask } = location;
        let whole = there - there.checked_rem(size).unwrap_or(0);
        if whole > 0 && !is_absurd(space, len) {
            self.pace.spend(whole)?;
            stored.resize(limits::to_usize(len)?, 0);
            let (head, rest) = stored.split_at_mut(limits::to_usize(whole)?);
            space.source.read_into(space.offset(address), head)?;
            match has_addresses(&self.from.datatype) {
                true => self.translate_head(chunked, scaled, (head, rest), translator)?,
                false => self.fill(rest),
            }
            self.put_stored(chunked, (scaled, mask), stored, spare)?;
            self.pace.advance(whole)?;
        }
        let detail = format!("its last {} of {len} bytes lie behind the end of the file", len - there);
        Err(Error::malformed("chunk", space.offset(address), detail))
    }

    /// Translates the first elements of a chunk that lead elsewhere; those of an edge chunk that are no elements are nulls.
    fn translate_head(
        &self,
        chunked: &Chunked,
        scaled: &[u64],
        (head, rest): (&mut [u8], &mut [u8]),
        translator: &mut Translator,
    ) -> Result<()> {
        let (grid, datatype) = (&chunked.grid, &self.from.datatype);
        for (number, element) in (0..).zip(head.chunks_exact_mut(limits::to_usize(datatype.size())?.max(1))) {
            if !is_inside(grid, scaled, number) {
                element.fill(0);
            }
        }
        let first = scaled.first().zip(grid.chunk.first()).map_or(0, |(at, rows)| at.saturating_mul(*rows));
        let row = shape::count(grid.chunk.get(1..).unwrap_or_default())?;
        let translated = translator.translate_rows(datatype, head, (first, row), self.copying.file)?;
        head.iter_mut().zip(translated).for_each(|(place, byte)| *place = byte);
        // The fill value of the copy is translated already.
        match &self.to.spec().fill.value {
            Some(value) => repeat(value, rest),
            None => rest.fill(0),
        }
        Ok(())
    }
}

/// Whether the element of this number of a chunk is one of the dataset.
fn is_inside(grid: &ChunkGrid, scaled: &[u64], mut number: u64) -> bool {
    let axes = scaled.iter().zip(&grid.chunk).zip(&grid.shape).rev();
    let mut inside = true;
    for ((at, &len), &end) in axes {
        let within = number.checked_rem(len).unwrap_or(0);
        inside &= at.saturating_mul(len).saturating_add(within) < end;
        number = number.checked_div(len).unwrap_or(0);
    }
    inside
}

/// The first elements of an array, in C order, as boxes: whole rows, then whole rows of the next one, and so on.
fn head(shape: &[u64], elements: u64) -> Vec<Selection> {
    let (mut rest, mut boxes) = (elements, Vec::new());
    let mut start = vec![0; shape.len()];
    if shape.is_empty() && elements > 0 {
        boxes.push(Selection::all(shape));
    }
    for axis in 0..shape.len() {
        let below = shape.get(axis + 1..).unwrap_or_default();
        let row = shape::count(below).unwrap_or(u64::MAX).max(1);
        let rows = rest / row;
        let lengths = start.iter().take(axis).map(|_| 1).chain([rows]).chain(below.iter().copied());
        if rows > 0 {
            boxes.push(Selection::block(start.clone(), lengths.collect()));
        }
        start.get_mut(axis).into_iter().for_each(|at| *at = rows);
        rest -= rows.saturating_mul(row);
    }
    boxes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_of_an_edge_chunk_that_are_none_of_the_dataset_are_told_apart() {
        let grid = ChunkGrid { chunk: vec![2, 3], shape: vec![3, 4], max_shape: vec![3, 4], element_size: 16 };
        let inside = |scaled: [u64; 2]| (0..6).map(|number| is_inside(&grid, &scaled, number)).collect::<Vec<_>>();
        assert_eq!(inside([0, 0]), [true; 6]);
        assert_eq!(inside([1, 0]), [true, true, true, false, false, false]);
        assert_eq!(inside([0, 1]), [true, false, false, true, false, false]);
    }

    #[test]
    fn the_first_elements_of_an_array_are_a_few_boxes() {
        for elements in 0..=24u64 {
            let mut seen = Vec::new();
            for part in head(&[2, 3, 4], elements) {
                for_each_part(&part, &[1, 1, 1], &mut |one| {
                    seen.push((one.start[0] * 3 + one.start[1]) * 4 + one.start[2]);
                    Ok(())
                })
                .unwrap();
            }
            assert_eq!(seen, (0..elements).collect::<Vec<_>>());
        }
        assert_eq!((head(&[], 0).len(), head(&[], 1).len(), head(&[0, 3], 0).len()), (0, 1, 0));
    }
}
