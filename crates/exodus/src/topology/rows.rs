//! Which numbers of a list belong to which row.

use std::ops::Range;

use hyperslab::{Error, Result};

/// Where each row of a list is.
#[derive(Debug, Clone)]
pub(crate) enum Rows {
    /// Each has as many entries.
    Even(usize),
    /// Row *i* goes from the *i*-th position to the next.
    Uneven(Vec<usize>),
}

impl Rows {
    /// Rows of so many entries, one after the other, in a list of so many.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for counts that exceed the list.
    pub fn counted(counts: &[i64], len: usize) -> Result<Self> {
        let mut starts = Vec::new();
        starts.try_reserve_exact(counts.len() + 1).map_err(|_| Error::limit("no memory for elements"))?;
        starts.push(0);
        let mut end = 0_usize;
        for &count in counts {
            let next = usize::try_from(count).ok().and_then(|count| end.checked_add(count));
            end = next
                .filter(|&next| next <= len)
                .ok_or_else(|| Error::usage(format!("the counts of entries per element exceed the {len} there are")))?;
            starts.push(end);
        }
        Ok(Rows::Uneven(starts))
    }

    /// How many rows a list of so many entries has.
    pub fn len(&self, entries: usize) -> usize {
        match self {
            Rows::Even(per_row) => entries.checked_div(*per_row).unwrap_or(0),
            Rows::Uneven(starts) => starts.len().saturating_sub(1),
        }
    }

    /// Where a row is in the list.
    pub fn range(&self, n: usize) -> Option<Range<usize>> {
        Some(match self {
            Rows::Even(per_row) => n.checked_mul(*per_row)?..n.checked_add(1)?.checked_mul(*per_row)?,
            Rows::Uneven(starts) => *starts.get(n)?..*starts.get(n.checked_add(1)?)?,
        })
    }
}
