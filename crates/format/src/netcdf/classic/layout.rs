//! Where the data lie: sizes of variables and records, and the begin of each variable.

use crate::error::{Error, Result};
use crate::shape;

use super::types::Version;

/// The data of one variable: all of them, or those of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slab {
    /// Whether there is one for every record.
    pub record: bool,
    /// The lengths of the dimensions, without the record dimension of a record variable.
    pub shape: Vec<u64>,
    /// The size of an element.
    pub size: u64,
    /// The size of the data.
    pub bytes: u64,
    /// The size with its padding: `vsize` of the specification.
    pub len: u64,
    /// Where the first one starts.
    pub begin: u64,
}

impl Slab {
    /// The slab of a variable with these stored lengths, of which 0 marks the record dimension.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when its size exceeds 64 bits.
    pub fn new(lengths: &[u64], size: u64) -> Result<Self> {
        let (record, shape) = match lengths.split_first() {
            Some((0, rest)) => (true, rest),
            _ => (false, lengths),
        };
        let bytes = shape::bytes(shape, size)?;
        let len = bytes.checked_next_multiple_of(4).ok_or_else(|| overflow("a variable"))?;
        Ok(Slab { record, shape: shape.to_vec(), size, bytes, len, begin: 0 })
    }

    /// The end of the slab and its padding.
    fn end(&self) -> Result<u64> {
        self.begin.checked_add(self.len).ok_or_else(|| overflow("a variable"))
    }
}

/// The data of all variables, in the order of their definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    pub slabs: Vec<Slab>,
    /// The distance between records.
    pub recsize: u64,
    /// The first variable with records and the last one without: asked for at every write.
    ends: [Option<usize>; 2],
}

impl Layout {
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when a record exceeds 64 bits.
    pub fn new(slabs: Vec<Slab>) -> Result<Self> {
        let mut records = slabs.iter().filter(|slab| slab.record);
        let recsize = match (records.next(), records.next()) {
            // The records of a lone record variable follow each other without padding.
            (Some(lone), None) => lone.bytes,
            _ => records_len(&slabs)?,
        };
        let ends = [slabs.iter().position(|slab| slab.record), slabs.iter().rposition(|slab| !slab.record)];
        Ok(Layout { slabs, recsize, ends })
    }

    fn of_kind(&self, record: bool) -> impl Iterator<Item = (usize, &Slab)> {
        self.slabs.iter().enumerate().filter(move |(_, slab)| slab.record == record)
    }

    /// The begin of the first record variable.
    fn first_record(&self) -> Option<u64> {
        let [first, _] = self.ends;
        first.and_then(|first| self.slabs.get(first)).map(|slab| slab.begin)
    }

    /// The first variable that is too large for the version. One may be: the last before nothing follows.
    pub fn too_large(&self, version: Version) -> Option<usize> {
        let last = |record| self.of_kind(record).last().map(|(index, _)| index);
        let exempt = match version {
            Version::Cdf5 => None,
            Version::Cdf1 | Version::Cdf2 => last(true).or_else(|| last(false)),
        };
        let mut indexed = self.slabs.iter().enumerate();
        let found = indexed.find(|(index, slab)| slab.bytes > version.variable_max() && exempt != Some(*index));
        found.map(|(index, _)| index)
    }

    /// Places the variables one after the other behind a header of this length, as netCDF-C does by default.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when the data reach beyond 64 bits.
    pub fn place(&mut self, header: u64) -> Result<()> {
        let mut next = header;
        for record in [false, true] {
            for slab in self.slabs.iter_mut().filter(|slab| slab.record == record) {
                slab.begin = next;
                next = slab.end()?;
            }
        }
        Ok(())
    }

    /// Refuses variables that overlap the header or each other, or that are out of order.
    ///
    /// # Errors
    /// [`Kind::Malformed`](crate::Kind::Malformed), and which variable it is.
    pub fn check_order(&self, header: u64) -> Result<(), (usize, Error)> {
        let mut free = header;
        for (index, slab) in self.of_kind(false).chain(self.of_kind(true)) {
            if slab.begin < free || slab.begin == 0 {
                let detail =
                    format!("its data start at {}, before the end of what precedes them at {free}", slab.begin);
                return Err((index, Error::malformed("var", slab.begin, detail)));
            }
            free = slab.end().map_err(|_| (index, Error::malformed("var", slab.begin, "its data end beyond 2^64")))?;
        }
        Ok(())
    }

    /// The number of records of a streamed file of this size.
    pub fn streamed(&self, file: u64) -> u64 {
        let data = self.first_record().and_then(|begin| file.checked_sub(begin)).unwrap_or(0);
        data.checked_div(self.recsize).unwrap_or(0)
    }

    /// The size of the file.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when the data reach beyond 64 bits.
    pub fn file_size(&self, header: u64, numrecs: u64) -> Result<u64> {
        let [_, last] = self.ends;
        match (self.first_record(), last.and_then(|last| self.slabs.get(last))) {
            (Some(begin), _) => numrecs.checked_mul(self.recsize).and_then(|data| data.checked_add(begin)),
            (None, Some(last)) => Some(last.end()?),
            (None, None) => Some(header),
        }
        .ok_or_else(|| overflow("the records"))
    }

