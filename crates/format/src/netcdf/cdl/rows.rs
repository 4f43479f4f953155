//! The rows of a variable: where they begin and end, and the braces around unlimited dimensions.

use super::page::Page;
use super::text::{self, Place};
use crate::error::Result;
use crate::shape;

/// Prints the elements of one variable, which come in C order.
pub(super) struct Rows<'p, 'w> {
    page: &'p mut Page<'w>,
    /// Elements in a row.
    row: u64,
    /// Elements in the whole variable.
    total: u64,
    /// Elements in each pair of braces, the outermost first.
    braces: Vec<u64>,
    /// Elements that were printed.
    at: u64,
    piece: Vec<u8>,
    /// NULs of a row of text that are printed only if something follows.
    held: u64,
}

impl<'p, 'w> Rows<'p, 'w> {
    /// The rows of a variable with these lengths, of which some are unlimited.
    pub fn new(page: &'p mut Page<'w>, lengths: &[u64], unlimited: &[bool]) -> Result<Self> {
        let mut braces = Vec::new();
        for (axis, _) in unlimited.iter().enumerate().skip(1).filter(|(_, &unlimited)| unlimited) {
            braces.push(shape::count(lengths.get(axis..).unwrap_or_default())?);
        }
        let row = lengths.last().copied().unwrap_or(1);
        Ok(Rows { page, row, total: shape::count(lengths)?, braces, at: 0, piece: Vec::new(), held: 0 })
    }

    /// Prints the next elements; `show` appends the text of one.
    pub fn elements<T>(&mut self, values: &[T], show: impl Fn(&T, &mut Vec<u8>) -> Result<()>) -> Result<()> {
        self.by_rows(values, |rows, part, is_end| {
            let (last, others) = match part.split_last() {
                Some((last, others)) if is_end => (Some(last), others),
                _ => (None, part),
            };
            for value in others {
                rows.piece.clear();
                show(value, &mut rows.piece)?;
                rows.piece.extend_from_slice(b", ");
                rows.page.put(&rows.piece)?;
            }
            last.map_or(Ok(()), |value| {
                rows.piece.clear();
                show(value, &mut rows.piece)?;
                rows.end_row()
            })
        })
    }

    /// Prints the next characters; a row is one text.
    pub fn characters(&mut self, characters: &[u8]) -> Result<()> {
        self.by_rows(characters, |rows, part, is_end| {
            rows.piece.clear();
            if rows.is_start() {
                rows.held = 0;
                rows.piece.push(b'"');
            }
            part.iter().for_each(|&byte| rows.character(byte));
            if is_end {
                rows.piece.push(b'"');
            }
            rows.page.text(&rows.piece)?;
            rows.piece.clear();
            if is_end {
                rows.end_row()
            } else {
                Ok(())
            }
        })
    }

    fn character(&mut self, byte: u8) {
        if byte == 0 {
            self.held += 1;
            return;
        }
        for _ in 0..std::mem::take(&mut self.held) {
            text::escape(&mut self.piece, 0, Place::Row);
        }
        text::escape(&mut self.piece, byte, Place::Row);
    }

    /// Calls `print` with the part of every row that is there, and whether the row ends with it.
    fn by_rows<T>(&mut self, values: &[T], mut print: impl FnMut(&mut Self, &[T], bool) -> Result<()>) -> Result<()> {
        let mut rest = values;
        while !rest.is_empty() && self.row > 0 {
            let left = self.row - self.at % self.row;
            let taken = usize::try_from(left).map_or(rest.len(), |left| left.min(rest.len()));
            let (part, after) = rest.split_at(taken);
            if self.is_start() {
                self.open()?;
            }
            let is_end = taken as u64 == left;
            print(self, part, is_end)?;
            self.at += taken as u64;
            rest = after;
        }
        Ok(())
    }

    fn is_start(&self) -> bool {
        self.at.is_multiple_of(self.row)
    }

    fn open(&mut self) -> Result<()> {
        let starting = self.braces.iter().filter(|&&inside| self.at.is_multiple_of(inside)).count();
        (0..starting).try_for_each(|_| self.page.put(b"{"))
    }

    /// Prints the last piece of a row, and what is between the rows.
    fn end_row(&mut self) -> Result<()> {
        let end = self.at - self.at % self.row + self.row;
        let closing = self.braces.iter().filter(|&&inside| end.is_multiple_of(inside)).count();
        self.piece.resize(self.piece.len() + closing, b'}');
        self.page.put(&self.piece)?;
        let (first, second): (&[u8], &[u8]) = if end == self.total { (b" ;", b"\n") } else { (b",\n", b"  ") };
        self.page.put(first)?;
        self.page.put(second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is printed of the numbers from 0 on, in blocks of so many.
    fn numbers(lengths: &[u64], unlimited: &[bool], block: usize) -> String {
        let values: Vec<u64> = (0..shape::count(lengths).unwrap()).collect();
        printed(lengths, unlimited, |rows| {
            values.chunks(block).try_for_each(|block| {
                rows.elements(block, |value, out| {
                    super::super::number::integer(out, value);
                    Ok(())
                })
            })
        })
    }

    fn printed(lengths: &[u64], unlimited: &[bool], print: impl FnOnce(&mut Rows<'_, '_>) -> Result<()>) -> String {
        let mut out = Vec::new();
        let mut page = Page::new(&mut out);
        print(&mut Rows::new(&mut page, lengths, unlimited).unwrap()).unwrap();
        page.flush().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn unlimited_dimensions_but_the_first_have_braces() {
        for block in 1..13 {
            assert_eq!(numbers(&[], &[], block), "0 ;\n");
            assert_eq!(numbers(&[3], &[true], block), "0, 1, 2 ;\n");
            assert_eq!(numbers(&[2, 2], &[true, false], block), "0, 1,\n  2, 3 ;\n");
            assert_eq!(numbers(&[2, 2], &[false, true], block), "{0, 1},\n  {2, 3} ;\n");
            assert_eq!(
                numbers(&[2, 2, 2], &[true, true, true], block),
                "{{0, 1},\n  {2, 3}},\n  {{4, 5},\n  {6, 7}} ;\n"
            );
            assert_eq!(numbers(&[2, 2, 2], &[true, true, false], block), "{0, 1,\n  2, 3},\n  {4, 5,\n  6, 7} ;\n");
        }
    }

    #[test]
    fn rows_of_characters_are_texts() {
        let text = b"ab\0\0\0c\0\0\0\0\0\0";
        for block in 1..13 {
            let shown = printed(&[3, 4], &[false, true], |rows| {
                text.chunks(block).try_for_each(|block| rows.characters(block))
            });
            assert_eq!(shown, "{\"ab\"},\n  {\"\\000c\"},\n  {\"\"} ;\n", "{block}");
        }
    }
}
