//! Many numbers as few ranges.

use std::collections::BTreeMap;
use std::ops::Range;

/// Numbers as ranges that neither overlap nor touch.
///
/// ```
/// let mut ranges = hyperslab::Ranges::default();
/// ranges.add(0..2);
/// ranges.add(5..6);
/// ranges.add(2..4);
/// assert_eq!(ranges.gaps(0..8), [4..5, 6..8]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranges(BTreeMap<u64, u64>);

impl Ranges {
    /// Adds the numbers of a range.
    pub fn add(&mut self, range: Range<u64>) {
        let Range { mut start, mut end } = range;
        if start >= end {
            return;
        }
        while let Some((&first, &last)) = self.0.range(..=end).next_back() {
            if last < start {
                break;
            }
            self.0.remove(&first);
            start = start.min(first);
            end = end.max(last);
        }
        self.0.insert(start, end);
    }

    /// The parts of a range that were not added.
    pub fn gaps(&self, range: Range<u64>) -> Vec<Range<u64>> {
        let before = self.0.range(..=range.start).next_back().map_or(range.start, |(_, &last)| last);
        let mut free = range.start.max(before);
        let mut gaps = Vec::new();
        if free < range.end {
            for (&first, &last) in self.0.range(free..range.end) {
                if free < first {
                    gaps.push(free..first);
                }
                free = last;
            }
        }
        if free < range.end {
            gaps.push(free..range.end);
        }
        gaps
    }

    /// What was added, in order.
    pub fn iter(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        self.0.iter().map(|(&start, &end)| start..end)
    }

    /// Whether a number was added.
    pub fn contains(&self, number: u64) -> bool {
        self.0.range(..=number).next_back().is_some_and(|(_, &end)| number < end)
    }

    /// The first number from 0 on that was not added.
    pub fn first_gap(&self) -> u64 {
        self.0.first_key_value().filter(|(&start, _)| start == 0).map_or(0, |(_, &end)| end)
    }

    /// The number after the last one that was added; 0 if there is none.
    pub fn end(&self) -> u64 {
        self.0.last_key_value().map_or(0, |(_, &end)| end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equals_a_list_of_flags(added in prop::collection::vec((0u64..40, 0u64..10), 0..12), asked in (0u64..40, 0u64..15)) {
            let mut ranges = Ranges::default();
            let mut flags = [false; 64];
            for (start, len) in added {
                ranges.add(start..start + len);
                (start..start + len).for_each(|i| flags[usize::try_from(i).unwrap()] = true);
            }
            let mut free = Vec::new();
            for gap in ranges.gaps(asked.0..asked.0 + asked.1) {
                prop_assert!(!gap.is_empty());
                free.extend(gap);
            }
            let expected: Vec<u64> =
                (asked.0..asked.0 + asked.1).filter(|&i| !flags[usize::try_from(i).unwrap()]).collect();
            prop_assert_eq!(free, expected);
            prop_assert_eq!(ranges.iter().flatten().count(), flags.iter().filter(|&&flag| flag).count());
            prop_assert!((0..64).all(|i| ranges.contains(i) == flags[usize::try_from(i).unwrap()]));
        }
    }
}