    /// Where the last data of the file start and end, padding not counted.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) when they reach beyond 64 bits.
    pub fn last_data(&self, numrecs: u64) -> Result<Option<(u64, u64)>> {
        let last = match (self.of_kind(true).last(), numrecs.checked_sub(1)) {
            (Some((_, slab)), Some(record)) => Some((self.record(slab, record)?, slab.bytes)),
            _ => self.of_kind(false).last().map(|(_, slab)| (slab.begin, slab.bytes)),
        };
        last.map(|(start, bytes)| Ok((start, start.checked_add(bytes).ok_or_else(|| overflow("the data"))?)))
            .transpose()
    }

    /// How many of the records are there, with all that has no records before them, by whether the file reaches to an end;
    /// `None` if not even that is there.
    ///
    /// # Errors
    /// As [`Layout::last_data`].
    pub fn whole_records(&self, numrecs: u64, is_whole: impl Fn(u64) -> bool) -> Result<Option<u64>> {
        let ends_within = |records| self.last_data(records).map(|last| last.is_none_or(|(_, end)| is_whole(end)));
        if !ends_within(0)? {
            return Ok(None);
        }
        // The records end one after the other.
        let (mut whole, mut cut) = (0, numrecs.saturating_add(1));
        while cut - whole > 1 {
            let middle = whole + (cut - whole) / 2;
            match ends_within(middle)? {
                true => whole = middle,
                false => cut = middle,
            }
        }
        Ok(Some(whole))
    }

    /// Whether the records of a variable follow each other without a gap.
    pub fn is_dense(&self, slab: &Slab) -> bool {
        slab.record && slab.bytes == self.recsize
    }

    /// Where a record of a variable starts.
    ///
    /// # Errors
    /// [`Kind::Limit`](crate::Kind::Limit) beyond 64 bits.
    pub fn record(&self, slab: &Slab, number: u64) -> Result<u64> {
        let distance = number.checked_mul(self.recsize);
        distance.and_then(|distance| distance.checked_add(slab.begin)).ok_or_else(|| overflow("the records"))
    }
}

fn records_len(slabs: &[Slab]) -> Result<u64> {
    let mut lens = slabs.iter().filter(|slab| slab.record).map(|slab| slab.len);
    lens.try_fold(0u64, u64::checked_add).ok_or_else(|| overflow("a record"))
}

fn overflow(what: &str) -> Error {
    Error::limit(format!("{what} would exceed 2^64 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(variables: &[(&[u64], u64)]) -> Layout {
        Layout::new(variables.iter().map(|(lengths, size)| Slab::new(lengths, *size).unwrap()).collect()).unwrap()
    }

    #[test]
    fn a_lone_record_variable_is_not_padded() {
        let lone = layout(&[(&[0, 3], 1), (&[5], 2)]);
        assert_eq!((lone.recsize, lone.slabs[0].bytes, lone.slabs[0].len), (3, 3, 4));
        let two = layout(&[(&[0, 3], 1), (&[0], 8)]);
        assert_eq!(two.recsize, 12);
    }

    #[test]
    fn fixed_variables_precede_records() {
        let mut layout = layout(&[(&[0, 3], 1), (&[3], 2), (&[0], 8), (&[], 1)]);
        layout.place(100).unwrap();
        let begins: Vec<u64> = layout.slabs.iter().map(|slab| slab.begin).collect();
        assert_eq!(begins, [112, 100, 116, 108]);
        assert_eq!(layout.file_size(100, 2).unwrap(), 112 + 2 * 12);
        assert!(layout.check_order(100).is_ok());
        assert_eq!(layout.check_order(101).unwrap_err().0, 1);
        assert_eq!(layout.streamed(112 + 30), 2);
    }

    #[test]
    fn only_the_last_variable_may_be_too_large() {
        let large: &[u64] = &[1 << 31];
        assert_eq!(layout(&[(large, 1)]).too_large(Version::Cdf1), None);
        assert_eq!(layout(&[(large, 1), (&[1], 1)]).too_large(Version::Cdf1), Some(0));
        assert_eq!(layout(&[(large, 1), (&[0], 1)]).too_large(Version::Cdf1), Some(0));
        assert_eq!(layout(&[(&[1], 1), (&[0, 1 << 31], 1)]).too_large(Version::Cdf1), None);
        assert_eq!(layout(&[(&[0, 1 << 31], 1), (&[0], 1)]).too_large(Version::Cdf1), Some(0));
        assert_eq!(layout(&[(large, 1), (&[1], 1)]).too_large(Version::Cdf2), None);
    }

    #[test]
    fn sizes_that_overflow_are_errors() {
        assert!(Slab::new(&[u64::MAX, 2], 1).is_err());
        assert!(Slab::new(&[u64::MAX], 1).is_err());
        let half = Slab::new(&[0, 1 << 63], 1).unwrap();
        assert!(Layout::new(vec![half.clone(), half]).is_err());
    }
}
