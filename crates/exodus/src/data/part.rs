//! Parts of arrays, and the regions of stored arrays that hold them.

use std::ops::{Bound, Range, RangeBounds};

use hyperslab::{Error, Result, Selection};

use super::{Address, Data, Part, ALL};

impl Part {
    /// A range of steps.
    #[must_use]
    pub fn steps(mut self, steps: impl RangeBounds<u64>) -> Self {
        self.steps = (steps.start_bound().cloned(), steps.end_bound().cloned());
        self
    }

    /// One step.
    #[must_use]
    pub fn step(self, step: u64) -> Self {
        self.steps(step..=step)
    }

    /// A range of entries.
    #[must_use]
    pub fn entries(mut self, entries: impl RangeBounds<u64>) -> Self {
        self.entries = (entries.start_bound().cloned(), entries.end_bound().cloned());
        self
    }

    /// One entry.
    #[must_use]
    pub fn entry(self, entry: u64) -> Self {
        self.entries(entry..=entry)
    }

    /// One of what every entry has several of.
    #[must_use]
    pub fn component(self, component: u64) -> Self {
        self.components(component..=component)
    }

    /// A range of what every entry has several of: attributes, nodes of an element.
    #[must_use]
    pub fn components(mut self, components: impl RangeBounds<u64>) -> Self {
        self.components = (components.start_bound().cloned(), components.end_bound().cloned());
        self
    }

    /// What it is a part of.
    pub fn data(&self) -> Data {
        self.data
    }

    /// The same part of another array.
    pub(crate) fn of(&self, data: Data) -> Part {
        Part { data, ..self.clone() }
    }

    /// The part with all entries.
    pub(crate) fn all_entries(&self) -> Part {
        Part { entries: ALL, ..self.clone() }
    }

    /// The part with all components of its entries.
    pub(crate) fn all_components(&self) -> Part {
        Part { components: ALL, ..self.clone() }
    }

    /// The steps of it, of so many.
    pub(crate) fn steps_of(&self, len: u64) -> Range<u64> {
        range(&self.steps, len)
    }

    /// The entries of it, of so many.
    pub(crate) fn entries_of(&self, len: u64) -> Range<u64> {
        range(&self.entries, len)
    }

    /// The components of it, of so many.
    pub(crate) fn components_of(&self, len: u64) -> Range<u64> {
        range(&self.components, len)
    }

    /// The region of an array of this shape. Ends that are left open are those of the array.
    ///
    /// # Errors
    /// [`Kind::Usage`](crate::Kind::Usage) for a part along an axis that the array does not have, and for results that a file
    /// keeps without steps.
    pub(crate) fn region(&self, address: &Address, shape: &[u64]) -> Result<Selection> {
        if matches!(self.data, Data::Variable(..) | Data::Reductions(..)) && shape.len() < 2 {
            return Err(Error::usage("there are no time steps"));
        }
        let mut region = Selection::all(shape);
        let mut axes = (0..shape.len()).filter(|&axis| address.shared.is_none_or(|(shared, _)| shared != axis));
        let stepwise = self.data.is_stepwise();
        let steps = if stepwise { axes.next() } else { None };
        let wanted = [
            ("steps", steps, self.steps),
            ("entries", axes.next(), self.entries),
            ("components", axes.next(), self.components),
        ];
        let mut set = |axis: usize, range: Range<u64>| {
            if let (Some(start), Some(count)) = (region.start.get_mut(axis), region.count.get_mut(axis)) {
                (*start, *count) = (range.start, range.end.saturating_sub(range.start));
            }
        };
        for (what, axis, bounds) in wanted {
            match axis {
                Some(axis) => set(axis, range(&bounds, shape.get(axis).copied().unwrap_or(0))),
                // What has no such axis has one of it.
                None if range(&bounds, 1) == (0..1) => {}
                None => return Err(Error::usage(format!("there is only one of the {what}"))),
            }
        }
        if let Some((shared, index)) = address.shared {
            set(shared, index..index.saturating_add(1));
        }
        Ok(region)
    }
}

pub(super) fn range(bounds: &(Bound<u64>, Bound<u64>), length: u64) -> Range<u64> {
    let start = match bounds.0 {
        Bound::Included(start) => start,
        Bound::Excluded(start) => start.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let end = match bounds.1 {
        Bound::Included(end) => end.saturating_add(1),
        Bound::Excluded(end) => end,
        Bound::Unbounded => length,
    };
    start..end.max(start)
}
