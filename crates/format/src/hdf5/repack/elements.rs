//! Elements on their way into another file: what they lead to goes along, and references lead to the copies.

use std::ops::Range;

use super::torn::joined;
use crate::error::Result;
use crate::hdf5::datatype::Datatype;
use crate::hdf5::references::{has_addresses, Apart, Parts, Places};
use crate::hdf5::space::AddressSpace;
use crate::hdf5::write::file::FileWriter;
use crate::limits::to_usize;

/// The most ranges of rows that are kept of those with nulls.
const MOST_RANGES: usize = 1 << 16;

/// Takes elements of one file apart, and puts them together for another one.
pub(super) struct Translator<'t> {
    apart: Apart<'t>,
    places: &'t Places,
    /// References to what is not there; they lead nowhere in the copy.
    pub lost: u64,
    nulls: Nulls,
}

/// Elements of a torn file of which something leads nowhere, and is a null in the copy.
#[derive(Debug, Default)]
pub(super) struct Nulls {
    count: u64,
    rows: Vec<Range<u64>>,
    why: Option<String>,
}

impl Nulls {
    /// Notes an element in a row.
    fn note(&mut self, row: u64, why: impl FnOnce() -> String) {
        self.count += 1;
        self.why.get_or_insert_with(why);
        let (next, is_full) = (row.saturating_add(1), self.rows.len() >= MOST_RANGES);
        match self.rows.last_mut() {
            Some(last) if last.start <= row && row <= last.end => last.end = last.end.max(next),
            _ if is_full => {}
            _ => self.rows.push(row..next),
        }
    }

    /// What is said of them where rows have numbers, if there are any.
    pub fn in_rows(self) -> Option<String> {
        let Nulls { count, mut rows, why } = self;
        rows.sort_by_key(|range| range.start);
        let rows = joined(rows.into_iter());
        why.map(|why| format!("what {count} of its elements lead to, in the rows {rows}: {why}"))
    }

    /// What is said of them where there are few.
    pub fn among(self, all: u64) -> Option<String> {
        let Nulls { count, why, .. } = self;
        why.map(|why| format!("what {count} of {all} elements lead to: {why}"))
    }
}

impl<'t> Translator<'t> {
    pub fn new(space: &'t AddressSpace, places: &'t Places) -> Self {
        Translator { apart: Apart::bearing(space), places, lost: 0, nulls: Nulls::default() }
    }

    /// The elements as they are stored in `file`, with what they lead to.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed) when they lead nowhere, and the file is not torn; [`Kind::Io`](crate::Kind::Io).
    pub fn translate(&mut self, datatype: &Datatype, stored: &[u8], file: &FileWriter) -> Result<Vec<u8>> {
        self.translate_rows(datatype, stored, (0, 1), file)
    }

    /// The same, where the first element is at the start of a row, and rows have so many elements.
    ///
    /// # Errors
    /// As [`Translator::translate`].
    pub fn translate_rows(
        &mut self,
        datatype: &Datatype,
        stored: &[u8],
        (first, row): (u64, u64),
        file: &FileWriter,
    ) -> Result<Vec<u8>> {
        if !has_addresses(datatype) {
            return Ok(stored.to_vec());
        }
        let mut parts = Parts::default();
        for (element, number) in stored.chunks_exact(to_usize(datatype.size())?.max(1)).zip(0u64..) {
            self.apart.add(datatype, element, &mut parts)?;
            if let Some(error) = self.apart.take_lost() {
                self.nulls.note(first.saturating_add(number / row.max(1)), || error.to_string());
            }
        }
        let Translator { places, lost, .. } = self;
        parts.follow(&mut |address| {
            let place = places.get(&address).copied();
            *lost += u64::from(place.is_none() && address != 0 && address != u64::MAX);
            place.unwrap_or(0)
        });
        parts.stored(file)
    }

    /// What became a null since this was asked before.
    pub fn take_nulls(&mut self) -> Nulls {
        std::mem::take(&mut self.nulls)
    }
}
